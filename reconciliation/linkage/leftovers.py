"""What is left over in two linked households, and what that alone says of a pair.

Where a settled pair links two households and one row is open in each, they are one person nearly always; where one row is open here
and three there, one pair in three at the most is right. So the odds of such a pair, before anything is compared, go by how many
open rows the two households have: the share of the smaller side that finds its person on the other is estimated for each such
number (Dempster, Laird and Rubin's expectation and maximisation), and turned into the weight which, given to every pair of the two
households alike, finds that share when all one-to-one matchings are weighed.
"""

from math import comb, factorial
from typing import Final

import numpy as np

from reconciliation.linkage.arrays import NONE, Bools, Floats, Ints, counts
from reconciliation.linkage.blocking import Pool

_MOST: Final = 4
"""Households with more open rows count as having so many."""
_WEIGHTS: Final = np.linspace(-12.0, 16.0, 561)
"""Natural logs of the weights among which the one that finds a share is looked up."""
START: Final = np.full(_MOST * _MOST, 0.5)
"""The share found, by cell, before anything is known."""


def leftover_cells(pool: Pool, pairs: tuple[Ints, Ints], linked: Bools) -> Ints:
    """How many rows are open in the two households of each pair, as one whole number a pair; `NONE` if they are not linked."""
    sizes = []
    for side, free, rows in zip(
        (pool.left, pool.right), (pool.open_left, pool.open_right), pairs, strict=True
    ):
        size = int(side.household.max(initial=0)) + 1
        sizes.append(counts(side.household, size, free)[side.household[rows]].astype(np.int64))
    left, right = (np.clip(size, 1, _MOST) - 1 for size in sizes)
    return np.where(linked, left * _MOST + right, NONE)


def smaller_sides(cells: Ints) -> Floats:
    """Open rows of the smaller side of all linked households together, by cell; each has as many pairs as the larger has rows."""
    known = cells[cells != NONE]
    larger = np.maximum(known // _MOST, known % _MOST) + 1
    return counts(known, _MOST * _MOST, 1 / larger)


def found_shares(cells: Ints, probability: Floats, smaller: Floats, trust: float) -> Floats:
    """The share of the smaller side that is found, by cell.

    Args:
        cells: of `leftover_cells`; pairs left out count as not found.
        probability: of each pair.
        smaller: of `smaller_sides`, over all pairs.
        trust: rows of the smaller side that weigh as much as where a share starts from: `START` for that over all cells, and
            that over all cells for each of them.
    """
    rows = cells != NONE
    found = np.minimum(counts(cells[rows], len(smaller), probability[rows]), smaller)
    usual = (found.sum() + trust * START) / (smaller.sum() + trust)
    return np.asarray((found + trust * usual) / (smaller + trust))


def pair_odds(shares: Floats) -> Floats:
    """The natural log of the weight of a pair that finds these shares, by cell."""
    return np.array(
        [
            np.interp(share, _found(cell // _MOST + 1, cell % _MOST + 1), _WEIGHTS)
            for cell, share in enumerate(shares)
        ]
    )


def _found(left: int, right: int) -> Floats:
    """The share of the smaller of two sides that is matched, for each of `_WEIGHTS`."""
    smaller = min(left, right)
    matched = np.arange(smaller + 1)
    ways = np.array([comb(left, k) * comb(right, k) * factorial(k) for k in matched], dtype=float)
    likely = ways * np.exp(np.outer(_WEIGHTS, matched))
    return np.asarray((likely @ matched) / likely.sum(axis=1) / smaller)
