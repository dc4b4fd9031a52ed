"""The grid of a sheet: every row of it as received, written to a file by the parsing process.

One Arrow IPC file a sheet, for column j of the sheet `t{j}` (String, the text) and `k{j}` (UInt8, the kind, see
`cells.KINDS`); row i of the grid is row i+1 as a person sees it. Used inside the parsing process.
"""

from array import array
from collections.abc import Iterable, Sequence
from itertools import accumulate, islice
from pathlib import Path
from typing import Any

import pyarrow as pa

from reconciliation.intake.cells import encode_column
from reconciliation.intake.refusals import RefusedError

_CHUNK = 20_000


def write_grid(path: Path, rows: Iterable[Sequence[Any]], width: int, longest: int) -> int:
    """Write rows of cells as a grid.

    Args:
        path: the Arrow IPC file to make.
        rows: cells by row; shorter rows are filled with blanks.
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
    written = 0
    source = iter(rows)
    with pa.OSFile(str(path), "wb") as sink, pa.ipc.new_file(sink, schema) as writer:
        while chunk := list(islice(source, _CHUNK)):
            padded = [[*row, *([""] * (width - len(row)))] for row in chunk]
            arrays: list[Any] = []
            for texts, kinds in map(encode_column, zip(*padded, strict=True)):
                _check_lengths(texts, longest, written)
                arrays += [_text_array(texts), _array(pa.uint8(), len(kinds), kinds)]
            writer.write_batch(pa.record_batch(arrays, schema=schema))
            written += len(chunk)
    return written


def _text_array(texts: Sequence[str]) -> Any:
    """Texts as Arrow strings, from their buffers: `pyarrow.array` would import pandas, which doubles the start-up time."""
    encoded = [text.encode("utf-8") for text in texts]
    offsets = array("i", accumulate(map(len, encoded), initial=0))
    return _array(pa.string(), len(texts), offsets, b"".join(encoded))


def _array(dtype: Any, length: int, *buffers: Any) -> Any:
    return pa.Array.from_buffers(dtype, length, [None, *map(pa.py_buffer, buffers)])


def _check_lengths(texts: Sequence[str], longest: int, before: int) -> None:
    if max(map(len, texts), default=0) > longest:
        row = next(i for i, text in enumerate(texts) if len(text) > longest)
        raise RefusedError("cell_too_long", row=before + row + 1, limit=longest)
