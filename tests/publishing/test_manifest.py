"""The manifest says the same of the same release, and everything that made it."""

import json
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest

from reconciliation.publishing.hashes import changed_files, file_hashes
from reconciliation.publishing.manifest import (
    ReleaseCounts,
    ReleaseFacts,
    build_manifest,
    versions,
    write_manifest,
)
from reconciliation.publishing.tie_outs import record_counts, tie_outs
from tests.publishing.frames import dispositions, lists_of, receipt, receipts, records

FACTS = ReleaseFacts("2018-08-15", "2018-08-15", "ab" * 32, "1", "0123456789abcdef")
MADE = dispositions(("dibao", 1, "keep"), ("dibao", 3, "verify"), ("poverty", 1, "verify"))


def counts() -> ReleaseCounts:
    taken = receipts(
        receipt(rows_read=3, rows_accepted=2, rows_rejected=1),
        receipt(source_sheet="新场乡", rows_read=0, rows_accepted=0, rows_rejected=0),
        receipt(register="poverty", source_file="贫困.csv", sha256="cd" * 32, rows_read=1, rows_accepted=1, rows_rejected=0),
    )  # fmt: skip
    received = {"dibao": records(None, "没有姓名", None), "poverty": records(None)}
    counted = record_counts(received, taken)
    return ReleaseCounts(
        receipts=taken,
        records=counted,
        links=pl.DataFrame({"tier": ["certain", "possible"]}),
        quality=pl.DataFrame({"tier": ["certain"], "precision": [0.999], "recall": [0.97]}),
        dispositions=MADE,
        tie_outs=tie_outs(taken, counted, MADE, lists_of(MADE), {}),
        checks=[{"rule": "Q1", "success": True}],
        switched_off=[{"register": "officials_kin", "source_file": None, "rules": ["C15"]}],
    )


def test_counts_are_those_of_the_frames() -> None:
    made = build_manifest(FACTS, counts())
    assert made["counts"]["intake"] == {
        "dibao": {"files": 1, "received": 3, "rejected": 1, "recorded": 2, "from_households": 0},
        "poverty": {"files": 1, "received": 1, "rejected": 0, "recorded": 1, "from_households": 0},
    }
    assert made["counts"]["links"] == {"certain": 1, "probable": 0, "possible": 1}
    assert made["linkage_quality"] == [{"tier": "certain", "precision": 0.999, "recall": 0.97}]
    assert made["counts"]["lists"]["verify"] == {"dibao": 1, "poverty": 1}
    assert made["counts"]["lists"]["exit_poverty"] == {"dibao": 0, "poverty": 0}
    assert len(made["counts"]["lists"]) == 10
    assert [entry["source_file"] for entry in made["inputs"]] == ["甲溪县.xlsx", "贫困.csv"]
    assert all(row["expected"] == row["found"] for row in made["tie_outs"])


def test_a_revision_says_what_it_replaces_and_why() -> None:
    revised = replace(FACTS, name="2018-08-15.r2", replaces="2018-08-15", reason="甲溪县重新上报")
    made = build_manifest(revised, counts())
    assert made["previous_release"] is None
    assert (made["release"], made["replaces"], made["revision_reason"]) == (
        "2018-08-15.r2",
        "2018-08-15",
        "甲溪县重新上报",
    )


def test_only_the_seconds_differ_from_run_to_run(tmp_path: Path) -> None:
    first = counts()
    second = replace(
        first, receipts=first.receipts[::-1], records=first.records[::-1], dispositions=MADE[::-1]
    )
    one = build_manifest(replace(FACTS, seconds={"intake": 1.23456, "linkage": 2}), first)
    two = build_manifest(replace(FACTS, seconds={"linkage": 7.0, "intake": 3.0}), second)
    assert one["seconds"] == {"intake": 1.235, "linkage": 2}
    one["seconds"] = two["seconds"] = {}
    left, right = (
        write_manifest(tmp_path / name, made) for name, made in (("one", one), ("two", two))
    )
    assert left.read_bytes() == right.read_bytes()
    assert left.stat().st_mode & 0o777 == 0o600
    assert "甲溪县.xlsx" in left.read_text(encoding="utf-8")
    assert list(json.loads(left.read_bytes())) == sorted(one)


def test_versions_name_what_can_change_a_result() -> None:
    assert versions()["polars"] == pl.__version__
    assert {"python", "shuangqing", "rapidfuzz", "dagster", "xlsxwriter"} <= versions().keys()
    assert None not in versions().values()


def test_a_number_json_has_no_word_for_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="JSON"):
        write_manifest(tmp_path / "manifest.json", {"rate": float("nan")})


def test_every_change_to_a_release_shows_in_its_hashes(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    for name in ("data/a", "data/b", "c"):
        (tmp_path / name).write_text(name)
    taken = file_hashes(tmp_path)
    assert list(taken) == ["c", "data/a", "data/b"]
    assert changed_files(tmp_path, taken) == []
    (tmp_path / "data" / "a").write_text("other")
    (tmp_path / "data" / "b").unlink()
    (tmp_path / "d").touch()
    assert changed_files(tmp_path, taken) == [
        "data/b: missing",
        "d: not of this release",
        "data/a: changed",
    ]
