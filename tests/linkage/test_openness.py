"""How open rows are: whoever is likelier to be found weighs more once nobody else is."""

import numpy as np
import pytest

from reconciliation.linkage.openness import RowKinds, nobody_found


def kinds(size: int) -> RowKinds:
    """Left rows all of kind 8 (no number, lives alone), right rows all of kind 0; nothing but these."""
    sizes = np.zeros((2, 12))
    sizes[0, 8] = sizes[1, 0] = size
    return RowKinds(np.full(size, 8), np.zeros(size, dtype=np.int64), sizes)


def test_nothing_found_says_nothing() -> None:
    rows = np.arange(5)
    assert kinds(5).weights(nobody_found(), (rows, rows)) == pytest.approx(np.zeros(5))


def test_a_row_of_a_kind_that_is_mostly_found_weighs_as_much_more_as_few_of_it_stay_alone() -> None:
    rows = np.arange(2000)
    found = kinds(2000).found((rows, rows), np.where(rows < 1600, 1.0, 0.0))
    assert found[0, 8] == found[1, 0] == pytest.approx(0.8, abs=0.01)
    weights = kinds(2000).weights(found, (rows, rows))
    assert np.exp(weights) == pytest.approx(25.0, rel=0.1)


def test_few_rows_teach_little_and_no_kind_is_ever_always_found() -> None:
    rows = np.arange(2)
    assert kinds(2).found((rows, rows), np.ones(2))[0, 8] == pytest.approx(2 / 22)
    rows = np.arange(10**5)
    assert kinds(10**5).found((rows, rows), np.ones(10**5))[0, 8] == 0.9
