"""The SQL that reads a register: what a table has, and the whitelisted columns of it as text.

What belongs here: statements, and quoting. What does not: running them. Everything a user may name is quoted; all else is
qualified by `pg_catalog`, so that nothing of the same name in another schema is called.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from reconciliation.intake.database_settings import DatabaseSource, Table

ColumnKind = Literal["text", "exact", "double", "single", "date", "truth"]
"""How a column becomes cells: as it is; digits of any number; binary fractions of 8 and 4 bytes; dates and times; booleans."""

_BY_TYPE: dict[str, ColumnKind] = {
    **dict.fromkeys(("int2", "int4", "int8", "numeric", "money"), "exact"),
    **dict.fromkeys(("date", "timestamp", "timestamptz"), "date"),
    "float8": "double",
    "float4": "single",
    "bool": "truth",
    **dict.fromkeys(("text", "varchar", "bpchar", "name", "char", "citext"), "text"),
}
_ENUM = "e"

FIND_RELATION = """
SELECT pg_catalog.has_schema_privilege(n.oid, 'USAGE')
FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
WHERE n.nspname = $1 AND c.relname = $2 AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
"""
"""Whether somebody may look into the schema ($1) of a table or view ($2); no row where there is none."""

FIND_COLUMNS = """
WITH RECURSIVE typed AS (
  SELECT a.attrelid, a.attnum, a.attname, a.atttypid AS typid
  FROM pg_catalog.pg_attribute AS a
  JOIN pg_catalog.pg_class AS c ON c.oid = a.attrelid
  JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
  WHERE n.nspname = $1 AND c.relname = $2 AND a.attnum > 0 AND NOT a.attisdropped
UNION ALL
  SELECT d.attrelid, d.attnum, d.attname, t.typbasetype
  FROM typed AS d JOIN pg_catalog.pg_type AS t ON t.oid = d.typid
  WHERE t.typtype = 'd'
)
SELECT d.attname::pg_catalog.text, t.typname::pg_catalog.text, t.typtype::pg_catalog.text,
  pg_catalog.has_column_privilege(d.attrelid, d.attnum, 'SELECT')
FROM typed AS d JOIN pg_catalog.pg_type AS t ON t.oid = d.typid
WHERE t.typtype <> 'd'
"""
"""Of a table or view ($1 schema, $2 name): column, type behind any domain, sort of type, whether it may be read."""


@dataclass(frozen=True)
class Column:
    """A column as the database has it.

    Attributes:
        type: its type, behind any domain.
        enum: whether that is an enumeration.
        readable: whether the user may read it.
    """

    type: str
    enum: bool
    readable: bool

    @classmethod
    def of(cls, type_name: str, sort: str, readable: bool) -> "Column":
        """From a row of `FIND_COLUMNS`."""
        return cls(type_name, sort == _ENUM, readable)

    @property
    def kind(self) -> ColumnKind | None:
        """How it becomes cells; None for a type that is no cell (binary, JSON, lists …)."""
        return "text" if self.enum else _BY_TYPE.get(self.type)


def quoted(identifier: str) -> str:
    """An identifier that is only ever an identifier, whatever stands in it."""
    return '"' + identifier.replace('"', '""') + '"'


def literal(text: str) -> str:
    """A text that is only ever a text, whatever the server's setting for backslashes."""
    escaped = text.replace("'", "''")
    if "\\" in escaped:
        doubled = escaped.replace("\\", "\\\\")
        return f" E'{doubled}'"
    return f"'{escaped}'"


def settings(source: DatabaseSource) -> list[str]:
    """The statements a transaction starts with.

    It reads one moment of the database and can write nothing; texts come as UTF-8, whatever the server keeps (the driver takes
    them for that unasked), dates as ISO, fractions in full.
    """
    return [
        "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY",
        "SET LOCAL client_encoding = 'UTF8'",
        f"SET LOCAL statement_timeout = {source.statement_timeout_seconds * 1000:d}",
        "SET LOCAL DateStyle = 'ISO, YMD'",
        f"SET LOCAL TimeZone = {literal(source.time_zone)}",
        "SET LOCAL extra_float_digits = 3",
    ]


def select(table: Table, types: Sequence[str], batch: str) -> str:
    """The rows of a table as text, in the order of their bytes.

    Args:
        table: its columns are asked for, and nothing else.
        types: of the whitelisted columns, and behind them of the batch column where there is one.
        batch: `YYYY-MM-DD`.

    Returns:
        A statement with one column a whitelisted column, named by its position; one row more than the table may have.
    """
    columns = ", ".join(
        f'{_as_text(name, type_name)} COLLATE pg_catalog."C" AS c{position}'
        for position, (name, type_name) in enumerate(zip(table.columns, types, strict=False))
    )
    where = (
        f" WHERE {_of_batch(table.batch_column, types[-1], batch)}" if table.batch_column else ""
    )
    order = ", ".join(f"c{position}" for position in range(len(table.columns)))
    return (
        f"SELECT * FROM (SELECT {columns} FROM {quoted(table.schema_name)}.{quoted(table.table)}{where}) AS rows"  # noqa: S608 - every name is quoted
        f" ORDER BY {order} LIMIT {table.max_rows + 1:d}"
    )


def _as_text(name: str, type_name: str) -> str:
    # The text of money has the sign and the commas of wherever the server stands.
    plain = f"{quoted(name)}::pg_catalog.numeric" if type_name == "money" else quoted(name)
    return f"({plain})::pg_catalog.text"


def _of_batch(column: str, type_name: str, batch: str) -> str:
    day = date.fromisoformat(batch)
    if _BY_TYPE.get(type_name) == "date":
        return f"{quoted(column)}::pg_catalog.date = {literal(day.isoformat())}::pg_catalog.date"
    forms = f"{literal(day.isoformat())}, {literal(day.strftime('%Y%m%d'))}"
    return f"({quoted(column)})::pg_catalog.text IN ({forms})"
