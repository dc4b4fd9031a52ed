"""The linkage, Splink and a bare join on the same files: `python -m benchmarks.splink.compare --people 26000`.

Each runs in a process of its own, so that time and peak memory are its own; the truth is asked by the same function for all.
Splink needs `benchmarks/.venv` (see `benchmarks/README.md`).
"""

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import click
import polars as pl

from benchmarks.linkage.accuracy import measure
from benchmarks.linkage.cases import CASES, make
from reconciliation.configuration import Configuration

ROOT = Path(__file__).resolve().parents[2]
SPLINK = ROOT / "benchmarks" / ".venv" / "bin" / "python"
LIKELY = {"certain": 0.99, "probable": 0.5, "possible": 0.01}
"""What of a rival's probability is called certain, probable, possible."""


def commands(folder: Path) -> dict[str, list[str]]:
    """How each contestant is started."""
    return {
        "ours": [sys.executable, "-m", "benchmarks.splink.ours", str(folder)],
        "splink": [
            str(SPLINK),
            str(ROOT / "benchmarks" / "splink" / "best.py"),
            str(folder),
        ],
        "floor": [sys.executable, "-m", "benchmarks.splink.floor", str(folder)],
    }


def tiered(links: pl.DataFrame) -> pl.DataFrame:
    """Links with tiers, by the probability where the contestant has none."""
    if "tier" in links.columns:
        return links
    said = pl.col("probability")
    tier = pl.when(said >= LIKELY["certain"]).then(pl.lit("certain"))
    tier = tier.when(said >= LIKELY["probable"]).then(pl.lit("probable"))
    return links.with_columns(tier=tier.otherwise(pl.lit("possible")))


def contestant(name: str, folder: Path, truth: dict[str, pl.DataFrame]) -> list[dict[str, Any]]:
    """Run one and judge it: a row a step of tiers."""
    done = subprocess.run(commands(folder)[name], cwd=ROOT, capture_output=True, check=False)
    if done.returncode:
        raise click.ClickException(f"{name}: {done.stderr.decode()[-2000:]}")
    spent = json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))
    links = tiered(pl.read_parquet(folder / f"{name}.parquet"))
    accuracy = measure(links, truth["dibao"], truth["poverty"]).filter(error_class="all")
    rows = accuracy.select("tiers", "links", "right", "precision", "people", "recall").to_dicts()
    return [{"who": name, **row, **spent} for row in rows]


@click.command()
@click.option("--case", default="hard", help="A case of benchmarks.linkage.cases.")
@click.option("--families", default=20_000, help="Families of the case.")
@click.option("--seed", default=1)
def main(case: str, families: int, seed: int) -> None:
    """Print precision, recall, time and memory of all three, and the ratios."""
    config = Configuration.load()
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        sides = dict(
            zip(
                ("dibao", "poverty"),
                make(CASES[case], seed=seed, families=families, config=config),
                strict=True,
            )
        )
        for name, side in sides.items():
            side.persons.write_parquet(folder / f"{name}.parquet")
            print(f"{name}: {side.persons.height} rows")
        truth = {name: side.truth for name, side in sides.items()}
        rows = [row for name in commands(folder) for row in contestant(name, folder, truth)]
    found = pl.DataFrame(rows)
    with pl.Config(tbl_rows=20, tbl_cols=20, tbl_width_chars=180, float_precision=5):
        print(found)
    cost = {row["who"]: row for row in rows}
    for name in ("splink", "floor"):
        print(
            f"{name} against ours: {cost[name]['seconds'] / cost['ours']['seconds']:.2f} x the time, "
            f"{cost[name]['peak_mib'] / cost['ours']['peak_mib']:.2f} x the memory"
        )


if __name__ == "__main__":
    main()
