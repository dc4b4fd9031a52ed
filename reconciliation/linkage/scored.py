"""The pairs of a pass with their evidence and their probabilities."""

from dataclasses import dataclass, replace
from typing import Self

import numpy as np

from reconciliation.linkage.arrays import Bools, Floats, Ints, taken
from reconciliation.linkage.assignment import assign
from reconciliation.linkage.blocking import Candidates
from reconciliation.linkage.evidence import Levels, Weights


@dataclass(frozen=True)
class Scored:
    """Scored pairs, sorted by rows, one element each.

    Attributes:
        pairs: the candidates.
        levels, weights: their evidence.
        name_differs: decided by the odds of one number under two names.
        odds: natural log of the odds before competition.
        probability: after competition.
        prior: natural log of the odds of a pair before any evidence.
        expected: true pairs still to be found, as estimated.
        numbers: share of each `NumberLevel` among them, as estimated.
        cells: how many rows are open in the two households; see `leftovers`.
        leftovers: share of them that is found, by cell, as estimated.
        matched: share of open rows that find their person, [side, kind], as estimated; see `openness`.
        proposed: `blocks` of every candidate, also of those dropped as hopeless.
    """

    pairs: Candidates
    levels: Levels
    weights: Weights
    name_differs: Bools
    odds: Floats
    probability: Floats
    prior: float
    expected: float
    numbers: Floats
    cells: Ints
    leftovers: Floats
    matched: Floats
    proposed: Ints

    def take(self, rows: Ints) -> Self:
        """The same scores for only these pairs."""
        return replace(
            self,
            pairs=taken(self.pairs, rows),
            levels=taken(self.levels, rows),
            weights=taken(self.weights, rows),
            cells=self.cells[rows],
            name_differs=self.name_differs[rows],
            odds=self.odds[rows],
            probability=self.probability[rows],
        )

    def accepted(self, least: float) -> tuple[Ints, Ints]:
        """The pairs at least this probable, one to one."""
        rows = np.flatnonzero(self.probability >= least)
        a, b = self.pairs.a[rows], self.pairs.b[rows]
        chosen = assign(a, b, self.probability[rows])
        return a[chosen], b[chosen]
