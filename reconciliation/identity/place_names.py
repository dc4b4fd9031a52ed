"""Places as offices write them, for whoever reads a list.

What belongs here: from the comparable name back to the usual spelling (岚岭 → 岚岭县). What does not: making names comparable
(`places.py`); nothing is ever compared by what this module gives.
"""

from collections.abc import Mapping

import polars as pl

LEVELS = ("county", "town", "village")
_WRITTEN_OUT = r"[^0-9\s]"  # a place column may hold a code, which is no name


def place_names(
    records: Mapping[str, pl.DataFrame], persons: Mapping[str, pl.DataFrame]
) -> dict[str, pl.DataFrame]:
    """The usual spelling of every place.

    Args:
        records: `records_<register>` by register, with the received `county`, `town`, `village`.
        persons: `persons_<register>`, with the comparable ones.

    Returns:
        By level a frame of the comparable names down to it and `name`: the spelling received most often in all registers
        (a bare code is none), of equally frequent ones the longest.
    """
    received = pl.concat(
        persons[register]
        .select("record", *LEVELS)
        .join(
            records[register].select("record", pl.col(LEVELS).name.suffix("_received")), on="record"
        )
        for register in persons
    )
    return {level: _usual(received, level) for level in LEVELS}


def with_place_names(
    frame: pl.DataFrame, names: Mapping[str, pl.DataFrame], prefix: str = ""
) -> pl.DataFrame:
    """A frame with its comparable places (`<prefix>county` …) replaced by their usual spelling.

    A place nobody spelled out (read off an address) keeps its comparable name; null stays null. The order of rows stays.
    """
    keys = [f"{prefix}{level}" for level in LEVELS]
    named = frame
    for depth, level in enumerate(LEVELS, start=1):
        table = names[level].rename(
            {key: f"{prefix}{key}" for key in LEVELS[:depth]} | {"name": f"_{level}"}
        )
        named = named.join(
            table, on=keys[:depth], how="left", nulls_equal=True, maintain_order="left"
        )
    return named.with_columns(
        pl.coalesce(f"_{level}", f"{prefix}{level}").alias(f"{prefix}{level}") for level in LEVELS
    ).drop(f"_{level}" for level in LEVELS)


def _usual(received: pl.DataFrame, level: str) -> pl.DataFrame:
    keys = list(LEVELS[: LEVELS.index(level) + 1])
    spelling = pl.col(f"{level}_received").str.strip_chars()
    return (
        received.with_columns(name=spelling)
        .filter(pl.col(level).is_not_null(), pl.col("name").str.contains(_WRITTEN_OUT))
        .group_by(*keys, "name")
        .len()
        .sort("len", pl.col("name").str.len_chars(), "name", descending=[True, True, False])
        .unique(keys, keep="first", maintain_order=True)
        .select(*keys, "name")
        .sort(keys, nulls_last=True)
    )
