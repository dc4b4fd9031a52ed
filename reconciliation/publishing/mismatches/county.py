"""What one county's page carries: its rows, their people and pairs, numbered so that the page can find one from the other."""

from typing import Final

import polars as pl

from reconciliation.publishing.mismatches.rows import EVIDENCE, PLACE, Mismatches
from reconciliation.registers.schema import LINEAGE

_PERSON: Final = ("register", "record")
_ROW: Final = ("list", "rule", "findings", "owner", "severity", "why", "evidence", "first_batch")
_PEOPLE: Final = (
    "register", "case", *PLACE, "name", "number", "id_quality", "sex", "relation", "income", *LINEAGE,
    "flag", "kind", "standing", "health", "labour",
)  # fmt: skip


def county_frames(rows: pl.DataFrame, mismatches: Mismatches) -> dict[str, pl.DataFrame]:
    """The frames of one page.

    Args:
        rows: those of `Mismatches.rows` that belong on the page, in their order.
        mismatches: all people and pairs.

    Returns:
        `rows` (with `pair`, the number of the row's pair, -1: none), `people` (the first ones are those of the rows, in their
        order), `pairs` (with `dibao` and `poverty`, the numbers of the two people). Numbers count from 0.
    """
    numbered = rows.with_row_index("place").with_columns(
        pl.when(pl.col("register") == register)
        .then("record")
        .otherwise("counterpart_record")
        .alias(f"{register}_record")
        for register in ("dibao", "poverty")
    )
    both = ["dibao_record", "poverty_record"]
    pairs = (
        numbered.select(*both, "place")
        .drop_nulls()
        .group_by(both)
        .agg(pl.col("place").min())
        .sort("place")
        .drop("place")
        .with_row_index("pair")
        .join(mismatches.pairs, on=both, how="left", validate="1:1", maintain_order="left")
    )
    people = _people(rows, pairs, mismatches.people)
    for register in ("dibao", "poverty"):
        pairs = pairs.join(
            people.filter(pl.col("register") == register)
            .drop_nulls("record")
            .select(pl.col("record").alias(f"{register}_record"), pl.col("person").alias(register)),
            on=f"{register}_record",
            how="left",
            validate="m:1",
            maintain_order="left",
        )
    paired = numbered.join(
        pairs.select(*both, "pair"), on=both, how="left", validate="m:1", maintain_order="left"
    )
    return {
        "rows": paired.select(*_ROW, pl.col("pair").cast(pl.Int64).fill_null(-1)),
        "people": people.select(_PEOPLE),
        "pairs": pairs.select(
            "dibao",
            "poverty",
            "number_differs",
            "birth_differs",
            "evidence_of",
            *EVIDENCE,
            "link_why",
        ).with_columns(pl.col(pl.Float64).round(6)),
    }


def _people(rows: pl.DataFrame, pairs: pl.DataFrame, people: pl.DataFrame) -> pl.DataFrame:
    """The people of the page with `person`, their number: those of the rows first, in their order."""
    own = rows.select(*_PERSON, "case")
    across = (
        pl.concat(
            [
                pairs.select(pl.lit(register).alias("register"), record=f"{register}_record")
                for register in ("dibao", "poverty")
            ]
        )
        .join(own, on=_PERSON, how="anti")
        .unique()
        .join(people.select(*_PERSON, *PLACE), on=_PERSON, how="left", validate="1:1")
        .sort(*PLACE, *_PERSON, nulls_last=True)
        .select(_PERSON)
    )
    return (
        pl.concat([own.select(_PERSON), across])
        .join(people, on=_PERSON, how="left", validate="m:1", maintain_order="left")
        .with_row_index("person")
        .pipe(_with_cases_of_the_gone, own)
    )


def _with_cases_of_the_gone(people: pl.DataFrame, own: pl.DataFrame) -> pl.DataFrame:
    """Who left the registers has no record to be found by; the case stands on the row."""
    cases = own["case"].extend_constant(None, people.height - own.height)
    return people.with_columns(case=pl.coalesce(pl.Series(cases), "case"))
