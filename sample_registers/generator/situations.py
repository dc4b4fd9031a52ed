"""How each family stands on the registers in each batch, and the case that follows from it.

What belongs here: statuses, incomes and covers as they truly are, and the outcome the table of the campaign gives them.
What does not: what the files say (rows) and mistakes, except the two that are facts of a family's file (blank and
disagreeing incomes).
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sample_registers.generator.dice import Bools, Dice, Floats, Ints, pick_from
from sample_registers.generator.people import Families, People
from sample_registers.generator.rates import ErrorRates, Rates, Weights
from sample_registers.generator.templates import SIZES

BATCHES = ("2018-08-15", "2018-08-30")
DIBAO, POVERTY = 1, 2
LOW, BETWEEN, HIGH = 0, 1, 2
FULL, SINGLE, PART, MISSING = 0, 1, 2, 3
LIFTED_FROM = 2
"""Lift statuses 未脱贫, 返贫 are un-lifted; 已脱贫 (2) and 稳定脱贫 (3) are lifted."""

BATCH_DAYS = tuple(int(np.datetime64(day).astype(np.int64)) for day in BATCHES)
_STATUS = np.array([DIBAO, POVERTY, DIBAO + POVERTY, 0])
Cases = npt.NDArray[np.str_]


@dataclass(frozen=True)
class Situations:
    """Families, and people, of a county as they truly stand; arrays with two rows hold one a batch.

    Attributes:
        listed: bits DIBAO and POVERTY (2, families).
        band, income: place of the income between the lines, and the figure in jiao (tenths of a yuan) (2, families).
        poverty_income: the figure on the poverty list, which differs where `disagrees` (2, families).
        unknown, disagrees: the family's income is blank, or the registers disagree about it.
        lift, tier: positions in 未脱贫 返贫 已脱贫 稳定脱贫 and 长期 重点 一般 保障户.
        cover: FULL, SINGLE (only the member `chosen` is on dibao, lawfully), PART (unlawfully), MISSING (the member
            `chosen` is not on the poverty list).
        chosen: position of that member.
        other_head: the dibao list calls the spouse head.
        tekun: the family (one person) is on 特困.
        disability: category 1-7 of each person, 0 none; grade 1-4; ill: seriously ill.
        death: day of death, a far day where the person lives; present: the person is listed in that batch (2, people).
    """

    listed: Ints
    band: Ints
    income: Ints
    poverty_income: Ints
    unknown: Bools
    disagrees: Bools
    lift: Ints
    tier: Ints
    cover: Ints
    chosen: Ints
    other_head: Bools
    tekun: Bools
    disability: Ints
    grade: Ints
    ill: Bools
    death: Ints
    present: Bools


ALIVE = int(np.datetime64("2999-01-01").astype(np.int64))


def family_weights(rates: Rates) -> tuple[float, float, float, float]:
    """Families on dibao only, on poverty only, on both, on none: in persons, as shares of all register rows."""
    plan = rates.plan
    both = plan.dibao_share * plan.overlap
    return plan.dibao_share * 0.4, 1 - plan.dibao_share - both, both, plan.strangers


def make_situations(
    dice: Dice, rates: Rates, errors: ErrorRates, families: Families, people: People
) -> Situations:
    """Draw where everybody stands, in both batches."""
    plan, size = rates.plan, len(families)
    members = SIZES[families.template]
    first = _STATUS[dice.pick(family_weights(rates), size)]
    on_both = first == DIBAO + POVERTY
    lift = _by_status(first, dice.unit(size), (1.0,), plan.lift_poverty_only, plan.lift_both)
    unlifted = lift < LIFTED_FROM
    cover = _covers(dice, rates, on_both, members, unlifted)
    tekun = _tekun(dice, rates, first, members)
    unknown = dice.chance(errors.income_blank, size)
    disagrees = on_both & ~unknown & dice.chance(errors.income_disagrees, size)
    chosen = dice.below(members, size)
    disability, grade, ill = _health(dice, rates, people, cover, chosen)
    stays = (people.position == chosen[people.family]) & np.isin(cover, (SINGLE, PART))[
        people.family
    ]
    death, present = _lives(dice, rates, people, first == 0, stays)
    bands, incomes, poverty_incomes = _incomes(dice, rates, first, tekun, disagrees)
    high = bands[0] == HIGH
    free = ~(unknown | tekun | disagrees | (cover != FULL))
    return Situations(
        listed=_listed(dice, rates, first, free & unlifted & ~high, free & ~unlifted & high),
        band=bands,
        income=incomes,
        poverty_income=poverty_incomes,
        unknown=unknown,
        disagrees=disagrees,
        lift=lift,
        tier=dice.pick(plan.tiers, size),
        cover=cover,
        chosen=chosen,
        other_head=on_both & (members > 1) & (cover == FULL) & dice.chance(plan.other_head, size),
        tekun=tekun,
        disability=disability,
        grade=grade,
        ill=ill,
        death=death,
        present=present,
    )


def _by_status(first: Ints, units: Floats, dibao: Weights, poverty: Weights, both: Weights) -> Ints:
    """A draw by the weights of each family's status."""
    return np.select(
        [first == DIBAO, first == POVERTY],
        [pick_from(units, dibao), pick_from(units, poverty)],
        pick_from(units, both),
    )


