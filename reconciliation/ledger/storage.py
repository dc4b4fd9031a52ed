"""Where the ledger of a release is kept and found again: in the release, or in PostgreSQL as well.

What belongs here: reading and writing `ledger` and `cases` of a release by its name. What does not: what they hold. A release carries
both as Parquet in any case; the database is for those who want to ask the ledger of all batches at once.
"""

import os
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Any, Final, Protocol

import adbc_driver_postgresql.dbapi as adbc
import polars as pl

from reconciliation.ledger.advance import CASES_SCHEMA
from reconciliation.ledger.settings import LedgerSettings
from reconciliation.ledger.states import LEDGER_SCHEMA
from reconciliation.registers.errors import UsageError

TABLES: Final = {"ledger": LEDGER_SCHEMA, "cases": CASES_SCHEMA}
_TYPES: Final[Mapping[Any, str]] = {pl.String: "text", pl.Int64: "bigint", pl.Date: "date"}


class Storage(Protocol):
    """What a ledger can be kept in."""

    def write(self, release: str, frames: Mapping[str, pl.DataFrame]) -> None:
        """Keep the frames of `TABLES` of a release that is being made; what was kept under its name before is gone."""

    def read(self, release: Path) -> dict[str, pl.DataFrame]:
        """The frames of `TABLES` of a published release, in the order they were made in."""


class InRelease:
    """The release is the storage."""

    def write(self, release: str, frames: Mapping[str, pl.DataFrame]) -> None:
        """Nothing: the frames are written into the release like all others."""

    def read(self, release: Path) -> dict[str, pl.DataFrame]:
        """Read the release's own Parquet files."""
        return {name: pl.read_parquet(release / "data" / f"{name}.parquet") for name in TABLES}


class InPostgres:
    """A schema of a PostgreSQL database, a table a frame, the release in front of each row."""

    def __init__(self, settings: LedgerSettings) -> None:
        """Remember where; nothing is asked yet."""
        self._settings = settings

    def write(self, release: str, frames: Mapping[str, pl.DataFrame]) -> None:
        """Replace the release's rows in one transaction.

        Raises:
            UsageError: the database cannot be reached, or refuses.
        """
        schema = self._settings.schema_name
        with closing(self._connected()) as connection:
            try:
                with closing(connection.cursor()) as cursor:
                    cursor.execute(f"CREATE SCHEMA IF NOT EXISTS {schema}")
                    for name, columns in TABLES.items():
                        cursor.execute(_definition(schema, name, columns))
                        cursor.execute(
                            f"DELETE FROM {schema}.{name} WHERE release = $1",  # noqa: S608
                            (release,),
                        )
                        rows = frames[name].select(
                            pl.lit(release).alias("release"),
                            pl.int_range(pl.len(), dtype=pl.Int64).alias("place"),
                            *columns,
                        )
                        cursor.adbc_ingest(
                            name,
                            rows.to_arrow(compat_level=pl.CompatLevel.oldest()),
                            mode="append",
                            db_schema_name=schema,
                        )
                connection.commit()
            except adbc.Error as error:
                raise self._refusal(error) from None

    def read(self, release: Path) -> dict[str, pl.DataFrame]:
        """The release's rows; of a release that was made before the database was used, those of its Parquet files.

        Raises:
            UsageError: the database cannot be reached, or refuses, or holds another release under this name: two output folders
                with one schema would give people each other's cases.
        """
        found = {}
        with closing(self._connected()) as connection:
            try:
                for name, columns in TABLES.items():
                    found[name] = self._rows(connection, name, columns, release.name)
            except adbc.Error as error:
                raise self._refusal(error) from None
        own = InRelease().read(release)
        if found["cases"].is_empty():
            return own
        if not found["cases"].equals(own["cases"]):
            raise UsageError(
                f"ledger.yaml: what the schema {self._settings.schema_name} holds of {release.name} is not of the release in this "
                "output folder; give every output folder a schema of its own"
            )
        return found

    def _rows(
        self, connection: adbc.Connection, name: str, columns: Mapping[str, Any], release: str
    ) -> pl.DataFrame:
        schema = self._settings.schema_name
        empty = pl.DataFrame(schema=dict(columns))
        with closing(connection.cursor()) as cursor:
            cursor.execute("SELECT to_regclass($1)::text", (f"{schema}.{name}",))
            if cursor.fetchone() == (None,):
                return empty
            cursor.execute(
                f"SELECT {', '.join(columns)} FROM {schema}.{name} WHERE release = $1 ORDER BY place",  # noqa: S608
                (release,),
            )
            table = cursor.fetch_arrow_table()
        frame = pl.from_arrow(table)
        assert isinstance(frame, pl.DataFrame)
        return pl.concat([empty, frame.select(pl.col(c).cast(t) for c, t in columns.items())])

    def _connected(self) -> adbc.Connection:
        variable = self._settings.uri_variable
        address = os.environ.get(variable, "").strip()
        if not address:
            raise UsageError(f"ledger.yaml: the environment has no variable {variable}")
        try:
            return adbc.connect(address, autocommit=False)
        except (adbc.Error, UnicodeError):
            raise UsageError(
                f"ledger.yaml: the database that {variable} names cannot be reached, or does not let us in"
            ) from None

    def _refusal(self, error: adbc.Error) -> UsageError:
        code = error.sqlstate or "no SQLSTATE"
        return UsageError(f"ledger.yaml: the database refused or broke off ({code})")


def storage(settings: LedgerSettings) -> Storage:
    """The storage that the config asks for."""
    return InPostgres(settings) if settings.storage == "postgresql" else InRelease()


def _definition(schema: str, name: str, columns: Mapping[str, Any]) -> str:
    spelled = ", ".join(f"{column} {_TYPES[dtype]}" for column, dtype in columns.items())
    return (
        f"CREATE TABLE IF NOT EXISTS {schema}.{name} "
        f"(release text NOT NULL, place bigint NOT NULL, {spelled}, PRIMARY KEY (release, place))"
    )
