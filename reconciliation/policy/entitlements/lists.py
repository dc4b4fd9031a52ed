"""Who is on which list: the rules of each list asked of its base registers, and each person on it once.

What belongs here: three-valued evaluation, the best group a person, rows that may be one person. What does not: what a row shows
(`rows.py`).
"""

from dataclasses import dataclass
from typing import Final, Self

import polars as pl

from reconciliation.policy.entitlements.cells import FIELDS, absent
from reconciliation.policy.entitlements.columns import BASES
from reconciliation.policy.entitlements.people import People
from reconciliation.policy.entitlements.settings import Entitlement, EntitlementList
from reconciliation.policy.evidence import Evidence

ENTITLED: Final = "entitled"
VERIFY: Final = "verify"
_RANK: Final = {ENTITLED: 0, VERIFY: 1}


@dataclass(frozen=True)
class Available:
    """What came.

    Attributes:
        registers: the registers there are.
        lacking: `register.field` columns that no file of their register has.
    """

    registers: frozenset[str]
    lacking: frozenset[str]

    @classmethod
    def of(cls, evidence: Evidence) -> Self:
        """Look at the files of every register."""
        lacking: set[str] = set()
        for register in evidence.supplied & set(FIELDS):
            files = absent(evidence.records[register], register)["absent"].to_list()
            lacking |= set.intersection(*map(set, files)) if files else set()
        return cls(evidence.supplied, frozenset(lacking))

    def allows(self, rule: Entitlement) -> bool:
        """Whether a rule can be asked at all."""
        return set(rule.needs_registers) <= self.registers and not self.lacking & set(rule.needs)


def chosen(
    made: EntitlementList,
    situations: dict[str, pl.DataFrame],
    found: People,
    available: Available,
) -> list[tuple[Entitlement, str, pl.DataFrame]]:
    """The people on one list.

    A person whom several rules hold for is on it by the best: entitled before to be verified, then in the order of the rules, then
    of the registers. Of two rows that only may be one person (a possible link) the lesser is to be verified.

    Args:
        made: the list.
        situations: by base register, with `listed_before`.
        found: who is who.
        available: registers and columns there are.

    Returns:
        By rule and register the rows of `situations`, with `held` (`yes`, or `open`: it cannot be decided), `status`,
        `missing_columns` (List(String), of open rows), `rival` (Boolean) and `other_groups` (List(String), in the order of
        the rules).
    """
    asked = [
        (rule, register, _held(rule, register, situations[register]))
        for rule in made.entitlements
        if available.allows(rule)
        for register in rule.registers
        if register in situations
    ]
    order = {rule.group: number for number, rule in enumerate(made.entitlements)}
    if not asked:
        return []
    best = _best(asked, found, order)
    return [
        (
            rule,
            register,
            rows.join(
                best.filter(pl.col("group") == rule.group, pl.col("register") == register).drop(
                    "group", "register", "person"
                ),
                on="record",
                how="inner",
                maintain_order="left",
                validate="1:1",
            ).with_columns(
                status=pl.when("rival").then(pl.lit(VERIFY)).otherwise("status"),
            ),
        )
        for rule, register, rows in asked
    ]


def _held(rule: Entitlement, register: str, people: pl.DataFrame) -> pl.DataFrame:
    """The people a rule holds for, and those it cannot be decided for."""
    predicate = rule.predicate(register)
    own = [need for need in rule.needs if need.startswith(f"{register}.")]
    off = pl.col("absent").list.set_intersection(own).list.len() > 0
    if rule.evidence is not None:
        there = [need for need in rule.needs if need.startswith(f"{rule.evidence}.")]
        lacking = pl.col(f"{rule.evidence}_absent").list.set_intersection(there).list.len() > 0
        off = off | lacking.fill_null(False)
    holds = predicate.expression
    concerned = people.filter(holds.fill_null(True), off.not_())
    missing = [
        pl.when(pl.col(column).is_null()).then(pl.lit(column)) for column in predicate.columns
    ]
    nothing = pl.lit([], dtype=pl.List(pl.String))
    return concerned.with_columns(
        held=pl.when(holds).then(pl.lit("yes")).otherwise(pl.lit("open")),
        status=pl.when(holds).then(pl.lit(rule.status)).otherwise(pl.lit(VERIFY)),
        missing_columns=pl.when(holds)
        .then(nothing)
        .otherwise(pl.concat_list(missing).list.drop_nulls() if missing else nothing),
    )


def _best(
    asked: list[tuple[Entitlement, str, pl.DataFrame]], found: People, order: dict[str, int]
) -> pl.DataFrame:
    """One row a person: `person`, `register`, `record`, `group`, `other_groups`, `rival`."""
    every = pl.concat(
        rows.select(
            "person", "record", "status",
            register=pl.lit(register), group=pl.lit(rule.group),
            rank=pl.lit(order[rule.group]), base=pl.lit(BASES.index(register)), turn=pl.lit(rule.registers.index(register)),
        )
        for rule, register, rows in asked
    )  # fmt: skip
    ranked = every.sort(
        "person", pl.col("status").replace_strict(_RANK, return_dtype=pl.Int8), "rank", "turn"
    )
    best = ranked.unique("person", keep="first", maintain_order=True)
    others = (
        every.join(best.select("person", best="group"), on="person")
        .filter(pl.col("group") != pl.col("best"))
        .select("person", "group", "rank")
        .unique()
        .sort("person", "rank")
        .group_by("person", maintain_order=True)
        .agg(other_groups="group")
    )
    return (
        best.join(others, on="person", how="left", validate="1:1")
        .with_columns(pl.col("other_groups").fill_null(pl.lit([], dtype=pl.List(pl.String))))
        .pipe(_with_rivals, found)
        .select("person", "register", "record", "group", "other_groups", "rival")
    )


def _with_rivals(best: pl.DataFrame, found: People) -> pl.DataFrame:
    """`rival`: somebody before them on the list may be the same person."""
    place = best.sort(
        pl.col("status").replace_strict(_RANK, return_dtype=pl.Int8), "rank", "base", "record"
    ).select("person", place=pl.int_range(pl.len()))
    ahead = (
        found.loose.select("person", "other")
        .join(place, on="person")
        .join(place.rename({"person": "other", "place": "other_place"}), on="other")
        .filter(pl.col("other_place") < pl.col("place"))
        .get_column("person")
        .unique()
    )
    return best.with_columns(rival=pl.col("person").is_in(ahead.implode()))
