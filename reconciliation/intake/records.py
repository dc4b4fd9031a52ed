"""The columns and types of the frames this stage hands on (docs/frames.md), and their empty forms."""

import polars as pl

from reconciliation.registers.schema import LINEAGE, Register


def kind_column(field: str) -> str:
    """The column that holds the cell kind of an identifier field."""
    return f"{field}_kind"


def content_columns(register: Register) -> list[str]:
    """What makes two records the same content: fields, cell kinds and unmapped cells; not where they were received."""
    kinds = [kind_column(field) for field in register.identifiers]
    return [*register.columns, *kinds, "other_cells"]


def records_schema(register: Register) -> dict[str, pl.DataType]:
    """Columns of `records_<register>` in their order."""
    texts = [*LINEAGE, "rejected", *content_columns(register)]
    schema: dict[str, pl.DataType] = {"record": pl.Int64()}
    schema.update({column: pl.String() for column in texts})
    schema["source_row"] = pl.Int64()
    return schema


RECEIPT_SCHEMA: dict[str, pl.DataType] = {
    "register": pl.String(),
    "source_file": pl.String(),
    "source_sheet": pl.String(),
    "kind": pl.String(),
    "status": pl.String(),
    "left_aside": pl.String(),
    "message": pl.String(),
    "sha256": pl.String(),
    "bytes": pl.Int64(),
    "reused": pl.Boolean(),
    "encoding": pl.String(),
    "header_row": pl.Int64(),
    "rows_read": pl.Int64(),
    "rows_accepted": pl.Int64(),
    "rows_rejected": pl.Int64(),
    "rows_trailing": pl.Int64(),
    "rows_blank": pl.Int64(),
    "ids_typed_as_numbers": pl.Int64(),
    "duplicates": pl.Int64(),
    "disagreements": pl.Int64(),
    "fields": pl.List(pl.String()),
    "unmapped_headers": pl.List(pl.String()),
}
"""Columns of `receipts` in their order."""


def aligned(rows: pl.DataFrame, register: Register) -> pl.DataFrame:
    """Rows with exactly the columns of the register's records, but for `record`; a column that is not there is null."""
    schema = records_schema(register)
    del schema["record"]
    return rows.select(
        (pl.col(column) if column in rows.columns else pl.lit(None)).cast(dtype).alias(column)
        for column, dtype in schema.items()
    )
