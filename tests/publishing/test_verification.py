"""A release that was touched after it was published is found out, file by file."""

from pathlib import Path

import pytest

from reconciliation.publishing import audit
from reconciliation.publishing.hashes import file_hashes
from reconciliation.publishing.verification import TRAIL, verify_output


@pytest.fixture
def output(tmp_path: Path) -> Path:
    for name in ("2018-08-15", "2018-08-30"):
        folder = tmp_path / name / "lists"
        folder.mkdir(parents=True)
        (folder / "keep.parquet").write_bytes(name.encode())
        event = {
            "who": "a", "when": "2018-08-15T06:00:00+08:00", "command": "test", "inputs": {}, "counts": {},
            "profile": "internal", "release": name, "outputs": file_hashes(tmp_path / name),
        }  # fmt: skip
        audit.append(tmp_path / TRAIL, event)
    return tmp_path


def test_an_untouched_output_has_no_problem(output: Path) -> None:
    assert verify_output(output) == []


def test_a_changed_file_is_named(output: Path) -> None:
    (output / "2018-08-15" / "lists" / "keep.parquet").write_bytes(b"other")
    assert verify_output(output) == ["2018-08-15/lists/keep.parquet: changed"]


def test_an_added_and_a_removed_file_are_named(output: Path) -> None:
    folder = output / "2018-08-30" / "lists"
    (folder / "keep.parquet").rename(folder / "kept.parquet")
    assert sorted(verify_output(output)) == [
        "2018-08-30/lists/keep.parquet: missing",
        "2018-08-30/lists/kept.parquet: not of this release",
    ]


def test_a_release_that_nobody_published_and_one_that_is_gone_are_named(output: Path) -> None:
    (output / "2018-08-30").rename(output / "2018-09-14")
    assert verify_output(output) == [
        f"2018-09-14: no entry in {TRAIL}",
        "2018-08-30: published, but gone",
    ]


def test_a_changed_trail_is_noticed(output: Path) -> None:
    trail = output / TRAIL
    trail.write_text(trail.read_text("utf-8").replace("internal", "public", 1), "utf-8")
    assert any("line 1" in problem for problem in verify_output(output))
