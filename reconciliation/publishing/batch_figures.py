"""All figures of a batch, from the frames of the policy: put together here, counted in the modules beside it."""

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from reconciliation.policy.entitlements.totals import prefectures
from reconciliation.policy.evidence import Side
from reconciliation.publishing import money, place_figures
from reconciliation.publishing.figures import on_both, overlap_rates, place_table
from reconciliation.publishing.located import Located, Units, known_or_stated, locate
from reconciliation.publishing.reporting import Reporting
from reconciliation.publishing.tie_outs import figure_tie_outs
from reconciliation.registers.schema import REQUIRED


@dataclass(frozen=True)
class Sources:
    """What the figures are counted from.

    Attributes:
        records, persons: of the two registers.
        links, duplicates, dispositions: docs/frames.md.
        people: `reconciliation.policy.figures.distinct_people`.
        lists: the lists by name; those of exits and inclusions are read.
    """

    records: Mapping[str, pl.DataFrame]
    persons: Mapping[str, pl.DataFrame]
    links: pl.DataFrame
    duplicates: pl.DataFrame
    dispositions: pl.DataFrame
    people: Mapping[Side, pl.DataFrame]
    lists: Mapping[str, pl.DataFrame]


@dataclass(frozen=True)
class BatchFigures:
    """The outcome.

    Attributes:
        places: `place_figures.place_figures`.
        deep: `Located.deep`.
        overlap: `figures.overlap_rates`.
        tables: `figures.place_table` by level.
        tie_outs: `tie_outs.figure_tie_outs`.
    """

    places: pl.DataFrame
    deep: pl.DataFrame
    overlap: pl.DataFrame
    tables: Mapping[str, pl.DataFrame]
    tie_outs: pl.DataFrame


def batch_figures(
    sources: Sources,
    reporting: Reporting,
    names: Mapping[str, pl.DataFrame],
    deep: Mapping[str, pl.DataFrame],
) -> BatchFigures:
    """Count everything.

    Args:
        sources: the frames.
        reporting: which unit a place reports to.
        names: by level the spelling offices use (`reconciliation.identity.place_names`).
        deep: by level the units of deep poverty, comparable; an empty frame: no list supplied.
    """
    located = _located(sources, reporting, names, deep)
    counted = _counted(sources)
    figures = place_figures.place_figures(located, counted)
    wholes = pl.concat(counted.values()).group_by("measure").agg(pl.col("value").sum())
    overlap = overlap_rates(sources.links, sources.people["dibao"], sources.people["poverty"])
    return BatchFigures(
        places=figures,
        deep=located.deep,
        overlap=overlap,
        tables={level: place_table(figures, level) for level in place_figures.LEVELS},
        tie_outs=figure_tie_outs(figures, dict(wholes.iter_rows()) | _overlap_wholes(overlap)),
    )


def _overlap_wholes(overlap: pl.DataFrame) -> dict[str, int]:
    """The measures that the rates of the province state."""
    name = {"dibao": "dibao", "poverty_unlifted": "unlifted", "poverty": "poverty"}
    return {
        f"{name[row['denominator']]}_{what}": row[what]
        for row in overlap.iter_rows(named=True)
        for what in ("people", "matched")
    }


def _located(
    sources: Sources,
    reporting: Reporting,
    names: Mapping[str, pl.DataFrame],
    deep: Mapping[str, pl.DataFrame],
) -> Located:
    persons = {register: sources.persons[register] for register in REQUIRED}
    stated = prefectures(sources.records, persons)
    return locate(
        persons,
        Units(
            direct=reporting.units,
            prefectures=known_or_stated(reporting.known_prefectures, stated),
            deep=deep,
            names=names,
        ),
    )


def _counted(sources: Sources) -> dict[str, pl.DataFrame]:
    both = on_both(sources.links, sources.people["dibao"], sources.people["poverty"])
    amounts = _amounts(sources)
    sides: tuple[tuple[Side, tuple[str, ...]], ...] = (
        ("dibao", ("cut", "recover")),
        ("poverty", ("added",)),
    )
    return {
        register: pl.concat(
            [
                place_figures.on_lists(sources.dispositions, register),
                place_figures.of_overlap(sources.people[register], both, register),
                *(place_figures.of_money(kind, amounts[kind]) for kind in kinds),
            ]
        )
        for register, kinds in sides
    }


def _amounts(sources: Sources) -> dict[str, pl.DataFrame]:
    """Each kind of money: `record`, `fen`."""
    exits = sources.lists["exit_dibao"]
    copies = sources.duplicates.filter(
        pl.col("register") == "dibao", pl.col("representative").not_()
    )
    shares = money.monthly_shares(
        sources.records["dibao"], sources.persons["dibao"], copies, exits["record"]
    )
    return {
        "added": money.added(sources.lists["include_dibao"]),
        "cut": money.cut(exits, shares),
        "recover": money.recover(exits, shares),
    }
