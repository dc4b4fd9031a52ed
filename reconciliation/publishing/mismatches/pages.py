"""The pages of the mismatch report: one folder of self-contained files that link to each other and to nothing else."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, Final

import polars as pl

from reconciliation.ledger.states import STATES
from reconciliation.publishing.manifest import ReleaseFacts
from reconciliation.publishing.mismatches.county import county_frames
from reconciliation.publishing.mismatches.packing import packed
from reconciliation.publishing.mismatches.pictures import Chart
from reconciliation.publishing.mismatches.rows import Mismatches
from reconciliation.publishing.pages import page_code, write_page
from reconciliation.publishing.summary_page import heat
from reconciliation.publishing.workbooks import file_stem
from reconciliation.registers.labels import Labels
from reconciliation.registers.schema import ACTIONABLE, LISTS, TIERS

INDEX: Final = "index.html"
FACETS: Final = ("register", "list", "rule", "also", "town", "village", "tier", "state")
COLUMNS: Final = (
    "register", "name", "other", "town", "village", "list", "rule", "why", "tier", "state", "case",
)  # fmt: skip
OTHERS: Final = ("keep", "no_action", "gone")
"""Rows that ask nothing of anybody now; docs/frames.md says which of them are on the report."""
_SCRIPTS: Final = tuple(
    f"mismatches/{name}.js"
    for name in ("data", "filters", "table", "compare", "evidence", "detail", "review", "start")
)
_STYLES: Final = ("mismatches/style.css",)


@dataclass(frozen=True)
class Report:
    """What the pages show.

    Attributes:
        title: the campaign.
        province: whose registers these are.
        facts: the release.
        release_sha256: what ties a judgement to this release (`release_fingerprint`).
        data_dates: as-of dates by register, as text.
        receipts: docs/frames.md; the input files and their hashes.
        mismatches: the rows.
        totals: `totals.county_totals`.
        tie_outs: `totals.report_tie_outs`.
        rulebook: rule → wording; rule and register, a blank between → wording, basis, what is to be checked.
        charts: the pictures of the province page.
    """

    title: str
    province: str
    facts: ReleaseFacts
    release_sha256: str
    data_dates: Mapping[str, str]
    receipts: pl.DataFrame
    mismatches: Mismatches
    totals: pl.DataFrame
    tie_outs: pl.DataFrame
    rulebook: Mapping[str, Sequence[str]]
    charts: Sequence[Chart] = field(default_factory=tuple)


def write_report(folder: Path, report: Report, labels: Labels) -> list[Path]:
    """Write the pages, 0600: a county each, a prefecture each where any is stated, and `index.html` over all.

    Args:
        folder: where they go; it holds nothing else.
        report: what they show. The same report gives the same bytes.
        labels: the wording (`mismatches`).

    Returns:
        The paths, `index.html` first.
    """
    common = _common(report, labels)
    batch = date.fromisoformat(report.facts.batch)
    taken: set[str] = {"index"}
    parts = report.mismatches.rows.partition_by("county", as_dict=True, maintain_order=True)
    places = report.totals.select("prefecture", "county").unique()
    pages, counties = [], []
    for prefecture, county in places.sort("prefecture", "county", nulls_last=True).iter_rows():
        name = county or labels("publishing.workbook.unknown_county")
        path = folder / f"{file_stem(name, batch, taken)}.html"
        mine = report.totals.filter(pl.col("county").eq_missing(county))
        row = _line(mine, name, path.name) | {"prefecture": prefecture}
        counties.append(row)
        values = common | _county_values(report, labels, row, parts[(county,)])
        pages.append(write_page(path, "mismatches/county.html", labels, values))
    areas = []
    for prefecture in dict.fromkeys(row["prefecture"] for row in counties if row["prefecture"]):
        path = folder / f"{file_stem(prefecture, batch, taken)}.html"
        own = [row for row in counties if row["prefecture"] == prefecture]
        mine = report.totals.filter(pl.col("prefecture") == prefecture)
        whole = _line(mine, prefecture, path.name)
        areas.append(whole)
        values = common | {
            "name": prefecture,
            "up": True,
            "areas": [],
            "charts": [],
            "tie_outs": [],
        }
        pages.append(_write_totals(path, labels, values, own, whole))
    whole = _line(report.totals, report.province, INDEX)
    tie_outs = report.tie_outs.to_dicts()
    values = common | {
        "name": report.province,
        "up": False,
        "areas": areas,
        "charts": report.charts,
        "tie_outs": tie_outs,
        "untied": sum(row["expected"] != row["found"] for row in tie_outs),
    }
    return [_write_totals(folder / INDEX, labels, values, counties, whole), *pages]


def _common(report: Report, labels: Labels) -> dict[str, Any]:
    """What every page names."""
    files = report.receipts.select("register", "source_file", "sha256").unique()
    return {
        "title": report.title,
        "province": report.province,
        "facts": report.facts,
        "release_sha256": report.release_sha256,
        "data_dates": report.data_dates,
        "inputs": files.sort(files.columns, nulls_last=True).to_dicts(),
        "list_names": labels.mapping("lists") | labels.mapping("mismatches.lists"),
    }


def _line(totals: pl.DataFrame, name: str, href: str) -> dict[str, Any]:
    """The totals of one page as the templates take them."""
    counts: dict[tuple[str, str], int] = {}
    for what, value, count in totals.select("what", "value", "count").iter_rows():
        counts[what, value] = counts.get((what, value), 0) + count
    return {
        "name": name,
        "href": href,
        "is_page": False,
        "counts": counts,
        "rows": counts.get(("rows", "all"), 0),
        "acted": sum(counts.get(("list", name), 0) for name in ACTIONABLE),
        "heat": {},
        "lists": [(name, counts.get(("list", name), 0)) for name in (*LISTS, "gone")],
        "tiers": [(name, counts.get(("tier", name), 0)) for name in TIERS],
        "states": [(name, counts["state", name]) for name in STATES if ("state", name) in counts],
    }


def _county_values(
    report: Report, labels: Labels, page: Mapping[str, Any], rows: pl.DataFrame
) -> dict[str, Any]:
    """What a county's page names beside what all pages name."""
    values = {
        "release": report.facts.name,
        "release_sha256": report.release_sha256,
        "county": page["name"],
        "texts": labels.mapping("mismatches.script"),
        "words": _words(labels),
        "rules": {key: value[0] for key, value in report.rulebook.items() if " " not in key},
        "rulebook": {key: list(value) for key, value in report.rulebook.items() if " " in key},
    }
    return {
        **page_code(_STYLES, _SCRIPTS),
        "page": page,
        "facets": FACETS,
        "columns": COLUMNS,
        "packed": packed(county_frames(rows, report.mismatches), values),
    }


