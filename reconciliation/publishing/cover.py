"""The first sheet of a workbook: whose it is, how many rows each list holds, what is to be done with them."""

from collections.abc import Iterable, Mapping
from typing import Any

import polars as pl

from reconciliation.publishing.answer_sheets import Sending
from reconciliation.publishing.sheets import A4, Book
from reconciliation.registers.schema import REQUIRED

_NAME, _FIRST_COUNT = 0, 1
_TOTAL = _FIRST_COUNT + len(REQUIRED)
_TASK = _TOTAL + 1


def write_cover(
    book: Book,
    title: str,
    lists: Mapping[str, pl.DataFrame],
    sending: Sending,
) -> None:
    """Write the cover as the book's next sheet.

    Args:
        book: the workbook.
        title: whose book this is.
        lists: the book's rows by list, with `register`.
        sending: what the release sends out with; its facts are lines of name and value below the title.
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
    lines = [(labels("publishing.workbook.batch_name"), book.batch.isoformat()), *sending.facts]
    for row, (name, value) in enumerate(lines, start=2):
        sheet.write_string(row, _NAME, name, book.format("plain"))
        sheet.write_string(row, _FIRST_COUNT, value, book.format("plain"))
    after = _write_counts(book, sheet, len(lines) + 3, lists)
    after = _write_lines(
        book, sheet, after + 1, "publishing.answers.how_to_answer", _answering(book, sending)
    )
    reading = labels.mapping("publishing.workbook.reading").values()
    _write_lines(book, sheet, after + 1, "publishing.workbook.how_to_read", reading)


def _answering(book: Book, sending: Sending) -> list[str]:
    """How the yellow cells are filled in, and what each answer asks for besides, a line each."""
    labels, settings = book.labels, sending.settings
    needs = [
        labels(
            "publishing.answers.needs_line",
            status=word.text,
            needs=labels("publishing.workbook.list_separator").join(
                labels(f"publishing.answers.needs.{need}") for need in word.needs
            ),
        )
        for word in settings.statuses.values()
        if word.needs
    ]
    lines = labels.mapping("publishing.answers.answering")
    return [line.format(needs="".join(needs)) for line in lines.values()]


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


def _write_lines(book: Book, sheet: Any, row: int, heading: str, lines: Iterable[str]) -> int:
    """A heading and a line a row below it; returns the row after them."""
    sheet.set_row(row, 24)
    sheet.write_string(row, 0, book.labels(heading), book.format("heading"))
    for line in lines:
        row += 1
        sheet.set_row(row, 30)
        # The cell is merged empty and then written as a string: `merge_range` would guess the type.
        sheet.merge_range(row, _NAME, row, _TASK, "", book.format("text"))
        sheet.write_string(row, _NAME, line, book.format("text"))
    return row + 1
