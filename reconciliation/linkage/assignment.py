"""One to one: the choice of pairs with the highest expected number of right links, exactly, component by component."""

from itertools import pairwise

import numpy as np
from scipy.optimize import linear_sum_assignment
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from reconciliation.linkage.arrays import Bools, Floats, Ints


def assign(left: Ints, right: Ints, probability: Floats) -> Bools:
    """Which pairs belong to the best one-to-one choice.

    The choice maximises the sum of the probabilities. Probabilities are taken as whole millionths, and components whose
    pairs have no rivals are decided without a solver.

    Args:
        left: record of each pair on the left; a pair occurs once.
        right: its record on the right.
        probability: of each pair, above 0.

    Returns:
        Whether each pair is chosen.
    """
    chosen = np.ones(len(left), dtype=bool)
    if not len(left):
        return chosen
    lefts, a = np.unique(left, return_inverse=True)
    rights, b = np.unique(right, return_inverse=True)
    nodes = len(lefts) + len(rights)
    graph = coo_array((np.ones(len(a)), (a, b + len(lefts))), shape=(nodes, nodes))
    component = connected_components(graph, directed=False)[1][a]
    size = np.bincount(component)
    crowded = np.flatnonzero(size[component] > 1)
    crowded = crowded[np.lexsort((b[crowded], a[crowded], component[crowded]))]
    gain = np.rint(probability * 1e6).astype(np.int64)
    bounds = np.flatnonzero(np.diff(component[crowded], prepend=-1, append=-2))
    for start, end in pairwise(bounds):
        rows = crowded[start:end]
        chosen[rows] = _solve(a[rows], b[rows], gain[rows])
    return chosen


def _solve(a: Ints, b: Ints, gain: Ints) -> Bools:
    rows, i = np.unique(a, return_inverse=True)
    columns, j = np.unique(b, return_inverse=True)
    gains = np.zeros((len(rows), len(columns)), dtype=np.int64)
    gains[i, j] = gain
    picked = np.zeros(gains.shape, dtype=bool)
    picked[linear_sum_assignment(gains, maximize=True)] = True
    return np.asarray(picked[i, j] & (gain > 0))
