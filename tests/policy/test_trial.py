"""A threshold of one county, in the file or only tried: who it touches and who it does not."""

from dataclasses import replace
from typing import Any

import polars as pl
import pytest

from reconciliation.policy.evidence import Rulebook
from reconciliation.policy.trial import Change, moved, moves, try_change
from reconciliation.registers.errors import UsageError
from tests.policy.world import BATCH, RULEBOOK, World

HERE, THERE = "甲县", "戊县"
WHO = {"dibao": "张三", "poverty": "李大四"}
PEOPLE: tuple[tuple[str, dict[str, Any]], ...] = (
    ("dibao", {"income_per_capita": "3700"}),
    ("dibao", {"income_per_capita": "9000"}),
    ("poverty", {"income_per_capita": "3700"}),
    ("poverty", {"income_per_capita": "3000", "labour": "丧失劳动力"}),
    ("poverty", {"income_per_capita": "5000", "health": "残疾", "certificate_grade": 3}),
)


def two_counties() -> World:
    """The same people in either county."""
    world = World()
    for number, (register, said) in enumerate(PEOPLE):
        for place, county in enumerate((HERE, THERE)):
            world.add(register, WHO[register], household=2 * number + place, county=county, **said)
    return world


Told = dict[str, list[tuple[str, str, str]]]


def told(rulebook: Rulebook) -> Told:
    """By county list, rule and sentence of everybody."""
    world = two_counties()
    evidence, dispositions = world.evidence(), world.judge(rulebook).dispositions
    people = pl.concat(
        evidence.persons[side].select("record", "county", register=pl.lit(side)) for side in WHO
    )
    rows = dispositions.join(people, on=["register", "record"]).sort("register", "record")
    return {
        county: list(rows.filter(county=county).select("disposition", "rule", "why").iter_rows())
        for county in (HERE, THERE)
    }


@pytest.fixture(scope="module")
def as_it_is() -> Told:
    return told(RULEBOOK)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("dibao_line", 3600), ("poverty_line", 3800), ("grace_months", 12), ("single_cover_max_grade", 3),
        ("working_age_from", 50), ("working_age_to", 20),
    ],
)  # fmt: skip
def test_a_threshold_of_one_county_changes_only_its_people(
    key: str, value: float, as_it_is: Told
) -> None:
    change = Change({key: value}, HERE)
    changed = told(replace(RULEBOOK, thresholds=change.applied(RULEBOOK.thresholds, BATCH)))
    assert changed[HERE] != as_it_is[HERE]
    assert changed[THERE] == as_it_is[THERE]


def test_a_trial_moves_the_people_of_the_county_and_names_the_lists() -> None:
    tried = try_change(two_counties().evidence(), RULEBOOK, Change({"dibao_line": 3600}, HERE))
    gone = moved(tried)
    assert set(gone["county"]) == {HERE}
    found = {
        (line["register"], line["rule"], line["new_rule"]): line["people"]
        for line in moves(gone).iter_rows(named=True)
    }
    assert found == {("dibao", "C6", "C7b"): 1, ("poverty", "C3", "C4"): 1}


def test_without_a_county_it_is_tried_everywhere_also_where_a_county_has_its_own() -> None:
    own = Change({"dibao_line": 3900}, THERE).applied(RULEBOOK.thresholds, BATCH)
    rules = replace(RULEBOOK, thresholds=own)
    tried = try_change(two_counties().evidence(), rules, Change({"dibao_line": 3600}))
    assert set(moved(tried)["county"]) == {HERE, THERE}


def test_the_threshold_there_is_moves_nobody() -> None:
    tried = try_change(two_counties().evidence(), RULEBOOK, Change({"dibao_line": 3900}, HERE))
    assert moved(tried).is_empty()
    assert tried.height == 2 * len(PEOPLE)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (Change({"line": 1}), "no such threshold: line; known are dibao_line"),
        (Change({"dibao_line_as_of": 1}), "no such threshold"),
        (Change({"dibao_line": 1}, "火星"), "nobody on either register lives in that county"),
    ],
)
def test_what_cannot_be_tried_is_refused(change: Change, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        try_change(two_counties().evidence(), RULEBOOK, change)
