"""The cells the entitlements decide by, as typed values.

What belongs here: which field of which register is read, and how. What does not: what follows from a value. What the main rules
read as well is read the same way (`reconciliation.policy.attributes`).
"""

from collections.abc import Callable
from functools import partial
from typing import Final

import polars as pl

from reconciliation.policy.attributes import grade_in_number, lacking
from reconciliation.registers import values
from reconciliation.registers.codes import CodeTables

_Reader = Callable[[pl.Expr], pl.Expr]

_COVER: Final = ("assistance_type", "class_tier", "health", "disabled", "disability_grade", "disability_certificate", "age")  # fmt: skip
TOGETHER: Final[dict[str, tuple[str, ...]]] = {
    "dibao": ("head_id", "head_name", "certificate_no"),
    "poverty": ("household_no", "head_id", "head_name"),
}
"""The fields that tell who lives together; without any of them a file says nothing of households."""
FIELDS: Final[dict[str, tuple[str, ...]]] = {
    "dibao": (*_COVER, "household_size", "marital_status", *TOGETHER["dibao"]),
    "poverty": ("lift_status", "household_type", "health", "household_size", "age", *TOGETHER["poverty"]),
    "tekun": _COVER,
    "urban_dibao": _COVER,
    "severe_mental_illness": (),
    "relocation": ("relocation_year", "settlement_form", "hukou_moved", "relief_paid"),
    "disability_certificates": ("disability_grade", "disability_certificate"),
    "disability_payments": ("living_subsidy", "care_subsidy"),
}  # fmt: skip
"""The fields read of each register; one that a register does not have is unknown there."""

_OLDEST: Final = 130
_YEAR: Final = r"^((?:19|20)[0-9]{2})(?:年度?|\.0*|[-/.年][0-9]{1,2}月?)?$"
_PAID: Final = dict.fromkeys(("已发", "已发放", "已领", "已领取", "已兑现"), True) | dict.fromkeys(
    ("未发", "未发放", "未领", "未领取", "未兑现"), False
)
_MARRIED: Final = dict.fromkeys(("已婚", "有配偶", "初婚", "再婚", "复婚"), True) | dict.fromkeys(
    ("未婚", "离婚", "离异", "丧偶", "单身", "未婚无配偶"), False
)


def cells(records: pl.DataFrame, register: str, *, codes: CodeTables, year: int) -> pl.DataFrame:
    """The typed cells of the recorded rows.

    Args:
        records: `records_<register>`.
        register: its name.
        codes: what coded cells mean.
        year: year of the as-of date, which decides the code tables.

    Returns:
        `record`, one column a field of `FIELDS` (codes String, `health` List(String), grades and numbers Int64, flags Boolean;
        `relief_paid`, `living_subsidy` and `care_subsidy` are Boolean: whether anything was paid), `certificate_stated` (Boolean,
        where the register has a column for the number) and `absent` (List(String): those fields, as `register.field`, that
        the row's file has no column for).
    """
    fields = FIELDS[register]
    taken = records.filter(pl.col("rejected").is_null())
    typed = taken.select(
        "record",
        "source_file",
        *(_reader(field, codes, register, year)(pl.col(field)).alias(field) for field in fields),
    )
    return (
        typed.pipe(_with_certificate)
        .join(absent(records, register), on="source_file", how="left", maintain_order="left")
        .drop("source_file")
    )


def absent(records: pl.DataFrame, register: str) -> pl.DataFrame:
    """Which of the fields each file has no column for: null in every row of it.

    Returns:
        `source_file`, `absent` (List(String), `register.field`, in the order of `FIELDS`), sorted by file.
    """
    return lacking(records, {field: f"{register}.{field}" for field in FIELDS[register]}, "absent")


def _with_certificate(typed: pl.DataFrame) -> pl.DataFrame:
    """The grade as stated, else the one in the certificate's number; and whether there is such a number."""
    if "disability_certificate" not in typed.columns:
        return typed
    return typed.with_columns(
        disability_grade=pl.coalesce("disability_grade", "disability_certificate"),
        certificate_stated=pl.col("disability_certificate").is_not_null(),
    ).drop("disability_certificate")


def _reader(field: str, codes: CodeTables, register: str, year: int) -> _Reader:
    decode = partial(codes.decode, register=register, year=year)
    readers: dict[str, _Reader] = {
        **{
            name: partial(decode, name)
            for name in (
                "assistance_type",
                "class_tier",
                "lift_status",
                "household_type",
                "settlement_form",
            )
        },
        "health": lambda cell: codes.decode_set("health", cell, register=register, year=year),
        "disabled": values.yes_no,
        "disability_grade": lambda cell: decode("disability_grade", cell).cast(
            pl.Int64, strict=False
        ),
        "disability_certificate": lambda cell: grade_in_number(cell).cast(pl.Int64),
        "age": _age,
        "household_size": values.integer,
        "marital_status": partial(_worded, meanings=_MARRIED),
        "relocation_year": _year,
        "hukou_moved": values.yes_no,
        "relief_paid": _paid,
        "living_subsidy": _paid,
        "care_subsidy": _paid,
    }
    return readers.get(field, values.blank_to_null)


def _age(cell: pl.Expr) -> pl.Expr:
    years = values.integer(cell)
    return pl.when(years.is_between(0, _OLDEST)).then(years)


def _year(cell: pl.Expr) -> pl.Expr:
    """2018, 2018年, 2018年度, a month or a day of it; two years in one cell are none."""
    stated = values.normalised(cell).str.extract(_YEAR, 1).cast(pl.Int64, strict=False)
    day = pl.coalesce(values.date(cell), values.month(cell)).dt.year().cast(pl.Int64)
    return pl.coalesce(stated, day)


def _paid(cell: pl.Expr) -> pl.Expr:
    """Whether anything was paid: an amount, the day of payment, a yes or no, 已发 or 未发; blank is unknown."""
    day = pl.when(values.date(cell).is_not_null()).then(True)
    return pl.coalesce(day, values.amount(cell) > 0, values.yes_no(cell), _worded(cell, _PAID))


def _worded(cell: pl.Expr, meanings: dict[str, bool]) -> pl.Expr:
    return values.normalised(cell).replace_strict(meanings, default=None, return_dtype=pl.Boolean)
