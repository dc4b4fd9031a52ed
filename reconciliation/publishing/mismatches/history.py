"""What the ledger says of the rows of the report: the state of each finding, and findings that are gone."""

from collections.abc import Mapping
from typing import Any, Final

import polars as pl

CASE_CHARACTERS: Final = 16
"""How much of a case key a page names: enough to tell any two cases of a release apart, a quarter of its length."""
_GONE_LIST: Final = "gone"
_PERSON: Final = ["register", "record"]


def history(ledger: pl.DataFrame, cases: pl.DataFrame) -> pl.DataFrame:
    """The ledger with the record each case has now, also where its finding is gone (null: not on the register any more).

    Returns:
        `case`, `register`, `record`, `rule`, `state`, `first_batch`, `why`, `county` (comparable), `there` (Boolean: this batch
        found it again), sorted by `case`, `register`, `rule`.
    """
    now = cases.select("case_key", "register", "record")
    return (
        ledger.with_columns(there=pl.col("record").is_not_null())
        .drop("record")
        .join(now, on=["case_key", "register"], how="left", validate="m:1")
        .select(
            _case(), "register", "record", "rule", "state", "first_batch", "why", "county", "there"
        )
        .sort("case", "register", "rule")
    )


def case_of(cases: pl.DataFrame) -> pl.DataFrame:
    """`register`, `record`, `case` of everybody who is on a register."""
    return cases.drop_nulls("record").select(*_PERSON, _case())


def findings_of(rows: pl.DataFrame, past: pl.DataFrame) -> pl.DataFrame:
    """Add `findings` and `first_batch` (of the deciding one), take `other_rules` away.

    `findings` is `rule:state` joined by blanks: the deciding rule, the others that fired, then those not found any more. The state
    is empty for a rule that asks nothing of anybody and is in no ledger.
    """
    fired = (
        rows.select(*_PERSON, rule=pl.concat_list("rule", "other_rules"))
        .with_columns(place=pl.int_ranges(pl.col("rule").list.len()))
        .explode("rule", "place")
    )
    states = past.drop_nulls("record").select(*_PERSON, "rule", "state", "first_batch")
    present = fired.join(states, on=[*_PERSON, "rule"], how="left", validate="1:1")
    gone = (
        states.join(rows.select(_PERSON), on=_PERSON, how="semi")
        .join(fired.select(*_PERSON, "rule"), on=[*_PERSON, "rule"], how="anti")
        .select(*_PERSON, "rule", pl.lit(None, pl.Int64).alias("place"), "state", "first_batch")
    )
    told = (
        pl.concat([present.select(gone.columns), gone])
        .sort(*_PERSON, "place", "rule", nulls_last=True)
        .group_by(_PERSON, maintain_order=True)
        .agg(
            pl.concat_str("rule", pl.lit(":"), pl.col("state").fill_null("")).alias("findings"),
            pl.col("first_batch").first(),
        )
        .with_columns(pl.col("findings").list.join(" "))
    )
    return rows.drop("other_rules").join(told, on=_PERSON, how="left", validate="1:1")


def gone_people(
    past: pl.DataFrame, schema: Mapping[str, Any], counties: Mapping[str, str]
) -> pl.DataFrame:
    """People with a finding who are on the register no more: one row a case, in the county they were seen in last.

    Args:
        past: as `history` gives it.
        schema: columns and types of the report's rows; what is not known of these people is null.
        counties: comparable county → as offices write it.
    """
    found = (
        past.filter(pl.col("record").is_null())
        .group_by("case", "register", maintain_order=True)
        .agg(
            pl.col("rule").first(),
            pl.concat_str("rule", pl.lit(":"), "state").alias("findings"),
            pl.col("first_batch").first(),
            pl.col("why").first(),
            pl.col("county").first().replace(counties),
        )
        .with_columns(pl.col("findings").list.join(" "), pl.lit(_GONE_LIST).alias("list"))
    )
    return found.select(
        pl.col(name).cast(kind) if name in found.columns else pl.lit(None, kind).alias(name)
        for name, kind in schema.items()
    )


def _case() -> pl.Expr:
    return pl.col("case_key").str.slice(0, CASE_CHARACTERS).alias("case")
