"""The typed values the policy decides by, and which of them a file has no column for."""

from datetime import date

import polars as pl

from reconciliation.policy.attributes import absent_fields, attributes
from tests.policy.world import RULEBOOK, World


def typed(world: World, register: str) -> pl.DataFrame:
    return attributes(world.evidence().records[register], register, codes=RULEBOOK.codes, year=2018)


def test_cells_become_values() -> None:
    world = World()
    world.add(
        "dibao", "张三", income_per_capita="３，０００元", class_tier="A", flag_poverty="Y", health="重病",
        covered_size="2人", assistance_type="农村低保", disability_grade="贰级",
    )  # fmt: skip
    row = typed(world, "dibao").row(0, named=True)
    assert (row["income_per_capita"], row["class_tier"], row["flag_poverty"]) == (
        3000,
        "long_term",
        True,
    )
    assert (row["covered_size"], row["assistance_type"], row["disability_grade"]) == (
        2,
        "rural_dibao",
        2,
    )
    assert row["health"] == ["severe"]
    assert row["absent_fields"] == []


def test_the_grade_may_stand_in_the_certificate_number() -> None:
    world = World()
    world.add("dibao", "张三", disability_certificate="52010219800101001X42")
    world.add(
        "dibao", "李四", disability_certificate="52010219800101001X42", disability_grade="三级"
    )
    world.add("dibao", "王五", disability_certificate="无")
    assert typed(world, "dibao")["disability_grade"].to_list() == [2, 3, None]


def test_a_bare_number_means_what_it_meant_that_year() -> None:
    world = World()
    world.add("poverty", "张三", household_type="03", lift_status="4")
    row = typed(world, "poverty").row(0, named=True)
    assert (row["household_type"], row["lift_status"]) == ("five_guarantee", "stable")


def test_a_field_is_absent_where_the_whole_file_lacks_it() -> None:
    """A household file may fill the cell of one row only: then the others are unknown, not absent."""
    world = World()
    world.add("dibao", "张三", income_per_capita=None, source_file="lean.csv")
    world.add("dibao", "李四", income_per_capita=None, source_file="half.csv")
    world.add("dibao", "王五", income_per_capita="100", source_file="half.csv")
    world.add("dibao", "赵六", income_per_capita="", source_file="blank.csv")
    assert typed(world, "dibao")["absent_fields"].to_list() == [["income_per_capita"], [], [], []]
    files = absent_fields(world.evidence().records["dibao"], "dibao")
    assert files["source_file"].to_list() == ["blank.csv", "half.csv", "lean.csv"]


def test_a_death_in_a_month_counts_from_its_last_day() -> None:
    world = World()
    said = ["2018-05", "2018年2月", "2016年2月", "2018-05-03", "2018", "2018-02-30"]
    for number, cell in enumerate(said):
        world.add("deaths", f"逝者{number}", death_date=cell, cremation_date=cell)
    days = [date(2018, 5, 31), date(2018, 2, 28), date(2016, 2, 29), date(2018, 5, 3), None, None]
    assert typed(world, "deaths")["death_date"].to_list() == days
    assert typed(world, "deaths")["cremation_date"].to_list() == days


def test_a_negative_income_is_unknown() -> None:
    world = World()
    for register in ("dibao", "poverty"):
        for number, cell in enumerate(("-1", "-3,000元", "0", "3000")):
            world.add(register, f"某人{number}", income_per_capita=cell)
        assert typed(world, register)["income_per_capita"].to_list() == [None, None, 0, 3000]
