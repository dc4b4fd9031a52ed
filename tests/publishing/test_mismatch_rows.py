"""The rows of the mismatch report: everybody who belongs on it, once, and nothing an auditor may not see."""

import base64
import gzip
import json
import re
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from reconciliation.publishing.masking import differing_positions
from reconciliation.publishing.mismatches.differences import birth_parts, number_positions
from reconciliation.publishing.mismatches.packing import packed
from reconciliation.publishing.mismatches.rows import mismatches
from reconciliation.publishing.mismatches.totals import rows_by_list
from tests.publishing.mismatch_world import PERSONS, ROWS, case, material, report, written

FOUND = mismatches(material())


def row(register: str, record: int) -> dict[str, Any]:
    return FOUND.rows.row(
        by_predicate=(pl.col("register") == register) & (pl.col("record") == record), named=True
    )


def test_everybody_on_a_list_somebody_acts_on_is_there_once() -> None:
    acted = {
        (entry["register"], entry["record"], name)
        for name, rows in ROWS.items()
        for entry in rows
        if name not in {"keep", "no_action"}
    }
    shown = FOUND.rows.filter(~pl.col("list").is_in(["keep", "no_action", "gone"]))
    assert set(shown.select("register", "record", "list").iter_rows()) == acted
    assert shown.height == len(acted)


def test_of_the_others_only_what_vanished_or_rests_on_more_than_the_number() -> None:
    others = FOUND.rows.filter(pl.col("list").is_in(["keep", "no_action"]))
    assert set(others.select("register", "record").iter_rows()) == {("dibao", 4), ("dibao", 6)}


def test_findings_carry_their_state_and_the_deciding_rule_comes_first() -> None:
    assert row("dibao", 1)["findings"] == "C18d:raised C2:sent C1: C3:vanished"
    assert row("dibao", 6)["findings"] == "C4: C5:vanished"


def test_who_left_the_registers_with_a_finding_is_a_row_of_the_county_they_were_seen_in() -> None:
    (gone,) = FOUND.rows.filter(pl.col("list") == "gone").to_dicts()
    assert (gone["case"], gone["record"], gone["why"]) == (
        case("dibao", 9)[:16],
        None,
        "以前的理由",
    )
    assert gone["county"] == "乙山县"


def test_totals_are_those_of_the_lists_and_of_the_ledger() -> None:
    tie_outs = report().tie_outs
    assert tie_outs.filter(pl.col("expected") != pl.col("found")).is_empty()
    assert tie_outs.filter(pl.col("what") == "state")["expected"].sum() == material().ledger.height


def test_what_the_run_says_of_the_report_names_no_place() -> None:
    assert rows_by_list(report().totals).rows() == [
        ("correct", 1),
        ("exit_dibao", 1),
        ("include_dibao", 2),
        ("verify", 2),
    ]


def test_a_lost_row_shows_in_the_tie_outs() -> None:
    whole = material()
    short = whole.lists | {"verify": whole.lists["verify"].head(1)}
    made = report(type(whole)(**{**vars(whole), "lists": short}))
    broken = made.tie_outs.filter(pl.col("expected") != pl.col("found"))
    assert set(broken["value"]) == {"verify", "reopened"}


def test_numbers_show_their_area_and_where_they_differ_and_nothing_else(tmp_path: Path) -> None:
    (pair,) = FOUND.pairs.filter(pl.col("dibao_record") == 1).to_dicts()
    assert (pair["number_differs"], pair["birth_differs"]) == ("10 17", "year")
    numbers = [entry["id_number"] for rows in PERSONS.values() for entry in rows if entry["id_number"]]  # fmt: skip
    for page in written(tmp_path):
        content = unpacked(page) if "data" in page.read_text("utf-8") else ""
        for number in numbers:
            assert number not in page.read_text("utf-8") + content
            assert number[6:14] not in page.read_text("utf-8") + content


