"""The database of these tests."""

import pytest

from tests.intake.databases.tables import READER, VARIABLE, WORD
from tests.postgres import Postgres


@pytest.fixture(scope="session")
def database(postgres: Postgres) -> str:
    """A database with a user who may read what he is given."""
    name = postgres.new_database()
    postgres.run(f"CREATE ROLE {READER} LOGIN PASSWORD '{WORD}'")
    return name


@pytest.fixture(autouse=True)
def address(postgres: Postgres, database: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """The environment variable set, as that user."""
    found = postgres.uri(database, READER, WORD)
    monkeypatch.setenv(VARIABLE, found)
    return found
