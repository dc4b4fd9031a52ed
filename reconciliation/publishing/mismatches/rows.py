"""The rows of the mismatch report: who is on a list, what stands in both registers, and why two rows are one person.

Everything here is of the audit profile already: of a number the first six digits, how two numbers or dates of birth differ
only as positions, names in full. What belongs here: which rows, and their columns. What does not: how a page shows them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import polars as pl

from reconciliation.publishing.masking import MASK, masked_id
from reconciliation.publishing.mismatches.differences import birth_parts, number_positions
from reconciliation.publishing.mismatches.history import case_of, findings_of, gone_people, history
from reconciliation.registers.schema import ACTIONABLE, LINEAGE, LISTS, REQUIRED

PLACE: Final = ("county", "town", "village")
EVIDENCE: Final = (
    "tier", "stage", "probability", "weight", "prior_weight",
    *(f"{name}_{part}" for name in ("name", "number", "sex", "relation", "place", "household", "rarity") for part in ("level", "weight")),
    "runner_up", "margin",
)  # fmt: skip
"""The columns of a link that say how sure it is and why."""

_CELLS: Final = {
    "dibao": {
        "flag": "flag_poverty", "kind": "assistance_type", "standing": "class_tier", "health": "health", "labour": "labour",
    },
    "poverty": {
        "flag": "flag_dibao", "kind": "household_type", "standing": "lift_status", "health": "health", "labour": "labour",
    },
}  # fmt: skip
"""Cells as received that say the same of a person in the two registers, by the name they share here."""

_ROW: Final = (
    "register", "record", *PLACE, "household", "rule", "other_rules", "owner", "severity", "why", "evidence",
    "counterpart_record",
)  # fmt: skip
_SIDES: Final = ("dibao_record", "poverty_record")
_NUMBERS: Final = r"[0-9]{14,}[0-9Xx]"
"""What could be a resident number inside a sentence or a cell as received; no rule writes one, and none may come through."""
_LEAST_NUMBER: Final = 1e14
"""The same as an amount."""


@dataclass(frozen=True)
class Material:
    """What the report is made from (docs/frames.md).

    Attributes:
        lists: every list of `LISTS`, not yet read: of the two long ones only few rows are.
        persons: `persons_dibao` and `persons_poverty` by register.
        links: as released.
        duplicates: the rows that are copies, and who stands for them.
        ledger: this batch's.
        cases: this batch's.
    """

    lists: Mapping[str, pl.LazyFrame]
    persons: Mapping[str, pl.DataFrame]
    links: pl.DataFrame
    duplicates: pl.DataFrame
    ledger: pl.DataFrame
    cases: pl.DataFrame


@dataclass(frozen=True)
class Mismatches:
    """The report as frames.

    Attributes:
        rows: a row a person somebody has to do something about, and the few others an auditor wants to see (below);
            `register`, `record` (null: left the register), `case` (the first 16 characters of the case key), `county`,
            `town`, `village`, `household`, `list`, `rule`, `findings` (`C2:raised C1:`: every rule that fired with its state
            in the ledger, the deciding one first), `owner`, `severity`, `why`, `evidence`, `counterpart_record`. Sorted by
            place, register, household, record.
        people: both sides of the rows: `register`, `record`, `case`, the place, `name`, `number` (masked), `id_quality`,
            `sex`, `relation`, `income`, the source, `flag`, `kind`, `standing`, `health`, `labour` (cells as received).
        pairs: `dibao_record`, `poverty_record`, `number_differs` (positions joined by a blank; empty: equal; null: not to be
            compared), `birth_differs` (`year month day`, likewise), `evidence_of` (null; `copy`: the link is that of the row
            that stands for a copy), and `EVIDENCE` (null where no link is behind the pair).
    """

    rows: pl.DataFrame
    people: pl.DataFrame
    pairs: pl.DataFrame


def mismatches(material: Material) -> Mismatches:
    """Gather the report.

    On it: every row of the lists somebody has to act on; of the two other lists those with a finding in the ledger (nearly always
    an earlier one that is not there any more), and those whose link does not rest on the number alone (an auditor judges these too); people with a finding who left
    the registers.
    """
    past = history(material.ledger, material.cases)
    acted = _listed(material, ACTIONABLE).select(*_ROW, "list").collect()
    seen = acted.select("register", "record")
    wanted = pl.concat([_with_findings(past), _inexact(material.links, seen)]).unique()
    others = (
        _listed(material, [name for name in LISTS if name not in ACTIONABLE])
        .join(wanted.lazy(), on=["register", "record"], how="semi")
        .select(*_ROW, "list")
        .collect()
    )
    rows = (
        pl.concat([acted, others])
        .pipe(findings_of, past)
        .join(case_of(material.cases), on=["register", "record"], how="left", validate="1:1")
    )
    rows = pl.concat(
        [rows, gone_people(past, rows.schema, _written_counties(material, rows))]
    ).with_columns(_without_numbers(name).alias(name) for name in ("why", "evidence"))
    order = [*PLACE, "register", "household", "record", "case"]
    rows = rows.sort(order, nulls_last=True)
    return Mismatches(rows, people(material, rows), pairs(material, rows))


def people(material: Material, rows: pl.DataFrame) -> pl.DataFrame:
    """Both sides of the rows, one row a person, as `Mismatches.people`; sorted by `register`, `record`."""
    across = rows.select(
        register=pl.col("register").replace_strict({"dibao": "poverty", "poverty": "dibao"}),
        record="counterpart_record",
    )
    needed = pl.concat([rows.select("register", "record"), across]).drop_nulls().unique()
    return pl.concat([_side(material, needed, register) for register in sorted(REQUIRED)]).sort(
        "register", "record"
    )


def pairs(material: Material, rows: pl.DataFrame) -> pl.DataFrame:
    """The pairs the rows speak of, with what differs and the evidence of their link; sorted by the two records."""
    found = pl.concat(
        [
            rows.filter(pl.col("register") == register)
            .drop_nulls("counterpart_record")
            .select(**{f"{register}_record": "record", f"{other}_record": "counterpart_record"})
            .select(_SIDES)
            for register, other in (("dibao", "poverty"), ("poverty", "dibao"))
        ]
    ).unique()
    for register in REQUIRED:
        mine = material.persons[register].select(
            pl.col("record", "id_number", "birth_date").name.prefix(f"{register}_")
        )
        found = found.join(mine, on=f"{register}_record", how="left", validate="m:1")
    return (
        found.with_columns(
            number_differs=number_positions("dibao_id_number", "poverty_id_number"),
            birth_differs=birth_parts("dibao_birth_date", "poverty_birth_date"),
        )
        .select(*_SIDES, "number_differs", "birth_differs")
        .pipe(_with_evidence, material)
        .sort(_SIDES)
    )


def _listed(material: Material, names: list[str] | tuple[str, ...]) -> pl.LazyFrame:
    return pl.concat(
        [material.lists[name].with_columns(pl.lit(name).alias("list")) for name in names]
    )


def _with_findings(past: pl.DataFrame) -> pl.DataFrame:
    """Whoever the ledger knows a finding of; a rulebook may keep somebody of whom another rule asks something."""
    return past.drop_nulls("record").select("register", "record").unique()


def _written_counties(material: Material, rows: pl.DataFrame) -> dict[str, str]:
    """The counties of the rows as offices write them, by their comparable name."""
    written = rows.select("register", "record", pl.col("county").alias("written")).drop_nulls()
    known = [
        written.filter(pl.col("register") == register)
        .join(material.persons[register].select("record", "county"), on="record")
        .select("county", "written")
        for register in REQUIRED
    ]
    counted = pl.concat(known).drop_nulls().unique().sort("county", "written")
    return dict(counted.unique("county", keep="first", maintain_order=True).iter_rows())


def _inexact(links: pl.DataFrame, seen: pl.DataFrame) -> pl.DataFrame:
    """The dibao rows of links that rest on more than the number, where neither side is on the report yet."""
    inexact = links.filter(pl.col("stage") != "exact").select(_SIDES)
    for register in REQUIRED:
        mine = seen.filter(pl.col("register") == register)
        inexact = inexact.join(mine, left_on=f"{register}_record", right_on="record", how="anti")
    return inexact.select(pl.lit("dibao").alias("register"), record="dibao_record").unique()


def _side(material: Material, needed: pl.DataFrame, register: str) -> pl.DataFrame:
    mine = needed.filter(pl.col("register") == register)
    cells = _CELLS[register]
    rows = (
        _listed(material, LISTS)
        .join(mine.lazy(), on=["register", "record"], how="semi")
        .select(
            "register", "record", "county", "relation", *LINEAGE, _income(register),
            *(_without_numbers(name).alias(name) for name in ("town", "village", "name")),
            *(_without_numbers(f"{register}_{field}").alias(name) for name, field in cells.items()),
        )
        .collect()
    )  # fmt: skip
    persons = material.persons[register].select(
        "record",
        "sex",
        "id_quality",
        pl.coalesce("id_number", "id_partial").alias("number"),
    )
    return (
        rows.join(persons, on="record", how="left", validate="1:1")
        .with_columns(masked_id("number"))
        .join(case_of(material.cases), on=["register", "record"], how="left", validate="1:1")
    )


def _without_numbers(column: str) -> pl.Expr:
    return pl.col(column).str.replace_all(_NUMBERS, MASK * 6)


def _income(register: str) -> pl.Expr:
    """The income; null where a number of fifteen digits and more stands in its place."""
    income = pl.col(f"{register}_income").cast(pl.Float64)
    return pl.when(income.abs() < _LEAST_NUMBER).then(income).alias("income")


def _with_evidence(pairs: pl.DataFrame, material: Material) -> pl.DataFrame:
    """Join each pair's link; where a copy is one side, the link of the row that stands for it."""
    keyed = pairs
    for register in REQUIRED:
        stands_for = (
            material.duplicates.filter(pl.col("register") == register, pl.col("representative"))
            .select("group", pl.col("record").alias("_stands"))
            .join(
                material.duplicates.filter(pl.col("register") == register).select(
                    "group", "record"
                ),
                on="group",
            )
            .select(pl.col("record").alias(f"{register}_record"), "_stands")
        )
        keyed = (
            keyed.join(stands_for, on=f"{register}_record", how="left", validate="m:1")
            .with_columns(pl.coalesce("_stands", f"{register}_record").alias(f"_{register}"))
            .drop("_stands")
        )
    links = material.links.select(
        pl.col("dibao_record").alias("_dibao"),
        pl.col("poverty_record").alias("_poverty"),
        *EVIDENCE,
        pl.col("why").alias("link_why"),
    )
    own = (pl.col("_dibao") == pl.col("dibao_record")) & (
        pl.col("_poverty") == pl.col("poverty_record")
    )
    return keyed.join(links, on=["_dibao", "_poverty"], how="left", validate="m:1").select(
        *pairs.columns,
        pl.when(own | pl.col("stage").is_null())
        .then(None)
        .otherwise(pl.lit("copy"))
        .alias("evidence_of"),
        *EVIDENCE,
        "link_why",
    )
