"""Who stands on a register, in which household, and which mistakes each row carries: over both batches at once.

A mistake is drawn once for a row that lives through both batches, so that the second batch repeats it unless it was
put right. What belongs here: drawing. What does not: how the columns of a register are worded.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import polars as pl

from sample_registers.generator import damage_ids, damage_names, numbers, words
from sample_registers.generator.county_model import CountyModel, Province, ages
from sample_registers.generator.dice import Bools, Dice, Floats, Ints
from sample_registers.generator.rates import ERROR_CLASSES, ErrorRates
from sample_registers.generator.situations import ALIVE, DIBAO, FULL, MISSING, PART, POVERTY, SINGLE
from sample_registers.generator.templates import (
    BRANCH_ROLES,
    MEMBER_ROLES,
    SIZES,
    role_number,
)

_HEAD, _SPOUSE = role_number("head"), role_number("spouse")
_NEPHEW = role_number("nephew")
_OPPOSITE = {
    "son": "daughter",
    "son's son": "son's daughter",
    "daughter's son": "daughter's daughter",
}
OWN, AGAIN, NEXT_COUNTY = 0, 1, 2
EVIDENCE = 0
"""In place of a register's bit: the people the lists of the dead and of 特困 are drawn from."""


@dataclass(frozen=True)
class Listing:
    """The rows of one register in one county, over both batches.

    Attributes:
        model: the county.
        register: DIBAO or POVERTY.
        person: index of the person in the model.
        copy: OWN row, AGAIN (a second row here) or NEXT_COUNTY (a second row in the next county).
        village: village the row says, in its county.
        unit: household of the register, in the county.
        role: what the row says the person is in the household.
        text: frame with `name` and `number` as written, `typed` (a number in Excel).
        marks: rows by class of mistake.
        corrected: rows whose number and name are right in the second batch.
    """

    model: CountyModel
    register: int
    person: Ints
    copy: Ints
    village: Ints
    unit: Ints
    role: Ints
    text: pl.DataFrame
    marks: Mapping[str, Bools]
    corrected: Bools

    def in_batch(self, batch: int) -> Bools:
        """Rows the register has in that batch."""
        return np.asarray(listed_people(self.model, self.register)[batch][self.person])


def listed_people(model: CountyModel, register: int) -> Bools:
    """Whether each person is on the register, a row a batch."""
    situations, family = model.situations, model.people.family
    if register == EVIDENCE:
        wanted = (situations.death < ALIVE) | situations.tekun[family]
        return np.stack([wanted, wanted])
    listed = (situations.listed & register) > 0
    both = situations.listed == DIBAO + POVERTY
    chosen = model.people.position == situations.chosen[family]
    cover = situations.cover[family]
    if register == DIBAO:
        covered = ~np.isin(cover, (SINGLE, PART)) | chosen
    else:
        covered = ~((cover == MISSING) & chosen)
    return np.asarray(listed[:, family] & (covered | ~both[:, family]) & situations.present)


def make_listing(province: Province, model: CountyModel, register: int) -> Listing:
    """Draw the rows of one register of a county."""
    errors = province.rates.profiles[province.profile].errors
    dice = Dice(province.seed, "listing", register, model.county.number)
    base = _bare(model, register)
    unit, role, marks = _households(dice, errors, model, register, base.person)
    base = replace(base, unit=unit, role=role, marks={**base.marks, **marks})
    rows = _with_copies(dice, errors, base)
    rows = _placed(dice, errors, rows)
    rows = _contradicting(dice, errors, rows)
    rows = _flagged(dice, errors, rows)
    rows = _written(dice, errors, rows)
    return replace(rows, corrected=dice.chance(province.rates.changes.corrected, len(rows.person)))


def make_evidence(province: Province, model: CountyModel) -> Listing:
    """The people other lists name: placed and related as they truly are, numbers and names with mistakes."""
    errors = province.rates.profiles[province.profile].errors
    dice = Dice(province.seed, "evidence", model.county.number)
    return _written(dice, errors, _bare(model, EVIDENCE))


