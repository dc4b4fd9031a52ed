"""Rules about people who stand on a register twice (subject `duplicates`; frames `duplicates`, `persons_dibao`, `persons_poverty`)."""

import polars as pl

from expectations.conditions import Flag
from expectations.rule import Frames, Question, Scope, Unit
from reconciliation.registers.schema import REQUIRED

FRAMES = ("duplicates", *(f"persons_{register}" for register in REQUIRED))


def _people(frames: Frames, _scope: Scope) -> pl.DataFrame:
    """One row a person row: `register`, `record`, `same_as` (another row of the same person, null where there is none)."""
    rows = pl.concat(
        frames[f"persons_{register}"].select(pl.lit(register).alias("register"), "record")
        for register in REQUIRED
    )
    return rows.join(_another_row(frames["duplicates"]), on=["register", "record"], how="left")


def _another_row(duplicates: pl.DataFrame) -> pl.DataFrame:
    """For each row of a group its representative, for the representative the first of the others."""
    group = ["register", "group"]
    chosen = pl.col("representative")
    of_group = duplicates.group_by(group).agg(
        kept=pl.col("record").filter(chosen).min(), other=pl.col("record").filter(~chosen).min()
    )
    return duplicates.join(of_group, on=group).select(
        "register", "record", same_as=pl.when(chosen).then("other").otherwise("kept")
    )


PEOPLE = Unit("people", ("register", "record"), _people)

QUESTIONS = (
    Question("Q315", "person_on_one_row", "warning", PEOPLE, Flag(pl.col("same_as").is_null()), 0.98, pointer="same_as"),
)  # fmt: skip
"""Numbered among the rules about persons: it is asked later only because the linkage finds who is who."""
