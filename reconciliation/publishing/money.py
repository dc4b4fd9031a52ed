"""Money beside people: monthly cover added and cut, and what was paid after a death. Whole fen, so that every sum is exact.

A household's monthly amount (户月保障金额) is the household's: it is split among its people once, however many of its rows repeat it.
What is added is estimated as the gap between the dibao line and the household's income (补差), a month's share. What cannot be told is
counted beside the sum and never as nothing.
"""

from typing import Final

import polars as pl

from reconciliation.registers import values

MONEY: Final = ("added", "cut", "recover")
_MONTHLY: Final = "household_monthly_amount"
_MOST_FEN: Final = 1e10
"""A hundred million yuan."""


def monthly_shares(
    records: pl.DataFrame, persons: pl.DataFrame, copies: pl.DataFrame, leaving: pl.Series
) -> pl.DataFrame:
    """What each person of the dibao register has of the household's monthly amount.

    Args:
        records: `records_dibao`: `record`, `household_monthly_amount`, `covered_size` (a column that is not there is unknown).
        persons: `record`, `household`.
        copies: `record` of the rows that are further copies of a person: they have no share of their own.
        leaving: records that are to leave the register.

    Returns:
        `record`, `share` (Int64, fen a month; null: no amount that can be one, or the rows of the household name several), one row a person. A
        household that leaves as a whole leaves with its whole amount; else it is divided by the people covered or listed,
        whichever are more. What cannot be divided evenly falls to the smaller records.
    """
    cells = records.select(
        "record",
        amount=_cell(records, _MONTHLY, values.amount(pl.col(_MONTHLY))).cast(pl.Float64),
        covered=_cell(records, "covered_size", values.integer(pl.col("covered_size"))).cast(
            pl.Int64
        ),
    )
    everybody = persons.select("record", "household").join(cells, on="record", how="left")
    households = everybody.group_by("household").agg(
        fen=pl.when(pl.col("amount").drop_nulls().n_unique() == 1).then(
            _fen(pl.col("amount").max() * 100)
        ),
        covered=pl.col("covered").max(),
    )
    place = pl.int_range(pl.len()).over("household")
    return (
        everybody.select("record", "household")
        .join(copies.select("record"), on="record", how="anti")
        .sort("household", "record")
        .join(households, on="household", how="left", maintain_order="left", validate="m:1")
        .with_columns(
            members=pl.len().over("household").cast(pl.Int64),
            whole=pl.col("record").is_in(leaving.implode()).all().over("household"),
        )
        .with_columns(
            among=pl.when("whole")
            .then("members")
            .otherwise(pl.max_horizontal("members", "covered"))
        )
        .select(
            "record",
            share=pl.when(pl.col("fen") >= 0).then(
                pl.col("fen") // pl.col("among") + (place < pl.col("fen") % pl.col("among"))
            ),
        )
        .sort("record")
    )


def cut(exits: pl.DataFrame, shares: pl.DataFrame) -> pl.DataFrame:
    """Monthly cover that ends with each exit.

    Args:
        exits: `record` of the proposed exits from dibao.
        shares: as `monthly_shares` gives them; a further copy of a person has none and is left out.

    Returns:
        `record`, `fen` (Int64, null: unknown).
    """
    return exits.select("record").join(shares, on="record").select("record", fen="share")


def recover(exits: pl.DataFrame, shares: pl.DataFrame) -> pl.DataFrame:
    """What was paid after a death: months × monthly share.

    Args:
        exits: `record`, `months_after_death` (null: not a death, or the months are not known).
        shares: as `monthly_shares` gives them.

    Returns:
        `record`, `fen` (Int64, null: unknown), one row a dead person.
    """
    return (
        exits.filter(pl.col("months_after_death").is_not_null())
        .join(shares, on="record")
        .select("record", fen=pl.col("share") * pl.col("months_after_death"))
    )


def added(includes: pl.DataFrame) -> pl.DataFrame:
    """Monthly cover that each inclusion would add: the gap to the line, a twelfth of a year's.

    Args:
        includes: `record`, `poverty_income`, `dibao_line` (Float64, yuan a year, null: unknown) of the proposed inclusions into dibao.

    Returns:
        `record`, `fen` (Int64; null: income or line unknown, or no gap, as in single-person cover, whose amount is set by class).
    """
    gap = pl.col("dibao_line") - pl.col("poverty_income")
    return includes.select("record", fen=pl.when(gap > 0).then(_fen(gap * 100 / 12)))


def _fen(amount: pl.Expr) -> pl.Expr:
    """Whole fen; null where no household can have so much: a resident or account number stands in the wrong column."""
    return pl.when(amount.abs() < _MOST_FEN).then(amount.round()).cast(pl.Int64)


def _cell(records: pl.DataFrame, name: str, read: pl.Expr) -> pl.Expr:
    return read if name in records.columns else pl.lit(None)
