"""Rivals and the one-to-one choice, against brute force and scipy."""

from itertools import permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import linear_sum_assignment

from reconciliation.linkage.assignment import assign
from reconciliation.linkage.rivals import best_rival, compete

PAIRS = st.dictionaries(
    st.tuples(st.integers(0, 4), st.integers(0, 4)),
    st.integers(1, 999_999).map(lambda millionths: millionths / 1e6),
    max_size=14,
)


def arrays(pairs: dict[tuple[int, int], float]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    keys = sorted(pairs)
    left = np.array([key[0] for key in keys], dtype=np.int64)
    right = np.array([key[1] for key in keys], dtype=np.int64)
    return left, right, np.array([pairs[key] for key in keys])


@given(PAIRS)
def test_the_choice_is_one_to_one_and_the_best_there_is(
    pairs: dict[tuple[int, int], float],
) -> None:
    left, right, probability = arrays(pairs)
    chosen = assign(left, right, probability)
    assert len(set(left[chosen])) == chosen.sum() == len(set(right[chosen]))
    gains = np.zeros((5, 5))
    gains[left, right] = probability
    best = max(sum(gains[i, j] for i, j in enumerate(order)) for order in permutations(range(5)))
    assert probability[chosen].sum() == pytest.approx(best)
    rows, columns = linear_sum_assignment(gains, maximize=True)
    assert probability[chosen].sum() == pytest.approx(gains[rows, columns].sum())


def test_no_pairs_no_choice() -> None:
    nothing = np.zeros(0, dtype=np.int64)
    assert len(assign(nothing, nothing, np.zeros(0))) == 0
    assert len(compete(nothing, nothing, np.zeros(0), 14)) == 0


def test_a_pair_without_rivals_keeps_its_odds() -> None:
    one = np.zeros(1, dtype=np.int64)
    assert compete(one, one, np.array([9.0]), 14) == pytest.approx(0.9)


def test_equal_rivals_share_the_person() -> None:
    left, right = np.zeros(2, dtype=np.int64), np.arange(2)
    assert compete(left, right, np.array([1e6, 1e6]), 14) == pytest.approx([0.5, 0.5], abs=0.01)


def test_a_rival_that_is_taken_itself_steps_back() -> None:
    left, right = np.array([0, 0, 1]), np.array([0, 1, 1])
    odds = np.array([100.0, 100.0, 1e7])
    probability = compete(left, right, odds, 40)
    assert probability[0] > 0.95
    assert probability[2] > 0.99


@given(PAIRS)
def test_the_runner_up_is_the_best_pair_that_shares_a_record(
    pairs: dict[tuple[int, int], float],
) -> None:
    left, right, probability = arrays(pairs)
    found = best_rival(left, right, probability)
    for i in range(len(left)):
        shares = ((left == left[i]) | (right == right[i])) & (np.arange(len(left)) != i)
        assert found[i] == (probability[shares].max() if shares.any() else 0.0)
