"""Relation, sex, place and household compared."""

from dataclasses import dataclass
from typing import Self

import numpy as np
import polars as pl

from reconciliation.linkage.arrays import NONE, Bools, Ints
from reconciliation.linkage.coding import RELATIONS, Coded
from reconciliation.linkage.levels import Context, PlaceLevel, RelationLevel, SexLevel, Standing

_HEAD = RELATIONS.index("head")
_OTHER = RELATIONS.index("other")
_CHILD = RELATIONS.index("child")
_CHILD_IN_LAW = RELATIONS.index("child_in_law")


def compare_relations(one: Ints, other: Ints) -> Ints:
    """The `RelationLevel` of each pair; `other` and sons against sons-in-law are close, not different."""
    heads = (one == _HEAD).astype(np.int64) + (other == _HEAD)
    child = (one == _CHILD) | (one == _CHILD_IN_LAW)
    child2 = (other == _CHILD) | (other == _CHILD_IN_LAW)
    return np.select(
        [
            (one == NONE) | (other == NONE),
            heads == 2,
            heads == 1,
            one == other,
            (child & child2) | (one == _OTHER) | (other == _OTHER),
        ],
        [
            RelationLevel.MISSING,
            RelationLevel.SAME_HEAD,
            RelationLevel.HEAD_OR_NOT,
            RelationLevel.SAME,
            RelationLevel.CLOSE,
        ],
        RelationLevel.DIFFERS,
    ).astype(np.int64)


def compare_sexes(one: Ints, other: Ints) -> Ints:
    """The `SexLevel` of each pair."""
    return np.where(
        (one == NONE) | (other == NONE),
        SexLevel.MISSING,
        np.where(one == other, SexLevel.SAME, SexLevel.DIFFERS),
    ).astype(np.int64)


def stated_sexes(left: Coded, right: Coded, a: Ints, b: Ints) -> tuple[Ints, Ints]:
    """The two sexes to compare: what the sex columns say.

    The digit of the number stands in on one side only: two digits are no evidence beside the numbers they are part of, and
    the digit of a borrowed number is somebody else's.
    """
    one, other = left.sex_field[a], right.sex_field[b]
    return (
        np.where((one == NONE) & (other != NONE), left.sex[a], one),
        np.where((other == NONE) & (one != NONE), right.sex[b], other),
    )


def compare_places(left: Coded, right: Coded, a: Ints, b: Ints) -> Ints:
    """The `PlaceLevel` of each pair: the narrowest place both records are known to share."""

    def same(column: str) -> Bools:
        one, other = getattr(left, column)[a], getattr(right, column)[b]
        return np.asarray((one == other) & (one != NONE))

    apart = np.zeros(len(a), dtype=bool)
    for column in ("county", "town", "village"):
        one, other = getattr(left, column)[a], getattr(right, column)[b]
        apart |= (one != other) & (one != NONE) & (other != NONE)
    return np.select(
        [same("village"), same("town"), same("county"), apart],
        [PlaceLevel.VILLAGE, PlaceLevel.TOWN, PlaceLevel.COUNTY, PlaceLevel.ELSEWHERE],
        PlaceLevel.MISSING,
    ).astype(np.int64)


@dataclass(frozen=True)
class Settled:
    """Which rows are settled with which, one to one: the other side's row, or `NONE`."""

    partner_left: Ints
    partner_right: Ints

    @classmethod
    def of(cls, left: int, right: int, a: Ints, b: Ints) -> Self:
        """From pairs (a, b) of registers with `left` and `right` rows."""
        partner_left = np.full(left, NONE, dtype=np.int64)
        partner_right = np.full(right, NONE, dtype=np.int64)
        partner_left[a] = b
        partner_right[b] = a
        return cls(partner_left, partner_right)

    @property
    def pairs(self) -> tuple[Ints, Ints]:
        """The settled pairs, by left row."""
        a = np.flatnonzero(self.partner_left != NONE)
        return a, self.partner_left[a]

    def among(self, a: Ints, b: Ints) -> Bools:
        """Whether each of these pairs is a settled one."""
        return np.asarray(self.partner_left[a] == b)


@dataclass(frozen=True)
class Households:
    """Which households of the two registers are linked, and by how many settled members.

    Attributes:
        left, right: household of each row.
        keys: linked household pairs as left x size + right, rising.
        members: settled pairs each of them rests on.
        size: more than the highest household on the right.
    """

    left: Ints
    right: Ints
    keys: Ints
    members: Ints
    size: int

    @classmethod
    def of(cls, left: Coded, right: Coded, settled: Settled) -> Self:
        """Link the households of every settled pair."""
        size = int(right.household.max(initial=0)) + 1
        a, b = settled.pairs
        keys, members = np.unique(left.household[a] * size + right.household[b], return_counts=True)
        return cls(left.household, right.household, keys, members.astype(np.int64), size)

    def linked(self, a: Ints, b: Ints, settled: Settled) -> Bools:
        """Whether the households of each pair are linked by two other people than these."""
        if not len(self.keys):
            return np.zeros(len(a), dtype=bool)
        wanted = self.left[a] * self.size + self.right[b]
        at = np.minimum(np.searchsorted(self.keys, wanted), len(self.keys) - 1)
        members = np.where(self.keys[at] == wanted, self.members[at], 0)
        # A row settled with somebody else of the other household links nothing for the pair that says it is not.
        partner_a, partner_b = settled.partner_left[a], settled.partner_right[b]
        own = (partner_a != NONE) & (self.right[partner_a] == self.right[b])
        own2 = (partner_b != NONE) & (self.left[partner_b] == self.left[a])
        both = settled.among(a, b)
        return np.asarray(members - own - own2.astype(np.int64) + both > 0)

    def pairs(self) -> pl.DataFrame:
        """The linked households as `left`, `right`."""
        return pl.DataFrame({"left": self.keys // self.size, "right": self.keys % self.size})


def contexts(homes: Ints, settled: Bools) -> Ints:
    """The `Context` of each row, itself left out.

    Args:
        homes: household of each row, 0 and up.
        settled: whether each row is settled.
    """
    members = np.bincount(homes)[homes] - 1 if len(homes) else homes
    others = np.bincount(homes, weights=settled)[homes] - settled if len(homes) else homes
    return np.select(
        [others > 0, members == 0, members == 1],
        [Context.SOMEONE_SETTLED, Context.ALONE, Context.ONE_OTHER],
        Context.SEVERAL_OTHERS,
    ).astype(np.int64)


def standings(places: Ints, linked: Bools) -> Ints:
    """The `Standing` of each pair from its place level and whether its households are linked."""
    by_place = np.array(
        [Standing.VILLAGE, Standing.TOWN, Standing.COUNTY, Standing.ELSEWHERE, Standing.UNKNOWN],
        dtype=np.int64,
    )
    return np.where(linked, Standing.LINKED_HOUSEHOLD, by_place[places]).astype(np.int64)
