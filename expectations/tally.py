"""One pass of polars over each unit: how many rows a rule is about, how many break it, and which.

What belongs here: counting and listing. What does not: the verdict, which Great Expectations gives (`judge.py`).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import polars as pl

from expectations.rule import Frames, Rule, Scope, Unit

VIOLATIONS = {
    "subject": pl.String,
    "rule": pl.String,
    "key": pl.String,
    "register": pl.String,
    "record": pl.Int64,
    "source_file": pl.String,
    "source_sheet": pl.String,
    "source_row": pl.Int64,
    "detail": pl.String,
}
"""Columns of the auditors' list. `key` says which row of the rule's unit it is (`record=12`, `household=3`), `detail` what
else is known of it without a cell (`record=7`: the row it repeats; `id_quality=malformed`), null where nothing is."""

_ORDER = ["subject", "rule", "register", "record", "key"]


@dataclass(frozen=True, eq=False)
class Tally:
    """What polars found for one rule.

    Attributes:
        rule: the rule.
        total: rows it is about.
        unexpected: rows that break it.
        column: what Great Expectations is to judge, one value a row of the unit.
        violations: the rows that break it (`VIOLATIONS`).
    """

    rule: Rule
    total: int
    unexpected: int
    column: pl.Series
    violations: pl.DataFrame


@dataclass(frozen=True)
class Failure:
    """A rule that could not be checked.

    Attributes:
        rule: the rule.
        reason: type of the exception; its text may quote cells of people, so it is dropped.
    """

    rule: Rule
    reason: str


def tally(rules: Sequence[Rule], frames: Frames, scope: Scope) -> list[Tally | Failure]:
    """Count every rule of one subject.

    Args:
        rules: rules of one subject.
        frames: the frames it is judged on.
        scope: register and date.

    Returns:
        One entry a rule, in the order given.
    """
    found: dict[str, Tally | Failure] = {}
    for unit in _units(rules):
        asked = [rule for rule in rules if rule.unit.name == unit.name]
        try:
            frame = unit.build(frames, scope)
        except Exception as error:
            found |= {rule.id: Failure(rule, type(error).__name__) for rule in asked}
            continue
        try:
            counted: list[Tally | Failure] = list(_count(asked, frame, frames, scope))
        except Exception:
            counted = [_count_alone(rule, frame, frames, scope) for rule in asked]
        found |= {rule.id: result for rule, result in zip(asked, counted, strict=True)}
    return [found[rule.id] for rule in rules]


def _units(rules: Iterable[Rule]) -> list[Unit]:
    """The units of the rules, each once, in the order of the first rule that asks it."""
    return list({rule.unit.name: rule.unit for rule in rules}.values())


def _count_alone(rule: Rule, frame: pl.DataFrame, frames: Frames, scope: Scope) -> Tally | Failure:
    """One rule by itself, so that one that breaks does not take its neighbours along."""
    try:
        return _count([rule], frame, frames, scope)[0]
    except Exception as error:
        return Failure(rule, type(error).__name__)


def _count(rules: Sequence[Rule], frame: pl.DataFrame, frames: Frames, scope: Scope) -> list[Tally]:
    """All rules of one unit in one pass."""
    columns: dict[str, pl.Expr] = {}
    for rule in rules:
        columns[f"{rule.id} column"] = rule.condition.column()
        columns[f"{rule.id} counts"] = rule.condition.counts()
        columns[f"{rule.id} breaks"] = rule.condition.breaks()
    computed = frame.with_columns(**columns).select(*columns)
    return [
        Tally(
            rule=rule,
            total=int(computed[f"{rule.id} counts"].sum()),
            unexpected=int(computed[f"{rule.id} breaks"].sum()),
            column=computed[f"{rule.id} column"],
            violations=_violations(
                rule, frame.filter(computed[f"{rule.id} breaks"]), frames, scope
            ),
        )
        for rule in rules
    ]


def _violations(rule: Rule, broken: pl.DataFrame, frames: Frames, scope: Scope) -> pl.DataFrame:
    """The broken rows in the columns of the auditors' list."""
    keys = [pl.format("{}={}", pl.lit(name), pl.col(name)) for name in rule.unit.keys]
    pointer = pl.lit(None, pl.String)
    if rule.pointer is not None:
        pointer = pl.format("{}={}", pl.lit(rule.pointer), pl.col(rule.pointer))
    key = pl.concat_str(keys, separator=" ", ignore_nulls=True) if keys else pl.lit("")
    blank = {
        name: pl.lit(None, VIOLATIONS[name]) for name in VIOLATIONS if name not in broken.columns
    }
    listed = (
        broken.with_columns(**{**blank, "key": key, "detail": pointer})
        .with_columns(
            subject=pl.lit(rule.subject),
            rule=pl.lit(rule.id),
            register=pl.col("register").fill_null(pl.lit(scope.register, pl.String)),
        )
        .select(pl.col(name).cast(dtype) for name, dtype in VIOLATIONS.items())
    )
    return _located(listed, frames).sort(_ORDER)


def _located(violations: pl.DataFrame, frames: Frames) -> pl.DataFrame:
    """Where the record was received, filled in where the subject has the records at hand."""
    source = ("source_file", "source_sheet", "source_row")
    if "records" not in frames or violations.is_empty():
        return violations
    if violations["source_file"].is_not_null().any():
        return violations
    places = (
        frames["records"]
        .select("record", *source)
        .join(violations, on="record", how="semi")
        .unique("record", keep="first", maintain_order=True)
    )
    return violations.drop(source).join(places, on="record", how="left").select(*VIOLATIONS)
