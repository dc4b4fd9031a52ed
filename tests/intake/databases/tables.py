"""Registers in tables of a real server, for the tests beside this file. All people are invented."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from reconciliation.intake.database import BatchOfTables
from reconciliation.intake.database_settings import DatabaseSource
from reconciliation.intake.register import Intake, read_register
from tests.intake.offices import HEADERS, LABELS, SETTINGS
from tests.postgres import Postgres

VARIABLE = "SHUANGQING_TEST_DATABASE"
BATCH = "2018-08-15"
READER, WORD = "register_reader", "pa@ss:w/rd%42"
LEAN = {"XM": "name", "SFZH": "id_number"}


def make(postgres: Postgres, database: str, sql: str) -> None:
    """Make the schema `jz` anew with what the SQL says, for the reader to read."""
    postgres.run(
        f"DROP SCHEMA IF EXISTS jz CASCADE; CREATE SCHEMA jz; {sql};"
        f"GRANT USAGE ON SCHEMA jz TO {READER}; GRANT SELECT ON ALL TABLES IN SCHEMA jz TO {READER}",
        database,
    )


def source(*tables: Mapping[str, Any], **options: Any) -> DatabaseSource:
    """A source of tables of the schema `jz`, with the two columns nobody can do without unless it says others."""
    return DatabaseSource.model_validate(
        {
            "uri_variable": VARIABLE,
            "tables": [{"schema": "jz", "table": "people", "columns": LEAN, **t} for t in tables],
            **options,
        }
    )


def taken(
    *tables: Mapping[str, Any], register: str = "dibao", batch: str = BATCH, **options: Any
) -> Intake:
    """A register as read from its tables (one called `people` where none is named)."""
    wanted = BatchOfTables(source(*(tables or ({},)), **options), batch)
    return read_register(
        Path("nowhere"), register, headers=HEADERS, settings=SETTINGS, labels=LABELS, tables=wanted
    )


def only(intake: Intake) -> dict[str, Any]:
    """The one receipt."""
    assert intake.receipts.height == 1
    return intake.receipts.row(0, named=True)


def refused(intake: Intake) -> str:
    """What the one receipt says of a refusal."""
    receipt = only(intake)
    assert receipt["status"] == "refused", receipt
    assert intake.records.is_empty()
    return str(receipt["message"])


def cells(intake: Intake, *columns: str) -> list[tuple[Any, ...]]:
    """Columns of the records in the order of their names."""
    return intake.records.sort("name").select(columns).rows()
