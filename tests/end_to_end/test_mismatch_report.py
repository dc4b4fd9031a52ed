"""The mismatch report of the sample: what the pages carry is what the lists and the ledger hold, and no number of anybody."""

import base64
import gzip
import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from reconciliation.registers.schema import ACTIONABLE
from tests.end_to_end.conftest import FIRST, SECOND, SampleRun


def carried(page: Path) -> dict[str, Any] | None:
    """What a page carries, as a browser would inflate it; None for a page of totals."""
    found = re.search(r'id="data">([^<]+)<', page.read_text("utf-8"))
    loaded: dict[str, Any] | None = (
        json.loads(gzip.decompress(base64.b64decode(found[1]))) if found else None
    )
    return loaded


def column(frame: dict[str, Any], name: str) -> list[Any]:
    values: dict[str, list[Any]] = frame[name]
    return [values["d"][place] for place in values["i"]] if "i" in values else values["v"]


@pytest.mark.parametrize("batch", [FIRST, SECOND])
def test_the_rows_of_all_pages_are_those_of_the_lists_and_of_the_ledger(
    sample_run: SampleRun, batch: str
) -> None:
    release = sample_run.release(batch)
    pages = [
        page
        for path in (release / "reports" / "audit").glob("*.html")
        if (page := carried(path)) is not None
    ]
    lists = Counter(name for page in pages for name in column(page["rows"], "list"))
    for name in ACTIONABLE:
        height = pl.read_parquet(release / "lists" / f"{name}.parquet").height
        assert lists.get(name, 0) == height, name
    states = Counter(
        finding.split(":")[1]
        for page in pages
        for findings in column(page["rows"], "findings")
        for finding in findings.split(" ")
    )
    states.pop("", None)
    ledger = sample_run.data("ledger", batch)["state"].value_counts()
    assert states == dict(ledger.iter_rows())


def test_no_number_of_anybody_travels_in_a_page(sample_run: SampleRun) -> None:
    numbers = {
        number[6:]
        for register in ("dibao", "poverty")
        for number in sample_run.data(f"persons_{register}")["id_number"].drop_nulls()
    }
    pages = [carried(path) for path in (sample_run.release() / "reports" / "audit").glob("*.html")]
    found = [page for page in pages if page is not None]
    assert len(found) > 5
    for page in found:
        page["people"].pop("case")
        written = re.findall(r"(?=([0-9]{11}[0-9X]))", json.dumps(page, ensure_ascii=False))
        assert not numbers & set(written)
