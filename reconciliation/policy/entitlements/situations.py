"""The joined person-household frame the entitlements are asked of: one row a person of each base register.

What belongs here: the columns of `columns.py`, each a plain fact. What does not: what follows from them (`lists.py`).
"""

from datetime import date
from typing import Final

import polars as pl

from reconciliation.policy.entitlements.cells import FIELDS, TOGETHER
from reconciliation.policy.entitlements.columns import BASES, COLUMNS, SOURCES
from reconciliation.policy.entitlements.facts import IS_OF, Facts, facts
from reconciliation.policy.entitlements.people import People
from reconciliation.policy.evidence import OTHER, Evidence, Rulebook

_KEPT: Final = ("record", "person", "household", "county", "town", "village", "tangled", "absent")


def situations(
    evidence: Evidence, found: People, households: pl.DataFrame, rulebook: Rulebook
) -> dict[str, pl.DataFrame]:
    """The people of each base register that was supplied.

    Args:
        evidence: the frames.
        found: who is who.
        households: `households` of docs/frames.md.
        rulebook: codes and as-of date.

    Returns:
        By register, one row a person (the row that stands for them), sorted by record: `record`, `person`, `household`, places,
        `tangled`, `absent` (List(String): `register.field` columns its own file lacks), `<source>_record` and
        `<source>_absent` of the registers an entitlement may rest on, and the register's columns of `columns.py` but
        `listed_before`.
    """
    known = facts(evidence, found, rulebook)
    frames = {
        register: _base(evidence, found.rows, known, rulebook.batch, register)
        for register in BASES
        if register in evidence.supplied
    }
    for register in OTHER:
        frames[register] = frames[register].pipe(_with_household, households, register)
    return {register: _selected(rows, register) for register, rows in frames.items()}


def _base(
    evidence: Evidence, firsts: pl.DataFrame, known: Facts, batch: date, register: str
) -> pl.DataFrame:
    firsts = firsts.filter(pl.col("register") == register, "first").select(
        "record", "person", "tangled"
    )
    people = evidence.persons[register].select(
        "record", "household", "county", "town", "village", "household_basis", "birth_date", grade_in_number="certificate_grade",
    )  # fmt: skip
    rows: pl.DataFrame = (
        firsts.join(people, on="record", validate="1:1")
        .join(known.cells[register], on="record", validate="1:1")
        .pipe(known.joined)
        .with_columns(as_of=pl.lit(batch), alive=pl.col("dead").not_())
        .pipe(_with_age, register)
        .pipe(_with_disability, register)
        .pipe(_with_cover, register)
    )
    return rows.sort("record")


def _selected(rows: pl.DataFrame, register: str) -> pl.DataFrame:
    evidence_columns = (f"{source}_{part}" for source in SOURCES for part in ("record", "absent"))
    wanted = [name for name in COLUMNS[register] if name != "listed_before"]
    return rows.select(*_KEPT, *evidence_columns, *wanted)


def _with_age(rows: pl.DataFrame, register: str) -> pl.DataFrame:
    """Full years by the birth date; else the age the row states."""
    born, day = pl.col("birth_date"), pl.col("as_of")
    had_birthday = (born.dt.month() < day.dt.month()) | (
        (born.dt.month() == day.dt.month()) & (born.dt.day() <= day.dt.day())
    )
    by_birth = day.dt.year() - born.dt.year() - had_birthday.not_().cast(pl.Int32)
    years = pl.when(born <= day).then(by_birth.cast(pl.Int64))
    stated = [pl.col("age")] if "age" in FIELDS[register] else []
    return rows.with_columns(age=pl.coalesce(years, *stated))


def _with_disability(rows: pl.DataFrame, register: str) -> pl.DataFrame:
    """`disability_grade` and `certified`, with what the row itself says.

    A certificate that only the row states is neither there nor not there: the list of certificates decides, and it is silent.
    """
    fields = FIELDS[register]
    in_number = pl.col("grade_in_number").cast(pl.Int64)
    own = [pl.col("disability_grade")] if "disability_grade" in fields else []
    # Two certificates of different grades leave it open; the list of certificates goes before what others say.
    on_list = register == "disability_certificates"
    grade = pl.coalesce("certificate_grade", *([] if on_list else [*own, in_number]))
    stated = in_number.is_not_null()
    if "disability_certificate" in fields:
        stated = stated | pl.col("certificate_stated").fill_null(False)
    disabled = [pl.col("certified"), stated]
    if "health" in fields:
        disabled.append(pl.col("health").list.contains("disabled"))
    if "disabled" in fields:
        disabled.append(pl.col("disabled"))
    is_disabled = pl.any_horizontal(flag.fill_null(False) for flag in disabled)
    return rows.with_columns(
        disability_grade=pl.when(grade.is_not_null())
        .then(grade)
        .when(is_disabled.not_() & pl.col("certified").is_not_null())
        .then(0),
        certified=pl.when(pl.col("certified").is_null() | pl.col("certified"))
        .then("certified")
        .when(stated.not_())
        .then(False),
    )


def _with_cover(rows: pl.DataFrame, register: str) -> pl.DataFrame:
    """What a register of assistance says of the cover, the poverty list of the entry."""
    if register in IS_OF:
        rows = rows.with_columns(
            assistance_type=pl.col("assistance_type").fill_null(IS_OF[register]),
            long_term=pl.col("class_tier") == "long_term",
        )
    if register == "poverty":
        cancelled = (pl.col("lift_status") == "cancelled").fill_null(False)
        rows = rows.with_columns(registered=pl.when(cancelled.not_()).then(True))
    return rows


def _with_household(rows: pl.DataFrame, households: pl.DataFrame, register: str) -> pl.DataFrame:
    """`serious_illness`, `alone`, `married`."""
    size = pl.col("members")
    own = households.filter(pl.col("register") == register).select(
        "household", "counterpart", members=size
    )
    across = households.filter(pl.col("register") != register).select(
        counterpart="household", members_across=size
    )
    nobody_else = (
        (pl.col("members") <= 1)
        & (pl.col("members_across").fill_null(1) <= 1)
        & (pl.col("household_size").fill_null(1) <= 1)
    )
    # Somebody of whom nothing says with whom they live is not alone for that: of a bare list nothing is said at all, of a blank
    # in a file that tells households it is open.
    untold = (pl.col("household_basis") == "alone") & pl.col("household_size").is_null()
    together = [f"{register}.{field}" for field in TOGETHER[register]]
    bare = pl.col("absent").list.set_intersection(together).list.len() == len(together)
    alone = pl.when(nobody_else.not_() | (untold & bare)).then(False).when(untold.not_()).then(True)
    married = pl.col("marital_status") if register == "dibao" else pl.lit(None, dtype=pl.Boolean)
    return (
        rows.join(own, on="household", how="left", maintain_order="left", validate="m:1")
        .join(across, on="counterpart", how="left", maintain_order="left", validate="m:1")
        .with_columns(
            serious_illness=pl.col("health").list.contains("severe"),
            alone=alone,
            married=married,
        )
    )
