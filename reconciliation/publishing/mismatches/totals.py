"""The totals of the mismatch report, and whether they are those of the lists and of the ledger."""

from collections.abc import Mapping
from typing import Final

import polars as pl

from reconciliation.registers.schema import ACTIONABLE

LEVELS: Final = ("county", "prefecture", "province")
TOTALS: Final = {
    "prefecture": pl.String,
    "county": pl.String,
    "what": pl.String,
    "value": pl.String,
    "count": pl.Int64,
}
"""A count: of `what` (`list`: rows on a list; `state`: findings in a state of the ledger; `tier`: rows whose pair is of a tier;
`rows`: all rows of the page)."""
TIE_OUTS: Final = {"what": pl.String, "value": pl.String, "expected": pl.Int64, "found": pl.Int64}


def county_totals(
    rows: pl.DataFrame, pairs: pl.DataFrame, prefectures: pl.DataFrame
) -> pl.DataFrame:
    """What each page holds.

    Args:
        rows: `Mismatches.rows`.
        pairs: `Mismatches.pairs`.
        prefectures: `county` (as offices write it), `prefecture`.

    Returns:
        `TOTALS`, sorted; a county nobody knows is null, as is the prefecture nobody stated.
    """
    tiers = pl.concat(
        [
            rows.filter(pl.col("register") == mine)
            .drop_nulls("counterpart_record")
            .select(**{"county": "county", f"{mine}_record": "record", f"{other}_record": "counterpart_record"})
            .join(pairs.select("dibao_record", "poverty_record", "tier"), on=["dibao_record", "poverty_record"])
            .select("county", value="tier")
            for mine, other in (("dibao", "poverty"), ("poverty", "dibao"))
        ]
    )  # fmt: skip
    counted = pl.concat(
        [
            _counted(rows.select("county", value="list"), "list"),
            _counted(rows.select("county", pl.lit("all").alias("value")), "rows"),
            _counted(finding_states(rows), "state"),
            _counted(tiers, "tier"),
        ]
    )
    return (
        counted.join(prefectures, on="county", how="left", validate="m:1")
        .select(*TOTALS)
        .sort("prefecture", "county", "what", "value", nulls_last=True)
    )


def finding_states(rows: pl.DataFrame) -> pl.DataFrame:
    """`county`, `value`: the state of every finding of the rows that is in the ledger."""
    return (
        rows.select("county", pl.col("findings").str.split(" "))
        .explode("findings")
        .select("county", value=pl.col("findings").str.split(":").list.last())
        .filter(pl.col("value") != "")
    )


def report_tie_outs(
    totals: pl.DataFrame, lists: Mapping[str, int], ledger: pl.DataFrame
) -> pl.DataFrame:
    """The report's totals beside those of the lists and of the ledger.

    Args:
        totals: as `county_totals` gives them.
        lists: rows of each list.
        ledger: this batch's, `state`.

    Returns:
        `TIE_OUTS`: `expected` is what the lists and the ledger hold, `found` what the pages hold.
    """
    states = dict(ledger["state"].value_counts().sort("state").iter_rows())
    sums = [
        *(("list", name, lists[name]) for name in ACTIONABLE),
        *(("state", state, count) for state, count in states.items()),
    ]
    whole = totals.group_by("what", "value").agg(pl.col("count").sum())
    found = {(what, value): count for what, value, count in whole.iter_rows()}
    return pl.DataFrame(
        [(what, value, count, found.get((what, value), 0)) for what, value, count in sums],
        schema=TIE_OUTS,
        orient="row",
    )


def rows_by_list(totals: pl.DataFrame) -> pl.DataFrame:
    """`list_name`, `rows` of the lists somebody has to act on, over all counties: a cell that names a county may hold anything.

    Args:
        totals: as `county_totals` gives them.
    """
    lists = totals.filter(pl.col("what") == "list", pl.col("value").is_in(ACTIONABLE))
    return lists.group_by(list_name="value").agg(rows=pl.col("count").sum()).sort("list_name")


def _counted(values: pl.DataFrame, what: str) -> pl.DataFrame:
    return (
        values.group_by("county", "value")
        .agg(pl.len().cast(pl.Int64).alias("count"))
        .select("county", pl.lit(what).alias("what"), pl.col("value").cast(pl.String), "count")
    )
