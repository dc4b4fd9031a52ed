"""Totals of the lists and the sums that must agree. No frame here names a person.

What belongs here: people, households and yuan by list, group and place. What does not: how they are shown.
"""

from collections.abc import Mapping
from typing import Any, Final

import polars as pl

from reconciliation.registers.schema import REGISTERS

LEVELS: Final = ("county", "prefecture", "province")
_GROUP: Final = ("list", "group", "group_name", "status")
TOTALS: Final[dict[str, Any]] = {
    "level": pl.String, **dict.fromkeys(_GROUP, pl.String), "prefecture": pl.String, "county": pl.String, "people": pl.Int64,
    "households": pl.Int64, "amount": pl.Int64,
}  # fmt: skip
"""`amount`: whole yuan, null where the group has no fixed rate; a monthly rate is a month's, a yearly one a year's."""
TIE_OUTS: Final[dict[str, Any]] = {
    "list": pl.String, "tie_out": pl.String, "expected": pl.Int64, "found": pl.Int64,
}  # fmt: skip


def entitlement_totals(
    lists: Mapping[str, pl.DataFrame], households: pl.DataFrame, prefectures: pl.DataFrame
) -> pl.DataFrame:
    """People, households and yuan at each level, each level counted from the rows and not from the level below.

    Args:
        lists: rows by list: `register`, `household`, `county`, `group`, `group_name`, `status`, `amount`.
        households: `households` of docs/frames.md: a household that both registers have is one.
        prefectures: `county`, `prefecture`, one row a county.

    Returns:
        Columns of `TOTALS`, a row a level, list, group, status and place (null: unknown), sorted. A household counts once in each
        county, group and status it is in.
    """
    rows = pl.concat(
        [
            frame.select(
                pl.lit(name).alias("list"),
                *_GROUP[1:],
                "register",
                "household",
                "county",
                "amount",
            )
            for name, frame in lists.items()
        ]
    ).join(prefectures, on="county", how="left", validate="m:1")
    located = with_household_keys(rows, households)
    return pl.concat(_at(level, located) for level in LEVELS).sort(
        pl.col("level").replace_strict({name: place for place, name in enumerate(LEVELS)}),
        *_GROUP,
        "prefecture",
        "county",
        nulls_last=True,
    )


def _at(level: str, rows: pl.DataFrame) -> pl.DataFrame:
    places = {"county": ["prefecture", "county"], "prefecture": ["prefecture"], "province": []}[
        level
    ]
    return (
        rows.group_by(*_GROUP, *places)
        .agg(
            people=pl.len().cast(pl.Int64),
            households=pl.struct("county", "key").n_unique().cast(pl.Int64),
            amount=pl.when(pl.col("amount").is_not_null().any()).then(pl.col("amount").sum()),
        )
        .with_columns(
            level=pl.lit(level),
            **{
                name: pl.lit(None, dtype=pl.String)
                for name in ("prefecture", "county")
                if name not in places
            },
        )
        .select(*TOTALS)
        .cast(pl.Schema(TOTALS))
    )


def with_household_keys(rows: pl.DataFrame, households: pl.DataFrame) -> pl.DataFrame:
    """`key`: one number a household of any register, the dibao one standing for its poverty counterpart."""
    paired = households.filter(
        pl.col("register") == "poverty", pl.col("counterpart").is_not_null()
    ).select("register", "household", "counterpart")
    numbers = {name: number for number, name in enumerate(REGISTERS)}
    own = pl.col("household") * len(numbers) + pl.col("register").replace_strict(
        numbers, return_dtype=pl.Int64
    )
    return (
        rows.join(
            paired, on=["register", "household"], how="left", maintain_order="left", validate="m:1"
        )
        .with_columns(key=pl.coalesce(pl.col("counterpart") * len(numbers) + numbers["dibao"], own))
        .drop("counterpart")
    )


def tie_outs(lists: Mapping[str, pl.DataFrame], totals: pl.DataFrame) -> pl.DataFrame:
    """Every sum that must agree, a list at a time.

    Args:
        lists: rows by list: `amount`.
        totals: as `entitlement_totals` makes them.

    Returns:
        Columns of `TIE_OUTS`: rows of the list against people at each level, households and yuan at each level against the
        province's.
    """
    found: list[tuple[str, str, int, int]] = []
    for name, frame in lists.items():
        by_level = {
            level: totals.filter(pl.col("list") == name, pl.col("level") == level)
            for level in LEVELS
        }
        yuan = int(frame["amount"].sum())
        households = int(by_level["province"]["households"].sum())
        for level, mine in by_level.items():
            found.append((name, f"people_{level}", frame.height, int(mine["people"].sum())))
            found.append((name, f"amount_{level}", yuan, int(mine["amount"].sum())))
            found.append((name, f"households_{level}", households, int(mine["households"].sum())))
    return pl.DataFrame(found, schema=TIE_OUTS, orient="row")


def prefectures(
    records: Mapping[str, pl.DataFrame], persons: Mapping[str, pl.DataFrame]
) -> pl.DataFrame:
    """The prefecture of each county, as most rows of it state it.

    Args:
        records: `records_<register>` by register, with the received `prefecture`.
        persons: `persons_<register>`, with the comparable `county`.

    Returns:
        `county`, `prefecture` (the spelling received most often, of equals the longest; a bare code is none), sorted.
    """
    stated = pl.concat(
        persons[register]
        .select("record", "county")
        .join(records[register].select("record", "prefecture"), on="record")
        .group_by("county", "prefecture")
        .len()
        for register in persons
    )
    return (
        stated.with_columns(pl.col("prefecture").str.strip_chars())
        .filter(pl.col("county").is_not_null(), pl.col("prefecture").str.contains(r"[^0-9\s]"))
        .group_by("county", "prefecture")
        .agg(pl.col("len").sum())
        .sort(
            "len",
            pl.col("prefecture").str.len_chars(),
            "prefecture",
            descending=[True, True, False],
        )
        .unique("county", keep="first", maintain_order=True)
        .select("county", "prefecture")
        .sort("county")
    )
