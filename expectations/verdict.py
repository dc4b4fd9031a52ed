"""What a validation returns, and how it is kept between runs."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import polars as pl

from expectations.rules import Rule, rules_for
from expectations.tally import VIOLATIONS


@dataclass(frozen=True)
class Verdict:
    """The outcome of one rule.

    Attributes:
        rule: the rule.
        success: it holds for at least `rule.mostly` of the rows it is about.
        unexpected: rows that break it.
        total: rows it is about.
        message: one Chinese sentence for the clerk; names files and record numbers, never a person.
        error: the check itself failed; `success` is then false and the counts are 0.
    """

    rule: Rule
    success: bool
    unexpected: int
    total: int
    message: str
    error: bool

    @property
    def blocking(self) -> bool:
        """Whether nothing downstream may use the data: a critical rule is broken, or the check itself failed."""
        return self.error or (self.rule.blocking and not self.success)


@dataclass(frozen=True, eq=False)
class Validation:
    """The outcome of one subject.

    Attributes:
        subject: what was judged.
        verdicts: one a rule, in the order of the numbers.
        violations: every row that breaks a rule (`tally.VIOLATIONS`), sorted; keys only, no personal data.
        result: Great Expectations' results as plain JSON, in the order of the rules, for Data Docs.
    """

    subject: str
    verdicts: tuple[Verdict, ...]
    violations: pl.DataFrame
    result: Mapping[str, Any] = field(repr=False)

    @property
    def success(self) -> bool:
        """Every rule holds and every check worked."""
        return all(verdict.success for verdict in self.verdicts)

    @property
    def blocked(self) -> bool:
        """Whether any verdict is blocking."""
        return any(verdict.blocking for verdict in self.verdicts)

    def to_json(self) -> dict[str, Any]:
        """Verdicts and results as plain JSON, so that another run can write Data Docs; violations go to Parquet."""
        return {
            "subject": self.subject,
            "verdicts": [
                {
                    "rule": verdict.rule.id,
                    "name": verdict.rule.name,
                    "severity": verdict.rule.severity,
                    "success": verdict.success,
                    "unexpected": verdict.unexpected,
                    "total": verdict.total,
                    "message": verdict.message,
                    "error": verdict.error,
                }
                for verdict in self.verdicts
            ],
            "result": dict(self.result),
        }

    @classmethod
    def from_json(
        cls, stored: Mapping[str, Any], violations: pl.DataFrame | None = None
    ) -> "Validation":
        """The validation that `to_json` wrote; rules are looked up in the registry by their number.

        Their weight is the stored one: the config may have given them another than the registry.

        Raises:
            ValueError: the subject is unknown.
            KeyError: a rule is no longer in the registry.
        """
        rules = {rule.id: rule for rule in rules_for(stored["subject"])}
        return cls(
            subject=stored["subject"],
            verdicts=tuple(
                Verdict(
                    rule=replace(rules[item["rule"]], severity=item["severity"]),
                    success=item["success"],
                    unexpected=item["unexpected"],
                    total=item["total"],
                    message=item["message"],
                    error=item["error"],
                )
                for item in stored["verdicts"]
            ),
            violations=pl.DataFrame(schema=VIOLATIONS) if violations is None else violations,
            result=stored["result"],
        )
