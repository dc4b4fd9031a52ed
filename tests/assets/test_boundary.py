"""What an asset raises is safe to store: no cell of a register can reach the event log through an exception."""

from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import dagster as dg
import polars as pl
import pytest

from assets.boundary import guarded
from assets.workspace import Workspace
from pipelines.parquet_io import ParquetFrames
from reconciliation.registers.errors import UsageError

CANARY = "金丝雀522324196003070011"


def failure_of(error: BaseException) -> dg.Failure:
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


def test_a_panic_of_polars_is_reported_without_its_text() -> None:
    failure = failure_of(pl.exceptions.PanicException(f"called on {CANARY}"))  # type: ignore[arg-type]
    assert CANARY not in str(failure.description)
    assert "PanicException" in str(failure.description)


def test_an_interruption_is_not_turned_into_a_failure() -> None:
    @guarded
    def compute() -> Iterator[Any]:
        yield 1
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        list(compute())


class Broken:
    """A frame that cannot be written, with a message that quotes a cell."""

    def rechunk(self) -> None:
        raise ValueError(CANARY)


def test_what_the_storage_of_frames_raises_is_safe_too(tmp_path: Path) -> None:
    frames = ParquetFrames(workspace=Workspace(registers=str(tmp_path), output=str(tmp_path)))
    context = SimpleNamespace(asset_key=dg.AssetKey("links"), partition_key="2018-08-15")
    with pytest.raises(dg.Failure) as caught:
        frames.handle_output(cast(dg.OutputContext, context), cast(pl.DataFrame, Broken()))
    assert CANARY not in str(caught.value.description)
    with pytest.raises(dg.Failure, match="run the whole job"):
        frames.load_input(cast(dg.InputContext, context))
