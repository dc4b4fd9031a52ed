"""Cell text to values: amounts, dates, months, counts, yes/no.

What belongs here: how a number or a date is written in any register, as polars expressions. What does not: what a
coded value means (`codes.py`) and what identifies a person (`reconciliation.identity`).

Every function takes an expression over a String column in which null says that the file has no such column and the
empty string that the cell is blank; both become null, and so does whatever cannot be read for sure. Full- and
half-width forms are the same throughout (Unicode NFKC).
"""

import datetime as dt
from collections.abc import Callable

import polars as pl

EARLIEST_YEAR = 1850
LATEST_YEAR = 2100

_YES = ("是", "1", "Y", "YES", "TRUE", "有", "√", "✓", "✔", "对")
_NO = ("否", "0", "N", "NO", "FALSE", "无", "没有", "不是", "×", "✕", "✗", "✘")

_NUMBER = r"[-+]?(?:[0-9]+|[0-9]{1,3}(?:,[0-9]{3})+)(?:\.[0-9]*)?(?:[eE][-+]?[0-9]{1,2})?"
_AMOUNT = rf"^(?:¥|人民币)?({_NUMBER})(万)?元?(?:整)?$"
_COUNT = r"^([-+]?(?:[0-9]+|[0-9]{1,3}(?:,[0-9]{3})+))(?:\.0*)?(?:人|口|岁|周岁|套|户|个月|个|月|年|次)?$"
_SEPARATED_DATE = (
    r"^([0-9]{4})[-/.年、]([0-9]{1,2})[-/.月、]([0-9]{1,2})[日号]?(?:T?[0-9]{1,2}:[0-9]{2}.*)?$"
)
_COMPACT_DATE = r"^([0-9]{4})([0-9]{2})([0-9]{2})$"
_SEPARATED_MONTH = r"^([0-9]{4})([-/.年、])([0-9]{1,2})月?(?:份)?$"
_COMPACT_MONTH = r"^([0-9]{4})([0-9]{2})$"
_SERIAL_DAY = r"^([0-9]{5})(?:\.[0-9]+)?$"
_YEAR_AND_MONTH = r"^(?:1[89]|20)[0-9]{2}[1-9]"
_DAY_ZERO = dt.date(1899, 12, 30)
_AMBIGUOUS_MONTH = r"^[0-9]{4}\.1$"


def by_distinct(
    column: pl.Expr,
    *steps: Callable[[pl.Expr], pl.Expr],
    dtype: pl.DataType | type[pl.DataType],
) -> pl.Expr:
    """Apply elementwise text functions once to each distinct value instead of to each row.

    Dates, amounts and codes repeat a lot, and reading them takes many steps: this is 10 to 20 times faster at a
    million rows. What a step returns is computed once, however often the next step uses it.

    Args:
        column: String column; null stays null.
        steps: each builds an elementwise expression of the column the step before it made.
        dtype: what the last step returns.
    """

    def once(series: pl.Series) -> pl.Series:
        # Categories of its own: numbered 0, 1 … as they first appear, and gone with the column.
        coded = series.cast(pl.Categorical(pl.Categories.random()))
        distinct = coded.unique(maintain_order=True).drop_nulls().cast(pl.String)
        table = distinct.alias("_value").to_frame()
        for step in steps:
            table = table.with_columns(_value=step(pl.col("_value")))
        return table["_value"].gather(coded.to_physical()).alias(series.name)

    return column.map_batches(once, return_dtype=dtype, is_elementwise=True)


def normalised(column: pl.Expr) -> pl.Expr:
    """The text with full-width forms folded (NFKC) and without blanks and invisible characters; "" → null."""
    text = column.str.normalize("NFKC").str.replace_all(r"[\s\p{Cf}\p{Cc}]", "")
    return pl.when(text != "").then(text)


def blank_to_null(column: pl.Expr) -> pl.Expr:
    """The text trimmed of any kind of blank; a blank cell → null."""
    text = column.str.strip_chars().str.strip_chars("\u3000\u00a0\u200b\ufeff")
    return pl.when(text != "").then(text)


def amount(column: pl.Expr) -> pl.Expr:
    """An amount of money in yuan, Float64.

    Reads thousands separators and digits of both widths, 元, 万 and 万元. Anything with words around it (约3000,
    300元/月) is null: what it means is not certain.
    """
    return by_distinct(column, normalised, _amount, dtype=pl.Float64)


def _amount(text: pl.Expr) -> pl.Expr:
    number = text.str.extract(_AMOUNT, 1).str.replace_all(",", "", literal=True)
    factor = pl.when(text.str.extract(_AMOUNT, 2) == "万").then(10_000.0).otherwise(1.0)
    return number.cast(pl.Float64, strict=False) * factor


