"""Names compared: which level of `NameLevel` two names reach.

Names are compared by position over the characters of their keys, with the sound and the shape of each character; two or three
characters are too few for an edit distance to say anything (one of three differing is the same distance whether the two
characters look alike or have nothing in common). Sound and shape together: Collender et al. 2020, arXiv 2001.01895.
"""

from typing import Final

import numpy as np
import numpy.typing as npt

from reconciliation.linkage.arrays import Bools, Codes, Ints
from reconciliation.linkage.levels import NameLevel
from reconciliation.linkage.name_table import (
    ABSENT,
    CHILD_OF,
    NICK,
    Alphabet,
    Names,
    read_aloud,
)

_SHORT: Final = 4

Counts = npt.NDArray[np.int8]


def compare_names(names: Names, a: Ints, b: Ints) -> Ints:
    """The `NameLevel` of each pair of names; a kernel, each pair by itself.

    Args:
        names: the table of names.
        a: rows of it, one pair an element.
        b: the rows to compare with.
    """
    level = np.full(len(a), NameLevel.EXACT, dtype=np.int64)
    other = (a != b) | (a >= names.plain)
    longest = np.maximum(names.length[a], names.length[b])
    for rows in (
        np.flatnonzero(other & (longest <= _SHORT)),
        np.flatnonzero(other & (longest > _SHORT)),
    ):
        if len(rows):
            level[rows] = _levels(names, a[rows], b[rows])
    return level


def _levels(names: Names, a: Ints, b: Ints) -> Ints:
    """All levels; the characters stand as [place, pair], so that what is counted over the places lies side by side."""
    alphabet = names.alphabet
    long_a, long_b = names.length[a], names.length[b]
    width = int(max(long_a.max(initial=1), long_b.max(initial=1)))
    left, right = (np.ascontiguousarray(names.characters[side, :width].T) for side in (a, b))
    inside = np.arange(width)[:, None] < np.minimum(long_a, long_b)
    same = (left == right) & inside
    unlike = inside & ~same
    wild = ((left == alphabet.wild) | (right == alphabet.wild)) & unlike
    heard = _heard(alphabet, left, right) & unlike & ~wild
    other = unlike & ~wild & ~heard
    wild |= same & (left == alphabet.wild)
    same_length = long_a == long_b
    seen = np.zeros_like(other)
    look = np.flatnonzero(same_length & (_counted(other) <= 2) & other.any(axis=0))
    seen[:, look] = _look_alike(alphabet, left[:, look], right[:, look]) & other[:, look]
    hard = _counted(other & ~seen)
    sounding, looking, wilds = _counted(heard), _counted(seen), _counted(wild)
    agreeing = _counted(same)
    soft = sounding + looking
    whole = same_length & (hard == 0)
    anchored = (agreeing >= 1) | (sounding == long_a)
    first = same[0] | heard[0] | wild[0]
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
            first & ~wild[0],
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


def _counted(places: Bools) -> Counts:
    """At how many places something holds, by pair."""
    return np.asarray(places.sum(axis=0, dtype=np.int8))


def _heard(alphabet: Alphabet, left: Codes, right: Codes) -> Bools:
    """Places that sound the same, or the same after the mergers of the dialect."""
    found = np.zeros(left.shape, dtype=bool)
    for sounds in (alphabet.sounds, alphabet.classes):
        one = read_aloud(sounds, left)
        found |= (one == read_aloud(sounds, right)) & (one >= 0)
    return found


def _look_alike(alphabet: Alphabet, left: Codes, right: Codes) -> Bools:
    """Places that look alike, or sound the same after the weak mergers too."""
    one = read_aloud(alphabet.weak, left)
    found: Bools = (one == read_aloud(alphabet.weak, right)) & (one >= 0)
    known = alphabet.alike
    if not len(known):
        return found
    wanted = np.minimum(left, right).astype(np.int64) * len(alphabet) + np.maximum(left, right)
    at = np.minimum(np.searchsorted(known, wanted), len(known) - 1)
    return np.asarray(found | (known[at] == wanted))


def _one_missing(same: Bools, left: Codes, right: Codes, long_a: Ints, long_b: Ints) -> Bools:
    """The shorter name is the longer one with a run left out, and at least two of its characters stand."""
    shorter, longer = np.minimum(long_a, long_b), np.maximum(long_a, long_b)
    gap = longer - shorter
    rows = np.flatnonzero((gap >= 1) & (shorter >= 2) & ((gap == 1) | (shorter >= 3)))
    found = np.zeros(len(gap), dtype=bool)
    if not len(rows):
        return found
    prefix = np.cumprod(same[:, rows], axis=0).sum(axis=0)
    back = np.arange(len(left))[:, None]
    from_a = np.maximum(long_a[rows] - 1 - back, 0)
    from_b = np.maximum(long_b[rows] - 1 - back, 0)
    ends = np.take_along_axis(left[:, rows], from_a, 0) == np.take_along_axis(
        right[:, rows], from_b, 0
    )
    suffix = np.cumprod(ends & (back < shorter[rows]), axis=0).sum(axis=0)
    found[rows] = prefix + suffix >= shorter[rows]
    return found


def _swapped(left: Codes, right: Codes, same_length: Bools, agreeing: Counts) -> Bools:
    """The same characters in another order."""
    sums = left.sum(axis=0) == right.sum(axis=0)
    rows = np.flatnonzero(same_length & sums & (agreeing < len(left)))
    found = np.zeros(len(sums), dtype=bool)
    found[rows] = (np.sort(left[:, rows], axis=0) == np.sort(right[:, rows], axis=0)).all(axis=0)
    return found
