"""`config/reporting.yaml`: which unit a place reports to, and what each office gets.

What belongs here: its shape and its checks. What does not: counting (`place_figures.py`) and writing (`packages.py`).
"""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Literal, Self

import polars as pl
from pydantic import Field, PrivateAttr, model_validator

from reconciliation.policy.entitlements.field_check_settings import FoldPlaces
from reconciliation.policy.lists import COLUMNS
from reconciliation.registers.base import FrozenModel
from reconciliation.registers.errors import ConfigurationError
from reconciliation.registers.schema import ACTIONABLE

FoldCounties = Callable[[pl.Series], pl.Series]
"""Names of counties as offices write them → as the persons frames have them."""
_PLACES = ("county", "town", "village")
_KEYS = frozenset({"register", "record", "county", "town", "village", "household", "owner", "rule"})
"""Without these the rows of a package cannot be divided among workbooks, told apart or answered."""


class UnitPlace(FrozenModel):
    """A county that reports to a unit as a whole, or one town of it."""

    county: str
    town: str | None = None


class DirectUnit(FrozenModel):
    """A unit that reports directly.

    Attributes:
        unit: its name.
        places: what belongs to it.
        source: where that is known from, or that it is unverified.
    """

    unit: str = Field(min_length=1)
    places: tuple[UnitPlace, ...] = Field(min_length=1)
    source: str = Field(min_length=1)


class PackageFields(FrozenModel):
    """What one office gets.

    Attributes:
        lists: the lists it always has, also empty.
        fields: the columns of the lists that any office needs to find and check a row.
        own_fields: further columns that only this office needs.
    """

    lists: tuple[str, ...] = Field(min_length=1)
    fields: tuple[str, ...]
    own_fields: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _known(self) -> Self:
        unknown = sorted(set(self.lists) - set(ACTIONABLE))
        if unknown:
            raise ValueError(f"not a list somebody acts on: {', '.join(unknown)}")
        chosen = (*self.fields, *self.own_fields)
        unknown = sorted(set(chosen) - set(COLUMNS))
        if unknown:
            raise ValueError(f"not a column of the lists: {', '.join(unknown)}")
        missing = sorted(_KEYS - set(chosen))
        if missing:
            raise ValueError(f"needed to tell rows apart: {', '.join(missing)}")
        return self

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns of its rows, in the order of the lists."""
        chosen = {*self.fields, *self.own_fields}
        return tuple(column for column in COLUMNS if column in chosen)


class Reporting(FrozenModel):
    """The whole file.

    Attributes:
        prefectures: first four digits of a county's code → name of the prefecture.
        direct_units: the units that report in place of their prefecture.
        packages: what each owner gets.
    """

    prefectures: dict[str, str]
    direct_units: tuple[DirectUnit, ...] = ()
    packages: dict[Literal["civil_affairs", "poverty_office"], PackageFields]
    _units: pl.DataFrame = PrivateAttr(default_factory=pl.DataFrame)
    _prefectures: pl.DataFrame = PrivateAttr(default_factory=pl.DataFrame)

    @classmethod
    def in_places(
        cls, path: Path, codes: Mapping[str, str], counties: FoldCounties, places: FoldPlaces
    ) -> Self:
        """Load the file, its places made comparable.

        Args:
            path: the file.
            codes: county code → name.
            counties: makes counties comparable.
            places: makes places comparable.

        Raises:
            ConfigurationError: malformed, or a place that belongs to two units; names the file.
        """
        made = cls.load(path)
        made._units = _unit_table(made.direct_units, places)
        if made._units.select("county", "town").is_duplicated().any():
            raise ConfigurationError(f"{path}: direct_units: a place belongs to two units")
        made._prefectures = _prefecture_table(made.prefectures, codes, counties)
        return made

    @property
    def units(self) -> pl.DataFrame:
        """`county`, `town` (null: the whole county), `unit`, comparable places."""
        return self._units

    @property
    def known_prefectures(self) -> pl.DataFrame:
        """`county` (comparable), `prefecture`, of every county the codes know."""
        return self._prefectures


def _unit_table(units: tuple[DirectUnit, ...], fold: FoldPlaces) -> pl.DataFrame:
    rows = [(place.county, place.town, None, unit.unit) for unit in units for place in unit.places]
    schema = dict.fromkeys((*_PLACES, "unit"), pl.String)
    written = pl.DataFrame(rows, schema=schema, orient="row")
    return fold(written.select(_PLACES)).select("county", "town").with_columns(written["unit"])


def _prefecture_table(
    prefectures: Mapping[str, str], codes: Mapping[str, str], fold: FoldCounties
) -> pl.DataFrame:
    known = [
        (name, prefectures[code[:4]]) for code, name in codes.items() if code[:4] in prefectures
    ]
    schema = dict.fromkeys(("county", "prefecture"), pl.String)
    table = pl.DataFrame(known, schema=schema, orient="row")
    return table.with_columns(fold(table["county"]).alias("county")).unique(
        "county", keep="none", maintain_order=True
    )
