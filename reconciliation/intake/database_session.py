"""One connection to PostgreSQL, for reading only.

What belongs here: connecting, asking, and what an error of the driver means. What does not: SQL (`database_query`).

An error of the driver may hold the address, the user, the statement or a cell, so none leaves this module: it becomes a
`RefusedError` with nothing in it but numbers and what stands in `config/databases.yaml`.
"""

import os
import re
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import Any, TypeVar

import adbc_driver_postgresql.dbapi as adbc
import polars as pl
import pyarrow as pa

from reconciliation.intake import database_query as query
from reconciliation.intake.database_settings import DatabaseSource
from reconciliation.intake.refusals import RefusedError

_Result = TypeVar("_Result")

_CONNECTION = {
    "application_name": "shuangqing",
    "keepalives_idle": "30",
    "keepalives_interval": "10",
    "keepalives_count": "3",
}
"""What a connection gets unless its address says otherwise: a name the server's owner sees, and an end when the line is dead."""

_BY_STATE = {
    "22021": "database.not_text",
    "22P05": "database.not_text",
    "25001": "database.writes",
    "25006": "database.writes",
    "28000": "database.authentication",
    "28P01": "database.authentication",
    "3D000": "database.no_database",
    "3F000": "database.no_table",
    "42501": "database.no_right",
    "42703": "database.changed",
    "42P01": "database.changed",
    "53300": "database.busy",
    "57014": "database.timeout",
    "57P03": "database.busy",
}
"""Reasons by SQLSTATE, and below by its class."""
_BY_CLASS = {
    "08": "database.disconnected",
    "53": "database.busy",
    "57": "database.disconnected",
}
_CONNECTING = (
    ("database.busy", r"too many|starting up|shutting down|recovery mode"),
    ("database.no_database", r'database "" does not exist'),
    ("database.authentication", r"pg_hba|password|authentication|role|permission denied"),
    ("database.encryption", r"SSL|certificate|GSS"),
    (
        "database.unreachable",
        r"refused|could not translate|expired|No route|unreachable|timed out|reset|closed the connection"
        r"|could not connect|No such file",
    ),
)
"""Reasons by what the client's library says, which gives no code, names left out: a host may be called anything."""
_NAME = re.compile(r'"[^"]*"')
_ASKED = "connection to server"
_TEXT_ERRORS = (pa.ArrowInvalid, UnicodeError)


@dataclass(frozen=True)
class Session:
    """A connection inside its transaction."""

    connection: adbc.Connection
    source: DatabaseSource

    def begin(self) -> None:
        """Leave what went wrong behind, and start to read one moment of the database.

        Raises:
            RefusedError: the server does not do it.
        """

        def begin() -> None:
            self.connection.rollback()
            with closing(self.connection.cursor()) as cursor:
                for statement in query.settings(self.source):
                    cursor.execute(statement)

        self._guarded(begin)

    def rows(self, statement: str, *parameters: str) -> list[tuple[Any, ...]]:
        """The few rows of a statement about the database.

        Raises:
            RefusedError: it cannot be asked.
        """

        def fetched() -> list[tuple[Any, ...]]:
            with closing(self.connection.cursor()) as cursor:
                cursor.execute(statement, parameters)
                return list(cursor.fetchall())

        return self._guarded(fetched)

    def texts(self, statement: str) -> pl.DataFrame:
        """The rows of a statement whose columns are all text, checked to be text.

        Raises:
            RefusedError: it cannot be read, or not to its end.
        """

        def fetched() -> pl.DataFrame:
            with closing(self.connection.cursor()) as cursor:
                cursor.execute(statement)
                # Not by `fetch_record_batch`: there an error on the way comes without its SQLSTATE, and Ctrl-C waits.
                table = cursor.fetch_arrow_table()
            empty = pl.DataFrame(schema=dict.fromkeys(table.column_names, pl.String))
            return pl.concat([empty, *map(_checked, table.to_batches())])

        return self._guarded(fetched)

    def _guarded(self, work: Callable[[], _Result]) -> _Result:
        refusal: RefusedError
        try:
            return work()
        except adbc.Error as error:
            refusal = _refusal(error, self.source)
        except _TEXT_ERRORS:
            refusal = RefusedError("database.not_text")
        except OSError:
            refusal = RefusedError("database.disconnected")
        # Not inside `except`: the refusal would carry the driver's error with it.
        raise refusal


@contextmanager
def session(source: DatabaseSource) -> Iterator[Session]:
    """A connection, closed at the end whatever happens.

    Raises:
        RefusedError: there is no address, nobody answers, or we are not let in.
    """
    address = os.environ.get(source.uri_variable, "").strip()
    if not address:
        raise RefusedError("database.no_variable", variable=source.uri_variable)
    connection, reason = _connected(_complete(address, source))
    if connection is None:
        raise RefusedError(reason, variable=source.uri_variable)
    try:
        yield Session(connection, source)
    finally:
        _close(connection)


def _connected(address: str) -> tuple[adbc.Connection | None, str]:
    """A connection, or why there is none."""
    try:
        return adbc.connect(address, autocommit=False), ""
    except (adbc.Error, UnicodeError) as error:
        text = str(error)
    said = _NAME.sub('""', text).rpartition(" failed: ")[2]
    known = (reason for reason, pattern in _CONNECTING if re.search(pattern, said))
    # A server that was asked and says something else, perhaps in its own language, does not want us.
    other = "authentication" if _ASKED in text else "bad_address"
    return None, next(known, f"database.{other}")


def _complete(address: str, source: DatabaseSource) -> str:
    """The address with what it does not say itself, in either form libpq knows."""
    parameters = {"connect_timeout": str(source.connect_timeout_seconds), **_CONNECTION}
    added = [f"{key}={value}" for key, value in parameters.items() if f"{key}=" not in address]
    if re.match(r"postgres(ql)?://", address):
        return address + ("&" if "?" in address else "?") + "&".join(added) if added else address
    return " ".join([address, *added])


def _checked(batch: Any) -> pl.DataFrame:
    """A batch as a frame; a server without an encoding of its own may hand over anything."""
    batch.validate(full=True)
    return pl.DataFrame(pl.from_arrow(batch))


def _refusal(error: adbc.Error, source: DatabaseSource) -> RefusedError:
    state = error.sqlstate or ""
    if not state:
        return RefusedError("database.disconnected")
    reason = _BY_STATE.get(state) or _BY_CLASS.get(state[:2], "database.failed")
    return RefusedError(reason, code=state, seconds=source.statement_timeout_seconds)


def _close(connection: adbc.Connection) -> None:
    """Give the connection back; one that broke has nothing left to say."""
    try:
        connection.close()
    except adbc.Error:
        return
