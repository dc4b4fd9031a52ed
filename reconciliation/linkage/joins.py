"""Pairs of rows that share a key, with a cap on what one key may make."""

from typing import Final, Self

import numpy as np
import polars as pl

from reconciliation.linkage.arrays import Bools, Ints
from reconciliation.linkage.batches import by_batches

UNCAPPED: Final = 10**12
"""A cap nothing reaches."""
_SLOTS_A_KEY: Final = 8
_SPREAD: Final = np.uint64(0x9E3779B97F4A7C15)


class Perhaps:
    """Tells keys that are surely not among some others from those that may be, for a small part of what a join costs.

    Each of the others marks a slot of a table (Bloom's filter with one hash); about one strange key in ten meets a mark.
    """

    def __init__(self, marks: Bools, shift: np.uint64) -> None:
        """Take the slots; see `of`."""
        self._marks, self._shift = marks, shift

    @classmethod
    def of(cls, keys: Ints) -> Self:
        """Mark these keys."""
        bits = max((len(keys) * _SLOTS_A_KEY).bit_length(), 10)
        made = cls(np.zeros(1 << bits, dtype=bool), np.uint64(64 - bits))
        made._marks[made._slots(keys)] = True
        return made

    def among(self, keys: Ints) -> Bools:
        """Whether each key may be one of those marked; false is sure."""
        return by_batches(lambda part: self._marks[self._slots(part)], keys)

    def _slots(self, keys: Ints) -> Ints:
        return ((keys.astype(np.int64, copy=False).view(np.uint64) * _SPREAD) >> self._shift).view(
            np.int64
        )


def keyed(keys: Ints, rows: Bools) -> pl.DataFrame:
    """The chosen rows with their keys: `key`, `row`."""
    chosen = rows.nonzero()[0]
    return pl.DataFrame({"key": keys[chosen], "row": chosen})


def meeting(rows: pl.DataFrame, others: pl.DataFrame) -> pl.DataFrame:
    """The rows whose key may stand in the other frame too."""
    key = Perhaps.of(others["key"].to_numpy()).among(rows["key"].to_numpy())
    return rows.filter(pl.Series(key))


def pairs_by_key(left: pl.DataFrame, right: pl.DataFrame, cap: int) -> tuple[Ints, Ints]:
    """All pairs that share a key, but none of a key that a x b rows share with a x b above `cap`.

    Args:
        left: `key`, `row`.
        right: `key`, `row`.
        cap: most pairs one key may make.
    """
    right = meeting(right, left)
    left = meeting(left, right)
    sizes = (
        left.group_by("key")
        .agg(left_rows=pl.len())
        .join(right.group_by("key").agg(right_rows=pl.len()), on="key")
        .filter(pl.col("left_rows").cast(pl.Int64) * pl.col("right_rows") <= cap)
    )
    pairs = left.join(sizes, on="key", how="semi").join(right, on="key", suffix="_right")
    return pairs["row"].to_numpy(), pairs["row_right"].to_numpy()