def _covers(dice: Dice, rates: Rates, on_both: Bools, members: Ints, unlifted: Bools) -> Ints:
    """How much of a family on both registers each register holds."""
    plan, size = rates.plan, len(on_both)
    several = on_both & (members > 1)
    units = dice.unit(size)
    part = plan.single_cover + plan.part_cover
    return np.select(
        [
            several & unlifted & (units < plan.single_cover),
            several & (units >= plan.single_cover) & (units < part),
            several & (members > 2) & (units >= part) & (units < part + plan.missing_on_poverty),
        ],
        [SINGLE, PART, MISSING],
        FULL,
    )


def _tekun(dice: Dice, rates: Rates, first: Ints, members: Ints) -> Bools:
    """Families of one person that are on 特困."""
    plan = rates.plan
    share = np.select([first == POVERTY, first == DIBAO], [plan.tekun, plan.tekun_on_dibao], 0.0)
    return np.asarray((members == 1) & dice.chance(share, len(first)))


def _incomes(
    dice: Dice, rates: Rates, first: Ints, tekun: Bools, disagrees: Bools
) -> tuple[Ints, Ints, Ints]:
    """Band, income and income on the poverty list, in jiao, a row a batch."""
    plan, size = rates.plan, len(first)
    drawn = _by_status(
        first, dice.unit(size), plan.bands_dibao_only, plan.bands_poverty_only, plan.bands_both
    )
    band = np.where(tekun & dice.chance(0.7, size), LOW, drawn)
    changed = dice.chance(rates.changes.incomes, size)
    bands = np.stack([band, np.where(changed, dice.below(3, size), band)])
    income = _income(dice, rates, band)
    incomes = np.stack([income, np.where(changed, _income(dice, rates, bands[1]), income)])
    other = [_income(dice, rates, np.where(row == HIGH, LOW, HIGH)) for row in bands]
    opposite = np.stack([other[0], np.where(changed, other[1], other[0])])
    transfer = dice.between(-3, 3, size) * 10
    return bands, incomes, np.where(disagrees, opposite, incomes + transfer)


def _income(dice: Dice, rates: Rates, band: Ints) -> Ints:
    """An income in jiao well inside its band, so that a few yuan more or less change nothing."""
    poverty, dibao = rates.poverty_line * 10, rates.dibao_line * 10
    size = len(band)
    high = dibao + 200 + (dice.unit(size) ** 2 * 60_000).astype(np.int64)
    return np.select(
        [band == LOW, band == BETWEEN],
        [dice.between(15_000, poverty - 200, size), dice.between(poverty + 100, dibao - 200, size)],
        high,
    )


def _health(
    dice: Dice, rates: Rates, people: People, cover: Ints, chosen: Ints
) -> tuple[Ints, Ints, Bools]:
    """Disability category and grade, and serious illness; the one lawfully covered alone has one of them."""
    size = len(people)
    is_chosen = people.position == chosen[people.family]
    single = is_chosen & (cover[people.family] == SINGLE)
    part = is_chosen & (cover[people.family] == PART)
    by_illness = dice.chance(0.3, size)
    disabled = (dice.chance(rates.plan.disabled, size) | (single & ~by_illness)) & ~part
    ill = (dice.chance(rates.plan.ill, size) | (single & by_illness)) & ~part
    category = np.where(disabled, dice.between(1, 7, size), 0)
    grade = np.where(single, dice.between(1, 2, size), dice.between(1, 4, size))
    return category, np.where(disabled, grade, 0), ill


