"""Array types and the few array helpers every module of the linkage uses."""

from typing import Any, Final, TypeVar

import numpy as np
import numpy.typing as npt
import polars as pl

Ints = npt.NDArray[np.signedinteger[Any]]
"""Whole numbers of any width; keys, records and rows have 64 bits."""
Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
Codes = npt.NDArray[np.int32]
"""Half the memory of `Ints`: names, places and days are few enough."""
Small = npt.NDArray[np.int8]
"""Levels and other numbers below 128, of which there are many: an eighth of the memory of `Ints`."""

NONE = -1
"""What stands in an integer array where nothing is known."""


_SLICE: Final = 1 << 14
_GOLDEN: Final = np.uint64(0x9E3779B97F4A7C15)
_ROUNDS: Final = (
    (np.uint64(30), np.uint64(0xBF58476D1CE4E5B9)),
    (np.uint64(27), np.uint64(0x94D049BB133111EB)),
)
_LAST_SHIFT: Final = np.uint64(31)

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
    keys = np.zeros(len(columns[0]), dtype=np.uint64)
    shifted = np.empty(_SLICE, dtype=np.uint64)
    # Slice by slice and in place: what stays in the cache of the processor is mixed three times as fast.
    for start in range(0, len(keys), _SLICE):
        state = keys[start : start + _SLICE]
        other = shifted[: len(state)]
        for column in columns:
            state ^= column[start : start + _SLICE].astype(np.uint64)
            state += _GOLDEN
            for shift, factor in _ROUNDS:
                np.right_shift(state, shift, out=other)
                state ^= other
                state *= factor
            np.right_shift(state, _LAST_SHIFT, out=other)
            state ^= other
    return keys.view(np.int64)


def counts(values: Any, size: int, weights: Any = None) -> Floats:
    """How often each of 0..size-1 occurs, or the sum of its weights; added up in the order given."""
    return np.bincount(values, weights=weights, minlength=size).astype(np.float64)


def repeated(values: Ints) -> Bools:
    """Whether each value stands on another row too."""
    ordered = np.sort(values)
    return within(values, np.unique(ordered[1:][ordered[1:] == ordered[:-1]]))


def within(values: Ints, others: Ints) -> Bools:
    """Whether each value is among the others."""
    return np.asarray(pl.Series(values).is_in(pl.Series(others).implode()).to_numpy())
