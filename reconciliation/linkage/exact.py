"""Pairs with the same number: settled where the names are one name, set apart where they are not.

What is set apart is judged in `borrowed`.
"""

from dataclasses import dataclass
from functools import partial

import numpy as np

from reconciliation.linkage.arrays import NONE, Bools, Ints, repeated
from reconciliation.linkage.batches import by_batches
from reconciliation.linkage.circumstances import Settled, compare_places, compare_sexes
from reconciliation.linkage.coding import Coded
from reconciliation.linkage.joins import keyed, pairs_by_key
from reconciliation.linkage.levels import COMPATIBLE_NAMES, NameLevel, PlaceLevel, SexLevel
from reconciliation.linkage.name_table import Names
from reconciliation.linkage.names import compare_names


@dataclass(frozen=True)
class SameNumber:
    """Pairs with the same whole number, one element each.

    Attributes:
        a, b: rows of the two registers.
        name: `NameLevel`.
        unique: both numbers are valid and on no other row of either register.
        settled: decided here for good.
    """

    a: Ints
    b: Ints
    name: Ints
    unique: Bools
    settled: Bools


def same_number(left: Coded, right: Coded, names: Names, most_rows: int) -> SameNumber:
    """All pairs with the same whole number, and which of them are settled at once.

    Settled: a valid number that nobody else has, under names that are one name (0 wrong in 1.68 million invented pairs), unless
    both the spelling and the sex differ: a brother under the number of a sister of like name. Also a number that fails its
    check or that others use too, where the name is the same and each row has no other such partner.
    """
    a, b = pairs_by_key(
        keyed(left.number, left.number != NONE),
        keyed(right.number, right.number != NONE),
        most_rows**2,
    )
    order = np.lexsort((b, a))
    a, b = a[order], b[order]
    level = by_batches(partial(compare_names, names), left.name[a], right.name[b])
    alone = (np.bincount(a, minlength=len(left))[a] == 1) & (
        np.bincount(b, minlength=len(right))[b] == 1
    )
    once = ~repeated(left.number)[a] & ~repeated(right.number)[b]
    unique = alone & once & left.good[a] & right.good[b]
    same_name = (level <= NameLevel.VARIANT) & (
        left.good[a] | (compare_places(left, right, a, b) <= PlaceLevel.COUNTY)
    )
    sole = (np.bincount(a, weights=same_name, minlength=len(left))[a] == 1) & (
        np.bincount(b, weights=same_name, minlength=len(right))[b] == 1
    )
    told_apart = (level > NameLevel.VARIANT) & (
        compare_sexes(left.sex_field[a], right.sex_field[b]) == SexLevel.DIFFERS
    )
    settled = (unique & np.isin(level, COMPATIBLE_NAMES) & ~told_apart) | (same_name & sole)
    return SameNumber(a, b, level, unique, settled)


def under_two_names(pairs: SameNumber, settled: Settled) -> tuple[Ints, Ints]:
    """The open pairs with one valid number, on no other row, that the number did not settle."""
    rows = (
        pairs.unique
        & ~pairs.settled
        & (settled.partner_left[pairs.a] == NONE)
        & (settled.partner_right[pairs.b] == NONE)
    )
    return pairs.a[rows], pairs.b[rows]
