"""The page to open first: what one batch found, in numbers, and where to look next. No personal data.

It says what the release is made of, whether it may be trusted (checks and sums that tie out), how large each list is and
where its people are. Every number is taken from a frame given; none is computed twice.
"""

from bisect import bisect
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import polars as pl

from reconciliation.policy.entitlements.totals import TOTALS
from reconciliation.publishing.coverage import coverage_line
from reconciliation.publishing.figure_books import yuan
from reconciliation.publishing.located import DEEP
from reconciliation.publishing.manifest import ReleaseFacts
from reconciliation.publishing.money import MONEY
from reconciliation.publishing.pages import write_page
from reconciliation.publishing.place_figures import FIGURES
from reconciliation.publishing.refused import refused_note
from reconciliation.registers.labels import Labels
from reconciliation.registers.schema import LISTS

HEADLINES = ("include_dibao", "exit_dibao", "include_poverty", "exit_poverty", "verify")
"""The lists whose size stands at the top: the four proposals of 双入双退, and what must be verified first."""

OWNERS = ("civil_affairs", "poverty_office", "both")
"""Who acts on a list, in the order of the columns."""

_HEAT_BOUNDS = (0.5, 0.8, 1.25, 2.0, 3.0)
"""Times the average share at which the shade changes."""


@dataclass(frozen=True)
class PageLink:
    """Where to look next: a path from the page's folder, what it is called, and one sentence about it."""

    href: str
    name: str
    note: str


@dataclass(frozen=True)
class SummaryData:
    """What the page shows.

    Attributes:
        title: the campaign.
        province: whose registers these are.
        facts: the release (seconds are not shown: they would differ from run to run).
        data_dates: as-of dates by register, as text.
        receipts: docs/frames.md.
        coverage: docs/frames.md.
        records: `tie_outs.record_counts`: `register`, `received`, `rejected`, `recorded`.
        tiers: `figures.tier_sizes`: `tier`, `links`.
        lists: `figures.list_sizes`: `register`, `disposition`, `owner`, `people`.
        counties: `figures.place_table` by county: `register`, `county`, `disposition`, `people`.
        overlap: `figures.overlap_rates`: `denominator`, `matched`, `people`, `rate`.
        checks: `check` (String, its Chinese wording), `blocking`, `passed` (Boolean), `detail` (String or null).
        tie_outs: `tie_outs.SCHEMA`.
        switched_off: `register`, `source_file`, `field` (null: the register was not supplied), `rules` (List(String)).
        links: where to look next.
        entitlements: `reconciliation.policy.entitlements.totals.TOTALS`.
        entitlement_titles: name of each of those lists → what a reader calls it, in their order.
        entitlement_rules: name of each of those lists → the numbers of its rules.
        places: `place_figures.place_figures`.
        deep: `located.Located.deep`.
    """

    title: str
    province: str
    facts: ReleaseFacts
    data_dates: Mapping[str, str]
    receipts: pl.DataFrame
    coverage: pl.DataFrame
    records: pl.DataFrame
    tiers: pl.DataFrame
    lists: pl.DataFrame
    counties: pl.DataFrame
    overlap: pl.DataFrame
    checks: pl.DataFrame
    tie_outs: pl.DataFrame
    switched_off: pl.DataFrame
    links: tuple[PageLink, ...]
    entitlements: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=TOTALS))
    entitlement_titles: Mapping[str, str] = field(default_factory=dict)
    entitlement_rules: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    places: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=FIGURES))
    deep: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=DEEP))


