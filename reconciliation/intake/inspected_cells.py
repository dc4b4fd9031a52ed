"""What stands in the columns of one sheet, in counts: kinds of cells, codes without a meaning, values that cannot be read.

What belongs here: counting. A text is handed on only where it is a code that many rows share; nothing else of a cell is.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

import polars as pl
from rapidfuzz import fuzz, process

from reconciliation.intake.records import kind_column
from reconciliation.registers import values
from reconciliation.registers.codes import CodeTables, look_up_form
from reconciliation.registers.schema import DATE_FIELDS, NAME_FIELDS

_AMOUNTS: Final = (
    "annual_income", "household_monthly_amount", "total_amount", "income_per_capita", "household_income",
    "financial_assets", "living_subsidy", "care_subsidy",
)  # fmt: skip
_COUNTS: Final = (
    "age", "household_size", "covered_size", "properties_owned", "work_months", "lift_year", "relocation_year",
)  # fmt: skip
_FLAGS: Final = (
    "disabled", "flag_poverty", "flag_dibao", "serious_illness_insurance", "dangerous_house", "safe_water", "relocated",
    "relief_paid", "hukou_moved",
)  # fmt: skip
READERS: Final[Mapping[str, Callable[[pl.Expr], pl.Expr]]] = {
    **dict.fromkeys(DATE_FIELDS, values.month),
    **dict.fromkeys(_AMOUNTS, values.amount),
    **dict.fromkeys(_COUNTS, values.integer),
    **dict.fromkeys(_FLAGS, values.yes_no),
    "birth_date": values.date,
}
"""How the cells of a field are read."""
_SEVERAL: Final = ("health",)
"""Coded fields of which a cell may hold several values."""

_PERSONAL: Final = (*sorted(NAME_FIELDS), "address", "hamlet", "remark", "member_names")
_PRIVATE_USE: Final = r"\p{Co}"

_NUMBER: Final = re.compile(r"[0-9]{1,2}")
_DIGITS: Final = re.compile(r"\d{3}")
_LONGEST_CODE: Final = 12
_SHORTEST_ALIKE: Final = 4
_ALIKE: Final = 60.0
_SHARED_ROWS: Final = 20
_SHARED_PART: Final = 0.02
_MOST_VALUES: Final = 8


@dataclass(frozen=True)
class Unknown:
    """The values of a coded column that the code tables do not know.

    Attributes:
        field: the column.
        cells: how many cells have such a value.
        distinct: how many such values there are.
        shown: those that are codes beyond doubt and how often they occur, most frequent first.
    """

    field: str
    cells: int
    distinct: int
    shown: tuple[tuple[str, int], ...]


def cell_kinds(rows: pl.DataFrame, fields: Iterable[str]) -> dict[str, dict[str, int]]:
    """Field to kind of cell to how many cells are of it, for each field whose kinds are kept."""
    return {
        field: dict(rows.group_by(kind_column(field)).len().sort(kind_column(field)).iter_rows())
        for field in fields
        if kind_column(field) in rows.columns
    }


def unreadable(rows: pl.DataFrame, fields: Iterable[str]) -> dict[str, int]:
    """Field to how many filled cells no date, month, amount, count or yes/no can be read from; only where there are some."""
    counts = {
        field: int(
            rows.select(
                ((pl.col(field) != "") & READERS[field](pl.col(field)).is_null()).sum()
            ).item()
        )
        for field in fields
        if field in READERS
    }
    return {field: count for field, count in counts.items() if count}


def private_use(rows: pl.DataFrame, fields: Iterable[str]) -> dict[str, int]:
    """Field to how many characters without a public meaning it holds; only where there are some."""
    counts = {
        field: int(rows[field].str.count_matches(_PRIVATE_USE).sum() or 0) for field in fields
    }
    return {field: count for field, count in counts.items() if count}


def wildcards(
    rows: pl.DataFrame, fields: Iterable[str], characters: Iterable[str]
) -> dict[str, int]:
    """Field of names to how many cells hold a character that stands for one that could not be written."""
    marks = list(characters)
    counts = {
        field: int(rows[field].str.contains_any(marks).sum() or 0)
        for field in fields
        if field in NAME_FIELDS
    }
    return {field: count for field, count in counts.items() if count}


def unknown_codes(
    rows: pl.DataFrame, fields: Iterable[str], codes: CodeTables, register: str, year: int
) -> Iterator[Unknown]:
    """For each coded column that has any: the values without a meaning.

    Args:
        rows: the rows of a sheet by canonical field.
        fields: the fields the sheet has.
        codes: `config/codes.yaml`.
        register: whose numbering holds.
        year: year of the as-of date.
    """
    for field in fields:
        if field not in codes.fields:
            continue
        decode = codes.decode_set if field in _SEVERAL else codes.decode
        code = decode(field, pl.col(field), register=register, year=year)
        found = rows.filter((pl.col(field) != "") & code.is_null())[field]
        if found.len():
            counted = found.value_counts(sort=False, name="cells").sort(
                "cells", field, descending=[True, False]
            )
            shown = _codes(counted, rows, codes.fields[field].texts)
            yield Unknown(field, found.len(), counted.height, tuple(shown))


def _codes(
    counted: pl.DataFrame, rows: pl.DataFrame, texts: Mapping[str, Iterable[str]]
) -> Iterator[tuple[str, int]]:
    """The values that may be shown.

    Under a wrong header a coded column may hold people. A value is shown where it is a short number, or a wording that is
    like a known one and that many rows share as well: a head's name stands on many rows, and a known wording may have a name
    behind it. Never one that is part of a name, an address or a remark of the sheet.
    """
    listed = [look_up_form(text) for named in texts.values() for text in named]
    enough = max(_SHARED_ROWS, _SHARED_PART * rows.height)
    shown = 0
    for value, cells in counted.iter_rows():
        if shown == _MOST_VALUES:
            break
        wording = cells >= enough and _is_wording(value) and _is_alike(value, listed)
        if _NUMBER.fullmatch(value) or (wording and not _is_personal(value, rows)):
            shown += 1
            yield value, cells


def _is_wording(value: str) -> bool:
    return len(value) <= _LONGEST_CODE and not _DIGITS.search(value)


def _is_alike(value: str, listed: list[str]) -> bool:
    if len(value) < _SHORTEST_ALIKE:
        return False
    alike = process.extractOne(look_up_form(value), listed, scorer=fuzz.ratio)
    return alike is not None and alike[1] >= _ALIKE


def _is_personal(value: str, rows: pl.DataFrame) -> bool:
    return any(
        bool(rows[field].str.contains(value, literal=True).any())
        for field in _PERSONAL
        if field in rows.columns
    )


def vocabulary(
    rows: pl.DataFrame, fields: Iterable[str], codes: CodeTables, register: str, year: int
) -> dict[str, frozenset[str]]:
    """Field to those of its cells that are exactly a listed code, or a yes or no: they say nothing of who the person is."""
    known: dict[str, frozenset[str]] = {}
    for field in fields:
        cells = rows.select(cell=pl.col(field).unique())
        if field in codes.fields:
            meanings = codes.fields[field].meanings(register, year)
            known[field] = frozenset(
                cell for cell in cells["cell"] if look_up_form(cell) in meanings
            )
        elif field in _FLAGS:
            read = cells.filter(values.yes_no(pl.col("cell")).is_not_null())
            known[field] = frozenset(read["cell"])
    return known
