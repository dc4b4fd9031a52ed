"""The cells the policy decides by, as typed values.

What belongs here: which field of which register is read, and how. What does not: what follows from a value.
"""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Final

import polars as pl

from reconciliation.registers import values
from reconciliation.registers.codes import CodeTables

Reader = Callable[[pl.Expr], pl.Expr]

_COVER_FIELDS: Final = (
    "assistance_type", "class_tier", "income_per_capita", "household_size", "covered_size", "flag_poverty", "health",
    "labour", "disability_grade", "disability_certificate",
)  # fmt: skip
FIELDS: Final[dict[str, tuple[str, ...]]] = {
    "dibao": _COVER_FIELDS,
    "poverty": (
        "lift_status", "household_type", "income_per_capita", "household_size", "flag_dibao", "health", "labour",
    ),
    "disability_certificates": ("disability_grade", "disability_certificate"),
    "deaths": ("death_date", "cremation_date"),
    "moved_away": ("move_kind",),
    "asset_hits": ("hit_kind",),
    "relocation": ("settlement_form", "hukou_moved"),
}  # fmt: skip
"""The fields read of each register; of the registers not named here it counts only who is on them."""

_CERTIFICATE: Final = r"^[0-9]{17}[0-9Xx][1-7]([1-4])"
"""A disability certificate number: resident number, category, grade (GB/T 26341), reissue tail."""


def attributes(
    records: pl.DataFrame, register: str, *, codes: CodeTables, year: int
) -> pl.DataFrame:
    """The typed policy attributes of the recorded rows.

    Args:
        records: `records_<register>`.
        register: its name.
        codes: what coded cells mean.
        year: year of the as-of date, which decides the code tables.

    Returns:
        `record`, one column a field of `FIELDS` (amounts Float64 in yuan, a negative income null, counts Int64, dates Date (a month alone: its last day), flags Boolean, codes
        String, `health` List(String) of codes, `disability_grade` Int8 also out of the certificate number), and
        `absent_fields` (List(String)): those of these fields that the row's file has no column for. A field is absent
        from a file when it is null in every row of it; a null among filled rows is an unknown value.
    """
    fields = FIELDS.get(register, ())
    raw = records.select(
        "record", "source_file", "rejected", *(_cell(records, field) for field in fields)
    ).filter(pl.col("rejected").is_null())
    readers = _readers(codes, register, year)
    typed = raw.select(
        "record", "source_file", *(readers[field](pl.col(field)).alias(field) for field in fields)
    )
    return (
        typed.pipe(_with_certificate_grade)
        .join(absent_fields(records, register), on="source_file", how="left", maintain_order="left")
        .drop("source_file")
    )


def absent_fields(records: pl.DataFrame, register: str) -> pl.DataFrame:
    """Which policy fields each file of a register has no column for.

    Returns:
        `source_file`, `absent_fields` (List(String), in the order of `FIELDS`), sorted by file.
    """
    fields = FIELDS.get(register, ())
    cells = records.select("source_file", *(_cell(records, field) for field in fields))
    return lacking(cells, {field: field for field in fields}, "absent_fields")


def lacking(cells: pl.DataFrame, fields: Mapping[str, str], name: str) -> pl.DataFrame:
    """Which columns each file does not have: null in every row of it.

    Args:
        cells: `source_file` and the columns.
        fields: column → what it is called in the answer.
        name: the answer's column.

    Returns:
        `source_file`, `<name>` (List(String), in the order of `fields`), sorted by file.
    """
    # A field that is filled in every row is missing from no file: the usual case, and known without looking.
    open_fields = [field for field in fields if cells[field].null_count()]
    by_file = cells.group_by("source_file").agg(pl.col(open_fields).count() == 0)
    names = [pl.when(pl.col(field)).then(pl.lit(fields[field])) for field in open_fields]
    nothing = pl.lit([], dtype=pl.List(pl.String))
    absent = pl.concat_list(names).list.drop_nulls() if names else nothing
    return by_file.sort("source_file").select("source_file", absent.alias(name))


def _cell(records: pl.DataFrame, field: str) -> pl.Expr:
    """The field's column; null where the frame has none."""
    return pl.col(field) if field in records.columns else pl.lit(None, dtype=pl.String).alias(field)


def _readers(codes: CodeTables, register: str, year: int) -> Mapping[str, Reader]:
    def coded(field: str) -> Reader:
        return partial(_decoded, codes=codes, field=field, register=register, year=year)

    coded_fields = (
        "assistance_type", "class_tier", "labour", "lift_status", "household_type", "move_kind", "hit_kind",
        "settlement_form",
    )  # fmt: skip
    return {
        **{field: coded(field) for field in coded_fields},
        "income_per_capita": _income,
        "household_size": values.integer,
        "covered_size": values.integer,
        "flag_poverty": values.yes_no,
        "flag_dibao": values.yes_no,
        "hukou_moved": values.yes_no,
        "death_date": _day_or_month,
        "cremation_date": _day_or_month,
        "health": lambda cell: codes.decode_set("health", cell, register=register, year=year),
        "disability_grade": lambda cell: coded("disability_grade")(cell).cast(
            pl.Int8, strict=False
        ),
        "disability_certificate": grade_in_number,
    }


def _income(cell: pl.Expr) -> pl.Expr:
    """A negative figure is no income a line can be held against: unknown."""
    yuan = values.amount(cell)
    return pl.when(yuan >= 0).then(yuan)


def _day_or_month(cell: pl.Expr) -> pl.Expr:
    """A day; of a month alone its last day, by which the person was dead for sure."""
    return pl.coalesce(values.date(cell), values.month(cell).dt.month_end())


def grade_in_number(cell: pl.Expr) -> pl.Expr:
    """The disability grade (Int8) that the number of a certificate states; null where it is none."""
    return values.normalised(cell).str.extract(_CERTIFICATE, 1).cast(pl.Int8, strict=False)


def _decoded(cell: pl.Expr, *, codes: CodeTables, field: str, register: str, year: int) -> pl.Expr:
    return codes.decode(field, cell, register=register, year=year)


def _with_certificate_grade(typed: pl.DataFrame) -> pl.DataFrame:
    """The grade as stated, else the one in the certificate's number."""
    if "disability_certificate" not in typed.columns:
        return typed
    return typed.with_columns(
        pl.coalesce("disability_grade", "disability_certificate").alias("disability_grade")
    ).drop("disability_certificate")