def write_summary(path: Path, summary: SummaryData, labels: Labels) -> Path:
    """Write the page, 0600; the same data give the same bytes. Return its path."""
    sizes = dict(summary.lists.group_by("disposition").agg(pl.col("people").sum()).iter_rows())
    return write_page(
        path,
        "summary.html",
        labels,
        {
            "summary": summary,
            "headlines": [(name, sizes.get(name, 0)) for name in HEADLINES],
            "missing": refused_note(summary.receipts, labels),
            "coverage": coverage_line(summary.coverage, labels),
            "files": files(summary.receipts),
            "records": summary.records.to_dicts(),
            "tiers": summary.tiers.to_dicts(),
            "lists": list_tables(summary.lists),
            "heat": heat_tables(summary.counties),
            "list_names": LISTS,
            "owners": OWNERS,
            "overlap": summary.overlap.to_dicts(),
            "checks": check_rows(summary.checks),
            "asked": summary.checks.height,
            "failed": summary.checks.filter("blocking", ~pl.col("passed")).height,
            "warnings": summary.checks.filter(~pl.col("blocking"), ~pl.col("passed")).height,
            "tie_outs": summary.tie_outs.to_dicts(),
            "untied": summary.tie_outs.filter(pl.col("expected") != pl.col("found")).height,
            "switched_off": switched_off_rows(summary.switched_off),
            "entitlements": entitlement_rows(summary),
            "units": place_rows(summary.places, "unit"),
            "places": place_rows(summary.places, "county"),
            "deep": summary.deep.to_dicts(),
            "kinds": MONEY,
        },
    )


def files(receipts: pl.DataFrame) -> list[dict[str, Any]]:
    """One entry a file, its sheets added up, sorted by register and file.

    Args:
        receipts: docs/frames.md.

    Returns:
        `register`, `source_file`, `sheets`, `refused` (sheets), `rows_read`, `rows_accepted`, `rows_rejected`,
        `ids_typed_as_numbers`, `duplicates`, `bytes`, `sha256`.
    """
    counts = ("rows_read", "rows_accepted", "rows_rejected", "ids_typed_as_numbers", "duplicates")
    return (
        receipts.group_by("register", "source_file", "sha256", "bytes")
        .agg(
            pl.len().alias("sheets"),
            (pl.col("status") == "refused").sum().alias("refused"),
            *(pl.col(name).sum() for name in counts),
        )
        .sort("register", "source_file", "sha256", nulls_last=True)
        .to_dicts()
    )


def check_rows(checks: pl.DataFrame) -> list[dict[str, Any]]:
    """One entry a check, whatever it was asked of: the broken ones first, those that block before the others.

    Args:
        checks: `check`, `blocking`, `passed`, `detail`.

    Returns:
        `check`, `blocking`, `asked` (how often), `passed` (how often), `details` (of those that failed), in the order
        of the frame within broken and kept ones.
    """
    failed = ~pl.col("passed")
    return (
        checks.group_by("check", "blocking", maintain_order=True)
        .agg(
            pl.len().alias("asked"),
            pl.col("passed").sum(),
            pl.col("detail").filter(failed).drop_nulls().alias("details"),
        )
        .sort(pl.col("passed") == pl.col("asked"), ~pl.col("blocking"), maintain_order=True)
        .to_dicts()
    )


def switched_off_rows(switched_off: pl.DataFrame) -> list[dict[str, Any]]:
    """One entry a register and column, with the files that lack it.

    Args:
        switched_off: `register`, `source_file`, `field`, `rules`.

    Returns:
        `register`, `field` (null: the register was not supplied), `rules` (list), `files` (sorted list), sorted.
    """
    keys = ["register", "field", "rules"]
    return (
        switched_off.group_by(keys)
        .agg(pl.col("source_file").drop_nulls().unique().sort().alias("files"))
        .sort("register", "field", nulls_last=False)
        .to_dicts()
    )


def place_rows(places: pl.DataFrame, level: str) -> list[dict[str, Any]]:
    """One entry a place of a level: its name under `place` (null: unknown), its figures, and its money in yuan by kind.

    Args:
        places: `place_figures.place_figures`.
        level: of its levels.
    """
    rows = places.filter(pl.col("level") == level).to_dicts()
    return [
        row
        | {"place": row[level]}
        | {
            kind: yuan(row[f"{kind}_fen"], row[f"{kind}_people"], row[f"{kind}_unknown"])
            for kind in MONEY
        }
        for row in rows
    ]


