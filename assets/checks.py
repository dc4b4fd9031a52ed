"""The rules of `expectations/` as Dagster asset checks, and the verdicts kept for the receipts and the publishing asset.

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
from expectations.defects import defects, subjects_of
from expectations.rules import SUBJECTS, rules_for
from expectations.tally import VIOLATIONS
from expectations.validate import Validation, Verdict, validate
from expectations.weights import CHANGEABLE, weights
from reconciliation.publishing.private_files import private_folder, write_frame, write_text
from reconciliation.registers.errors import UsageError
from reconciliation.registers.schema import OPTIONAL

BLOCKING_RULES = "blocking_rules"
"""Metadata of a whole suite's check: how many of the lines of its description are about rules that block."""


def check_specs(subject: str, *, asset: str) -> list[dg.AssetCheckSpec]:
    """One check a rule; critical rules block what comes after, and so do those the config makes critical.

    The suites of the optional registers are one check each: most of them have nothing to judge in most batches, and two hundred
    empty checks would hide the others.
    """
    if is_optional(subject):
        return [
            dg.AssetCheckSpec(
                subject,
                asset=asset,
                blocking=True,
                description=LABELS("assets.whole_suite", rules=len(rules_for(subject))),
            )
        ]
    return [
        dg.AssetCheckSpec(
            rule.name,
            asset=asset,
            # Dagster blocks on a failure of severity ERROR only: a rule that the config makes a warning does not.
            blocking=rule.blocking or rule.id in CHANGEABLE,
            description=f"{rule.id} {LABELS(rule.wording_key)}",
            metadata={"severity": rule.severity, "mostly": rule.mostly},
        )
        for rule in rules_for(subject)
    ]


def evaluate(
    workspace: Workspace, batch: str, subject: str, asset: str, frames: Mapping[str, pl.DataFrame]
) -> Iterator[dg.AssetCheckResult]:
    """Judge a subject, keep the verdicts and every violating row's key, and report to Dagster."""
    config = workspace.configuration
    validation = validate(
        subject,
        frames,
        labels=config.labels,
        as_of=date.fromisoformat(batch),
        severities=weights(config.intake),
    )
    folder = private_folder(_folder(workspace, batch))
    write_text(
        folder / f"{subject}.json", json.dumps(validation.to_json(), ensure_ascii=False, indent=1)
    )
    write_frame(folder / f"{subject}.parquet", validation.violations)
    if is_optional(subject):
        yield _suite_result(asset, validation)
        return
    for verdict in validation.verdicts:
        yield _result(asset, verdict)


def stored_defects(
    workspace: Workspace, batch: str, register: str, records: pl.DataFrame
) -> pl.DataFrame:
    """What the checks so far found among a register's rows, as its office is told (docs/frames.md, `defects`)."""
    folder = _folder(workspace, batch)
    stored = [folder / f"{subject}.parquet" for subject in subjects_of(register)]
    found = [pl.read_parquet(path) for path in stored if path.exists()]
    violations = pl.concat([pl.DataFrame(schema=VIOLATIONS), *found])
    return defects(register, violations, records, workspace.configuration.labels)


def not_supplied(subject: str, asset: str) -> Iterator[dg.AssetCheckResult]:
    """The check of an optional register that did not come: nothing to find fault with, and it says so."""
    yield dg.AssetCheckResult(
        check_name=subject, asset_key=asset, passed=True, description=LABELS("assets.not_supplied")
    )


def is_optional(subject: str) -> bool:
    """Whether a subject belongs to a register that may be missing."""
    return subject.partition("_")[2] in OPTIONAL


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
        severity=_severity(stops=verdict.error or verdict.rule.blocking),
        description=verdict.message,
        metadata={"rules": 1, "unexpected": verdict.unexpected, "total": verdict.total},
    )


def _suite_result(asset: str, validation: Validation) -> dg.AssetCheckResult:
    """One result for a whole suite: what is wrong in words, a line a rule, what blocks first."""
    failed = sorted(
        (verdict for verdict in validation.verdicts if not verdict.success),
        key=lambda verdict: (not verdict.blocking, verdict.rule.id),
    )
    return dg.AssetCheckResult(
        check_name=validation.subject,
        asset_key=asset,
        passed=not failed,
        severity=_severity(stops=validation.blocked),
        description="\n".join(verdict.message for verdict in failed),
        metadata={
            "rules": len(validation.verdicts),
            "failed_rules": len(failed),
            BLOCKING_RULES: sum(verdict.blocking for verdict in failed),
        },
    )


def _severity(*, stops: bool) -> dg.AssetCheckSeverity:
    return dg.AssetCheckSeverity.ERROR if stops else dg.AssetCheckSeverity.WARN