def test_a_number_inside_a_sentence_does_not_come_through() -> None:
    whole = material()
    talkative = whole.lists | {"exit_dibao": whole.lists["exit_dibao"].with_columns(why=pl.lit("号码522101199001011234有误"))}  # fmt: skip
    made = mismatches(type(whole)(**{**vars(whole), "lists": talkative}))
    (said,) = made.rows.filter(pl.col("list") == "exit_dibao")["why"]
    assert said == "号码●●●●●●有误"


def test_a_number_in_the_wrong_column_does_not_come_through() -> None:
    whole = material()
    shifted = whole.lists | {"exit_dibao": whole.lists["exit_dibao"].with_columns(dibao_health=pl.lit("522101199001011234"), village=pl.lit("522101199001011234"), dibao_income=pl.lit(522101199001011234.0))}  # fmt: skip
    made = mismatches(type(whole)(**{**vars(whole), "lists": shifted}))
    people = made.people.filter(pl.col("register") == "dibao", pl.col("record") == 2)
    assert people.select("health", "village", "income").row(0) == ("●●●●●●", "●●●●●●", None)


def test_a_finding_of_somebody_another_rule_keeps_is_on_the_report() -> None:
    whole = material()
    kept = whole.ledger.with_columns(
        record=pl.when(pl.col("rule") == "C5").then(6).otherwise("record")
    )
    made = mismatches(type(whole)(**{**vars(whole), "ledger": kept}))
    there = made.rows.filter(pl.col("register") == "dibao", pl.col("record") == 6)
    assert there["findings"].to_list() == ["C4: C5:vanished"]


@pytest.mark.parametrize(
    ("left", "right"),
    [("522101199001011234", "522101199001011234"), ("522101199001011234", "52210119910101128X")],
)
def test_positions_are_those_counted_one_by_one(left: str, right: str) -> None:
    frame = pl.DataFrame({"left": [left, None], "right": [right, right]})
    found = frame.select(number_positions("left", "right")).to_series().to_list()
    assert found == [" ".join(map(str, differing_positions(left, right))), None]


def test_a_missing_date_is_not_a_different_one() -> None:
    frame = pl.DataFrame(
        {"left": [None], "right": [date(1990, 1, 1)]}, schema_overrides={"left": pl.Date}
    )
    assert frame.select(birth_parts("left", "right")).item() is None


def test_packed_columns_come_back_as_they_were() -> None:
    frame = pl.DataFrame({"a": ["甲", None, "甲"], "b": [3, 1, 7], "c": [0.5, None, 1.0], "d": ["x", "y", None]})  # fmt: skip
    found = json.loads(gzip.decompress(base64.b64decode(packed({"frame": frame}, {"k": 1}))))
    assert found["k"] == 1 and found["frame"]["size"] == 3
    columns = found["frame"]
    assert [columns["a"]["d"][place] for place in columns["a"]["i"]] == ["甲", None, "甲"]
    assert columns["b"]["s"] == [3, -2, 6]
    assert (columns["c"]["v"], columns["d"]["v"]) == ([0.5, None, 1.0], ["x", "y", None])


def test_the_same_report_gives_the_same_bytes_whatever_the_order_of_the_rows(
    tmp_path: Path,
) -> None:
    for folder in ("one", "two"):
        (tmp_path / folder).mkdir()
    first = written(tmp_path / "one")
    whole = material()
    shuffled = type(whole)(**{**vars(whole), "lists": {name: rows.reverse() for name, rows in whole.lists.items()}, "links": whole.links.reverse(), "ledger": whole.ledger.reverse()})  # fmt: skip
    second = written(tmp_path / "two", mismatches=mismatches(shuffled))
    assert [path.read_bytes() for path in first] == [path.read_bytes() for path in second]
    assert {path.stat().st_mode & 0o777 for path in first} == {0o600}


def unpacked(page: Path) -> str:
    found = re.search(r'id="data">([^<]+)<', page.read_text("utf-8"))
    return gzip.decompress(base64.b64decode(found[1])).decode() if found else ""
