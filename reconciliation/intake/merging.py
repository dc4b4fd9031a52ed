"""Merged cells below the header: what stands in the first cell of a range is said of all its rows.

A list by households merges 户编号, 户主姓名 or 家庭地址 over the members. Only what holds for a whole household is filled down,
and what nobody mapped; never what is a person's own.
"""

from collections.abc import Iterator, Sequence

import polars as pl

from reconciliation.intake.header import Header
from reconciliation.intake.parsing import Sheet
from reconciliation.registers.schema import HOUSEHOLD_FIELDS

Span = tuple[int, int]
"""First and last row, counted from 0."""


def filled_down(
    rows: pl.DataFrame, sheet: Sheet, header: Header, own: Sequence[str]
) -> tuple[pl.DataFrame, int]:
    """Rows with the blank cells of vertical ranges filled from the first cell of the range.

    Args:
        rows: `source_row`, and `t{j}`, `k{j}` by column; the first row of every range is among them.
        sheet: where the ranges are.
        header: which columns they are.
        own: the fields that say whom a row is about; never filled.

    Returns:
        The rows, and how many cells were filled.
    """
    count = 0
    for column, spans in _spans(sheet, header, own).items():
        text, kind = f"t{column}", f"k{column}"
        below = pl.DataFrame(
            [(row + 1, first + 1) for first, last in spans for row in range(first + 1, last + 1)],
            schema={"source_row": pl.Int64, "_first": pl.Int64},
            orient="row",
        )
        first = rows.select(
            pl.col("source_row").alias("_first"),
            pl.col(text).alias("_text"),
            pl.col(kind).alias("_kind"),
        )
        joined = rows.join(
            below.join(first, on="_first"), on="source_row", how="left", maintain_order="left"
        ).with_columns(
            ((pl.col(text) == "") & (pl.col("_text") != "")).fill_null(False).alias("_take")
        )
        count += int(joined["_take"].sum())
        rows = joined.with_columns(
            pl.when("_take").then("_text").otherwise(text).alias(text),
            pl.when("_take").then("_kind").otherwise(kind).alias(kind),
        ).drop("_first", "_text", "_kind", "_take")
    return rows, count


def heading_rows(sheet: Sheet, header: Header, own: Sequence[str]) -> list[int]:
    """Rows (counted from 1) in which one cell reaches over the columns of both name and number: a heading, nobody's row."""
    columns = [j for j, field in header.fields.items() if field in own]
    if len(columns) < len(own):
        return []
    return sorted(
        {
            row + 1
            for top, left, bottom, right in sheet.merged
            if top > header.last and left <= min(columns) and max(columns) <= right
            for row in range(top, min(bottom, sheet.grid.height - 1) + 1)
        }
    )


def _spans(sheet: Sheet, header: Header, own: Sequence[str]) -> dict[int, list[Span]]:
    """By column the vertical ranges to be filled; where a broken file has ranges on each other, the upper one."""
    shared = {
        j
        for j in range(sheet.grid.width // 2)
        if header.fields.get(j) is None or header.fields[j] in HOUSEHOLD_FIELDS - set(own)
    }
    spans: dict[int, list[Span]] = {}
    for column, first, last in sorted(_vertical(sheet, header.last)):
        taken = spans.setdefault(column, [])
        if column in shared and (not taken or first > taken[-1][1]):
            taken.append((first, last))
    return {column: found for column, found in spans.items() if found}


def _vertical(sheet: Sheet, header_row: int) -> Iterator[tuple[int, int, int]]:
    for top, left, bottom, _ in sheet.merged:
        if bottom > top > header_row and left >= 0:
            yield left, top, min(bottom, sheet.grid.height - 1)
