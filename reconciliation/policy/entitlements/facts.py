"""What the registers say of a person together, whichever register the person's own row is from.

What belongs here: three-valued facts a person, by register. What does not: who is one person (`people.py`) and what follows.

A row that surely is the person's speaks; one that only may be leaves open what it would change.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import polars as pl

from reconciliation.policy.circumstances import deaths
from reconciliation.policy.entitlements.cells import FIELDS, cells
from reconciliation.policy.entitlements.people import MATCHED, People
from reconciliation.policy.evidence import Evidence, Rulebook
from reconciliation.policy.members import SERVED_TYPES

_LISTED: Final = {"urban_dibao": "urban_listed", "severe_mental_illness": "mental_illness_listed"}
_DIBAO: Final = ("rural_dibao", "urban_dibao")
IS_OF: Final = {"dibao": "rural_dibao", "urban_dibao": "urban_dibao", "tekun": "tekun"}
"""What a blank or unreadable 救助类型 is taken for: the register's word."""
_YES_NO: Final = (
    "on_dibao", "tekun_listed", "urban_listed", "mental_illness_listed", "relocation_listed", "relief_paid", "relief_stated",
    "certified", "living_paid", "care_paid", "dead",
)  # fmt: skip
"""Facts that are no where no row of the register is the person's or may be."""


@dataclass(frozen=True)
class Facts:
    """What is known of each person that any register of `MATCHED` says something of.

    Attributes:
        cells: `cells` of each supplied register.
        frames: sparse frames by topic, each keyed by `person`.
    """

    cells: Mapping[str, pl.DataFrame]
    frames: tuple[pl.DataFrame, ...]

    def joined(self, rows: pl.DataFrame) -> pl.DataFrame:
        """Rows with a `person`, the facts joined on; a fact nobody states is no, a value nobody states is unknown."""
        for frame in self.frames:
            marked = frame.with_columns(_said=pl.lit(True))
            rows = rows.join(marked, on="person", how="left", maintain_order="left", validate="m:1")
            silent = pl.col("_said").is_null()
            rows = rows.with_columns(
                pl.when(silent).then(False).otherwise(pl.col(name)).alias(name)
                for name in frame.columns
                if name in _YES_NO
            ).drop("_said")
        return rows


def facts(evidence: Evidence, found: People, rulebook: Rulebook) -> Facts:
    """Everything the registers say of each person.

    Args:
        evidence: the frames; a register that was not supplied says nothing.
        found: who is who.
        rulebook: codes and as-of date.

    Returns:
        The facts: the three-valued columns of `columns.py` (`dead` for `alive`), and for each of the registers an entitlement may
        rest on `<register>_record` (the row that surely, else may be the person's) and `<register>_absent` (List(String),
        columns its file lacks).
    """
    typed: dict[str, pl.DataFrame] = {
        register: cells(
            evidence.records[register], register, codes=rulebook.codes, year=rulebook.batch.year
        )
        for register in MATCHED
        if register in evidence.supplied
    }
    read = _Reader(found, typed)
    frames = [
        _on_dibao(read),
        _on_tekun(read),
        *(_listed(read, register, name) for register, name in _LISTED.items()),
        _relocation(read),
        _certificates(read, evidence),
        _payments(read),
        _dead(evidence, found, rulebook),
    ]
    return Facts(typed, tuple(frames))


@dataclass(frozen=True)
class _Reader:
    found: People
    typed: Mapping[str, pl.DataFrame]

    def said(self, register: str) -> pl.DataFrame:
        """The rows of a register by the person they are of or may be of: `person`, `record`, `sure`, and the cells."""
        here = pl.col("register") == register
        inside = self.found.rows.filter(here).select("person", "record", sure=pl.lit(True))
        # Of two persons one may be tied by several rows to the same row there.
        outside = (
            self.found.loose.filter(here)
            .select("person", "record", sure=pl.lit(False))
            .unique(["person", "record"], keep="first", maintain_order=True)
        )
        empty = pl.DataFrame(schema={"record": pl.Int64, "absent": pl.List(pl.String)})
        return pl.concat([inside, outside]).join(
            self.typed.get(register, empty), on="record", how="left", maintain_order="left"
        )


def _listed(read: _Reader, register: str, name: str) -> pl.DataFrame:
    """`person`, `<name>`: yes where a row surely is the person's, unknown where one may be."""
    return read.said(register).group_by("person").agg(_sure().alias(name)).sort("person")


def _sure() -> pl.Expr:
    return pl.when(pl.col("sure").any()).then(True)


def _any(yes: pl.Expr) -> pl.Expr:
    """Three-valued: yes where a row surely is the person's and says so; unknown where a row leaves it open."""
    sure = pl.col("sure")
    open_ = yes.is_null() | (yes & sure.not_())
    return (
        pl.when((sure & yes.fill_null(False)).any()).then(True).when(open_.any().not_()).then(False)
    )


def _agreed(value: pl.Expr) -> pl.Expr:
    """The one value the rows state, those that surely are the person's alone where there are any; else unknown."""
    counts = pl.col("sure") | pl.col("sure").any().not_()
    stated = value.filter(counts).drop_nulls()
    return pl.when(stated.n_unique() == 1).then(stated.first())


def _row(register: str) -> tuple[pl.Expr, pl.Expr]:
    """The row that stands for them (a sure one before another, the smaller record before the larger), and the columns all lack."""
    order = pl.col("sure").not_()
    lacking = [
        pl.when(pl.col("absent").list.contains(f"{register}.{field}").all()).then(
            pl.lit(f"{register}.{field}")
        )
        for field in FIELDS[register]
    ]
    return (
        pl.col("record").sort_by(order, "record").first().alias(f"{register}_record"),
        pl.concat_list(lacking).list.drop_nulls().alias(f"{register}_absent"),
    )


