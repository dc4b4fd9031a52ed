"""Whether the household table leaves no gap and no overlap: checked whenever a rulebook is loaded.

What belongs here: the check. What does not: the cells (`enumeration.py`) and what a cell decides. The table is that of the domain: exactly one rule a cell, and where a value is unknown either the one rule that
does not depend on it or "cannot be determined".
"""

from collections.abc import Mapping

import polars as pl

from reconciliation.policy.columns import HOUSEHOLD_COLUMNS, LIFT_STATUSES, STATUSES
from reconciliation.policy.enumeration import cells
from reconciliation.policy.grammar import Predicate
from reconciliation.registers.errors import ConfigurationError


def check_coverage(predicates: Mapping[str, Predicate]) -> None:
    """Assert that every cell of the household table has exactly one outcome.

    Args:
        predicates: rule number → predicate over the household's columns.

    Raises:
        ConfigurationError: names a cell that no rule, or more than one rule, covers.
    """
    table = cells([predicate.text for predicate in predicates.values()], STATUSES, LIFT_STATUSES)
    fired = table.select(predicate.expression.alias(rule) for rule, predicate in predicates.items())
    counted = table.with_columns(
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
    covering = cell["rules"].split()
    place = ", ".join(
        f"{name} {'unknown' if cell[name] is None else cell[name]}" for name in HOUSEHOLD_COLUMNS
    )
    if not covering:
        raise ConfigurationError(
            f"household table: no rule for the cell {place}; widen the predicate of a rule of scope household, or add one"
        )
    raise ConfigurationError(
        f"household table: rules {' '.join(covering)} both hold for the cell {place}; "
        "let the predicate of one leave it out"
    )
