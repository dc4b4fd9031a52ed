"""One pass over the open rows: candidates, evidence, probabilities after competition."""

from dataclasses import dataclass, replace

import numpy as np

from reconciliation.linkage.arrays import NONE, Bools, Floats, Ints, counts, taken
from reconciliation.linkage.assignment import assign
from reconciliation.linkage.blocking import (
    Candidates,
    Pool,
    candidates_by_key,
    with_households,
)
from reconciliation.linkage.borrowed import Noticed, Shares, Unique, one_person_odds
from reconciliation.linkage.circumstances import (
    Households,
    Settled,
    compare_places,
    standings,
)
from reconciliation.linkage.evidence import (
    GROUP_OF,
    Levels,
    Model,
    Weights,
    compare,
    count_openings,
    explained_rows,
    open_contexts,
    sure_without_number,
    weigh,
)
from reconciliation.linkage.exact import SameNumber, under_two_names
from reconciliation.linkage.judgements import among
from reconciliation.linkage.leftovers import (
    START,
    found_shares,
    leftover_cells,
    pair_odds,
    smaller_sides,
)
from reconciliation.linkage.levels import Group, NameLevel, NumberLevel, Standing
from reconciliation.linkage.name_table import frequencies
from reconciliation.linkage.rivals import compete
from reconciliation.linkage.settings import LinkageSettings
from reconciliation.linkage.strangers import StrangerShares
from reconciliation.linkage.true_pairs import TrueShares, learn_numbers

_LEAST_ODDS = 1e-5
"""Pairs below these odds compete for nothing and are dropped."""


@dataclass(frozen=True)
class Ground:
    """What both passes stand on: the open rows, the settled pairs, and what was learned from them.

    `apart` are pairs that somebody has judged to be two people.
    """

    pool: Pool
    same: SameNumber
    settled: Settled
    true: TrueShares
    strangers: StrangerShares
    settings: LinkageSettings
    apart: tuple[Ints, Ints]


@dataclass(frozen=True)
class Scored:
    """Scored pairs, sorted by rows, one element each.

    Attributes:
        pairs: the candidates.
        levels, weights: their evidence.
        name_differs: decided by the odds of one number under two names.
        odds: natural log of the odds before competition.
        probability: after competition.
        prior: natural log of the odds of a pair before any evidence.
        expected: true pairs still to be found, as estimated.
        numbers: share of each `NumberLevel` among them, as estimated.
        cells: how many rows are open in the two households; see `leftovers`.
        leftovers: share of them that is found, by cell, as estimated.
        by_key: the candidates that do not hang on linked households.
        proposed: `blocks` of every candidate, also of those dropped as hopeless.
    """

    pairs: Candidates
    levels: Levels
    weights: Weights
    name_differs: Bools
    odds: Floats
    probability: Floats
    prior: float
    expected: float
    numbers: Floats
    cells: Ints
    leftovers: Floats
    by_key: Candidates
    proposed: Ints


def score(ground: Ground, linking: Settled, before: Scored | None) -> Scored:
    """Score every candidate pair of open rows.

    Args:
        ground: open rows and learned shares.
        linking: the pairs that link households in this pass.
        before: the pass before; None: estimate here how many pairs are to be found and what their numbers look like.
    """
    pool, settings = ground.pool, ground.settings
    households = Households.of(pool.left, pool.right, linking)
    extra = under_two_names(ground.same, ground.settled)
    by_key = before.by_key if before else candidates_by_key(pool, extra)
    proposed = _allowed(with_households(by_key, pool, households), ground.apart)
    explained = explained_rows(pool, ground.settled, _doubted(extra, ground.apart))
    levels = compare(pool, (proposed.a, proposed.b), households, linking, explained)
    sure = levels.number[sure_without_number(levels)]
    numbers = before.numbers if before else learn_numbers(counts(sure, len(NumberLevel)), settings)
    rarity = frequencies(
        pool.names,
        np.concatenate([pool.left.name, pool.right.name]),
        settings.different_people.elsewhere.name["exact"],
    )
    people = np.concatenate([pool.left.name, pool.right.name])
    model = Model(
        true=ground.true,
        strangers=ground.strangers,
        numbers=numbers,
        openings=count_openings(pool, households, explained),
        rarity=rarity,
        usual=float(rarity[people].mean()) if len(people) else 1.0,
        open_contexts=open_contexts(pool, households, linking),
    )
    weights = weigh(model, pool, (proposed.a, proposed.b), levels, settings)
    name_differs = np.isin(_keys(proposed.a, proposed.b, pool), _keys(*extra, pool))
    odds = weights.total
    odds[name_differs] = np.log(
        one_person_odds(
            taken(levels, name_differs),
            _noticed(pool, proposed, levels, name_differs),
            _unique(ground),
            Shares(ground.true, ground.strangers),
            settings,
        )
    )
    return _expect(
        Scored(
            pairs=proposed,
            levels=levels,
            weights=weights,
            name_differs=name_differs,
            odds=odds,
            probability=np.zeros(len(proposed)),
            prior=0.0,
            expected=before.expected if before else _first_guess(ground),
            numbers=numbers,
            cells=leftover_cells(
                pool, (proposed.a, proposed.b), levels.standing == Standing.LINKED_HOUSEHOLD
            ),
            leftovers=before.leftovers if before else START,
            by_key=by_key,
            proposed=proposed.blocks,
        ),
        model,
        ground,
        before is None,
    )


