"""How likely an open row is to find its person at all, by what is known of the row.

The odds of a pair, taken by themselves, are its share of all pairs that could be made. But one of the rows that is not matched
elsewhere is looking for its person all the more, the likelier such rows are to be matched: a row without a number, or with a wrong one,
in a family that is on the other register is open for that reason only, while a row with a valid number is open because its person is
not there. So in the competition the weight of a pair is its share over the shares of its two rows that stay alone (Bethe's
approximation of weighted matchings); the shares are estimated as the others are, from the probabilities of the round before.
"""

from dataclasses import dataclass
from typing import Final, Self

import numpy as np

from reconciliation.linkage.arrays import NONE, Bools, Floats, Ints, counts
from reconciliation.linkage.blocking import Pool
from reconciliation.linkage.circumstances import Settled, contexts
from reconciliation.linkage.coding import QUALITY_MISSING
from reconciliation.linkage.levels import Context

_GOOD, _DOUBTFUL, _MISSING = range(3)
_KINDS: Final = 3 * len(Context)
_TRUST: Final = 20.0
"""Rows that stay alone, added to those of each kind."""
_MOST: Final = 0.9
"""So many rows of a kind at most are taken to find their person: nobody's household carries a pair alone."""


@dataclass(frozen=True)
class RowKinds:
    """The kind of every row of both registers: is its number good, doubtful or missing, and who else is in its household?

    Attributes:
        left, right: kind of each row.
        sizes: open rows of each kind, [side, kind].
    """

    left: Ints
    right: Ints
    sizes: Floats

    @classmethod
    def of(cls, pool: Pool, settled: Settled, explained: tuple[Bools, Bools]) -> Self:
        """Kinds by the pairs the numbers have settled; `explained`: rows whose number may well not be their own."""
        kinds, sizes = [], []
        for side, free, partner, doubted in (
            (pool.left, pool.open_left, settled.partner_left, explained[0]),
            (pool.right, pool.open_right, settled.partner_right, explained[1]),
        ):
            number = np.select(
                [side.quality == QUALITY_MISSING, doubted | ~side.good],
                [_MISSING, _DOUBTFUL],
                _GOOD,
            )
            kind = number * len(Context) + contexts(side.household, partner != NONE)
            kinds.append(kind)
            sizes.append(counts(kind[free], _KINDS))
        return cls(kinds[0], kinds[1], np.array(sizes))

    def found(self, pairs: tuple[Ints, Ints], probability: Floats) -> Floats:
        """The share of open rows that find their person, [side, kind]."""
        matched = [
            counts(kind[rows], _KINDS, probability)
            for kind, rows in zip((self.left, self.right), pairs, strict=True)
        ]
        return np.asarray(np.minimum(np.array(matched) / (self.sizes + _TRUST), _MOST))

    def weights(self, found: Floats, pairs: tuple[Ints, Ints]) -> Floats:
        """What two rows that are open count for, in natural logs, one element a pair."""
        alone = -np.log(1 - found)
        return np.asarray(alone[0][self.left[pairs[0]]] + alone[1][self.right[pairs[1]]])


def nobody_found() -> Floats:
    """Where the shares start from, as `RowKinds.found` gives them."""
    return np.zeros((2, _KINDS))
