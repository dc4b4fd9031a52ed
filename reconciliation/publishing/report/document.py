"""The half-monthly report and the page for the leading group, as Word documents.

What belongs here: which parts stand in which order, and the cells of their tables. What does not: how paragraphs look (`paper.py`).
"""

from collections.abc import Iterator, Mapping, Sequence

import polars as pl

from reconciliation.publishing.report.chart import chart
from reconciliation.publishing.report.content import Content, by_place
from reconciliation.publishing.report.paper import HEADING, Paper
from reconciliation.publishing.report.sentences import told
from reconciliation.publishing.report.settings import Paragraph, Part

NOTHING = "—"
_SMALL = 9.0
"""Points."""
_TEXT_WIDTH, _NAME_WIDTH = 15.6, 3.8
_PROPOSAL_WIDTHS = (3.4, 1.9, 1.9, 1.7, 1.7, 3.2, 1.8)
_RESTATED_WIDTHS = (1.9, 3.1, 2.2, 2.2, 1.9, 2.1, 2.2)
"""Centimetres; eleven letters of a name fit on a line."""


def report_document(content: Content) -> bytes:
    """The report: its three parts, the picture, the people and money, and the table of all counties."""
    settings, paper = content.settings, Paper()
    title = content.titled(settings.title)
    paper.title(title)
    paper.centred(content.titled(settings.subtitle))
    paper.plain(settings.addressee)
    paper.text(content.titled(settings.opening))
    for part in settings.parts:
        _part(paper, content, part)
    paper.plain("")
    paper.right(content.titled(settings.office))
    paper.right(content.day)
    paper.new_page()
    for table in settings.county_tables:
        paper.centred(table.title, HEADING)
        county_table(paper, content, table.measures)
        paper.plain("")
    whole = content.restated.filter(pl.col("level") == "province")
    if not whole.is_empty():
        paper.centred(settings.restatement_table.title, HEADING)
        _restatements(paper, content, whole)
    return paper.bytes(title.replace("\n", ""), content.titled(settings.office), content.batch)


def summary_document(content: Content) -> bytes:
    """The page for the leading group: three paragraphs and the reporting units."""
    settings, paper = content.settings, Paper()
    title = content.titled(settings.summary.title)
    paper.title(title)
    paper.centred(content.titled(settings.summary.subtitle), size=14)
    for paragraph in settings.summary.paragraphs:
        paper.text(told(paragraph.sentences, content.figures), f"{paragraph.heading}：")
    columns = settings.summary.table
    width = (_TEXT_WIDTH - _NAME_WIDTH) / len(columns)
    widths = [_NAME_WIDTH, *([width] * len(columns))]
    header = [[(content.labels("publishing.report.unit"), 1), *((text, 1) for text in columns.values())]]  # fmt: skip
    rows = [
        [name, *(shown(measure, figures[measure][0]) for measure in columns)]
        for name, figures in _places(content, ("province", "unit"))
    ]
    paper.table(header, rows, widths, _SMALL)
    return paper.bytes(title, content.titled(settings.office), content.batch)


def county_table(paper: Paper, content: Content, columns: Mapping[str, str]) -> None:
    """All counties, the province first: every figure with its change."""
    width = (_TEXT_WIDTH - _NAME_WIDTH) / (2 * len(columns))
    labels = content.labels
    pair = [(labels("publishing.report.now"), 1), (labels("publishing.report.change"), 1)]
    header = [
        [(labels("publishing.report.county"), 1), *((text, 2) for text in columns.values())],
        [("", 1), *(pair * len(columns))],
    ]
    rows = [
        [name, *(text for measure in columns for text in _cells(measure, *figures[measure]))]
        for name, figures in _places(content, ("province", "county"))
    ]
    paper.table(header, rows, [_NAME_WIDTH, *([width] * (2 * len(columns)))], _SMALL)


