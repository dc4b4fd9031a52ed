"""Applying the rulebook: which rule holds for a household, which for a record, and what cannot be decided.

What belongs here: three-valued evaluation and switching off. What does not: the sentences (`wording.py`) and which of a record's
outcomes decides (`judge.py`).
"""

import polars as pl

from reconciliation.policy.rules import Policy, Rule

YES, OPEN = "yes", "open"


def decide_households(units: pl.DataFrame, policy: Policy) -> pl.DataFrame:
    """The one rule of the household table that holds for each unit.

    A rule is off for a household whose files all lack a column it needs; a value that is merely blank leaves it open.

    Args:
        units: as `reconciliation.policy.households.households` gives them for one register.
        policy: the rulebook.

    Returns:
        `units` with `household_rule` (its number, "" where none holds), `undetermined` (Boolean: none holds and at least
        one is open) and `missing_columns` (List(String): the unknown columns the open rules turn on).
    """
    rules = policy.of("household")
    lacking = pl.col("absent").list.join(" ").alias("lacking")
    units = units.with_columns(lacking)
    lacks = units["lacking"].unique().sort()
    held = units.with_columns(
        _held(rule, policy, lacks).alias(f"held_{rule.rule}") for rule in rules
    )
    chosen = pl.coalesce(
        pl.when(pl.col(f"held_{rule.rule}")).then(pl.lit(rule.rule)) for rule in rules
    )
    any_open = pl.any_horizontal(pl.col(f"held_{rule.rule}").is_null() for rule in rules)
    none = pl.lit([], dtype=pl.List(pl.String))
    decided = held.with_columns(
        household_rule=chosen.fill_null(""), undetermined=chosen.is_null() & any_open
    )
    gaps = decided.filter("undetermined").select(
        "unit",
        missing_columns=pl.concat_list(
            _gaps(policy.predicate(rule).columns, pl.col(f"held_{rule.rule}").is_null())
            for rule in rules
        ).list.set_difference(_not_concerned()),
    )
    return (
        decided.drop("lacking", *(f"held_{rule.rule}" for rule in rules))
        .join(gaps, on="unit", how="left", maintain_order="left")
        .with_columns(pl.col("missing_columns").fill_null(none))
    )


def _not_concerned() -> pl.Expr:
    """脱贫属性 is no gap of a household that is not on the poverty list."""
    on_list = pl.col("status").is_in(["both", "poverty_only"])
    return pl.when(on_list).then(pl.lit([], dtype=pl.List(pl.String))).otherwise(["lift_status"])


def _held(rule: Rule, policy: Policy, lacks: pl.Series) -> pl.Expr:
    """Whether a rule holds; false where the household's files lack a column it needs.

    `lacks`: the few different sets of columns that households lack, each as one text, as in their column `lacking`.
    """
    off = [text for text in lacks if set(text.split(" ")) & set(rule.needs)]
    holds = policy.predicate(rule).expression
    return pl.when(pl.col("lacking").is_in(off)).then(False).otherwise(holds) if off else holds


def records_held(cases: pl.DataFrame, rule: Rule, policy: Policy) -> pl.DataFrame:
    """The records a rule of scope `record` or `no_rule` holds for, and those for which it cannot be decided.

    Args:
        cases: as `reconciliation.policy.circumstances.circumstances` gives them.
        rule: the rule.
        policy: its rulebook.

    Returns:
        The rows of `cases` concerned, with `held` (`yes`, `open`) and `missing_columns` (List(String), of open rows).
    """
    predicate = policy.predicate(rule)
    concerned = cases.filter(predicate.expression.fill_null(True)).filter(
        not_excepted(rule, policy)
    )
    state = pl.when(predicate.expression).then(pl.lit(YES)).otherwise(pl.lit(OPEN))
    return concerned.with_columns(
        held=state, missing_columns=_gaps(predicate.columns, predicate.expression.is_null())
    )


def not_excepted(rule: Rule, policy: Policy) -> pl.Expr:
    """Records the rule's `unless` leaves in; an exception that cannot be decided does not except."""
    exception = policy.exception(rule)
    return pl.lit(True) if exception is None else exception.expression.fill_null(False).not_()


def _gaps(columns: tuple[str, ...], concerned: pl.Expr) -> pl.Expr:
    """The names of those columns that are unknown, where `concerned`."""
    return pl.concat_list(
        pl.when(concerned & pl.col(column).is_null()).then(pl.lit(column)) for column in columns
    ).list.drop_nulls()
