"""A stated probability is worth what came true; what nobody has tried stays as it was said."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reconciliation.linkage.calibration import Calibration, Calibrations, Trials
from reconciliation.linkage.settings import CalibrationSettings

RULES = CalibrationSettings(trust=10)
CERTAIN = 0.995
GRID = np.linspace(0, 1, 2001)


def trials(said: list[float], right: list[bool]) -> Trials:
    yes = np.array(right, dtype=bool)
    return Trials(np.array(said, dtype=np.float64), yes, np.zeros(len(yes), dtype=bool))


def fit(pairs: Trials) -> Calibration:
    return Calibration.fit(pairs.probability, pairs.right, RULES.trust, CERTAIN)


def made(pairs: int, truth: float, seed: int) -> Trials:
    """Pairs whose odds are really `truth` times what is said of them."""
    rng = np.random.default_rng(seed)
    said = rng.uniform(0.02, 0.98, pairs)
    odds = said / (1 - said) * truth
    return Trials(said, rng.random(pairs) < odds / (1 + odds), rng.random(pairs) < 0.5)


def test_an_unfitted_calibration_changes_nothing() -> None:
    for unfitted in (
        Calibration.identity(CERTAIN),
        fit(trials([], [])),
    ):
        assert np.array_equal(unfitted(GRID), GRID)


def test_a_handful_of_pairs_moves_a_probability_little() -> None:
    fitted = fit(trials([0.7, 0.7], [False, False]))
    assert 0.55 < fitted(np.array([0.7]))[0] < 0.7


@pytest.mark.parametrize("truth", [0.4, 1.0, 3.0])
def test_what_was_said_wrongly_holds_on_pairs_it_was_not_fitted_on(truth: float) -> None:
    fitted = fit(made(30_000, truth, seed=1))
    others = made(60_000, truth, seed=2)
    said = fitted(others.probability)
    for low in np.arange(0.5, 0.95, 0.1):
        band = (said >= low) & (said < low + 0.1)
        assert abs(said[band].mean() - others.right[band].mean()) < 0.03


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(st.floats(0, 1, allow_nan=False), st.booleans()), min_size=1, max_size=300)
)
def test_the_more_probable_pair_stays_the_more_probable(pairs: list[tuple[float, bool]]) -> None:
    said, right = zip(*pairs, strict=True)
    worth = fit(trials(list(said), list(right)))(GRID)
    assert worth[0] == 0.0
    assert worth[-1] == 1.0
    assert (np.diff(worth) > 0).all()


def test_no_pair_becomes_certain_by_calibration() -> None:
    fitted = fit(trials([0.9] * 4000 + [0.994] * 4000, [True] * 8000))
    below = GRID[GRID < CERTAIN]
    assert (fitted(below) < CERTAIN).all()
    assert fitted(np.array([0.9]))[0] > 0.97
    assert (fitted(np.array([0.996, 0.9999])) <= np.array([0.996, 0.9999])).all()


def test_pairs_that_turn_out_wrong_lose_certainty() -> None:
    wrong = fit(trials([0.997] * 400, [True] * 300 + [False] * 100))
    assert wrong(np.array([0.997]))[0] < 0.8


def test_the_order_of_the_pairs_does_not_matter() -> None:
    pairs = made(2000, 2.0, seed=5)
    order = np.random.default_rng(1).permutation(2000)
    one = fit(pairs)
    other = fit(Trials(pairs.probability[order], pairs.right[order], pairs.linked[order]))
    assert np.allclose(one(GRID), other(GRID), atol=1e-12)


def test_pairs_in_linked_households_are_judged_by_their_own_kind() -> None:
    good, bad = made(20_000, 5.0, seed=1), made(20_000, 0.2, seed=2)
    both = Trials(
        np.concatenate([good.probability, bad.probability]),
        np.concatenate([good.right, bad.right]),
        np.repeat([True, False], 20_000),
    )
    fitted = Calibrations.fit(both, RULES, CERTAIN)
    said = np.full(2, 0.6)
    linked, apart = fitted(said, np.array([True, False]))
    assert linked > 0.8
    assert apart < 0.4


def test_many_pairs_outweigh_a_few_that_contradict_them() -> None:
    fitted = fit(trials([0.72] * 4000 + [0.77] * 4, [True] * 4000 + [False] * 4))
    assert fitted(np.array([0.77]))[0] > 0.9
