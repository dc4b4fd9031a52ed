"""Calibration: of the pairs said to be .8 probable, eight in ten are right; where the self-test says otherwise, say otherwise.

A map of probabilities fitted by isotonic regression (pool adjacent violators) on pairs whose truth is known. Each bin starts as
`trust` pairs that are as right as was said, so that few pairs bend the map little and none leave it alone. It rises
everywhere: a pair more probable than another stays so. And it makes no pair certain that was not: an exit rests on that.
"""

from dataclasses import dataclass
from typing import Final, Self

import numpy as np
from scipy.optimize import isotonic_regression

from reconciliation.linkage.arrays import Bools, Floats, counts
from reconciliation.linkage.settings import CalibrationSettings

EDGES: Final = (
    0.02, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9, 0.93, 0.95,
    0.97, 0.98, 0.99, 0.995, 0.998, 0.999,
)  # fmt: skip
"""Between them lie the bins, closer where a small difference is a large one in odds."""

_LEFT_TO_CERTAIN: Final = 0.1
"""What is lifted towards the certain limit stops at this share of its own distance from it, so that the order stands."""


@dataclass(frozen=True)
class Trials:
    """Pairs whose truth is known, one element each.

    Attributes:
        probability: what the linkage said, uncalibrated.
        right: whether the two records are one person.
        linked: whether their households are linked by another pair.
    """

    probability: Floats
    right: Bools
    linked: Bools


@dataclass(frozen=True)
class Calibration:
    """A rising, piecewise linear map of [0, 1] onto itself; without knots between its ends it changes nothing.

    Attributes:
        said: probabilities of the linkage, rising, from 0 to 1.
        true: what they are worth.
        certain: the least probability of a certain link; nothing is lifted to it from below, nor lifted above it.
    """

    said: Floats
    true: Floats
    certain: float

    @classmethod
    def identity(cls, certain: float) -> Self:
        """The map that changes nothing: what an unfitted calibration is."""
        return cls(np.array([0.0, 1.0]), np.array([0.0, 1.0]), certain)

    @classmethod
    def fit(cls, probability: Floats, right: Bools, trust: float, certain: float) -> Self:
        """Fit the map.

        Args:
            probability: what was said of pairs of known truth; the fewer there are, the nearer the map stays to it.
            right: whether the two records of each are one person.
            trust: pairs that weigh as much as the start, in each bin.
            certain: the least probability of a certain link; nothing below it is lifted to it.
        """
        if not len(probability):
            return cls.identity(certain)
        bins = np.searchsorted(EDGES, probability, side="right")
        size = len(EDGES) + 1
        pairs = counts(bins, size)
        held = np.flatnonzero(pairs > 0)
        said = (counts(bins, size, probability)[held]) / pairs[held]
        weights = pairs[held] + trust
        shares = (counts(bins, size, right)[held] + trust * said) / weights
        pooled = isotonic_regression(shares, weights=weights)
        starts = pooled.blocks[:-1]
        sums = np.add.reduceat(weights, starts)
        said = np.add.reduceat(weights * said, starts) / sums
        true = pooled.x[starts]
        inside = (said > 0) & (said < 1) & (true > 0) & (true < 1)
        return cls(
            np.concatenate([[0.0], said[inside], [1.0]]),
            np.concatenate([[0.0], true[inside], [1.0]]),
            certain,
        )

    def __call__(self, probability: Floats) -> Floats:
        """What these probabilities are worth."""
        below = self.certain - (self.certain - probability) * _LEFT_TO_CERTAIN
        ceiling = np.where(probability < self.certain, below, probability)
        return np.minimum(np.interp(probability, self.said, self.true), ceiling)


@dataclass(frozen=True)
class Calibrations:
    """Two maps: for pairs in linked households, where nearly everybody of one name is one person, and for all others."""

    linked: Calibration
    apart: Calibration

    @classmethod
    def identity(cls, certain: float) -> Self:
        """The maps that change nothing."""
        return cls(Calibration.identity(certain), Calibration.identity(certain))

    @classmethod
    def fit(cls, trials: Trials, settings: CalibrationSettings, certain: float) -> Self:
        """Fit both maps, each on its own pairs; see `Calibration.fit`."""
        fitted = [
            Calibration.fit(trials.probability[rows], trials.right[rows], settings.trust, certain)
            for rows in (trials.linked, ~trials.linked)
        ]
        return cls(*fitted)

    def __call__(self, probability: Floats, linked: Bools) -> Floats:
        """What these probabilities are worth."""
        return np.where(linked, self.linked(probability), self.apart(probability))