def _bare(model: CountyModel, register: int) -> Listing:
    """The rows of a register without any mistake."""
    people = model.people
    person = np.flatnonzero(listed_people(model, register).any(axis=0))
    never = np.zeros(len(person), dtype=bool)
    return Listing(
        model=model,
        register=register,
        person=person,
        copy=np.zeros(len(person), dtype=np.int64),
        village=model.families.village[people.family[person]],
        unit=people.family[person] * 2,
        role=people.role[person],
        text=pl.DataFrame(),
        marks=dict.fromkeys(ERROR_CLASSES, never),
        corrected=never,
    )


def _households(
    dice: Dice, errors: ErrorRates, model: CountyModel, register: int, person: Ints
) -> tuple[Ints, Ints, dict[str, Bools]]:
    """Household and role of each row, with split and merged families, missing and double heads."""
    people, families = model.people, model.families
    family, position, size = people.family[person], people.position[person], len(families)
    template = families.template[family]
    role = people.role[person].copy()
    if register == DIBAO:
        role = _spouse_as_head(model, family, template, position, role)
    branch = BRANCH_ROLES[template, position]
    leaving = np.bincount(family[branch >= 0], minlength=size)
    staying = np.bincount(family[(branch < 0) & (position >= 0)], minlength=size)
    head_listed = np.bincount(family[role == _HEAD], minlength=size) > 0
    whole = (
        (leaving > 0)
        & (staying > 0)
        & head_listed
        & np.isin(model.situations.cover, (FULL, MISSING))
    )
    split = whole & ~model.situations.other_head & dice.chance(errors.household_split, size)
    merged = _merging(dice, errors, model, head_listed, split)
    unit = np.where(merged, np.arange(size) - 1, np.arange(size))[family] * 2
    moves = split[family] & (branch >= 0)
    unit = unit + moves
    role = np.where(moves, branch, role)
    role = np.where(merged[family], _NEPHEW, role)
    no_head = dice.chance(errors.no_head, size) & ~merged & ~split
    two_heads = dice.chance(errors.two_heads, size) & ~merged & ~split & ~no_head
    headless = no_head[family] & (role == _HEAD)
    second = two_heads[family] & (position == 1) & (role != _HEAD)
    role = np.where(headless, _NEPHEW, np.where(second, _HEAD, role))
    marks = {
        "household_split": split[family],
        "household_merged": merged[family],
        "no_head": headless,
        "two_heads": second,
    }
    return unit, role, marks


def _spouse_as_head(
    model: CountyModel, family: Ints, template: Ints, position: Ints, role: Ints
) -> Ints:
    """Roles where the list calls the spouse head of the family."""
    other = model.situations.other_head[family] & (MEMBER_ROLES[template, 1] == _SPOUSE)
    turned = np.select(
        [position == 0, position == 1, role == role_number("brother")],
        [_SPOUSE, _HEAD, _NEPHEW],
        role,
    )
    return np.where(other, turned, role)


def _merging(
    dice: Dice, errors: ErrorRates, model: CountyModel, head_listed: Bools, split: Bools
) -> Bools:
    """Families listed with the one before them: neighbours of one village, neither split, not two in a row."""
    village, listed = model.families.village, (model.situations.listed > 0)
    whole = head_listed & ~split & (model.situations.cover == FULL) & listed.all(axis=0)
    able = np.zeros(len(whole), dtype=bool)
    able[1:] = whole[1:] & whole[:-1] & (village[1:] == village[:-1])
    same = (model.situations.listed[:, 1:] == model.situations.listed[:, :-1]).all(axis=0)
    able[1:] &= same
    merged = able & dice.chance(errors.household_merged, len(whole))
    merged[1:] &= ~merged[:-1]
    return merged


