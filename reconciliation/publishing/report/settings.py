"""`config/report.yaml` and `config/report_texts.yaml`: what a report says, and what the office adds by hand.

What belongs here: the shape of the files and their checks. What does not: filling the sentences (`sentences.py`).
"""

from datetime import date
from string import Formatter
from typing import Literal, Self

from pydantic import Field, model_validator

from reconciliation.publishing.report.figures import ALL_MEASURES, ALL_RATES
from reconciliation.registers.base import FrozenModel

NAMED = ("before", "restated", "money_unknown", "overdue_counties", "overdue_county_count", "missing_counties")  # fmt: skip
"""What a sentence may state besides figures and shares."""
_OF_TITLES = ("province", "number", "date")


class Sentence(FrozenModel):
    """A sentence with places for figures, and when it stands.

    Attributes:
        text: `{measure}` or `{measure:kind}`, see `sentences.Put`.
        if_any: it stands only where one of these is not 0.
        if_none: it stands only where all of these are 0.
    """

    text: str = Field(min_length=1)
    if_any: tuple[str, ...] = ()
    if_none: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _known(self) -> Self:
        unknown = (placeholders(self.text) | {*self.if_any, *self.if_none}) - {
            *ALL_MEASURES,
            *ALL_RATES,
            *NAMED,
        }
        if unknown:
            raise ValueError(f"no such figure: {', '.join(sorted(unknown))}")
        return self


class Place(FrozenModel):
    """A place kept for what the office writes by hand.

    Attributes:
        key: of its text in `report_texts.yaml`.
        hint: what is to be written there.
    """

    key: str = Field(min_length=1)
    hint: str = Field(min_length=1)


class Paragraph(FrozenModel):
    """Sentences under a heading in the line, or a place kept for the office.

    Attributes:
        heading: in the line, before the sentences.
        sentences: what is said.
        handwritten: the place kept for the office.
        shows: the picture, or the table of people and money, below it.
    """

    heading: str = ""
    sentences: tuple[Sentence, ...] = ()
    handwritten: Place | None = None
    shows: Literal["chart", "proposals"] | None = None

    @model_validator(mode="after")
    def _either(self) -> Self:
        if bool(self.sentences) == (self.handwritten is not None):
            raise ValueError("expected either sentences or handwritten")
        return self


class Part(FrozenModel):
    """A part of the report: 进展情况, 取得效果, 存在问题."""

    heading: str
    paragraphs: tuple[Paragraph, ...] = Field(min_length=1)


class Group(FrozenModel):
    """States of the ledger shown together."""

    name: str
    states: tuple[str, ...]


class ChartSettings(FrozenModel):
    """The picture; states no group names are in the last group."""

    title: str
    groups: tuple[Group, ...] = Field(min_length=2)

    @model_validator(mode="after")
    def _once(self) -> Self:
        states = [state for group in self.groups for state in group.states]
        unknown = {f"state_{state}" for state in states} - set(ALL_MEASURES)
        if unknown or len(states) != len(set(states)):
            raise ValueError("groups: expected states of the ledger, each once")
        return self


class Proposal(FrozenModel):
    """A line of the table of people and money; a measure each, None where there is nothing to show."""

    name: str
    people: str
    confirmed: str | None = None
    settled: str | None = None
    money: str | None = None
    unknown: str | None = None

    @model_validator(mode="after")
    def _known(self) -> Self:
        measures = {self.people, self.confirmed, self.settled, self.money, self.unknown} - {None}
        unknown = measures - set(ALL_MEASURES)
        if unknown:
            raise ValueError(f"no such figure: {', '.join(sorted(map(str, unknown)))}")
        return self


class Proposals(FrozenModel):
    """The table of people and money; `headings`: of its seven columns."""

    title: str
    headings: tuple[str, ...] = Field(min_length=7, max_length=7)
    rows: tuple[Proposal, ...]


class Summary(FrozenModel):
    """The page for the leading group; `table`: measure → heading of its table by reporting unit."""

    title: str
    subtitle: str
    paragraphs: tuple[Paragraph, ...]
    table: dict[str, str] = Field(min_length=1)


class CountyTable(FrozenModel):
    """A table of all counties; `measures`: measure → heading; money in ten thousand yuan; each with its change."""

    title: str
    measures: dict[str, str] = Field(min_length=1)


class Titled(FrozenModel):
    """A table with nothing to choose but its title."""

    title: str


class ReportSettings(FrozenModel):
    """`config/report.yaml`; see the file for what each part says.

    Attributes:
        measures: heading of each measure that tables and annexes show, in their order.
    """

    version: str
    title: str
    subtitle: str
    addressee: str
    opening: str
    office: str
    summary: Summary
    parts: tuple[Part, ...]
    proposals: Proposals
    chart: ChartSettings
    county_tables: tuple[CountyTable, ...] = Field(min_length=1)
    restatement_table: Titled
    measures: dict[str, str]

    @model_validator(mode="after")
    def _whole(self) -> Self:
        named = {*self.measures, *self.summary.table}.union(
            *(table.measures for table in self.county_tables)
        )
        unknown = named - set(ALL_MEASURES)
        if unknown:
            raise ValueError(f"no such figure: {', '.join(sorted(unknown))}")
        titles = (self.title, self.subtitle, self.opening, self.office)
        for text in (*titles, self.summary.title, self.summary.subtitle):
            unknown = placeholders(text) - set(_OF_TITLES)
            if unknown:
                raise ValueError(f"expected any of {', '.join(_OF_TITLES)} in: {text}")
        keys = self.places
        if len(keys) != len(set(keys)):
            raise ValueError("parts: two handwritten places have the same key")
        return self

    @property
    def places(self) -> list[str]:
        """The keys of the places kept for the office."""
        paragraphs = [paragraph for part in self.parts for paragraph in part.paragraphs]
        return [one.handwritten.key for one in paragraphs if one.handwritten]


class ReportTexts(FrozenModel):
    """`config/report_texts.yaml`: by batch and place what the office has written."""

    texts: dict[date, dict[str, str]]

    def of(self, batch: date) -> dict[str, str]:
        """The texts of a batch by place."""
        return self.texts.get(batch, {})


def placeholders(text: str) -> set[str]:
    """The names in braces of a text.

    Raises:
        ValueError: braces that do not close, or nothing between them.
    """
    names = {name for _, name, _, _ in Formatter().parse(text) if name is not None}
    if not all(name.isidentifier() for name in names):
        raise ValueError(f"expected names in braces: {text}")
    return names
