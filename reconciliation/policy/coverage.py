"""Whether the household table leaves no gap and no overlap: checked whenever a rulebook is loaded.

What belongs here: the cells (status x lifting x income x lines x what is unknown) and the check. What does not: what a cell
decides. The table is that of the domain: exactly one rule a cell, and where a value is unknown either the one rule that
does not depend on it or "cannot be determined".
"""

from collections.abc import Mapping
from itertools import product

import polars as pl

from reconciliation.policy.columns import HOUSEHOLD_COLUMNS, LIFT_STATUSES, STATUSES
from reconciliation.policy.grammar import Predicate
from reconciliation.registers.errors import ConfigurationError

_LINES = ((3000.0, 2000.0), (2000.0, 3000.0), (2500.0, 2500.0))
"""Dibao line and poverty line: D > V, V > D, equal."""
_INCOMES = (0.0, 1999.99, 2000.0, 2500.0, 2999.99, 3000.0, 5000.0)
"""Below, on, between and above every line."""
_YES_NO_UNKNOWN = (True, False, None)


def check_coverage(predicates: Mapping[str, Predicate]) -> None:
    """Assert that every cell of the household table has exactly one outcome.

    Args:
        predicates: rule number → predicate over the household's columns.

    Raises:
        ConfigurationError: names a cell that no rule, or more than one rule, covers.
    """
    cells = _cells()
    fired = cells.select(predicate.expression.alias(rule) for rule, predicate in predicates.items())
    counted = cells.with_columns(
        yes=fired.select(pl.sum_horizontal(pl.all().fill_null(False).cast(pl.Int32))).to_series(),
        open=fired.select(pl.sum_horizontal(pl.all().is_null().cast(pl.Int32))).to_series(),
        rules=fired.select(
            pl.concat_str(
                [
                    pl.when(pl.col(rule)).then(pl.lit(rule + " ")).otherwise(pl.lit(""))
                    for rule in fired.columns
                ]
            ).str.strip_chars()
        ).to_series(),
    )
    wrong = counted.filter((pl.col("yes") > 1) | ((pl.col("yes") == 0) & (pl.col("open") == 0)))
    if wrong.is_empty():
        return
    cell = wrong.row(0, named=True)
    covering = cell["rules"] or "no rule"
    place = ", ".join(
        f"{name} {'unknown' if cell[name] is None else cell[name]}" for name in HOUSEHOLD_COLUMNS
    )
    raise ConfigurationError(f"household table: {covering} for the cell {place}")


def _cells() -> pl.DataFrame:
    """One row a combination that can occur."""
    incomes = [
        *((low, high) for low, high in product(_INCOMES, _INCOMES) if low <= high),
        (None, None),
    ]
    rows = [
        (status, lift, low, low, high, *lines, long_term, single)
        for status, lift, (low, high), lines, long_term, single in product(
            STATUSES, (*LIFT_STATUSES, None), incomes, (*_LINES, (None, 2000.0), (2000.0, None)),
            _YES_NO_UNKNOWN, (True, False),
        )
        # A household on dibao alone has no 脱贫属性, one on the poverty list alone no class of cover.
        if (lift is None or status in ("both", "poverty_only"))
        and ((long_term, single) == (False, False) or status in ("both", "dibao_only"))
    ]  # fmt: skip
    schema = {name: column.dtype for name, column in HOUSEHOLD_COLUMNS.items()}
    return pl.DataFrame(rows, schema=schema, orient="row")
