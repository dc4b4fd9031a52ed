"""Who stands opposite a record: its partner on the other register, its rivals, its rows on the evidence registers.

What belongs here: the links read per record. What does not: households (`households.py`), what follows (`policy.yaml`).
"""

import polars as pl

from reconciliation.policy.evidence import Evidence

_TIER_ORDER = {"certain": 0, "probable": 1, "possible": 2}


def partners(evidence: Evidence, register: str) -> pl.DataFrame:
    """The partner of each recorded row of a register.

    A further copy of a person (`duplicates`) has the partner of the row that was linked in its place.

    Args:
        evidence: `persons`, `links` and `duplicates` are read.
        register: `dibao` or `poverty`.

    Returns:
        `record`, `representative` (Int64: the linked row of its person), `duplicate` (Boolean), `basis` and
        `duplicate_why` of the group (null where none), `partner` (record of the other register by a certain or probable
        link, null where none), `tier` of that link, `possible_only` (Boolean: only a possible link), `possible_partner`
        (its most probable one, for the reader).
    """
    own, other = _sides(register)
    groups = evidence.duplicates.filter(pl.col("register") == register)
    heads = groups.filter("representative").select("group", representative="record")
    copies = (
        groups.drop("representative")
        .join(heads, on="group", how="left")
        .select(
            "record",
            "representative",
            pl.lit(True).alias("duplicate"),
            "basis",
            pl.col("why").alias("duplicate_why"),
        )
    )
    firm = evidence.links.filter(pl.col("tier") != "possible").select(
        representative=own, partner=other, tier="tier"
    )
    loose = (
        evidence.links.filter(pl.col("tier") == "possible")
        .sort("probability", other, descending=[True, False])
        .unique(own, keep="first", maintain_order=True)
        .select(representative=own, possible_partner=other)
    )
    return (
        evidence.persons[register]
        .select("record")
        .join(copies, on="record", how="left", maintain_order="left", validate="m:1")
        .with_columns(pl.coalesce("representative", "record"), pl.col("duplicate").fill_null(False))
        .join(firm, on="representative", how="left", maintain_order="left", validate="m:1")
        .join(loose, on="representative", how="left", maintain_order="left", validate="m:1")
        .with_columns(
            possible_only=pl.col("partner").is_null() & pl.col("possible_partner").is_not_null()
        )
    )


def evidence_rows(evidence: Evidence, register: str, evidence_register: str) -> pl.DataFrame:
    """The best row on an evidence register of each record that has any.

    Copies of a person share the rows found for any of them.

    Args:
        evidence: `evidence_links`, `persons` and `duplicates` are read.
        register: `dibao` or `poverty`.
        evidence_register: the optional register.

    Returns:
        `record`, `evidence_record`, `tier`, `name_agrees` (Boolean: both names in full and of one comparison class);
        one row a record, the firmest link first, then an agreeing name, then the smallest evidence record.
    """
    found = evidence.evidence_links.filter(
        (pl.col("register") == register) & (pl.col("evidence_register") == evidence_register)
    ).select("record", "evidence_record", "tier")
    if evidence_register not in evidence.supplied:
        found = found.clear()
    theirs = (
        evidence.persons[evidence_register]
        if evidence_register in evidence.supplied
        else evidence.persons[register].clear()
    )
    copies = evidence.duplicates.filter(pl.col("register") == register).select("record", "group")
    shared = (
        found.join(copies, on="record")
        .select("group", "evidence_record", "tier")
        .join(copies, on="group")
        .select("record", "evidence_record", "tier")
    )
    found = pl.concat([found, shared])
    own = evidence.persons[register].join(found, on="record", how="semi")
    return (
        found.join(_names(own, "record"), on="record", how="left")
        .join(_names(theirs, "evidence_record"), on="evidence_record", how="left", suffix="_there")
        .with_columns(name_agrees=(pl.col("name_key") == pl.col("name_key_there")).fill_null(False))
        .sort(
            "record",
            pl.col("tier").replace_strict(_TIER_ORDER, return_dtype=pl.Int8),
            pl.col("name_agrees").not_(),
            "evidence_record",
        )
        .unique("record", keep="first", maintain_order=True)
        .select("record", "evidence_record", "tier", "name_agrees")
    )


def _names(persons: pl.DataFrame, key: str) -> pl.DataFrame:
    full = pl.when(pl.col("name_kind") == "full").then("name_key")
    return persons.select(pl.col("record").alias(key), full.alias("name_key"))


def _sides(register: str) -> tuple[str, str]:
    return (
        ("dibao_record", "poverty_record")
        if register == "dibao"
        else ("poverty_record", "dibao_record")
    )
