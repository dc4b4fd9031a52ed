"""The command with the dibao register in PostgreSQL: the same result as from files, and nothing of the address anywhere."""

import json
import shutil
from dataclasses import dataclass
from pathlib import Path

import polars as pl
import pytest
import yaml
from polars.testing import assert_frame_equal

from reconciliation.registers.schema import LISTS
from sample_registers.generator.write import write_sample
from tests.end_to_end.command import Ran, reconcile, shuangqing
from tests.end_to_end.conftest import FIRST, SECOND
from tests.end_to_end.test_invariance import without_sources
from tests.postgres import Postgres

VARIABLE = "REGISTER_ADDRESS"
USER, WORD = "clerk_of_the_register", "w0rd-of-the-clerk"
SOURCE = "数据库 civil.v_dibao"


@dataclass(frozen=True)
class World:
    """Small registers, once all in files and once with dibao in a database.

    Attributes:
        address: of the database.
        config: own config folder that says so.
        by_files: release made from files.
        by_table: output folder of the same from the database, and what was printed.
    """

    address: str
    registers: Path
    config: Path
    by_files: Path
    by_table: Path
    ran: Ran


@pytest.fixture(scope="module")
def world(postgres: Postgres, tmp_path_factory: pytest.TempPathFactory) -> World:
    root = tmp_path_factory.mktemp("database")
    write_sample(root / "files", people=1500, seed=11, profile="sample", file_format="parquet")
    dibao = {b: pl.read_parquet(root / "files" / b / "dibao" / "dibao.parquet") for b in (FIRST, SECOND)}  # fmt: skip
    columns = {f"C{position}": header for position, header in enumerate(dibao[FIRST].columns)}
    address = served(postgres, dibao, columns)
    for batch in (FIRST, SECOND):
        (root / "tables" / batch / "dibao").mkdir(parents=True)
        for register in ("poverty", "tekun", "deaths"):
            shutil.copytree(root / "files" / batch / register, root / "tables" / batch / register)
    config = root / "config"
    config.mkdir()
    table = {"schema": "civil", "table": "v_dibao", "columns": columns, "batch_column": "PC"}
    named = {"registers": {"dibao": {"uri_variable": VARIABLE, "tables": [table]}}}
    (config / "databases.yaml").write_text(yaml.safe_dump(named, allow_unicode=True), "utf-8")
    by_files = reconcile(root / "files", FIRST, root / "out_files" / "output")
    assert by_files.code == 0, by_files.text
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(VARIABLE, address)
        output = root / "out_table" / "output"
        ran = reconcile(root / "tables", FIRST, output, "--config", config)
    return World(address, root / "tables", config, root / "out_files/output" / FIRST, output, ran)


def served(postgres: Postgres, batches: dict[str, pl.DataFrame], columns: dict[str, str]) -> str:
    """Put both batches into one table, behind a view a clerk may read; return the clerk's address."""
    database = postgres.new_database()
    names = ", ".join(f'"{column}" text' for column in columns)
    postgres.run(
        f"CREATE SCHEMA civil; CREATE TABLE civil.dibao ({names}, \"PC\" date, secret text DEFAULT '机密');"
        f"CREATE ROLE {USER} LOGIN PASSWORD '{WORD}'; GRANT USAGE ON SCHEMA civil TO {USER}",
        database,
    )
    listed = ", ".join(f'"{column}"' for column in [*columns, "PC"])
    for batch, rows in batches.items():
        feed = rows.sample(fraction=1, shuffle=True, seed=3).with_columns(PC=pl.lit(batch))
        copy = f"COPY civil.dibao ({listed}) FROM STDIN (FORMAT csv)"
        postgres.run(copy, database, feed.write_csv(include_header=False))
    postgres.run(
        f"CREATE VIEW civil.v_dibao AS SELECT * FROM civil.dibao; GRANT SELECT ({listed}) ON civil.v_dibao TO {USER}",
        database,
    )
    return postgres.uri(database, USER, WORD)


def test_the_batch_is_published(world: World) -> None:
    assert world.ran.code == 0, world.ran.text
    records = pl.read_parquet(world.by_table / FIRST / "data" / "records_dibao.parquet")
    assert records["source_file"].unique().to_list() == [SOURCE]
    assert shuangqing("verify", "--output", world.by_table, home=world.by_table.parent).code == 0


@pytest.mark.parametrize(
    "table",
    [
        "data/records_dibao", "data/persons_dibao", "data/links", "data/households", "data/findings",
        "data/dispositions", *(f"lists/{name}" for name in LISTS),
    ],
)  # fmt: skip
def test_the_result_is_that_of_the_same_lists_in_files(world: World, table: str) -> None:
    found, expected = (
        without_sources(release / f"{table}.parquet")
        for release in (world.by_table / FIRST, world.by_files)
    )
    assert_frame_equal(found, expected, check_exact=True)


def test_the_manifest_vouches_for_what_was_fetched(world: World) -> None:
    manifest = json.loads((world.by_table / FIRST / "manifest.json").read_text("utf-8"))
    [entry] = [item for item in manifest["inputs"] if item["register"] == "dibao"]
    assert entry["source_file"] == SOURCE
    assert len(entry["sha256"]) == 64
    assert entry["bytes"] > 10_000


def test_nothing_of_the_address_stands_anywhere(world: World) -> None:
    """Outputs, receipts, the audit trail, Dagster's databases, the terminal."""
    address = world.address.removeprefix("postgresql://")
    host = address.partition("@")[2].partition("/")[0]
    secrets = [text.encode() for text in (USER, WORD, host, address.rpartition("/")[2])]
    files = [path for path in world.by_table.parent.rglob("*") if path.is_file()]
    assert any(path.suffix == ".db" for path in files)
    for content in (world.ran.text.encode(), *(path.read_bytes() for path in files)):
        assert not any(secret in content for secret in secrets)


def test_a_database_that_does_not_let_us_in_is_a_refused_receipt(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(VARIABLE, world.address.replace(WORD, "another-word"))
    output = tmp_path / "output"
    ran = reconcile(world.registers, FIRST, output, "--config", world.config)
    assert ran.code == 1, ran.text
    assert "拒绝登录" in ran.text
    for secret in ("another-word", USER, "127.0.0.1"):
        assert secret not in ran.text
    assert not (output / FIRST).exists()
    [receipts] = (output / "receipts").rglob("receipts_dibao.parquet")
    assert pl.read_parquet(receipts).select("source_file", "status").rows() == [(SOURCE, "refused")]


def test_a_register_in_two_places_is_a_usage_error(world: World, tmp_path: Path) -> None:
    twice = tmp_path / "registers" / FIRST
    shutil.copytree(world.registers / FIRST, twice)
    (twice / "dibao" / "list.csv").touch()
    ran = reconcile(tmp_path / "registers", FIRST, tmp_path / "output", "--config", world.config)
    assert ran.code == 2
    assert "choose one" in ran.text
