"""From links to one disposition a record: the stage as a whole.

What belongs here: the order of the steps and the frames of docs/frames.md. What does not: any single fact (`members.py`,
`households.py`, `circumstances.py`) or rule (`config/policy.yaml`).

Where a file lacks a whole column, the rules that need it are off for its households (`switched_off` names them). What can
still be said is said; a record that no rule speaks about is kept where it is on both registers and left alone where it is
on one (scope `no_rule`): an inclusion or exit is never proposed without the value that decides it.
"""

from dataclasses import dataclass
from typing import Final

import polars as pl

from reconciliation.policy.circumstances import circumstances
from reconciliation.policy.evidence import OTHER, Evidence, Rulebook, Side
from reconciliation.policy.findings import FindingsOf, worded_households
from reconciliation.policy.firing import decide_households
from reconciliation.policy.households import households
from reconciliation.policy.members import members
from reconciliation.policy.switches import switched_off

_HOUSEHOLD: Final = (
    "register", "household", "members", "linked_members", "counterpart", "status", "lift_status", "income_band", "income",
    "dibao_income", "poverty_income", "lowest_income", "highest_income", "dibao_line", "poverty_line", "long_term",
    "single_cover", "outcome",
)  # fmt: skip


@dataclass(frozen=True)
class Judgement:
    """The outcome of the policy; shapes in docs/frames.md.

    Attributes:
        households: the unit of the decision, both registers.
        findings: one row a register, record and rule.
        dispositions: exactly one row a recorded row of either register.
        switched_off: `register`, `source_file`, `field`, `rules`: rules that could not be asked (see `switches.py`).
    """

    households: pl.DataFrame
    findings: pl.DataFrame
    dispositions: pl.DataFrame
    switched_off: pl.DataFrame


def judge(evidence: Evidence, rulebook: Rulebook) -> Judgement:
    """Apply the rulebook to the frames.

    Args:
        evidence: the frames of the stages before.
        rulebook: rules, thresholds, codes, wording, as-of date.

    Returns:
        The judgement; every frame sorted by its key.
    """
    policy = rulebook.policy.for_supplied(evidence.supplied)
    rules = Rulebook(policy, rulebook.thresholds, rulebook.codes, rulebook.labels, rulebook.batch)
    people = members(evidence, rules)
    units = judged_households(people, rules)
    parts = [
        _judge_register(evidence, people, units, rules, register) for register in sorted(OTHER)
    ]
    findings, dispositions = (pl.concat(frames) for frames in zip(*parts, strict=True))
    return Judgement(
        households=_household_frame(units, policy.undetermined.rule),
        findings=findings,
        dispositions=dispositions,
        switched_off=switched_off(evidence, rulebook.policy),
    )


def judged_households(
    people: dict[Side, pl.DataFrame], rulebook: Rulebook
) -> dict[Side, pl.DataFrame]:
    """The households of both registers with their outcome and its sentence, by register.

    Args:
        people: as `reconciliation.policy.members.members` gives them.
        rulebook: without the rules whose registers were not supplied.
    """
    return {
        register: decide_households(frame, rulebook.policy).pipe(worded_households, rulebook)
        for register, frame in households(people, rulebook).items()
    }


def _judge_register(
    evidence: Evidence,
    people: dict[Side, pl.DataFrame],
    units: dict[Side, pl.DataFrame],
    rulebook: Rulebook,
    register: Side,
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Findings and dispositions of one register."""
    cases = circumstances(evidence, people, units, rulebook, register)
    findings = FindingsOf(rulebook, register).collect(cases)
    by_number = findings.pipe(_sorted_by_rule, sorted(rule.rule for rule in rulebook.policy.rules))
    return by_number, decided(by_number, rulebook, register)


def _sorted_by_rule(findings: pl.DataFrame, order: list[str]) -> pl.DataFrame:
    """By record, then by the place of the rule in `order`; one whole number to sort by is several times faster."""
    places = dict(zip(order, range(len(order)), strict=True))
    place = pl.col("rule").replace_strict(places, return_dtype=pl.Int64)
    return findings.sort(pl.col("record") * len(order) + place)


def decided(findings: pl.DataFrame, rulebook: Rulebook, register: str) -> pl.DataFrame:
    """`dispositions` of docs/frames.md of one register, without source columns.

    One row a record: the finding that comes first decides, the others are named. `findings` are sorted by record.
    """
    ranking = [rule.rule for rule in rulebook.policy.ranking(register)]
    record = pl.col("record")
    several = (record == record.shift(-1)) | (record == record.shift(1))
    marked = findings.with_columns(_several=several.fill_null(False))
    of_several = (
        marked.filter("_several")
        .pipe(_sorted_by_rule, ranking)
        .group_by("record", maintain_order=True)
        .agg(
            pl.col("register", "disposition", "owner", "why", "rule").first(),
            pl.col("rule").alias("rules"),
        )
    )
    # Nearly all records have one finding: nothing to group.
    single = marked.filter(pl.col("_several").not_()).with_columns(rules=pl.concat_list("rule"))
    columns = ("register", "record", "disposition", "rule", "rules", "owner", "why")
    return (
        pl.concat([of_several.select(columns), single.select(columns)])
        .sort("record")
        .select(*columns[:5], pl.col("rules").list.slice(1).alias("other_rules"), "owner", "why")
    )


def _household_frame(units: dict[Side, pl.DataFrame], undetermined: str) -> pl.DataFrame:
    """`households` of docs/frames.md; of a household in two units the rural one stands for it."""
    low, high = (
        pl.min_horizontal("dibao_line", "poverty_line"),
        pl.max_horizontal("dibao_line", "poverty_line"),
    )
    lines = pl.col("dibao_line").is_not_null() & pl.col("poverty_line").is_not_null()
    band = (
        pl.when(pl.col("income").is_null() | lines.not_())
        .then(pl.lit("unknown"))
        .when(pl.col("highest_income") < low)
        .then(pl.lit("below_both"))
        .when(pl.col("lowest_income") >= high)
        .then(pl.lit("at_least_both"))
        .when((pl.col("lowest_income") >= low) & (pl.col("highest_income") < high))
        .then(pl.lit("between"))
        .otherwise(pl.lit("contradictory"))
    )
    frames = [
        frame.sort("unit", descending=True)
        .unique("household", keep="first", maintain_order=True)
        .with_columns(
            register=pl.lit(register),
            income_band=band,
            outcome=pl.when("undetermined")
            .then(pl.lit(undetermined))
            .when(pl.col("household_rule") != "")
            .then("household_rule"),
        )
        .select(_HOUSEHOLD)
        for register, frame in units.items()
    ]
    return pl.concat(frames).sort("register", "household")
