"""The other lists of the sample: nobody twice, nobody forgotten, the sums agree, and what could not be asked is named."""

import json
from typing import Any

import polars as pl
import pytest
from python_calamine import CalamineWorkbook

from tests.end_to_end.conftest import FIRST, SECOND, SampleRun, truth

LISTS = {
    "relocation_relief", "urban_transfer", "medical_aid", "premium_subsidy", "disability_living", "disability_care",
    "tekun_candidates", "field_check",
}  # fmt: skip
SOURCE = ["source_file", "source_sheet", "source_row"]


def rows(sample_run: SampleRun, name: str, batch: str = FIRST) -> pl.DataFrame:
    return pl.read_parquet(sample_run.release(batch) / "entitlements" / f"{name}.parquet")


def with_truth(frame: pl.DataFrame) -> pl.DataFrame:
    """Who each row really is, by the generator's own account."""
    known = pl.concat(
        truth(register).select(pl.lit(register).alias("register"), *SOURCE, "person")
        for register in ("dibao", "poverty", "tekun")
    )
    return frame.join(known, on=["register", *SOURCE], how="left", nulls_equal=True, validate="m:1")


@pytest.fixture(scope="module")
def manifest(sample_run: SampleRun) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((sample_run.release() / "manifest.json").read_text("utf-8"))
    return loaded


def test_every_list_is_there_and_says_where_each_row_is_from_and_why(
    sample_run: SampleRun,
) -> None:
    folder = sample_run.release() / "entitlements"
    assert {path.stem for path in folder.glob("*.parquet")} == LISTS
    for name in LISTS:
        frame = rows(sample_run, name)
        for column in ("register", "record", "source_file", "source_row", "rule", "status", "why"):
            assert frame[column].null_count() == 0, (name, column)


def test_premiums_are_paid_once_for_everybody_on_dibao_or_tekun(sample_run: SampleRun) -> None:
    """Against the truth: each person at most once, and nobody forgotten but the dead."""
    listed = with_truth(rows(sample_run, "premium_subsidy").filter(status="entitled"))
    assert listed["person"].null_count() == 0
    twice = listed.filter(pl.col("person").is_duplicated()).height
    assert twice <= 0.005 * listed.height
    everybody = pl.concat([truth("dibao")["person"], truth("tekun")["person"]]).unique()
    dead = truth("deaths")["person"].unique()
    living = everybody.filter(everybody.is_in(dead.implode()).not_())
    found = living.is_in(with_truth(rows(sample_run, "premium_subsidy"))["person"].implode())
    assert found.mean() == pytest.approx(1, abs=0.002)
    full = set(listed.filter(group="full_tekun")["person"])
    assert full <= set(truth("tekun")["person"])
    assert len(full) > 0.9 * len(set(truth("tekun")["person"]) - set(dead))


def test_amounts_are_whole_yuan_and_people_times_the_rate(
    sample_run: SampleRun, manifest: dict[str, Any]
) -> None:
    for name, groups in manifest["counts"]["entitlements"].items():
        frame = rows(sample_run, name)
        assert frame.schema["amount"] == pl.Int64
        for group, statuses in groups.items():
            for status, figures in statuses.items():
                mine = frame.filter(group=group, status=status)
                assert mine.height == figures["people"]
                rates = mine["amount"].unique().to_list()
                assert len(rates) == 1
                assert figures["amount"] == (rates[0] and rates[0] * mine.height)


def test_the_sums_agree_at_county_prefecture_and_province(manifest: dict[str, Any]) -> None:
    laws = manifest["entitlement_tie_outs"]
    assert {law["list"] for law in laws} == LISTS
    assert all(law["expected"] == law["found"] for law in laws)


def test_lists_without_their_registers_are_empty_and_named(
    sample_run: SampleRun, manifest: dict[str, Any]
) -> None:
    off = {rule for item in manifest["switched_off"] for rule in item["rules"]}
    assert {"E1", "E2", "E5a", "E6a"} <= off and not {"E3a", "E4a", "E7"} & off
    assert rows(sample_run, "relocation_relief").is_empty()
    page = (sample_run.release() / "reports" / "summary.html").read_text("utf-8")
    assert "易地搬迁一次性临时救助" in page and "明察暗访抽查户" in page
    assert "未启用" in page


def test_field_checks_reach_every_county_and_each_batch_draws_anew(sample_run: SampleRun) -> None:
    sample = rows(sample_run, "field_check")
    counties = rows(sample_run, "premium_subsidy")["county"].unique()
    sizes = dict(sample.group_by("county").len().iter_rows())
    assert set(counties) <= set(sizes) and set(sizes.values()) == {30}
    assert sample["inclusion_probability"].is_between(0, 1, closed="right").all()
    again = rows(sample_run, "field_check", SECOND)
    assert len(set(sample["id_number"]) & set(again["id_number"])) < 0.5 * sample.height


def test_the_workbook_holds_the_totals_and_every_row(sample_run: SampleRun) -> None:
    path = sample_run.release() / "entitlements" / "其他清单.xlsx"
    book = CalamineWorkbook.from_path(path)
    sizes = {name: len(book.get_sheet_by_name(name).to_python()) - 1 for name in book.sheet_names}
    totals = sample_run.data("entitlement_totals")
    assert sizes.pop("合计") == totals.height
    filled = [rows(sample_run, name).height for name in LISTS]
    assert sorted(sizes.values()) == sorted(height for height in filled if height)
