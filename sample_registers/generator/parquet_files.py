"""One Parquet file a register, all columns text, written county by county."""

from pathlib import Path
from types import TracebackType
from typing import Self

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

TRUTH_SCHEMA = {
    "source_file": pl.String,
    "source_sheet": pl.String,
    "source_row": pl.Int64,
    "person": pl.Int64,
    "household": pl.Int64,
    "errors": pl.List(pl.String),
    "planned_case": pl.String,
}


class GrowingParquet:
    """A Parquet file that takes one frame after another, all of one schema."""

    def __init__(self, path: Path) -> None:
        """Open at the first frame."""
        self._path = path
        self._writer: pq.ParquetWriter | None = None

    def add(self, frame: pl.DataFrame) -> None:
        """Append the rows."""
        table: pa.Table = frame.to_arrow(compat_level=pl.CompatLevel.oldest())
        if self._writer is None:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._writer = pq.ParquetWriter(self._path, table.schema, compression="zstd")
        self._writer.write_table(table)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._writer is not None:
            self._writer.close()


def truth(
    frame: pl.DataFrame, source_file: pl.Expr, source_sheet: pl.Expr, source_row: pl.Expr
) -> pl.DataFrame:
    """The truth rows of register rows whose place in the files is given."""
    return frame.select(
        source_file=source_file,
        source_sheet=source_sheet,
        source_row=source_row.cast(pl.Int64),
        person=pl.col("_person"),
        household=pl.col("_household"),
        errors=pl.col("_errors"),
        planned_case=pl.when(pl.col("_case") == "").then(None).otherwise(pl.col("_case")),
    ).cast(TRUTH_SCHEMA)  # type: ignore[arg-type]
