"""From the cells a file holds to text, with the kind of each cell kept.

Used inside the parsing process: imports only what starts quickly.

An Excel number has 15 digits. A longer one is written with its first 15 digits and zeros, and its kind says that it was a
number: whoever reads it knows that the rest is lost.
"""

import datetime
import math
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

KINDS = ("text", "number", "date", "bool", "error", "blank")
TEXT, NUMBER, DATE, BOOL, ERROR, BLANK = range(len(KINDS))
EXACT_DIGITS = 15
_EXACT = 10**EXACT_DIGITS

Cell = tuple[str, int]


class ErrorCell:
    """Stands for an error value (#N/A, #REF!) among the cells of a row."""


def whole_number(value: int) -> str:
    """A whole number without a decimal point; beyond 15 digits, zeros."""
    digits = str(abs(value))
    kept = digits[:EXACT_DIGITS].ljust(len(digits), "0")
    return f"-{kept}" if value < 0 else kept


def number(value: float) -> Cell:
    """A number as text: whole ones without a point, others by `repr`, "not a number" as a blank.

    A whole number of more than 15 digits is rounded to them if that is the same double (it was typed in Excel), and cut
    otherwise (a program wrote it in full): rounding would then change the 15th digit of half the IDs.
    """
    if math.isnan(value):
        return "", BLANK
    if not value.is_integer():
        return repr(value), NUMBER
    if abs(value) < _EXACT:
        return str(int(value)), NUMBER
    rounded = format(value, f".{EXACT_DIGITS}g")
    whole = int(Decimal(rounded)) if float(rounded) == value else int(value)
    return whole_number(whole), NUMBER


def _moment(value: datetime.datetime) -> Cell:
    return value.date().isoformat(), DATE


_BY_TYPE: dict[type, Callable[[Any], Cell]] = {
    str: lambda value: (value, TEXT),
    float: number,
    int: lambda value: (whole_number(value), NUMBER),
    bool: lambda value: ("是" if value else "否", BOOL),
    ErrorCell: lambda value: ("", ERROR),
    type(None): lambda value: ("", BLANK),
    datetime.datetime: _moment,
    datetime.date: lambda value: (value.isoformat(), DATE),
    datetime.time: lambda value: (value.isoformat(), DATE),
    datetime.timedelta: lambda value: (str(value), DATE),
    Decimal: lambda value: (
        (whole_number(int(value)), NUMBER)
        if value == value.to_integral_value()
        else (str(value), NUMBER)
    ),
}


_REPEATED: tuple[type, ...] = (float, int, datetime.datetime, datetime.date)
"""Types of which equal values have equal texts."""


def encode_column(values: Sequence[Any]) -> tuple[list[str], bytes]:
    """The cells of one column as texts and kind codes (positions in `KINDS`)."""
    types = set(map(type, values))
    if types <= {str}:
        return list(values), bytes(len(values))
    others = types - {str}
    if len(others) == 1 and others.issubset(_REPEATED):
        # Text and one other type: no two values are equal and yet different, and most stand there many times.
        known = {value: _cell(value) for value in set(values) if value.__class__ is not str}
        texts = [value if value.__class__ is str else known[value][0] for value in values]
        return texts, bytes(
            [TEXT if value.__class__ is str else known[value][1] for value in values]
        )
    cells = [_cell(value) for value in values]
    return [text for text, _ in cells], bytes([kind for _, kind in cells])


def _cell(value: Any) -> Cell:
    encode = _BY_TYPE.get(type(value))
    return encode(value) if encode else (str(value), TEXT)
