"""Builds `characters.parquet` and `similar.parquet` from the committed sources and the development packages.

    python config/characters/build.py [FOLDER]

writes both files to FOLDER (by default the folder of this script). The same package versions give the same bytes; a
test compares a fresh build with the committed files.

characters.parquet, one row a character, by code point:
    character String; sounds List(String): common readings without tones, the usual one first; surname_sound String:
    the reading as a surname, null where it is the usual one; variant String: representative of its class of variant
    and traditional forms; four_corner String or null; strokes Int64 or null.
similar.parquet, one row an unordered pair of representatives that look alike, a < b:
    a, b String; shape Float64 in 0.7 .. 1.

Sources: see `sources/SOURCES.md`. The look-alike score is .6 stroke sequence + .2 components + .2 four-corner code,
weights chosen on 120 pairs known to be confused (mean reciprocal rank .41; strokes alone .36, four-corner .28).
"""

import csv
import sys
import unicodedata
from collections import Counter
from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt
import opencc
import polars as pl
import yaml
from four_corner_method import FourCornerMethod
from pypinyin import Style, pinyin
from pypinyin.contrib.tone_convert import to_normal
from pypinyin.phrases_dict import phrases_dict
from rapidfuzz.distance import Levenshtein
from rapidfuzz.process import cdist
from scipy.sparse import csr_matrix

HERE = Path(__file__).parent
SOURCES = HERE / "sources"

# Unified ideographs and extensions A to F, the compatibility ideographs, and both blocks of radicals.
BLOCKS = (
    (0x4E00, 0x9FFF),
    (0x3400, 0x4DBF),
    (0x20000, 0x2EBEF),
    (0xF900, 0xFAFF),
    (0x2F800, 0x2FA1F),
    (0x2E80, 0x2FDF),
)
ALWAYS_LISTED = range(0x4E00, 0xA000)

# A further reading counts as common when it makes up this share of a character's occurrences in the phrase list.
COMMON_SHARE = 0.05
COMMON_OCCURRENCES = 3

WEIGHT_STROKES, WEIGHT_COMPONENTS, WEIGHT_CORNERS = 0.6, 0.2, 0.2
CORNER_WEIGHTS = (0.225, 0.225, 0.225, 0.225, 0.1)  # the fifth digit only tells homographs apart
LEAST_SCORE = 0.55  # 131 thousand of 33 million pairs
SHAPE_AT_LEAST_SCORE, SHAPE_SLOPE = (
    0.7,
    2.0,
)  # a score of .7 and above (10 thousand pairs) is "alike"

Matrix = npt.NDArray[np.float32]


class StandardCharacters:
    """The 8105 characters of the state list with their strokes and components."""

    def __init__(self) -> None:
        """Read `sources/standard_characters.csv`."""
        with (SOURCES / "standard_characters.csv").open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        self.characters = [row["character"] for row in rows]
        self.rank = {character: number for number, character in enumerate(self.characters)}
        self._strokes = {row["character"]: row["strokes"] for row in rows}
        self.components = {row["character"]: row["components"] for row in rows}

    def strokes(self, character: str, depth: int = 0) -> str:
        """The stroke sequence (h s p n z), put together from the components where none is listed; "" if unknown."""
        listed = self._strokes.get(character, "")
        parts = self.components.get(character, "")
        if listed or depth > 3 or len(parts) < 2:
            return listed
        sequences = [self.strokes(part, depth + 1) for part in parts]
        return "".join(sequences) if all(sequences) else ""


def variant_classes(standard: StandardCharacters) -> dict[str, str]:
    """Character → representative: NFKC, then traditional to simplified, then the hand list, until it stands still."""
    simplify = opencc.OpenCC("t2s")
    by_hand: dict[str, str] = {}
    hand_list = yaml.safe_load((SOURCES / "variants.yaml").read_text(encoding="utf-8"))
    for chosen, others in hand_list["variants"].items():
        by_hand |= dict.fromkeys(others, chosen)

    def step(character: str) -> str:
        folded = by_hand.get(character, character)
        folded = unicodedata.normalize("NFKC", folded)
        folded = simplify.convert(folded) if len(folded) == 1 else character
        return folded if len(folded) == 1 else character

    def representative(character: str) -> str:
        seen = [character]
        while (following := step(seen[-1])) not in seen:
            seen.append(following)
        # A two-way pair would never stand still: the more common of the cycle then represents it.
        cycle = seen[seen.index(following) :]
        return min(cycle, key=lambda item: (standard.rank.get(item, 99_999), item))

    assigned = (chr(point) for first, last in BLOCKS for point in range(first, last + 1))
    return {
        character: representative(character)
        for character in assigned
        if unicodedata.category(character) in ("Lo", "So")
    }


def phrase_readings() -> dict[str, Counter[str]]:
    """Character → how often each toneless reading occurs in pypinyin's phrase list."""
    found: dict[str, Counter[str]] = {}
    toneless = cache(to_normal)
    for phrase, readings in phrases_dict.items():
        if len(phrase) == len(readings):
            for character, reading in zip(phrase, readings, strict=True):
                found.setdefault(character, Counter())[toneless(reading[0])] += 1
    return found


def common_sounds(character: str, in_phrases: dict[str, Counter[str]]) -> list[str]:
    """The common readings of a character, the usual one first; empty if it has none.

    Dictionaries list readings nobody uses (王 yù): a further reading counts only if phrases use it.
    """
    listed = [
        sound
        for sounds in pinyin(character, style=Style.NORMAL, heteronym=True, errors="ignore")
        for sound in sounds
    ]
    if not listed:
        return []
    counts = in_phrases.get(character, Counter())
    least = max(COMMON_OCCURRENCES, COMMON_SHARE * counts.total())
    others = sorted(set(listed[1:]) - {listed[0]})
    return [listed[0], *(sound for sound in others if counts[sound] >= least)]


