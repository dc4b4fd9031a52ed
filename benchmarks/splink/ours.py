"""This project's linkage from persons files to a links file: `python -m benchmarks.splink.ours FOLDER`."""

import sys
import time
from pathlib import Path

import polars as pl

from benchmarks.splink.spent import write_spent
from reconciliation.configuration import Configuration
from reconciliation.linkage.plan import link_registers


def main(folder: Path) -> None:
    """Link and write."""
    start = time.perf_counter()
    config = Configuration.load()
    linkage = link_registers(
        pl.read_parquet(folder / "dibao.parquet"),
        pl.read_parquet(folder / "poverty.parquet"),
        settings=config.linkage,
        characters=config.characters,
        labels=config.labels,
    )
    linkage.links.write_parquet(folder / "ours.parquet")
    write_spent(folder / "ours.json", start)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
