"""Sums that must agree wherever they are printed: nobody is lost between the file and the list.

Conservation: for each register, rows received = rejected + recorded; every recorded row has exactly one disposition and
is on exactly that list; the lists add up to the records; every table adds up to the same total at each level.
"""

from collections.abc import Mapping
from itertools import pairwise
from typing import Any

import polars as pl

from reconciliation.publishing.place_figures import LEVELS, MEASURES

SCHEMA = {
    "tie_out": pl.String,
    "register": pl.String,
    "expected": pl.Int64,
    "found": pl.Int64,
}
"""A sum: its key (wording in `publishing.tie_outs`), its register, and the two sides that must be equal."""

_Sums = list[tuple[str, str, int, int]]


def record_counts(records: Mapping[str, pl.DataFrame], receipts: pl.DataFrame) -> pl.DataFrame:
    """Rows received, rejected and recorded.

    Args:
        records: `records_<register>` by register; `rejected` (null for a recorded row) and the source are read.
        receipts: docs/frames.md; says which files are household files.

    Returns:
        `register`, `received`, `rejected`, `recorded`, `from_households` (the recorded people that only a household file
        names; it packs several into a row) (Int64), sorted by register.
    """
    sheets = ["source_file", "source_sheet"]
    household_sheets = receipts.filter(pl.col("kind") == "household")
    rows = []
    for register, frame in sorted(records.items()):
        recorded = frame.filter(pl.col("rejected").is_null())
        packed = recorded.join(
            household_sheets.filter(pl.col("register") == register),
            on=sheets,
            how="semi",
            nulls_equal=True,
        )
        rejected = frame.height - recorded.height
        rows.append((register, frame.height, rejected, recorded.height, packed.height))
    columns = ("received", "rejected", "recorded", "from_households")
    return pl.DataFrame(
        rows, schema={"register": pl.String} | dict.fromkeys(columns, pl.Int64), orient="row"
    )


def tie_outs(
    receipts: pl.DataFrame,
    counts: pl.DataFrame,
    dispositions: pl.DataFrame,
    lists: Mapping[str, pl.DataFrame],
    tables: Mapping[str, pl.DataFrame],
) -> pl.DataFrame:
    """Every sum that must agree, with both sides.

    Args:
        receipts: docs/frames.md; `register`, `kind`, `rows_accepted`, `rows_rejected`.
        counts: as `record_counts` gives them.
        dispositions: `register`, `record`; registers without dispositions (evidence) are not asked for any.
        lists: the ten list frames by name, with `register` and `record`.
        tables: the tables of the reports by level, with `register` and `people`.

    Returns:
        Columns of `SCHEMA`, sorted by register, then in the order of the stages.
    """
    judged = set(dispositions["register"])
    sums: _Sums = []
    for row in counts.sort("register").iter_rows(named=True):
        sums += _received(row, receipts)
        if row["register"] in judged:
            sums += _judged(row["register"], row["recorded"], dispositions, lists)
            sums += _tabled(row["register"], row["recorded"], tables)
    return pl.DataFrame(sums, schema=SCHEMA, orient="row")


def figure_tie_outs(figures: pl.DataFrame, wholes: Mapping[str, int]) -> pl.DataFrame:
    """Whether every figure comes to the same whole at every level, and every place to the sum of those within it.

    Args:
        figures: `place_figures.place_figures`.
        wholes: measure → the whole, taken from where the measure comes from and not from any table of places.

    Returns:
        Columns of `SCHEMA`, by register: `figures_<level>`: the number of measures, and of those that come to their whole there;
        `within_<level>`: the number of measures of all places of the level, and of those that are the sum of the level below.
        What no row says is 0 in `wholes`.
    """
    sums: _Sums = []
    for register in ("dibao", "poverty"):
        mine = [measure for measure in MEASURES if _register_of(measure) == register]
        for level in LEVELS:
            row = figures.filter(pl.col("level") == level).select(pl.col(mine).sum()).row(0)
            agree = sum(
                found == wholes.get(measure, 0) for measure, found in zip(mine, row, strict=True)
            )
            sums.append((f"figures_{level}", register, len(mine), agree))
        for above, below in pairwise(("prefecture", "county", "town", "village")):
            sums.append((f"within_{above}", register, *_within(figures, above, below, mine)))
    return pl.DataFrame(sums, schema=SCHEMA, orient="row")


def _within(figures: pl.DataFrame, above: str, below: str, measures: list[str]) -> tuple[int, int]:
    """Figures of the places of a level, and how many of them are the sums of the places within."""
    keys = LEVELS[above]
    parents = figures.filter(pl.col("level") == above).select(*keys, *measures)
    children = figures.filter(pl.col("level") == below).group_by(keys).agg(pl.col(measures).sum())
    both = parents.join(
        children, on=keys, how="full", nulls_equal=True, coalesce=True, suffix="_within"
    )
    agree = both.select(
        (pl.col(name) == pl.col(f"{name}_within")).fill_null(False).sum() for name in measures
    )
    return both.height * len(measures), sum(agree.row(0))


def _register_of(measure: str) -> str:
    """Whose records a measure is counted over."""
    return (
        "dibao" if measure.split("_", maxsplit=1)[0] in ("dibao", "cut", "recover") else "poverty"
    )


def _received(row: Mapping[str, Any], receipts: pl.DataFrame) -> _Sums:
    """Files against records.

    The rows of a household file are joined to persons and are no records themselves; where nobody else names their people,
    each row becomes several records, which therefore stand outside this sum.
    """
    register = row["register"]
    files = receipts.filter(pl.col("register") == register, pl.col("kind").ne_missing("household"))
    return [
        (
            "received",
            register,
            int(files["rows_read"].sum()),
            row["received"] - row["from_households"],
        ),
        (
            "accepted",
            register,
            int(files["rows_accepted"].sum()),
            row["recorded"] - row["from_households"],
        ),
        ("rejected", register, int(files["rows_rejected"].sum()), row["rejected"]),
    ]


def _judged(
    register: str, recorded: int, dispositions: pl.DataFrame, lists: Mapping[str, pl.DataFrame]
) -> _Sums:
    """Records against dispositions, rows and distinct records alike, and against the lists."""
    mine = dispositions.filter(pl.col("register") == register)
    listed = [frame.filter(pl.col("register") == register)["record"] for frame in lists.values()]
    distinct = pl.concat(listed).n_unique() if listed else 0
    return [
        ("dispositions", register, recorded, mine.height),
        ("disposed", register, recorded, mine["record"].n_unique()),
        ("lists", register, recorded, sum(map(len, listed))),
        ("listed_once", register, recorded, distinct),
    ]


def _tabled(register: str, recorded: int, tables: Mapping[str, pl.DataFrame]) -> _Sums:
    return [
        (
            level,
            register,
            recorded,
            int(table.filter(pl.col("register") == register)["people"].sum()),
        )
        for level, table in tables.items()
    ]
