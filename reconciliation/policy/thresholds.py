"""Thresholds by county and date: lines, months, grades.

What belongs here: `config/thresholds.csv` and which of its rows holds for a county on a day. What does not: what a
threshold decides; that is `config/policy.yaml`.
"""

import csv
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import polars as pl

from reconciliation.registers.errors import ConfigurationError

EVERYWHERE = "*"
HEADER = ["county", "effective", "key", "value", "source"]
KEYS = (
    "dibao_line",
    "poverty_line",
    "grace_months",
    "single_cover_max_grade",
    "income_max_age_months",
    "working_age_from",
    "working_age_to",
)
"""Numbers: yuan a person and year, months, a disability grade (1 is the most severe), months, full years of age."""
DATE_KEYS = ("dibao_income_as_of", "poverty_income_as_of")
"""The day up to which a register's income figures were assessed, where an office states it."""

Fold = Callable[[pl.Series], pl.Series]
"""Counties as an office writes them → as the persons frames have them; null where a name says nothing."""


@dataclass(frozen=True)
class Threshold:
    """One row of the file.

    Attributes:
        county: name as the persons frames have it, or `*`.
        effective: first day it holds.
        key: one of `KEYS` or `DATE_KEYS`.
        value: the figure; of a date key the ordinal of the day.
        source: where the figure is from, `unverified` where it still has to be confirmed.
    """

    county: str
    effective: date
    key: str
    value: float
    source: str


@dataclass(frozen=True)
class Thresholds:
    """All thresholds; a county's own beat those of `*`, a later one beats an earlier one."""

    rows: tuple[Threshold, ...]

    @classmethod
    def load(cls, path: Path, fold: Fold) -> "Thresholds":
        """Read `county,effective,key,value,source`.

        Args:
            path: the file.
            fold: makes its counties comparable with those of the persons frames
                (`reconciliation.identity.places.comparable_counties`).

        Raises:
            ConfigurationError: not readable, another header, an unknown key, a figure that is none, two rows for one
                county (whatever it is called), key and day; names the line.
        """
        try:
            text = path.read_text(encoding="utf-8-sig")
        except (OSError, UnicodeDecodeError) as error:
            raise ConfigurationError(f"{path}: {type(error).__name__}") from None
        reader = csv.reader(text.splitlines())
        header = next(reader, [])
        if header != HEADER:
            raise ConfigurationError(f"{path}: the header must be {','.join(HEADER)}")
        written = {
            number: _parse(cells, f"{path} line {number}")
            for number, cells in enumerate(reader, start=2)
            if any(cell.strip() for cell in cells)
        }
        counties = fold(pl.Series([row.county for row in written.values()], dtype=pl.String))
        rows: dict[tuple[str, date, str], Threshold] = {}
        for (number, stated), county in zip(written.items(), counties, strict=True):
            folded = EVERYWHERE if stated.county == EVERYWHERE else county
            if folded is None:
                raise ConfigurationError(f"{path} line {number}: a county or * is expected")
            row = replace(stated, county=folded)
            if rows.setdefault((row.county, row.effective, row.key), row) is not row:
                raise ConfigurationError(
                    f"{path} line {number}: this county, day and key stand twice"
                )
        return cls(tuple(rows.values()))

    def at(self, key: str, county: str | None, day: date) -> float | None:
        """The value of a key for one county, as the persons frames have it, on a day; null where none is stated."""
        table = self._table(key, day)
        return table.get(county or EVERYWHERE, table.get(EVERYWHERE))

    def day(self, key: str, county: str | None, day: date) -> date | None:
        """The value of a date key; see `at`."""
        ordinal = self.at(key, county, day)
        return None if ordinal is None else date.fromordinal(int(ordinal))

    def of_counties(self, counties: pl.Series, day: date) -> pl.DataFrame:
        """Every number of `KEYS` for each of some counties.

        Args:
            counties: String, as the persons frames have them, null for an unknown county.
            day: as-of date.

        Returns:
            One row a distinct county: `county`, then a Float64 column a key, null where none is stated.
        """
        names = counties.unique().sort()
        return pl.DataFrame(
            {"county": names}
            | {key: [self.at(key, county, day) for county in names] for key in KEYS},
            schema={"county": pl.String} | dict.fromkeys(KEYS, pl.Float64),
        )

    def by_county(self, key: str, day: date) -> pl.Expr:
        """The value of a key for each row's `county`, Float64; null where none is stated."""
        table = self._table(key, day)
        own = {county: value for county, value in table.items() if county != EVERYWHERE}
        everywhere = pl.lit(table.get(EVERYWHERE), dtype=pl.Float64)
        if not own:
            return everywhere
        return pl.col("county").replace_strict(own, default=everywhere, return_dtype=pl.Float64)

    def counties_with_stale_income(
        self, register: str, counties: pl.Series, day: date
    ) -> list[str | None]:
        """Counties whose income figures of a register are older than `income_max_age_months` on a day."""
        return [
            county
            for county in counties.unique().sort()
            if _older(
                self.day(f"{register}_income_as_of", county, day),
                self.at("income_max_age_months", county, day),
                day,
            )
        ]

    def _table(self, key: str, day: date) -> dict[str, float]:
        """County → value in force on a day."""
        in_force = sorted(
            (row for row in self.rows if row.key == key and row.effective <= day),
            key=lambda row: row.effective,
        )
        return {row.county: row.value for row in in_force}


def _parse(cells: list[str], where: str) -> Threshold:
    if len(cells) != len(HEADER):
        raise ConfigurationError(f"{where}: {len(HEADER)} cells expected, {len(cells)} found")
    county, effective, key, value, source = (cell.strip() for cell in cells)
    if key not in (*KEYS, *DATE_KEYS):
        raise ConfigurationError(
            f"{where}: unknown key; known are {', '.join((*KEYS, *DATE_KEYS))}"
        )
    if not county or not source:
        raise ConfigurationError(f"{where}: county (or *) and source must be stated")
    try:
        number = float(date.fromisoformat(value).toordinal() if key in DATE_KEYS else float(value))
        first_day = date.fromisoformat(effective)
    except ValueError:
        raise ConfigurationError(
            f"{where}: a date as 2018-01-31 and a {'date' if key in DATE_KEYS else 'number'} are expected"
        ) from None
    if not 0 <= number < float("inf"):
        raise ConfigurationError(f"{where}: the value must be a number that is not negative")
    return Threshold(county, first_day, key, number, source)


def _older(assessed: date | None, months: float | None, day: date) -> bool:
    """Whether a day lies more than some months back; unknown is not old."""
    if assessed is None or months is None:
        return False
    passed = (day.year - assessed.year) * 12 + day.month - assessed.month
    return passed > months or (passed == months and day.day > assessed.day)
