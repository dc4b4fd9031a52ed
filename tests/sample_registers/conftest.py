"""Provinces made once for all tests of this folder."""

from pathlib import Path

import polars as pl
import pytest

from sample_registers.generator.write import write_sample

REGISTERS = ("dibao", "poverty", "tekun", "deaths")
BATCHES = ("2018-08-15", "2018-08-30")
Tables = dict[tuple[str, str], pl.DataFrame]


@pytest.fixture(scope="session")
def committed() -> Path:
    """The folder of the committed sample."""
    return Path(__file__).parents[2] / "sample_registers"


@pytest.fixture(scope="session")
def remade(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The committed sample, made again as its README says."""
    output = tmp_path_factory.mktemp("remade")
    write_sample(output, people=26_000, seed=2018, profile="sample", file_format="files")
    return output


@pytest.fixture(scope="session")
def hard(tmp_path_factory: pytest.TempPathFactory) -> Tables:
    """A hard province of 60,000 rows in Parquet: register rows with their truth beside them, by batch and register."""
    output = tmp_path_factory.mktemp("hard")
    write_sample(output, people=60_000, seed=7, profile="hard", file_format="parquet")
    tables = {}
    for batch in BATCHES:
        for register in REGISTERS:
            rows = pl.read_parquet(output / batch / register / f"{register}.parquet")
            beside = pl.read_parquet(output / "truth" / batch / f"{register}.parquet")
            tables[batch, register] = pl.concat([rows, beside], how="horizontal")
    return tables
