"""From odds to probabilities: rivals compete, and what the odds rest on is learned from what they find, round after round."""

from dataclasses import replace

import numpy as np

from reconciliation.linkage.arrays import NONE, Bools, Floats, counts
from reconciliation.linkage.evidence import Model
from reconciliation.linkage.ground import Ground, Scene
from reconciliation.linkage.leftovers import found_shares, pair_odds, smaller_sides
from reconciliation.linkage.levels import NumberLevel
from reconciliation.linkage.rivals import compete
from reconciliation.linkage.scored import Scored
from reconciliation.linkage.true_pairs import learn_numbers

_LEAST_ODDS = 1e-5
"""Pairs below these odds compete for nothing and are dropped."""


def hopeful(odds: Floats, expected: float, model: Model) -> Bools:
    """Whether pairs with these odds (natural logs, without the prior) compete for anything."""
    return np.asarray(odds + np.log(expected / model.openings.total) > np.log(_LEAST_ODDS))


def first_guess(ground: Ground) -> float:
    """As many of the rows without a good number are on both registers as of the rows with one."""
    left, right = ground.pool.left, ground.pool.right
    settled = float((ground.settled.partner_left != NONE).sum())
    shares = [settled / max(float(side.good.sum()), 1.0) for side in (left, right)]
    doubtful = [float((~side.good).sum()) for side in (left, right)]
    guess = shares[0] * doubtful[0] + shares[1] * doubtful[1]
    return float(np.clip(guess, *_bounds(ground)))


def _bounds(ground: Ground) -> tuple[float, float]:
    fewer = float(min(ground.pool.open_left.sum(), ground.pool.open_right.sum()))
    return min(0.3, max(fewer, 0.1)), max(fewer, 0.3)


def expect(scored: Scored, model: Model, scene: Scene, estimate: bool) -> Scored:
    """Probabilities, what they rest on taken from them until it stands still.

    That is the number of pairs to be found, what their numbers look like, what is found in linked households, and how many open
    rows find their person.

    Args:
        scored: pairs with their odds.
        model: what the odds come from.
        scene: the open rows, and how many rounds there are.
        estimate: whether to learn; else one round with what the pass before has learned.

    Returns:
        The scores of the hopeful pairs.
    """
    settings = scene.ground.settings
    contexts = scored.weights.household
    scored = _around(scored, contexts, model, scene)
    kept = np.flatnonzero(scored.name_differs | hopeful(scored.odds, scored.expected, model))
    found, around = scored.take(kept), contexts[kept]
    smaller = smaller_sides(scored.cells)
    _, left = np.unique(found.pairs.a, return_inverse=True)
    _, right = np.unique(found.pairs.b, return_inverse=True)
    for _ in range(settings.expectation_rounds if estimate else 1):
        found = _around(found, around, model, scene)
        prior = float(np.log(found.expected / model.openings.total))
        odds = np.where(found.name_differs, found.odds, found.odds + prior)
        probability = compete(left, right, np.exp(np.minimum(odds, 50.0)), settings.message_rounds)
        if estimate:
            found = _learned(replace(found, probability=probability), smaller, scene)
    return replace(found, odds=odds, probability=probability, prior=prior)


def _around(scored: Scored, contexts: Floats, model: Model, scene: Scene) -> Scored:
    """The scores with what the households say: what is left over in two linked ones, else how open the two rows are.

    Args:
        scored: pairs.
        contexts: what the contexts of the two rows of each say where their households are not linked.
        model: how many pairs there are.
        scene: the kinds of rows.
    """
    prior = float(np.log(scored.expected / model.openings.total))
    linked = scored.cells != NONE
    open_rows = scene.kinds.weights(scored.matched, (scored.pairs.a, scored.pairs.b))
    weight = np.where(
        linked, pair_odds(scored.leftovers)[scored.cells] - prior, contexts + open_rows
    )
    change = np.where(scored.name_differs, 0.0, weight - scored.weights.household)
    return replace(
        scored,
        odds=scored.odds + change,
        weights=replace(scored.weights, household=scored.weights.household + change),
    )


def _learned(found: Scored, smaller: Floats, scene: Scene) -> Scored:
    """The scores with what their probabilities teach."""
    settings = scene.ground.settings
    free = np.where(found.name_differs, 0.0, found.probability)
    numbers = learn_numbers(counts(found.levels.number, len(NumberLevel), free), settings)
    gain = np.where(found.name_differs, 0.0, np.log(numbers / found.numbers)[found.levels.number])
    return replace(
        found,
        expected=float(np.clip(free.sum(), *_bounds(scene.ground))),
        numbers=numbers,
        leftovers=found_shares(found.cells, found.probability, smaller, settings.leftover_trust),
        matched=scene.kinds.found((found.pairs.a, found.pairs.b), found.probability),
        odds=found.odds + gain,
        weights=replace(found.weights, number=found.weights.number + gain),
    )
