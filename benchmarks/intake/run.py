"""How fast, how heavy and how right the intake is, beside other readers: `python -m benchmarks.intake.run`.

Everything is measured as a whole process, in turns, in one run, and the least of the repetitions counts: a busy machine then
moves all figures alike. Seconds are seconds of the clock; `cpu` is what all processes of the tree used together.
"""

import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import click
import polars as pl

from benchmarks.intake.files import write_counties, write_large
from benchmarks.intake.measure import Cost, run
from benchmarks.intake.readers import READERS

_WORKERS = (1, 2)


@click.command()
@click.option("--rows", default=100_000, help="Rows of the large workbook.")
@click.option("--repetitions", default=3, help="How often each reader reads; the least counts.")
@click.option("--seed", default=7, help="Seed of the people.")
def main(rows: int, repetitions: int, seed: int) -> None:
    """Print a table a question: the large workbook, the ID numbers in it, and 88 counties."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        path, truth = write_large(folder, rows, seed)
        _show(_large(path, repetitions))
        _show(pl.DataFrame([_ids(name, path, truth) for name in READERS]))
        write_counties(folder / "counties", seed)
        _show(_counties(folder, repetitions))


def _large(path: Path, repetitions: int) -> pl.DataFrame:
    commands = {name: ["benchmarks.intake.readers", name, str(path)] for name in READERS}
    best = _best(commands, repetitions)
    base = best["calamine"].seconds
    return _table(best).with_columns((pl.col("seconds") / base).alias("times calamine"))


def _ids(name: str, path: Path, truth: pl.DataFrame) -> dict[str, str | int]:
    """What became of the ID numbers of the file.

    `right`: as the office meant them, blanks at the ends aside; `flagged`: handed over as a number, and so known to have lost
    digits; `wrong`: something else, without a word.
    """
    ids = path.with_suffix(f".{name}")
    run(_python(["benchmarks.intake.readers", name, str(path), str(ids)]))
    found = truth.join(pl.read_parquet(ids), on="source_row", how="left")
    got, typed = (pl.col(name).fill_null("").str.strip_chars() for name in ("got", "typed"))
    same, flagged = got == typed, pl.col("number")
    counts = found.select(
        pl.len().alias("ids"),
        (same & ~flagged).sum().alias("right"),
        flagged.sum().alias("flagged"),
        (~same & ~flagged).sum().alias("wrong"),
    )
    return {"reader": name, **counts.row(0, named=True)}


def _counties(folder: Path, repetitions: int) -> pl.DataFrame:
    counties, grids = str(folder / "counties"), str(folder / "grids")
    commands = {
        f"{workers} at a time": ["benchmarks.intake.counties", counties, str(workers)]
        for workers in _WORKERS
    }
    best = _best(commands, repetitions)
    again = ["benchmarks.intake.counties", counties, str(_WORKERS[-1]), grids]
    run(_python(again))
    return _table(best | _best({"unchanged, read before": again}, repetitions))


def _best(commands: dict[str, list[str]], repetitions: int) -> dict[str, Cost]:
    """The least cost of each command; they take turns."""
    costs: dict[str, list[Cost]] = {name: [] for name in commands}
    for _ in range(repetitions):
        for name, command in commands.items():
            costs[name].append(run(_python(command)))
    return {name: min(tried, key=lambda cost: cost.seconds) for name, tried in costs.items()}


def _python(arguments: Sequence[str]) -> list[str]:
    return [sys.executable, "-m", *arguments]


def _table(costs: dict[str, Cost]) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "what": list(costs),
            "seconds": [cost.seconds for cost in costs.values()],
            "cpu": [cost.cpu_seconds for cost in costs.values()],
            "cores": [cost.cores for cost in costs.values()],
            "peak MB": [cost.peak_bytes >> 20 for cost in costs.values()],
        }
    )


def _show(table: pl.DataFrame) -> None:
    with pl.Config(tbl_rows=30, tbl_cols=20, tbl_width_chars=160, float_precision=2):
        print(table, flush=True)


if __name__ == "__main__":
    main()
