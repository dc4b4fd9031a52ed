"""The first sheet of a workbook: whose it is, how many rows each list holds, what is to be done with them."""

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

from reconciliation.publishing.sheets import A4, Book
from reconciliation.registers.schema import REQUIRED

_NAME, _FIRST_COUNT = 0, 1
_TOTAL = _FIRST_COUNT + len(REQUIRED)
_TASK = _TOTAL + 1


def write_cover(
    book: Book,
    title: str,
    lists: Mapping[str, pl.DataFrame],
    facts: Sequence[tuple[str, str]],
) -> None:
    """Write the cover as the book's next sheet.

    Args:
        book: the workbook.
        title: whose book this is.
        lists: the book's rows by list, with `register`.
        facts: lines of name and value below the title.
    """
    labels = book.labels
    sheet = book.add_sheet(labels("publishing.workbook.cover"), paper=A4, header_rows=None)
    sheet.hide_gridlines(2)
    sheet.set_column(_NAME, _NAME, 22)
    sheet.set_column(_FIRST_COUNT, _TOTAL, 11)
    sheet.set_column(_TASK, _TASK, 64)
    sheet.set_row(0, 36)
    sheet.write_string(0, 0, labels("publishing.workbook.title"), book.format("title"))
    sheet.set_row(1, 24)
    sheet.write_string(1, 0, title, book.format("heading"))
    lines = [(labels("publishing.workbook.batch_name"), book.batch.isoformat()), *facts]
    for row, (name, value) in enumerate(lines, start=2):
        sheet.write_string(row, _NAME, name, book.format("plain"))
        sheet.write_string(row, _FIRST_COUNT, value, book.format("plain"))
    after = _write_counts(book, sheet, len(lines) + 3, lists)
    _write_reading(book, sheet, after + 1)


def _write_counts(book: Book, sheet: Any, row: int, lists: Mapping[str, pl.DataFrame]) -> int:
    """The table of list sizes by register, from `row` on; returns the row after it."""
    labels = book.labels
    headings = [
        labels("publishing.workbook.list"),
        *(labels(f"registers.{register}") for register in REQUIRED),
        labels("publishing.workbook.total"),
        labels("publishing.workbook.task"),
    ]
    sheet.set_row(row, 22)
    for column, heading in enumerate(headings):
        sheet.write_string(row, column, heading, book.format("header"))
    sums = [0] * (len(REQUIRED) + 1)
    for name, frame in lists.items():
        row += 1
        counts = [frame.filter(pl.col("register") == register).height for register in REQUIRED]
        counts.append(frame.height)
        sums = [one + other for one, other in zip(sums, counts, strict=True)]
        sheet.set_row(row, 32)
        _write_list_name(book, sheet, row, labels(f"lists.{name}"), linked=frame.height > 0)
        for column, count in enumerate(counts, start=_FIRST_COUNT):
            sheet.write_number(row, column, count, book.format("count"))
        sheet.write_string(row, _TASK, labels(f"publishing.tasks.{name}"), book.format("task"))
    row += 1
    sheet.write_string(row, _NAME, labels("publishing.workbook.total"), book.format("total_name"))
    for column, count in enumerate(sums, start=_FIRST_COUNT):
        sheet.write_number(row, column, count, book.format("total"))
    sheet.write_string(row, _TASK, "", book.format("total_name"))
    return row + 1


def _write_list_name(book: Book, sheet: Any, row: int, name: str, *, linked: bool) -> None:
    """A list's name, leading to its sheet where there is one (a list nobody is on has no sheet)."""
    if linked:
        sheet.write_url(row, _NAME, f"internal:'{name}'!A1", book.format("link"), name)
    else:
        sheet.write_string(row, _NAME, name, book.format("no_link"))


def _write_reading(book: Book, sheet: Any, row: int) -> None:
    """How the sheets are to be read, a line each."""
    heading = book.labels("publishing.workbook.how_to_read")
    sheet.set_row(row, 24)
    sheet.write_string(row, 0, heading, book.format("heading"))
    reading = book.labels.mapping("publishing.workbook.reading")
    for number, line in enumerate(reading.values(), start=row + 1):
        sheet.set_row(number, 30)
        # The cell is merged empty and then written as a string: `merge_range` would guess the type.
        sheet.merge_range(number, _NAME, number, _TASK, "", book.format("text"))
        sheet.write_string(number, _NAME, line, book.format("text"))
