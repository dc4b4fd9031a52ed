"""The columns of a sheet as they were understood: letter, header, field, and how sure that is.

What belongs here: describing what `header` and `registers.headers` decided, and what is nearest to a header nobody knows.
What does not: deciding it. No text is shown that might be a person's instead of a header's.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import polars as pl
from rapidfuzz import fuzz

from reconciliation.intake.header import Header, MissingColumnsError
from reconciliation.intake.parsing import Sheet
from reconciliation.registers.headers import (
    FileKind,
    HeaderAliases,
    normalise_header,
    without_unit,
)
from reconciliation.registers.schema import Register

Certainty = Literal["exact", "unit", "similar", "values"]
"""The spelling is listed; listed but for a unit in brackets; alike; told by the values below it."""

_EXACT = 100.0
_LIKE_A_HEADER = 75.0
"""How alike a text in a row that is perhaps no header must be to a known header to be shown."""
_LONG_NUMBER = re.compile(r"\d(?=\d{5})|(?<=\d{5})\d")
_AFTER_COLON = re.compile(r"(?<=[:：]).+")
_MASK = "●"


@dataclass(frozen=True)
class Nearest:
    """The listed spelling most like a header.

    Attributes:
        spelling: as listed.
        field: whose spelling it is.
        score: likeness, 0-100 (normalised edit similarity), to one place.
    """

    spelling: str
    field: str
    score: float


@dataclass(frozen=True)
class Column:
    """One column of a sheet.

    Attributes:
        letter: as in Excel.
        header: as written; null where it may be a person's cell.
        field: the canonical field; null where nobody mapped it.
        certainty: how the field was told; null without one.
        nearest: the nearest listed spelling of the field, or of any field where it is unmapped.
        counter: whether it only numbers the rows.
    """

    letter: str
    header: str | None
    field: str | None
    certainty: Certainty | None
    nearest: Nearest | None
    counter: bool


@dataclass(frozen=True)
class Missing:
    """A group of fields of which a file needs one and has none.

    Attributes:
        fields: the group.
        nearest: unmapped columns that are most like one of them, best first.
    """

    fields: tuple[str, ...]
    nearest: tuple[Column, ...]


def column_letter(position: int) -> str:
    """A column as Excel calls it.

    >>> column_letter(0), column_letter(26)
    ('A', 'AA')
    """
    letters = ""
    position += 1
    while position:
        position, rest = divmod(position - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def columns_of(
    sheet: Sheet, header: Header, register: Register, aliases: HeaderAliases
) -> tuple[Column, ...]:
    """The columns of a sheet whose header was found; those without a header and a field are left out."""
    spellings = tuple(_spellings(register, header.kind, aliases))
    return tuple(
        _column(sheet.left + j, _variants(header, j), header.fields.get(j), spellings, aliases)
        for j in range(len(header.texts))
        if header.texts[j] or j in header.fields
    )


def columns_without(
    sheet: Sheet, error: MissingColumnsError, register: Register, aliases: HeaderAliases
) -> tuple[tuple[Column, ...], tuple[Missing, ...]]:
    """The columns of a row that was taken for a header but lacks something, and what is nearest to what it lacks.

    Such a row may be a person's after all, so only texts like a known header are shown.
    """
    row = sheet.grid.slice(error.row - 1, 1).select(pl.col("^t[0-9]+$").fill_null(""))
    texts = [str(text).strip() for text in row.row(0)]
    variants = [(text,) if text else () for text in texts]
    kind = aliases.kind(variants, register)
    fields = aliases.match(variants, register, kind).fields
    spellings = tuple(_spellings(register, kind, aliases))
    columns = [
        _column(sheet.left + j, variants[j], fields.get(j), spellings, aliases)
        for j in range(len(texts))
        if texts[j]
    ]
    missing = tuple(_missing(group, columns, spellings) for group in error.missing)
    return tuple(_guarded(column, aliases) for column in columns), missing


def _missing(
    group: tuple[str, ...], columns: Sequence[Column], spellings: Sequence[tuple[str, str]]
) -> Missing:
    wanted = tuple((field, spelling) for field, spelling in spellings if field in group)
    alike = [
        Column(column.letter, column.header, None, None, nearest, counter=False)
        for column in columns
        if column.field is None and not column.counter and column.header
        for nearest in [_nearest((column.header,), wanted)]
        if nearest and nearest.score >= _LIKE_A_HEADER / 2
    ]
    alike.sort(key=lambda column: -(column.nearest.score if column.nearest else 0.0))
    return Missing(group, tuple(_only_like_a_header(column) for column in alike[:2]))


def _guarded(column: Column, aliases: HeaderAliases) -> Column:
    if column.header and aliases.is_known(column.header):
        return column
    return _only_like_a_header(column)


def _only_like_a_header(column: Column) -> Column:
    """The column, with its text only where that is like a known header."""
    if column.nearest and column.nearest.score >= _LIKE_A_HEADER:
        return column
    return Column(column.letter, None, column.field, None, None, column.counter)


def _variants(header: Header, column: int) -> tuple[str, ...]:
    """What the header of a column may be read as: what was chosen, then its rows from below."""
    rows = [row[column] for row in reversed(header.rows) if row[column]]
    return tuple(dict.fromkeys([header.texts[column], *rows])) if header.texts[column] else ()


def _column(
    position: int,
    texts: Sequence[str],
    field: str | None,
    spellings: Sequence[tuple[str, str]],
    aliases: HeaderAliases,
) -> Column:
    own = tuple(pair for pair in spellings if field in (None, pair[0]))
    nearest = _nearest(texts, own)
    written = texts[0] if texts else ""
    return Column(
        column_letter(position),
        shown_header(_apart(texts)),
        field,
        _certainty(texts, own, aliases) if field else None,
        nearest,
        bool(written) and field is None and aliases.is_counter(written),
    )


def _apart(texts: Sequence[str]) -> str:
    """A header as written; of one joined from two rows, both with a stroke between them."""
    written, *rows = texts or ("",)
    lower = rows[0] if rows else ""
    upper = written.removesuffix(lower) if lower else ""
    return f"{upper} / {lower}" if upper else written


def _certainty(
    texts: Sequence[str], spellings: Sequence[tuple[str, str]], aliases: HeaderAliases
) -> Certainty:
    listed = {normalise_header(spelling) for _, spelling in spellings}
    headers = [normalise_header(text) for text in texts]
    if any(header in listed for header in headers):
        return "exact"
    if {without_unit(header) for header in headers} & set(map(without_unit, listed)):
        return "unit"
    return "values" if any(map(aliases.is_area, texts)) else "similar"


def _nearest(texts: Sequence[str], spellings: Sequence[tuple[str, str]]) -> Nearest | None:
    headers = [without_unit(normalise_header(text)) for text in texts]
    scored = (
        Nearest(spelling, field, _likeness(header, without_unit(normalise_header(spelling))))
        for header in headers
        for field, spelling in spellings
    )
    return max(scored, key=lambda nearest: nearest.score, default=None)


def _spellings(
    register: Register, kind: FileKind, aliases: HeaderAliases
) -> Iterator[tuple[str, str]]:
    """Field and spelling, those of the file's kind first, then the register's own, then the common ones."""
    layers = [aliases.registers.get(register.name, {}), aliases.common]
    if kind == "household":
        layers.insert(0, aliases.household)
    for layer in layers:
        for field, spellings in layer.items():
            if field in register.columns or layer is aliases.household:
                yield from ((field, spelling) for spelling in spellings)


def shown_header(text: str) -> str:
    """A header as it may be shown: without long numbers and what follows a colon, which no header needs."""
    text = _AFTER_COLON.sub(lambda found: _MASK * len(found.group()), text)
    return _LONG_NUMBER.sub(_MASK, text)


def _likeness(one: str, other: str) -> float:
    return round(fuzz.ratio(one, other), 1)
