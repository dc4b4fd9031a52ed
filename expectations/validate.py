"""The verdict on one subject: polars counts and lists, Great Expectations judges, this module words the outcome.

What belongs here: the one function the assets call, and the Chinese sentence of each verdict. What does not: which rules
there are (`rules.py`), how they are counted (`tally.py`) and judged (`judge.py`).

A rule that cannot be computed, that Great Expectations raised on, or on which the two counts differ, is an error: the check
itself failed. It is neither passed nor broken, and the caller must treat it as an error whatever the rule's severity.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

import polars as pl

from expectations.conditions import Between
from expectations.judge import Judgement, Wording, judge
from expectations.rules import Rule, Scope, Severity, frames_for, rules_for, scope_of
from expectations.tally import VIOLATIONS, Failure, Tally, tally
from expectations.verdict import Validation, Verdict
from reconciliation.registers.labels import Labels

__all__ = ["Validation", "Verdict", "validate"]

_EXAMPLES = 5


def validate(
    subject: str,
    frames: Mapping[str, pl.DataFrame],
    *,
    labels: Labels,
    as_of: date | None = None,
    severities: Mapping[str, Severity] | None = None,
) -> Validation:
    """Judge one subject by all its rules.

    Args:
        subject: one of `rules.SUBJECTS`.
        frames: the frames `rules.frames_for(subject)` names, eager; further ones are ignored.
        labels: the Chinese wording.
        as_of: date of the batch; without it birth dates are not compared with it.
        severities: rule number → its weight, where the config gives it another than the registry.

    Returns:
        Verdicts, the full list of violations, and results for Data Docs.

    Raises:
        ValueError: unknown subject, or a frame is missing.
        ConfigurationError: a wording is missing.
    """
    rules = [
        replace(rule, severity=(severities or {}).get(rule.id, rule.severity))
        for rule in rules_for(subject)
    ]
    missing = [name for name in frames_for(subject) if name not in frames]
    if missing:
        raise ValueError(f"subject '{subject}' needs the frames {', '.join(missing)}")
    scope = Scope(register=scope_of(subject), as_of=as_of)
    counted = tally(rules, frames, scope)
    judgements = judge(subject, counted, {item.rule.id: _wording(item, labels) for item in counted})
    verdicts = tuple(_verdict(item, labels, frames, scope) for item in judgements)
    violations = [item.tally.violations for item in judgements if item.tally is not None]
    return Validation(
        subject=subject,
        verdicts=verdicts,
        violations=pl.concat([pl.DataFrame(schema=VIOLATIONS), *violations]),
        result={
            "suite_name": subject,
            "success": all(verdict.success for verdict in verdicts),
            "results": [item.entry for item in judgements],
        },
    )


def _wording(counted: Tally | Failure, labels: Labels) -> Wording:
    """What the rule asks, in Chinese, with its weight, the share or the bounds it allows, and the figure found."""
    rule = counted.rule
    text = labels(rule.wording_key)
    severity = labels(f"expectations.severity.{rule.severity}")
    figure = ""
    if isinstance(counted, Tally) and isinstance(rule.condition, Between) and counted.total:
        figure = labels("expectations.bounds.found", figure=_figure(counted.column[0]))
    return Wording(
        heading=f"{rule.id} {text}",
        description=f"{severity}：{text}{_allowed(rule, labels)}{figure}",
    )


def _allowed(rule: Rule, labels: Labels) -> str:
    """The share or the bounds a rule allows, empty where everything must hold."""
    condition = rule.condition
    if isinstance(condition, Between):
        ends = (condition.low is not None, condition.high is not None)
        key = {(True, False): "at_least", (False, True): "at_most"}.get(ends, "between")
        bounds = {"low": _figure(condition.low), "high": _figure(condition.high)}
        return labels(f"expectations.bounds.{key}", **bounds)
    if rule.mostly < 1:
        return labels("expectations.bounds.mostly", share=_percent(rule.mostly))
    return ""


def _verdict(
    judgement: Judgement, labels: Labels, frames: Mapping[str, pl.DataFrame], scope: Scope
) -> Verdict:
    """Put one judgement into words."""
    rule, found = judgement.rule, judgement.tally
    head = {"rule": f"{rule.id} {labels(rule.wording_key)}"}
    if found is None:
        message = labels("expectations.verdict.error", reason=judgement.reason, **head)
        return Verdict(rule, False, 0, 0, message, error=True)
    message = labels(
        f"expectations.verdict.{_outcome(found, judgement.success)}",
        total=found.total,
        unexpected=found.unexpected,
        share=_percent(found.unexpected / max(found.total, 1)),
        figure=_figure(found.column[0]) if isinstance(rule.condition, Between) else "",
        allowed=_allowed(rule, labels),
        **head,
    )
    if found.unexpected and (rule.detail or not isinstance(rule.condition, Between)):
        message += _which(found, labels, frames, scope)
    return Verdict(rule, judgement.success, found.unexpected, found.total, message, error=False)


def _outcome(found: Tally, success: bool) -> str:
    """Which sentence says it."""
    if found.total == 0:
        return "not_applicable"
    if isinstance(found.rule.condition, Between):
        return "figure_holds" if success else "figure_broken"
    if found.unexpected == 0:
        return "holds"
    return "tolerated" if success else "broken"


def _which(found: Tally, labels: Labels, frames: Mapping[str, pl.DataFrame], scope: Scope) -> str:
    """Which rows break it: the rule's own detail, or the keys of the first few."""
    if found.rule.detail is not None:
        detail = found.rule.detail(frames, scope)
        return labels("expectations.verdict.detail", detail=detail) if detail else ""
    names = {f"{name}=": labels(f"expectations.keys.{name}") for name in found.rule.unit.keys}
    keys = "；".join(found.violations["key"].head(_EXAMPLES).to_list())
    for name, chinese in names.items():
        keys = keys.replace(name, chinese)
    return labels("expectations.verdict.examples", keys=keys)


def _percent(part: float) -> str:
    """A share as a percentage with at most two decimals."""
    return f"{part * 100:.2f}".rstrip("0").rstrip(".") + "%"


def _figure(value: float | None) -> str:
    """A figure without superfluous decimals; empty where there is none."""
    return "" if value is None else f"{value:.4f}".rstrip("0").rstrip(".")
