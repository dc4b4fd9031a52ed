"""What a release holds: the tree, the columns and the laws that everything built on it relies on."""

import json
from typing import Any

import pandas as pd
import polars as pl
import pytest

from reconciliation.registers.schema import LISTS, REQUIRED
from tests.end_to_end.command import SAMPLE
from tests.end_to_end.conftest import FIRST, SampleRun, truth

SOURCE = ["source_file", "source_sheet", "source_row"]


@pytest.fixture(scope="session")
def manifest(sample_run: SampleRun) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((sample_run.release() / "manifest.json").read_text("utf-8"))
    return loaded


def test_the_tree_is_that_of_the_contract(sample_run: SampleRun) -> None:
    release = sample_run.release()
    data = {path.stem for path in (release / "data").glob("*.parquet")}
    assert data >= {
        *(f"{kind}_{register}" for kind in ("records", "persons") for register in REQUIRED),
        "links", "households", "findings", "dispositions", "ledger",
    }  # fmt: skip
    assert {path.stem for path in (release / "lists").iterdir()} == set(LISTS)
    assert (release / "reports" / "summary.html").is_file()
    assert (release / "data_docs" / "index.html").is_file()
    assert list((release / "workbooks").rglob("*.xlsx"))
    assert not (sample_run.output / ".staging" / FIRST).exists()


@pytest.mark.parametrize("register", REQUIRED)
def test_every_row_of_the_files_is_a_record_once(sample_run: SampleRun, register: str) -> None:
    """Against the generator's own account of what it wrote, joined with pandas."""
    records = sample_run.data(f"records_{register}")
    received = pd.DataFrame(records.select(SOURCE).to_dicts())
    written = pd.DataFrame(truth(register).select(SOURCE).to_dicts())
    both = received.merge(written, how="outer", on=SOURCE, indicator=True)
    assert both["_merge"].eq("both").all(), both[both["_merge"] != "both"].head()
    assert sorted(records["record"]) == list(range(1, records.height + 1))


def test_links_name_the_rows_of_both_sides(sample_run: SampleRun) -> None:
    links = sample_run.data("links")
    expected = {"dibao_record", "poverty_record", "tier", "probability", "weight", "stage", "why"}
    sources = {f"{register}_{column}" for register in REQUIRED for column in SOURCE}
    assert set(links.columns) >= expected | sources
    for register in REQUIRED:
        records = sample_run.data(f"records_{register}").select("record", *SOURCE)
        joined = links.join(records, left_on=f"{register}_record", right_on="record", how="left")
        for column in SOURCE:
            assert joined[column].eq_missing(joined[f"{register}_{column}"]).all()


def test_certain_and_probable_links_are_one_to_one(sample_run: SampleRun) -> None:
    sure = sample_run.data("links").filter(pl.col("tier") != "possible")
    assert sure["dibao_record"].is_unique().all()
    assert sure["poverty_record"].is_unique().all()


@pytest.mark.parametrize("register", REQUIRED)
def test_every_recorded_row_is_on_exactly_the_list_of_its_disposition(
    sample_run: SampleRun, register: str
) -> None:
    recorded = (
        sample_run.data(f"records_{register}").filter(pl.col("rejected").is_null())["record"].sort()
    )
    dispositions = sample_run.data("dispositions").filter(pl.col("register") == register)
    assert dispositions["record"].sort().equals(recorded)
    on_lists = pl.concat(
        pl.read_parquet(sample_run.release() / "lists" / f"{name}.parquet")
        .filter(pl.col("register") == register)
        .select("record", pl.lit(name).alias("list"))
        for name in LISTS
    )
    joined = dispositions.join(on_lists, on="record", how="full", coalesce=True)
    assert joined.height == recorded.len()
    assert joined["disposition"].eq_missing(joined["list"]).all()


def test_every_row_of_a_list_says_where_it_is_from_by_which_rule_and_why(
    sample_run: SampleRun,
) -> None:
    for name in LISTS:
        rows = pl.read_parquet(sample_run.release() / "lists" / f"{name}.parquet")
        assert set(rows.columns) >= {"register", "record", *SOURCE, "rule", "why", "other_rules"}
        for column in ("register", "record", "source_file", "source_row", "rule", "why"):
            assert rows[column].null_count() == 0


def test_no_exit_rests_on_a_link_that_is_not_certain(sample_run: SampleRun) -> None:
    links = sample_run.data("links")
    for name, register in (("exit_dibao", "dibao"), ("exit_poverty", "poverty")):
        rows = pl.read_parquet(sample_run.release() / "lists" / f"{name}.parquet")
        unsure = links.filter(pl.col("tier") != "certain")[f"{register}_record"]
        assert (
            rows.filter(pl.col("register") == register)["record"].is_in(unsure.implode()).sum() == 0
        )


def test_nobody_with_a_possible_counterpart_is_proposed_for_inclusion(
    sample_run: SampleRun,
) -> None:
    links = sample_run.data("links").filter(pl.col("tier") == "possible")
    for name in ("include_dibao", "include_poverty"):
        rows = pl.read_parquet(sample_run.release() / "lists" / f"{name}.parquet")
        for register in REQUIRED:
            of_register = rows.filter(pl.col("register") == register)["record"]
            assert of_register.is_in(links[f"{register}_record"].implode()).sum() == 0


def test_the_manifest_ties_out(sample_run: SampleRun, manifest: dict[str, Any]) -> None:
    assert manifest["tie_outs"]
    assert all(law["expected"] == law["found"] for law in manifest["tie_outs"])
    for register in REQUIRED:
        figures = manifest["counts"]["intake"][register]
        assert figures["received"] == figures["rejected"] + figures["recorded"]
        assert figures["received"] == truth(register).height
        on_lists = sum(sizes[register] for sizes in manifest["counts"]["lists"].values())
        assert on_lists == figures["recorded"]


def test_the_manifest_names_inputs_config_and_versions(manifest: dict[str, Any]) -> None:
    files = {
        path.relative_to(SAMPLE / FIRST).as_posix()
        for path in (SAMPLE / FIRST).rglob("*")
        if path.is_file()
    }
    assert {f"{item['register']}/{item['source_file']}" for item in manifest["inputs"]} == files
    assert all(len(item["sha256"]) == 64 for item in manifest["inputs"])
    assert len(manifest["config_sha256"]) == 64
    assert {"polars", "rapidfuzz", "dagster", "great_expectations", "python"} <= set(
        manifest["versions"]
    )


def test_only_the_owner_can_read_a_release(sample_run: SampleRun) -> None:
    for path in [sample_run.release(), *sample_run.release().rglob("*")]:
        assert path.stat().st_mode & 0o077 == 0, path
    for path in (sample_run.output / "receipts").rglob("*"):
        assert path.stat().st_mode & 0o077 == 0, path


def test_the_summary_names_the_figures_and_the_files_to_open(sample_run: SampleRun) -> None:
    text = sample_run.first.text
    for word in ("收到行数", "确定", "拟退出低保", "summary.html", "workbooks"):
        assert word in text