def characters_frame(standard: StandardCharacters, variants: dict[str, str]) -> pl.DataFrame:
    """The rows of `characters.parquet`."""
    surnames: dict[str, str] = yaml.safe_load(
        (SOURCES / "surname_sounds.yaml").read_text(encoding="utf-8")
    )["surname_sounds"]
    in_phrases = phrase_readings()
    corners = FourCornerMethod()
    rows = []
    for character in sorted(variants):
        variant = variants[character]
        if (
            variant == character
            and ord(character) not in ALWAYS_LISTED
            and character not in standard.rank
        ):
            continue
        sounds = common_sounds(character, in_phrases) or common_sounds(variant, in_phrases)
        surname = surnames.get(variant)
        if not sounds and variant == character:
            continue
        strokes = standard.strokes(character)
        rows.append(
            {
                "character": character,
                "sounds": sounds,
                "surname_sound": surname if sounds[:1] != [surname] else None,
                "variant": variant,
                "four_corner": corners.query(character),
                "strokes": len(strokes) or None,
            }
        )
    return pl.DataFrame(
        rows,
        schema={
            "character": pl.String,
            "sounds": pl.List(pl.String),
            "surname_sound": pl.String,
            "variant": pl.String,
            "four_corner": pl.String,
            "strokes": pl.Int64,
        },
    )


def stroke_likeness(standard: StandardCharacters) -> tuple[Matrix, npt.NDArray[np.bool_]]:
    """Normalised Levenshtein similarity of stroke sequences, and which characters have one."""
    sequences = [standard.strokes(character) for character in standard.characters]
    known = np.array([bool(sequence) for sequence in sequences])
    likeness: Matrix = cdist(
        sequences, sequences, scorer=Levenshtein.normalized_similarity, dtype=np.float32
    )
    likeness[~known] = 0
    likeness[:, ~known] = 0
    return likeness, known


def component_likeness(standard: StandardCharacters) -> Matrix:
    """Share of strokes that lie in common components (Dice); a character counts as a component of others."""
    numbers: dict[str, int] = {}
    row: list[int] = []
    column: list[int] = []
    root: list[float] = []
    total = np.zeros(len(standard.characters), np.float32)
    for number, character in enumerate(standard.characters):
        parts = standard.components[character] or character
        sizes: Counter[str] = Counter()
        for part in parts:
            sizes[part] += len(standard.strokes(part)) or 2
        total[number] = sizes.total()
        if len(parts) > 1:
            sizes[character] += int(total[number])
        for part, size in sizes.items():
            row.append(number)
            column.append(numbers.setdefault(part, len(numbers)))
            root.append(float(np.sqrt(size)))
    matrix = csr_matrix((root, (row, column)), dtype=np.float32)
    shared: Matrix = (matrix @ matrix.T).toarray()
    return np.minimum(1, 2 * shared / (total[:, None] + total[None, :]))


def corner_likeness(standard: StandardCharacters) -> Matrix:
    """Weighted share of equal digits of the four-corner code; 0 where either has none."""
    corners = FourCornerMethod()
    codes = [corners.query(character) or "" for character in standard.characters]
    digits = np.array([list(code) if len(code) == 5 else [""] * 5 for code in codes])
    likeness = np.zeros((len(codes), len(codes)), np.float32)
    for place, weight in enumerate(CORNER_WEIGHTS):
        equal = (digits[:, place][:, None] == digits[None, :, place]) & (digits[:, place] != "")
        likeness += np.float32(weight) * equal
    return likeness


def similar_frame(standard: StandardCharacters, variants: dict[str, str]) -> pl.DataFrame:
    """The rows of `similar.parquet`: the best score of any two members of two classes."""
    strokes, known = stroke_likeness(standard)
    others = WEIGHT_COMPONENTS * component_likeness(standard) + WEIGHT_CORNERS * corner_likeness(
        standard
    )
    score = WEIGHT_STROKES * strokes + others
    # Without strokes the two other parts carry the whole weight.
    incomplete = ~(known[:, None] & known[None, :])
    score[incomplete] = others[incomplete] / (WEIGHT_COMPONENTS + WEIGHT_CORNERS)
    first, second = np.nonzero(np.triu(score >= LEAST_SCORE, 1))
    classes = np.array([variants[character] for character in standard.characters])
    shape = SHAPE_AT_LEAST_SCORE + SHAPE_SLOPE * (
        score[first, second].astype(np.float64) - LEAST_SCORE
    )
    pairs = pl.DataFrame({"x": classes[first], "y": classes[second], "shape": np.minimum(1, shape)})
    return (
        pairs.filter(pl.col("x") != pl.col("y"))
        .select(
            a=pl.min_horizontal("x", "y"),
            b=pl.max_horizontal("x", "y"),
            shape=pl.col("shape").round(2),
        )
        .group_by("a", "b")
        .agg(pl.col("shape").max())
        .sort("a", "b")
    )


def main(folder: Path) -> None:
    """Write both files."""
    standard = StandardCharacters()
    variants = variant_classes(standard)
    characters_frame(standard, variants).write_parquet(
        folder / "characters.parquet", compression="zstd", compression_level=19
    )
    similar_frame(standard, variants).write_parquet(
        folder / "similar.parquet", compression="zstd", compression_level=19
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else HERE)