def _part(paper: Paper, content: Content, part: Part) -> None:
    paper.heading(part.heading)
    for paragraph in part.paragraphs:
        if paragraph.handwritten is not None:
            _handwritten(paper, content, paragraph)
        else:
            paper.text(told(paragraph.sentences, content.figures), paragraph.heading)
        if paragraph.shows == "chart":
            paper.centred(content.settings.chart.title, HEADING, 12)
            paper.picture(chart(content), content.settings.chart.title)
        if paragraph.shows == "proposals":
            _proposals(paper, content)


def _handwritten(paper: Paper, content: Content, paragraph: Paragraph) -> None:
    """What the office has written, or the marked place for it."""
    place = paragraph.handwritten
    assert place is not None
    written = content.texts.get(place.key, "").strip()
    if not written:
        paper.to_fill(content.labels("publishing.report.to_fill", hint=place.hint))
    for text in filter(None, (piece.strip() for piece in written.split("\n\n"))):
        paper.text(" ".join(text.split("\n")))


def _proposals(paper: Paper, content: Content) -> None:
    """People and money of the proposals side by side."""
    ((_, whole),) = _places(content, ("province",))
    table = content.settings.proposals
    header = [[(text, 1) for text in table.headings]]
    rows = []
    for proposal in table.rows:
        people, change = whole[proposal.people]
        unknown = whole[proposal.unknown][0] if proposal.unknown else 0
        rows.append(
            [
                proposal.name,
                f"{people:,}",
                changed(proposal.people, change),
                *(f"{whole[one][0]:,}" if one else NOTHING for one in (proposal.confirmed, proposal.settled)),
                f"{whole[proposal.money][0] / 100:,.2f}" if proposal.money else NOTHING,
                f"{unknown:,}" if proposal.unknown else NOTHING,
            ]
        )  # fmt: skip
    paper.centred(table.title, HEADING, 12)
    paper.table(header, rows, _PROPOSAL_WIDTHS, _SMALL, bold_first=False)


def _restatements(paper: Paper, content: Content, whole: pl.DataFrame) -> None:
    names = content.labels.mapping("publishing.report.restated")
    columns = ("batch", "measure", "reported", "restated", "reported_in", "restated_in", "reason")
    rows = [
        [
            row["batch"],
            content.settings.measures.get(row["measure"], row["measure"]),
            *(_amount(row["measure"], row[name]) for name in ("reported", "restated")),
            *(row[name] for name in columns[4:]),
        ]
        for row in whole.filter(pl.col("measure").is_in(list(content.settings.measures))).iter_rows(
            named=True
        )
    ]
    header = [[(names[name], 1) for name in columns]]
    paper.table(header, rows, _RESTATED_WIDTHS, _SMALL, bold_first=False)


def _places(
    content: Content, levels: Sequence[str]
) -> Iterator[tuple[str, dict[str, tuple[int, int | None]]]]:
    """Name and figures of each place of these levels."""
    for level in levels:
        rows = content.level(level)
        names = dict(rows.select("place", "name").iter_rows())
        for place, figures in by_place(rows).items():
            yield content.name(names[place], level), figures


def _cells(measure: str, value: int, change: int | None) -> tuple[str, str]:
    return shown(measure, value), changed(measure, change)


def shown(measure: str, value: int) -> str:
    """A figure in a cell: a count, or fen as ten thousand yuan."""
    return f"{value / 1_000_000:,.2f}" if measure.endswith("_fen") else f"{value:,}"


def changed(measure: str, change: int | None) -> str:
    """A change in a cell, with its sign; a stroke where there is nothing to compare with."""
    if change is None:
        return NOTHING
    if change == 0:
        return "0"
    return f"{'+' if change > 0 else '−'}{shown(measure, abs(change))}"


def _amount(measure: str, value: int | None) -> str:
    if value is None:
        return NOTHING
    return f"{value / 100:,.2f}" if measure.endswith("_fen") else f"{value:,}"
