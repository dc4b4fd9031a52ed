"""What changed between two releases: who came onto another list, by which rule, and which values were others.

What belongs here: matching the people of two releases and comparing what became of them. What does not: reading releases and
the words it is told in. People are matched by their case; where the releases share no case (two outputs that know nothing of each
other) by what their rows say, as the ledger does from batch to batch.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import polars as pl

from reconciliation.ledger.carry import carry

CAME, LEFT, MOVED, STAYED = "came", "left", "moved", "stayed"
VALUES: Final = (
    "status", "lift_status", "dibao_income", "poverty_income", "dibao_line", "poverty_line", "long_term", "single_cover",
    "members", "linked_members",
)  # fmt: skip
"""The columns of `households` that are compared."""
TIER: Final = "tier"
"""The tier of the record's link to the other register, compared beside them."""
_SAID: Final = ("disposition", "rule", "rules", "why")
_PAIR: Final = {"register": pl.String, "record_before": pl.Int64, "record": pl.Int64}


@dataclass(frozen=True)
class Published:
    """What one release says of everybody, as in docs/frames.md.

    Attributes:
        dispositions: of both registers.
        households: of both registers.
        links: with `tier`.
        cases: who is who over the batches.
        persons: `persons_<register>` by register.
    """

    dispositions: pl.DataFrame
    households: pl.DataFrame
    links: pl.DataFrame
    cases: pl.DataFrame
    persons: Mapping[str, pl.DataFrame]


def difference(before: Published, after: Published) -> pl.DataFrame:
    """Compare two releases person by person.

    Args:
        before: the earlier release.
        after: the later one.

    Returns:
        Everybody of either release, one row a person and register: `register`, `record_before`, `record` (null: not on the
        register in that release), `change` (`came`, `left`, `moved`: another list or another deciding rule, `stayed`), then
        `disposition`, `rule`, `why` of after and `…_before` of before, `new_rules` and `gone_rules` (List(String): fired in
        one of the two only), `changed` (List(String): names of `VALUES` and `tier` that differ, of people in both), and each
        of these values with its `…_before`. Sorted by register, record, record_before.
    """
    pairs = _pairs(before, after)
    old = _told(before).rename(lambda name: name if name == "register" else f"{name}_before")
    now = _told(after)
    both = (
        pairs.join(old, on=["register", "record_before"], validate="1:1")
        .join(now, on=["register", "record"], validate="1:1")
    )  # fmt: skip
    left = old.join(pairs, on=["register", "record_before"], how="anti")
    came = now.join(pairs, on=["register", "record"], how="anti")
    return (
        pl.concat([both, left, came], how="diagonal")
        .with_columns(change=_change(), changed=_changed(), **_rules())
        .select(
            "register", "record_before", "record", "change",
            *(name for said in ("disposition", "rule", "why") for name in (f"{said}_before", said)),
            "new_rules", "gone_rules", "changed",
            *(name for value in (*VALUES, TIER) for name in (f"{value}_before", value)),
        )
        .sort("register", "record", "record_before", nulls_last=True)
    )  # fmt: skip


def _pairs(before: Published, after: Published) -> pl.DataFrame:
    """`register`, `record_before`, `record`: the same person; one-to-one."""
    keys = ["case_key", "register"]
    old = before.cases.drop_nulls("record").select(*keys, record_before="record")
    by_case = old.join(
        after.cases.drop_nulls("record").select(*keys, "record"), on=keys, validate="1:1"
    ).select(*_PAIR)
    if not by_case.is_empty():
        return by_case
    return pl.concat(
        [
            pl.DataFrame(schema=_PAIR),
            *(
                carry(before.persons[register], after.persons[register])
                .with_columns(register=pl.lit(register))
                .select(*_PAIR)
                for register in sorted(before.persons.keys() & after.persons.keys())
            ),
        ]
    )