def _with_copies(dice: Dice, errors: ErrorRates, rows: Listing) -> Listing:
    """The rows and their second copies; every copy then makes its own mistakes."""
    size = len(rows.person)
    again = dice.chance(errors.duplicate_row, size)
    apart = ~again & dice.chance(errors.duplicate_county, size)
    index = np.concatenate([np.arange(size), np.flatnonzero(again), np.flatnonzero(apart)])
    copy = np.repeat([OWN, AGAIN, NEXT_COUNTY], [size, again.sum(), apart.sum()]).astype(np.int64)
    marks = {name: rows_of[index] & (copy != NEXT_COUNTY) for name, rows_of in rows.marks.items()}
    marks["duplicate_row"] = copy == AGAIN
    marks["duplicate_county"] = copy == NEXT_COUNTY
    return replace(
        rows,
        person=rows.person[index],
        copy=copy,
        unit=np.where(copy == NEXT_COUNTY, _APART + rows.person[index], rows.unit[index]),
        role=np.where(copy == NEXT_COUNTY, _HEAD, rows.role[index]),
        marks=marks,
    )


_APART = 5_000_000
"""Households of people listed in the next county begin here, above every other household of a county."""


def _placed(dice: Dice, errors: ErrorRates, rows: Listing) -> Listing:
    """Villages as written: a household or a person may be listed in another one."""
    people, families = rows.model.people, rows.model.families
    family, size = people.family[rows.person], len(rows.person)
    villages = len(rows.model.county.villages)
    household = dice.chance(errors.household_other_village, len(families))[family]
    step = 1 + dice.below(villages - 1, len(families))[family]
    alone = ~household & dice.chance(errors.place_other_village, size)
    step = np.where(alone, 1 + dice.below(villages - 1, size), step)
    village = families.village[family]
    moved = (household | alone) & (rows.copy != NEXT_COUNTY)
    marks = dict(rows.marks)
    marks["household_other_village"] = household & moved
    marks["place_other_village"] = alone & moved
    written = np.where(moved, (village + step) % villages, village)
    renamed = (written == rows.model.county.renamed) & (rows.copy != NEXT_COUNTY)
    marks["place_renamed"] = renamed & dice.chance(errors.place_renamed, size)
    marks["place_suffix"] = dice.chance(errors.place_suffix, size)
    return replace(rows, village=written, marks=marks)


def _contradicting(dice: Dice, errors: ErrorRates, rows: Listing) -> Listing:
    """Sex fields and relations that contradict the rest of the row."""
    size, role = len(rows.person), rows.role
    turned = role.copy()
    for one, other in _OPPOSITE.items():
        turned = np.where(role == role_number(one), role_number(other), turned)
        turned = np.where(role == role_number(other), role_number(one), turned)
    relation = (turned != role) & dice.chance(errors.relation_contradiction, size)
    marks = dict(rows.marks)
    marks["relation_contradiction"] = relation
    marks["sex_contradiction"] = dice.chance(errors.sex_contradiction, size)
    return replace(rows, role=np.where(relation, turned, role), marks=marks)


def _flagged(dice: Dice, errors: ErrorRates, rows: Listing) -> Listing:
    """The register's statements about the other one, wrong or blank by household."""
    size = len(rows.model.families)
    family = rows.model.people.family[rows.person]
    wrong = dice.chance(errors.flag_wrong, size)
    blank = ~wrong & dice.chance(errors.flag_blank, size)
    kind = dice.chance(errors.household_type_wrong, size)
    if rows.register == DIBAO:
        kind[:] = False
    marks = dict(rows.marks)
    marks |= {"flag_wrong": wrong[family], "flag_blank": blank[family]}
    marks |= {"household_type_wrong": kind[family]}
    situations = rows.model.situations
    marks["income_blank"] = situations.unknown[family]
    marks["income_disagrees"] = situations.disagrees[family]
    return replace(rows, marks=marks)


