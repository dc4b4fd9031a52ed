"""The table of names: the distinct names of two registers, their characters, and how rare each is.

What belongs here: gathering them. What does not: how alike two of them are (`names`).
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl

from reconciliation.identity.characters import CharacterTable
from reconciliation.linkage.arrays import NONE, Codes, Floats, Ints, integers, mixed
from reconciliation.linkage.coding import Persons, columns
from reconciliation.linkage.packing import (
    code_points,
    numbered,
    packed,
    text_codes,
    unpacked,
)

_WIDTH: Final = 16
"""Characters compared; the longest names with dots have about ten."""
_CODE_POINTS: Final = 0x110000
FULL, WITH_WILDCARD, NICK, CHILD_OF, ABSENT = range(5)
_KINDS: Final = {"full": FULL, "wildcard": WITH_WILDCARD, "nickname": NICK, "child_of": CHILD_OF}
_COLUMNS: Final = ("name", "name_key", "name_kind")


@dataclass(frozen=True)
class Alphabet:
    """The characters that occur, numbered in the order of their code points; 0 stands behind the end of a name.

    Attributes:
        points: code point of each.
        sounds, classes, weak: sound of each, after the strong mergers of the dialect, and after the weak ones too, [inside a name
            or at its head, character]; below 0 where unknown.
        alike: sorted pairs of look-alikes as one integer each, smaller x number of characters + larger.
    """

    points: Codes
    sounds: Codes
    classes: Codes
    weak: Codes
    alike: Ints

    def __len__(self) -> int:
        return len(self.points)

    @property
    def wild(self) -> int:
        """The wildcard `?`, `NONE` where it does not occur."""
        at = int(np.searchsorted(self.points, ord("?")))
        return at if at < len(self) and self.points[at] == ord("?") else NONE


@dataclass(frozen=True)
class Names:
    """The distinct names of both registers.

    Attributes:
        rows: for each row of the left and of the right register, its row here.
        plain: so many at the head of the table are of kind FULL, of two to four usual characters, and written as compared.
        text, key: numbers of the name as written and of its comparison class; the latter count from 0.
        kind: FULL, WITH_WILDCARD, NICK, CHILD_OF, ABSENT.
        length: characters of the key, at most 16.
        characters: the key, one row a name, as characters of the alphabet.
        alphabet: what is known of the characters.
    """

    rows: tuple[Ints, Ints]
    plain: int
    text: Ints
    key: Ints
    kind: Ints
    length: Ints
    characters: Codes
    alphabet: Alphabet

    def __len__(self) -> int:
        return len(self.text)

    @property
    def sound_key(self) -> Ints:
        """One key for all names whose characters sound alike in order."""
        return mixed(*read_aloud(self.alphabet.classes, self.characters.T))


def read_aloud(sounds: Codes, characters: Codes) -> Codes:
    """The sounds of names, [place, name]; the first character is read as a surname.

    Args:
        sounds: of an `Alphabet`.
        characters: as the table holds them, [place, name].
    """
    read: Codes = sounds[0][characters]
    read[0] = sounds[1][characters[0]]
    return read


def gather_names(
    left: Persons, right: Persons, characters: CharacterTable, same_shape: float
) -> Names:
    """The distinct names of two persons frames, with what is needed to compare them."""
    plain, others = [], []
    for persons in (left, right):
        side = columns(persons, *_COLUMNS)
        texts = packed(side["name"])
        as_compared = (side["name"] == side["name_key"]) & (side["name_kind"] == "full")
        is_plain = as_compared.fill_null(False).to_numpy() & (texts != NONE)
        plain.append(np.where(is_plain, texts, NONE))
        others.append(side.filter(pl.Series(~is_plain)))
    texts, rows = numbered(np.concatenate(plain))
    table, other_rows = _distinct(pl.concat(others))
    rows[rows == NONE] = other_rows + len(texts)
    keys = table["name_key"].fill_null("").str.slice(0, _WIDTH)
    alphabet, codes = _spelled(_below(unpacked(texts), code_points(keys)), characters, same_shape)
    absent = ((table["name_kind"] == "missing") | (keys == "")).fill_null(True)
    kind = table["name_kind"].replace_strict(_KINDS, default=FULL, return_dtype=pl.Int64)
    return Names(
        rows=(rows[: len(plain[0])], rows[len(plain[0]) :]),
        plain=len(texts),
        text=np.concatenate([texts, text_codes(table["name"])]),
        key=numbered(np.concatenate([texts, text_codes(table["name_key"])]))[1],
        kind=np.concatenate(
            [np.full(len(texts), FULL), np.where(absent.to_numpy(), ABSENT, integers(kind))]
        ),
        length=(codes != 0).sum(axis=1).astype(np.int64),
        characters=codes,
        alphabet=alphabet,
    )


def _distinct(names: pl.DataFrame) -> tuple[pl.DataFrame, Ints]:
    """The distinct rows, and for each row its place among them; which place does not matter."""
    # Texts become whole numbers first: nothing but their equality is ever asked.
    coded = names.select(pl.col(column).cast(pl.Categorical).to_physical() for column in _COLUMNS)
    first = coded.with_row_index("row").unique(_COLUMNS, keep="any")
    place = coded.join(
        first.select(*_COLUMNS, place=pl.int_range(pl.len(), dtype=pl.Int64)),
        on=_COLUMNS,
        how="left",
        nulls_equal=True,
        maintain_order="left",
    )["place"]
    return names[first["row"]], integers(place)


def _below(one: Codes, other: Codes) -> Codes:
    """Two tables of code points as one, the narrower filled with 0."""
    both = np.zeros((len(one) + len(other), max(one.shape[1], other.shape[1])), dtype=np.int32)
    both[: len(one), : one.shape[1]] = one
    both[len(one) :, : other.shape[1]] = other
    return both


def _spelled(codes: Codes, characters: CharacterTable, same_shape: float) -> tuple[Alphabet, Codes]:
    """The alphabet of a table of code points, and the table in its characters."""
    occurring = np.zeros(_CODE_POINTS, dtype=bool)
    occurring[0] = True
    occurring[codes] = True
    points = np.flatnonzero(occurring).astype(np.int32)
    number = np.zeros(_CODE_POINTS, dtype=np.int32)
    number[points] = np.arange(len(points))
    sounds, classes, weak = _sounds(points, characters.characters)
    alphabet = Alphabet(points, sounds, classes, weak, _alike(characters.looks, same_shape, points))
    return alphabet, number[codes]


def _sounds(points: Codes, characters: pl.DataFrame) -> list[Codes]:
    """Sounds of code points, plain, after the strong and after the weak mergers; inside a name and at its head."""
    used = pl.DataFrame(
        {"character": [chr(point) for point in points.tolist()]}, schema={"character": pl.String}
    ).join(characters, on="character", how="left", maintain_order="left")
    found = []
    for plain in ("sound", "sound_class", "weak_sound_class"):
        at_head = used.select(pl.coalesce(f"surname_{plain}", plain)).to_series()
        spelled = pl.concat([used[plain], at_head.rename(plain)]).rank("dense")
        known = integers(spelled).reshape(2, len(points))
        # A character nobody knows the sound of sounds like itself and like nothing else.
        found.append(np.where((known < 0) & (points > 0), -2 - points, known).astype(np.int32))
    return found


def _alike(looks: pl.DataFrame, same_shape: float, points: Codes) -> Ints:
    """Look-alikes among the code points, as one integer a pair, rising."""
    close = looks.filter(pl.col("shape") >= same_shape)
    a, b = (code_points(close[side])[:, 0] for side in ("a", "b"))
    known = np.isin(a, points) & np.isin(b, points)
    one, other = (np.searchsorted(points, side[known]).astype(np.int64) for side in (a, b))
    return np.unique(np.minimum(one, other) * len(points) + np.maximum(one, other))


def frequencies(names: Names, rows: Ints, prior_mean: float) -> Floats:
    """How rare each name is: the share of people who bear it, the pair that is compared left out.

    The share blends the count, less two, with the product of the characters' shares by position, and both with
    `prior_mean` while the registers are small.

    Args:
        names: the table of names.
        rows: the name of every person of both registers, one below the other.
        prior_mean: the share an unknown name is taken to have.

    Returns:
        One share a name, above 0.
    """
    bearers = np.bincount(names.key[rows] + 1, minlength=int(names.key.max(initial=0)) + 2).astype(
        np.float64
    )
    people = max(len(rows), 1)
    product = np.ones(len(names))
    for position in range(min(3, names.characters.shape[1])):
        character = names.characters[:, position]
        shares = np.bincount(character[rows], minlength=len(names.alphabet.points)) / people
        product *= np.maximum(shares[character], 1 / (people + 1))
    few = 1 / prior_mean
    counted = np.maximum(bearers[names.key + 1] - 2, 0)
    share = (counted + 0.5 * people * product + few * prior_mean) / (1.5 * people + few)
    return np.asarray(np.maximum(share, 0.2 / (people + few)))
