"""The self-test says how good the linkage is, and a truth it has never seen agrees."""

from dataclasses import fields

import numpy as np
import polars as pl
import pytest
from scipy.stats import binomtest

from benchmarks.linkage.cases import CASES, make
from benchmarks.linkage.listed import Listed
from reconciliation.configuration import Configuration
from reconciliation.linkage.coding import code_registers
from reconciliation.linkage.name_table import gather_names
from reconciliation.linkage.plan import Linkage, link_registers
from reconciliation.linkage.quality import wilson
from reconciliation.linkage.self_test import blanked
from tests.linkage.people import Person, persons

CONFIG = Configuration.load()
SHARE = 0.06
FIRM = ("certain", "probable")


def link(dibao: pl.DataFrame, poverty: pl.DataFrame, **rules: float) -> Linkage:
    settings = CONFIG.linkage
    own = settings.self_test.model_copy(update=rules)
    return link_registers(
        dibao,
        poverty,
        settings=settings.model_copy(update={"self_test": own}),
        characters=CONFIG.characters,
        labels=CONFIG.labels,
    )


def without_numbers(people: pl.DataFrame, chosen: pl.Series) -> pl.DataFrame:
    """The persons as a register without their numbers and birth dates would have made them."""
    blank = pl.Series(chosen)
    read_from_it = (
        "id_number",
        "id_partial",
        "birth_date",
        "birth_field",
        "birth_id",
        "id_area",
        "sex_id",
    )
    return people.with_columns(
        *(pl.when(~blank).then(pl.col(name)).alias(name) for name in read_from_it),
        id_quality=pl.when(blank).then(pl.lit("missing")).otherwise("id_quality"),
        sex=pl.when(blank).then("sex_field").otherwise("sex"),
    )  # fmt: skip


@pytest.fixture(scope="module")
def sides() -> tuple[Listed, Listed]:
    return make(CASES["hard"], seed=5, families=5000, config=CONFIG)


@pytest.fixture(scope="module")
def linkage(sides: tuple[Listed, Listed]) -> Linkage:
    return link(sides[0].persons, sides[1].persons)


def step(frame: pl.DataFrame, tier: str = "certain_probable") -> dict[str, float]:
    return frame.row(by_predicate=pl.col("tier") == tier, named=True)


def test_the_intervals_cover_what_happens_when_other_numbers_are_really_missing(
    sides: tuple[Listed, Listed], linkage: Linkage
) -> None:
    dibao, poverty = sides
    lot = pl.Series(np.random.default_rng(8).random(dibao.persons.height) < SHARE)
    blind = link(without_numbers(dibao.persons, lot), poverty.persons).links
    people = dibao.truth.join(dibao.persons.filter(lot).select("record"), on="record", how="semi")
    both = people.join(poverty.truth.select("person"), on="person", how="semi")
    judged = (
        blind.filter(pl.col("tier").is_in(FIRM))
        .join(people.select(dibao_record="record", one="person"), on="dibao_record")
        .join(poverty.truth.select(poverty_record="record", other="person"), on="poverty_record")
    )
    right = judged.filter(pl.col("one") == pl.col("other")).height
    quality = step(linkage.quality)
    seen = binomtest(right, both["person"].n_unique()).proportion_ci(method="wilson")
    assert quality["people"] > 300
    assert quality["recall_low"] <= seen.high
    assert quality["recall_high"] >= seen.low
    precise = binomtest(right, judged.height).proportion_ci(method="wilson")
    assert quality["precision_low"] <= precise.high
    assert quality["precision_high"] >= precise.low


def test_damaged_names_lower_the_estimate(linkage: Linkage) -> None:
    one, other = make(CASES["worse"], seed=5, families=5000, config=CONFIG)
    worse = link(one.persons, other.persons)
    assert step(worse.quality)["recall"] < step(linkage.quality)["recall"]
    assert step(worse.quality, "certain")["recall"] < step(linkage.quality, "certain")["recall"]


def test_the_frames_hold_together(linkage: Linkage) -> None:
    quality = linkage.quality
    assert quality["tier"].to_list() == ["certain", "certain_probable", "with_possible"]
    for share, hits, of in (("precision", "right", "links"), ("recall", "found", "people")):
        assert (quality[share] - quality[hits] / quality[of]).abs().max() < 1e-6
        assert (quality[f"{share}_low"] <= quality[share]).all()
        assert (quality[f"{share}_high"] >= quality[share]).all()
    assert (quality["found"].diff().drop_nulls() >= 0).all()
    bands = linkage.calibration.filter(pl.col("pairs") > 0)
    assert bands["band"][-1] == "0.995-1"
    low = bands["band"].str.split("-").list.first().cast(pl.Float64)
    high = bands["band"].str.split("-").list.last().cast(pl.Float64)
    assert ((bands["said"] >= low) & (bands["said"] <= high)).all()


def test_row_order_and_side_do_not_matter(sides: tuple[Listed, Listed], linkage: Linkage) -> None:
    dibao, poverty = (side.persons.sample(fraction=1, shuffle=True, seed=4) for side in sides)
    again = link(dibao, poverty)
    assert again.quality.equals(linkage.quality)
    assert again.calibration.equals(linkage.calibration)
    swapped = link(poverty, dibao)
    assert swapped.quality["people"].equals(linkage.quality["people"])


def test_whole_counties_are_enough_for_a_large_register(
    sides: tuple[Listed, Listed], linkage: Linkage
) -> None:
    dibao, poverty = (
        side.persons.with_columns(county=pl.concat_str("county", "town")) for side in sides
    )
    part = link(dibao, poverty, enough_rows=1500)
    assert 30 < step(part.quality)["people"] < step(linkage.quality)["people"]
    assert step(part.quality)["precision"] > 0.98
    assert step(part.quality)["recall"] > 0.9


def test_a_hidden_number_leaves_nothing_behind(sides: tuple[Listed, Listed]) -> None:
    dibao, poverty = (side.persons.sort("record") for side in sides)
    lot = pl.Series(np.random.default_rng(3).random(dibao.height) < 0.5)
    names = gather_names(dibao, poverty, CONFIG.characters, CONFIG.linkage.same_shape).rows
    whole = code_registers(dibao, poverty, names)[0]
    bare = code_registers(without_numbers(dibao, lot), poverty, names)[0]
    hidden = blanked(whole, lot.to_numpy())
    for field in fields(bare):
        assert np.array_equal(getattr(hidden, field.name), getattr(bare, field.name)), field.name


@pytest.mark.parametrize(("hits", "of"), [(0, 7), (7, 7), (3, 10), (999, 1000)])
def test_intervals_are_wilsons(hits: int, of: int) -> None:
    known = binomtest(hits, of).proportion_ci(confidence_level=0.95, method="wilson")
    assert wilson(hits, of, 0.95) == pytest.approx((known.low, known.high), abs=1e-6)
    assert wilson(0, 0, 0.95) == (None, None)


def test_where_nobody_has_a_number_nothing_is_said() -> None:
    one = persons(Person("赵大山", household=1, relation="head", birth="19620304"))
    few = link(one, one)
    assert few.quality["links"].to_list() == [0, 0, 0]
    assert few.quality["precision"].null_count() == 3
    assert few.calibration["pairs"].sum() == 0
