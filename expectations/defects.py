"""The rows an office is asked to mend: violations of the numbered rules in words, with what is to be done.

What belongs here: which rules an office can do something about (those with a remedy in the labels) and how a row that breaks one
is told. What does not: where that is written (`reconciliation.publishing.receipts`).
"""

import polars as pl

from expectations.rules import rules_for
from reconciliation.publishing.receipts import DEFECTS
from reconciliation.registers.labels import Labels
from reconciliation.registers.schema import LINEAGE, REQUIRED

_ANOTHER_ROW = {"copied": "copied_row", "same_as": "same_row"}
"""Pointers to another record → the sentence that names its place."""


def subjects_of(register: str) -> tuple[str, ...]:
    """The subjects whose violations are rows of a register."""
    stages = (f"records_{register}", f"persons_{register}")
    return (*stages, "duplicates") if register in REQUIRED else stages


def defects(
    register: str, violations: pl.DataFrame, records: pl.DataFrame, labels: Labels
) -> pl.DataFrame:
    """What an office is told of the violations among its rows.

    Args:
        register: whose rows they are.
        violations: `tally.VIOLATIONS` of `subjects_of(register)`; rows of other registers are left out.
        records: `records_<register>`; `record` and the lineage are read.
        labels: the wording.

    Returns:
        Columns of `DEFECTS` (docs/frames.md), one row a record and rule, by file, sheet, row and rule. What is no row of a file
        is left out, and so are the rules without a remedy: those are about our own keys.
    """
    places = records.select("record", *LINEAGE)
    others = places.select(pl.all().name.suffix("_of_other"))
    pointer = pl.col("detail").str.splitn("=", 2)
    return (
        violations.filter(pl.col("register") == register)
        .drop(LINEAGE)
        .with_columns(
            pointer=pointer.struct.field("field_0"), pointed=pointer.struct.field("field_1")
        )
        .with_columns(other=_number(pl.col("pointer"), pl.col("pointed")))
        .join(places, on="record", validate="m:1")
        .join(others, left_on="other", right_on="record_of_other", how="left", validate="m:1")
        .join(_worded(register, labels), on="rule")
        .with_columns(detail=_detail(labels))
        .select(pl.col(name).cast(dtype) for name, dtype in DEFECTS.items())
        .sort(*LINEAGE, "rule", "detail", nulls_last=True)
    )


def _number(pointer: pl.Expr, pointed: pl.Expr) -> pl.Expr:
    """The record pointed to, null where it is none."""
    to_row = pointer.is_in(list(_ANOTHER_ROW))
    return pl.when(to_row).then(pointed).cast(pl.Int64, strict=False)


def _worded(register: str, labels: Labels) -> pl.DataFrame:
    """`rule`, `wording`, `defect`, `remedy` of the rules an office can do something about."""
    told, remedies = (labels.mapping(f"expectations.{part}") for part in ("defects", "remedies"))
    rows = [
        (rule.id, labels(rule.wording_key), told[slug], remedies[slug])
        for subject in subjects_of(register)
        for rule in rules_for(subject)
        if (slug := rule.wording_key.rpartition(".")[2]) in remedies
    ]
    columns = ("rule", "wording", "defect", "remedy")
    return pl.DataFrame(rows, schema=dict.fromkeys(columns, pl.String), orient="row")


def _detail(labels: Labels) -> pl.Expr:
    """In what way the rule is broken, where more is known than that it is; null else."""
    qualities = labels.mapping("expectations.id_qualities")
    quality = pl.col("pointed").replace_strict(qualities, default=None, return_dtype=pl.String)
    of_rows = (
        pl.when(pl.col("pointer") == pointer).then(_place(sentence, labels))
        for pointer, sentence in _ANOTHER_ROW.items()
    )
    counts = (
        pl.when(pl.col("pointer") == pointer).then(
            _filled(text.format(count="\0").split("\0"), pl.col("pointed"))
        )
        for pointer, text in labels.mapping("expectations.household_counts").items()
    )
    of_number = pl.when(pl.col("pointer") == "id_quality").then(quality)
    return pl.coalesce(of_number, *of_rows, *counts)


def _place(sentence: str, labels: Labels) -> pl.Expr:
    """A sentence about the row pointed to."""
    file, sheet, row = (pl.col(f"{name}_of_other") for name in LINEAGE)

    def said(key: str, **parts: str) -> str:
        place = labels(f"publishing.receipts.{key}", **parts)
        return labels(f"publishing.receipts.{sentence}", place=place)

    whole = said("place_sheet", file="\0", sheet="\0", row="\0").split("\0")
    bare = said("place", file="\0", row="\0").split("\0")
    return pl.when(sheet.is_not_null()).then(_filled(whole, file, sheet, row)).otherwise(
        _filled(bare, file, row)
    )  # fmt: skip


def _filled(texts: list[str], *values: pl.Expr) -> pl.Expr:
    """Texts with the values between them; null where a value is."""
    first, *rest = texts
    parts = [pl.lit(first)]
    for value, text in zip(values, rest, strict=True):
        parts += [value.cast(pl.String), pl.lit(text)]
    return pl.concat_str(parts)
