"""The rows that have a say in what becomes of somebody: a small part of the frames that is judged as the whole would be.

What belongs here: which rows those are. What does not: reading them (`reconciliation.publishing.stored`) and judging.

A household is judged by its members, by whom they are linked with, by those people's households, by further copies of any of
them, and so on until nobody is added; besides by rows that state a number of one of them.
"""

from collections.abc import Mapping

import polars as pl

from reconciliation.policy.evidence import OTHER, Side

KEYS = ("record", "household", "id_number")
"""The columns of `persons_<register>` that are read here."""


def neighbourhood(
    asked: Mapping[Side, pl.Series],
    people: Mapping[Side, pl.DataFrame],
    links: pl.DataFrame,
    duplicates: pl.DataFrame,
) -> dict[Side, pl.Series]:
    """The records without which the outcome of some records could be another.

    Args:
        asked: the records, by register; a register may be missing.
        people: `KEYS` of everybody, by register.
        links: `dibao_record`, `poverty_record`, `tier`.
        duplicates: `register`, `record`, `group`.

    Returns:
        By register the records (Int64, sorted), the asked ones among them.
    """
    none = pl.Series("record", [], dtype=pl.Int64)
    inside = {side: asked.get(side, none) for side in OTHER}
    firm = links.filter(pl.col("tier") != "possible")
    size = -1
    while size != (size := sum(map(len, inside.values()))):
        for side in OTHER:
            inside[side] = _family(inside[side], people[side], duplicates, side)
        inside = {
            side: _union(inside[side], _partners(inside[other], firm, other))
            for side, other in OTHER.items()
        }
    numbers = pl.concat(
        people[side].filter(pl.col("record").is_in(inside[side].implode())).get_column("id_number")
        for side in OTHER
    ).drop_nulls()
    return {
        side: _union(
            inside[side],
            people[side].filter(pl.col("id_number").is_in(numbers.implode())).get_column("record"),
        )
        for side in OTHER
    }


def _family(
    inside: pl.Series, people: pl.DataFrame, duplicates: pl.DataFrame, side: Side
) -> pl.Series:
    """With the members of their households and with their further copies."""
    groups = duplicates.filter(pl.col("register") == side)
    own = groups.filter(pl.col("record").is_in(inside.implode())).get_column("group")
    copies = groups.filter(pl.col("group").is_in(own.implode())).get_column("record")
    known = _union(inside, copies)
    households = people.filter(pl.col("record").is_in(known.implode())).get_column("household")
    members = people.filter(pl.col("household").is_in(households.implode())).get_column("record")
    return _union(known, members)


def _partners(inside: pl.Series, firm: pl.DataFrame, side: Side) -> pl.Series:
    mine = firm.filter(pl.col(f"{side}_record").is_in(inside.implode()))
    return mine.get_column(f"{OTHER[side]}_record")


def _union(one: pl.Series, other: pl.Series) -> pl.Series:
    return pl.concat([one, other]).unique().sort().rename("record")
