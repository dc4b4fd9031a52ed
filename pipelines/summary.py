"""What a run says at its end: the figures, and which files to open.

What belongs here: laying out on the terminal what the manifest or the outcome holds. What does not: counting anything.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import polars as pl
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from pipelines.run import FailedCheck, Outcome
from reconciliation.intake.receipts import files_read
from reconciliation.publishing.release import Release
from reconciliation.registers.labels import Labels
from reconciliation.registers.schema import LISTS, REQUIRED


def show_release(
    console: Console, labels: Labels, folder: Path, receipts: Path, outcome: Outcome
) -> None:
    """The summary of a published batch, from its manifest and the run's receipts."""
    release = Release(folder)
    manifest: dict[str, Any] = json.loads(release.manifest.read_text(encoding="utf-8"))
    counts = manifest["counts"]
    console.print()
    console.print(_intake_table(labels, counts["intake"]))
    _show_files(console, labels, receipts)
    console.print(_links_table(labels, counts["links"]))
    console.print(_lists_table(labels, counts["lists"]))
    _show_checks(console, labels, outcome)
    console.print(
        f"[green]✔[/green] {escape(labels('pipelines.published', release=folder))}", soft_wrap=True
    )
    for key, path in (
        ("open_summary", release.summary),
        ("open_workbooks", release.workbooks),
        ("open_lists", release.lists),
        ("open_data_docs", release.data_docs / "index.html"),
        ("open_manifest", release.manifest),
    ):
        console.print(
            f"  {labels(f'pipelines.{key}')}：{escape(str(path))}", soft_wrap=True, highlight=False
        )


def show_failure(console: Console, labels: Labels, receipts: Path, outcome: Outcome) -> None:
    """Why nothing was published, and where to look."""
    console.print()
    _show_files(console, labels, receipts)
    _show_checks(console, labels, outcome)
    for message in outcome.errors:
        if not _repeats_a_check(message):
            console.print(f"[red]✘[/red] {escape(message)}", soft_wrap=True, highlight=False)
    console.print(f"[red]✘ {labels('pipelines.nothing_published')}[/red]")
    if receipts.exists():
        console.print(
            f"  {labels('pipelines.see_receipts')}：{escape(str(receipts))}",
            soft_wrap=True,
            highlight=False,
        )


def _show_files(console: Console, labels: Labels, receipts: Path) -> None:
    """How many files were read, and how many did not have to be."""
    written = [pl.read_parquet(path) for path in sorted(receipts.glob("receipts_*.parquet"))]
    if written:
        read, reused = files_read(pl.concat(written))
        console.print(labels("pipelines.files_read", read=read, reused=reused))


def _repeats_a_check(message: str) -> bool:
    """Dagster raises an error of its own for a failed blocking check; the check's own words say more."""
    return "DagsterAssetCheckFailedError" in message


def _show_checks(console: Console, labels: Labels, outcome: Outcome) -> None:
    blocking = [check for check in outcome.failed_checks if check.blocking]
    warnings = len(outcome.failed_checks) - len(blocking)
    console.print(
        labels("pipelines.checks", checks=outcome.checks, blocking=len(blocking), warnings=warnings)
    )
    for check in outcome.failed_checks:
        console.print(_check_line(check), soft_wrap=True, highlight=False)


def _check_line(check: FailedCheck) -> str:
    mark = "[red]✘[/red]" if check.blocking else "[yellow]![/yellow]"
    return f"  {mark} {check.asset} · {escape(check.message or check.name)}"


def _intake_table(labels: Labels, intake: Mapping[str, Mapping[str, int]]) -> Table:
    columns = ("files", "received", "rejected", "recorded")
    table = Table(title=labels("pipelines.intake_title"), title_justify="left")
    table.add_column(labels("pipelines.register"))
    for column in columns:
        table.add_column(labels(f"pipelines.{column}"), justify="right")
    for register, figures in intake.items():
        table.add_row(
            labels(f"registers.{register}"), *(f"{figures[column]:,}" for column in columns)
        )
    return table


def _links_table(labels: Labels, links: Mapping[str, int]) -> Table:
    table = Table(title=labels("pipelines.links_title"), title_justify="left")
    table.add_column(labels("pipelines.tier"))
    table.add_column(labels("pipelines.pairs"), justify="right")
    for tier, name in labels.mapping("tiers").items():
        table.add_row(name, f"{links.get(tier, 0):,}")
    return table


def _lists_table(labels: Labels, lists: Mapping[str, Mapping[str, int]]) -> Table:
    table = Table(title=labels("pipelines.lists_title"), title_justify="left")
    table.add_column(labels("pipelines.list"))
    for register in REQUIRED:
        table.add_column(labels(f"registers.{register}"), justify="right")
    for name in LISTS:
        table.add_row(
            labels(f"lists.{name}"), *(f"{lists[name][register]:,}" for register in REQUIRED)
        )
    return table
