"""The ledger in PostgreSQL: the same frames as from the release, a release by its name, all or nothing."""

from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from reconciliation.ledger.advance import CASES_SCHEMA
from reconciliation.ledger.settings import LedgerSettings
from reconciliation.ledger.storage import InPostgres, InRelease, Storage, storage
from reconciliation.registers.errors import UsageError
from tests.ledger.test_states import BATCHES, EXIT, answer, answers, finding, step
from tests.postgres import Postgres

VARIABLE = "LEDGER_ADDRESS"
SETTINGS = LedgerSettings(storage="postgresql", uri_variable=VARIABLE, schema="ledger_of_tests")


def frames() -> dict[str, pl.DataFrame]:
    one = step(BATCHES[0], [finding("a", EXIT), finding("b")], None)
    ledger = step(BATCHES[1], [finding("b")], one, answers(answer(1, "a", "confirmed")))
    cases = pl.DataFrame(
        [("a", "dibao", None, BATCHES[0], "0f"), ("b", "dibao", 1, BATCHES[0], None)],
        schema=CASES_SCHEMA,
        orient="row",
    )
    return {"ledger": ledger, "cases": cases}


def kept(where: Storage, output: Path, name: str, made: dict[str, pl.DataFrame]) -> Path:
    """A release as the pipeline leaves it: the storage written, the Parquet files in the release."""
    where.write(name, made)
    (output / name / "data").mkdir(parents=True)
    for frame, rows in made.items():
        rows.write_parquet(output / name / "data" / f"{frame}.parquet")
    return output / name


@pytest.fixture
def database(postgres: Postgres, monkeypatch: pytest.MonkeyPatch) -> Postgres:
    monkeypatch.setenv(VARIABLE, postgres.uri(postgres.new_database()))
    return postgres


def test_both_storages_give_the_same_frames(database: Postgres, tmp_path: Path) -> None:
    release = kept(storage(SETTINGS), tmp_path, "2018-08-30", frames())
    by_database, by_file = storage(SETTINGS).read(release), InRelease().read(release)
    for name, expected in frames().items():
        assert_frame_equal(by_database[name], expected)
        assert_frame_equal(by_file[name], expected)
    assert isinstance(storage(LedgerSettings()), InRelease)


def test_a_release_written_again_replaces_its_rows_and_no_other(
    database: Postgres, tmp_path: Path
) -> None:
    where, made = InPostgres(SETTINGS), frames()
    first = kept(where, tmp_path, "2018-08-15", made)
    where.write("2018-08-30", made)
    again = kept(
        where, tmp_path, "2018-08-30", {name: frame.head(1) for name, frame in made.items()}
    )
    assert where.read(first)["ledger"].height == 2
    assert where.read(again)["ledger"].height == 1


def test_the_ledger_of_another_output_folder_in_the_same_schema_is_refused(
    database: Postgres, tmp_path: Path
) -> None:
    where, made = InPostgres(SETTINGS), frames()
    release = kept(where, tmp_path, "2018-08-15", made)
    where.write("2018-08-15", made | {"cases": made["cases"].with_columns(case_key=pl.lit("x"))})
    with pytest.raises(UsageError, match="a schema of its own"):
        where.read(release)


def test_a_release_from_before_the_database_is_read_from_its_files(
    database: Postgres, tmp_path: Path
) -> None:
    release = kept(InRelease(), tmp_path, "2018-08-15", frames())
    assert_frame_equal(InPostgres(SETTINGS).read(release)["ledger"], frames()["ledger"])


def test_a_database_that_cannot_be_used_is_said_without_its_address(
    database: Postgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    where = InPostgres(SETTINGS)
    for address in ("", database.uri(password="wrong-word"), "postgresql://127.0.0.1:1/none"):
        monkeypatch.setenv(VARIABLE, address)
        with pytest.raises(UsageError) as told:
            where.write("2018-08-15", frames())
        assert "127.0.0.1" not in str(told.value)
        assert "wrong-word" not in str(told.value)
