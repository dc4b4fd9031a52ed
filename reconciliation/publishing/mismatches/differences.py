"""Where two numbers or two dates differ, as positions and parts only: what the audit profile may say of them."""

from collections.abc import Sequence
from typing import Final

import polars as pl

_DIGITS: Final = 18
_PARTS: Final = ("year", "month", "day")


def number_positions(left: str, right: str) -> pl.Expr:
    """The places, counted from 1, at which two resident numbers of 18 characters differ, joined by a blank.

    Empty where they are equal, null where one of them is missing.
    """
    one, other = pl.col(left), pl.col(right)
    differing = [
        pl.when(one.str.slice(place, 1) != other.str.slice(place, 1)).then(pl.lit(str(place + 1)))
        for place in range(_DIGITS)
    ]
    return _joined(differing, one.is_null() | other.is_null())


def birth_parts(left: str, right: str) -> pl.Expr:
    """Which of `year`, `month`, `day` differ between two dates, joined by a blank; empty: none, null: a date is missing."""
    one, other = pl.col(left), pl.col(right)
    differing = [
        pl.when(getattr(one.dt, part)() != getattr(other.dt, part)()).then(pl.lit(part))
        for part in _PARTS
    ]
    return _joined(differing, one.is_null() | other.is_null())


def _joined(parts: Sequence[pl.Expr], missing: pl.Expr) -> pl.Expr:
    return pl.when(~missing).then(pl.concat_str(parts, separator=" ", ignore_nulls=True))
