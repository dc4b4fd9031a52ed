"""The return slip (退回单) of a book: which rows were not taken, why, and what is to be done, by the rows a person sees in Excel."""

from datetime import date
from pathlib import Path
from typing import Final

import polars as pl

from reconciliation.publishing.returned.planning import BookPlan
from reconciliation.publishing.sheets import A3, A4, Column, open_book, write_table
from reconciliation.publishing.workbooks import file_stem
from reconciliation.registers.labels import Labels

FOLDER: Final = "return_slips"
_LONGEST_TITLE: Final = 48
"""Of a book's name in the slip's: what tells two books apart comes after it, and long names are cut."""
COLUMNS: Final = (
    Column("source_sheet", 20),
    Column("source_row", 8),
    Column("town", 14),
    Column("village", 14),
    Column("name", 12),
    Column("rejected", 52),
    Column("remedy", 60),
)


def write_slip(
    folder: Path, plan: BookPlan, labels: Labels, batch: date, taken: set[str]
) -> Path | None:
    """Write the slip of a book; the same book gives the same bytes. Return its path, None where nothing was returned.

    Args:
        folder: where slips go.
        plan: of the book.
        labels: the wording.
        batch: of the newest release; the slip's date of creation.
        taken: names of the slips written in the same go (`file_stem`): books that cannot be opened have no checksum to tell
            them apart.
    """
    refusal = plan.book.refusal
    if refusal is None and plan.refused.is_empty():
        return None
    title = labels("publishing.returned.slip", file=Path(plan.book.name).stem)
    stem = file_stem(f"{title[:_LONGEST_TITLE]} {plan.book.sha256[:8]}", batch, taken)
    path = folder / f"{stem}.xlsx"
    with open_book(path, labels, batch) as book:
        if refusal is not None:
            sheet = book.add_sheet(labels("publishing.returned.sheet"), paper=A4, header_rows=None)
            sheet.set_column(0, 0, 80)
            sheet.write_string(0, 0, title, book.format("heading"))
            sheet.write_string(1, 0, refusal, book.format("text"))
        else:
            name = labels("publishing.returned.sheet")
            sheet = book.add_sheet(name, paper=A3, header_rows=1, title=title)
            write_table(book, sheet, returned_rows(plan, labels), COLUMNS)
    return path


def returned_rows(plan: BookPlan, labels: Labels) -> pl.DataFrame:
    """The returned rows of a book in words, by sheet and row: the columns of `COLUMNS`."""
    reasons, remedies = (
        labels.mapping(f"publishing.returned.{part}") for part in ("row", "remedy")
    )
    return plan.refused.select(
        "town",
        "village",
        "name",
        source_sheet="sheet",
        source_row="row",
        rejected=pl.col("refused").replace_strict(reasons, return_dtype=pl.String),
        remedy=pl.col("refused").replace_strict(remedies, return_dtype=pl.String),
    ).sort("source_sheet", "source_row")