def _written(dice: Dice, errors: ErrorRates, rows: Listing) -> Listing:
    """Numbers and names as written."""
    facts = _facts(rows)
    number_class = _classes(dice, errors, facts, damage_ids.MISTAKES, damage_ids.eligible())
    name_class = _classes(dice, errors, facts, damage_names.MISTAKES, damage_names.eligible())
    size = len(rows.person)
    written = {
        "number": _damaged_numbers(facts, number_class, dice.unit(size)),
        "name": _damaged_names(facts, name_class, dice.unit(size)),
    }
    marks = dict(rows.marks)
    for position, name in enumerate(damage_ids.MISTAKES):
        marks[name] = number_class == position
    for position, name in enumerate(damage_names.MISTAKES):
        marks[name] = name_class == position
    text = pl.DataFrame(written).with_columns(typed=pl.lit(pl.Series(marks["id_typed_as_number"])))
    return replace(rows, text=text, marks=marks)


def _facts(rows: Listing) -> pl.DataFrame:
    """What mistakes of numbers and names draw on, one row a row of the register."""
    model, people, person = rows.model, rows.model.people, rows.person
    first = np.flatnonzero(people.position == 0)
    members = SIZES[model.families.template][people.family[person]]
    start = first[people.family[person]]
    relative = start + (people.position[person] + 1) % members
    disability = model.situations.disability[person]
    grade = model.situations.grade[person]
    surname = pl.Series(words.SURNAMES).gather(people.surname[person])
    certificate = pl.Series(disability * 10 + grade).cast(pl.String)
    return pl.DataFrame(
        {
            "id": model.numbers.gather(person),
            "name": model.names.gather(person),
            "surname": surname,
            "age": ages(people)[person],
            "male": people.male[person] == 1,
            "is_head": rows.role == _HEAD,
            "head": model.names.gather(start),
            "relative": model.numbers.gather(relative),
            "members": members,
            "reissued": numbers.as_text(people.reissued[person]),
            "certificate": certificate,
        }
    ).with_columns(
        relative=pl.when(pl.col("members") > 1).then("relative").otherwise(pl.lit("")),
        certificate=pl.when(pl.col("certificate") == "0").then(pl.lit("")).otherwise("certificate"),
    )


def _classes(
    dice: Dice,
    errors: ErrorRates,
    facts: pl.DataFrame,
    mistakes: Mapping[str, object],
    eligible: Mapping[str, pl.Expr],
) -> Ints:
    """The position of each row's class in `mistakes`, -1 for none: at most one, each at its rate among the eligible."""
    units = dice.unit(len(facts))
    taken = np.full(len(facts), -1, dtype=np.int64)
    reached: Floats = np.zeros(len(facts))
    for position, name in enumerate(mistakes):
        able = facts.select(eligible.get(name, pl.lit(True)).alias("able")).to_series()
        able_rows = np.broadcast_to(able.to_numpy(), len(facts))
        upper = reached + errors.of(name) * able_rows
        taken = np.where((units >= reached) & (units < upper), position, taken)
        reached = upper
    return taken


def _damaged_numbers(facts: pl.DataFrame, classes: Ints, draws: Floats) -> pl.Series:
    """The ID cells."""
    mistakes = tuple(damage_ids.MISTAKES.values())
    chosen = np.flatnonzero(classes >= 0)
    rows = facts[chosen].select("id", "relative", "reissued", "certificate").rows()
    values = [
        mistakes[kind](number, draw, damage_ids.NumberFacts(relative, reissued, certificate))
        for kind, draw, (number, relative, reissued, certificate) in zip(
            classes[chosen].tolist(), draws[chosen].tolist(), rows, strict=True
        )
    ]
    return facts["id"].scatter(chosen, values)


def _damaged_names(facts: pl.DataFrame, classes: Ints, draws: Floats) -> pl.Series:
    """The name cells."""
    mistakes = tuple(damage_names.MISTAKES.values())
    chosen = np.flatnonzero(classes >= 0)
    rows = facts[chosen].select("name", "surname", "head", "male").rows()
    values = [
        mistakes[kind](name, draw, damage_names.NameFacts(surname, head, male))
        for kind, draw, (name, surname, head, male) in zip(
            classes[chosen].tolist(), draws[chosen].tolist(), rows, strict=True
        )
    ]
    return facts["name"].scatter(chosen, values)
