"""Parquet files: the names of the columns become the header in row 1.

Used inside the parsing process.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from reconciliation.intake.contents import check_contents
from reconciliation.intake.grids import write_grid
from reconciliation.intake.refusals import RefusedError

_MEGABYTE = 1 << 20
_BATCH_ROWS = 20_000


def read_parquet(path: Path, output: Path, limits: Mapping[str, int]) -> dict[str, Any]:
    """Write a Parquet file as one grid.

    Args:
        path: the received file.
        output: folder for the grid.
        limits: of `IntakeSettings`.

    Returns:
        `encoding` (none) and `sheets` with the one unnamed grid.

    Raises:
        RefusedError: not a Parquet file, broken, or beyond a limit.
    """
    check_contents(path, ".parquet")
    try:
        with pq.ParquetFile(path) as file:
            _check(file.metadata, limits)
            grid = output / "0.arrow"
            width = len(file.schema_arrow.names)
            write_grid(grid, _rows(file), width, limits["max_cell_characters"])
    except (pa.ArrowException, OSError, ValueError):
        raise RefusedError("broken", suffix=".parquet") from None
    return {
        "encoding": None,
        "sheets": [{"name": None, "skipped": None, "files": [grid.name], "merged": []}],
    }


def _check(about: Any, limits: Mapping[str, int]) -> None:
    unpacked = sum(about.row_group(i).total_byte_size for i in range(about.num_row_groups))
    for reason, size, limit in (
        ("too_many_rows", about.num_rows + 1, limits["max_rows"]),
        ("too_many_columns", about.num_columns, limits["max_columns"]),
        (
            "unpacks_too_large",
            unpacked // _MEGABYTE,
            limits["max_unpacked_bytes"] // _MEGABYTE,
        ),
    ):
        if size > limit:
            raise RefusedError(reason, sheet="", found=size, limit=limit)


def _rows(file: Any) -> Iterator[tuple[Any, ...]]:
    yield tuple(file.schema_arrow.names)
    for batch in file.iter_batches(batch_size=_BATCH_ROWS, use_threads=False):
        yield from zip(*(column.to_pylist() for column in batch.columns), strict=True)
