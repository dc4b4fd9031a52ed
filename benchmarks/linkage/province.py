"""A province of made-up people, and what linking it costs: `python -m benchmarks.linkage.province --folder FOLDER`.

The first run makes the registers: the world and the mistakes of `cases`, listed a part of the province at a time, so that 11 million
rows are made within a few gigabytes; the rows are shuffled over the whole province, as content would order them. Each further run
is one process that reads the persons from Parquet, links them, writes the links, and says what each step took.
"""

import resource
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import click
import numpy as np
import polars as pl

from benchmarks.linkage.accuracy import measure
from benchmarks.linkage.cases import CASES, registered
from benchmarks.linkage.listed import Clerk, Listed, Mistakes
from benchmarks.linkage.world import Shape, populate
from reconciliation.configuration import Configuration
from reconciliation.linkage.plan import link_registers

REGISTERS: Final = ("dibao", "poverty")
_HOUSEHOLDS_A_VILLAGE: Final = 137.0
"""So that 2.4 million families make some 17,500 villages, 1,460 towns and 97 counties."""
_FAMILIES_A_PART: Final = 200_000


def write_province(folder: Path, families: int, seed: int, config: Configuration) -> None:
    """Write `persons_<register>.parquet` and `truth_<register>.parquet` of a province.

    Args:
        folder: where to.
        families: how many families there are; 2.4 million make 2.4 and 8.5 million rows.
        seed: same seed, same registers.
        config: how names and numbers are read.
    """
    for place, register in enumerate(REGISTERS):
        parts = list(_parts(place, families, seed, config))
        dice = np.random.default_rng([seed, 5, place])
        order = dice.permutation(sum(part.persons.height for part in parts))
        for name, frames in (
            ("persons", [part.persons for part in parts]),
            ("truth", [part.truth for part in parts]),
        ):
            rows = pl.concat(frames).with_columns(record=pl.Series(order + 1))
            rows.sort("record").write_parquet(folder / f"{name}_{register}.parquet")


def _parts(place: int, families: int, seed: int, config: Configuration) -> Iterator[Listed]:
    """One register of a province, some families at a time; its records are numbered in each part anew."""
    people = populate(families, Shape(households_a_village=_HOUSEHOLDS_A_VILLAGE), seed)
    listed = registered(CASES["hard"], people, np.random.default_rng([seed, 2]))[place]
    homes = 0
    for part, start in enumerate(range(0, families, _FAMILIES_A_PART)):
        rows = np.flatnonzero(
            listed & (people.family >= start) & (people.family < start + _FAMILIES_A_PART)
        )
        clerk = Clerk(people.take(rows), rows, Mistakes(), [seed, 3, place, part])
        made = clerk.list(config, birth_column=False, blank=rows[:0])
        persons = made.persons.with_columns(household=pl.col("household") + homes)
        homes = int(persons["household"].max()) + 1  # type: ignore[arg-type]
        yield Listed(persons, made.truth)


class Meter:
    """Says what each step took: seconds, CPU seconds of all threads, and the peak of the memory so far."""

    def __init__(self) -> None:
        """Start with reading."""
        self._step, self._seconds, self._cpu = "读取", time.perf_counter(), time.process_time()
        self.started = self._seconds, self._cpu

    def __call__(self, step: str) -> None:
        """A step ends, and this one begins."""
        seconds, cpu = time.perf_counter(), time.process_time()
        self._say(self._step, seconds - self._seconds, cpu - self._cpu)
        self._step, self._seconds, self._cpu = step, seconds, cpu

    def end(self) -> None:
        """The last step ends."""
        self("")
        self._say("合计", self._seconds - self.started[0], self._cpu - self.started[1])

    @staticmethod
    def _say(step: str, seconds: float, cpu: float) -> None:
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2
        print(f"{seconds:8.2f} s  {cpu:8.2f} s CPU  {peak:6.2f} GiB  {step}", flush=True)


def link_province(folder: Path, config: Configuration) -> None:
    """Read, link, write the links; print what it took and how right they are."""
    meter = Meter()
    sides = [pl.scan_parquet(folder / f"persons_{register}.parquet") for register in REGISTERS]
    linkage = link_registers(
        *sides,
        settings=config.linkage,
        characters=config.characters,
        labels=config.labels,
        on_step=meter,
    )
    meter("写出")
    for name in ("links", "duplicates", "unlinked"):
        getattr(linkage, name).write_parquet(folder / f"{name}.parquet")
    meter.end()
    truths = [pl.read_parquet(folder / f"truth_{register}.parquet") for register in REGISTERS]
    print(" x ".join(str(truth.height) for truth in truths), linkage.links.height, "links")
    with pl.Config(tbl_cols=20, tbl_width_chars=160, float_precision=5):
        print(measure(linkage.links, *truths).filter(error_class="all"))
        print(linkage.blocks)


@click.command()
@click.option("--folder", type=click.Path(path_type=Path), required=True, help="Where it is kept.")
@click.option("--families", default=2_400_000, help="Families, if it is to be made.")
@click.option("--seed", default=1, help="Seed, if it is to be made.")
def main(folder: Path, families: int, seed: int) -> None:
    """Make the province if the folder holds none; else link it."""
    config = Configuration.load()
    if (folder / "truth_poverty.parquet").exists():
        link_province(folder, config)
        return
    folder.mkdir(parents=True, exist_ok=True)
    write_province(folder, families, seed, config)
    print("made; run again to link")


if __name__ == "__main__":
    main()
