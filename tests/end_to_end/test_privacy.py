"""No name and no ID of a person stands where it must not: in what is printed, in Dagster's databases, on pages without people."""

import re
from pathlib import Path

import polars as pl
import pytest

from tests.end_to_end.conftest import SampleRun


@pytest.fixture(scope="module")
def canaries(sample_run: SampleRun) -> list[bytes]:
    """IDs of people on every kind of list, and the names that are rare enough not to be a word of the pages."""
    persons = pl.concat(
        sample_run.data(f"persons_{register}").select("name", "id_number")
        for register in ("dibao", "poverty")
    )
    ids = persons["id_number"].drop_nulls().unique().sort()
    names = persons["name"].drop_nulls().unique().sort()
    names = names.filter(names.str.len_chars() >= 3)
    return [value.encode() for value in [*ids.gather_every(7), *names.gather_every(7)]]


def found(canaries: list[bytes], content: bytes) -> int:
    pattern = re.compile(b"|".join(re.escape(canary) for canary in canaries))
    return len(pattern.findall(content))


def test_the_canaries_are_found_where_they_belong(
    sample_run: SampleRun, canaries: list[bytes]
) -> None:
    """The searches below could find something."""
    frame = sample_run.data("persons_dibao").select("name", "id_number")
    assert found(canaries, frame.write_csv().encode()) > 100


def test_nobody_is_named_on_the_terminal(sample_run: SampleRun, canaries: list[bytes]) -> None:
    assert found(canaries, (sample_run.first.text + sample_run.second.text).encode()) == 0


def test_nobody_is_in_the_dagster_instance(sample_run: SampleRun, canaries: list[bytes]) -> None:
    files = [path for path in sample_run.home.rglob("*") if path.is_file()]
    assert any(path.suffix == ".db" for path in files)
    assert {path.name: found(canaries, path.read_bytes()) for path in files} == {
        path.name: 0 for path in files
    }


@pytest.mark.parametrize("part", ["reports", "data_docs", "data/checks", "manifest.json"])
def test_nobody_is_on_pages_and_in_verdicts(
    sample_run: SampleRun, canaries: list[bytes], part: str
) -> None:
    root = sample_run.release() / part
    files = [root] if root.is_file() else [path for path in root.rglob("*") if path.is_file()]
    assert files
    for path in files:
        content = path.read_bytes()
        if path.suffix == ".parquet":
            content = pl.read_parquet(path).write_json().encode()
        assert found(canaries, content) == 0, path


def test_nobody_is_in_the_audit_log_or_the_receipts(
    sample_run: SampleRun, canaries: list[bytes]
) -> None:
    files: list[Path] = [sample_run.output / "audit.jsonl"]
    files += (sample_run.output / "receipts").rglob("*.html")
    for path in files:
        assert found(canaries, path.read_bytes()) == 0, path
