"""The grid of a sheet: every row of it as received, written to a file by the parsing process.

One Arrow IPC file a sheet, or two that follow each other, for column j of the sheet `t{j}` (String, the text) and `k{j}` (UInt8, the kind, see
`cells.KINDS`); row i of the grid is row i+1 as a person sees it. Compressed, because it is kept. Used inside the parsing process.
"""

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain, islice, repeat, zip_longest
from pathlib import Path
from typing import Any, NoReturn

import numpy as np
import pyarrow as pa

from reconciliation.intake.cells import encode_column
from reconciliation.intake.refusals import RefusedError

_CHUNK = 4_000
"""Rows encoded at a time; few enough that their cells stay in the processor's cache."""
_WORTH_A_SECOND = 500_000
"""Cells from which on a second process writes half of a sheet: below, copying this one costs more than it saves."""
_BOUNDARY = "\0"


def write_grids(
    path: Path, rows: Callable[[], Iterable[Sequence[Any]]], size: tuple[int, int], longest: int
) -> list[str]:
    """Write the rows of a sheet as one grid, or a large one as two that follow each other, by two processes.

    Args:
        path: the Arrow IPC file to make; that of a second grid is called like it.
        rows: gives the cells by row, from the first on, as often as it is called.
        size: how many rows and columns there are.
        longest: how many characters a cell may have.

    Returns:
        The names of the files in their order.

    Raises:
        RefusedError: `cell_too_long`.
    """
    height, width = size
    if height * width < _WORTH_A_SECOND:
        write_grid(path, rows(), width, longest)
        return [path.name]
    middle = height // 2
    second = path.with_stem(f"{path.stem}-2")
    copy = os.fork()
    if not copy:
        _write_and_end(second, lambda: islice(rows(), middle, None), width, longest)
    try:
        write_grid(path, islice(rows(), middle), width, longest)
    finally:
        _, failed = os.waitpid(copy, 0)
    if failed:  # whatever it was shows here, with the row's number
        write_grid(path, rows(), width, longest)
        second.unlink(missing_ok=True)
        return [path.name]
    return [path.name, second.name]


def _write_and_end(
    path: Path, rows: Callable[[], Iterable[Sequence[Any]]], width: int, longest: int
) -> NoReturn:
    """Write a grid and end this process; nothing returns from here."""
    failed = 1
    try:
        write_grid(path, rows(), width, longest)
        failed = 0
    finally:
        os._exit(failed)


def write_grid(path: Path, rows: Iterable[Sequence[Any]], width: int, longest: int) -> int:
    """Write rows of cells as a grid.

    Args:
        path: the Arrow IPC file to make.
        rows: cells by row; shorter rows are filled with blanks, cells beyond the width left out.
        width: number of columns.
        longest: how many characters a cell may have.

    Returns:
        How many rows were written.

    Raises:
        RefusedError: `cell_too_long`.
    """
    schema = pa.schema(
        [field for j in range(width) for field in ((f"t{j}", pa.string()), (f"k{j}", pa.uint8()))]
    )
    options = pa.ipc.IpcWriteOptions(compression="lz4", use_threads=False)
    written = 0
    source = iter(rows)
    with (
        pa.OSFile(str(path), "wb") as sink,
        pa.ipc.new_file(sink, schema, options=options) as writer,
    ):
        while chunk := list(islice(source, _CHUNK)):
            arrays: list[Any] = []
            for values in _columns(chunk, width):
                texts, data, kinds = _encoded(values)
                arrays += [_text_array(texts, data, longest, written), _kind_array(kinds)]
            writer.write_batch(pa.record_batch(arrays, schema=schema))
            written += len(chunk)
    return written


def _columns(rows: Sequence[Sequence[Any]], width: int) -> Iterator[Sequence[Any]]:
    """The cells of a few rows by column, as many columns as asked for."""
    columns = islice(zip_longest(*rows, fillvalue=""), width)
    return islice(chain(columns, repeat([""] * len(rows))), width)


def _encoded(values: Sequence[Any]) -> tuple[Sequence[str], bytes, bytes]:
    """The texts of a column, all of them in UTF-8 with a NUL between, and the kinds.

    Most columns are text and nothing else: then joining them says so.
    """
    try:
        return values, _BOUNDARY.join(values).encode("utf-8"), bytes(len(values))
    except TypeError:
        texts, kinds = encode_column(values)
        return texts, _BOUNDARY.join(texts).encode("utf-8"), kinds


def _text_array(texts: Sequence[str], data: bytes, longest: int, before: int) -> Any:
    """Texts as Arrow strings, from their buffers: `pyarrow.array` would import pandas, which doubles the start-up time.

    All texts were encoded at once and are cut at the NULs between them; only where one has a NUL of its own, each for itself.

    Raises:
        RefusedError: `cell_too_long`, with the row's number after those `before`.
    """
    ends = np.flatnonzero(np.frombuffer(data, dtype=np.uint8) == 0)
    offsets = np.zeros(len(texts) + 1, dtype=np.int32)
    if len(ends) == len(texts) - 1:
        offsets[1:-1] = ends - np.arange(len(ends))
        offsets[-1] = len(data) - len(ends)
        data = data.replace(b"\0", b"")
    else:
        encoded = [text.encode("utf-8") for text in texts]
        offsets[1:] = np.cumsum([len(text) for text in encoded])
        data = b"".join(encoded)
    if np.diff(offsets).max() > longest:
        _check_lengths(texts, longest, before)
    return _array(pa.string(), len(texts), offsets, data)


def _kind_array(kinds: bytes) -> Any:
    return _array(pa.uint8(), len(kinds), kinds)


def _array(dtype: Any, length: int, *buffers: Any) -> Any:
    return pa.Array.from_buffers(dtype, length, [None, *map(pa.py_buffer, buffers)])


def _check_lengths(texts: Sequence[str], longest: int, before: int) -> None:
    if max(map(len, texts), default=0) > longest:
        row = next(i for i, text in enumerate(texts) if len(text) > longest)
        raise RefusedError("cell_too_long", row=before + row + 1, limit=longest)
