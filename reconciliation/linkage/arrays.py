"""Array types and the few array helpers every module of the linkage uses."""

from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt
import polars as pl

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

NONE = -1
"""What stands in an integer array where nothing is known."""


Columns = TypeVar("Columns")


def taken(columns: Columns, rows: Ints | Bools) -> Columns:
    """The same dataclass of equally long arrays with only these rows."""
    return type(columns)(**{name: values[rows] for name, values in vars(columns).items()})


def integers(values: pl.Series) -> Ints:
    """A series as int64, nulls as `NONE`."""
    return values.cast(pl.Int64).fill_null(NONE).to_numpy().astype(np.int64)


def mixed(*columns: Ints) -> Ints:
    """One 64-bit key out of several integer columns (splitmix64); equal rows get equal keys.

    Keys of different rows may in theory meet; a key only ever proposes a pair or picks a sample, it never decides.
    """
    state = np.zeros(len(columns[0]), dtype=np.uint64)
    with np.errstate(over="ignore"):
        for column in columns:
            state = (state ^ column.astype(np.uint64)) + np.uint64(0x9E3779B97F4A7C15)
            state = (state ^ (state >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
            state = (state ^ (state >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
            state = state ^ (state >> np.uint64(31))
    return state.view(np.int64)


def counts(values: Any, size: int, weights: Any = None) -> Floats:
    """How often each of 0..size-1 occurs, or the sum of its weights; added up in the order given."""
    return np.bincount(values, weights=weights, minlength=size).astype(np.float64)


def repeated(values: Ints) -> Bools:
    """Whether each value stands on another row too."""
    return np.asarray(pl.Series(values).is_duplicated().to_numpy())


def within(values: Ints, others: Ints) -> Bools:
    """Whether each value is among the others."""
    return np.asarray(pl.Series(values).is_in(pl.Series(others).implode()).to_numpy())
