"""The people of one county: families by template, ages, surnames, generation characters, numbers."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from sample_registers.generator import numbers, words
from sample_registers.generator.dice import Bools, Dice, Ints, scatter
from sample_registers.generator.places import COUNTY_CODES, ELSEWHERE, County
from sample_registers.generator.templates import (
    CHILD_ORDER,
    MEMBER_ROLES,
    ROLES,
    SIZES,
    TEMPLATES,
)

_OLDEST = int(np.datetime64("1915-01-01").astype(np.int64))
AS_OF = int(np.datetime64("2018-08-01").astype(np.int64))
_MALE = words.codes(words.MALE)
_FEMALE = words.codes(words.FEMALE)
_GENERATION = words.codes(words.GENERATION)
_RARE = words.codes(words.RARE)


@dataclass(frozen=True)
class Families:
    """The families of a county, one element each."""

    template: Ints
    village: Ints
    surname: Ints
    inlaw_surname: Ints
    head_female: Bools
    head_age: Ints
    first_child_gap: Ints
    twins: Bools

    def __len__(self) -> int:
        return len(self.template)


@dataclass(frozen=True)
class People:
    """The people of a county, one element each, families together and the head first.

    `birth` is in days since 1970-01-01; `given` codes point into `words.GIVEN` (0: none); `dotted` people have a
    name of two parts in place of surname and given characters (code -1: not dotted); `body` is the 17-digit number.
    """

    family: Ints
    position: Ints
    role: Ints
    male: Ints
    birth: Ints
    surname: Ints
    given: Ints
    dotted: Ints
    body: Ints
    reissued: Ints

    def __len__(self) -> int:
        return len(self.family)

    def names(self) -> pl.Series:
        """Everybody's name as papers have it."""
        given = pl.Series(["", *words.GIVEN])
        plain = (
            pl.Series(words.SURNAMES).gather(self.surname)
            + given.gather(self.given[:, 0])
            + given.gather(self.given[:, 1])
        )
        first = pl.Series(words.DOTTED_FIRST).gather(
            np.maximum(self.dotted, 0) % len(words.DOTTED_FIRST)
        )
        second = pl.Series(words.DOTTED_SECOND).gather(
            np.maximum(self.dotted, 0) // len(words.DOTTED_FIRST)
        )
        return pl.select(
            pl.when(pl.lit(pl.Series(self.dotted)) >= 0)
            .then(pl.lit(first) + "·" + pl.lit(second))
            .otherwise(pl.lit(plain))
            .alias("name")
        ).to_series()


def make_families(dice: Dice, county: County, template: Ints, twin_share: float) -> Families:
    """Families of the given templates, spread over the county's villages."""
    size = len(template)
    village = np.sort(dice.below(len(county.villages), size))
    clan = dice.pick((0.55, 0.25, 0.20), size)
    mixed = dice.pick(words.zipf(len(words.SURNAMES)), size)
    in_clan = county.clan_village[village] & (clan < 2)
    low, high = (np.array([shape.head_ages[end] for shape in TEMPLATES]) for end in (0, 1))
    female = np.array([shape.head_female for shape in TEMPLATES])
    return Families(
        template=template,
        village=village,
        surname=np.where(in_clan, county.clans[village, np.minimum(clan, 1)], mixed),
        inlaw_surname=dice.pick(words.zipf(len(words.SURNAMES)), size),
        head_female=dice.chance(female[template], size),
        head_age=dice.between(low[template], high[template], size),
        first_child_gap=dice.between(20, 29, size),
        twins=dice.chance(twin_share, size),
    )


def make_people(dice: Dice, county: County, families: Families, province_counties: int) -> People:
    """The members of the families, with names and numbers."""
    size = SIZES[families.template]
    family = np.repeat(np.arange(len(families), dtype=np.int64), size)
    position = np.arange(len(family)) - np.repeat(np.cumsum(size) - size, size)
    members = _members(families, family, position)
    birth = _births(dice, families, members)
    surname = _surnames(dice, families, members)
    native = _native(dice, members)
    given = _given_names(dice, families, members, surname, native)
    dotted = np.where(
        county.dotted[families.village[family]] & dice.chance(0.08, len(family)),
        dice.below(len(words.DOTTED_FIRST) * len(words.DOTTED_SECOND), len(family)),
        -1,
    )
    area, first, span = _areas(dice, county, birth, native, province_counties)
    corrected = birth + dice.pick((0.5, 0.3, 0.2), len(family)) * 31 - 31
    return People(
        family=family,
        position=position,
        role=members.role,
        male=members.male,
        birth=birth,
        surname=surname,
        given=given,
        dotted=dotted,
        body=numbers.bodies(area, birth, members.male, first, span),
        reissued=numbers.reissued_bodies(area, corrected, members.male),
    )


@dataclass(frozen=True)
class _Members:
    """Who fills which place in which family."""

    family: Ints
    position: Ints
    role: Ints
    male: Ints

    def rule(self, attribute: str) -> npt.NDArray[np.generic]:
        """One attribute of each member's role."""
        return np.array([getattr(role, attribute) for role in ROLES.values()])[self.role]


def _members(families: Families, family: Ints, position: Ints) -> _Members:
    """Roles and sexes."""
    role = MEMBER_ROLES[families.template[family], position]
    head = 1 - families.head_female[family].astype(np.int64)
    sex = np.array([rule.sex for rule in ROLES.values()])[role]
    return _Members(family, position, role, np.select([sex == 2, sex == 3], [head, 1 - head], sex))


