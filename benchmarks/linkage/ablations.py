"""What each part of the linkage is worth: every case again without it, `python -m benchmarks.linkage.ablations hard singles`.

A part is taken away from outside, so that the linkage itself has no switches.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from typing import Any, Final
from unittest.mock import patch

import click
import numpy as np
import polars as pl

from benchmarks.linkage.accuracy import measure
from benchmarks.linkage.cases import CASES, make
from reconciliation.configuration import Configuration
from reconciliation.linkage import borrowed, evidence, expectation, passes, scoring
from reconciliation.linkage.arrays import Ints
from reconciliation.linkage.evidence import Weights
from reconciliation.linkage.levels import NameLevel
from reconciliation.linkage.links import COMPARISONS
from reconciliation.linkage.names import compare_names
from reconciliation.linkage.plan import link_registers
from reconciliation.linkage.scoring import score
from reconciliation.linkage.true_pairs import learn_numbers

Part = Callable[[], Any]


@contextmanager
def _without_weight(comparison: str) -> Iterator[None]:
    def weighed(*given: Any) -> Weights:
        weights = weigh(*given)
        nothing = np.zeros(len(weights.total))
        return replace(weights, **{comparison: nothing})

    weigh = evidence.weigh
    with patch.object(scoring, "weigh", weighed):
        yield


def _without_likeness() -> Any:
    """Names that sound or look alike are names with a character that differs."""

    def compared(*given: Any) -> Ints:
        level = compare_names(*given)
        alike = (level >= NameLevel.ONE_SOUND) & (level <= NameLevel.TWO_SOFT)
        return np.where(alike & (level != NameLevel.WILDCARD), NameLevel.ONE_HARD, level)

    return patch.object(evidence, "compare_names", compared)


def _without_rivals() -> Any:
    return patch.object(expectation, "compete", lambda _, __, odds, ___: odds / (1 + odds))


def _without_second_pass() -> Any:
    return patch.object(
        passes, "score", lambda scene, linking, before: before or score(scene, linking, None)
    )


@contextmanager
def _without_learned_numbers() -> Iterator[None]:
    def started(counted: Any, rules: Any) -> Any:
        return learn_numbers(counted * 0, rules)

    with (
        patch.object(scoring, "learn_numbers", started),
        patch.object(expectation, "learn_numbers", started),
    ):
        yield


def _without_signs() -> Any:
    return patch.object(borrowed, "_sign_odds", lambda *_: 1.0)


PARTS: Final[dict[str, Part]] = {
    **{name: partial(_without_weight, name) for name in COMPARISONS},
    "sound_and_shape": _without_likeness,
    "rivals": _without_rivals,
    "second_pass": _without_second_pass,
    "learned_numbers": _without_learned_numbers,
    "signs_of_borrowing": _without_signs,
}
"""What can be taken away, by name."""


def ablate(case: str, seed: int, families: int, config: Configuration) -> pl.DataFrame:
    """Precision and recall of a case, whole and without each part.

    Returns:
        `case`, `without` (null: nothing taken away), `tiers`, `precision`, `recall`.
    """
    dibao, poverty = make(CASES[case], seed, families, config)
    frames = []
    for without in (None, *PARTS):
        with PARTS[without]() if without else patch.dict({}):
            links = link_registers(
                dibao.persons,
                poverty.persons,
                settings=config.linkage,
                characters=config.characters,
                labels=config.labels,
            ).links
        found = measure(links, dibao.truth, poverty.truth).filter(error_class="all")
        frames.append(
            found.select(
                pl.lit(case).alias("case"),
                pl.lit(without, dtype=pl.String).alias("without"),
                "tiers",
                "precision",
                "recall",
            )
        )
    return pl.concat(frames)


@click.command()
@click.option("--families", default=20_000, help="Families in all.")
@click.option("--seed", default=1, help="Seed.")
@click.argument("cases", nargs=-1, type=click.Choice(list(CASES)))
def main(families: int, seed: int, cases: tuple[str, ...]) -> None:
    """Print what each part is worth in the named cases, by default in the hard one."""
    config = Configuration.load()
    for case in cases or ("hard",):
        found = ablate(case, seed, families, config)
        wide = found.pivot("tiers", index=["case", "without"], values=["precision", "recall"])
        with pl.Config(tbl_rows=40, tbl_cols=20, tbl_width_chars=200, float_precision=5):
            print(wide)


if __name__ == "__main__":
    main()
