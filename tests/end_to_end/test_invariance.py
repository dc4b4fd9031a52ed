"""The same registers give the same result, whatever the order of rows, the names of files and the number of threads."""

import os
from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from reconciliation.registers.schema import LISTS
from tests.end_to_end.command import SAMPLE, reconcile
from tests.end_to_end.conftest import FIRST, SampleRun
from tests.end_to_end.shuffled import shuffled_copy


@pytest.fixture(scope="module")
def shuffled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("shuffled")
    names = shuffled_copy(SAMPLE / FIRST, folder / "registers" / FIRST, seed=7)
    assert all(old != new for old, new in names.items())
    os.environ["POLARS_MAX_THREADS"] = "1"
    try:
        ran = reconcile(folder / "registers", FIRST, folder / "output")
    finally:
        del os.environ["POLARS_MAX_THREADS"]
    assert ran.code == 0, ran.text
    return folder / "output" / FIRST


def without_sources(path: Path) -> pl.DataFrame:
    """A table without the columns that say where a row was received, and without case keys.

    Case keys come from the secret of the output folder, so two folders never share one; what they sort is sorted anew.
    """
    frame = pl.read_parquet(path)
    apart = ("source_file", "source_sheet", "source_row", "case_key")
    kept = frame.drop(name for name in frame.columns if name.endswith(apart))
    return kept.sort("register", "record", "rule") if "case_key" in frame.columns else kept


@pytest.mark.parametrize(
    "table",
    [
        *(f"data/{name}" for name in (
            "links", "evidence_links", "duplicates", "households", "findings", "dispositions", "ledger",
            "persons_dibao", "persons_poverty",
        )),
        *(f"lists/{name}" for name in LISTS),
        "data/entitlement_totals",
        *(f"entitlements/{name}" for name in ("medical_aid", "premium_subsidy", "tekun_candidates", "field_check")),
    ],
)  # fmt: skip
def test_no_value_changes_apart_from_the_sources(
    sample_run: SampleRun, shuffled: Path, table: str
) -> None:
    before = without_sources(sample_run.release() / f"{table}.parquet")
    after = without_sources(shuffled / f"{table}.parquet")
    assert_frame_equal(before, after, check_exact=True)


def test_the_sources_do_follow_the_new_names(sample_run: SampleRun, shuffled: Path) -> None:
    """The comparison above is not one of a file with itself."""
    before = sample_run.data("links")["dibao_source_file"].unique().to_list()
    after = pl.read_parquet(shuffled / "data" / "links.parquet")["dibao_source_file"]
    assert not after.is_in(before).any()
