"""Sample registers made ready for linking: written, read, made comparable, their truth by record."""

from dataclasses import dataclass
from pathlib import Path

import polars as pl

from reconciliation.configuration import Configuration
from reconciliation.identity.persons import identify
from reconciliation.intake.register import read_register

LINEAGE = ["source_file", "source_sheet", "source_row"]


@dataclass(frozen=True)
class Prepared:
    """One register: `persons_<register>`, and its truth by record: `record`, `person`, `errors`."""

    persons: pl.DataFrame
    truth: pl.DataFrame


def prepare(folder: Path, batch: str, register: str, config: Configuration) -> Prepared:
    """Read one register of a sample and make its persons comparable.

    Args:
        folder: what `write_sample` wrote into.
        batch: date of the batch.
        register: name of the register.
        config: all of the config.
    """
    records = read_register(
        folder / batch / register,
        register,
        headers=config.headers,
        settings=config.intake,
        labels=config.labels,
    ).records
    persons = identify(
        records,
        register,
        settings=config.identity,
        codes=config.codes,
        characters=config.characters,
        places=config.places,
        year=int(batch[:4]),
    )
    truth = pl.read_parquet(folder / "truth" / batch / f"{register}.parquet")
    by_record = (
        records.filter(pl.col("rejected").is_null())
        .select("record", *LINEAGE)
        .join(truth, on=LINEAGE, nulls_equal=True)
        .select("record", "person", "errors")
    )
    return Prepared(persons, by_record)
