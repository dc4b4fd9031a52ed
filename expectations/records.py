"""Rules about the rows as received (subject `records_<register>`; frames `records` and `receipts`)."""

import polars as pl

from expectations.conditions import Between, Flag, NotNull, Unique
from expectations.rule import Frames, Question, Scope, Unit
from reconciliation.intake.numbering import repeated_rows
from reconciliation.registers.schema import LINEAGE, REGISTERS

FRAMES = ("records", "receipts")

_SHEET = ("source_file", "source_sheet")


def _records(frames: Frames, scope: Scope) -> pl.DataFrame:
    """One row a received row: key, lineage, and answers about it; the cells stay behind.

    Columns: `record`, the lineage, `recorded`, `mandatory` (its file has a column of each mandatory group), `own_row` (it is
    a row of a person file; people named in a household's row share that row), `copied` (the record that this one repeats cell
    by cell, null where it repeats none).
    """
    assert scope.register is not None
    register = REGISTERS[scope.register]
    copies = repeated_rows(frames["records"], register).select("record", "copied")
    made = _of_households(frames, scope).with_columns(own_row=pl.lit(False))
    return (
        frames["records"]
        .select(
            "record",
            *LINEAGE,
            recorded=pl.col("rejected").is_null(),
            mandatory=pl.all_horizontal(
                pl.any_horizontal(pl.col(field).is_not_null() for field in group)
                for group in register.mandatory
            ),
        )
        .join(copies, on="record", how="left", maintain_order="left")
        .join(made, on=_SHEET, how="left", nulls_equal=True, maintain_order="left")
        .with_columns(pl.col("own_row").fill_null(True))
    )


def _accepted(frames: Frames, scope: Scope) -> pl.DataFrame:
    """Receipts of the register's accepted files."""
    return frames["receipts"].filter(
        (pl.col("register") == scope.register) & (pl.col("status") == "accepted")
    )


def _of_households(frames: Frames, scope: Scope) -> pl.DataFrame:
    """File and sheet of each accepted household file."""
    households = pl.col("kind").fill_null("person") == "household"
    return _accepted(frames, scope).filter(households).select(_SHEET).unique()


def _sheets(frames: Frames, scope: Scope) -> pl.DataFrame:
    """One row a file and sheet with person rows: what the receipt says and what the records hold.

    Household files are left out: their rows are joined to persons, or several people are made of one row.
    """
    households = _of_households(frames, scope)
    said = _accepted(frames, scope).group_by(_SHEET).agg(pl.col("rows_read", "rows_accepted").sum())
    held = (
        frames["records"]
        .group_by(_SHEET)
        .agg(
            received=pl.len().cast(pl.Int64),
            recorded=pl.col("rejected").is_null().sum().cast(pl.Int64),
        )
    )
    figures = ("rows_read", "rows_accepted", "received", "recorded")
    return (
        said.join(held, on=_SHEET, how="full", coalesce=True, nulls_equal=True)
        .join(households, on=_SHEET, how="anti", nulls_equal=True)
        .with_columns(pl.col(figures).fill_null(0))
    )


def _facts(frames: Frames, scope: Scope) -> pl.DataFrame:
    """One row: `recorded`, the rows that were taken."""
    return frames["records"].select(
        register=pl.lit(scope.register), recorded=pl.col("rejected").is_null().sum().cast(pl.Int64)
    )


RECORDS = Unit("records", ("record",), _records)
SHEETS = Unit("sheets", _SHEET, _sheets)
FACTS = Unit("facts", ("register",), _facts)


_PLACED = pl.all_horizontal(
    pl.col("source_file", "source_row").is_not_null()
)  # text files have no sheet
_TIED = (pl.col("rows_read") == pl.col("received")) & (
    pl.col("rows_accepted") == pl.col("recorded")
)

QUESTIONS = (
    Question("Q201", "has_records", "required", FACTS, Between("recorded", low=1)),
    Question("Q202", "record_not_null", "critical", RECORDS, NotNull("record")),
    Question("Q203", "record_unique", "critical", RECORDS, Unique("record")),
    Question("Q204", "lineage_not_null", "critical", RECORDS, Flag(_PLACED)),
    Question("Q205", "source_row_unique", "warning", RECORDS, Flag(pl.struct(*LINEAGE).is_unique(), pl.col("own_row"))),
    Question("Q206", "few_rows_rejected", "warning", RECORDS, Flag(pl.col("recorded")), 0.95),
    Question("Q207", "mandatory_columns_present", "required", RECORDS, Flag(pl.col("mandatory"), pl.col("recorded"))),
    Question("Q208", "rows_tie_to_receipts", "critical", SHEETS, Flag(_TIED)),
    Question("Q209", "not_repeated", "warning", RECORDS, Flag(pl.col("copied").is_null(), pl.col("recorded")), 0.99, pointer="copied"),
)  # fmt: skip
