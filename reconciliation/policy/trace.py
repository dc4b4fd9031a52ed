"""For one record: which rules held, which did not, and which value decided.

What belongs here: asking every rule of the rulebook about one record. What does not: the words it is told in
(`reconciliation.publishing.rulebook_page`). The rules are asked by the expressions the judge uses, over the frame the judge makes.
"""

from dataclasses import dataclass, replace
from typing import Literal

import polars as pl

from reconciliation.policy.circumstances import circumstances
from reconciliation.policy.columns import RECORD_COLUMNS
from reconciliation.policy.evidence import Evidence, Rulebook, Side
from reconciliation.policy.findings import FindingsOf
from reconciliation.policy.grammar import Predicate, asked_for
from reconciliation.policy.judge import decided, judged_households
from reconciliation.policy.members import members
from reconciliation.policy.rules import Rule
from reconciliation.policy.wording import Wording
from reconciliation.registers.errors import UsageError

State = Literal["decides", "held", "excepted", "open", "not", "silent", "off"]


@dataclass(frozen=True)
class Asked:
    """What one rule says of the record.

    Attributes:
        rule: the rule.
        state: `decides`: it held and nothing comes before it; `held`: it held as well; `excepted`: it would hold, its
            `unless` leaves the record out; `open`: cannot be determined; `not`: it does not hold; `silent`: it speaks only
            where another is silent or open; `off`: a register or a column it needs is not there.
        values: the values that decided, by column: those that alone make the predicate what it is; of an open rule those
            that are unknown; of a rule that is off the registers and `register.field` columns it lacks, with no value.
        why: the sentence of the finding, where it held.
    """

    rule: Rule
    state: State
    values: dict[str, str]
    why: str = ""


@dataclass(frozen=True)
class Trace:
    """All rules that concern the record's register, in the rulebook's order, and the list the record is on."""

    register: Side
    record: int
    disposition: str
    county: str | None
    asked: tuple[Asked, ...]


def trace(evidence: Evidence, rulebook: Rulebook, register: Side, record: int) -> Trace:
    """Ask every rule about one record.

    Args:
        evidence: of the whole batch, or of the record's neighbourhood.
        rulebook: the whole rulebook.
        register: the record's.
        record: its number.

    Raises:
        UsageError: no such record, or it was rejected and never judged.
    """
    if record not in evidence.persons[register]["record"]:
        raise UsageError(
            f"{register} has no recorded row {record}; the numbers are in the column `record` of lists/*.parquet"
        )
    asking = _Asking(evidence, rulebook, register, record)
    concerned = (rule for rule in rulebook.policy.rules if register in rule.outcomes)
    return Trace(
        register,
        record,
        disposition=asking.decided["disposition"],
        county=asking.case["county"].item(),
        asked=tuple(asking.ask(rule) for rule in concerned),
    )


class _Asking:
    """One record with everything known of it."""

    def __init__(self, evidence: Evidence, rulebook: Rulebook, register: Side, record: int) -> None:
        self._policy = rulebook.policy.for_supplied(evidence.supplied)
        self._supplied = evidence.supplied
        self._wording = Wording(rulebook.labels)
        rules = replace(rulebook, policy=self._policy)
        people = members(evidence, rules)
        units = judged_households(people, rules)
        mine = pl.col("record") == record
        self.case = circumstances(evidence, people, units, rules, register).filter(mine)
        unit = units[register].filter(pl.col("unit") == self.case["unit"].item())
        self._absent = {
            *unit["absent"].item(),
            *(f"{register}.{field}" for field in self.case["absent_fields"].item()),
        }
        found = FindingsOf(rules, register).collect(self.case)
        self.decided = decided(found, rules, register).row(0, named=True)
        self._found: dict[str, str] = dict(found.select("rule", "why").iter_rows())

    def ask(self, rule: Rule) -> Asked:
        """What one rule says."""
        lacking = self._lacking(rule)
        if rule.rule in self._found:
            state: State = "decides" if rule.rule == self.decided["rule"] else "held"
            values = self._deciding(rule) if rule.scope in ("household", "record") else {}
            return Asked(rule, state, values, self._found[rule.rule])
        if rule.scope in ("undetermined", "no_rule"):
            return Asked(rule, "silent", {})
        if lacking:
            return Asked(rule, "off", dict.fromkeys(lacking, ""))
        holds = _is(self._policy.predicate(rule), self.case)
        exception = self._policy.exception(rule)
        if holds is not False and exception is not None and _is(exception, self.case):
            return Asked(rule, "excepted", self._values(exception))
        if holds is None:
            unknown = [
                column
                for column in self._policy.predicate(rule).columns
                if self.case[column].item() is None
            ]
            return Asked(rule, "open", self._told(unknown))
        return Asked(rule, "not", self._deciding(rule))

    def _lacking(self, rule: Rule) -> list[str]:
        """What is not there and would be needed; columns count where the rule turns on the household or the own row."""
        registers = [name for name in rule.needs_registers if name not in self._supplied]
        return registers + [need for need in rule.needs if need in self._absent]

    def _deciding(self, rule: Rule) -> dict[str, str]:
        return self._values(self._policy.predicate(rule))

    def _values(self, predicate: Predicate) -> dict[str, str]:
        return self._told(deciding_columns(predicate, self.case))

    def _told(self, columns: list[str]) -> dict[str, str]:
        shown = self.case.select(
            self._wording.value(column, self.case.schema).cast(pl.String).alias(column)
            for column in columns
        )
        return shown.row(0, named=True) if columns else {}


def _is(predicate: Predicate, case: pl.DataFrame) -> bool | None:
    answer: bool | None = case.select(predicate.expression.alias("is"))["is"].item()
    return answer


def deciding_columns(predicate: Predicate, case: pl.DataFrame) -> list[str]:
    """The columns whose values alone make a predicate true or false, in the order they are written in.

    Column after column, the last one first, is taken for unknown; where the answer stays, that column did not decide. What
    is left is as few columns as can be: with only their values known the answer is the same. (With three-valued logic a
    value made unknown can only make the answer unknown, unless IS NULL asks for it; such a column has to leave the answer as it
    is with any other code too.)

    Args:
        predicate: with an answer for the case.
        case: one row with its columns.
    """
    written = sorted(predicate.columns, key=predicate.text.find)
    answer, left = _is(predicate, case), case
    kept = []
    for column in reversed(written):
        others = [
            left.with_columns(pl.lit(value, dtype=case.schema[column]).alias(column))
            for value in _alternatives(column, predicate)
        ]
        if all(_is(predicate, other) is answer for other in others):
            left = others[0]
        else:
            kept.append(column)
    return kept[::-1]


def _alternatives(column: str, predicate: Predicate) -> list[str | None]:
    """What a value is exchanged for: unknown; where the predicate asks for unknown, also every code there is."""
    codes = RECORD_COLUMNS[column].values if column in asked_for(predicate) else ()
    return [None, *codes]
