"""From the texts a database sends to the cells a file would have held, as a grid (`grids`).

Numbers that a database keeps exactly (`numeric`, `bigint`) are text to all that follows: no digit of them is lost, and an ID
is as good as a typed one. Only binary fractions (`double precision`, `real`) count as numbers, as Excel's do.
"""

import math
from collections.abc import Callable, Sequence

import polars as pl

from reconciliation.intake.cells import BLANK, BOOL, DATE, NUMBER, TEXT, Cell, number
from reconciliation.intake.database_query import ColumnKind

_NO_NUMBERS = ["NaN", "Infinity", "-Infinity"]
_DAY = r"^(\d{4}-\d{2}-\d{2})(?: \d{2}:\d{2}:\d{2}[\d.:+-]*)?$"
_SINGLE_DIGITS = 7
"""Up to so many digits a binary fraction of 4 bytes keeps a whole number as it was written, or nearly."""

Cells = tuple[pl.Series, pl.Series]
"""The texts of a column, blank for none, and its kind codes (`cells.KINDS`)."""


def grid(texts: pl.DataFrame, kinds: Sequence[ColumnKind], headings: Sequence[str]) -> pl.DataFrame:
    """The grid of a table, its headings in the first row.

    Args:
        texts: a String column for each column of the table, null as null.
        kinds: of the columns.
        headings: of the columns.

    Returns:
        For column j `t{j}` String and `k{j}` UInt8.
    """
    columns: list[pl.Series] = []
    for j, (received, kind) in enumerate(zip(texts.iter_columns(), kinds, strict=True)):
        cells, codes = _READERS[kind](received)
        header = pl.Series(f"t{j}", [headings[j]], dtype=pl.String)
        header_kind = pl.Series(f"k{j}", [TEXT], dtype=pl.UInt8)
        columns += [header.append(cells), header_kind.append(codes)]
    return pl.DataFrame(columns)


def _with_kind(texts: pl.Series, kind: int) -> Cells:
    """Texts with their kind; null is a blank cell."""
    return texts.fill_null(""), _codes(texts, kind)


def _codes(texts: pl.Series, kind: int) -> pl.Series:
    return texts.is_null().replace_strict({True: BLANK, False: kind}, return_dtype=pl.UInt8)


def _text(texts: pl.Series) -> Cells:
    return _with_kind(texts, TEXT)


def _exact(texts: pl.Series) -> Cells:
    """Digits as they are, without zeros behind the point; what is no number is a blank."""
    numbers = texts.set(texts.is_in(_NO_NUMBERS), None)
    short = numbers.str.replace(r"(\.\d*?)0+$", "${1}").str.strip_suffix(".")
    return _with_kind(short, TEXT)


def _by_value(cell: Callable[[str], Cell]) -> Callable[[pl.Series], Cells]:
    """A reader that works out the cell of each different text once."""

    def read(texts: pl.Series) -> Cells:
        different = texts.drop_nulls().unique().sort()
        cells = [cell(text) for text in different]
        contents = pl.Series([text for text, _ in cells], dtype=pl.String)
        codes = pl.Series([kind for _, kind in cells], dtype=pl.UInt8)
        return (
            texts.replace_strict(different, contents, return_dtype=pl.String).fill_null(""),
            texts.replace_strict(different, codes, return_dtype=pl.UInt8).fill_null(BLANK),
        )

    return read


def _double(text: str) -> Cell:
    value = float(text)
    return number(value) if math.isfinite(value) else ("", BLANK)


def _single(text: str) -> Cell:
    """Beyond its seven digits as the server writes it (5.2232421e+17): zeros would look like digits that are known."""
    long = math.isfinite(float(text)) and abs(float(text)) >= 10**_SINGLE_DIGITS
    return (text, NUMBER) if long else _double(text)


def _truth(text: str) -> Cell:
    return ("是" if text == "true" else "否"), BOOL


def _date(texts: pl.Series) -> Cells:
    """Days as `YYYY-MM-DD`; what is no day of a calendar (infinity, before Christ) stays the text it is."""
    days = texts.str.extract(_DAY)
    codes = _codes(texts, DATE).set(days.is_null() & texts.is_not_null(), TEXT)
    return pl.select(pl.coalesce(days, texts, pl.lit(""))).to_series(), codes


_READERS: dict[ColumnKind, Callable[[pl.Series], Cells]] = {
    "text": _text,
    "exact": _exact,
    "double": _by_value(_double),
    "single": _by_value(_single),
    "date": _date,
    "truth": _by_value(_truth),
}
