"""What two linked records say differently, and whose field is wrong (C2).

What belongs here: the comparisons and who is at fault. A field is the record's own fault where it contradicts the link
itself (a flag says the person is not on the other register), fails its own check, or is visibly incomplete; two sound values
that differ are nobody's known fault. A blank is unknown and never a disagreement.
"""

from typing import Final

import polars as pl

from reconciliation.identity.numbers import GOOD_QUALITIES

DAMAGED_ID: Final = ("check_failed", "impossible", "precision_lost", "malformed")
DAMAGED_NAME: Final = ("wildcard", "nickname", "child_of")
NOT_ON_DIBAO_TYPES: Final = ("general", "general_lifted", "general_rural")
"""贫困户属性 that say the household is not on dibao."""
COMPARED: Final = ("name_key", "name_kind", "id_number", "id_quality", "birth_date")
"""The columns of a member that are held against the partner's."""

Fault = tuple[str, pl.Expr]
"""Key of the wording in `policy.differences`, and when it holds."""


def with_corrections(own: pl.DataFrame, other: pl.DataFrame, register: str) -> pl.DataFrame:
    """Add what disagrees between each linked record and its partner.

    Args:
        own: members of a register.
        other: members of the other.
        register: which one `own` is.

    Returns:
        `own` with `own_faults` and `open_faults` (List(String): keys of `policy.differences`; empty where nothing
        disagrees or nobody is linked), `own_field_wrong` and `fault_unknown` (Boolean).
    """
    across = other.lazy().select(
        pl.col("record").alias("partner"),
        *(pl.col(name).alias(f"{name}_there") for name in COMPARED),
    )
    own_faults, open_faults = _own_faults(register), _open_faults()
    faults = (
        own.lazy()
        .filter("linked")
        .join(across, on="partner", how="left", validate="m:1")
        .filter(pl.any_horizontal(holds for _, holds in (*own_faults, *open_faults)))
        .select("record", own_faults=_listed(own_faults), open_faults=_listed(open_faults))
        .collect()
    )
    none = pl.lit([], dtype=pl.List(pl.String))
    return (
        own.join(faults, on="record", how="left", maintain_order="left", validate="1:1")
        .with_columns(pl.col("own_faults").fill_null(none), pl.col("open_faults").fill_null(none))
        .with_columns(
            own_field_wrong=pl.col("own_faults").list.len() > 0,
            fault_unknown=pl.col("open_faults").list.len() > 0,
        )
    )


def _own_faults(register: str) -> list[Fault]:
    flags: list[Fault] = (
        [("flag_poverty", pl.col("flag_poverty").not_())]
        if register == "dibao"
        else [
            ("flag_dibao", pl.col("flag_dibao").not_()),
            ("household_type", pl.col("household_type").is_in(NOT_ON_DIBAO_TYPES)),
        ]
    )
    good = pl.col("id_quality").is_in(GOOD_QUALITIES)
    damaged = pl.col("id_quality").is_in(DAMAGED_ID)
    return [
        *flags,
        (
            "name_damaged",
            pl.col("name_kind").is_in(DAMAGED_NAME) & (pl.col("name_kind_there") == "full"),
        ),
        ("id_damaged", damaged),
        ("birth_against_id", good & (pl.col("birth_field") != pl.col("birth_id"))),
        (
            "birth_date",
            damaged & pl.col("id_quality_there").is_in(GOOD_QUALITIES) & _births_differ(),
        ),
    ]


def _open_faults() -> list[Fault]:
    full = (pl.col("name_kind") == "full") & (pl.col("name_kind_there") == "full")
    good = pl.col("id_quality").is_in(GOOD_QUALITIES)
    good_there = pl.col("id_quality_there").is_in(GOOD_QUALITIES)
    return [
        ("name", full & (pl.col("name_key") != pl.col("name_key_there"))),
        ("id_number", good & good_there & (pl.col("id_number") != pl.col("id_number_there"))),
        # With one sound number the other side's birth date is at fault, with two the numbers say it already.
        ("birth_date", good.not_() & good_there.not_() & _births_differ()),
    ]


def _births_differ() -> pl.Expr:
    return pl.col("birth_date") != pl.col("birth_date_there")


def _listed(faults: list[Fault]) -> pl.Expr:
    return pl.concat_list(
        pl.when(holds.fill_null(False)).then(pl.lit(key)) for key, holds in faults
    ).list.drop_nulls()