def _typed_as(register: str) -> pl.Expr:
    """救助类型 of a row; what the register is of where it says nothing."""
    return pl.col("assistance_type").fill_null(IS_OF[register])


def _on_dibao(read: _Reader) -> pl.DataFrame:
    """`on_dibao`: rural or urban, on either register."""
    rows = [
        read.said(register).select("person", "sure", on=_typed_as(register).is_in(_DIBAO))
        for register in ("dibao", "urban_dibao")
        if register in read.typed
    ]
    return pl.concat(rows).group_by("person").agg(on_dibao=_any(pl.col("on"))).sort("person")


def _on_tekun(read: _Reader) -> pl.DataFrame:
    """`tekun_listed`: on the register of 特困, or said to be by dibao (救助类型) or by the poverty list (贫困户属性)."""
    columns = {
        "tekun": pl.lit(True),
        "dibao": _typed_as("dibao") == "tekun",
        "poverty": pl.col("household_type").is_in(SERVED_TYPES).fill_null(False),
    }
    rows = [
        read.said(register).select("person", "sure", on=yes)
        for register, yes in columns.items()
        if register in read.typed
    ]
    return (
        pl.concat(rows)
        .filter("on")
        .group_by("person")
        .agg(tekun_listed=_any(pl.col("on")))
        .sort("person")
    )


def _relocation(read: _Reader) -> pl.DataFrame:
    """What the relocation list says, and whether the relief was paid by it."""
    register = "relocation"
    if register not in read.typed:
        return _nothing(
            {
                "relocation_listed": pl.Boolean, "relocation_year": pl.Int64, "settlement_form": pl.String,
                "hukou_moved": pl.Boolean, "relief_stated": pl.Boolean, "relief_paid": pl.Boolean,
            },
            register,
        )  # fmt: skip
    stated = pl.col("absent").list.contains("relocation.relief_paid").not_()
    return (
        read.said(register)
        .group_by("person")
        .agg(
            _sure().alias("relocation_listed"),
            *(
                _agreed(pl.col(name)).alias(name)
                for name in ("relocation_year", "settlement_form", "hukou_moved")
            ),
            stated.any().alias("relief_stated"),
            # A file without the column says nothing of payment; another that has it speaks for both.
            pl.when(stated.any())
            .then(_any(pl.when(stated).then("relief_paid").otherwise(False)))
            .alias("relief_paid"),
            *_row(register),
        )
        .sort("person")
    )


def _certificates(read: _Reader, evidence: Evidence) -> pl.DataFrame:
    """`certified` and `certificate_grade`, also out of a certificate number in the ID column."""
    register = "disability_certificates"
    if register not in read.typed:
        return _nothing({"certified": pl.Boolean, "certificate_grade": pl.Int64}, register)
    numbers = evidence.persons[register].select(
        "record", in_number=pl.col("certificate_grade").cast(pl.Int64)
    )
    return (
        read.said(register)
        .join(numbers, on="record", how="left")
        .group_by("person")
        .agg(
            _sure().alias("certified"),
            _agreed(pl.when("sure").then(pl.coalesce("disability_grade", "in_number"))).alias(
                "certificate_grade"
            ),
            *_row(register),
        )
        .sort("person")
    )


def _payments(read: _Reader) -> pl.DataFrame:
    """`living_paid` and `care_paid`.

    A row that states the one subsidy and leaves the other blank pays only the one, as a person who is not on the list at all is paid
    nothing; a row that states neither leaves both open.
    """
    register = "disability_payments"
    if register not in read.typed:
        return _nothing({"living_paid": pl.Boolean, "care_paid": pl.Boolean}, register)
    kinds = {"living_paid": "living_subsidy", "care_paid": "care_subsidy"}
    paid_any = pl.any_horizontal(pl.col(field).fill_null(False) for field in kinds.values())
    return (
        read.said(register)
        .with_columns(
            (
                pl.when(pl.col("absent").list.contains(f"{register}.{field}") | paid_any)
                .then(pl.col(field).fill_null(False))
                .otherwise(pl.col(field))
            ).alias(name)
            for name, field in kinds.items()
        )
        .group_by("person")
        .agg(*(_any(pl.col(name)).alias(name) for name in kinds), *_row(register))
        .sort("person")
    )


def _dead(evidence: Evidence, found: People, rulebook: Rulebook) -> pl.DataFrame:
    """`dead`, by the main rules' reading of the list of deaths: certain link, agreeing name, a day not after the as-of date."""
    if "deaths" not in evidence.supplied:
        return pl.DataFrame(schema={"person": pl.Int64, "dead": pl.Boolean})
    rows = [
        deaths(evidence, rulebook, register)
        .select("record", "death_date", "death_certain")
        .join(
            found.rows.filter(pl.col("register") == register).select("record", "person"),
            on="record",
        )
        .drop("record")
        for register in MATCHED
        if register in evidence.supplied
    ]
    reached = pl.col("death_date") <= rulebook.batch
    dead = pl.when("death_certain").then(reached).when(reached.not_()).then(False)
    return (
        pl.concat(rows)
        .with_columns(dead=dead)
        .group_by("person")
        .agg(
            dead=pl.when(pl.col("dead").fill_null(False).any())
            .then(True)
            .when(pl.col("dead").is_null().any().not_())
            .then(False)
        )
        .sort("person")
    )


def _nothing(columns: Mapping[str, type[pl.DataType]], register: str) -> pl.DataFrame:
    """The frame of a register that was not supplied."""
    evidence: dict[str, Any] = {
        f"{register}_record": pl.Int64,
        f"{register}_absent": pl.List(pl.String),
    }
    return pl.DataFrame(schema=evidence | {"person": pl.Int64} | dict(columns))
