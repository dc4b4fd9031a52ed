"""Record numbers by content, so that neither file names nor the order of rows or columns move them."""

import polars as pl

from reconciliation.intake.records import content_columns, records_schema
from reconciliation.registers.schema import LINEAGE, Register


def number_records(rows: pl.DataFrame, register: Register) -> pl.DataFrame:
    """Give the rows of a register their numbers.

    Args:
        rows: columns of the register's records but `record`.
        register: decides which columns are content.

    Returns:
        The same rows with `record` (1..n by number, name and all other content; exact copies by source), sorted by it.
    """
    content = content_columns(register)
    first = ["id_number", "name"]
    by_content = [*first, *(column for column in content if column not in first), "rejected"]
    ordered = rows.sort([*by_content, *LINEAGE], nulls_last=False)
    return ordered.with_row_index("record", offset=1).select(
        pl.col(column).cast(dtype) for column, dtype in records_schema(register).items()
    )


def repeated_rows(records: pl.DataFrame, register: Register) -> pl.DataFrame:
    """Recorded rows that repeat an earlier record cell by cell.

    Args:
        records: as `number_records` gives them; fields they lack are not compared.
        register: decides which columns are content.

    Returns:
        `record`, `source_file`, `source_sheet`, `copied` (Int64: the record before it, which is the same); the first of the
        copies is not among them.
    """
    content = [column for column in content_columns(register) if column in records.columns]
    # Numbered by content: a copy stands right behind what it copies.
    same = [pl.col(column).eq_missing(pl.col(column).shift()) for column in content]
    return (
        records.filter(pl.col("rejected").is_null())
        .with_columns(copied=pl.col("record").shift())
        .filter(pl.all_horizontal(same), pl.col("copied").is_not_null())
        .select("record", "source_file", "source_sheet", "copied")
    )


def surplus_copies(records: pl.DataFrame, register: Register) -> pl.DataFrame:
    """The repeated rows, counted by where they came from.

    Returns:
        `source_file`, `source_sheet`, `duplicates` (Int64).
    """
    return (
        repeated_rows(records, register)
        .group_by("source_file", "source_sheet")
        .agg(pl.len().cast(pl.Int64).alias("duplicates"))
        .sort("source_file", "source_sheet")
    )
