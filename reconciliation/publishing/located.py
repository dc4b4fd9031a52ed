"""Where the people of a batch are: place, prefecture, reporting unit, deep poverty. Each distinct place has a number.

What belongs here: from the places of the persons frames to every unit that figures are shown for. What does not: counting
(`place_figures.py`).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import polars as pl

from reconciliation.identity.place_names import LEVELS, with_place_names

DEEP_LEVELS = tuple(f"deep_{level}" for level in LEVELS)
DEEP: Final[dict[str, Any]] = {"level": pl.String, "listed": pl.Int64, "found": pl.Int64}


@dataclass(frozen=True)
class Located:
    """People and their places.

    Attributes:
        people: by register `record`, `place` (Int64).
        places: one row a distinct place: `place`, `unit`, `prefecture`, `county`, `town`, `village` (as offices write them; null:
            unknown), `deep_county`, `deep_town`, `deep_village` (Boolean).
        deep: `level` (`deep_county` …), `listed` (Int64: units on the list; null: no list supplied), `found` (of them with people).
    """

    people: Mapping[str, pl.DataFrame]
    places: pl.DataFrame
    deep: pl.DataFrame


@dataclass(frozen=True)
class Units:
    """What the config and the records say of places, all comparable.

    Attributes:
        direct: `county`, `town` (null: the whole county), `unit`.
        prefectures: `county`, `prefecture`, one row a county.
        deep: by level (`county`, `town`, `village`) the units of deep poverty; empty where no list was supplied.
        names: by level the spelling offices use (`reconciliation.identity.place_names`).
    """

    direct: pl.DataFrame
    prefectures: pl.DataFrame
    deep: Mapping[str, pl.DataFrame]
    names: Mapping[str, pl.DataFrame]


def locate(persons: Mapping[str, pl.DataFrame], units: Units) -> Located:
    """Give every person a place and every place its units.

    Args:
        persons: by register `record`, `county`, `town`, `village`.
        units: where places belong.
    """
    places = (
        pl.concat(frame.select(LEVELS) for frame in persons.values())
        .unique()
        .sort(LEVELS, nulls_last=True)
        .with_row_index("place")
        .with_columns(pl.col("place").cast(pl.Int64))
    )
    people = {
        register: frame.select("record", *LEVELS)
        .join(places, on=LEVELS, how="left", nulls_equal=True, maintain_order="left")
        .select("record", "place")
        for register, frame in persons.items()
    }
    marked = places.pipe(_with_units, units).pipe(_with_deep, units.deep)
    return Located(
        people=people,
        places=marked.pipe(with_place_names, units.names).select(
            "place", "unit", "prefecture", *LEVELS, *DEEP_LEVELS
        ),
        deep=_deep_lists(marked, units.deep),
    )


def known_or_stated(known: pl.DataFrame, stated: pl.DataFrame) -> pl.DataFrame:
    """The prefecture of each county: by its code where that is known, else as its rows say.

    Args:
        known: `county`, `prefecture` of the codes.
        stated: the same, of the records.
    """
    return pl.concat([known, stated.join(known, on="county", how="anti")])


def _with_units(places: pl.DataFrame, units: Units) -> pl.DataFrame:
    """The town decides before the county, the county before the prefecture."""
    whole = units.direct.filter(pl.col("town").is_null()).select("county", whole="unit")
    part = units.direct.filter(pl.col("town").is_not_null()).select("county", "town", part="unit")
    return (
        places.join(units.prefectures, on="county", how="left", maintain_order="left")
        .join(whole, on="county", how="left", maintain_order="left")
        .join(part, on=["county", "town"], how="left", maintain_order="left")
        .with_columns(unit=pl.coalesce("part", "whole", "prefecture"))
        .drop("part", "whole")
    )


def _with_deep(places: pl.DataFrame, deep: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    for level, name in zip(LEVELS, DEEP_LEVELS, strict=True):
        keys = list(LEVELS[: LEVELS.index(level) + 1])
        listed = deep[level].select(keys).unique().with_columns(pl.lit(True).alias(name))
        places = places.join(listed, on=keys, how="left", maintain_order="left").with_columns(
            pl.col(name).fill_null(False)
        )
    return places


def _deep_lists(places: pl.DataFrame, deep: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    rows = []
    for level, name in zip(LEVELS, DEEP_LEVELS, strict=True):
        keys = list(LEVELS[: LEVELS.index(level) + 1])
        listed = deep[level].height or None
        found = places.filter(name).select(keys).n_unique() if listed else None
        rows.append((name, listed, found))
    return pl.DataFrame(rows, schema=DEEP, orient="row")