def _allowed(proposed: Candidates, apart: tuple[Ints, Ints]) -> Candidates:
    """The candidates without those judged to be two people."""
    if not len(apart[0]):
        return proposed
    return taken(proposed, ~among(proposed.a, proposed.b, apart))


def _doubted(extra: tuple[Ints, Ints], apart: tuple[Ints, Ints]) -> tuple[Ints, Ints]:
    """Whose number may not be their own: under another name on the other register, or on somebody judged to be another."""
    return np.concatenate([extra[0], apart[0]]), np.concatenate([extra[1], apart[1]])


def _keys(a: Ints, b: Ints, pool: Pool) -> Ints:
    return np.asarray(a * max(len(pool.right), 1) + b)


def _noticed(pool: Pool, pairs: Candidates, levels: Levels, name_differs: Bools) -> Noticed:
    """What is seen of the pairs of one number under two names beside their levels."""
    namesakes = (
        (levels.name <= NameLevel.ONE_SHAPE) & (levels.standing <= Standing.VILLAGE) & ~name_differs
    )
    a, b = pairs.a[name_differs], pairs.b[name_differs]
    left, right = pool.left, pool.right
    return Noticed(
        claimed=np.isin(a, pairs.a[namesakes]) | np.isin(b, pairs.b[namesakes]),
        dated=(left.birth_field[a] != NONE) | (right.birth_field[b] != NONE),
        birth_differs=left.birth[a] != right.birth[b],
    )


def _unique(ground: Ground) -> Unique:
    """The settled pairs with one unique number, counted by name and by standing."""
    same, pool = ground.same, ground.pool
    rows = same.unique & same.settled
    a, b = same.a[rows], same.b[rows]
    households = Households.of(pool.left, pool.right, ground.settled)
    standing = standings(
        compare_places(pool.left, pool.right, a, b), households.linked(a, b, ground.settled)
    )
    return Unique(
        names=np.bincount(same.name[rows], minlength=len(NameLevel)).astype(np.float64),
        groups=np.bincount(GROUP_OF[standing], minlength=len(Group)).astype(np.float64),
    )


def _first_guess(ground: Ground) -> float:
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


def _expect(scored: Scored, model: Model, ground: Ground, estimate: bool) -> Scored:
    """Probabilities, what they rest on taken from them until it stands still.

    That is the number of pairs to be found, what their numbers look like, and what is found in linked households.
    """
    settings = ground.settings
    scored = _standing_in_households(scored, model)
    kept = np.flatnonzero(
        scored.name_differs
        | (scored.odds + np.log(scored.expected / model.openings.total) > np.log(_LEAST_ODDS))
    )
    found = _rows(scored, kept)
    smaller = smaller_sides(scored.cells)
    _, left = np.unique(found.pairs.a, return_inverse=True)
    _, right = np.unique(found.pairs.b, return_inverse=True)
    for _ in range(settings.expectation_rounds if estimate else 1):
        found = _standing_in_households(found, model)
        prior = float(np.log(found.expected / model.openings.total))
        odds = np.where(found.name_differs, found.odds, found.odds + prior)
        probability = compete(left, right, np.exp(np.minimum(odds, 50.0)), settings.message_rounds)
        if estimate:
            found = _learned(replace(found, probability=probability), smaller, ground)
    return replace(found, odds=odds, probability=probability, prior=prior)


def _standing_in_households(scored: Scored, model: Model) -> Scored:
    """The scores with what is left over in two linked households as the weight of standing in them."""
    prior = float(np.log(scored.expected / model.openings.total))
    linked = (scored.cells != NONE) & ~scored.name_differs
    weight = np.where(linked, pair_odds(scored.leftovers)[scored.cells] - prior, 0.0)
    change = np.where(linked, weight - scored.weights.household, 0.0)
    return replace(
        scored,
        odds=scored.odds + change,
        weights=replace(scored.weights, household=scored.weights.household + change),
    )


def _learned(found: Scored, smaller: Floats, ground: Ground) -> Scored:
    """The scores with what their probabilities teach."""
    settings = ground.settings
    free = np.where(found.name_differs, 0.0, found.probability)
    numbers = learn_numbers(counts(found.levels.number, len(NumberLevel), free), settings)
    gain = np.where(found.name_differs, 0.0, np.log(numbers / found.numbers)[found.levels.number])
    return replace(
        found,
        expected=float(np.clip(free.sum(), *_bounds(ground))),
        numbers=numbers,
        leftovers=found_shares(found.cells, found.probability, smaller, settings.leftover_trust),
        odds=found.odds + gain,
        weights=replace(found.weights, number=found.weights.number + gain),
    )


def _rows(scored: Scored, rows: Ints) -> Scored:
    """The same scores for only these pairs."""
    return replace(
        scored,
        pairs=taken(scored.pairs, rows),
        levels=taken(scored.levels, rows),
        weights=taken(scored.weights, rows),
        cells=scored.cells[rows],
        name_differs=scored.name_differs[rows],
        odds=scored.odds[rows],
        probability=scored.probability[rows],
    )


def accepted(scored: Scored, least: float) -> tuple[Ints, Ints]:
    """The pairs at least this probable, one to one."""
    rows = np.flatnonzero(scored.probability >= least)
    a, b = scored.pairs.a[rows], scored.pairs.b[rows]
    chosen = assign(a, b, scored.probability[rows])
    return a[chosen], b[chosen]
