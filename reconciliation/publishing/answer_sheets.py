"""A list as a sheet that is sent out to be answered and read again when it comes back.

What belongs here: the sheet: locked evidence, yellow cells for the answer, what may be typed there, hidden key and code, and the
hidden sheets with the words of the drop-downs and what the book is. What does not: which rows go into which book (`workbooks`),
and what comes back (`returned`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

import polars as pl
from xlsxwriter.utility import xl_range, xl_range_abs

from reconciliation.ledger.settings import AnswerSettings
from reconciliation.publishing.differences import PAIRS, red_pieces, with_differences
from reconciliation.publishing.row_keys import row_codes, row_keys
from reconciliation.publishing.row_markup import Between, marked_text
from reconciliation.publishing.sheets import (
    A3,
    A4,
    HEADER_HEIGHT,
    Book,
    Column,
    as_text,
    row_height,
)
from reconciliation.registers.labels import Labels

SCHEMA: Final = 1
"""Of the sheets; a book of another one cannot be read."""
META: Final = "_meta"
OPTIONS: Final = "_options"
KEYS: Final = ("key", "code")

EVIDENCE: Final = (
    Column("town", 10),
    Column("village", 10),
    Column("household", 6),
    Column("name", 9),
    Column("register", 9, "registers"),
    Column("id_number", 20),
    Column("relation", 8, "publishing.relations"),
    Column("rule", 6),
    Column("why", 38),
    Column("evidence", 30),
    Column("counterpart_name", 9),
    Column("counterpart_id_number", 20),
    Column("difference", 18),
    Column("tier", 7, "tiers"),
    Column("to_check", 24),
    Column("owner", 9, "publishing.owners"),
    Column("other_rules", 8),
    Column("state", 8, "ledger.states"),
)
"""What is printed of a row, in front of the answer."""
ANSWER: Final = (
    Column("status", 10),
    Column("reason", 18),
    Column("correct_value", 18),
    Column("verified_by", 9),
    Column("verified_on", 11),
)
NOTICE: Final = (Column("notice_served_on", 11), Column("objection", 8))
"""The cells of an exit besides."""
DATES: Final = frozenset({"verified_on", "notice_served_on"})
MORE: Final = tuple(
    Column(name, width, values, printed=False)
    for name, width, values in (
        ("source_file", 20, None),
        ("source_sheet", 14, None),
        ("source_row", 7, None),
        ("record", 9, None),
        ("months_after_death", 12, None),
        ("dibao_income", 12, None),
        ("poverty_income", 12, None),
        ("dibao_line", 12, None),
        ("poverty_line", 12, None),
        ("dibao_flag_poverty", 12, None),
        ("dibao_assistance_type", 12, None),
        ("dibao_class_tier", 12, None),
        ("dibao_health", 12, None),
        ("dibao_labour", 14, None),
        ("poverty_flag_dibao", 12, None),
        ("poverty_lift_status", 14, None),
        ("poverty_household_type", 14, None),
        ("poverty_health", 14, None),
        ("poverty_labour", 14, None),
        ("wording", 40, None),
        ("legal_basis", 30, None),
        ("data_dates", 18, None),
        ("counterpart_town", 12, None),
        ("counterpart_village", 12, None),
        ("counterpart_source_file", 22, None),
        ("counterpart_source_sheet", 14, None),
        ("counterpart_source_row", 9, None),
    )
)
"""What follows on the screen; a column nobody on the sheet has anything in is left out."""
LOCKED: Final = tuple(column.name for column in (*EVIDENCE, *MORE))
"""The columns the code of a row is made over."""
_FROZEN: Final = 4
_HIDDEN_WIDTH: Final = 36


@dataclass(frozen=True)
class Sending:
    """What a release sends out with.

    Attributes:
        labels: the wording.
        batch: the dispatch date; also the books' date of creation.
        release: `2018-08-15.r2`.
        run: what tells one making of the books from another; the same for the same inputs and config.
        secret: key of the HMACs.
        settings: what may be answered.
        facts: further lines of the cover, each a name and a value.
    """

    labels: Labels
    batch: date
    release: str
    run: str
    secret: bytes = field(repr=False)
    settings: AnswerSettings
    facts: tuple[tuple[str, str], ...] = ()


def answer_columns(name: str, settings: AnswerSettings) -> tuple[Column, ...]:
    """The yellow columns of a list."""
    return (*ANSWER, *NOTICE) if name in settings.notice_lists else ANSWER


def write_answer_sheet(
    book: Book, title: str, name: str, rows: pl.DataFrame, sending: Sending
) -> None:
    """Write one list as the book's next sheet.

    Args:
        book: the workbook.
        title: whose book this is; at the head of every printed page.
        name: the list.
        rows: its rows in their order: `register`, `case_key`, `rule`, `counterpart_case`, and whichever of `EVIDENCE` and
            `MORE` the frame has.
        sending: what the release sends out with.
    """
    labels = book.labels
    heading = labels(f"lists.{name}")
    sheet = book.add_sheet(heading, paper=A3, header_rows=1, title=f"{title} {heading}")
    said = with_differences(rows, labels)
    texts = said.select(
        as_text(said, column, labels)
        for column in (*EVIDENCE, *MORE)
        if column.name in said.columns
    )
    shown = [
        column
        for column in (*EVIDENCE, *MORE)
        if column.name in texts.columns and (column.printed or (texts[column.name] != "").any())
    ]
    texts = texts.select(column.name for column in shown).with_columns(
        key=row_keys(rows, sending.release, sending.secret)
    )
    texts = texts.with_columns(code=row_codes(texts, LOCKED, sending.secret))
    before = [column for column in shown if column.printed]
    after = shown[len(before) :]
    answers = answer_columns(name, sending.settings)
    _write_headings(book, sheet, before, answers, after)
    _write_rows(book, sheet, texts, before, len(answers))
    for place, column in enumerate(answers, start=len(before)):
        where = (1, place, rows.height, place)
        sheet.data_validation(*where, _validation(column.name, name, sending))
    _finish(sheet, rows.height, (before, answers, after))


def _write_headings(
    book: Book,
    sheet: Any,
    before: Sequence[Column],
    answers: Sequence[Column],
    after: Sequence[Column],
) -> None:
    columns = book.labels.mapping("publishing.columns")
    wording = book.labels.mapping("publishing.answers.columns")
    sheet.set_row(0, HEADER_HEIGHT)
    place = 0
    for group, texts, style, cells in (
        (before, columns, "header", "locked"),
        (answers, wording, "answer_header", "answer"),
        (after, columns, "header", "locked"),
    ):
        for column in group:
            # Blank cells take the format of their column: writing them all would take twice the time.
            cell = "answer_date" if column.name in DATES else cells
            sheet.set_column(place, place, column.width, book.format(cell))
            sheet.write_string(0, place, texts[column.name], book.format(style))
            place += 1
    sheet.set_column(place, place + len(KEYS) - 1, _HIDDEN_WIDTH, None, {"hidden": True})
    for key in KEYS:
        sheet.write_string(0, place, wording[key], book.format("header"))
        place += 1


def _write_rows(
    book: Book, sheet: Any, texts: pl.DataFrame, before: Sequence[Column], answers: int
) -> None:
    """Write what is not blank, leaving out the places of the answers: the ends here, the rows between them by their markup."""
    locked, first = book.format("locked"), len(before)
    places = [place if place < first else place + answers for place in range(texts.width)]
    marked = _marked_places(before, texts)
    heights = texts.select(row_height(before)).to_series()
    for number in sorted({0, texts.height - 1}):
        row = texts.row(number)
        sheet.set_row(number + 1, heights[number])
        for place, text in zip(places, row, strict=True):
            if text:
                sheet.write_string(number + 1, place, text, locked)
        for place, other in marked:
            if row[place] and row[other] and row[place] != row[other]:
                _write_marked(book, sheet, (number + 1, place), row[place], row[other])
    middle = texts[1:-1]
    if middle.is_empty():
        return
    named = middle.rename({name: str(place) for place, name in enumerate(middle.columns)})
    book.between.append(
        Between(
            sheet=book.sheets,
            last=texts.height + 1,
            rows=named.with_columns(heights[1:-1].alias("height")),
            places=places,
            marked={place: _marked(middle, place, other) for place, other in marked},
        )
    )


def _marked(texts: pl.DataFrame, place: int, other: int) -> pl.Series:
    """The markup of the texts that differ from those beside them; null where nothing does."""
    pairs = zip(texts.to_series(place).to_list(), texts.to_series(other).to_list(), strict=True)
    return pl.Series(
        [
            marked_text(list(red_pieces(text, beside)))
            if text and beside and text != beside
            else None
            for text, beside in pairs
        ],
        dtype=pl.String,
    )


def _marked_places(columns: Sequence[Column], texts: pl.DataFrame) -> list[tuple[int, int]]:
    """Which cells are set against which: places of both columns of a pair, either way round."""
    places = {column.name: place for place, column in enumerate(columns)}
    pairs = [pair for pair in PAIRS if set(pair) <= set(texts.columns)]
    return [
        (places[one], places[other])
        for pair in pairs
        for one, other in (pair, tuple(reversed(pair)))
    ]


def _write_marked(book: Book, sheet: Any, cell: tuple[int, int], text: str, other: str) -> None:
    """Write a text with the characters in red that differ from the other's."""
    pieces = list(red_pieces(text, other))
    if len(pieces) == 1:
        style = "different" if pieces[0][0] else "locked"
        sheet.write_string(*cell, text, book.format(style))
        return
    parts: list[Any] = []
    for red, piece in pieces:
        parts += [book.format("red" if red else "black"), piece]
    sheet.write_rich_string(*cell, *parts, book.format("locked"))


