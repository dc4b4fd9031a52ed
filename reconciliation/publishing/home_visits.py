"""The home-visit form (入户核查表): a page a household, to be printed, filled in by hand and signed.

What belongs here: the form and the books of forms, one a county (a large one: one a township), a sheet a township. What does not: which
lists are visited (`config/answers.yaml`). The answer goes back in the workbook; the paper stays in the file of the household.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any, Final

import polars as pl

from reconciliation.publishing.answer_sheets import Sending
from reconciliation.publishing.private_files import private_folder
from reconciliation.publishing.sheets import A4, Book, Column, as_text, open_book
from reconciliation.publishing.workbooks import Share, file_stem, in_parallel, share_title, shares
from reconciliation.registers.labels import Labels

ROWS_A_BOOK: Final = 6_000
"""People a book: some two thousand pages."""
PAGES_A_SHEET: Final = 1_000
"""Excel allows 1,026 page breaks on a sheet."""
_WIDTHS: Final = (10, 10, 21, 11, 12, 12, 20)
_LAST: Final = len(_WIDTHS) - 1
_LINE: Final = 15.0
_CHARACTERS_A_LINE: Final = 86
_SHEET_NAME: Final = 24
_FORBIDDEN: Final = str.maketrans(dict.fromkeys("[]:*?/\\'", "_"))
_HOUSEHOLD: Final = ("register", "household")
_PLACE: Final = ("county", "town", "village")
_Home = Sequence[Mapping[str, Any]]
"""The members of a household, each with what the lists say of them."""
_COLUMNS: Final = (
    Column("register", 0, "registers"),
    Column("relation", 0, "publishing.relations"),
    *(Column(name, 0) for name in ("name", "id_number", "rule", "why", "evidence", "to_check")),
)


@dataclass(frozen=True)
class _Form:
    """The wording of a form, looked up once."""

    title: str
    place: str
    number: str
    headings: tuple[str, ...]
    findings: str
    finding: str
    questions: str
    asked: tuple[str, ...]
    conclusion: str
    signatures: tuple[str, ...]

    @classmethod
    def of(cls, labels: Labels) -> "_Form":
        key = "publishing.visit"
        return cls(
            title=labels(f"{key}.title"),
            place=labels(f"{key}.place"),
            number=labels(f"{key}.number"),
            headings=tuple(labels.mapping(f"{key}.members").values()),
            findings=labels(f"{key}.findings"),
            finding=labels(f"{key}.finding"),
            questions=labels(f"{key}.questions"),
            asked=tuple(labels.mapping(f"{key}.asked").values()),
            conclusion=labels(f"{key}.conclusion"),
            signatures=tuple(labels.mapping(f"{key}.signatures").values()),
        )


def write_visit_forms(
    folder: Path,
    rows: pl.DataFrame,
    members: pl.DataFrame,
    sending: Sending,
    on_book: Callable[[int, int], None] = lambda done, of: None,
) -> list[Path]:
    """Write the books of forms; the same rows give the same bytes.

    Args:
        folder: where they go.
        rows: the rows of the lists that are visited, one below the other: columns of `policy.lists.COLUMNS`.
        members: everybody on the registers: `register`, `household`, `record`, `name`, `id_number`, `relation`.
        sending: what the release sends out with.
        on_book: told how many books are done, and of how many.

    Returns:
        The books, sorted by county and township.
    """
    keys = list(_HOUSEHOLD)
    ordered = rows.sort(*_PLACE, *keys, "record", nulls_last=True)
    households = ordered.select(*keys, *_PLACE).unique(keys, keep="first", maintain_order=True)
    listed = ordered.select(*keys, "record", "rule", "why", "evidence", "to_check")
    everybody = (
        members.select(*keys, "record", "name", "id_number", "relation")
        .join(households, on=keys, how="inner", validate="m:1")
        .join(listed, on=[*keys, "record"], how="left", validate="1:1")
        .sort(*_PLACE, *keys, "record", nulls_last=True)
    )
    taken: set[str] = set()
    jobs = []
    for share in shares({"visit": everybody}, ROWS_A_BOOK):
        title = sending.labels("publishing.visit.book", place=share_title(share, sending.labels))
        path = folder / f"{file_stem(title, sending.batch, taken)}.xlsx"
        jobs.append((path, share, sending))
    private_folder(folder)
    return in_parallel(_write_book, jobs, rows=everybody.height, on_done=on_book)


def _write_book(path: Path, share: Share, sending: Sending) -> Path:
    labels = sending.labels
    people, form = share.lists["visit"], _Form.of(labels)
    texts = people.with_columns(
        as_text(people, column, labels) for column in _COLUMNS if column.name in people.columns
    )
    with open_book(path, labels, sending.batch) as book:
        names: set[str] = set()
        for town, forms in _by_town(texts):
            name = _sheet_name(town or labels("publishing.workbook.unknown_town"), names)
            _write_sheet(book, name, forms, form)
    return path


def _by_town(people: pl.DataFrame) -> Iterator[tuple[str | None, list[_Home]]]:
    """The households of each township, at most as many together as a sheet has pages."""
    for (town,), theirs in people.partition_by("town", as_dict=True, maintain_order=True).items():
        rows = theirs.iter_rows(named=True)
        homes = [list(home) for _, home in groupby(rows, itemgetter(*_HOUSEHOLD))]
        for start in range(0, len(homes), PAGES_A_SHEET):
            yield town, homes[start : start + PAGES_A_SHEET]  # type: ignore[misc]


def _sheet_name(town: str, taken: set[str]) -> str:
    name = stem = town.translate(_FORBIDDEN)[:_SHEET_NAME] or "_"
    number = 1
    while name.casefold() in taken:
        number += 1
        name = f"{stem} {number}"
    taken.add(name.casefold())
    return name


def _write_sheet(book: Book, name: str, homes: Sequence[_Home], form: _Form) -> None:
    sheet = book.add_sheet(name, paper=A4, header_rows=None)
    sheet.hide_gridlines(2)
    for place, width in enumerate(_WIDTHS):
        sheet.set_column(place, place, width)
    breaks, row = [], 0
    for people in homes:
        row = _write_form(book, sheet, row, people, form)
        breaks.append(row)
    sheet.set_h_pagebreaks(breaks[:-1])


def _write_form(book: Book, sheet: Any, row: int, people: _Home, form: _Form) -> int:
    """Write the page of a household from `row` on; return the row after it."""
    first = people[0]
    place = " ".join(first[name] for name in _PLACE if first[name])
    sheet.set_row(row, 30)
    _across(book, sheet, row, form.title, "form_title")
    where = form.place.format(place=place, register=first["register"])
    _line(book, sheet, row + 1, where, "plain")
    number = form.number.format(household=first["household"], batch=book.batch.isoformat())
    _line(book, sheet, row + 2, number, "plain")
    row += 3
    sheet.set_row(row, 22)
    for column, heading in enumerate(form.headings):
        sheet.write_string(row, column, heading, book.format("header"))
    cell = book.format("form_cell")
    for person in people:
        row += 1
        sheet.set_row(row, 20)
        told = (person["name"], person["relation"], person["id_number"], person["rule"], "", "", "")
        for column, text in enumerate(told):
            sheet.write_string(row, column, text, cell)
    _line(book, sheet, row + 1, form.findings, "heading")
    row += 1
    for person in people:
        if person["rule"]:
            row += 1
            said = form.finding.format(**person)
            sheet.set_row(row, _height(said))
            _across(book, sheet, row, said, "form_text")
    row += 1
    _line(book, sheet, row, form.questions, "heading")
    for text in (*form.asked, form.conclusion):
        row += 1
        sheet.set_row(row, 26)
        _line(book, sheet, row, text, "form_line")
    for text in form.signatures:
        row += 1
        sheet.set_row(row, 34)
        _line(book, sheet, row, text, "form_line")
    return row + 1


def _line(book: Book, sheet: Any, row: int, text: str, style: str) -> None:
    """A text that runs over the blank cells beside it."""
    sheet.write_string(row, 0, text, book.format(style))


def _across(book: Book, sheet: Any, row: int, text: str, style: str) -> None:
    """A text over the whole width; merged empty and then written, for `merge_range` would guess the type."""
    sheet.merge_range(row, 0, row, _LAST, "", book.format(style))
    sheet.write_string(row, 0, text, book.format(style))


def _height(text: str) -> float:
    width = len(text) + sum(character > "\x7f" for character in text)
    return _LINE * (width // _CHARACTERS_A_LINE + 1) + 6
