"""Pairs of rows that share a key, with a cap on what one key may make."""

import polars as pl

from reconciliation.linkage.arrays import Bools, Ints


def keyed(keys: Ints, rows: Bools) -> pl.DataFrame:
    """The chosen rows with their keys: `key`, `row`."""
    chosen = rows.nonzero()[0]
    return pl.DataFrame({"key": keys[chosen], "row": chosen})


def pairs_by_key(left: pl.DataFrame, right: pl.DataFrame, cap: int) -> tuple[Ints, Ints]:
    """All pairs that share a key, but none of a key that a x b rows share with a x b above `cap`.

    Args:
        left: `key`, `row`.
        right: `key`, `row`.
        cap: most pairs one key may make.
    """
    sizes = (
        left.group_by("key")
        .agg(left_rows=pl.len())
        .join(right.group_by("key").agg(right_rows=pl.len()), on="key")
        .filter(pl.col("left_rows").cast(pl.Int64) * pl.col("right_rows") <= cap)
    )
    pairs = left.join(sizes, on="key", how="semi").join(right, on="key", suffix="_right")
    return pairs["row"].to_numpy(), pairs["row_right"].to_numpy()
