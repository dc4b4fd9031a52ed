"""What a revision changes in the ledger of the release it replaces."""

from typing import Final

import polars as pl

from reconciliation.ledger.states import FINDING

CHANGES_SCHEMA: Final = {
    "case_key": pl.String,
    "register": pl.String,
    "rule": pl.String,
    "change": pl.String,
    "state_before": pl.String,
    "state": pl.String,
    "disposition_before": pl.String,
    "disposition": pl.String,
    "reason": pl.String,
}
ADDED, GONE, STATE, LIST = "added", "gone", "state", "list"


def changes(replaced: pl.DataFrame | None, now: pl.DataFrame, reason: str) -> pl.DataFrame:
    """Compare the ledger of a revision with that of the release it replaces.

    Args:
        replaced: the ledger of the release replaced; None: this is no revision.
        now: the ledger of the revision.
        reason: why the batch is published again.

    Returns:
        `CHANGES_SCHEMA`, one row a finding that changed: `added` (it is there now), `gone` (it was there), `list` (it leads to
        another list), `state`; sorted. Without rows where this is no revision.
    """
    if replaced is None:
        return pl.DataFrame(schema=CHANGES_SCHEMA)
    both = _found(replaced).join(
        _found(now), on=FINDING, how="full", coalesce=True, suffix="_now", nulls_equal=True
    )
    was, is_now = (pl.col(name).fill_null(False) for name in ("found", "found_now"))
    change = (
        pl.when(is_now & ~was)
        .then(pl.lit(ADDED))
        .when(was & ~is_now)
        .then(pl.lit(GONE))
        .when(pl.col("disposition").ne_missing(pl.col("disposition_now")))
        .then(pl.lit(LIST))
        .when(pl.col("state").ne_missing(pl.col("state_now")))
        .then(pl.lit(STATE))
    )
    return (
        both.select(
            *FINDING,
            change=change,
            state_before="state",
            state="state_now",
            disposition_before="disposition",
            disposition="disposition_now",
            reason=pl.lit(reason),
        )
        .drop_nulls("change")
        .select(*CHANGES_SCHEMA)
        .sort(FINDING)
    )


def change_counts(changed: pl.DataFrame) -> dict[str, int]:
    """How many findings changed, by kind of change; kinds that did not occur are left out."""
    return dict(changed["change"].value_counts().sort("change").iter_rows())


def _found(ledger: pl.DataFrame) -> pl.DataFrame:
    return ledger.select(*FINDING, "state", "disposition", found=pl.col("record").is_not_null())