def _births(dice: Dice, families: Families, members: _Members) -> Ints:
    """Days of birth: the head's age, and each role's distance from it; twins share the elder's day."""
    family, kin = members.family, members.rule("kin")
    order = CHILD_ORDER[families.template[family], members.position]
    size = len(family)
    child = families.first_child_gap[family] + 3 * order + dice.below(3, size)
    older = {
        "head": np.zeros(size, dtype=np.int64),
        "spouse": dice.between(-3, 5, size),
        "child": child,
        "child_in_law": families.first_child_gap[family] + dice.between(-2, 3, size),
        "grandchild": families.first_child_gap[family] + 21 + 2 * order + dice.below(3, size),
        "parent": -dice.between(20, 29, size),
        "grandparent": -dice.between(42, 50, size),
        "sibling": dice.between(-6, 9, size),
        "nephew": dice.between(20, 34, size),
    }
    years = families.head_age[family] - np.select(
        [kin == name for name in older], list(older.values())
    )
    years = np.where(years < 0, dice.below(7, size), years)
    birth = AS_OF - 1 - years * 365 - years // 4 - dice.below(365, size)
    follows = np.flatnonzero((order == 1) & (kin == "child") & families.twins[family])
    elder = follows - 1
    birth[follows] = np.where(kin[elder] == "child", birth[elder], birth[follows])
    return np.asarray(np.maximum(birth, _OLDEST))


def _surnames(dice: Dice, families: Families, members: _Members) -> Ints:
    """Clan name, in-law's name, or a name from another village (wives; women who head a household)."""
    family, male, rule = members.family, members.male, members.rule("surname")
    own = dice.pick(words.zipf(len(words.SURNAMES)), len(family))
    widow = (members.role == 0) & (male == 0) & (SIZES[families.template[family]] > 1)
    husband = (rule == "own") & (male == 1)
    return np.select(
        [widow, husband, rule == "own", rule == "inlaw"],
        [own, families.surname[family], own, families.inlaw_surname[family]],
        families.surname[family],
    )


def _native(dice: Dice, members: _Members) -> Bools:
    """Whether somebody was born in the county: the married-in often were not."""
    married_in = members.rule("surname") == "own"
    return np.asarray(~(married_in & dice.chance(0.35, len(married_in))))


def _given_names(
    dice: Dice, families: Families, members: _Members, surname: Ints, native: Bools
) -> Ints:
    """Two codes a person: men of a clan share the generation character, some clans put it last."""
    family, male, size = members.family, members.male, len(members.family)
    step = np.array([rule.generation for rule in ROLES.values()])[members.role]
    generation = families.head_age[family] // 24 - step
    shared = scatter(families.village[family] * native, surname, salt=7)
    character = _GENERATION[scatter(shared, generation) % len(_GENERATION)]
    free_man = _MALE[dice.pick(words.zipf(len(_MALE)), size)]
    other_man = _MALE[dice.pick(words.zipf(len(_MALE)), size)]
    woman = _FEMALE[dice.pick(words.zipf(len(_FEMALE)), size)]
    other_woman = _FEMALE[dice.pick(words.zipf(len(_FEMALE)), size)]
    u = dice.unit(size)
    by_generation = np.where(male == 1, u < 0.72, u < 0.12)
    last = shared % 4 == 0
    free = np.where(male == 1, free_man, woman)
    other = np.where(male == 1, other_man, other_woman)
    single = ~by_generation & (u > np.where(male == 1, 0.88, 0.62))
    rare = dice.chance(0.004, size)
    first = np.select(
        [rare, by_generation & ~last], [_RARE[dice.below(len(_RARE), size)], character], free
    )
    second = np.select(
        [single, by_generation & last], [np.zeros(size, dtype=np.int64), character], other
    )
    return np.stack([first, second], axis=1)


def _areas(
    dice: Dice, county: County, birth: Ints, native: Bools, province_counties: int
) -> tuple[Ints, Ints, Ints]:
    """First six digits, and the county's span of registration orders there."""
    size = len(birth)
    neighbour = dice.below(numbers.NEIGHBOURS, size) + 1
    pool = max(province_counties, numbers.NEIGHBOURS + 1)
    number = (county.number + neighbour) % pool
    outside = dice.chance(0.15, size)
    codes = np.array([code for _, code, _ in COUNTY_CODES])
    former = np.array([code for _, _, code in COUNTY_CODES])
    at_home = np.where(native, county.number, number)
    old = birth < int(np.datetime64("1996-01-01").astype(np.int64))
    area = np.where(old, former[at_home], codes[at_home])
    area = np.where(outside & ~native, np.array(ELSEWHERE)[county.number % len(ELSEWHERE)], area)
    turn = county.number // len(ELSEWHERE)
    first = np.select(
        [native, outside],
        [np.zeros(size, dtype=np.int64), np.full(size, turn * numbers.ELSEWHERE_SPAN)],
        numbers.NATIVE_SPAN + (neighbour - 1) * numbers.NEIGHBOUR_SPAN,
    )
    span = np.select(
        [native, outside],
        [np.full(size, numbers.NATIVE_SPAN), np.full(size, numbers.ELSEWHERE_SPAN)],
        numbers.NEIGHBOUR_SPAN,
    )
    return area, first, span
