"""Rules about what came at all (subject `coverage`; frame `coverage`): counties, registers, and how many rows."""

from collections.abc import Callable

import polars as pl

from expectations.conditions import Flag
from expectations.rule import Frames, Question, Scope, Unit
from reconciliation.registers.schema import REQUIRED

FRAMES = ("coverage",)


def _places(frames: Frames, _scope: Scope) -> pl.DataFrame:
    """One row a register and county."""
    return frames["coverage"]


def _said(rows: pl.Expr) -> Callable[[Frames, Scope], str]:
    """The messages of some rows."""

    def detail(frames: Frames, _scope: Scope) -> str:
        found = frames["coverage"].filter(rows)["message"].drop_nulls()
        return "；".join(message.rstrip("。") for message in found)

    return detail


PLACES = Unit("places", ("register", "county"), _places)

_MAIN = pl.col("register").is_in(REQUIRED)
_COUNTY = _MAIN & pl.col("county").is_not_null()
_MISSING, _FELL, _ROSE = (
    pl.col("status") == status for status in ("nothing_received", "fell_sharply", "rose_sharply")
)

QUESTIONS = (
    Question("Q107", "county_sent", "warning", PLACES, Flag(~_MISSING, _COUNTY), detail=_said(_MISSING & _MAIN)),
    Question("Q108", "register_sent", "warning", PLACES, Flag(~_MISSING, ~_MAIN), detail=_said(_MISSING & ~_MAIN)),
    Question("Q109", "rows_did_not_fall", "warning", PLACES, Flag(~_FELL), detail=_said(_FELL)),
    Question("Q110", "rows_did_not_rise", "warning", PLACES, Flag(~_ROSE), detail=_said(_ROSE)),
)  # fmt: skip
"""Warnings, unless `coverage_blocks` of `config/intake.yaml` says otherwise (`weights.py`)."""
