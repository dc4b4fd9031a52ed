"""The ten lists: every recorded row on exactly one, with all a clerk needs to check it.

What belongs here: the columns of a list row. What does not: who is on which list (`judge.py`), how a list is printed
(`reconciliation.publishing`) and masking; these frames are of the internal profile.
"""

from typing import Final

import polars as pl

from reconciliation.policy.beside import beside
from reconciliation.policy.circumstances import deaths
from reconciliation.policy.counterparts import partners
from reconciliation.policy.evidence import OTHER, Evidence, Rulebook, Side
from reconciliation.policy.judge import Judgement
from reconciliation.registers.schema import LINEAGE, LISTS

_PLACE: Final = ("county", "town", "village")
_OF_HOUSEHOLD: Final = (
    "status",
    "lift_status",
    "dibao_income",
    "poverty_income",
    "dibao_line",
    "poverty_line",
)
_RAW: Final = {
    "dibao": ("flag_poverty", "class_tier", "assistance_type", "health", "labour"),
    "poverty": ("lift_status", "household_type", "flag_dibao", "health", "labour"),
}
"""Cells shown as received, by register."""
COLUMNS: Final = (
    "register", "record", *LINEAGE, "county", "town", "village", "household", "name", "id_number", "relation", "rule",
    "other_rules", "owner", "severity", "wording", "why", "evidence", "legal_basis", "to_check", "data_dates",
    *_OF_HOUSEHOLD, "months_after_death", *(f"{register}_{field}" for register in _RAW for field in _RAW[register]),
    "counterpart_register", "counterpart_record", "tier", *(f"counterpart_{column}" for column in LINEAGE),
    "counterpart_county", "counterpart_town", "counterpart_village", "counterpart_name", "counterpart_id_number",
)  # fmt: skip


def build_lists(
    judgement: Judgement, evidence: Evidence, rulebook: Rulebook
) -> dict[str, pl.DataFrame]:
    """The ten lists.

    Args:
        judgement: `findings`, `dispositions` and `households` are read.
        evidence: the frames the judgement was made from.
        rulebook: wording, basis and what is to be checked of each rule.

    Returns:
        Every name of `LISTS` → its rows with `COLUMNS`, sorted by register, county, town, village, household, record. `dibao_…`
        and `poverty_…` cells are the text as received, of the row itself and of its counterpart; `counterpart_…` are null
        where nobody is linked; `tier` is that of the link (`possible` where there is only such a one).
    """
    parts = [_by_list(_rows(judgement, evidence, rulebook, register)) for register in sorted(OTHER)]
    return {
        name: pl.concat([part[name] for part in parts], how="diagonal", rechunk=True).select(
            COLUMNS
        )
        for name in LISTS
    }


def _by_list(rows: pl.DataFrame) -> dict[str, pl.DataFrame]:
    """The rows of each list, cut out of rows that are sorted by it: nothing is copied."""
    sizes = dict(rows["disposition"].value_counts().iter_rows())
    found, start = {}, 0
    for name in LISTS:
        found[name] = rows.slice(start, sizes.get(name, 0))
        start += sizes.get(name, 0)
    return found


def _rows(
    judgement: Judgement, evidence: Evidence, rulebook: Rulebook, register: Side
) -> pl.DataFrame:
    mine = pl.col("register") == register
    decided = judgement.dispositions.filter(mine).select(
        "register", "record", "disposition", "rule", "other_rules", "owner", "why"
    )
    order = [rule.rule for rule in rulebook.policy.rules]
    values = judgement.findings.filter(mine).select(_finding(order), "evidence")
    units = judgement.households.filter(mine).select("household", *_OF_HOUSEHOLD)
    people = evidence.persons[register].select(
        "record", *_PLACE, "household", "name", "id_number", "relation"
    )
    # Everything is in the order of the records until the end: what is beside each other need not be looked up.
    return (
        decided.pipe(beside, people)
        .pipe(beside, _source(evidence, register))
        .pipe(beside, _across(evidence, register))
        .with_columns(_finding(order))
        .pipe(_joined, values, ["finding"])
        .pipe(_joined, units, ["household"])
        .pipe(_joined, _months_after_death(evidence, rulebook, register), ["record"])
        .pipe(_sorted)
        .pipe(_joined, _rule_texts(rulebook, register), ["rule"])
        .with_columns(
            data_dates=pl.lit(
                rulebook.labels("policy.data_dates", batch=rulebook.batch.isoformat())
            )
        )
    )


def _sorted(rows: pl.DataFrame) -> pl.DataFrame:
    """By list, place, household, record; lists and places as numbers of their order, which sort several times faster."""
    order = {"disposition": LISTS} | {
        level: rows[level].drop_nulls().unique().sort() for level in _PLACE
    }
    places = [pl.col(name).cast(pl.Enum(names)) for name, names in order.items()]
    return rows.sort(*places, "household", "record", nulls_last=True)


def _finding(order: list[str]) -> pl.Expr:
    """Record and rule as one whole number, by which joins are several times faster."""
    place = pl.col("rule").replace_strict(
        dict(zip(order, range(len(order)), strict=True)), return_dtype=pl.Int64
    )
    return (pl.col("record") * len(order) + place).alias("finding")


def _joined(rows: pl.DataFrame, more: pl.DataFrame, keys: list[str]) -> pl.DataFrame:
    return rows.join(more, on=keys, how="left", validate="m:1", maintain_order="left")


def _rule_texts(rulebook: Rulebook, register: Side) -> pl.DataFrame:
    """What the rulebook says of each rule: wording, basis, severity, what is to be checked."""
    return pl.DataFrame(
        [
            (
                rule.rule,
                rule.wording,
                rule.legal_basis,
                rule.severity,
                rule.outcomes[register].to_check,
            )
            for rule in rulebook.policy.rules
            if register in rule.outcomes
        ],
        schema=dict.fromkeys(("rule", "wording", "legal_basis", "severity", "to_check"), pl.String),
        orient="row",
    )


def _months_after_death(evidence: Evidence, rulebook: Rulebook, register: Side) -> pl.DataFrame:
    return deaths(evidence, rulebook, register).select("record", "months_after_death")


def _source(evidence: Evidence, register: Side) -> pl.DataFrame:
    """Where a row was received and its own cells."""
    recorded = evidence.records[register].filter(pl.col("rejected").is_null())
    return recorded.select(
        "record",
        *LINEAGE,
        *(pl.col(field).alias(f"{register}_{field}") for field in _RAW[register]),
    )


def _across(evidence: Evidence, register: Side) -> pl.DataFrame:
    """The counterpart of each record: the linked one, else the one that is only possible."""
    other = OTHER[register]
    opposite = partners(evidence, register).select(
        "record",
        counterpart_record=pl.coalesce("partner", "possible_partner"),
        tier=pl.when("possible_only").then(pl.lit("possible")).otherwise("tier"),
    )
    people = evidence.persons[other].select(
        "record",
        *(pl.col(name).alias(f"counterpart_{name}") for name in (*_PLACE, "name", "id_number")),
    )
    source = _source(evidence, other).rename(
        {column: f"counterpart_{column}" for column in LINEAGE}
    )
    theirs = people.pipe(beside, source).rename({"record": "counterpart_record"})
    somebody = pl.col("counterpart_record").is_not_null()
    return opposite.pipe(_joined, theirs, ["counterpart_record"]).with_columns(
        counterpart_register=pl.when(somebody).then(pl.lit(other)),
        tier=pl.when(somebody).then("tier"),
    )
