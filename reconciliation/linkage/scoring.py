"""One pass over the open rows: candidates, evidence, probabilities after competition.

`score` is the plan; what it calls are kernels, each a function of arrays that asks nothing of the order of its rows.
"""

import numpy as np

from reconciliation.linkage.arrays import NONE, Bools, Floats, Ints, counts, taken
from reconciliation.linkage.batches import by_batches
from reconciliation.linkage.blocking import Candidates, Pool, with_households
from reconciliation.linkage.borrowed import Noticed, Shares, one_person_odds
from reconciliation.linkage.circumstances import Households, Settled
from reconciliation.linkage.evidence import (
    Levels,
    Model,
    Weights,
    compare_households,
    compare_rows,
    count_openings,
    number_shares,
    open_contexts,
    sure_without_number,
    weigh,
)
from reconciliation.linkage.expectation import expect, first_guess, hopeful
from reconciliation.linkage.ground import Scene
from reconciliation.linkage.judgements import among
from reconciliation.linkage.leftovers import START, leftover_cells
from reconciliation.linkage.levels import NameLevel, NumberLevel, Standing
from reconciliation.linkage.openness import nobody_found
from reconciliation.linkage.scored import Scored
from reconciliation.linkage.true_pairs import learn_numbers


def score(scene: Scene, linking: Settled, before: Scored | None) -> Scored:
    """Score every candidate pair of open rows.

    Args:
        scene: open rows and learned shares.
        linking: the pairs that link households in this pass.
        before: the pass before; None: estimate here how many pairs are to be found and what their numbers look like.
    """
    ground, pool = scene.ground, scene.ground.pool
    households = Households.of(pool.left, pool.right, linking)
    proposed, added = with_households(scene.by_key, pool, households)
    likeness = scene.likeness.insert(
        added.at, compare_rows(pool, (added.a, added.b), scene.explained)
    )
    levels = compare_households(likeness, (proposed.a, proposed.b), households, linking)
    proposed, levels = _allowed(proposed, levels, ground.apart)
    numbers = before.numbers if before else _first_numbers(scene, levels)
    expected = before.expected if before else first_guess(ground)
    model = _model(scene, households, linking, numbers)
    name_differs = among(proposed.a, proposed.b, scene.two_names)
    noticed = _noticed(pool, proposed, levels, name_differs)
    rows, weights = _worth_weighing(
        scene, model, expected, (proposed.a, proposed.b, name_differs), levels
    )
    blocks = proposed.blocks
    proposed, levels = taken(proposed, rows), taken(levels, rows)
    name_differs = name_differs[rows]
    odds = weights.total
    odds[name_differs] = np.log(
        one_person_odds(
            taken(levels, name_differs),
            noticed,
            scene.unique,
            Shares(ground.true, ground.strangers),
            ground.settings,
        )
    )
    linked = levels.standing == Standing.LINKED_HOUSEHOLD
    return expect(
        Scored(
            pairs=proposed,
            levels=levels,
            weights=weights,
            name_differs=name_differs,
            odds=odds,
            probability=np.zeros(len(proposed)),
            prior=0.0,
            expected=expected,
            numbers=numbers,
            cells=leftover_cells(pool, (proposed.a, proposed.b), linked),
            leftovers=before.leftovers if before else START,
            matched=before.matched if before else nobody_found(),
            proposed=blocks,
        ),
        model,
        scene,
        before is None,
    )


def _allowed(
    proposed: Candidates, levels: Levels, apart: tuple[Ints, Ints]
) -> tuple[Candidates, Levels]:
    """The candidates without those judged to be two people."""
    if not len(apart[0]):
        return proposed, levels
    kept = ~among(proposed.a, proposed.b, apart)
    return taken(proposed, kept), taken(levels, kept)


def _first_numbers(scene: Scene, levels: Levels) -> Floats:
    """What the numbers of true pairs look like, as far as pairs show it that are sure without them."""
    sure = levels.number[sure_without_number(levels)]
    return learn_numbers(counts(sure, len(NumberLevel)), scene.ground.settings)


def _model(scene: Scene, households: Households, linking: Settled, numbers: Floats) -> Model:
    ground, pool = scene.ground, scene.ground.pool
    openings = count_openings(pool, households, scene.explained)
    return Model(
        true=ground.true,
        strangers=ground.strangers,
        numbers=numbers,
        strange_numbers=number_shares(ground.strangers, openings, ground.settings),
        openings=openings,
        rarity=scene.rarity,
        usual=scene.usual,
        open_contexts=open_contexts(pool, households, linking),
    )


def _worth_weighing(
    scene: Scene,
    model: Model,
    expected: float,
    pairs: tuple[Ints, Ints, Bools],
    levels: Levels,
) -> tuple[Ints, Weights]:
    """The pairs that may be worth something, and their weights.

    Most candidates are dropped at once, and their weights never kept: those that are hopeless whatever is learned later. What
    a linked household says is learned later.
    """
    a, b, name_differs = pairs
    settings = scene.ground.settings

    def weighed(rows: Ints) -> tuple[Ints, Weights]:
        seen = taken(levels, rows)
        weights = weigh(model, scene.ground.pool, (a[rows], b[rows]), seen, settings)
        kept = name_differs[rows] | (seen.standing == Standing.LINKED_HOUSEHOLD)
        kept |= hopeful(weights.total, expected, model)
        return rows[kept], taken(weights, kept)

    return by_batches(weighed, np.arange(len(a)))


def _noticed(pool: Pool, pairs: Candidates, levels: Levels, name_differs: Bools) -> Noticed:
    """What is seen of the pairs of one number under two names beside their levels."""
    a, b = pairs.a[name_differs], pairs.b[name_differs]
    # Who bears the name but has a number that is on the other register too was not robbed of it.
    elsewhere = np.isin(pairs.a, a) & np.isin(pairs.b, b)
    namesakes = (levels.name <= NameLevel.ONE_SHAPE) & ~elsewhere
    near = namesakes & (levels.standing <= Standing.VILLAGE)
    at_home = namesakes & (levels.standing == Standing.LINKED_HOUSEHOLD)
    left, right = pool.left, pool.right
    return Noticed(
        claimed=np.where(
            levels.standing[name_differs] == Standing.LINKED_HOUSEHOLD,
            np.isin(a, pairs.a[at_home]) | np.isin(b, pairs.b[at_home]),
            np.isin(a, pairs.a[near]) | np.isin(b, pairs.b[near]),
        ),
        dated=(left.birth_field[a] != NONE) | (right.birth_field[b] != NONE),
        birth_differs=left.birth[a] != right.birth[b],
    )
