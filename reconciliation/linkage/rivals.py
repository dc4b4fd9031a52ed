"""Competition: one person has at most one record in each register, so pairs that share a record weigh each other down.

Belief propagation for matchings: along each pair run two messages, a = 1 / (1 + sum over the rivals of its left record of
w b) and b likewise for its right record, damped by half; the probability of the pair is w a b / (1 + w a b).
"""

import numpy as np

from reconciliation.linkage.arrays import Floats, Ints, counts

_MOST_ODDS = 1e9


def compete(left: Ints, right: Ints, odds: Floats, rounds: int) -> Floats:
    """Probabilities of pairs whose odds are known one by one.

    Args:
        left: which left record a pair joins, numbered from 0; pairs in a fixed order.
        right: which right record it joins.
        odds: odds of each pair as if it had no rival.
        rounds: message rounds.

    Returns:
        The probability of each pair.
    """
    if not len(odds):
        return odds
    odds = np.minimum(odds, _MOST_ODDS)
    lefts, rights = int(left.max()) + 1, int(right.max()) + 1
    a = 1 / (1 + _others(left, odds, lefts))
    b = 1 / (1 + _others(right, odds, rights))
    for _ in range(rounds):
        next_a = 1 / (1 + _others(left, odds * b, lefts))
        next_b = 1 / (1 + _others(right, odds * a, rights))
        a, b = (a + next_a) / 2, (b + next_b) / 2
    joint = odds * a * b
    return np.asarray(joint / (1 + joint))


def _others(side: Ints, weights: Floats, size: int) -> Floats:
    """The sum of the weights of a pair's rivals on one side."""
    return np.asarray(np.maximum(counts(side, size, weights)[side] - weights, 0.0))


def best_rival(left: Ints, right: Ints, probability: Floats) -> Floats:
    """The highest probability among the pairs that share a record with each pair, 0 where none does."""
    return np.maximum(_best_other(left, probability), _best_other(right, probability))


def _best_other(side: Ints, probability: Floats) -> Floats:
    order = np.lexsort((-probability, side))
    ranked = side[order]
    first = np.ones(len(order), dtype=bool)
    first[1:] = ranked[1:] != ranked[:-1]
    starts = np.flatnonzero(first)
    group = np.cumsum(first) - 1
    best = probability[order][starts] if len(order) else probability
    second = np.zeros(len(starts))
    after = starts + 1
    has = after < len(order)
    has[has] = ~first[after[has]]
    second[has] = probability[order][after[has]]
    other = np.empty(len(order))
    other[order] = np.where(first, second[group], best[group]) if len(order) else probability
    return other
