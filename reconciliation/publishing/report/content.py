"""Everything the documents of one batch are made from, put together once."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property

import polars as pl

from reconciliation.publishing.report.sentences import (
    Figure,
    Put,
    missing,
    overdue,
    province,
)
from reconciliation.publishing.report.settings import ReportSettings
from reconciliation.registers.labels import Labels

MONEY_UNKNOWN = ("added_unknown", "cut_unknown", "recover_unknown")


@dataclass(frozen=True)
class Content:
    """What a report says.

    Attributes:
        batch: the dispatch date.
        number: which of the campaign's dates it is, from 1.
        province: its name.
        settings: `config/report.yaml`.
        texts: what the office has written, by place.
        labels: the wording.
        compared: `changes.compared`.
        restated: `changes.RESTATED`.
        coverage: docs/frames.md.
        has_before: whether there is a batch before to compare with.
    """

    batch: date
    number: int
    province: str
    settings: ReportSettings
    texts: Mapping[str, str]
    labels: Labels
    compared: pl.DataFrame
    restated: pl.DataFrame
    coverage: pl.DataFrame
    has_before: bool

    @cached_property
    def figures(self) -> dict[str, Figure]:
        """What the sentences may state."""
        late = overdue(self.compared, self.labels)
        whole = self.level("province")
        extra: dict[str, Figure] = {
            "before": Put(int(self.has_before), None, self.labels),
            "restated": Put(self.restated.height, None, self.labels),
            "overdue_counties": late,
            "overdue_county_count": Put(len(late.names), None, self.labels),
            "missing_counties": missing(self.coverage, self.labels),
            "money_unknown": Put(
                int(whole.filter(pl.col("measure").is_in(MONEY_UNKNOWN))["value"].sum()),
                None,
                self.labels,
            ),
        }
        return province(self.compared, self.labels, extra)

    @property
    def day(self) -> str:
        """The dispatch date in Chinese."""
        return self.labels(
            "publishing.report.date",
            year=self.batch.year,
            month=self.batch.month,
            day=self.batch.day,
        )

    def titled(self, text: str) -> str:
        """A title with its places filled."""
        return text.format(province=self.province, number=self.number, date=self.day)

    def level(self, level: str) -> pl.DataFrame:
        """The compared figures of one level."""
        return self.compared.filter(pl.col("level") == level)

    def name(self, name: str | None, level: str) -> str:
        """How a place is shown."""
        if level == "province":
            return self.province
        return name or self.labels("publishing.report.unknown_place")


def by_place(rows: pl.DataFrame) -> dict[str | None, dict[str, tuple[int, int | None]]]:
    """Place → measure → value and change, in the order of the rows.

    Args:
        rows: compared figures of one level.
    """
    table: dict[str | None, dict[str, tuple[int, int | None]]] = {}
    for place, measure, value, change in rows.select(
        "place", "measure", "value", "change"
    ).iter_rows():
        table.setdefault(place, {})[measure] = (value, change)
    return table