def _write_totals(
    path: Path,
    labels: Labels,
    values: Mapping[str, Any],
    counties: Sequence[Mapping[str, Any]],
    whole: Mapping[str, Any],
) -> Path:
    lines = [{**row, "is_page": True, "heat": _shades(row, whole)} for row in counties]
    return write_page(
        path,
        "mismatches/totals.html",
        labels,
        {
            "untied": 0,
            **values,
            **page_code(_STYLES),
            "lists": ACTIONABLE,
            "others": OTHERS,
            "tiers": TIERS,
            "states": [name for name, _ in whole["states"]],
            "counties": lines,
            "whole": whole,
        },
    )


def _shades(row: Mapping[str, Any], whole: Mapping[str, Any]) -> dict[str, int]:
    """The shade of each list of a county, by its share of the county's rows over its share of all."""
    shades = {}
    for name in ACTIONABLE:
        people, everybody = (
            row["counts"].get(("list", name), 0),
            whole["counts"].get(("list", name), 0),
        )
        expected = row["acted"] * everybody / whole["acted"] if whole["acted"] else 0
        shades[name] = heat(people, expected)
    return shades


def _words(labels: Labels) -> dict[str, dict[str, str]]:
    """The wordings of codes, by the section the script asks for."""
    return {
        "lists": labels.mapping("lists") | labels.mapping("mismatches.lists"),
        "registers": {name: labels(f"registers.{name}") for name in ("dibao", "poverty")},
        "tiers": labels.mapping("tiers"),
        "states": labels.mapping("ledger.states"),
        "relations": labels.mapping("publishing.relations"),
        "owners": labels.mapping("publishing.owners"),
        "judgements": labels.mapping("mismatches.judgements"),
        "id_qualities": labels.mapping("expectations.id_qualities")
        | labels.mapping("mismatches.id_qualities"),
        "rarity": labels.mapping("mismatches.rarity"),
        **{
            name: labels.mapping(f"linkage.why.{name}")
            for name in ("name", "number", "sex", "relation", "place", "household")
        },
    }
