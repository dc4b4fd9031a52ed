"""Write a sample, link it, say how right and how fast: `python -m benchmarks.linkage.run --people 26000`."""

import tempfile
import time
from pathlib import Path

import click
import polars as pl

from benchmarks.linkage.accuracy import measure
from benchmarks.linkage.prepared import prepare
from reconciliation.configuration import Configuration
from reconciliation.linkage.plan import link_registers
from sample_registers.generator.write import write_sample

BATCH = "2018-08-15"


@click.command()
@click.option("--people", default=26_000, help="Rows of both registers together.")
@click.option("--seed", default=7, help="Seed of the sample.")
@click.option("--profile", default="hard", help="Profile of the sample.")
def main(people: int, seed: int, profile: str) -> None:
    """Print seconds a step, accuracy by tier and the weakest error classes."""
    config = Configuration.load()
    with tempfile.TemporaryDirectory() as folder:
        sample = Path(folder)
        write_sample(sample, people=people, seed=seed, profile=profile, file_format="parquet")
        dibao, poverty = (prepare(sample, BATCH, name, config) for name in ("dibao", "poverty"))
    start = time.perf_counter()
    linkage = link_registers(
        dibao.persons,
        poverty.persons,
        settings=config.linkage,
        characters=config.characters,
        labels=config.labels,
        on_step=lambda step: print(f"{time.perf_counter() - start:8.2f} s  {step}"),
    )
    print(
        f"{time.perf_counter() - start:8.2f} s  {dibao.persons.height} x {poverty.persons.height}"
    )
    accuracy = measure(linkage.links, dibao.truth, poverty.truth)
    by_class = accuracy.filter(pl.col("error_class") != "all").pivot(
        "tiers", index=["error_class", "people"], values="recall"
    )
    with pl.Config(tbl_rows=30, tbl_cols=20, tbl_width_chars=160, float_precision=5):
        print(accuracy.filter(error_class="all"))
        print(linkage.blocks)
        print(by_class.sort("certain_probable").head(20))


if __name__ == "__main__":
    main()
