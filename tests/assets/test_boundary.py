"""What an asset raises is safe to store: no cell of a register can reach the event log through an exception."""

from collections.abc import Iterator
from typing import Any

import dagster as dg
import polars as pl
import pytest

from assets.boundary import guarded
from reconciliation.registers.errors import UsageError

CANARY = "金丝雀522324196003070011"


def failure_of(error: Exception) -> dg.Failure:
    @guarded
    def compute() -> Iterator[Any]:
        yield 1
        raise error

    with pytest.raises(dg.Failure) as caught:
        list(compute())
    return caught.value


def test_an_exception_that_quotes_a_cell_is_reported_without_it() -> None:
    try:
        pl.Series([CANARY]).cast(pl.Int64)
    except pl.exceptions.PolarsError as error:
        assert CANARY in str(error)
        failure = failure_of(error)
    assert CANARY not in str(failure.description)
    assert "InvalidOperationError" in str(failure.description)
    assert "test_boundary.py" in str(failure.description)
    assert failure.__cause__ is None
    assert failure.__suppress_context__


def test_our_own_messages_pass() -> None:
    failure = failure_of(UsageError("batch 2018-08-15 lacks the required register dibao"))
    assert failure.description == "batch 2018-08-15 lacks the required register dibao"
    assert not failure.allow_retries


def test_what_is_yielded_passes_unchanged() -> None:
    @guarded
    def compute() -> Iterator[Any]:
        yield 1
        yield 2

    assert list(compute()) == [1, 2]
