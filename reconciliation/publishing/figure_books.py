"""The figures of every place as a workbook: a sheet a level, numbers as numbers. No personal data.

What belongs here: which figures stand on a sheet and how they are written. What does not: counting (`place_figures.py`).
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final

import polars as pl

from reconciliation.publishing.located import DEEP_LEVELS
from reconciliation.publishing.place_figures import LEVELS, ON_LIST, RATES
from reconciliation.publishing.sheets import A3, Book, open_book
from reconciliation.registers.labels import Labels
from reconciliation.registers.schema import REQUIRED

_PLACE_WIDTH, _WIDTH, _HEADER_HEIGHT = 18, 11, 58
_UNITS: Final = ("province", "unit")
_TREE: Final = ("province", "prefecture")
SHEETS: Final = (
    ("unit", _UNITS),
    ("prefecture", _TREE),
    *((level, (level,)) for level in ("county", "town", "village", *DEEP_LEVELS)),
)
"""Name of each sheet → the levels whose rows stand on it."""


@dataclass(frozen=True)
class _Figure:
    """A column of figures: its heading, its number (None: nothing can be said), the format of its cells."""

    heading: str
    value: Callable[[dict[str, Any]], float | None]
    style: str


def write_figure_book(
    path: Path, figures: pl.DataFrame, deep: pl.DataFrame, labels: Labels, batch: date
) -> Path:
    """Write the workbook, 0600; the same figures give the same bytes. Return its path.

    Args:
        path: where it goes.
        figures: `place_figures.place_figures`.
        deep: `located.Located.deep`: a level without a list gets a sheet that says so.
        labels: the wording (`publishing.figures`).
        batch: the dispatch date.
    """
    listed = dict(deep.select("level", "listed").iter_rows())
    columns = list(_columns(labels))
    with open_book(path, labels, batch) as book:
        for name, levels in SHEETS:
            heading = labels(f"publishing.figures.levels.{name}")
            sheet = book.add_sheet(heading, paper=A3, header_rows=1, title=heading)
            if name in listed and listed[name] is None:
                note = labels("publishing.figures.no_list")
                sheet.write_string(0, 0, note, book.format("plain"))
                continue
            rows = pl.concat(figures.filter(pl.col("level") == level) for level in levels)
            _write(book, sheet, rows, LEVELS[levels[-1].removeprefix("deep_")], columns)
    return path


def yuan(fen: int, people: int, unknown: int) -> float | None:
    """An amount as it is shown: None where there are people and nothing is known of any, which is not nothing."""
    return None if unknown and not people else fen / 100


def _columns(labels: Labels) -> Iterator[_Figure]:
    for register in REQUIRED:
        yield _count(f"{register}_records", labels)
    for name, (above, below) in RATES.items():
        if name.endswith("_overlap"):
            yield _count(above, labels)
            yield _count(below, labels)
        yield _Figure(_heading(name, labels), _getter(name), "rate")
    for kind in ("added", "cut", "recover"):
        yield _Figure(_heading(f"{kind}_fen", labels), _amount(kind), "amount")
        yield _count(f"{kind}_people", labels)
        yield _count(f"{kind}_unknown", labels)
    for measure in ON_LIST:
        yield _count(measure, labels)


def _count(measure: str, labels: Labels) -> _Figure:
    return _Figure(_heading(measure, labels), _getter(measure), "count")


def _heading(measure: str, labels: Labels) -> str:
    if measure in ON_LIST:
        register, _, name = measure.partition("_")
        return f"{labels(f'registers.{register}')} {labels(f'lists.{name}')}"
    return labels(f"publishing.figures.measures.{measure}")


def _getter(name: str) -> Callable[[dict[str, Any]], float | None]:
    return lambda row: row[name]


def _amount(kind: str) -> Callable[[dict[str, Any]], float | None]:
    return lambda row: yuan(row[f"{kind}_fen"], row[f"{kind}_people"], row[f"{kind}_unknown"])


def _write(
    book: Book, sheet: Any, rows: pl.DataFrame, places: Sequence[str], columns: list[_Figure]
) -> None:
    headings = [
        *(book.labels(f"publishing.figures.levels.{place}") for place in places),
        *(column.heading for column in columns),
    ]
    sheet.set_row(0, _HEADER_HEIGHT)
    sheet.set_column(0, len(places) - 1, _PLACE_WIDTH)
    sheet.set_column(len(places), len(headings) - 1, _WIDTH)
    for place, heading in enumerate(headings):
        sheet.write_string(0, place, heading, book.format("header"))
    for number, row in enumerate(rows.iter_rows(named=True), start=1):
        for place, name in enumerate(places):
            sheet.write_string(
                number, place, _place_text(row, name, book.labels), book.format("cell")
            )
        for place, column in enumerate(columns, start=len(places)):
            value = column.value(row)
            if value is None:
                # A share of nobody cannot be told; an amount could, and is not known.
                unknown = (
                    "—" if column.style == "rate" else book.labels("publishing.figures.unknown")
                )
                sheet.write_string(number, place, unknown, book.format("no_link"))
            else:
                sheet.write_number(number, place, value, book.format(column.style))
    sheet.freeze_panes(1, len(places))
    sheet.print_area(0, 0, rows.height, len(headings) - len(ON_LIST) - 1)


def _place_text(row: dict[str, Any], name: str, labels: Labels) -> str:
    if row["level"] == "province":
        return labels("publishing.figures.levels.province")
    return row[name] or labels("publishing.figures.unknown_place")
