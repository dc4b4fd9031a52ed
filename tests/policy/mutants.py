"""Rulebooks with one mistake: a sign turned round, another line or income column, a NOT lost or set, another list.

What belongs here: making the mistakes, and telling which of them the decision table notices. A mistake is noticed when the
project refuses to load it, or when a row of the table comes to another list or another rule.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import polars as pl
import pytest
import yaml

from reconciliation.policy import rules as rules_module
from reconciliation.policy.circumstances import circumstances
from reconciliation.policy.columns import RECORD_COLUMNS
from reconciliation.policy.evidence import Evidence, Rulebook, Side
from reconciliation.policy.findings import FindingsOf
from reconciliation.policy.firing import decide_households
from reconciliation.policy.judge import decided, judged_households
from reconciliation.policy.members import members
from reconciliation.policy.rules import Policy
from reconciliation.registers.errors import ConfigurationError
from reconciliation.registers.schema import LISTS
from tests.policy.decisions.table import Province
from tests.policy.world import CONFIG

_TURNED = {"<": ">=", ">=": "<", "<=": ">", ">": "<=", "=": "<>", "<>": "="}
_SWAPPED = {
    "dibao_line": "poverty_line", "poverty_line": "dibao_line", "lowest_income": "highest_income",
    "highest_income": "lowest_income",
}  # fmt: skip
_SIGN = re.compile(r"<=|>=|<>|=|<|>")
_COLUMN = re.compile(r"\b(dibao_line|poverty_line|lowest_income|highest_income)\b")
_NOT = re.compile(r"\bNOT (?!NULL)")
_FLAGS = "|".join(name for name, column in RECORD_COLUMNS.items() if column.dtype == pl.Boolean)
_FLAG = re.compile(rf"(?<!NOT )\b({_FLAGS})\b(?! IS)")


NO_MISTAKE = {
    ("C18b", "when", "OR (highest_income >= dibao_line AND lowest_income < poverty_line AND highest_income >="),
    ("C3s", "when", "household_rule = 'C4' AND highest_income >= dibao_line"),
    ("C3s", "when", "household_rule = 'C4' AND lowest_income >= poverty_line AND lowest_income >= poverty_line"),
    ("C4b", "list dibao", ""),
    ("C13", "list poverty", ""),
}  # fmt: skip
"""Changes that change nothing. C18b: with the lowest figure under the dibao line the first part of the rule holds already. C3s: a
household of C4 lies over the dibao line. C4b and C13: those outcomes never decide (C11 or C14, and C10, always come first)."""


@dataclass(frozen=True)
class Mutant:
    """One mistake: the rule, the key of it, and what stands there instead."""

    rule: str
    key: str
    value: str

    @property
    def changes_nothing(self) -> bool:
        """Whether it says the same in other words."""
        written = " ".join(self.value.split())
        return any(
            (rule, key) == (self.rule, self.key) and part in written
            for rule, key, part in NO_MISTAKE
        )

    def rulebook(self, text: str) -> dict[str, Any]:
        """The rulebook as data, with the mistake."""
        data: dict[str, Any] = yaml.safe_load(text)
        for rule in data["rules"]:
            if rule["rule"] == self.rule:
                where, _, register = self.key.partition(" ")
                if where == "list":
                    # Anchors of the file are one object: the others must keep theirs.
                    rule["outcomes"] = {side: {**said} for side, said in rule["outcomes"].items()}
                    rule["outcomes"][register]["list"] = self.value
                else:
                    rule[where] = self.value
        return data


def mutants(policy: Policy) -> Iterator[Mutant]:
    """Every mistake of every rule."""
    for rule in policy.rules:
        for key in ("when", "unless"):
            text = getattr(rule, key)
            if text is None or text == "TRUE":
                continue
            for pattern, changed in (
                (_SIGN, _TURNED.get), (_COLUMN, _SWAPPED.get), (_NOT, lambda _: ""), (_FLAG, lambda flag: f"NOT {flag}"),
            ):  # fmt: skip
                for found in pattern.finditer(text):
                    other = text[: found.start()] + str(changed(found[0])) + text[found.end() :]
                    yield Mutant(rule.rule, key, other)
        for register, outcome in rule.outcomes.items():
            other_list = LISTS[(LISTS.index(outcome.list) + 1) % len(LISTS)]
            yield Mutant(rule.rule, f"list {register}", other_list)


class Bench:
    """The decision table, judged again with a mistake; what the mistake cannot touch is made once."""

    def __init__(self, province: Province) -> None:
        self._text = (CONFIG / "policy.yaml").read_text("utf-8")
        self._province = province
        self._rules = province.rulebook()
        self._evidence: Evidence = province.evidence()
        self._policy = self._rules.policy
        self._people = members(self._evidence, self._rules)
        self._units = judged_households(self._people, self._rules)
        self._cases = {side: self._case(self._rules, side) for side in self._people}
        self._right = {side: self._judged(self._rules, side) for side in self._people}

    def notices(self, mutant: Mutant, monkeypatch: pytest.MonkeyPatch) -> str:
        """`table` or `load`: what notices the mistake; empty where nothing does."""
        data = mutant.rulebook(self._text)
        with monkeypatch.context() as unchecked:
            unchecked.setattr(rules_module, "check_coverage", lambda *_: None)
            unchecked.setattr(rules_module, "check_equal_precedence", lambda *_: None)
            wrong = replace(self._rules, policy=Policy.model_validate(data))
        if self._table_fails(mutant, wrong):
            return "table"
        try:
            Policy.model_validate(data)
        except (ValueError, ConfigurationError):
            return "load"
        return ""

    def _table_fails(self, mutant: Mutant, wrong: Rulebook) -> bool:
        rule = next(rule for rule in wrong.policy.rules if rule.rule == mutant.rule)
        of_household = rule.scope == "household"
        if of_household and mutant.key == "when":
            # The rest of the judgement follows from the one rule of each household.
            return any(
                not decide_households(self._units[side].select(self._bare(side)), wrong.policy)
                .get_column("household_rule")
                .equals(self._units[side].get_column("household_rule"))
                for side in self._people
            )
        for side in rule.outcomes:
            cases = self._cases[side]
            if self._judged(wrong, side, cases) != self._right[side]:
                return True
        return False

    def _bare(self, side: Side) -> list[str]:
        """The columns of a unit before it was decided."""
        decision = {
            "household_rule",
            "undetermined",
            "missing_columns",
            "missing",
            "household_why",
            "household_evidence",
        }
        return [name for name in self._units[side].columns if name not in decision]

    def _case(self, rules: Rulebook, side: Side) -> Any:
        return circumstances(self._evidence, self._people, self._units, rules, side)

    def _judged(
        self, rules: Rulebook, side: Side, cases: Any = None
    ) -> list[tuple[str, str] | None]:
        found = FindingsOf(rules, side).collect(self._cases[side] if cases is None else cases)
        rows = decided(found.sort("record"), rules, side)
        said = {
            record: (name, rule)
            for record, name, rule in rows.select("record", "disposition", "rule").iter_rows()
        }
        return [
            said.get(record) for register, record in self._province.looked_at if register == side
        ]
