"""From probability to tier: what may be called certain, probable, possible.

A probability is as good as the shares behind it; the limits here hold whatever it says. An exit rests on a certain link, so a
link is certain only where something beside the name says so.
"""

from typing import Final

import numpy as np

from reconciliation.linkage.arrays import Bools, Floats, Ints
from reconciliation.linkage.assignment import assign
from reconciliation.linkage.evidence import Levels
from reconciliation.linkage.levels import (
    COMPATIBLE_NAMES,
    NameLevel,
    NumberLevel,
    PlaceLevel,
    RelationLevel,
    SexLevel,
    Standing,
)
from reconciliation.linkage.scored import Scored
from reconciliation.linkage.settings import LinkageSettings

NO_TIER, POSSIBLE, PROBABLE, CERTAIN = range(4)

_NUMBER_SAYS_SO: Final = (
    NumberLevel.EQUAL,
    NumberLevel.EQUAL_BOTH_VALID,
    NumberLevel.ONE_EDIT,
    NumberLevel.TAIL_NEAR,
    NumberLevel.ONE_PART,
    NumberLevel.ONE_PART_BOTH_VALID,
    NumberLevel.PARTIAL_EQUAL,
    NumberLevel.AREA_BIRTH,
)
_ONE_NUMBER: Final = (
    NumberLevel.EQUAL,
    NumberLevel.EQUAL_BOTH_VALID,
    NumberLevel.ONE_EDIT,
    NumberLevel.ONE_PART,
    NumberLevel.ONE_PART_BOTH_VALID,
)
"""Never twins, whose numbers differ in the order alone."""
_BIRTH_SAYS_SO: Final = (
    NumberLevel.AREA_YEAR_SEX,
    NumberLevel.BIRTH_EQUAL,
    NumberLevel.MISSING_BIRTH_EQUAL,
    NumberLevel.TAIL_NEAR_BOTH_VALID,
    NumberLevel.AREA_BIRTH_BOTH_VALID,
    NumberLevel.AREA_YEAR_SEX_BOTH_VALID,
)
_TWINS: Final = (NumberLevel.TAIL_NEAR_BOTH_VALID, NumberLevel.AREA_BIRTH_BOTH_VALID)
"""Two valid numbers as twins have them."""
SAYS_TWO_PEOPLE: Final = (
    NumberLevel.DIFFERS_BOTH_VALID,
    NumberLevel.YEAR_ONLY_BOTH_VALID,
    NumberLevel.BIRTH_NEAR_BOTH_VALID,
)
"""Two valid numbers that nothing explains but two people."""
_NUMBER_SAYS_NOTHING: Final = (
    NumberLevel.MISSING,
    NumberLevel.MISSING_BIRTH_DIFFERS,
    NumberLevel.DIFFERS,
    NumberLevel.YEAR_ONLY,
)


def tiers(scored: Scored, settings: LinkageSettings) -> Ints:
    """The tier of every scored pair: NO_TIER, POSSIBLE, PROBABLE or CERTAIN; the last two together one to one."""
    limits = settings.tiers
    probability = published(scored.probability, settings)
    levels = scored.levels
    unlike = ~np.isin(levels.name, COMPATIBLE_NAMES) & ~np.isin(levels.number, _ONE_NUMBER)
    alone = (levels.standing != Standing.LINKED_HOUSEHOLD) & ~scored.name_differs
    tier = np.select(
        [
            probability >= np.where(alone, limits.certain_alone, limits.certain),
            probability >= np.where(unlike, limits.certain, limits.probable),
            (probability >= limits.possible) | scored.name_differs,
        ],
        [CERTAIN, PROBABLE, POSSIBLE],
        NO_TIER,
    )
    tier = np.minimum(tier, _highest(levels, scored.name_differs))
    rows = np.flatnonzero(tier >= PROBABLE)
    chosen = assign(scored.pairs.a[rows], scored.pairs.b[rows], probability[rows])
    tier[rows[~chosen]] = POSSIBLE
    return _without_idle_rivals(scored, tier, limits.possible)


def published(probability: Floats, settings: LinkageSettings) -> Floats:
    """Probabilities as published: six places, and nothing surer than a settled number."""
    return np.asarray(
        np.minimum(probability, settings.exact_probability).round(6), dtype=np.float64
    )


def _without_idle_rivals(scored: Scored, tier: Ints, least: float) -> Ints:
    """Possible links that nobody need look into are left out.

    Those of somebody certainly linked elsewhere; and one number under two names below the least probability, where either row
    is probably linked elsewhere.
    """
    a, b = scored.pairs.a, scored.pairs.b
    for taken, idle in (
        (tier == CERTAIN, tier == POSSIBLE),
        (tier >= PROBABLE, (tier == POSSIBLE) & (scored.probability < least)),
    ):
        elsewhere = np.isin(a, a[taken]) | np.isin(b, b[taken])
        tier = np.where(elsewhere & idle, NO_TIER, tier)
    return tier


def _highest(levels: Levels, name_differs: Bools) -> Ints:
    """The highest tier the evidence allows, whatever the probability; the first line that holds.

    Where the names are not one name, a birth date is no help: twins and cousins share it, and the generation character too.
    """
    linked = levels.standing == Standing.LINKED_HOUSEHOLD
    near = linked | (levels.place == PlaceLevel.VILLAGE)
    same_name = levels.name <= NameLevel.VARIANT
    named = np.isin(levels.name, COMPATIBLE_NAMES)
    nickname = levels.name == NameLevel.NICKNAME
    sexes = levels.sex != SexLevel.DIFFERS
    same_relation = levels.relation <= RelationLevel.SAME
    in_family = linked & sexes & (levels.relation <= RelationLevel.CLOSE)
    one_number = np.isin(levels.number, _ONE_NUMBER)
    by_number = np.isin(levels.number, _NUMBER_SAYS_SO)
    one_birth = np.isin(levels.number, _BIRTH_SAYS_SO)
    two_people = np.isin(levels.number, SAYS_TWO_PEOPLE)
    # A head and the son of his name who follows him are the two people of one house who share name and relation.
    one_number |= two_people & in_family & same_name & (levels.relation == RelationLevel.SAME)
    backed = named & sexes & (by_number | (one_birth & near) | in_family)
    backed |= same_name & (by_number | (linked & (sexes | same_relation)))
    backed |= (
        same_name
        & sexes
        & np.where(one_birth, levels.place <= PlaceLevel.COUNTY, near & same_relation)
    )
    backed |= in_family & one_number & (levels.name < NameLevel.OTHER)
    backed |= in_family & nickname & (by_number | one_birth)
    # Heads are no twins, so a number but for its end is nobody else's; and one number outweighs a sex column.
    backed |= (
        in_family
        & by_number
        & (levels.relation == RelationLevel.SAME_HEAD)
        & (levels.name < NameLevel.OTHER)
    )
    backed |= linked & named & one_number
    twins = np.isin(levels.number, _TWINS) & (levels.relation != RelationLevel.SAME_HEAD)
    left_over = linked & sexes & same_relation & ~two_people & ~twins
    return np.select(
        [
            name_differs & (linked | (levels.name < NameLevel.SURNAME_ONLY)),
            name_differs,
            two_people & ~near,
            np.isin(levels.number, _NUMBER_SAYS_NOTHING) & ~near,
            ~named & ~(linked & nickname) & ~(near & one_number) & ~left_over,
            backed & (one_number | ~two_people),
        ],
        [CERTAIN, PROBABLE, NO_TIER, POSSIBLE, POSSIBLE, CERTAIN],
        PROBABLE,
    )
