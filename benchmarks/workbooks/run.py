"""Write the workbooks of an invented province, say how fast: `python -m benchmarks.workbooks.run --people 545000`."""

import os
import resource
import tempfile
import time
from datetime import date
from pathlib import Path

import click
import polars as pl

from benchmarks.policy.world import make_evidence
from reconciliation.configuration import Configuration
from reconciliation.policy.evidence import Rulebook
from reconciliation.policy.judge import judge
from reconciliation.policy.lists import build_lists
from reconciliation.publishing.answer_sheets import Sending
from reconciliation.publishing.workbooks import write_county_workbooks
from reconciliation.registers.schema import ACTIONABLE

BATCH = date(2018, 8, 15)
PROVINCE = 10_900_000
"""Rows of both registers of a province."""


@click.command()
@click.option("--counties", default=4, help="How many of the 88 counties are written.")
@click.option("--people", default=109_000, help="Rows of both registers that are judged.")
@click.option("--seed", default=7, help="Seed of the province.")
def main(counties: int, people: int, seed: int) -> None:
    """Print rows, books, seconds, rows a second, and what a whole province would take at that rate."""
    config = Configuration.load()
    lists, share = county_lists(actionable_lists(config, people, seed), counties, people)
    rows = sum(frame.height for frame in lists.values())
    sending = Sending(
        config.labels, BATCH, BATCH.isoformat(), "benchmark", b"0" * 32, config.answers
    )
    with tempfile.TemporaryDirectory() as folder:
        start, used = time.perf_counter(), _processor_seconds()
        books = write_county_workbooks(Path(folder), lists, sending)
        seconds, used = time.perf_counter() - start, _processor_seconds() - used
        size = sum(book.stat().st_size for book in books)
    cores = len(os.sched_getaffinity(0))
    print(f"{rows} rows, {len(books)} books, {size >> 20} MB")
    print(f"{seconds:.1f} s ({rows / seconds:.0f} rows/s on {cores} cores)")
    print(f"{used:.1f} s of the processor ({rows / used:.0f} rows/s a core)")
    print(
        f"a province: {rows / share:,.0f} rows, {seconds / share / 60:.1f} minutes, "
        f"{used / share / 60 / cores:.1f} where nothing else runs"
    )


def actionable_lists(config: Configuration, people: int, seed: int) -> dict[str, pl.DataFrame]:
    """The lists of an invented province, each row with a case of its own."""
    rulebook = Rulebook(config.policy, config.thresholds, config.codes, config.labels, BATCH)
    evidence = make_evidence(people, seed)
    lists = build_lists(judge(evidence, rulebook), evidence, rulebook)
    return {
        name: lists[name].with_columns(
            case_key=pl.format("{}{}", "register", "record"),
            counterpart_case=pl.format("{}{}", "counterpart_register", "counterpart_record"),
            state=pl.lit("raised"),
        )
        for name in ACTIONABLE
    }


def county_lists(
    lists: dict[str, pl.DataFrame], counties: int, people: int
) -> tuple[dict[str, pl.DataFrame], float]:
    """The rows of the first counties, repeated until each is as long as in a province; and their share of the province's rows."""
    names = pl.concat(frame.select("county") for frame in lists.values())["county"]
    chosen = names.unique().drop_nulls().sort().head(counties)
    copies = round(PROVINCE / people)
    mine = {
        name: pl.concat([frame.filter(pl.col("county").is_in(chosen.implode()))] * copies)
        for name, frame in lists.items()
    }
    rows = sum(frame.height for frame in mine.values())
    return mine, rows / (sum(frame.height for frame in lists.values()) * copies)


def _processor_seconds() -> float:
    """Of this process and of the ended ones it started."""
    return sum(
        usage.ru_utime + usage.ru_stime
        for usage in map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    )


if __name__ == "__main__":
    main()