def _lives(
    dice: Dice, rates: Rates, people: People, strangers: Bools, stays: Bools
) -> tuple[Ints, Bools]:
    """Day of death, and whether the person is listed in each batch; those who must stay are listed in both."""
    size = len(people)
    age = (BATCH_DAYS[0] - people.birth) / 365.25
    scale = np.where(age > 65, 3.0, np.where(age > 40, 1.0, 0.3))
    share = np.where(strangers[people.family], 0.2 * scale, rates.plan.dead * scale)
    before = dice.chance(share, size)
    between = ~before & dice.chance(rates.changes.dead * scale, size)
    death = np.select(
        [before, between],
        [BATCH_DAYS[0] - 20 - dice.below(400, size), BATCH_DAYS[0] + dice.between(1, 13, size)],
        ALIVE,
    )
    death = np.maximum(death, people.birth + 1)
    newborn = (age < 2) & dice.chance(rates.changes.newborn, size)
    removed = before & dice.chance(rates.changes.dead_removed, size)
    return death, np.stack([~newborn | stays, ~removed | stays])


def _listed(dice: Dice, rates: Rates, first: Ints, may_enter: Bools, may_leave: Bools) -> Ints:
    """The registers each family is on, a row a batch: newcomers, leavers, included, exited."""
    changes, size = rates.changes, len(first)
    new = dice.chance(changes.new_families, size)
    leaving = ~new & dice.chance(changes.leaving_families, size)
    included = may_enter & (first == POVERTY) & dice.chance(changes.included, size)
    exited = may_leave & (first == DIBAO + POVERTY) & dice.chance(changes.exited, size)
    second = np.select([leaving, included, exited], [0, DIBAO + POVERTY, POVERTY], first)
    return np.stack([np.where(new, 0, first), second])


def family_cases(situations: Situations, batch: int) -> Cases:
    """The outcome of the campaign's table for each family (empty: on no list).

    `verify_protected` stands for an exit that 长期保障户 forbids, `served_tekun` for a poverty-only family on 特困.
    """
    listed, band = situations.listed[batch], situations.band[batch]
    dibao, poverty = listed == DIBAO, listed == POVERTY
    both = listed == DIBAO + POVERTY
    unlifted = situations.lift < LIFTED_FROM
    high = band == HIGH
    protected = situations.tier == 0
    return np.select(
        [
            listed == 0,
            situations.unknown,
            situations.disagrees & both,
            dibao & (band == LOW),
            dibao & (band == BETWEEN),
            dibao & protected,
            dibao,
            poverty & situations.tekun & ~high,
            poverty & unlifted & ~high,
            poverty & ~high,
            poverty & unlifted,
            poverty,
            both & ~high,
            both & unlifted,
            both & protected,
        ],
        [
            "", "verify_unknown", "verify_incomes_differ", "C5", "C6", "verify_protected", "C7b",
            "served_tekun", "C3", "C3b", "C4", "C17", "C1", "C18", "verify_protected",
        ],
        "C7",
    )  # fmt: skip


def person_cases(situations: Situations, people: People, batch: int) -> Cases:
    """The outcome for each person: the family's, unless death, 特困 or a member's absence decides first."""
    family = people.family
    case = family_cases(situations, batch)[family].astype("U24")
    listed = situations.listed[batch][family]
    is_chosen = people.position == situations.chosen[family]
    cover = situations.cover[family]
    both = listed == DIBAO + POVERTY
    severe = ((situations.grade > 0) & (situations.grade <= 2)) | situations.ill
    dead = situations.death <= BATCH_DAYS[batch]
    apart = both & (((cover == PART) & ~is_chosen) | ((cover == MISSING) & is_chosen))
    return np.select(
        [
            listed == 0,
            dead,
            situations.tekun[family] & (listed == DIBAO),
            both & (case == "C7") & np.isin(cover, (PART, MISSING)),
            apart & (cover == PART),
            apart,
            (case == "C4") & severe & ~situations.tekun[family],
        ],
        ["", "C8", "C11", "C13", "C10", "C13", "C3s"],
        case,
    )
