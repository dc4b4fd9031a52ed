"""`policy explain`, `policy try` and `diff` of the sample's releases: what is printed, and what is written."""

import re
from pathlib import Path

import polars as pl
from click.testing import CliRunner, Result

from pipelines.command_line import main
from reconciliation.configuration import Configuration
from reconciliation.policy.judge import judge
from reconciliation.publishing.stored import StoredRelease
from tests.end_to_end.conftest import FIRST, SECOND, SampleRun


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


def test_a_record_is_explained_without_naming_the_person(sample_run: SampleRun) -> None:
    release = sample_run.release()
    dispositions = sample_run.data("dispositions")
    for register in ("dibao", "poverty"):
        chosen = dispositions.filter(pl.col("register") == register, pl.col("rule") == "C14")
        row = chosen.sort("record").row(0, named=True)
        done = run(
            "policy", "explain", "--release", release, "--record", f"{register}:{row['record']}"
        )
        assert done.exit_code == 0, done.output
        decides = done.output.split("\n## ")[1]
        assert "**C14**" in decides
        assert row["why"] in decides
        assert "待核实" in done.output
        person = sample_run.data(f"persons_{register}").row(
            by_predicate=pl.col("record") == row["record"], named=True
        )
        assert person["name"] not in done.output
        assert not re.search(r"[0-9]{15}", done.output)


def test_what_a_part_of_a_release_says_is_what_the_release_says(sample_run: SampleRun) -> None:
    """A hundred records of each list, explained from their neighbourhood alone, are on the list they were published on."""
    stored = StoredRelease.open(sample_run.release())
    columns = ["register", "record", "disposition", "rule", "rules", "owner", "why"]
    asked = sample_run.data("dispositions").filter(pl.int_range(pl.len()).over("disposition") < 100)
    near = stored.evidence_around(
        {side: asked.filter(pl.col("register") == side)["record"] for side in ("dibao", "poverty")}
    )
    judged = judge(near, Configuration.load().rulebook(stored.batch)).dispositions
    found = asked.select("register", "record").join(judged, on=["register", "record"], how="left")
    assert (
        found.select(columns)
        .sort("register", "record")
        .equals(asked.select(columns).sort("register", "record"))
    )
    assert sum(map(len, near.persons.values())) < 0.5 * sample_run.data("dispositions").height


def test_a_trial_shows_what_a_line_would_do_and_publishes_nothing(
    sample_run: SampleRun, tmp_path: Path
) -> None:
    release = sample_run.release()
    before = {path: path.stat().st_mtime_ns for path in sample_run.output.rglob("*")}
    rows = tmp_path / "rows.parquet"
    done = run(
        "policy", "try", "--release", release, "--threshold", "dibao_line=4200", "--county", "岚岭县",
        "--out", rows,
    )  # fmt: skip
    assert done.exit_code == 0, done.output
    assert {path: path.stat().st_mtime_ns for path in sample_run.output.rglob("*")} == before
    moved = pl.read_parquet(rows)
    assert f"换清单或换规则的 {moved.height} 条" in done.output
    assert set(moved["county"]) == {"岚岭"}
    assert moved["source_row"].null_count() == 0
    assert rows.stat().st_mode & 0o777 == 0o600
    incomes = sample_run.data("households").select("register", "household", "income")
    into = moved.filter(pl.col("new_rule") == "C3").join(incomes, on=["register", "household"])
    assert not into.is_empty()
    assert into["income"].drop_nulls().is_between(0, 4200, closed="left").all()
    again = run(
        "policy", "try", "--release", release, "--threshold", "dibao_line=4200", "--out", rows
    )
    assert again.exit_code == 2
    assert "is there already" in again.output
    inside = run(
        "policy", "try", "--release", release, "--threshold", "dibao_line=4200", "--out", release / "x.parquet",
    )  # fmt: skip
    assert inside.exit_code == 2
    assert "never changed" in inside.output


def test_two_releases_are_compared(sample_run: SampleRun, tmp_path: Path) -> None:
    rows = tmp_path / "rows.parquet"
    done = run("diff", sample_run.release(FIRST), sample_run.release(SECOND), "--out", rows)
    assert done.exit_code == 0, done.output
    changed = pl.read_parquet(rows)
    old, now = sample_run.data("dispositions"), sample_run.data("dispositions", SECOND)
    counts = dict(changed["change"].value_counts().iter_rows())
    assert old.height - counts["left"] == now.height - counts["came"]
    moved = changed.filter(pl.col("change") == "moved")
    keys = ["register", "record"]
    assert moved.join(now, on=[*keys, "disposition", "rule"]).height == moved.height
    names = pl.concat(
        sample_run.data(f"persons_{side}", batch)["name"].drop_nulls()
        for side in ("dibao", "poverty")
        for batch in (FIRST, SECOND)
    ).unique()
    spoken = set(re.findall(r"[一-鿿]+", done.output))
    assert spoken.isdisjoint(names.to_list())


def test_a_release_does_not_differ_from_itself(sample_run: SampleRun) -> None:
    done = run("diff", sample_run.release(), sample_run.release())
    assert done.exit_code == 0, done.output
    assert "没有人换清单" in done.output
