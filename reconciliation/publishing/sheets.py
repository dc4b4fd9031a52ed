"""One sheet of a workbook: columns in a fixed order, every cell written as text.

Only `write_string` is used for data: a name that begins with = + - or @ is then a name and never a formula. Cells have
the text format, so that an ID typed again by a clerk keeps all its digits.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import polars as pl
import xlsxwriter
from xlsxwriter.utility import xl_range

from reconciliation.publishing.private_files import private_file, private_folder
from reconciliation.publishing.row_markup import Between, put_in
from reconciliation.registers.labels import Labels

_BLUE = "#1F4E79"
_FONT = {"font_name": "宋体", "font_size": 10}
_GRID = {"border": 1, "border_color": "#B8BDC4"}
A3, A4 = 8, 9
"""Paper sizes, by Excel's numbers."""

RED, _GREY, _YELLOW = "#C00000", "#F2F2F2", "#FFF9DB"
_CELL: dict[str, Any] = {**_GRID, "text_wrap": True, "valign": "top", "num_format": "@"}
_HEADER: dict[str, Any] = {
    **_GRID,
    "bold": True,
    "text_wrap": True,
    "bg_color": "#DCE6F1",
    "align": "center",
    "valign": "vcenter",
}
_NUMBER = {**_GRID, "align": "right", "valign": "vcenter", "num_format": "#,##0"}
_STYLES: dict[str, dict[str, Any]] = {
    "title": {"font_size": 18, "bold": True, "valign": "vcenter"},
    "heading": {"font_size": 12, "bold": True, "font_color": _BLUE, "valign": "vcenter"},
    "plain": {"valign": "vcenter"},
    "text": {"text_wrap": True, "valign": "vcenter"},
    "link": {**_GRID, "font_color": _BLUE, "underline": 1, "valign": "vcenter"},
    "no_link": {**_GRID, "font_color": "#6B7280", "valign": "vcenter"},
    "task": {**_GRID, "text_wrap": True, "valign": "vcenter", "indent": 1},
    "header": _HEADER,
    "cell": _CELL,
    "locked": {**_CELL, "bg_color": _GREY},
    "different": {**_CELL, "bg_color": _GREY, "font_color": RED},
    "answer": {**_CELL, "bg_color": _YELLOW, "locked": False},
    "answer_date": {**_CELL, "bg_color": _YELLOW, "locked": False, "num_format": "yyyy-mm-dd"},
    "answer_header": {**_HEADER, "bg_color": "#FFE699"},
    "form_title": {"font_size": 18, "bold": True, "align": "center", "valign": "vcenter"},
    "form_text": {**_GRID, "text_wrap": True, "valign": "vcenter", "font_size": 11},
    "form_line": {"valign": "vcenter", "font_size": 11},
    "form_cell": {**_GRID, "valign": "vcenter", "num_format": "@", "font_size": 11},
    "red": {"font_color": RED, "bold": True},
    "black": {},
    "count": _NUMBER,
    "rate": {**_NUMBER, "num_format": "0.0%"},
    "amount": {**_NUMBER, "num_format": "#,##0.00"},
    "total": {**_NUMBER, "bold": True, "top": 2},
    "total_name": {**_GRID, "valign": "vcenter", "bold": True, "top": 2},
}
HEADER_HEIGHT, _LINE_HEIGHT, _ROW_LIMIT = 32.0, 13.5, 409.0
"""Points; the last is Excel's limit."""

_CELL_LIMIT = 32_767
"""Characters Excel allows in a cell; xlsxwriter drops a longer text without a word."""


@dataclass(frozen=True)
class Column:
    """A column a reader may see.

    Attributes:
        name: the frame's column; its heading is `publishing.columns.<name>`.
        width: in characters of the default font.
        values: section of the labels that words its codes, None where the cells are shown as they are.
        printed: whether it fits on paper; columns that are not printed stand to the right of all that are.
    """

    name: str
    width: int
    values: str | None = None
    printed: bool = True


class Book:
    """A workbook being written, with its formats and the wording.

    Attributes:
        workbook: the xlsxwriter workbook.
        labels: the wording.
        batch: shown in every footer.
        between: rows to be put in when the library has written the workbook.
    """

    def __init__(self, workbook: Any, labels: Labels, batch: date) -> None:
        """Prepare the formats every sheet uses."""
        self.workbook = workbook
        self.labels = labels
        self.batch = batch
        self.between: list[Between] = []
        self._sheets = 0
        self._formats: dict[str, Any] = {
            name: workbook.add_format(_FONT | properties) for name, properties in _STYLES.items()
        }

    def format(self, name: str) -> Any:
        """One of the shared cell formats."""
        return self._formats[name]

    @property
    def sheets(self) -> int:
        """How many sheets there are so far."""
        return self._sheets

    def add_sheet(self, name: str, *, paper: int, header_rows: int | None, title: str = "") -> Any:
        """A sheet set up for printing.

        Args:
            name: shown on its tab.
            paper: `A3` or `A4` of this module; landscape either way for A3, upright for A4.
            header_rows: how many rows every printed page repeats, None for none.
            title: printed at the head of every page.
        """
        sheet = self.workbook.add_worksheet(name)
        self._sheets += 1
        sheet.set_paper(paper)
        if paper == A3:
            sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
        sheet.set_margins(left=0.4, right=0.4, top=0.7, bottom=0.7)
        if title:
            # & starts a code in headers; a doubled one prints itself. 255 characters is Excel's limit.
            sheet.set_header(f'&C&"宋体"&12{title[:100].replace("&", "&&")}')
        sheet.set_footer(
            "&L{}&C{}&R{}".format(
                self.labels("publishing.workbook.confidential"),
                self.labels("publishing.workbook.page", page="&P", pages="&N"),
                self.labels("publishing.workbook.batch", batch=self.batch.isoformat()),
            )
        )
        if header_rows is not None:
            sheet.repeat_rows(0, header_rows - 1)
        return sheet