def integer(column: pl.Expr) -> pl.Expr:
    """A count, Int64: a whole number, also written 3.0, 3人, 45岁 or with thousands separators."""
    return by_distinct(column, normalised, _integer, dtype=pl.Int64)


def _integer(text: pl.Expr) -> pl.Expr:
    number = text.str.extract(_COUNT, 1).str.replace_all(",", "", literal=True)
    return number.str.strip_prefix("+").cast(pl.Int64, strict=False)


def date(column: pl.Expr) -> pl.Expr:
    """A calendar day, Date.

    Reads 2018-08-15, 2018/8/5, 2018.8.5, 20180805, 2018年8月5日, with or without a time of day behind it, and the five
    digits by which a spreadsheet counts days (43313 is 2018-08-01; 1900 system) where they cannot be a year and a month
    (20188). A year and month alone, six digits and days that do not exist are null.
    """
    return by_distinct(column, normalised, _date, dtype=pl.Date)


def _date(text: pl.Expr) -> pl.Expr:
    return pl.coalesce(
        calendar_day(*(text.str.extract(_SEPARATED_DATE, part) for part in (1, 2, 3))),
        calendar_day(*(text.str.extract(_COMPACT_DATE, part) for part in (1, 2, 3))),
        _serial_day(text),
    )


def _serial_day(text: pl.Expr) -> pl.Expr:
    days = text.str.extract(_SERIAL_DAY, 1).cast(pl.Int32, strict=False)
    sure = (days >= 10_000) & ~text.str.contains(_YEAR_AND_MONTH)
    day = pl.lit(_DAY_ZERO) + pl.duration(days=pl.when(sure).then(days))
    return pl.when(day.dt.year() <= LATEST_YEAR).then(day)


def month(column: pl.Expr) -> pl.Expr:
    """A month as the Date of its first day.

    Reads 2018年8月, 2018.01, 2018-8, 201808 and every form of `date`. `2018.1` is null: a spreadsheet prints the
    number 2018.10 that way too.
    """
    return by_distinct(column, normalised, _month, dtype=pl.Date)


def _month(text: pl.Expr) -> pl.Expr:
    text = pl.when(~text.str.contains(_AMBIGUOUS_MONTH)).then(text)
    first = pl.when(text.is_not_null()).then(pl.lit("1"))
    return pl.coalesce(
        calendar_day(
            text.str.extract(_SEPARATED_MONTH, 1), text.str.extract(_SEPARATED_MONTH, 3), first
        ),
        calendar_day(
            text.str.extract(_COMPACT_MONTH, 1), text.str.extract(_COMPACT_MONTH, 2), first
        ),
        _date(text).dt.month_start(),
    )


def yes_no(column: pl.Expr) -> pl.Expr:
    """A yes or no, Boolean: 是/否, 1/0, Y/N, 有/无, √/×. Blank and anything else is null, never "no"."""
    return by_distinct(column, normalised, _yes_no, dtype=pl.Boolean)


def _yes_no(text: pl.Expr) -> pl.Expr:
    meanings = dict.fromkeys(_YES, True) | dict.fromkeys(_NO, False)
    text = text.str.to_uppercase()
    return text.replace_strict(meanings, default=None, return_dtype=pl.Boolean)


def calendar_day(year: pl.Expr, month_of_year: pl.Expr, day: pl.Expr) -> pl.Expr:
    """A Date from three columns of digits; null where no such day exists.

    Args:
        year: String or integer, four digits, between 1850 and 2100.
        month_of_year: String or integer, 1 to 12.
        day: String or integer, 1 to the month's length.
    """
    y, m, d = (part.cast(pl.Int32, strict=False) for part in (year, month_of_year, day))
    in_range = y.is_between(EARLIEST_YEAR, LATEST_YEAR) & m.is_between(1, 12) & (d >= 1)
    exists = in_range & (d <= _month_length(y, m))
    return pl.when(exists).then(
        pl.date(
            pl.when(exists).then(y).otherwise(2000),
            pl.when(exists).then(m).otherwise(1),
            pl.when(exists).then(d).otherwise(1),
        )
    )


def _month_length(year: pl.Expr, month_of_year: pl.Expr) -> pl.Expr:
    leap = (year % 4 == 0) & ((year % 100 != 0) | (year % 400 == 0))
    february = pl.when(leap).then(29).otherwise(28)
    short = month_of_year.is_in([4, 6, 9, 11])
    return pl.when(month_of_year == 2).then(february).when(short).then(30).otherwise(31)
