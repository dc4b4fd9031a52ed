"""m: how often one person's two records agree, learned from the pairs the exact number settled.

A settled pair says what names, relations, places and households of one person look like, because the number settled it and
not they. What numbers look like when they do not settle anything is learned from pairs that are sure without them.
"""

from dataclasses import dataclass

import numpy as np

from reconciliation.linkage.arrays import NONE, Floats, Ints
from reconciliation.linkage.blocking import Pool
from reconciliation.linkage.circumstances import (
    Households,
    Settled,
    compare_places,
    compare_relations,
    compare_sexes,
    contexts,
    standings,
    stated_sexes,
)
from reconciliation.linkage.exact import SameNumber
from reconciliation.linkage.levels import (
    BOTH_VALID,
    Context,
    NameLevel,
    RelationLevel,
    SexLevel,
    Standing,
)
from reconciliation.linkage.settings import LinkageSettings


@dataclass(frozen=True)
class TrueShares:
    """m.

    Attributes:
        name: share of each name level.
        relation: share of each known relation level, [linked household or not, level]; 1 where unknown.
        sex: share of each known sex level; 1 where unknown.
        standing: share of each known standing.
        context_left, context_right: share of each context among pairs whose households are not linked.
    """

    name: Floats
    relation: Floats
    sex: Floats
    standing: Floats
    context_left: Floats
    context_right: Floats


def learn_true_pairs(
    pool: Pool,
    same: SameNumber,
    settled: Settled,
    households: Households,
    settings: LinkageSettings,
) -> TrueShares:
    """Learn m from the settled pairs, each pair left out of its own household's links."""
    start = settings.true_pairs
    left, right = pool.left, pool.right
    a, b = settled.pairs
    linked = households.linked(a, b, settled)
    relation = compare_relations(left.relation[a], right.relation[b])
    standing = standings(compare_places(left, right, a, b), linked)
    alone_left = contexts(households.left, settled.partner_left != NONE)[a]
    alone_right = contexts(households.right, settled.partner_right != NONE)[b]

    def known(levels: Ints, size: int, begin: dict[str, float]) -> Floats:
        found = np.bincount(levels, minlength=size)[: size - 1]
        return np.append(blended(found, begin, start.trust), 1.0)

    return TrueShares(
        name=_names(same, compare_sexes(*stated_sexes(left, right, same.a, same.b)), settings),
        relation=np.array(
            [known(relation[linked == side], len(RelationLevel), start.relation) for side in (0, 1)]
        ),
        sex=known(compare_sexes(*stated_sexes(left, right, a, b)), len(SexLevel), start.sex),
        standing=blended(
            np.bincount(standing, minlength=len(Standing))[: Standing.UNKNOWN],
            start.place,
            start.trust,
        ),
        context_left=blended(_count(alone_left[~linked], len(Context)), start.context, start.trust),
        context_right=blended(
            _count(alone_right[~linked], len(Context)), start.context, start.trust
        ),
    )


def blended(found: Floats | Ints, begin: dict[str, float], trust: float) -> Floats:
    """Shares that start at `begin` and follow the counts once they outnumber `trust`."""
    starts = np.array(list(begin.values()))
    together = found + trust * starts / starts.sum()
    return np.asarray(together / together.sum())


def _count(levels: Ints, size: int) -> Ints:
    return np.bincount(levels, minlength=size)


def _names(same: SameNumber, sexes: Ints, settings: LinkageSettings) -> Floats:
    """Names of the pairs with one unique valid number, the borrowed numbers taken off the incompatible levels."""
    found = np.zeros(len(NameLevel))
    chance = settings.different_people.sex["differs"]
    for level in NameLevel:
        rows = same.unique & (same.name == level)
        found[level] = rows.sum()
        if level in (NameLevel.ONE_HARD, NameLevel.SURNAME_ONLY, NameLevel.OTHER):
            borrowed = float((rows & (sexes == SexLevel.DIFFERS)).sum()) / chance
            found[level] = max(found[level] - borrowed, 0.0)
    return blended(found, settings.true_pairs.name, settings.true_pairs.trust)


def learn_numbers(counted: Floats, settings: LinkageSettings) -> Floats:
    """What the numbers of true pairs look like where no exact number settled them.

    Args:
        counted: how many true pairs show each `NumberLevel`, as far as is known.
        settings: starting values and their trust.

    Returns:
        Share of each number level; `MISSING` (no birth dates) holds what one side's missing number alone has.
    """
    start = settings.true_pairs
    explained, both_valid = counted[:BOTH_VALID], counted[BOTH_VALID : 2 * BOTH_VALID]
    missing, unknown = counted[2 * BOTH_VALID : -1], counted[-1]
    kinds = blended(
        np.array([missing.sum() + unknown, explained.sum(), both_valid.sum()]),
        start.number_kinds,
        start.number_trust,
    )
    return np.concatenate(
        [
            kinds[1] * blended(explained, start.number_explained, start.number_trust),
            kinds[2] * blended(both_valid, start.number_both_valid, start.number_trust),
            kinds[0] * blended(missing, start.number_missing, start.number_trust),
            kinds[:1],
        ]
    )
