"""Columns that are not there, registers that were not supplied, figures that are too old."""

from dataclasses import replace
from datetime import date
from typing import Any

import polars as pl
import pytest

from reconciliation.policy.thresholds import Threshold, Thresholds
from tests.policy.world import RULEBOOK, World


def off(world: World) -> dict[tuple[str, str | None, str | None], list[str]]:
    """The switched-off rules by register, file and field."""
    return {tuple(row[:3]): row[3] for row in world.judge().switched_off.iter_rows()}


def test_without_an_income_column_nothing_is_proposed_and_the_rules_are_named_once() -> None:
    world = World()
    lean: dict[str, Any] = {"income_per_capita": None, "source_file": "lean.csv"}
    alone = world.add("dibao", "张三", **lean)
    both = world.add("dibao", "李四", household=2, **lean)
    partner = world.add("poverty", "李四", income_per_capita="9000", lift_status="已脱贫")
    world.link(both, partner)
    blank = world.add("dibao", "王五", household=3, income_per_capita="")
    full = world.add("dibao", "赵六", household=4, income_per_capita="100")
    assert world.outcome("dibao", alone) == ("no_action", "C6b")
    assert world.outcome("dibao", both) == ("keep", "C1b")
    assert world.outcome("poverty", partner) == ("keep", "C1b")
    assert world.outcome("dibao", blank) == ("verify", "C18d")
    assert world.outcome("dibao", full) == ("include_poverty", "C5")
    named = off(world)["dibao", "lean.csv", "income_per_capita"]
    assert {"C5", "C6", "C7b", "C1", "C7", "C18"} <= set(named)
    assert ("dibao", "dibao.csv", "income_per_capita") not in off(world)


def test_what_cuts_across_is_still_said_without_an_income_column() -> None:
    world = World()
    a = world.add("dibao", "张三", income_per_capita=None, flag_poverty="否")
    b = world.add("poverty", "张三")
    world.link(a, b)
    dead = world.add("dibao", "李四", household=2, income_per_capita=None)
    world.listed("dibao", dead, "deaths")
    assert world.outcome("dibao", a) == ("correct", "C2")
    assert world.outcome("dibao", dead) == ("exit_dibao", "C8")


def test_a_household_over_two_files_is_judged_by_the_one_that_has_the_column() -> None:
    world = World()
    lean = world.add("dibao", "张三", income_per_capita=None, source_file="lean.csv")
    world.add("dibao", "张四", income_per_capita="100")
    assert world.outcome("dibao", lean) == ("include_poverty", "C5")


def test_without_a_class_column_only_the_bar_for_the_long_term_covered_is_off() -> None:
    world = World()
    record = world.add("dibao", "张三", income_per_capita="9000", class_tier=None)
    assert world.outcome("dibao", record) == ("exit_dibao", "C7b")
    assert off(world)["dibao", "dibao.csv", "class_tier"] == ["C7d"]


@pytest.mark.parametrize(("income", "expected"), [("100", "keep"), ("9000", "keep")])
def test_without_a_lift_status_column_the_rules_that_need_it_are_off(
    income: str, expected: str
) -> None:
    world = World()
    a = world.add("dibao", "张三", income_per_capita=income)
    b = world.add("poverty", "张三", income_per_capita=income, lift_status=None)
    world.link(a, b)
    alone = world.add("poverty", "李四", household=2, income_per_capita=income, lift_status=None)
    assert world.outcome("dibao", a)[0] == expected
    assert world.outcome("poverty", alone) == ("no_action", "C6b")
    assert "C3" in off(world)["poverty", "poverty.csv", "lift_status"]


def test_without_a_flag_column_the_other_disagreements_are_still_corrected() -> None:
    world = World()
    a = world.add("dibao", "张三", flag_poverty=None, name_key="张山")
    b = world.add("poverty", "张三")
    world.link(a, b)
    assert world.outcome("dibao", a) == ("correct", "C2")
    assert off(world)["dibao", "dibao.csv", "flag_poverty"] == ["C2"]


def test_registers_that_were_not_supplied_are_named_with_their_rules() -> None:
    world = World()
    world.add("dibao", "张三")
    assert off(world)["deaths", None, None] == ["C8"]
    world.listed("dibao", 1, "deaths")
    assert ("deaths", None, None) not in off(world)


@pytest.mark.parametrize(
    ("assessed", "expected"),
    [(date(2017, 8, 15), "C5"), (date(2017, 8, 14), "C18d"), (date(2018, 8, 1), "C5")],
)
def test_an_income_older_than_twelve_months_is_unknown(assessed: date, expected: str) -> None:
    stated = Threshold(
        "*", date(2018, 1, 1), "dibao_income_as_of", float(assessed.toordinal()), "test"
    )
    rulebook = replace(RULEBOOK, thresholds=Thresholds((*RULEBOOK.thresholds.rows, stated)))
    world = World()
    record = world.add("dibao", "张三", income_per_capita="100")
    assert world.outcome("dibao", record, rulebook)[1] == expected


def test_a_county_without_lines_is_verified_and_told_what_is_missing() -> None:
    rows = tuple(replace(row, county="甲县") for row in RULEBOOK.thresholds.rows)
    rulebook = replace(RULEBOOK, thresholds=Thresholds(rows))
    world = World()
    known = world.add("dibao", "张三", income_per_capita="100")
    elsewhere = world.add("dibao", "李四", household=2, income_per_capita="100", county="丁县")
    assert world.outcome("dibao", known, rulebook) == ("include_poverty", "C5")
    row = world.row("dibao", elsewhere, rulebook)
    assert (row["disposition"], row["rule"]) == ("verify", "C18d")
    assert "标准" in row["why"]


def test_every_record_has_one_disposition_whatever_is_missing() -> None:
    world = World()
    for number, field in enumerate(
        ("income_per_capita", "class_tier", "health", "assistance_type"), start=1
    ):
        for shown in (None, "", "坏"):
            said = {field: shown, "source_file": f"{number}{shown}.csv"}
            world.add(
                "dibao",
                f"张{number}{shown}",
                household=len(world.rows.get("dibao", [])) + 1,
                **said,
            )
            a, b = (
                len(world.rows["dibao"]),
                world.add(
                    "poverty",
                    f"张{number}{shown}",
                    household=len(world.rows.get("poverty", [])) + 1,
                    **{"lift_status" if field == "class_tier" else field: shown}
                    if field != "assistance_type"
                    else {},
                ),
            )
            world.link(a, b, "certain" if number % 2 else "possible")
    dispositions = world.judge().dispositions
    assert dispositions.select("register", "record").is_unique().all()
    assert dispositions.height == sum(len(rows) for rows in world.rows.values())
    assert dispositions.filter(pl.col("why").is_null() | (pl.col("why") == "")).is_empty()
