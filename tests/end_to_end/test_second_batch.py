"""The second batch goes on from the first: people keep their case, what is gone is shown as gone."""

import json

import polars as pl

from tests.end_to_end.conftest import FIRST, SECOND, SampleRun, truth


def test_the_second_batch_names_the_release_it_goes_on_from(sample_run: SampleRun) -> None:
    manifest = json.loads((sample_run.release(SECOND) / "manifest.json").read_text("utf-8"))
    assert manifest["previous_release"] == FIRST


def test_findings_stand_vanish_and_are_raised(sample_run: SampleRun) -> None:
    first, second = sample_run.data("ledger", FIRST), sample_run.data("ledger", SECOND)
    assert set(first["state"]) == {"raised"}
    assert {"raised", "sent", "vanished"} <= set(second["state"])
    carried = second.filter(pl.col("first_batch") == FIRST)
    assert set(carried["case_key"]) <= set(first["case_key"])


def test_no_finding_of_the_first_batch_is_lost(sample_run: SampleRun) -> None:
    keys = ["case_key", "register", "rule"]
    first, second = sample_run.data("ledger", FIRST), sample_run.data("ledger", SECOND)
    assert first.join(second, on=keys, how="anti").height == 0


def test_a_person_keeps_the_case_key_over_corrected_rows(sample_run: SampleRun) -> None:
    """Against the generator's person numbers: of the people in both batches nearly all keep their key, and no two share one."""
    keys = []
    for batch in (FIRST, SECOND):
        records = sample_run.data("records_dibao", batch)
        people = records.join(
            truth("dibao", batch),
            on=["source_file", "source_sheet", "source_row"],
            nulls_equal=True,
        )
        cases = sample_run.data("cases", batch).filter(pl.col("register") == "dibao")
        keys.append(people.join(cases, on="record").select("person", "case_key").unique("person"))
    both = keys[0].join(keys[1], on="person", suffix="_second")
    kept = both.filter(pl.col("case_key") == pl.col("case_key_second")).height
    assert kept / both.height > 0.99
    strangers = keys[0].join(keys[1], on="case_key", suffix="_second")
    assert (
        strangers.filter(pl.col("person") != pl.col("person_second")).height <= 0.002 * both.height
    )
