"""Kernels over batches: a function of rows that stand each for itself, applied to slices of them in threads.

A kernel that gets its rows in batches may ask nothing of the other rows; so neither the size of the batches nor their order nor the
number of threads can change what comes out.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final, TypeVar

import numpy as np
import polars as pl

from reconciliation.linkage.arrays import Bools, Ints

BATCH: Final = 1 << 15
"""Rows a batch: what a kernel works on should fit the cache of a processor."""

Found = TypeVar("Found")


def by_batches(kernel: Callable[..., Found], *columns: Ints | Bools) -> Found:
    """What the kernel gives for all rows.

    Args:
        kernel: from equally long arrays to an array of that length, or to a tuple or a dataclass of such arrays.
        columns: the arrays.
    """
    size = len(columns[0])
    if size <= BATCH:
        return kernel(*columns)
    slices = [slice(start, start + BATCH) for start in range(0, size, BATCH)]

    def part(rows: slice) -> Found:
        return kernel(*(column[rows] for column in columns))

    if pl.thread_pool_size() == 1:
        parts = [part(rows) for rows in slices]
    else:
        with ThreadPoolExecutor(pl.thread_pool_size()) as threads:
            parts = list(threads.map(part, slices))
    joined: Found = _joined(parts)
    return joined


def _joined(parts: list[Any]) -> Any:
    first = parts[0]
    if isinstance(first, np.ndarray):
        return np.concatenate(parts)
    if isinstance(first, tuple):
        return tuple(_joined(list(column)) for column in zip(*parts, strict=True))
    names = vars(first)
    return type(first)(**{name: _joined([getattr(part, name) for part in parts]) for name in names})