@contextmanager
def open_book(path: Path, labels: Labels, batch: date) -> Iterator[Book]:
    """A workbook at `path`, 0600, the same bytes for the same content; it is complete when the block ends.

    Rows are kept in temporary files beside it, not in memory and not where others could read them.
    """
    private_folder(path.parent)
    with TemporaryDirectory(dir=path.parent, prefix=".") as scratch, private_file(path) as file:
        written = BytesIO()
        workbook = xlsxwriter.Workbook(
            written,
            {"constant_memory": True, "tmpdir": scratch, "default_date_format": "yyyy-mm-dd"},
        )
        workbook.set_properties({"created": datetime(batch.year, batch.month, batch.day)})
        book = Book(workbook, labels, batch)
        yield book
        workbook.close()
        if book.between:
            put_in(written, book.between, file)
        else:
            file.write(written.getbuffer())


def write_table(book: Book, sheet: Any, frame: pl.DataFrame, columns: Sequence[Column]) -> None:
    """Write a frame from the first row on: headings, then a row a row; frozen, filtered, high enough to read.

    Args:
        book: the workbook.
        sheet: one of its sheets, still empty.
        frame: the rows, in the order they are to stand.
        columns: what is shown, in this order, the printed ones first; those the frame does not have are left out.
    """
    shown = [column for column in columns if column.name in frame.columns]
    headings = book.labels.mapping("publishing.columns")
    sheet.set_row(0, HEADER_HEIGHT)
    for place, column in enumerate(shown):
        sheet.set_column(place, place, column.width)
        sheet.write_string(0, place, headings[column.name], book.format("header"))
    texts = frame.select(as_text(frame, column, book.labels) for column in shown)
    cell = book.format("cell")
    for number, (height, *row) in enumerate(
        texts.select(row_height(shown), *texts.columns).iter_rows(), start=1
    ):
        sheet.set_row(number, height)
        for place, text in enumerate(row):
            sheet.write_string(number, place, text, cell)
    last_column = len(shown) - 1
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, frame.height, last_column)
    sheet.print_area(0, 0, frame.height, sum(column.printed for column in shown) - 1)
    sheet.ignore_errors({"number_stored_as_text": xl_range(1, 0, frame.height, last_column)})


def row_height(columns: Sequence[Column]) -> pl.Expr:
    """Row heights in points, so that wrapped text is seen whole.

    They are set, not left to the program that opens the book: not every one fits rows to wrapped text. A character
    outside ASCII is taken to be two wide; two of the column's width go to its margins.
    """
    lines = [_lines(column) for column in columns]
    return (
        (pl.max_horizontal(lines) * _LINE_HEIGHT + 4).clip(upper_bound=_ROW_LIMIT).alias("height")
    )


def _lines(column: Column) -> pl.Expr:
    text = pl.col(column.name)
    width = text.str.len_chars() + text.str.count_matches(r"[^\x00-\x7f]")
    wrapped = (width / (column.width - 2)).ceil().clip(1)
    return (wrapped + text.str.count_matches("\n", literal=True)).cast(pl.Float64)


def as_text(frame: pl.DataFrame, column: Column, labels: Labels) -> pl.Expr:
    """A column as the text its cells show: codes worded, lists joined, yes/no in Chinese, null as an empty cell."""
    wording = labels.mapping(column.values) if column.values else {}
    expression = _worded(pl.col(column.name), frame.schema[column.name], wording, labels)
    cut = labels("publishing.workbook.cut")
    text = expression.fill_null("")
    shortened = text.str.head(_CELL_LIMIT - len(cut)) + cut
    return (
        pl.when(text.str.len_chars() > _CELL_LIMIT)
        .then(shortened)
        .otherwise(text)
        .alias(column.name)
    )


def _worded(
    expression: pl.Expr, dtype: pl.DataType, wording: Mapping[str, str], labels: Labels
) -> pl.Expr:
    if isinstance(dtype, pl.List):
        inner = expression.list.eval(_worded(pl.element(), dtype.inner, wording, labels))  # type: ignore[arg-type]
        return inner.list.join(labels("publishing.workbook.list_separator"))
    if dtype == pl.Boolean:
        yes, no = labels("publishing.workbook.affirmed"), labels("publishing.workbook.denied")
        return pl.when(expression).then(pl.lit(yes)).when(~expression).then(pl.lit(no))
    if dtype.is_float():
        whole = expression == expression.round()
        return (
            pl.when(whole)
            .then(expression.cast(pl.Int64, strict=False).cast(pl.String))
            .otherwise(expression.round(2).cast(pl.String))
        )
    text = expression.cast(pl.String)
    return text.replace(dict(wording)) if wording else text
