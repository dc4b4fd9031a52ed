"""Figures of places and the packages of the two offices, in a release of the sample."""

import json
from typing import Any

import polars as pl
import pytest

from reconciliation.publishing.place_figures import LEVELS, MEASURES
from reconciliation.registers.schema import ACTIONABLE
from tests.end_to_end.conftest import SampleRun


@pytest.fixture(scope="module")
def figures(sample_run: SampleRun) -> pl.DataFrame:
    return pl.read_parquet(sample_run.release() / "reports" / "figures.parquet")


@pytest.fixture(scope="module")
def manifest(sample_run: SampleRun) -> dict[str, Any]:
    made: dict[str, Any] = json.loads((sample_run.release() / "manifest.json").read_text("utf-8"))
    return made


def test_every_level_of_the_report_comes_to_the_lists_of_the_manifest(
    figures: pl.DataFrame, manifest: dict[str, Any]
) -> None:
    for level in LEVELS:
        sums = figures.filter(level=level).select(pl.col(MEASURES).sum()).row(0, named=True)
        for name, sizes in manifest["counts"]["lists"].items():
            for register, people in sizes.items():
                assert sums[f"{register}_{name}"] == people, (level, name, register)
    asked = {law["tie_out"] for law in manifest["tie_outs"]}
    assert {f"figures_{level}" for level in LEVELS} | {"within_town", "unit"} <= asked


def test_money_is_of_the_people_on_the_lists_known_and_unknown_together(
    figures: pl.DataFrame, manifest: dict[str, Any]
) -> None:
    whole = figures.filter(level="province").row(0, named=True)
    sizes = manifest["counts"]["lists"]
    assert whole["added_people"] + whole["added_unknown"] == sizes["include_dibao"]["poverty"]
    assert 0 < whole["cut_people"] + whole["cut_unknown"] <= sizes["exit_dibao"]["dibao"]
    assert whole["cut_fen"] > 0 and whole["recover_fen"] > 0


def test_the_packages_together_hold_every_row_somebody_acts_on(sample_run: SampleRun) -> None:
    root = sample_run.release()
    for name in ACTIONABLE:
        rows = pl.read_parquet(root / "lists" / f"{name}.parquet")
        for owner in ("civil_affairs", "poverty_office"):
            mine = rows.filter(pl.col("owner").is_in([owner, "both"])).select("register", "record")
            path = root / "packages" / owner / "lists" / f"{name}.parquet"
            held = (
                pl.read_parquet(path).select("register", "record")
                if path.exists()
                else mine.clear()
            )
            assert held.equals(mine), (owner, name)
