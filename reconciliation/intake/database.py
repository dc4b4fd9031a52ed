"""A register that is a table or view of PostgreSQL, handed on as if it were a file (`Parsed`).

What belongs here: which tables, what of them, and how much. What comes after (headers, cells, receipts) is that of files. A
table that cannot be read is a refusal with a receipt, never an error.

The rows of a table have no order of their own. They are read in the order of the bytes of the whitelisted columns, and
`source_row` counts them in that order, the header being row 1 as in a Parquet file.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from reconciliation.intake import database_query as query
from reconciliation.intake.database_cells import grid
from reconciliation.intake.database_query import Column
from reconciliation.intake.database_settings import DatabaseSource, Table
from reconciliation.intake.files import ReceivedFile
from reconciliation.intake.parsing import Parsed, Sheet
from reconciliation.intake.receipts import Receipt
from reconciliation.intake.refusals import RefusedError
from reconciliation.intake.sheets import Reader, Rows, read_parsed
from reconciliation.registers.schema import IDENTIFIER_FIELDS

if TYPE_CHECKING:
    from reconciliation.intake.database_session import Session

_HASHED_ROWS = 100_000


@dataclass(frozen=True)
class BatchOfTables:
    """What is to be read of a register: where it lies, and which batch (`YYYY-MM-DD`) of it."""

    source: DatabaseSource
    batch: str


def read_tables(wanted: BatchOfTables, reader: Reader) -> tuple[list[Rows], list[Receipt]]:
    """The rows and receipts of a register's tables, all of one moment; a table that cannot be read is a refused receipt.

    Args:
        wanted: the tables and the batch.
        reader: the register, what its headers are called, and how long a cell may be.
    """
    rows: list[Rows] = []
    receipts: list[Receipt] = []
    for table, parsed, columns in _parsed_tables(wanted, reader):
        table_rows, [receipt] = read_parsed(parsed, reader)
        remark = _remark(table, columns, reader) if receipt["status"] == "accepted" else ""
        rows += table_rows
        receipts.append(receipt | {"message": (receipt["message"] or "") + remark or None})
    return rows, receipts


_Fetched = tuple[Table, Parsed, list[Column]]


def _parsed_tables(wanted: BatchOfTables, reader: Reader) -> list[_Fetched]:
    """Each table with what the database says of its columns; the connection is given back before any row is looked at."""
    try:
        # ADBC brings pandas with it: half a second that a register of files need not wait for.
        from reconciliation.intake.database_session import session  # noqa: PLC0415

        with session(wanted.source) as connected:
            return list(_each(wanted, reader, connected))
    except RefusedError as refusal:
        return [_refused(table, reader, refusal) for table in wanted.source.tables]


def _each(wanted: BatchOfTables, reader: Reader, connected: "Session") -> Iterator[_Fetched]:
    whole = False
    for table in wanted.source.tables:
        try:
            if not whole:
                connected.begin()
            columns = _columns(table, connected)
            fetched = table, _parsed(table, columns, wanted.batch, reader, connected), columns
            whole = True
        except RefusedError as refusal:
            fetched, whole = _refused(table, reader, refusal), False
        yield fetched


def _refused(table: Table, reader: Reader, refusal: RefusedError) -> _Fetched:
    return table, Parsed(_received(table, reader), "", 0, refusal=refusal), []


def _received(table: Table, reader: Reader) -> ReceivedFile:
    """The table under the name that receipts and `source_file` give it: neither host nor user."""
    return ReceivedFile(Path(), reader.labels("intake.database.source", table=table.name))


def _parsed(
    table: Table, columns: list[Column], batch: str, reader: Reader, connected: "Session"
) -> Parsed:
    texts = connected.texts(query.select(table, [column.type for column in columns], batch))
    _check_size(table, texts, reader.settings.max_cell_characters)
    digest, size = _content(table, texts)
    # What is no text was refused before; the batch column, if any, is behind those that are read.
    kinds = [column.kind or "text" for column in columns[: texts.width]]
    headings = table.headings(reader.register, reader.headers)
    sheet = Sheet(None, grid=grid(texts, kinds, headings), headed=True)
    return Parsed(_received(table, reader), digest, size, sheets=(sheet,))


def _columns(table: Table, connected: "Session") -> list[Column]:
    """The whitelisted columns as the database has them, behind them the batch column where there is one.

    Raises:
        RefusedError: the table, a column or the right to read it is missing, or a column holds no text.
    """
    where = table.schema_name, table.table
    relation = connected.rows(query.FIND_RELATION, *where)
    if not relation:
        raise RefusedError("database.no_table")
    if not relation[0][0]:
        raise RefusedError("database.no_right")
    found = {name: Column.of(*rest) for name, *rest in connected.rows(query.FIND_COLUMNS, *where)}
    names = [*table.columns, *([table.batch_column] if table.batch_column else [])]
    _require("no_column", [name for name in names if name not in found])
    _require("no_right_to_columns", [name for name in names if not found[name].readable])
    _require("no_cells", [name for name in names if found[name].kind is None])
    return [found[name] for name in names]


def _require(reason: str, columns: list[str], **values: object) -> None:
    """Refuse the table where columns are found wanting."""
    if columns:
        raise RefusedError(f"database.{reason}", columns="、".join(columns), **values)


def _check_size(table: Table, texts: pl.DataFrame, longest: int) -> None:
    """Refuse more rows than the table may have, and a cell longer than one may be."""
    if texts.height > table.max_rows:
        raise RefusedError("database.too_many_rows", limit=table.max_rows)
    lengths = texts.select(pl.all().str.len_chars().max().fill_null(0)).row(0)
    too_long = [name for name, most in zip(table.columns, lengths, strict=True) if most > longest]
    _require("cell_too_long", too_long, limit=longest)


def _content(table: Table, texts: pl.DataFrame) -> tuple[str, int]:
    """SHA-256 and size of what was fetched, as the CSV that `COPY … TO STDOUT (FORMAT csv, HEADER)` makes of the same rows."""
    digest, size = hashlib.sha256(), 0
    named = texts.rename(dict(zip(texts.columns, table.columns, strict=True)))
    for start in range(0, max(named.height, 1), _HASHED_ROWS):
        part = named.slice(start, _HASHED_ROWS).write_csv(include_header=start == 0).encode()
        digest.update(part)
        size += len(part)
    return digest.hexdigest(), size


def _remark(table: Table, columns: list[Column], reader: Reader) -> str:
    """A word to the owner of the table where numbers of people are kept as numbers: X and leading zeros cannot be."""
    _, fields = table.understood(reader.register, reader.headers)
    numeric = [
        name
        for position, name in enumerate(table.columns)
        if fields.get(position) in IDENTIFIER_FIELDS and columns[position].kind == "exact"
    ]
    columns_named = "、".join(numeric)
    return reader.labels("intake.database.numeric", columns=columns_named) if numeric else ""
