"""The floor: sound numbers joined, nothing else: `python -m benchmarks.splink.floor FOLDER`."""

import sys
import time
from pathlib import Path

import polars as pl

from benchmarks.splink.spent import write_spent


def _sound(folder: Path, side: str) -> pl.LazyFrame:
    """Rows whose valid number stands once in their register."""
    return (
        pl.scan_parquet(folder / f"{side}.parquet")
        .filter(pl.col("id_quality").is_in(["valid", "upgraded_15"]))
        .select(pl.col("record").alias(f"{side}_record"), "id_number")
        .filter(pl.len().over("id_number") == 1)
    )


def main(folder: Path) -> None:
    """Join and write."""
    start = time.perf_counter()
    links = _sound(folder, "dibao").join(_sound(folder, "poverty"), on="id_number")
    links.select("dibao_record", "poverty_record", probability=pl.lit(1.0)).collect().write_parquet(
        folder / "floor.parquet"
    )
    write_spent(folder / "floor.json", start)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
