"""What is left over in two linked households, against every matching written out."""

from itertools import combinations, permutations

import numpy as np
import pytest

from reconciliation.linkage.arrays import NONE
from reconciliation.linkage.circumstances import Households, Settled
from reconciliation.linkage.coding import code_registers
from reconciliation.linkage.leftovers import START, found_shares, pair_odds, smaller_sides
from reconciliation.linkage.name_table import gather_names
from tests.linkage.people import Person, characters, persons, settings


def share_found(left: int, right: int, odds: float) -> float:
    """The expected share of the smaller side over all matchings, each as likely as its pairs' odds multiplied."""
    total = found = 0.0
    for size in range(min(left, right) + 1):
        for _ in combinations(range(left), size):
            for _ in permutations(range(right), size):
                total += odds**size
                found += size * odds**size
    return found / total / min(left, right)


@pytest.mark.parametrize(("left", "right"), [(1, 1), (1, 3), (2, 2), (3, 2), (4, 4)])
@pytest.mark.parametrize("share", [0.05, 0.5, 0.97])
def test_the_weight_of_a_pair_finds_the_share_it_was_made_for(
    left: int, right: int, share: float
) -> None:
    odds = np.exp(pair_odds(np.full(16, share))[(left - 1) * 4 + right - 1])
    assert share_found(left, right, odds) == pytest.approx(share, abs=0.002)


def test_shares_follow_what_is_found_once_it_outweighs_the_share_over_all_cells() -> None:
    cells = np.array([0] * 900 + [1] * 4 + [NONE])
    probability = np.concatenate([np.full(900, 0.9), np.full(5, 0.5)])
    shares = found_shares(cells, probability, smaller_sides(cells), trust=10)
    usual = (810 + 2 + 10 * 0.5) / (900 + 2 + 10)
    assert shares[0] == pytest.approx(0.9, abs=0.01)
    assert shares[1] == pytest.approx((2 + 10 * usual) / (2 + 10))
    assert shares[5] == pytest.approx(usual)


def test_nothing_seen_leaves_every_share_where_it_starts() -> None:
    nothing = np.zeros(0, dtype=np.int64)
    assert found_shares(nothing, np.zeros(0), smaller_sides(nothing), trust=10) == pytest.approx(
        START
    )


def test_pairs_left_out_count_as_not_found() -> None:
    cells = np.zeros(100, dtype=np.int64)
    shares = found_shares(cells[:10], np.ones(10), smaller_sides(cells), trust=1)
    assert shares[0] == pytest.approx(0.1, abs=0.01)


def test_a_pair_is_not_in_linked_households_because_one_of_the_two_is_settled_with_another() -> (
    None
):
    left = persons(Person("王小明", household=1), Person("王小芳", household=1))
    right = persons(Person("王小明", household=5), Person("王大力", household=5))
    names = gather_names(left, right, characters(), settings().same_shape)
    sides = code_registers(left, right, names.rows)
    settled = Settled.of(2, 2, np.array([0]), np.array([0]))
    households = Households.of(*sides, settled)
    a, b = np.array([0, 0, 1, 1]), np.array([0, 1, 0, 1])
    assert households.linked(a, b, settled).tolist() == [False, False, False, True]