def _all_off(summary: SummaryData, name: str) -> bool:
    """Whether every rule of one of the other lists lacks a register: nobody can be on it, which is not nobody being found."""
    missing = summary.switched_off.filter(pl.col("source_file").is_null())
    off = set(missing["rules"].explode().drop_nulls())
    rules = summary.entitlement_rules.get(name, ())
    return bool(rules) and off.issuperset(rules)


def entitlement_rows(summary: SummaryData) -> list[dict[str, Any]]:
    """One entry a list, also those nobody is on, in their order.

    Args:
        summary: `entitlements`, `entitlement_titles`, `entitlement_rules` and `switched_off` are read.

    Returns:
        `title`, `off` (whether none of its rules could be asked), `entitled`, `verify` (people), `amount` (whole yuan of the
        entitled, null where there is no rate).
    """
    whole = summary.entitlements.filter(pl.col("level") == "province")
    rows = []
    for name, title in summary.entitlement_titles.items():
        mine = whole.filter(pl.col("list") == name)
        people = {
            status: int(mine.filter(pl.col("status") == status)["people"].sum())
            for status in ("entitled", "verify")
        }
        amounts = mine.filter(pl.col("status") == "entitled")["amount"].drop_nulls()
        rows.append(
            {
                "title": title,
                "off": _all_off(summary, name),
                **people,
                "amount": int(amounts.sum()) if len(amounts) else None,
            }
        )
    return rows


def list_tables(lists: pl.DataFrame) -> list[dict[str, Any]]:
    """The lists of each register, whose they are, and the share each has of the register's records.

    Args:
        lists: `register`, `disposition`, `owner` (null: nobody's), `people`.

    Returns:
        A register each: `register`, `total`, `rows`: `disposition`, `people`, `share` of the register, `owners`
        (people by owner, in the order of `OWNERS`); lists nobody is on are left out.
    """
    tables = []
    for (register,), mine in sorted(lists.partition_by("register", as_dict=True).items()):
        total = int(mine["people"].sum())
        rows = []
        for name in LISTS:
            owners = dict(mine.filter(disposition=name).select("owner", "people").iter_rows())
            people = sum(owners.values())
            if people:
                shown = [owners.get(owner, 0) for owner in OWNERS]
                share = people / total
                rows.append(
                    {"disposition": name, "people": people, "share": share, "owners": shown}
                )
        tables.append({"register": register, "total": total, "rows": rows})
    return tables


def heat_tables(counties: pl.DataFrame) -> list[dict[str, Any]]:
    """Counties by lists, with a shade a cell.

    The shade is by the share the list has of the county's records, over the share it has of all records: a large
    county is not dark for being large, nor a list for being long.

    Args:
        counties: `register`, `county` (null: unknown), `disposition`, `people`.

    Returns:
        A register each: `register`, `rows` (`county`, `cells`, `total`), `totals` (by list), `total`. A cell is
        `people` and `heat` (0 nobody, 1 far below the average … 6 far above), in the order of the lists.
    """
    return [
        {"register": register} | _heat_table(mine)
        for (register,), mine in sorted(counties.partition_by("register", as_dict=True).items())
    ]


def _heat_table(counties: pl.DataFrame) -> dict[str, Any]:
    people: dict[str | None, dict[str, int]] = {}
    for county, name, count in counties.select("county", "disposition", "people").iter_rows():
        people.setdefault(county, dict.fromkeys(LISTS, 0))[name] += count
    totals = {name: sum(mine[name] for mine in people.values()) for name in LISTS}
    total = sum(totals.values())
    rows = []
    for county in sorted(people, key=lambda found: (found is None, found or "")):
        size = sum(people[county].values())
        cells = [
            {"people": count, "heat": heat(count, size * totals[name] / total)}
            for name, count in people[county].items()
        ]
        rows.append({"county": county, "total": size, "cells": cells})
    return {"rows": rows, "totals": list(totals.values()), "total": total}


def heat(people: int, expected: float) -> int:
    """The shade of a cell, from the people there are and the people there would be at the average share."""
    return bisect(_HEAT_BOUNDS, people / expected) + 1 if people else 0
