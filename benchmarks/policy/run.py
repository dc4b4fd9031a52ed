"""Judge a province, say how fast and with how much memory: `python -m benchmarks.policy.run --people 10900000`."""

import resource
import time
from collections.abc import Callable
from datetime import date
from typing import TypeVar

import click
import polars as pl

from benchmarks.policy.world import make_evidence
from reconciliation.configuration import Configuration
from reconciliation.policy.evidence import OTHER, Evidence, Rulebook
from reconciliation.policy.judge import Judgement, judge
from reconciliation.policy.lists import build_lists
from reconciliation.registers.schema import LISTS

BATCH = date(2018, 8, 15)
_Made = TypeVar("_Made")


@click.command()
@click.option(
    "--people", default=1_090_000, help="Rows of both registers; a province has 10.9 million."
)
@click.option("--seed", default=7, help="Seed of the province.")
def main(people: int, seed: int) -> None:
    """Print seconds a step, the most memory used, and whether everybody is on exactly one list."""
    config = Configuration.load()
    rulebook = Rulebook(config.policy, config.thresholds, config.codes, config.labels, BATCH)
    evidence = _timed("made", lambda: make_evidence(people, seed))
    judgement = _timed("judge", lambda: judge(evidence, rulebook))
    assert_conserved(evidence, judgement)
    lists = _timed("lists", lambda: build_lists(judgement, evidence, rulebook))
    assert_listed_once(evidence, lists)
    sizes = {name: lists[name].height for name in LISTS}
    print(" x ".join(str(evidence.persons[name].height) for name in OTHER), sizes)


def assert_conserved(evidence: Evidence, judgement: Judgement) -> None:
    """Every recorded row of either register has exactly one disposition.

    Raises:
        AssertionError: names the register where it has not.
    """
    for register in OTHER:
        recorded = evidence.persons[register]["record"]
        disposed = judgement.dispositions.filter(register=register)["record"]
        assert disposed.sort().equals(recorded.sort()), (
            f"{register}: records and dispositions differ"
        )


def assert_listed_once(evidence: Evidence, lists: dict[str, pl.DataFrame]) -> None:
    """Every recorded row is on exactly one list.

    Raises:
        AssertionError: names the register where it is not.
    """
    for register in OTHER:
        listed = pl.concat(frame.filter(register=register)["record"] for frame in lists.values())
        recorded = evidence.persons[register]["record"]
        assert listed.sort().equals(recorded.sort()), f"{register}: records and lists differ"


def _timed(step: str, made: Callable[[], _Made]) -> _Made:
    """What `made` gives, having printed what it cost."""
    start, before = time.perf_counter(), time.process_time()
    result = made()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    print(
        f"{step:8} {time.perf_counter() - start:7.2f} s  {time.process_time() - before:7.2f} s CPU  {peak:5.2f} GiB at most",
        flush=True,
    )
    return result


if __name__ == "__main__":
    main()
