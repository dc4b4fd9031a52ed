"""One parsed file: each of its sheets read, left aside, or the reason why the whole file is refused.

A file is taken whole or not at all: half a township is worse than a file sent back.
"""

from dataclasses import dataclass

import polars as pl

from reconciliation.intake.body import Body, read_body
from reconciliation.intake.header import (
    Header,
    MissingColumnsError,
    describe_rows,
    find_header,
    known_headers,
)
from reconciliation.intake.inspected_columns import columns_without
from reconciliation.intake.parsing import Parsed, Sheet
from reconciliation.intake.receipts import Receipt, Receipts
from reconciliation.intake.refusals import RefusedError
from reconciliation.intake.settings import IntakeSettings
from reconciliation.registers.headers import FileKind, HeaderAliases
from reconciliation.registers.labels import Labels
from reconciliation.registers.schema import Register

_ID_NUMBER = r"^['‘’`]*(?:\d{14,17}|\d{6}\s+\d{8}\s*\d{3})[\dXx]"
"""Also behind the sign that makes a text of a number, and in the groups a number is read out in."""


@dataclass(frozen=True)
class Reader:
    """What reading a register's files needs to know."""

    register: Register
    headers: HeaderAliases
    settings: IntakeSettings
    labels: Labels

    @property
    def receipts(self) -> Receipts:
        """The writer of this register's receipts."""
        return Receipts(self.register.name, self.headers, self.labels)


@dataclass(frozen=True)
class Rows:
    """The rows of one sheet with their lineage, and what kind of file they are from."""

    kind: FileKind
    frame: pl.DataFrame


def read_parsed(parsed: Parsed, reader: Reader) -> tuple[list[Rows], list[Receipt]]:
    """The rows and receipts of one file; a refused file has no rows and one receipt.

    A file that trips this program is refused like any other, by the type of the error only: its text may quote a cell.
    """
    if parsed.refusal:
        sheet = parsed.refusal.values.get("sheet")
        return [], [reader.receipts.refused(parsed, str(sheet) if sheet else None, parsed.refusal)]
    try:
        return _read_sheets(parsed, reader)
    except (Exception, pl.exceptions.PanicException) as error:  # a panic of polars is no Exception
        refusal = RefusedError("not_understood", error=type(error).__name__)
        return [], [reader.receipts.refused(parsed, None, refusal)]


def _read_sheets(parsed: Parsed, reader: Reader) -> tuple[list[Rows], list[Receipt]]:
    rows: list[Rows] = []
    receipts: list[Receipt] = []
    for sheet in parsed.sheets:
        if sheet.skipped:
            receipts.append(reader.receipts.skipped(parsed, sheet.name, sheet.skipped))
            continue
        try:
            header = _header(sheet, reader)
        except RefusedError as refusal:
            if len(parsed.sheets) > 1 and not _holds_people(sheet, refusal):
                receipts.append(reader.receipts.skipped(parsed, sheet.name, "no_people"))
                continue
            shown = describe_rows(sheet, reader.headers, reader.labels)
            return [], [reader.receipts.refused(parsed, sheet.name, refusal, shown)]
        body = read_body(sheet, header, reader.headers, reader.labels)
        receipts.append(reader.receipts.accepted(parsed, sheet.name, header, body))
        rows.append(Rows(header.kind, _with_lineage(body, parsed, sheet)))
    if not rows:
        return [], [reader.receipts.refused(parsed, None, RefusedError("empty"))]
    return rows, receipts


def _header(sheet: Sheet, reader: Reader) -> Header:
    """The header of a sheet.

    Raises:
        RefusedError: as `find_header`, with the fields that are missing in words.
    """
    search_rows = reader.settings.header_search_rows
    try:
        return find_header(sheet, reader.register, reader.headers, search_rows)
    except MissingColumnsError as error:
        missing = "、".join("/".join(map(reader.headers.spoken, group)) for group in error.missing)
        known = "、".join(known_headers(sheet, reader.headers, error.row))
        raise MissingColumnsError(
            error.row,
            error.missing,
            error.found,
            spoken_missing=missing,
            known=known,
            nearest=_nearest(sheet, error, reader),
        ) from None


def _nearest(sheet: Sheet, error: MissingColumnsError, reader: Reader) -> str:
    """Which columns are perhaps the missing ones: by letter and listed spelling, never by what they say."""
    _, missing = columns_without(sheet, error, reader.register, reader.headers)
    alike = [
        reader.labels("intake.near_column", column=column.letter, spelling=column.nearest.spelling)
        for group in missing
        for column in group.nearest
        if column.nearest
    ]
    return reader.labels("intake.near_columns", columns="、".join(alike)) if alike else ""


def _holds_people(sheet: Sheet, refusal: RefusedError) -> bool:
    """Whether a further sheet without a usable header may hold people: then the file is refused rather than cut short.

    A sheet of instructions or counts has neither a column of names nor anything like an ID number.
    """
    if isinstance(refusal, MissingColumnsError) and refusal.found & {"name", "head_name"}:
        return True
    numbers = sheet.grid.select(pl.col("^t[0-9]+$").str.strip_chars().str.contains(_ID_NUMBER))
    return bool(numbers.select(pl.any_horizontal(pl.all().any())).item())


def _with_lineage(body: Body, parsed: Parsed, sheet: Sheet) -> pl.DataFrame:
    return body.rows.with_columns(
        pl.lit(parsed.file.name).alias("source_file"),
        pl.lit(sheet.name, dtype=pl.String).alias("source_sheet"),
    )
