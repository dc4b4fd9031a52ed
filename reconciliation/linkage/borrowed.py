"""One valid number under two names: a new name, or a number borrowed from somebody else?

Borrowed numbers show the wrong sex half the time, renamed people only where a sex column is wrong. And who borrows a number
within the family usually stands on the other register too, under the own name in the same household; where nobody of
either name is left there, the two rows are likelier one person.
"""

from typing import Final

import numpy as np

from reconciliation.linkage.arrays import Bools, Floats
from reconciliation.linkage.evidence import Levels
from reconciliation.linkage.levels import (
    NameLevel,
    PlaceLevel,
    RelationLevel,
    SexLevel,
    Standing,
)
from reconciliation.linkage.settings import LinkageSettings

_GRID: Final = np.geomspace(1e-5, 0.99, 400)


def one_person_odds(
    levels: Levels, claimed: Bools, sexes: Floats, settings: LinkageSettings
) -> Floats:
    """Odds that each pair with one valid number under two names is one person all the same.

    Args:
        levels: the evidence of these pairs.
        claimed: whether another row nearby, open too, bears the name of one of the two.
        sexes: m of the sex levels; its second says how often a sex column is wrong.
        settings: odds to start from, and the most they may become.
    """
    rules = settings.name_differs
    linked = levels.standing == Standing.LINKED_HOUSEHOLD
    near = linked | (levels.place == PlaceLevel.VILLAGE)
    agree = levels.relation <= RelationLevel.SAME
    alone = linked & ~claimed
    differs = levels.sex == SexLevel.DIFFERS
    known = levels.sex != SexLevel.MISSING
    chance = settings.different_people.sex["differs"]
    odds = np.ones(len(levels.name))
    classes = np.stack([levels.name, near, agree, alone, claimed])
    for one in np.unique(classes, axis=1).T:
        rows = (classes == one[:, None]).all(axis=0)
        name, is_near, agrees, is_alone, is_claimed = one
        begin = (rules.near if is_near else rules.far).get(NameLevel(name).name.lower(), 1.0)
        begin *= _relation_odds(bool(agrees), settings) * (rules.unclaimed if is_alone else 1.0)
        begin /= rules.claimed if is_claimed else 1.0
        borrowed = _borrowed_share(
            float((rows & known).sum()),
            float((rows & differs).sum()),
            (1 / (1 + begin), rules.trust),
            (chance, float(sexes[SexLevel.DIFFERS])),
        )
        odds[rows] = (1 - borrowed) / borrowed
    odds = odds * (sexes / np.array([1 - chance, chance, 1.0]))[levels.sex]
    sound = alone & agree & (levels.sex == SexLevel.SAME)
    doubtful = (levels.name == NameLevel.OTHER) & ~sound
    odds = np.where(doubtful, np.minimum(odds, rules.most_odds_other), odds)
    return np.asarray(np.where(near, odds, np.minimum(odds, rules.most_odds_far)), dtype=np.float64)


def _borrowed_share(
    pairs: float, differing: float, start: tuple[float, float], sexes: tuple[float, float]
) -> float:
    """The share of borrowed numbers in a class, by how many of its pairs show two sexes.

    Args:
        pairs: pairs of known sex.
        differing: of these, pairs of two sexes.
        start: the share to start from, and how many pairs it weighs as much as (a beta distribution).
        sexes: share of two sexes among borrowed numbers, and among one person's rows.

    Returns:
        The mean of the share after seeing the pairs, over a fixed grid.
    """
    share, trust = start
    shown = _GRID * sexes[0] + (1 - _GRID) * sexes[1]
    likely = differing * np.log(shown) + (pairs - differing) * np.log1p(-shown)
    # The grid is even in the logarithm of the share, so the density is multiplied by the share once more.
    likely += trust * share * np.log(_GRID) + (trust * (1 - share) - 1) * np.log1p(-_GRID)
    weight = np.exp(likely - likely.max())
    return float((weight * _GRID).sum() / weight.sum())


def _relation_odds(same: bool, settings: LinkageSettings) -> float:
    true, false = settings.true_pairs.relation, settings.different_people.relation
    agreeing = true["same_head"] + true["same"], false["same_head"] + false["same"]
    return agreeing[0] / agreeing[1] if same else (1 - agreeing[0]) / (1 - agreeing[1])
