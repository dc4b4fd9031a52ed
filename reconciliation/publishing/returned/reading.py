"""Returned workbooks as rows, read by the parsers of the intake: whoever sends a file may send anything.

What belongs here: finding the header by the names of its columns and the rows below it. What does not: whether a row may be
believed (`checking`). Nothing is found by its position: rows may have been sorted or deleted, columns moved, sheets copied.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Final

import polars as pl

from reconciliation.intake.files import ReceivedFile
from reconciliation.intake.parsing import Parsed, Sheet, parse_files
from reconciliation.intake.settings import IntakeSettings
from reconciliation.publishing.answer_sheets import ANSWER, KEYS, LOCKED, META, NOTICE
from reconciliation.registers.labels import Labels

ANSWERED: Final = tuple(column.name for column in (*ANSWER, *NOTICE))
READ: Final = {
    "sheet": pl.String,
    "row": pl.Int64,
    **dict.fromkeys((*KEYS, *LOCKED, *ANSWERED), pl.String),
}
"""A row as it came back: where it stands, and its cells by the columns of the sheets we send; null where there is none."""
_READABLE: Final = (".xlsx", ".xls")
_BLANKS: Final = r"\s+"


@dataclass(frozen=True)
class ReturnedBook:
    """One file as it came back.

    Attributes:
        name: of the file, without its folder.
        sha256: of its content; empty where it could not be opened.
        refusal: why the whole file is not taken (Chinese), else null.
        meta: what the book says it is; empty where the hidden sheet is gone.
        rows: `READ`.
    """

    name: str
    sha256: str
    refusal: str | None = None
    meta: Mapping[str, str] = field(default_factory=dict)
    rows: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=READ))


def read_books(
    paths: Sequence[Path], settings: IntakeSettings, labels: Labels
) -> Iterator[ReturnedBook]:
    """Read files, in the order given.

    Args:
        paths: workbooks.
        settings: `config/intake.yaml`.
        labels: the wording.
    """
    hidden_too = settings.model_copy(update={"hidden_sheets": True})
    files = [ReceivedFile(path, path.name, _obstacle(path)) for path in paths]
    readable = [file for file in files if file.suffix in _READABLE]
    parsed = {book.file.path: book for book in parse_files(readable, hidden_too)}
    for file in files:
        if file.path in parsed:
            yield _returned(parsed[file.path], settings, labels)
        else:
            yield ReturnedBook(file.name, "", labels("publishing.returned.file.other_format"))


def _obstacle(path: Path) -> str | None:
    if path.is_symlink():
        return "link"
    return None if path.is_file() else "not_a_file"


def _returned(parsed: Parsed, settings: IntakeSettings, labels: Labels) -> ReturnedBook:
    book = partial(ReturnedBook, parsed.file.name, parsed.sha256)
    if parsed.refusal is not None:
        return book(_reason(parsed, labels))
    wording = headings(labels)
    read, meta = [], {}
    for sheet in parsed.sheets:
        if sheet.skipped is not None:
            continue
        if sheet.name == META:
            meta = _pairs(sheet)
            continue
        rows = _rows(sheet, wording, settings.header_search_rows)
        if rows is not None:
            read.append(rows)
    if not read:
        return book(labels("publishing.returned.file.not_ours"))
    return book(None, meta, pl.concat(read))


def _reason(parsed: Parsed, labels: Labels) -> str:
    assert parsed.refusal is not None
    values = dict(parsed.refusal.values)
    if "sheet" in values:
        values["sheet"] = labels("intake.sheet", sheet=values["sheet"])
    return labels(f"intake.refused.{parsed.refusal.reason}", **values)


def headings(labels: Labels) -> dict[str, str]:
    """Heading without blanks → column of `READ`."""
    answers = labels.mapping("publishing.answers.columns")
    locked = labels.mapping("publishing.columns")
    texts = {name: answers[name] for name in (*KEYS, *ANSWERED)}
    texts |= {name: locked[name] for name in LOCKED}
    return {"".join(text.split()): name for name, text in texts.items()}


def _pairs(sheet: Sheet) -> dict[str, str]:
    """The first two columns as names and values."""
    if sheet.grid.width < 4:
        return {}
    return dict(sheet.grid.select("t0", "t1").iter_rows())


def _rows(sheet: Sheet, wording: Mapping[str, str], search: int) -> pl.DataFrame | None:
    """The rows below the header; None where no row is the header of a sheet to be answered."""
    texts = [name for name in sheet.grid.columns if name.startswith("t")]
    for number, cells in enumerate(sheet.grid.head(search).select(texts).iter_rows()):
        found: dict[str, str] = {}
        for text, place in zip(cells, texts, strict=True):
            name = wording.get("".join((text or "").split()))
            if name is not None:
                found.setdefault(name, place)
        if "status" in found:
            return _below(sheet, number + 1, found)
    return None


def _below(sheet: Sheet, first: int, places: Mapping[str, str]) -> pl.DataFrame:
    below = sheet.grid.with_row_index("row", offset=1).slice(first)
    cells = {
        name: (pl.col(places[name]) if name in places else pl.lit(None, dtype=pl.String))
        for name in (*KEYS, *LOCKED, *ANSWERED)
    }
    return (
        below.select(
            pl.lit(sheet.name).alias("sheet"),
            pl.col("row").cast(pl.Int64),
            *(cell.alias(name) for name, cell in cells.items()),
        )
        .with_columns(_trimmed(name) for name in (*KEYS, *ANSWERED))
        .filter(pl.any_horizontal(pl.col(name).is_not_null() for name in (*KEYS, *ANSWERED)))
        .select(*READ)
    )


def _trimmed(name: str) -> pl.Expr:
    """The cell without blanks around it; a blank cell → null."""
    text = pl.col(name).str.strip_chars().str.replace_all(_BLANKS, " ")
    return pl.when(text != "").then(text).alias(name)
