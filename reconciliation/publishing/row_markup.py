"""Rows of a sheet as the markup a workbook holds, made column by column.

Written cell by cell a province's lists take the better part of an hour. So the library writes a sheet with its first and its last row,
and the rows between them are put in by their markup (ECMA-376, SpreadsheetML: inline strings only, so that a text is never
anything else).
"""

import re
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import BinaryIO, Final

import polars as pl
from xlsxwriter.utility import xl_col_to_name

_LEVEL: Final = 4
"""Of compression: a third larger than the best, in a third of the time."""
_HEXADECIMAL: Final = r"_(x[0-9A-Fa-f]{4}_)"
_CODES: Final = [*range(9), 11, 12, *range(13, 32), 0xFFFE, 0xFFFF]
_MARKUP: Final = {"&": "&amp;", "<": "&lt;", ">": "&gt;", **{chr(code): f"_x{code:04X}_" for code in _CODES}}  # fmt: skip
_ONE_BY_ONE: Final = {ord(sign): escape for sign, escape in _MARKUP.items()}
_SIGNS: Final = pl.Series([list(_MARKUP)])
_ESCAPES: Final = pl.Series([list(_MARKUP.values())])
_TEXT: Final = '<t xml:space="preserve">'
_STYLE: Final = re.compile(rb' s="(\d+)"')


@dataclass(frozen=True)
class Between:
    """Rows that belong between the second row of a sheet and its last.

    Attributes:
        sheet: which sheet of the workbook, counted from 1.
        last: the number of the last row, counted from 1.
        rows: `height` (Float64), and by place (`0`, `1` …) the text of each cell (String; "" stays blank).
        places: which column of the sheet each of them is, counted from 0.
        marked: for some places the markup of the text with differing characters marked; null: as it is.
    """

    sheet: int
    last: int
    rows: pl.DataFrame
    places: Sequence[int]
    marked: Mapping[int, pl.Series]


def put_in(book: BytesIO, insertions: Sequence[Between], target: BinaryIO) -> None:
    """Copy a workbook with further rows put into its sheets; the same input gives the same bytes.

    Args:
        book: as the library wrote it.
        insertions: the rows, a sheet each.
        target: where the workbook goes.
    """
    by_name = {f"xl/worksheets/sheet{one.sheet}.xml": one for one in insertions}
    with (
        zipfile.ZipFile(book) as old,
        zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=_LEVEL) as new,
    ):
        for item in old.infolist():
            content = old.read(item)
            if item.filename in by_name:
                content = _with_rows(content, by_name[item.filename])
            new.writestr(item, content, zipfile.ZIP_DEFLATED, _LEVEL)


def _with_rows(sheet: bytes, between: Between) -> bytes:
    at = sheet.index(f'<row r="{between.last}" '.encode())
    style = _STYLE.search(sheet, at)
    assert style is not None
    return sheet[:at] + row_markup(between, style[1].decode()).encode("utf-8") + sheet[at:]


def row_markup(between: Between, style: str) -> str:
    """The markup of rows, numbered from 3 on, their cells in one style."""
    number = pl.int_range(3, pl.len() + 3).cast(pl.String)
    rows = between.rows.with_columns(number.alias("number")).with_columns(
        series.alias(f"marked{place}") for place, series in between.marked.items()
    )
    cells = [
        _cell(place, column, style, marked=place in between.marked)
        for place, column in enumerate(between.places)
    ]
    opening = pl.concat_str(
        pl.lit('<row r="'), "number", pl.lit('" ht="'), pl.col("height").cast(pl.String), pl.lit('" customHeight="1">')
    )  # fmt: skip
    made = rows.select(pl.concat_str(opening, *cells, pl.lit("</row>")))
    return "".join(made.to_series().to_list())


def marked_text(pieces: Sequence[tuple[bool, str]]) -> str:
    """The markup of a text with some of its pieces in bold red."""
    return "".join(
        f'<r><rPr>{"<b/>" if red else ""}<sz val="10"/>'
        f'<color rgb="{"FFC00000" if red else "FF000000"}"/><rFont val="宋体"/></rPr>'
        f"{_TEXT}{_escaped(piece)}</t></r>"
        for red, piece in pieces
    )


def _escaped(text: str) -> str:
    return re.sub(_HEXADECIMAL, r"_x005F_\1", text).translate(_ONE_BY_ONE)


def _cell(place: int, column: int, style: str, *, marked: bool) -> pl.Expr:
    text = pl.col(str(place))
    escaped = text.str.replace_all(_HEXADECIMAL, "_x005F_$1").str.replace_many(_SIGNS, _ESCAPES)
    inner = pl.concat_str(pl.lit(_TEXT), escaped, pl.lit("</t>"))
    if marked:
        inner = pl.coalesce(f"marked{place}", inner)
    cell = pl.concat_str(
        pl.lit(f'<c r="{xl_col_to_name(column)}'),
        "number",
        pl.lit(f'" s="{style}" t="inlineStr"><is>'),
        inner,
        pl.lit("</is></c>"),
    )
    return pl.when(text != "").then(cell).otherwise(pl.lit(""))