def _validation(column: str, name: str, sending: Sending) -> dict[str, Any]:
    """What may be typed into the yellow cells of a column, on the sheet of the list `name`."""
    settings, labels = sending.settings, sending.labels
    rule: dict[str, Any]
    if column == "status":
        rule = _choice(list(settings.lists).index(name), len(settings.lists[name]))
    elif column == "objection":
        rule = _choice(len(settings.lists), len(settings.objections))
    elif column in DATES:
        rule = {"validate": "date", "criteria": ">=", "value": settings.earliest_date}
    else:
        longest = settings.longest_name if column == "verified_by" else settings.longest_text
        rule = {"validate": "length", "criteria": "<=", "value": longest}
    hint = labels(f"publishing.answers.hints.{column}")
    return {
        **rule,
        "input_title": labels(f"publishing.answers.columns.{column}"),
        "input_message": hint,
        "error_title": labels("publishing.answers.error_title"),
        "error_message": hint,
    }


def _choice(place: int, choices: int) -> dict[str, Any]:
    where = xl_range_abs(0, place, choices - 1, place)
    return {"validate": "list", "source": f"={OPTIONS}!{where}"}


def _finish(
    sheet: Any,
    rows: int,
    columns: tuple[Sequence[Column], Sequence[Column], Sequence[Column]],
) -> None:
    before, answers, after = map(len, columns)
    last = before + answers + after - 1
    # The formats of the columns go on below the last row; rows nobody wrote are not shown.
    sheet.set_default_row(hide_unused_rows=True)
    sheet.freeze_panes(1, _FROZEN)
    sheet.autofilter(0, 0, rows, last)
    sheet.print_area(0, 0, rows, before + answers - 1)
    sheet.ignore_errors({"number_stored_as_text": xl_range(1, 0, rows, last + len(KEYS))})
    sheet.protect(
        "", {"autofilter": True, "format_columns": True, "format_rows": True, "objects": True}
    )


def write_hidden_sheets(book: Book, facts: Mapping[str, str], settings: AnswerSettings) -> None:
    """Write the words of the drop-downs, a list a column, and what the book is; nobody sees either.

    Args:
        book: the workbook.
        facts: what the book is, by name.
        settings: the words.
    """
    options = book.add_sheet(OPTIONS, paper=A4, header_rows=None)
    choices = [settings.texts(name) for name in settings.lists]
    choices.append([word.text for word in settings.objections.values()])
    for row in range(max(map(len, choices))):
        for place, texts in enumerate(choices):
            if row < len(texts):
                options.write_string(row, place, texts[row], book.format("plain"))
    options.very_hidden()
    meta = book.add_sheet(META, paper=A4, header_rows=None)
    for row, (name, value) in enumerate(facts.items()):
        meta.write_string(row, 0, name, book.format("plain"))
        meta.write_string(row, 1, value, book.format("plain"))
    meta.very_hidden()
