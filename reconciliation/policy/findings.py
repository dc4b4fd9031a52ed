"""Rules that hold become findings: one row a record and rule, with its sentence.

What belongs here: collecting and wording findings of one register. What does not: whether a rule holds (`firing.py`) and which
finding decides (`judge.py`).
"""

from collections.abc import Iterator

import polars as pl

from reconciliation.policy.evidence import Rulebook, Side
from reconciliation.policy.firing import OPEN, YES, not_excepted, records_held
from reconciliation.policy.rules import Rule
from reconciliation.policy.wording import Wording

FINDINGS_SCHEMA: dict[str, pl.DataType | type[pl.DataType]] = {
    "register": pl.String,
    "record": pl.Int64,
    "rule": pl.String,
    "disposition": pl.String,
    "owner": pl.String,
    "evidence": pl.String,
    "why": pl.String,
}


def worded_households(units: pl.DataFrame, rulebook: Rulebook) -> pl.DataFrame:
    """Add the sentence and the deciding values of each unit's outcome, written once a household.

    Args:
        units: households with `household_rule` and `missing_columns`.
        rulebook: rules and wording.

    Returns:
        `units` with `missing` (Chinese), `household_why`, `household_evidence`; in another order.
    """
    policy, wording = rulebook.policy, Wording(rulebook.labels)
    cells = [(rule.rule, rule) for rule in policy.of("household")] + [("", policy.undetermined)]

    def told(number: str) -> pl.DataFrame:
        # Where a rule holds nothing is missing.
        missing = pl.lit("") if number else wording.missing(pl.col("missing_columns"))
        return units.filter(pl.col("household_rule") == number).with_columns(missing=missing)

    return pl.concat(
        mine.with_columns(
            household_why=wording.why(rule.why, mine),
            household_evidence=wording.evidence(policy.predicate(rule), mine),
        )
        for number, rule in cells
        if not (mine := told(number)).is_empty() or not number
    )


class FindingsOf:
    """The findings of one register, from the frame `circumstances` makes."""

    def __init__(self, rulebook: Rulebook, register: Side) -> None:
        """Take what decides and words them."""
        self._policy = rulebook.policy
        self._wording = Wording(rulebook.labels)
        self._register = register

    def collect(self, cases: pl.DataFrame) -> pl.DataFrame:
        """All findings: of the household table, of what cuts across, and of those nothing else was said of.

        Args:
            cases: one row a record.

        Returns:
            Columns of `FINDINGS_SCHEMA`, one row a record and rule.
        """
        found = [*self._of_households(cases), *self._of_records(cases)]
        spoken = pl.concat([pl.DataFrame(schema=FINDINGS_SCHEMA), *found])
        unspoken = cases.select("record").join(spoken, on="record", how="anti")
        silent = cases.join(unspoken, on="record", how="semi")
        return pl.concat([spoken, *self._of_silent(silent)]).pipe(self._once)

    def _once(self, findings: pl.DataFrame) -> pl.DataFrame:
        """The undetermined rule may speak for several others; what it says of the household, or first, stands."""
        often = pl.col("rule") == self._policy.undetermined.rule
        return pl.concat(
            [
                findings.filter(often.not_()),
                findings.filter(often).unique("record", keep="first", maintain_order=True),
            ]
        )

    def _concerning(self, *rules: Rule) -> Iterator[Rule]:
        return (rule for rule in rules if self._register in rule.outcomes)

    def _of_households(self, cases: pl.DataFrame) -> Iterator[pl.DataFrame]:
        """The household's outcome handed down to its members."""
        chosen = pl.col("household_rule")
        for rule in self._concerning(*self._policy.of("household")):
            yield self._handed_down(cases, chosen == rule.rule, rule)
        yield self._handed_down(cases, pl.col("undetermined"), self._policy.undetermined)

    def _handed_down(self, cases: pl.DataFrame, concerned: pl.Expr, rule: Rule) -> pl.DataFrame:
        mine = cases.lazy().filter(concerned & not_excepted(rule, self._policy))
        values = {"evidence": pl.col("household_evidence"), "why": pl.col("household_why")}
        return self._rows(mine, rule, **values).collect()

    def _of_records(self, cases: pl.DataFrame) -> Iterator[pl.DataFrame]:
        """Where a rule cannot be decided for a record, the undetermined rule speaks in its place."""
        for rule in self._concerning(*self._policy.of("record")):
            held = records_held(cases, rule, self._policy)
            yield self._said(held.filter(pl.col("held") == YES), rule)
            undecided = held.filter(pl.col("held") == OPEN)
            missing = self._wording.missing(pl.col("missing_columns"))
            yield self._said(undecided.with_columns(missing=missing), self._policy.undetermined)

    def _of_silent(self, silent: pl.DataFrame) -> Iterator[pl.DataFrame]:
        for rule in self._concerning(*self._policy.of("no_rule")):
            yield self._said(records_held(silent, rule, self._policy), rule)

    def _said(self, rows: pl.DataFrame, rule: Rule) -> pl.DataFrame:
        if rows.is_empty():
            return pl.DataFrame(schema=FINDINGS_SCHEMA)
        evidence = self._wording.evidence(self._policy.predicate(rule), rows)
        why = self._wording.why(rule.why, rows)
        return self._rows(rows.lazy(), rule, evidence=evidence, why=why).collect()

    def _rows(
        self, rows: pl.LazyFrame, rule: Rule, *, evidence: pl.Expr, why: pl.Expr
    ) -> pl.LazyFrame:
        outcome = rule.outcomes[self._register]
        owner = pl.lit(outcome.owner)
        if outcome.list == "correct":
            # Whose field is wrong is not known: both offices look.
            nobody_knows = pl.col("fault_unknown") & pl.col("own_field_wrong").not_()
            owner = pl.when(nobody_knows).then(pl.lit("both")).otherwise(owner)
        return rows.select(
            register=pl.lit(self._register),
            record="record",
            rule=pl.lit(rule.rule),
            disposition=pl.lit(outcome.list),
            owner=owner,
            evidence=evidence,
            why=why,
        )
