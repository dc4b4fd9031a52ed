"""Places made comparable: county, town and village without suffixes, nationalities and known renames.

What belongs here: the stem of a place name. What does not: which unit a place reports to (policy, publishing). A name
the tables do not know passes through in its normalised form; nothing is looked up in a list of all places, because
villages are merged and renamed between two exports. Stems are comparable only inside the unit above: the same village
name occurs in many towns.
"""

import csv
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import polars as pl

from reconciliation.identity.settings import PlaceSettings
from reconciliation.registers.errors import ConfigurationError
from reconciliation.registers.values import normalised

_BRACKETED = r"\([^()]*\)?"
_UNITS = ("province", "prefecture", "county", "town", "village")
_SHORTEST_STEM = 2  # 盘县 stays 盘县: a stem of one character would be no name


@dataclass(frozen=True)
class Places:
    """What is known about counties.

    Attributes:
        county_codes: GB/T 2260 code of 2018 → county name (a place column may hold the code).
        county_renames: former name → the name in 2018.
    """

    county_codes: dict[str, str]
    county_renames: dict[str, str]

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Read `counties.csv` (code, name) and `county_renames.csv` (old, new, year) of a folder.

        Raises:
            ConfigurationError: a file or a column is missing.
        """
        return cls(
            _two_columns(folder / "counties.csv", "code", "name"),
            _two_columns(folder / "county_renames.csv", "old", "new"),
        )


def comparable_places(
    records: pl.DataFrame, settings: PlaceSettings, places: Places, variants: dict[str, str]
) -> pl.DataFrame:
    """County, town and village of each row, made comparable.

    Args:
        records: `province`, `prefecture`, `county`, `town`, `village` String; null: no such column, "": blank.
        settings: suffixes and nationalities.
        places: codes and renames.
        variants: character classes (`CharacterTable.variant_map`).

    Returns:
        `county`, `town`, `village` String, null where unknown; same rows in the same order.
    """
    distinct = records.select(_UNITS).unique()
    return (
        records.select(_UNITS)
        .join(
            pl.concat(
                [distinct, _stems_of(distinct, _Stems(settings, places, variants))],
                how="horizontal",
            ),
            on=_UNITS,
            how="left",
            nulls_equal=True,
            maintain_order="left",
        )
        .select(pl.col(f"_{name}").alias(name) for name in ("county", "town", "village"))
    )


def comparable_counties(
    names: pl.Series, settings: PlaceSettings, places: Places, variants: dict[str, str]
) -> pl.Series:
    """Names of counties as the persons frames have them, to find a county of another table there.

    Args:
        names: String; names or codes.
        settings: suffixes and nationalities.
        places: codes and renames.
        variants: character classes (`CharacterTable.variant_map`).

    Returns:
        String in the same order, null where a name says nothing.
    """
    nowhere = dict.fromkeys(_UNITS, pl.lit(None, dtype=pl.String))
    rows = names.alias("county").to_frame().with_columns(**(nowhere | {"county": pl.col("county")}))
    return comparable_places(rows, settings, places, variants)["county"]


def _stems_of(distinct: pl.DataFrame, stems: "_Stems") -> pl.DataFrame:
    """`_county`, `_town`, `_village` of each distinct place."""
    clean = distinct.select(_clean(pl.col(name)).alias(name) for name in _UNITS)
    # A cell often repeats the units above it: 毕节市威宁县, 草海镇和平村.
    own = (
        clean.with_columns(_without("county", "province", "prefecture"))
        .with_columns(_without("town", "province", "prefecture", "county"))
        .with_columns(_without("village", "province", "prefecture", "county", "town"))
    )
    return own.select(
        _county=_each("county", stems.county),
        _town=_each("town", stems.town),
        _village=_each("village", stems.village),
    )


class _Stems:
    def __init__(self, settings: PlaceSettings, places: Places, variants: dict[str, str]) -> None:
        self._settings = settings
        self._places = places
        self._fold = str.maketrans(variants)
        self._nationalities = re.compile(f"(?:{'|'.join(settings.nationalities)})+$")

    def county(self, name: str) -> str:
        name = name.translate(self._fold)
        known = self._places.county_codes.get(name[:6], name)
        known = self._places.county_renames.get(known, known)
        return self._stem(known, self._settings.county_suffixes)

    def town(self, name: str) -> str:
        return self._stem(name, self._settings.town_suffixes)

    def village(self, name: str) -> str:
        return self._stem(name, self._settings.village_suffixes)

    def _stem(self, name: str, suffixes: tuple[str, ...]) -> str:
        name = stem = name.translate(self._fold)
        while (shorter := self._without_suffix(stem, suffixes)) != stem:
            stem = shorter
        if stem != name:
            bare = self._nationalities.sub("", stem)
            stem = bare if len(bare) >= _SHORTEST_STEM else stem
        return stem

    @staticmethod
    def _without_suffix(name: str, suffixes: tuple[str, ...]) -> str:
        for suffix in suffixes:
            shorter = re.sub(f"(?:{suffix})$", "", name)
            if shorter != name and len(shorter) >= _SHORTEST_STEM:
                return shorter
        return name


def _clean(column: pl.Expr) -> pl.Expr:
    text = normalised(normalised(column).str.replace_all(_BRACKETED, ""))
    return pl.when(text.str.contains(r"[\p{L}0-9]") & ~text.is_in(["无", "不详", "未知"])).then(
        text
    )


def _without(column: str, *above: str) -> pl.Expr:
    text = pl.col(column)
    for unit in above:
        shorter = text.str.strip_prefix(pl.col(unit).fill_null(""))
        text = pl.when(shorter.str.len_chars() >= _SHORTEST_STEM).then(shorter).otherwise(text)
    return text.alias(column)


def _each(column: str, function: Callable[[str], str]) -> pl.Expr:
    return pl.col(column).map_elements(function, return_dtype=pl.String)


def _two_columns(path: Path, key: str, value: str) -> dict[str, str]:
    try:
        with path.open(encoding="utf-8", newline="") as file:
            return {row[key]: row[value] for row in csv.DictReader(file)}
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{path}: {type(error).__name__}") from None
    except KeyError as error:
        raise ConfigurationError(f"{path}: no column {error}") from None
