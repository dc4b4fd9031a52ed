"""What has changed since the batch before, and which published figures a revision has changed since.

What belongs here: comparing figures that releases keep. Nothing of an earlier batch is counted again: what it said is taken as it was
published.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final

import polars as pl

from reconciliation.publishing.report.figures import FIGURES, KEY

RESTATED: Final[dict[str, Any]] = {
    "batch": pl.String,
    "reported_in": pl.String,
    "restated_in": pl.String,
    "reason": pl.String,
    "level": pl.String,
    "place": pl.String,
    "name": pl.String,
    "measure": pl.String,
    "reported": pl.Int64,
    "restated": pl.Int64,
}
"""A figure that was published and that a revision states otherwise: in which releases it stands, and what each says (null: nothing)."""


@dataclass(frozen=True)
class Reported:
    """What a release reported.

    Attributes:
        batch: `YYYY-MM-DD`.
        release: its name.
        reason: why it was made where it revises another.
        figures: `FIGURES`, as the release keeps them.
    """

    batch: str
    release: str
    reason: str
    figures: pl.DataFrame


def compared(now: pl.DataFrame, before: pl.DataFrame | None) -> pl.DataFrame:
    """Set figures beside those of the batch before.

    Args:
        now: `FIGURES`.
        before: `FIGURES` as the release of the batch before keeps them; None: there is none.

    Returns:
        `FIGURES`, `before` and `change` (Int64, null: the batch before says nothing of it), in the order of `now`.
    """
    earlier = pl.DataFrame(schema=FIGURES) if before is None else before
    return now.join(
        earlier.select(*KEY, before="value"),
        on=KEY,
        how="left",
        nulls_equal=True,
        validate="1:1",
        maintain_order="left",
    ).with_columns(change=pl.col("value") - pl.col("before"))


def restatements(releases: Iterable[Sequence[Reported]]) -> pl.DataFrame:
    """Every published figure that the next release of the same batch states otherwise.

    Args:
        releases: of each batch its releases, oldest first.

    Returns:
        `RESTATED`, sorted by batch and release, then in the order of the figures.
    """
    steps = [_restated(old, new) for batch in releases for old, new in pairwise(batch)]
    return pl.concat([pl.DataFrame(schema=RESTATED), *steps])


def _restated(old: Reported, new: Reported) -> pl.DataFrame:
    both = new.figures.with_row_index("order").join(
        old.figures.select(*KEY, "name", reported="value"),
        on=KEY,
        how="full",
        coalesce=True,
        nulls_equal=True,
        validate="1:1",
        suffix="_reported",
    )
    # A figure the earlier program did not have yet is no figure that was reported otherwise.
    measures = set(old.figures["measure"]) & set(new.figures["measure"])
    return (
        both.filter(
            pl.col("measure").is_in(sorted(measures)),
            pl.col("reported").fill_null(0) != pl.col("value").fill_null(0),
        )
        .sort("order", *KEY, nulls_last=True)
        .select(
            pl.lit(new.batch).alias("batch"),
            pl.lit(old.release).alias("reported_in"),
            pl.lit(new.release).alias("restated_in"),
            pl.lit(new.reason).alias("reason"),
            "level",
            "place",
            pl.coalesce("name", "name_reported").alias("name"),
            "measure",
            "reported",
            restated="value",
        )
    )
