"""The links of the sample against its truth, overall and by the error planted in a row."""

import polars as pl
import pytest

from benchmarks.linkage.accuracy import measure
from tests.end_to_end.accuracy_summary import ACCURACY
from tests.end_to_end.conftest import SampleRun, truth

SOURCE = ["source_file", "source_sheet", "source_row"]


def with_record(sample_run: SampleRun, register: str) -> pl.DataFrame:
    """The truth of each recorded row under its record number."""
    records = sample_run.data(f"records_{register}").select("record", *SOURCE)
    return truth(register).join(records, on=SOURCE, nulls_equal=True, validate="1:1")


@pytest.fixture(scope="module")
def accuracy(sample_run: SampleRun, request: pytest.FixtureRequest) -> pl.DataFrame:
    """Precision and recall by tier and error class; also printed at the end of the test run."""
    table = measure(
        sample_run.data("links"),
        with_record(sample_run, "dibao"),
        with_record(sample_run, "poverty"),
    )
    request.config.stash[ACCURACY] = table
    return table


def overall(accuracy: pl.DataFrame, tiers: str) -> dict[str, float]:
    row = accuracy.filter(pl.col("tiers") == tiers, pl.col("error_class") == "all")
    return row.row(0, named=True)


def test_certain_and_probable_links_are_right_and_few_are_missing(accuracy: pl.DataFrame) -> None:
    found = overall(accuracy, "certain_probable")
    assert found["people"] > 3000
    assert found["precision"] >= 0.995
    assert found["recall"] >= 0.95


def test_a_certain_link_is_right(accuracy: pl.DataFrame) -> None:
    assert overall(accuracy, "certain")["precision"] >= 0.999


def test_nearly_everybody_is_at_least_shown_as_possible(accuracy: pl.DataFrame) -> None:
    assert overall(accuracy, "with_possible")["recall"] >= 0.99


def test_every_planted_kind_of_error_is_mostly_overcome(accuracy: pl.DataFrame) -> None:
    """No kind of error is a blind spot: with the possible links a reviewer sees most of each."""
    classes = accuracy.filter(
        pl.col("tiers") == "with_possible", pl.col("error_class") != "all", pl.col("people") >= 5
    )
    assert classes.height > 25
    assert classes.filter(pl.col("recall") < 0.8)["error_class"].to_list() == []
