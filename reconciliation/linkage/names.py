"""Names compared: which level of `NameLevel` two names reach.

Names are compared by position over the characters of their keys, with the sound and the shape of each character; two or three
characters are too few for an edit distance to say anything (one of three differing is the same distance whether the two
characters look alike or have nothing in common). Sound and shape together: Collender et al. 2020, arXiv 2001.01895.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import polars as pl

from reconciliation.identity.characters import CharacterTable
from reconciliation.linkage.arrays import Bools, Floats, Ints, integers, mixed
from reconciliation.linkage.levels import NameLevel

_WIDTH: Final = 16
"""Characters compared; the longest names with dots have about ten."""
_WILD: Final = ord("?")
_CODE_POINTS: Final = 0x110000
_SHORT: Final = 4
_CHUNK: Final = 400_000
FULL, WITH_WILDCARD, NICK, CHILD_OF, ABSENT = range(5)
_KINDS: Final = {"full": FULL, "wildcard": WITH_WILDCARD, "nickname": NICK, "child_of": CHILD_OF}


Codes = npt.NDArray[np.int32]
"""Half the memory of `Ints`: the registers of a province hold some million distinct names."""


@dataclass(frozen=True)
class Names:
    """The distinct names of both registers.

    Attributes:
        rows: for each row of the left and of the right register, its row here.
        text, key: numbers of the name as written and of its comparison class.
        kind: FULL, WITH_WILDCARD, NICK, CHILD_OF, ABSENT.
        length: characters of the key, at most 16.
        characters: code points of the key, one row a name, 0 behind the end.
        sounds, classes, weak: sound of each position, the sound after the strong mergers of the dialect, and after the weak
            ones too; below 0 where unknown.
        alike: sorted pairs of look-alike code points as one integer each.
    """

    rows: tuple[Ints, Ints]
    text: Ints
    key: Ints
    kind: Ints
    length: Ints
    characters: Codes
    sounds: Codes
    classes: Codes
    weak: Codes
    alike: Ints

    def __len__(self) -> int:
        return len(self.text)

    @property
    def sound_key(self) -> Ints:
        """One key for all names whose characters sound alike in order."""
        return mixed(*self.classes.T)


def gather_names(
    left: pl.DataFrame, right: pl.DataFrame, characters: CharacterTable, same_shape: float
) -> Names:
    """The distinct names of two persons frames, with what is needed to compare them."""
    columns = ["name", "name_key", "name_kind"]
    both = pl.concat([left.select(columns), right.select(columns)])
    # Texts become whole numbers; which ones does not matter, for nothing but their equality is ever asked.
    coded = both.select(pl.col(column).cast(pl.Categorical).to_physical() for column in columns)
    first = coded.with_row_index("row").unique(columns, keep="any")
    table = first.select(pl.col(columns).name.suffix("_code"), *both[first["row"]]).with_columns(
        name_row=pl.int_range(pl.len(), dtype=pl.Int64),
        text=pl.col("name_code").rank("dense").cast(pl.Int64),
        key=pl.col("name_key_code").rank("dense").cast(pl.Int64),
    )
    numbered = [f"{column}_code" for column in columns]
    rows = integers(
        coded.join(
            table.select(*numbered, "name_row"),
            left_on=columns,
            right_on=numbered,
            how="left",
            nulls_equal=True,
            maintain_order="left",
        )["name_row"]
    )
    keys = table["name_key"].fill_null("").str.slice(0, _WIDTH)
    codes = _code_points(keys)
    sounds, classes, weak = _sounds(codes, characters.characters)
    absent = (table["name_kind"] == "missing") | (keys == "")
    kind = table["name_kind"].replace_strict(_KINDS, default=FULL, return_dtype=pl.Int64)
    return Names(
        rows=(rows[: left.height], rows[left.height :]),
        text=integers(table["text"]),
        key=integers(table["key"]),
        kind=np.where(absent.fill_null(True).to_numpy(), ABSENT, integers(kind)),
        length=(codes != 0).sum(axis=1).astype(np.int64),
        characters=codes,
        sounds=sounds,
        classes=classes,
        weak=weak,
        alike=_alike(characters.looks, same_shape, codes),
    )


def compare_names(names: Names, a: Ints, b: Ints) -> Ints:
    """The `NameLevel` of each pair of names.

    Args:
        names: the table of names.
        a: rows of it, one pair an element.
        b: the rows to compare with.
    """
    level = np.empty(len(a), dtype=np.int64)
    longest = np.maximum(names.length[a], names.length[b])
    for rows in (np.flatnonzero(longest <= _SHORT), np.flatnonzero(longest > _SHORT)):
        for start in range(0, len(rows), _CHUNK):
            part = rows[start : start + _CHUNK]
            level[part] = _levels(names, a[part], b[part])
    return level


def _levels(names: Names, a: Ints, b: Ints) -> Ints:
    long_a, long_b = names.length[a], names.length[b]
    width = int(max(long_a.max(initial=1), long_b.max(initial=1)))
    left, right = names.characters[a, :width], names.characters[b, :width]
    inside = np.arange(width) < np.minimum(long_a, long_b)[:, None]
    same = (left == right) & inside
    wild = ((left == _WILD) | (right == _WILD)) & inside
    heard = _heard(names, a, b, width) & inside & ~same & ~wild
    other = inside & ~same & ~wild & ~heard
    same_length = long_a == long_b
    seen = np.zeros_like(other)
    look = same_length & (other.sum(axis=1) <= 2)
    weak = names.weak[a[look], :width], names.weak[b[look], :width]
    alike = (weak[0] == weak[1]) & (weak[0] >= 0)
    seen[look] = (alike | _look_alike(names.alike, left[look], right[look])) & other[look]
    hard = (other & ~seen).sum(axis=1)
    sounding, looking, wilds = heard.sum(axis=1), seen.sum(axis=1), wild.sum(axis=1)
    agreeing = same.sum(axis=1)
    soft = sounding + looking
    whole = same_length & (hard == 0)
    anchored = (agreeing >= 1) | (sounding == long_a)
    first = same[:, 0] | heard[:, 0] | wild[:, 0]
    kind_a, kind_b = names.kind[a], names.kind[b]
    nick = (kind_a == NICK) | (kind_a == CHILD_OF) | (kind_b == NICK) | (kind_b == CHILD_OF)
    few_hard = (hard == 1) & (soft + wilds == 0) & (agreeing >= 2)
    return np.select(
        [
            (kind_a == ABSENT) | (kind_b == ABSENT),
            nick & first,
            nick,
            (names.key[a] == names.key[b]) & (wilds > 0),
            names.text[a] == names.text[b],
            names.key[a] == names.key[b],
            whole & (wilds == 0) & (soft == 1) & (sounding == 1) & anchored,
            whole & (wilds == 0) & (soft == 1) & anchored,
            whole & (wilds > 0) & (soft == 0) & (agreeing >= 1),
            whole & anchored & (soft + wilds <= agreeing + 2),
            same_length & few_hard,
            _one_missing(same, left, right, long_a, long_b)
            | _swapped(left, right, same_length, agreeing),
            first & (wild[:, 0] == 0),
        ],
        [
            NameLevel.MISSING,
            NameLevel.NICKNAME,
            NameLevel.OTHER,
            NameLevel.WILDCARD,
            NameLevel.EXACT,
            NameLevel.VARIANT,
            NameLevel.ONE_SOUND,
            NameLevel.ONE_SHAPE,
            NameLevel.WILDCARD,
            NameLevel.TWO_SOFT,
            NameLevel.ONE_HARD,
            NameLevel.MISSING_OR_SWAPPED,
            NameLevel.SURNAME_ONLY,
        ],
        NameLevel.OTHER,
    ).astype(np.int64)


def _heard(names: Names, a: Ints, b: Ints, width: int) -> Bools:
    """Positions that sound the same, or the same after the mergers of the dialect."""
    sounds_a, sounds_b = names.sounds[a, :width], names.sounds[b, :width]
    classes_a, classes_b = names.classes[a, :width], names.classes[b, :width]
    sounding = (sounds_a == sounds_b) & (sounds_a >= 0)
    return np.asarray(sounding | ((classes_a == classes_b) & (classes_a >= 0)))


def _look_alike(alike: Ints, left: Codes, right: Codes) -> Bools:
    wanted = np.minimum(left, right).astype(np.int64) * _CODE_POINTS + np.maximum(left, right)
    at = np.minimum(np.searchsorted(alike, wanted), max(len(alike) - 1, 0))
    return (alike[at] == wanted) if len(alike) else np.zeros_like(left, dtype=bool)


def _one_missing(same: Bools, left: Codes, right: Codes, long_a: Ints, long_b: Ints) -> Bools:
    """The shorter name is the longer one with a run left out, and at least two of its characters stand."""
    shorter, longer = np.minimum(long_a, long_b), np.maximum(long_a, long_b)
    gap = longer - shorter
    rows = np.flatnonzero((gap >= 1) & (shorter >= 2) & ((gap == 1) | (shorter >= 3)))
    found = np.zeros(len(left), dtype=bool)
    if not len(rows):
        return found
    width = left.shape[1]
    prefix = np.cumprod(same[rows], axis=1).sum(axis=1)
    back = np.arange(width)
    from_a = np.clip(long_a[rows, None] - 1 - back, 0, None)
    from_b = np.clip(long_b[rows, None] - 1 - back, 0, None)
    ends = np.take_along_axis(left[rows], from_a, 1) == np.take_along_axis(right[rows], from_b, 1)
    suffix = np.cumprod(ends & (back < shorter[rows, None]), axis=1).sum(axis=1)
    found[rows] = prefix + suffix >= shorter[rows]
    return found


def _swapped(left: Codes, right: Codes, same_length: Bools, agreeing: Ints) -> Bools:
    """The same characters in another order."""
    rows = np.flatnonzero(same_length & (agreeing < left.shape[1]))
    found = np.zeros(len(left), dtype=bool)
    found[rows] = (np.sort(left[rows], axis=1) == np.sort(right[rows], axis=1)).all(axis=1)
    return found


def _code_points(keys: pl.Series) -> Codes:
    """The characters of each key, 0 behind its end."""
    width = int(keys.str.len_chars().max() or 1)  # type: ignore[arg-type]
    joined = keys.str.pad_end(width, "\0").str.join("").item() if len(keys) else ""
    return np.frombuffer(joined.encode("utf-32-le"), dtype=np.int32).reshape(-1, width)


def _sounds(codes: Codes, characters: pl.DataFrame) -> list[Codes]:
    """Sounds by position, plain, after the strong and after the weak mergers; the first character is read as a surname."""
    points = np.flatnonzero(np.bincount(codes.ravel(), minlength=1)).astype(np.int32)
    used = pl.DataFrame(
        {"character": [chr(point) for point in points.tolist()]}, schema={"character": pl.String}
    ).join(characters, on="character", how="left", maintain_order="left")
    by_point = np.zeros((2, _CODE_POINTS), dtype=np.int32)
    found = []
    for plain in ("sound", "sound_class", "weak_sound_class"):
        at_first = used.select(pl.coalesce(f"surname_{plain}", plain)).to_series()
        spelled = pl.concat([used[plain], at_first.rename(plain)]).rank("dense")
        numbered = integers(spelled).reshape(2, len(points))
        # A character nobody knows the sound of sounds like itself and like nothing else.
        by_point[:, points] = np.where((numbered < 0) & (points > 0), -2 - points, numbered)
        sounds = by_point[0][codes]
        sounds[:, 0] = by_point[1][codes[:, 0]]
        found.append(sounds)
    return found


def _alike(looks: pl.DataFrame, same_shape: float, codes: Codes) -> Ints:
    """Look-alikes among the characters that occur, as one integer a pair, rising."""
    occurring = pl.Series(
        [chr(point) for point in np.flatnonzero(np.bincount(codes.ravel())).tolist()],
        dtype=pl.String,
    )
    close = looks.filter(
        (pl.col("shape") >= same_shape)
        & pl.col("a").is_in(occurring.implode())
        & pl.col("b").is_in(occurring.implode())
    )
    a, b = (_code_points(close[side])[:, 0].astype(np.int64) for side in ("a", "b"))
    return np.unique(np.minimum(a, b) * _CODE_POINTS + np.maximum(a, b))


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
        shares = np.bincount(character[rows], minlength=_CODE_POINTS) / people
        product *= np.maximum(shares[character], 1 / (people + 1))
    few = 1 / prior_mean
    counted = np.maximum(bearers[names.key + 1] - 2, 0)
    share = (counted + 0.5 * people * product + few * prior_mean) / (1.5 * people + few)
    return np.asarray(np.maximum(share, 0.2 / (people + few)))