def _told(published: Published) -> pl.DataFrame:
    """`register`, `record`, what became of the record, and the values it is compared by."""
    homes = pl.concat(
        persons.select(pl.lit(register).alias("register"), "record", "household")
        for register, persons in sorted(published.persons.items())
    )
    tiers = pl.concat(
        published.links.filter(pl.col("tier") != "possible").select(
            pl.lit(register).alias("register"), pl.col(f"{register}_record").alias("record"), TIER
        )
        for register in ("dibao", "poverty")
    )
    keys = ["register", "record"]
    return (
        published.dispositions.select(*keys, *_SAID)
        .join(homes, on=keys, validate="1:1")
        .join(
            published.households.select("register", "household", *VALUES),
            on=["register", "household"],
            how="left",
            validate="m:1",
        )
        .join(tiers, on=keys, how="left", validate="1:1")
        .drop("household")
    )


def _change() -> pl.Expr:
    another = (pl.col("disposition") != pl.col("disposition_before")) | (
        pl.col("rule") != pl.col("rule_before")
    )
    return (
        pl.when(pl.col("record_before").is_null())
        .then(pl.lit(CAME))
        .when(pl.col("record").is_null())
        .then(pl.lit(LEFT))
        .when(another)
        .then(pl.lit(MOVED))
        .otherwise(pl.lit(STAYED))
    )


def _changed() -> pl.Expr:
    in_both = pl.col("record").is_not_null() & pl.col("record_before").is_not_null()
    return pl.concat_list(
        pl.when(in_both & pl.col(value).ne_missing(pl.col(f"{value}_before"))).then(pl.lit(value))
        for value in (*VALUES, TIER)
    ).list.drop_nulls()


def _rules() -> dict[str, pl.Expr]:
    none = pl.lit([], dtype=pl.List(pl.String))
    now, old = pl.col("rules").fill_null(none), pl.col("rules_before").fill_null(none)
    return {
        "new_rules": now.list.set_difference(old).list.sort(),
        "gone_rules": old.list.set_difference(now).list.sort(),
    }


def moves(rows: pl.DataFrame) -> pl.DataFrame:
    """How many came from which list and rule onto which.

    Args:
        rows: as `difference` gives them.

    Returns:
        `register`, `change`, `disposition_before`, `rule_before`, `disposition`, `rule`, `people` (Int64), without those
        who stayed; the most first.
    """
    keys = ["register", "change", "disposition_before", "rule_before", "disposition", "rule"]
    return (
        rows.filter(pl.col("change") != STAYED)
        .group_by(keys)
        .agg(pl.len().cast(pl.Int64).alias("people"))
        .sort("people", *keys, descending=[True, *[False] * len(keys)], nulls_last=True)
    )


def reasons(rows: pl.DataFrame) -> pl.DataFrame:
    """Of those who came onto another list or rule: which values were others, and which rules began or ceased to hold.

    Args:
        rows: as `difference` gives them.

    Returns:
        `register`, `disposition_before`, `disposition`, `kind` (`value`, `new_rule`, `gone_rule`, `nothing`: neither, so that
        the config must have changed), `name` (the value or the rule; null of `nothing`), `people` (Int64); a person counts
        for each of them.
    """
    keys = ["register", "disposition_before", "disposition"]
    gone = rows.filter(pl.col("change") == MOVED)
    parts = [
        gone.select(*keys, pl.lit(kind).alias("kind"), pl.col(column).alias("name"))
        .explode("name")
        .drop_nulls("name")
        for kind, column in (
            ("value", "changed"),
            ("new_rule", "new_rules"),
            ("gone_rule", "gone_rules"),
        )
    ]
    still = gone.filter(
        pl.all_horizontal(
            pl.col(column).list.len() == 0 for column in ("changed", "new_rules", "gone_rules")
        )
    ).select(
        *keys,
        pl.lit("nothing").alias("kind"),
        pl.lit(None, dtype=pl.String).alias("name"),
    )
    return (
        pl.concat([*parts, still])
        .group_by(*keys, "kind", "name")
        .agg(pl.len().cast(pl.Int64).alias("people"))
        .sort(*keys, "people", "kind", "name", descending=[False] * 3 + [True, False, False])
    )
