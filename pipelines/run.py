"""Running one batch in this process, recorded in the Dagster instance."""

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from threading import Thread
from typing import Any

import dagster as dg
from rich.console import Console

from assets import all_assets
from assets.checks import BLOCKING_RULES
from assets.workspace import Workspace
from expectations.judge import load_great_expectations
from pipelines.definitions import JOB, PROJECT, build_defs
from pipelines.progress import NAME, TerminalProgress, terminal_logger

OUTPUT_TAG = "shuangqing/output"


@dataclass(frozen=True)
class FailedCheck:
    """A check that did not hold.

    Attributes:
        asset: the asset it belongs to.
        name: its rule.
        message: Chinese; names files, never people.
        blocking: whether it keeps the batch from being published.
    """

    asset: str
    name: str
    message: str
    blocking: bool


@dataclass(frozen=True)
class Outcome:
    """What a run came to.

    Attributes:
        success: whether the batch was published.
        run_id: the Dagster run.
        errors: messages of failed steps, safe to show.
        failed_checks: all checks that did not hold, blocking ones first.
        checks: how many rules were judged (those of registers that did not come were not).
    """

    success: bool
    run_id: str
    errors: tuple[str, ...]
    failed_checks: tuple[FailedCheck, ...]
    checks: int


def prepare_home(output: Path) -> Path:
    """Set `DAGSTER_HOME` (by default a folder beside the output) and give it the project's instance settings."""
    home = Path(os.environ.get("DAGSTER_HOME") or output.resolve().parent / ".dagster_home")
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    settings = home / "dagster.yaml"
    if not settings.exists():
        shutil.copyfile(PROJECT / "dagster.yaml", settings)
    os.environ["DAGSTER_HOME"] = str(home.resolve())
    return home


def run_batch(workspace: Workspace, batch: str, console: Console) -> Outcome:
    """Run the whole job for one batch and show its progress.

    Args:
        workspace: the folders; the batch must have passed `check_batch`.
        batch: `YYYY-MM-DD`.
        console: where progress goes.
    """
    assets = all_assets()
    stages = {asset.node_def.name: next(iter(asset.specs)).group_name or "" for asset in assets}
    wording = workspace.configuration.labels.mapping("pipelines.stages")
    terminal = TerminalProgress(stages, wording, console)
    job = build_defs(workspace, {NAME: terminal_logger(terminal)}).resolve_job_def(JOB)
    # Great Expectations takes five seconds to import; it may do so while the first files are read.
    Thread(target=load_great_expectations, daemon=True).start()
    tags = {"batch": batch, OUTPUT_TAG: workspace.output}
    with dg.DagsterInstance.get() as instance, terminal.progress:
        close_killed_runs(instance, workspace.output)
        result = job.execute_in_process(
            instance=instance,
            partition_key=batch,
            raise_on_error=False,
            run_config={"loggers": {NAME: {"config": {}}}},
            tags=tags,
        )
    return _outcome(result)


def close_killed_runs(instance: dg.DagsterInstance, output: str) -> None:
    """Mark as failed the runs over an output folder that never ended, or the queue of the UI would wait for them for ever.

    To be called by the process that holds the output folder: then none of them can still be alive.
    """
    unended = dg.RunsFilter(tags={OUTPUT_TAG: output}, statuses=[dg.DagsterRunStatus.STARTED])
    for run in instance.get_runs(unended):
        instance.report_run_failed(run, "the process was ended before the run was")


def _outcome(result: dg.ExecuteInProcessResult) -> Outcome:
    evaluations = result.get_asset_check_evaluations()
    failed = sorted(
        (
            check
            for evaluation in evaluations
            if not evaluation.passed
            for check in failed_rules(evaluation)
        ),
        key=lambda check: (not check.blocking, check.asset, check.name),
    )
    errors = [
        f"{event.step_key}: {_cause(event.step_failure_data)}"
        for event in result.filter_events(lambda event: event.is_step_failure)
    ]
    return Outcome(
        success=result.success,
        run_id=result.run_id,
        errors=tuple(errors),
        failed_checks=tuple(failed),
        checks=sum(
            int(str(evaluation.metadata["rules"].value))
            for evaluation in evaluations
            if "rules" in evaluation.metadata
        ),
    )


def failed_rules(evaluation: dg.AssetCheckEvaluation) -> Iterator[FailedCheck]:
    """The rules a failed check stands for: one, or a line each of a whole suite's, those that block in front."""
    blocks = evaluation.severity is dg.AssetCheckSeverity.ERROR
    lines = (evaluation.description or "").splitlines() or [""]
    counted = evaluation.metadata.get(BLOCKING_RULES)
    blocking = len(lines) if counted is None else int(str(counted.value))
    for number, line in enumerate(lines):
        yield FailedCheck(
            asset=evaluation.asset_key.to_user_string(),
            name=evaluation.check_name,
            message=line,
            blocking=blocks and number < blocking,
        )


def _cause(failure: Any) -> str:
    """Why a step failed: what an asset said, without the class names Dagster puts before it."""
    if failure.user_failure_data is not None and failure.user_failure_data.description:
        return str(failure.user_failure_data.description)
    return str(failure.error.cls_name) if failure.error is not None else ""
