"""Chance that comes out the same on every machine.

Only `Generator.random` is used (53 bits of PCG64) and whole numbers are cut from it: the other methods of numpy's
generator may change their stream between versions (NEP 19), and normal or exponential draws depend on the processor.
"""

from collections.abc import Sequence
from zlib import crc32

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]


class Dice:
    """One stream of draws, named by the seed and a path of words and numbers."""

    def __init__(self, seed: int, *path: str | int) -> None:
        """Start the stream at `seed` and `path`; equal arguments give equal draws."""
        words = [part if isinstance(part, int) else crc32(part.encode()) for part in path]
        self._generator = np.random.Generator(
            np.random.PCG64(np.random.SeedSequence([seed, *words]))
        )

    def unit(self, size: int) -> Floats:
        """Floats in [0, 1)."""
        return self._generator.random(size)

    def below(self, bound: int | Ints, size: int) -> Ints:
        """Whole numbers in [0, bound); `bound` may differ by element."""
        return (self._generator.random(size) * bound).astype(np.int64)

    def between(self, low: int | Ints, high: int | Ints, size: int) -> Ints:
        """Whole numbers in [low, high], both ends included."""
        return low + self.below(high - low + 1, size)

    def chance(self, share: float | Floats, size: int) -> Bools:
        """True in `share` of the elements."""
        return self._generator.random(size) < share

    def pick(self, weights: Sequence[float] | Floats, size: int) -> Ints:
        """Positions in `weights`, each as often as its weight says."""
        return pick_from(self._generator.random(size), weights)


def pick_from(units: Floats, weights: Sequence[float] | Floats) -> Ints:
    """Positions in `weights` for draws in [0, 1) made elsewhere."""
    steps = np.cumsum(np.asarray(weights, dtype=np.float64))
    found = np.searchsorted(steps / steps[-1], units, side="right")
    return np.minimum(found, len(steps) - 1).astype(np.int64)


def scatter(*parts: Ints | int, salt: int = 0) -> Ints:
    """A well-mixed non-negative number of each element of `parts` (splitmix64 finaliser, one round a part)."""
    state = np.asarray(np.uint64(salt + 0x9E3779B9))
    with np.errstate(over="ignore"):
        for part in parts:
            state = state * np.uint64(0x9E3779B97F4A7C15) + np.asarray(part).astype(np.uint64)
            state = (state ^ (state >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
            state = (state ^ (state >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
            state = state ^ (state >> np.uint64(31))
    return (state >> np.uint64(2)).astype(np.int64)
