"""What a report counts, and what has changed since the batch before."""

import polars as pl
import pytest

from reconciliation.ledger.states import STATES
from reconciliation.publishing.report.changes import Reported, compared, restatements
from reconciliation.publishing.report.figures import OF_PEOPLE, report_figures
from tests.publishing.report.batches import (
    FIRST,
    FIRST_FIGURES,
    FIRST_LEDGER,
    FIRST_PLACES,
    SECOND,
    SECOND_FIGURES,
    SECOND_LEDGER,
    SECOND_PLACES,
    TREE,
    finding,
    ledger,
)


def value(figures: pl.DataFrame, level: str, place: str | None, measure: str) -> int:
    found = figures.filter(
        pl.col("level") == level, pl.col("place").eq_missing(place), pl.col("measure") == measure
    )
    return int(found["value"].item())


def test_findings_stand_where_their_people_are_and_the_town_decides_the_unit() -> None:
    of_unit = {
        place: value(SECOND_FIGURES, "unit", place, "findings")
        for place in ("遵义市", "安顺市", "仁怀市", "新区", None)
    }
    # Of the two of 红花 only the one in 平桥 reports to 新区; 仁怀 reports by itself.
    assert of_unit == {"遵义市": 1, "安顺市": 2, "仁怀市": 2, "新区": 1, None: 1}
    assert value(SECOND_FIGURES, "prefecture", "遵义市", "findings") == 4
    assert value(SECOND_FIGURES, "county", "红花", "findings") == 2


def test_the_figures_are_those_of_the_ledger() -> None:
    whole = {m: value(SECOND_FIGURES, "province", None, m) for m in ("findings", "new", "asked")}
    assert whole == {"findings": SECOND_LEDGER.height, "new": 3, "asked": 7}
    for state in STATES:
        in_ledger = SECOND_LEDGER.filter(pl.col("state") == state).height
        assert value(SECOND_FIGURES, "province", None, f"state_{state}") == in_ledger
    # 待核 is no answer yet.
    assert value(SECOND_FIGURES, "province", None, "answered") == 2
    people = {
        m: value(SECOND_FIGURES, "province", None, m)
        for m in ("people", "confirmed_exit_dibao", "settled_exit_dibao", "exits_in_effect")
    }
    assert people == {
        "people": 6,
        "confirmed_exit_dibao": 2,
        "settled_exit_dibao": 1,
        "exits_in_effect": 1,
    }


@pytest.mark.parametrize("level", ["unit", "prefecture", "county"])
def test_every_level_adds_up_to_the_province_people_too(level: str) -> None:
    # The same person was seen in two counties: both findings stand where the person is now.
    moved = ledger(
        finding("a", "绿水", "vanished", last_batch=FIRST),
        finding("a", "红花", "raised", rule="C9", last_batch=SECOND),
        finding("b", None, "raised"),
    )
    figures = report_figures(SECOND_PLACES, moved, SECOND, TREE, None)
    for measure in ("findings", "state_raised", *OF_PEOPLE):
        of_level = figures.filter(pl.col("level") == level, pl.col("measure") == measure)
        assert of_level["value"].sum() == value(figures, "province", None, measure)
    assert "绿水" not in set(figures["place"])


def test_a_county_written_otherwise_is_the_same_and_one_that_sent_nothing_stays() -> None:
    change = compared(SECOND_FIGURES, FIRST_FIGURES).filter(
        pl.col("level") == "county", pl.col("measure") == "dibao_exit_dibao"
    )
    assert change.select("name", "value", "before", "change").rows() == [
        ("仁怀区", 5, 5, 0),
        ("红花县", 7, None, None),
        ("绿水县", 0, 4, -4),
        (None, 0, None, None),
    ]


def test_changes_are_taken_from_what_was_published_and_not_counted_again() -> None:
    published = FIRST_FIGURES.with_columns(
        value=pl.when(pl.col("measure") == "findings").then(1000).otherwise("value")
    )
    change = compared(SECOND_FIGURES, published)
    assert change.filter(level="province", measure="findings")["change"].item() == 7 - 1000


def test_without_a_batch_before_nothing_has_changed() -> None:
    assert compared(FIRST_FIGURES, None)["change"].null_count() == FIRST_FIGURES.height


def test_the_order_of_the_rows_changes_nothing() -> None:
    again = report_figures(
        SECOND_PLACES.reverse(), SECOND_LEDGER.reverse(), SECOND, TREE, FIRST_FIGURES.reverse()
    )
    assert again.equals(SECOND_FIGURES)


def test_a_revision_that_changes_a_published_figure_is_listed_and_another_is_not() -> None:
    revised = report_figures(
        FIRST_PLACES,
        FIRST_LEDGER.filter(pl.col("case_key") != "c"),
        FIRST,
        TREE,
        None,
    )
    first = Reported(FIRST, FIRST, "", FIRST_FIGURES)
    second = Reported(FIRST, f"{FIRST}.r2", "绿水县补报", revised)
    third = Reported(FIRST, f"{FIRST}.r3", "改标题", revised)
    other = Reported(SECOND, SECOND, "", SECOND_FIGURES)
    listed = restatements([[first, second, third], [other]])
    of_findings = listed.filter(pl.col("measure") == "findings")
    assert of_findings.select("level", "name", "reported", "restated").rows() == [
        ("province", None, 4, 3),
        ("unit", "安顺市", 2, 1),
        ("prefecture", "安顺市", 2, 1),
        ("county", "绿水县", 2, 1),
    ]
    assert set(listed["restated_in"]) == {f"{FIRST}.r2"}
    assert set(listed["reason"]) == {"绿水县补报"}
