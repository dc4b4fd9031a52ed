"""Sums that must agree wherever they are printed: nobody is lost between the file and the list.

Conservation: for each register, rows received = rejected + recorded; every recorded row has exactly one disposition and
is on exactly that list; the lists add up to the records; every table adds up to the same total at each level.
"""

from collections.abc import Mapping
from typing import Any

import polars as pl

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
        tables: the tables of the reports by level (`county`, `town`, `village`), with `register` and `people`.

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
