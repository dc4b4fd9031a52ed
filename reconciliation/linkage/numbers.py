"""Resident numbers compared: which level of `NumberLevel` two records reach.

The number and the birth date, sex and area read from it are one piece of evidence, so all of them make one level.
Layout and check digit: GB 11643. A single wrong digit or a swap of neighbours always fails the check, so between two valid
numbers one edit does not occur; the level stands for numbers of which one fails.
"""

import numpy as np

from reconciliation.linkage.arrays import NONE, Bools, Ints
from reconciliation.linkage.coding import QUALITY_DOUBTFUL, QUALITY_MISSING, Coded
from reconciliation.linkage.levels import BOTH_VALID, NumberLevel

_DIGITS = 18
_EDIT_DISTANCES = np.unique(
    [0, *(k * 10**p for p in range(_DIGITS - 1) for k in (*range(1, 10), *range(9, 82, 9)))]
)
"""How far apart two numbers can be, as seventeen-digit whole numbers, if one digit differs or two neighbours are swapped."""


def compare_numbers(left: Coded, right: Coded, a: Ints, b: Ints, explained: Bools) -> Ints:
    """The `NumberLevel` of each pair.

    Args:
        left: a register.
        right: the other register.
        a: rows of `left`, one pair an element.
        b: rows of `right`.
        explained: whether one of the numbers may well be somebody else's. A slip of the pen (a number that cannot be
            right) excuses a small difference by itself, and lost digits only those digits.
    """
    one_missing = (left.quality[a] == QUALITY_MISSING) | (right.quality[b] == QUALITY_MISSING)
    equal, near, known, same_year = _births(left, right, a, b)
    missing = np.select(
        [~known, equal, near],
        [NumberLevel.MISSING, NumberLevel.MISSING_BIRTH_EQUAL, NumberLevel.MISSING_BIRTH_NEAR],
        NumberLevel.MISSING_BIRTH_DIFFERS,
    )
    present = _both_present(left, right, a, b, (equal, near, same_year))
    slip = (left.quality[a] == QUALITY_DOUBTFUL) | (right.quality[b] == QUALITY_DOUBTFUL)
    excused = explained | (slip & (present <= NumberLevel.BIRTH_NEAR))
    excused |= present == NumberLevel.PARTIAL_EQUAL
    present = np.where(excused, present, present + BOTH_VALID)
    return np.where(one_missing, missing, present).astype(np.int64)


def _both_present(
    left: Coded, right: Coded, a: Ints, b: Ints, births: tuple[Bools, Bools, Bools]
) -> Ints:
    birth_equal, birth_near, same_year = births
    number_a, number_b = left.number[a], right.number[b]
    whole = (number_a != NONE) & (number_b != NONE)
    area_birth = (left.prefix14[a] == right.prefix14[b]) & (left.prefix14[a] != NONE)
    both15 = (left.prefix15[a] != NONE) & (right.prefix15[b] != NONE)
    partial = ~whole & np.where(both15, left.prefix15[a] == right.prefix15[b], area_birth)
    same_area = left.prefix14[a] // 10**8 == right.prefix14[b] // 10**8
    same_sex = _sex_digit(left, a) == _sex_digit(right, b)
    year = left.prefix14[a] // 10**4 % 10**4 == right.prefix14[b] // 10**4 % 10**4
    one_edit = whole & _one_edit(number_a, number_b)
    tail_near = whole & area_birth & (_tail_difference(number_a, number_b) <= 2)
    return np.select(
        [
            whole & (number_a == number_b),
            one_edit,
            tail_near,
            whole & _one_part(left, right, a, b),
            partial & area_birth,
            area_birth,
            whole & same_area & year & same_sex,
            birth_equal,
            birth_near,
            same_year,
        ],
        list(NumberLevel)[: NumberLevel.DIFFERS],
        NumberLevel.DIFFERS,
    )


def _one_part(left: Coded, right: Coded, a: Ints, b: Ints) -> Bools:
    """The order number agrees, and area and birth date but for one slip: another area, or a date beside the right one."""
    area, area2 = left.prefix14[a] // 10**8, right.prefix14[b] // 10**8
    birth, birth2 = left.prefix14[a] % 10**8, right.prefix14[b] % 10**8
    order = left.number[a] // 11 % 1000 == right.number[b] // 11 % 1000
    return np.asarray(
        order & (((area == area2) & _near(birth, birth2)) | ((area != area2) & (birth == birth2)))
    )


def _sex_digit(side: Coded, rows: Ints) -> Ints:
    return np.asarray(side.number[rows] // 11 % 10 % 2)


def _births(left: Coded, right: Coded, a: Ints, b: Ints) -> tuple[Bools, Bools, Bools, Bools]:
    """Whether any birth date of one side equals, or is one slip from, any of the other; whether both have one."""
    equal = np.zeros(len(a), dtype=bool)
    near, known, year = equal.copy(), equal.copy(), equal.copy()
    for one in (left.birth[a], left.other_birth[a]):
        for other in (right.birth[b], right.other_birth[b]):
            both = (one != NONE) & (other != NONE)
            known |= both
            equal |= both & (one == other)
            near |= both & _near(one, other)
            year |= both & (one // 10_000 == other // 10_000)
    return equal, near, known, year


def _near(one: Ints, other: Ints) -> Bools:
    """Two of year, month and day agree, or month and day are swapped."""
    year, month, day = one // 10_000, one // 100 % 100, one % 100
    year2, month2, day2 = other // 10_000, other // 100 % 100, other % 100
    agreeing = (year == year2).astype(np.int64) + (month == month2) + (day == day2)
    return np.asarray((agreeing >= 2) | ((year == year2) & (month == day2) & (day == month2)))


def _digits(number: Ints) -> Ints:
    """Eighteen columns of digits, the check last (10 for X)."""
    body = number // 11
    powers = 10 ** np.arange(_DIGITS - 2, -1, -1, dtype=np.int64)
    return np.concatenate([body[:, None] // powers % 10, (number % 11)[:, None]], axis=1)


def _one_edit(one: Ints, other: Ints) -> Bools:
    """One digit differs, or two neighbours are swapped."""
    found = np.zeros(len(one), dtype=bool)
    apart = np.abs(one // 11 - other // 11)
    at = np.minimum(np.searchsorted(_EDIT_DISTANCES, apart), len(_EDIT_DISTANCES) - 1)
    close = (_EDIT_DISTANCES[at] == apart) & (one != other)
    rows = np.flatnonzero(close & (one != NONE) & (other != NONE))
    left, right = _digits(one[rows]), _digits(other[rows])
    differs = left != right
    many = differs.sum(axis=1)
    at = np.minimum(np.argmax(differs, axis=1), _DIGITS - 2)
    row = np.arange(len(rows))
    swapped = (
        (many == 2)
        & differs[row, at + 1]
        & (left[row, at] == right[row, at + 1])
        & (left[row, at + 1] == right[row, at])
    )
    found[rows] = (many == 1) | swapped
    return found


def _tail_difference(one: Ints, other: Ints) -> Ints:
    """How many of the last four characters differ."""
    body, body2 = one // 11, other // 11
    differing = (one % 11 != other % 11).astype(np.int64)
    for power in (1, 10, 100):
        differing = differing + (body // power % 10 != body2 // power % 10)
    return np.asarray(differing)
