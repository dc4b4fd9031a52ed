"""The annexes of a report as workbooks: every figure with the one before and the change, a workbook a level, numbers as numbers.

What belongs here: the sheets and their cells. What does not: which figures there are (`config/report.yaml`).
"""

from pathlib import Path
from typing import Any, Final

import polars as pl

from reconciliation.publishing.report.content import Content, by_place
from reconciliation.publishing.sheets import A3, A4, Book, open_book

ANNEXES: Final = (
    ("annex_province", ("province",)),
    ("annex_units", ("unit", "prefecture")),
    ("annex_counties", ("county",)),
)
"""Name of each annex (`publishing.report.files`) → its levels."""
_NAME_WIDTH, _WIDTH, _HEADER_HEIGHT = 26, 12, 62
_RESTATED: Final = ("batch", "level", "name", "measure", "reported", "restated", "change", "reported_in", "restated_in", "reason")  # fmt: skip


def write_annex(path: Path, content: Content, levels: tuple[str, ...]) -> Path:
    """Write one annex, 0600; the same figures give the same bytes. Return its path."""
    with open_book(path, content.labels, content.batch) as book:
        for level in levels:
            if level == "province":
                _whole(book, content)
            else:
                _places(book, content, level)
        _restated(book, content, levels)
    return path


def _whole(book: Book, content: Content) -> None:
    """The province: a line a figure."""
    labels = content.labels
    title = labels("publishing.figures.levels.province")
    sheet = book.add_sheet(title, paper=A4, header_rows=1, title=title)
    sheet.set_column(0, 0, 40)
    sheet.set_column(1, 3, 18)
    _header(book, sheet, [labels(f"publishing.report.{key}") for key in ("figure", "now", "before", "change")])  # fmt: skip
    rows = {row["measure"]: row for row in content.level("province").iter_rows(named=True)}
    for number, (measure, heading) in enumerate(content.settings.measures.items(), start=1):
        sheet.write_string(number, 0, heading, book.format("cell"))
        for place, key in enumerate(("value", "before", "change"), start=1):
            _number(book, sheet, (number, place), measure, rows[measure][key])
    sheet.freeze_panes(1, 1)


def _places(book: Book, content: Content, level: str) -> None:
    """A level: a line a place, two columns a figure."""
    labels, columns = content.labels, content.settings.measures
    title = labels(f"publishing.figures.levels.{level}")
    sheet = book.add_sheet(title, paper=A3, header_rows=1, title=title)
    rows = content.level(level)
    shown = {
        place: (prefecture, name)
        for place, prefecture, name in rows.select("place", "prefecture", "name").iter_rows()
    }
    first = 2 if level == "county" else 1
    sheet.set_row(0, _HEADER_HEIGHT)
    sheet.set_column(0, first - 1, _NAME_WIDTH)
    sheet.set_column(first, first + 2 * len(columns) - 1, _WIDTH)
    change = labels("publishing.report.change")
    above = [labels("publishing.figures.levels.prefecture")] if first > 1 else []
    headings = [text for heading in columns.values() for text in (heading, change)]
    _header(book, sheet, [*above, title, *headings])
    for number, (place, figures) in enumerate(by_place(rows).items(), start=1):
        prefecture, name = shown[place]
        if first > 1:
            sheet.write_string(number, 0, content.name(prefecture, level), book.format("cell"))
        sheet.write_string(number, first - 1, content.name(name, level), book.format("cell"))
        for column, measure in enumerate(columns):
            for shift, value in enumerate(figures[measure]):
                _number(book, sheet, (number, first + 2 * column + shift), measure, value)
    sheet.freeze_panes(1, first)


def _restated(book: Book, content: Content, levels: tuple[str, ...]) -> None:
    """The published figures of these levels that a revision has changed; without rows where there are none."""
    labels = content.labels
    names = labels.mapping("publishing.report.restated")
    sheet = book.add_sheet(names["title"], paper=A3, header_rows=1, title=names["title"])
    sheet.set_column(0, len(_RESTATED) - 1, 16)
    sheet.set_column(3, 3, 30)
    _header(book, sheet, [names[name] for name in _RESTATED])
    rows = content.restated.filter(
        pl.col("level").is_in(levels), pl.col("measure").is_in(list(content.settings.measures))
    )
    for number, row in enumerate(rows.iter_rows(named=True), start=1):
        told = row | {
            "level": labels(f"publishing.figures.levels.{row['level']}"),
            "name": content.name(row["name"], row["level"]),
            "measure": content.settings.measures[row["measure"]],
        }
        told["change"] = (row["restated"] or 0) - (row["reported"] or 0)
        for place, name in enumerate(_RESTATED):
            if name in ("reported", "restated", "change"):
                _number(book, sheet, (number, place), row["measure"], told[name])
            else:
                sheet.write_string(number, place, told[name] or "", book.format("cell"))
    sheet.freeze_panes(1, 0)


def _header(book: Book, sheet: Any, headings: list[str]) -> None:
    for place, heading in enumerate(headings):
        sheet.write_string(0, place, heading, book.format("header"))


def _number(book: Book, sheet: Any, cell: tuple[int, int], measure: str, value: int | None) -> None:
    """A count as it is, fen as yuan; a stroke where there is nothing."""
    if value is None:
        sheet.write_string(*cell, book.labels("publishing.report.nothing"), book.format("no_link"))
    elif measure.endswith("_fen"):
        sheet.write_number(*cell, value / 100, book.format("amount"))
    else:
        sheet.write_number(*cell, value, book.format("count"))
