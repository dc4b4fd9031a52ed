"""Workbooks, .xlsx and .xls, with what offices leave around their tables. Equal content gives equal bytes."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import xlsxwriter
import xlwt

Cell = str | float | None
"""Text, a number typed as one, or nothing."""


@dataclass(frozen=True)
class Sheet:
    """One sheet.

    Attributes:
        name: of the sheet.
        header: texts of the header row.
        rows: cells below it.
        titles: texts above the header, each merged over the table's width.
        groups: upper header cells as (first column, last column, text); columns under none are merged downwards.
        trailing: rows below the table.
        hidden: whether a person sees the sheet.
    """

    name: str
    header: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    titles: Sequence[str] = ()
    groups: Sequence[tuple[int, int, str]] = ()
    trailing: Sequence[Sequence[Cell]] = field(default_factory=tuple)
    hidden: bool = False

    @property
    def first_row(self) -> int:
        """The row a person sees for the first of `rows`."""
        return len(self.titles) + (2 if self.groups else 1) + 1


def write_xlsx(path: Path, sheets: Sequence[Sheet], created: datetime) -> None:
    """Write a workbook; `created` stands in for the clock."""
    path.parent.mkdir(parents=True, exist_ok=True)
    book = xlsxwriter.Workbook(str(path))
    book.set_properties({"created": created})
    bold = book.add_format({"bold": True})
    for sheet in sheets:
        page = book.add_worksheet(sheet.name)
        if sheet.hidden:
            page.hide()
        last = len(sheet.header) - 1
        for row, title in enumerate(sheet.titles):
            page.merge_range(row, 0, row, last, "", bold)
            page.write_string(row, 0, title, bold)
        _header(page, sheet, bold)
        for row, cells in enumerate([*sheet.rows, *sheet.trailing], start=sheet.first_row - 1):
            for column, cell in enumerate(cells):
                if isinstance(cell, float):
                    page.write_number(row, column, cell)
                elif cell:
                    page.write_string(row, column, cell)
    book.close()


def _header(page: xlsxwriter.worksheet.Worksheet, sheet: Sheet, bold: object) -> None:
    """One header row, or two with merged cells."""
    top = len(sheet.titles)
    if not sheet.groups:
        for column, text in enumerate(sheet.header):
            page.write_string(top, column, text, bold)
        return
    grouped: set[int] = set()
    for first, last, text in sheet.groups:
        page.merge_range(top, first, top, last, "", bold)
        page.write_string(top, first, text, bold)
        grouped |= set(range(first, last + 1))
    for column, text in enumerate(sheet.header):
        if column in grouped:
            page.write_string(top + 1, column, text, bold)
        else:
            page.merge_range(top, column, top + 1, column, "", bold)
            page.write_string(top, column, text, bold)


def write_xls(path: Path, sheet: Sheet) -> None:
    """Write one sheet in the format of Excel 97."""
    path.parent.mkdir(parents=True, exist_ok=True)
    book = xlwt.Workbook(encoding="utf-8")
    page = book.add_sheet(sheet.name)
    for row, title in enumerate(sheet.titles):
        page.write_merge(row, row, 0, len(sheet.header) - 1, title)
    rows = [sheet.header, *sheet.rows]
    for row, cells in enumerate(rows, start=len(sheet.titles)):
        for column, cell in enumerate(cells):
            if cell is not None and cell != "":
                page.write(row, column, cell)
    book.save(str(path))
