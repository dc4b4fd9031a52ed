"""All files of one register → its records and receipts (docs/frames.md). The way in to this stage."""

from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from reconciliation.intake.cache import grid_store
from reconciliation.intake.database import BatchOfTables, read_tables
from reconciliation.intake.files import ReceivedFile, received_files, sha256
from reconciliation.intake.households import join_households
from reconciliation.intake.numbering import number_records, surplus_copies
from reconciliation.intake.parsing import Parsed, parse_files
from reconciliation.intake.receipts import Receipt, receipts_frame
from reconciliation.intake.records import aligned, kind_column, records_schema
from reconciliation.intake.settings import IntakeSettings
from reconciliation.intake.sheets import Reader, Rows, read_parsed
from reconciliation.registers.headers import MEMBER_FIELDS, FileKind, HeaderAliases
from reconciliation.registers.labels import Labels
from reconciliation.registers.schema import REGISTERS, Register

OnFile = Callable[[str, bool, int, int], None]
"""Told after each file: its name, whether an earlier run had read it, how many are done, how many there are."""


@dataclass(frozen=True)
class Intake:
    """What a register's folder held.

    Attributes:
        records: `records_<register>` of docs/frames.md, sorted by `record`.
        receipts: `receipts` of docs/frames.md, sorted by file and sheet.
    """

    records: pl.DataFrame
    receipts: pl.DataFrame


def read_register(  # noqa: PLR0913 - three of them are the configuration
    folder: Path,
    register: str,
    *,
    headers: HeaderAliases,
    settings: IntakeSettings,
    labels: Labels,
    tables: BatchOfTables | None = None,
    grids: Path | None = None,
    on_file: OnFile | None = None,
) -> Intake:
    """Read every file of a register, in sub-folders too.

    A file that cannot be read becomes a `refused` receipt, never an error: the caller decides what a refusal means.

    Args:
        folder: the register's folder; one that does not exist is an empty register.
        register: a name of `registers.schema.REGISTERS`.
        headers: `config/headers.yaml`.
        settings: `config/intake.yaml`.
        labels: `config/labels.yaml`, section `intake`.
        tables: where the register lies if it lies in a database.
        grids: the folder parsed files are kept in for the next run (`cache`); None: they are not kept.
        on_file: called after each file, for progress.
    """
    reader = Reader(REGISTERS[register], headers, settings, labels)
    files = received_files(folder)
    receipts = [_left_aside(file, reader) for file in files if not file.readable]
    readable = [file for file in files if file.readable]
    found: dict[str, list[Rows]] = {}
    with (
        grid_store(grids) as store,
        closing(parse_files(readable, settings, store)) as parsing,
    ):
        for done, parsed in enumerate(parsing, 1):
            found[parsed.file.name], file_receipts = read_parsed(parsed, reader)
            receipts += file_receipts
            if on_file:
                on_file(parsed.file.name, parsed.reused, done, len(readable))
    rows = [row for file in readable for row in found[file.name]]
    if tables:
        table_rows, table_receipts = read_tables(tables, reader)
        rows += table_rows
        receipts += table_receipts
        for done, receipt in enumerate(table_receipts, 1):
            if on_file:
                on_file(receipt["source_file"], False, done, len(table_receipts))
    return _together(rows, receipts, reader)


def _left_aside(file: ReceivedFile, reader: Reader) -> Receipt:
    try:
        parsed = Parsed(file, sha256(file.path), file.path.stat().st_size)
    except OSError:
        parsed = Parsed(file, "", 0)
    return reader.receipts.skipped(parsed, None, "other_format")


def _together(rows: Sequence[Rows], receipts: Sequence[Receipt], reader: Reader) -> Intake:
    """Persons and households joined, records numbered, receipts completed with what only the whole register shows."""
    register = reader.register
    persons = _persons(rows, register)
    written = receipts_frame(receipts)
    households = _households(rows, register)
    if households is not None:
        joined = join_households(persons, households, register)
        persons = joined.records
        written = written.pipe(_remarked, joined.remarks, reader.labels)
    records = number_records(persons, register)
    copies = surplus_copies(records, register)
    return Intake(records, written.pipe(_counted, copies, "duplicates"))


def _of_kind(rows: Sequence[Rows], kind: FileKind) -> list[pl.DataFrame]:
    return [sheet.frame for sheet in rows if sheet.kind == kind]


def _persons(rows: Sequence[Rows], register: Register) -> pl.DataFrame:
    schema = {c: t for c, t in records_schema(register).items() if c != "record"}
    sheets = [aligned(frame, register) for frame in _of_kind(rows, "person")]
    return pl.concat([pl.DataFrame(schema=schema), *sheets])


def _households(rows: Sequence[Rows], register: Register) -> pl.DataFrame | None:
    """The households taken, with their packed members; rejected ones are counted in their receipts only."""
    packed = [*MEMBER_FIELDS, kind_column("member_ids")]
    sheets = [
        pl.concat(
            [
                aligned(frame, register),
                frame.with_columns(
                    pl.lit(None, pl.String).alias(c) for c in packed if c not in frame.columns
                ).select(packed),
            ],
            how="horizontal",
        )
        for frame in _of_kind(rows, "household")
    ]
    return pl.concat(sheets).filter(pl.col("rejected").is_null()) if sheets else None


def _counted(receipts: pl.DataFrame, counts: pl.DataFrame, column: str) -> pl.DataFrame:
    """Put counts by file and sheet into their column of the receipts."""
    keys = ["source_file", "source_sheet"]
    order = receipts.columns
    joined = receipts.drop(column).join(
        counts.select(*keys, column), on=keys, how="left", nulls_equal=True, maintain_order="left"
    )
    return joined.with_columns(pl.col(column).fill_null(0)).select(order)


def _remarked(receipts: pl.DataFrame, remarks: pl.DataFrame, labels: Labels) -> pl.DataFrame:
    """Disagreements counted, and said what became of the households."""
    texts = [
        "".join(
            labels(f"intake.remarks.{key}", **row)
            for key in ("disagreements", "made_households", "uneven", "not_joined", "absent")
            if row[key]
        )
        for row in remarks.iter_rows(named=True)
    ]
    said = remarks.with_columns(pl.Series("said", texts, dtype=pl.String))
    return (
        receipts.pipe(_counted, remarks, "disagreements")
        .join(
            said.select("source_file", "source_sheet", "said"),
            on=["source_file", "source_sheet"],
            how="left",
            nulls_equal=True,
            maintain_order="left",
        )
        .with_columns(
            pl.concat_str("message", "said", ignore_nulls=True).replace("", None).alias("message")
        )
        .drop("said")
    )
