"""One county as it truly is: its places, families, people and how they stand."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from sample_registers.generator import numbers
from sample_registers.generator.dice import Dice, Ints
from sample_registers.generator.people import Families, People, make_families, make_people
from sample_registers.generator.places import COUNTY_CODES, County, make_county
from sample_registers.generator.rates import Rates
from sample_registers.generator.situations import Situations, family_weights, make_situations
from sample_registers.generator.templates import SIZES, WEIGHTS

_SMALLEST, _LARGEST = 6, len(COUNTY_CODES)
_ROWS_A_COUNTY = 125_000
_ROWS_A_VILLAGE = 480


@dataclass(frozen=True)
class Province:
    """What is to be made.

    Attributes:
        seed, profile, rates: what decides every draw.
        rows: register rows wanted of each county in the first batch.
    """

    seed: int
    profile: str
    rates: Rates
    rows: tuple[int, ...]


@dataclass(frozen=True)
class CountyModel:
    """One county; `first_person` and `first_family` make its numbers unique in the province."""

    county: County
    families: Families
    people: People
    situations: Situations
    names: pl.Series
    numbers: pl.Series
    first_person: int
    first_family: int


def make_province(seed: int, profile: str, rates: Rates, rows: int) -> Province:
    """Share the rows out to six counties or more; from ten on one is five times the mean."""
    size = min(max(rows // _ROWS_A_COUNTY, _SMALLEST), _LARGEST)
    weights = np.array([0.7 + 0.1 * (number * 7 % 6) for number in range(size)])
    if size >= 10:
        weights[3] = weights.mean() * 5
    shares = np.floor(rows * np.cumsum(weights) / weights.sum()).astype(np.int64)
    return Province(seed, profile, rates, tuple(int(n) for n in np.diff(shares, prepend=0)))


def county_of(province: Province, number: int) -> County:
    """County `number` of the province: its places."""
    return make_county(province.seed, number, max(8, province.rows[number] // _ROWS_A_VILLAGE + 4))


def make_model(province: Province, number: int) -> CountyModel:
    """County `number`; the same whatever other counties are made."""
    rates, rows = province.rates, province.rows[number]
    errors = province.rates.profiles[province.profile].errors
    dice = Dice(province.seed, "county", number)
    persons = sum(family_weights(rates)) * rows / (1 - rates.changes.new_families)
    drawn = dice.pick(WEIGHTS, int(persons) + 10)
    template = drawn[: int(np.searchsorted(np.cumsum(SIZES[drawn]), persons)) + 1]
    county = county_of(province, number)
    twins = rates.profiles[province.profile].twins
    families = make_families(dice, county, template, twins)
    people = make_people(dice, county, families, len(province.rows))
    situations = make_situations(dice, rates, errors, families, people)
    return CountyModel(
        county=county,
        families=families,
        people=people,
        situations=situations,
        names=people.names(),
        numbers=numbers.as_text(people.body),
        first_person=number * 10_000_000,
        first_family=number * 10_000_000,
    )


def ages(people: People) -> Ints:
    """Whole years at the middle of August 2018."""
    return np.maximum((20180815 - numbers.dates_as_numbers(people.birth)) // 10_000, 0)
