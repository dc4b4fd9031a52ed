"""What was understood of one received file, without taking it: for the data team, before a batch runs.

What belongs here: putting together what the stages of the intake say of a file. What does not: deciding whether a file is
taken (`sheets.read_parsed` is asked), and wording (`pipelines.inspection`).

Nothing in an `Inspection` is a person's: the first rows are masked before they come into it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Literal

import polars as pl

from reconciliation.intake import inspected_cells
from reconciliation.intake.delimited import decode, find_separator
from reconciliation.intake.files import ReceivedFile
from reconciliation.intake.guessing import Fit, Knowledge, best, better_than, fits
from reconciliation.intake.header import Header, MissingColumnsError, find_header
from reconciliation.intake.inspected_cells import Unknown
from reconciliation.intake.inspected_columns import Column, Missing, columns_of, columns_without
from reconciliation.intake.parsing import Parsed, Sheet
from reconciliation.intake.receipts import Receipt
from reconciliation.intake.refusals import RefusedError
from reconciliation.intake.sheets import Reader, Rows, read_parsed
from reconciliation.registers.headers import FileKind
from reconciliation.registers.schema import REGISTERS

FIRST_ROWS = 3
"""How many rows are shown."""

Basis = Literal["given", "guessed", "undecided", "unknown"]
"""The register was named; one fits best; several fit equally well; none was found."""

Mask = Callable[[pl.DataFrame, Mapping[str, frozenset[str]]], pl.DataFrame]
"""Makes rows by field unrecognisable, but for the cells listed by field (see `inspected_cells.vocabulary`)."""


@dataclass(frozen=True)
class Contents:
    """What stands in the rows of a sheet that was read.

    Attributes:
        rejected: reason to how many rows were rejected for it.
        kinds: identifier field to kind of cell to count.
        unknown_codes: coded columns with values nobody knows.
        unreadable: field to cells that no date, amount, count or yes/no can be read from.
        private_use: field to characters without a public meaning.
        wildcards: field of names to cells with a character that stands for another.
        first_rows: masked; `source_row` and the fields and unmapped headers of the sheet.
    """

    rejected: Mapping[str, int]
    kinds: Mapping[str, Mapping[str, int]]
    unknown_codes: tuple[Unknown, ...]
    unreadable: Mapping[str, int]
    private_use: Mapping[str, int]
    wildcards: Mapping[str, int]
    first_rows: pl.DataFrame


@dataclass(frozen=True)
class SheetInspection:
    """What was understood of one sheet.

    Attributes:
        name: null for text and Parquet files.
        receipt: its receipt; null where another sheet is why the file is refused.
        header_rows: first and last row of the header, counted from 1; null where none was found.
        merged: merged ranges in those rows.
        kind: person or household; null where no usable header was found.
        columns: those of its header.
        missing: what it lacks that the register cannot do without.
        contents: of its rows; null where they were not read.
    """

    name: str | None
    receipt: Receipt | None
    header_rows: tuple[int, int] | None = None
    merged: int = 0
    kind: FileKind | None = None
    columns: tuple[Column, ...] = ()
    missing: tuple[Missing, ...] = ()
    contents: Contents | None = None


@dataclass(frozen=True)
class Inspection:
    """What was understood of one file.

    Attributes:
        file: what was inspected.
        basis: how the register was found.
        registers: the register it was read for first; several where they fit equally well.
        fits: how well each register fits; empty where the file could not be parsed.
        better: a register that fits better than the one given.
        bytes: size.
        encoding: of a text file.
        separator: of a text file.
        receipts: of the intake, in the order of the sheets; one where the file is refused.
        sheets: in their order.
    """

    file: ReceivedFile
    basis: Basis
    registers: tuple[str, ...]
    fits: tuple[Fit, ...]
    better: str | None
    bytes: int
    encoding: str | None
    separator: str | None = None
    receipts: tuple[Receipt, ...] = ()
    sheets: tuple[SheetInspection, ...] = ()

    @property
    def accepted(self) -> bool:
        """Whether a batch would take the file."""
        return any(receipt["status"] == "accepted" for receipt in self.receipts)


@dataclass(frozen=True)
class Inspector:
    """Inspects files.

    Attributes:
        knowledge: the parts of the config that say what a file means.
        wildcards: characters that stand for one that could not be written.
        mask: see `Mask`.
    """

    knowledge: Knowledge
    wildcards: tuple[str, ...]
    mask: Mask

    def inspect(self, parsed: Parsed, given: str | None = None) -> Inspection:
        """What was understood of a parsed file.

        A file that trips this program is told as the intake tells it: by the type of the error only.

        Args:
            parsed: the file; one whose format is not read comes as it is, without sheets and refusal.
            given: the register it is for; null: to be guessed.
        """
        try:
            return self._inspect(parsed, given)
        except (
            Exception,
            pl.exceptions.PanicException,
        ) as error:  # a panic of polars is no Exception
            refusal = RefusedError("not_understood", error=type(error).__name__)
            about = _about(parsed, given, ())
            receipt = self._reader(about).receipts.refused(parsed, None, refusal)
            return replace(about, receipts=(receipt,))

    def _inspect(self, parsed: Parsed, given: str | None) -> Inspection:
        about = _about(parsed, given, fits(parsed, self.knowledge) if parsed.sheets else ())
        reader = self._reader(about)
        if parsed.file.readable:
            rows, receipts = read_parsed(parsed, reader)
        else:
            rows, receipts = [], [reader.receipts.skipped(parsed, None, "other_format")]
        return replace(
            about,
            separator=_separator(parsed),
            receipts=tuple(receipts),
            sheets=self._sheets(parsed, rows, receipts, reader),
        )

    def _reader(self, about: Inspection) -> Reader:
        """For the register it is for; where nobody knows, for any: none of them will take it."""
        known = self.knowledge
        register = REGISTERS[next(iter((*about.registers, *REGISTERS)))]
        return Reader(register, known.headers, known.settings, known.labels)

    def _sheets(
        self, parsed: Parsed, rows: list[Rows], receipts: list[Receipt], reader: Reader
    ) -> tuple[SheetInspection, ...]:
        of_sheet = {receipt["source_sheet"]: receipt for receipt in receipts}
        accepted = [r["source_sheet"] for r in receipts if r["status"] == "accepted"]
        frames = {name: read.frame for name, read in zip(accepted, rows, strict=True)}
        return tuple(
            self._sheet(sheet, of_sheet.get(sheet.name), frames.get(sheet.name), reader)
            for sheet in parsed.sheets
        )

    def _sheet(
        self, sheet: Sheet, receipt: Receipt | None, frame: pl.DataFrame | None, reader: Reader
    ) -> SheetInspection:
        if sheet.skipped:
            return SheetInspection(sheet.name, receipt)
        search_rows = reader.settings.header_search_rows
        try:
            header = find_header(sheet, reader.register, reader.headers, search_rows)
        except MissingColumnsError as error:
            columns, missing = columns_without(sheet, error, reader.register, reader.headers)
            rows = (error.row, error.row)
            return SheetInspection(
                sheet.name, receipt, rows, _merged(sheet, *rows), None, columns, missing
            )
        except RefusedError:
            return SheetInspection(sheet.name, receipt)
        rows = (header.first + 1, header.last + 1)
        return SheetInspection(
            sheet.name,
            receipt,
            rows,
            _merged(sheet, *rows),
            header.kind,
            columns_of(sheet, header, reader.register, reader.headers),
            (),
            None if frame is None else self._contents(frame, header, reader),
        )

    def _contents(self, rows: pl.DataFrame, header: Header, reader: Reader) -> Contents:
        fields = list(dict.fromkeys(header.fields[j] for j in sorted(header.fields)))
        codes, year, register = self.knowledge.codes, self.knowledge.year, reader.register.name
        taken = rows.filter(pl.col("rejected").is_null())
        reasons = rows.drop_nulls("rejected").group_by("rejected").len().sort("rejected")
        first = taken.head(FIRST_ROWS).select("source_row", *fields)
        known = inspected_cells.vocabulary(first, fields, codes, register, year)
        return Contents(
            rejected=dict(reasons.iter_rows()),
            kinds=inspected_cells.cell_kinds(taken, fields),
            unknown_codes=tuple(
                inspected_cells.unknown_codes(taken, fields, codes, register, year)
            ),
            unreadable=inspected_cells.unreadable(taken, fields),
            private_use=inspected_cells.private_use(taken, fields),
            wildcards=inspected_cells.wildcards(taken, fields, self.wildcards),
            first_rows=self.mask(first, known),
        )


def _about(parsed: Parsed, given: str | None, ranked: tuple[Fit, ...]) -> Inspection:
    """What is known of a file before it is read."""
    registers = (given,) if given else best(ranked)
    return Inspection(
        file=parsed.file,
        basis=_basis(given, registers),
        registers=registers,
        fits=ranked,
        better=better_than(given, ranked) if given else None,
        bytes=parsed.bytes,
        encoding=parsed.encoding,
    )


def _basis(given: str | None, registers: tuple[str, ...]) -> Basis:
    if given:
        return "given"
    return "unknown" if not registers else "guessed" if len(registers) == 1 else "undecided"


def _merged(sheet: Sheet, first: int, last: int) -> int:
    return sum(top <= last - 1 and bottom >= first - 1 for top, _, bottom, _ in sheet.merged)


def _separator(parsed: Parsed) -> str | None:
    """What parts the cells of a text file that was parsed; it is not handed on by the parsing process."""
    if parsed.file.suffix != ".csv" or parsed.refusal or not parsed.sheets:
        return None
    text, _ = decode(parsed.file.path.read_bytes())
    return find_separator(text)
