"""febrl4 through the linkage: `python -m benchmarks.febrl.run`."""

import subprocess
import tempfile
import time
from pathlib import Path

import click
import polars as pl

from benchmarks.febrl.latin import signs, word_table
from benchmarks.linkage.accuracy import measure
from benchmarks.splink.compare import ROOT, SPLINK
from reconciliation.configuration import Configuration
from reconciliation.identity.persons import PERSON_SCHEMA
from reconciliation.linkage.plan import link_registers

_EIGHT = "^[0-9]{8}$"


def persons(side: pl.DataFrame, known: pl.DataFrame) -> pl.DataFrame:
    """A febrl file as a persons frame: surname and given name, number with the birth date in it, place by postcode.

    The social security number and the birth date are put together in the shape of a resident number, because the linkage
    takes a number and what is read from it for one piece of evidence. It has no check digit that could prove it right, so none
    counts as valid.
    """
    sign = dict(known.select("word", "sign").iter_rows())
    made = side.sort("rec_id").with_columns(
        record=pl.int_range(1, pl.len() + 1, dtype=pl.Int64),
        name=pl.concat_str(
            pl.col("surname").replace_strict(sign, default=None),
            pl.col("given_name").replace_strict(sign, default=None),
            ignore_nulls=True,
        ),
        birth=pl.col("date_of_birth").str.to_date("%Y%m%d", strict=False),
        number=pl.when(pl.col("date_of_birth").str.contains(_EIGHT)).then(
            pl.concat_str(
                pl.col("soc_sec_id").str.slice(0, 6),
                "date_of_birth",
                pl.lit("00"),
                pl.col("soc_sec_id").str.slice(6, 1),
                pl.lit("0"),
            )
        ),
    )
    named = pl.col("name").str.len_chars() > 0
    frame = made.with_columns(
        county="state",
        town="postcode",
        village="suburb",
        household="record",
        household_basis=pl.lit("alone"),
        is_head=pl.lit(False),
        name_key="name",
        name_kind=pl.when(named).then(pl.lit("full")).otherwise(pl.lit("missing")),
        id_number="number",
        id_quality=pl.when(pl.col("number").is_null())
        .then(pl.lit("missing"))
        .otherwise(pl.lit("check_failed")),
        birth_date="birth",
        birth_field="birth",
        birth_id=pl.when(pl.col("number").is_not_null()).then("birth"),
        id_area=pl.col("number").str.slice(0, 6),
    )
    return frame.select(
        (pl.col(name) if name in frame.columns else pl.lit(None).alias(name)).cast(kind)
        for name, kind in PERSON_SCHEMA.items()
    )


def truth(side: pl.DataFrame) -> pl.DataFrame:
    """`record`, `person`, `errors` as the accuracy measure asks."""
    return side.sort("rec_id").select(
        record=pl.int_range(1, pl.len() + 1, dtype=pl.Int64),
        person=pl.col("rec_id").str.extract(r"rec-(\d+)"),
        errors=pl.lit([], pl.List(pl.String)),
    )


@click.command()
def main() -> None:
    """Print precision and recall by tier, and the seconds."""
    config = Configuration.load()
    with tempfile.TemporaryDirectory() as made:
        export = ROOT / "benchmarks" / "febrl" / "export.py"
        subprocess.run([str(SPLINK), str(export), made], check=True)
        sides = [pl.read_parquet(Path(made) / f"{name}.parquet") for name in ("org", "dup")]
        known = signs(pl.read_parquet(Path(made) / "words.parquet"))
    start = time.perf_counter()
    table = word_table(known, config.identity.mergers)
    one, other = (persons(side, known) for side in sides)
    linkage = link_registers(
        one, other, settings=config.linkage, characters=table, labels=config.labels
    )
    spent = time.perf_counter() - start
    accuracy = measure(linkage.links, truth(sides[0]), truth(sides[1])).filter(error_class="all")
    with pl.Config(tbl_cols=20, tbl_width_chars=160, float_precision=5):
        print(accuracy)
    print(f"{one.height} x {other.height} records in {spent:.1f} s")


if __name__ == "__main__":
    main()
