"""A comparator of Latin names as a plug-in: a table of words in the place of the table of characters.

The linkage knows names as short rows of signs, each with a sound and with others it looks like. A Chinese sign is a character;
here a sign is a word, written as one code point of a private area. Its sound is its Metaphone, and words look alike by Jaro and
Winkler. Nothing of the linkage is changed, and nothing in it knows.
"""

import numpy as np
import polars as pl
from rapidfuzz.distance import JaroWinkler
from rapidfuzz.process import cdist

from reconciliation.identity.characters import CharacterTable
from reconciliation.identity.settings import Mergers

_PRIVATE = 0xF0000
_ALIKE = 0.80


def signs(words: pl.DataFrame) -> pl.DataFrame:
    """`word`, `sound`, `sign`: one character of a private area for each word."""
    points = [chr(_PRIVATE + place) for place in range(words.height)]
    return words.sort("word").with_columns(sign=pl.Series(points, dtype=pl.String))


def word_table(known: pl.DataFrame, mergers: Mergers) -> CharacterTable:
    """The table of words in the shape the linkage asks for.

    Args:
        known: what `signs` gives.
        mergers: not asked of Latin words.
    """
    sound = pl.when(pl.col("sound") != "").then("sound").otherwise("word")
    sounds = {
        f"{prefix}sound{suffix}": sound for prefix in ("", "surname_") for suffix in ("", "_class")
    } | {f"{prefix}weak_sound_class": sound for prefix in ("", "surname_")}
    characters = known.select(
        character="sign", variant="sign", **sounds, readings=pl.concat_list(sound)
    )
    texts = known["word"].to_list()
    likeness = cdist(texts, texts, scorer=JaroWinkler.normalized_similarity, dtype=np.float32)
    a, b = np.nonzero(np.triu(likeness >= _ALIKE, k=1))
    sign = known["sign"].to_numpy()
    looks = pl.DataFrame({"a": sign[a], "b": sign[b], "shape": likeness[a, b].astype(np.float64)})
    return CharacterTable(characters, looks.sort("a", "b"), mergers)
