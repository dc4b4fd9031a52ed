"""The rules of `expectations/` as Dagster asset checks, and the verdicts kept for the publishing asset.

What belongs here: how a verdict becomes a check result, and where verdicts lie until the batch is published. What does not:
any rule.
"""

import json
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path

import dagster as dg
import polars as pl

from assets.wording import LABELS
from assets.workspace import Workspace
from expectations.rules import SUBJECTS, Rule, rules_for
from expectations.validate import Validation, Verdict, validate
from reconciliation.publishing.private_files import private_folder, write_frame, write_text
from reconciliation.registers.errors import UsageError


def check_specs(subject: str, *, asset: str) -> list[dg.AssetCheckSpec]:
    """One check a rule of the subject; critical rules block what comes after."""
    return [
        dg.AssetCheckSpec(
            rule.name,
            asset=asset,
            blocking=rule.blocking,
            description=f"{rule.id} {LABELS(rule.wording_key)}",
            metadata={"severity": rule.severity, "mostly": rule.mostly},
        )
        for rule in rules_for(subject)
    ]


def evaluate(
    workspace: Workspace, batch: str, subject: str, asset: str, frames: Mapping[str, pl.DataFrame]
) -> Iterator[dg.AssetCheckResult]:
    """Judge a subject, keep the verdicts and every violating row's key, and report each rule to Dagster."""
    validation = validate(
        subject, frames, labels=workspace.configuration.labels, as_of=date.fromisoformat(batch)
    )
    folder = private_folder(_folder(workspace, batch))
    write_text(
        folder / f"{subject}.json", json.dumps(validation.to_json(), ensure_ascii=False, indent=1)
    )
    write_frame(folder / f"{subject}.parquet", validation.violations)
    for verdict in validation.verdicts:
        yield _result(asset, verdict)


def not_supplied(subject: str, asset: str) -> Iterator[dg.AssetCheckResult]:
    """The checks of an optional register that did not come: nothing to find fault with, and it says so."""
    for rule in rules_for(subject):
        yield dg.AssetCheckResult(
            check_name=rule.name,
            asset_key=asset,
            passed=True,
            description=LABELS("assets.not_supplied"),
        )


def stored_verdicts(workspace: Workspace, batch: str) -> list[Validation]:
    """The verdicts of the batch in staging, in the order of the stages."""
    folder = _folder(workspace, batch)
    return [
        Validation.from_json(
            json.loads((folder / f"{subject}.json").read_text(encoding="utf-8")),
            pl.read_parquet(folder / f"{subject}.parquet"),
        )
        for subject in SUBJECTS
        if (folder / f"{subject}.json").exists()
    ]


def require_verdicts(validations: list[Validation], subjects: set[str]) -> None:
    """Make sure that everything was checked and nothing that blocks failed.

    Dagster stops what is downstream of a failed check only within one run; an asset launched by itself later would run all the
    same, so the publishing asset asks again.

    Raises:
        UsageError: a subject has no verdict, or a blocking rule does not hold.
    """
    missing = subjects - {validation.subject for validation in validations}
    if missing:
        raise UsageError(LABELS("assets.verdicts_missing", subjects="、".join(sorted(missing))))
    failed = [
        verdict.rule.id
        for validation in validations
        for verdict in validation.verdicts
        if verdict.blocking
    ]
    if failed:
        raise UsageError(LABELS("assets.verdicts_failed", rules="、".join(failed)))


def _folder(workspace: Workspace, batch: str) -> Path:
    return workspace.staging(batch) / "data" / "checks"


def _result(asset: str, verdict: Verdict) -> dg.AssetCheckResult:
    return dg.AssetCheckResult(
        check_name=verdict.rule.name,
        asset_key=asset,
        passed=verdict.success,
        severity=_severity(verdict.rule, verdict.error),
        description=verdict.message,
        metadata={"unexpected": verdict.unexpected, "total": verdict.total},
    )


def _severity(rule: Rule, error: bool) -> dg.AssetCheckSeverity:
    stops = error or rule.blocking
    return dg.AssetCheckSeverity.ERROR if stops else dg.AssetCheckSeverity.WARN
