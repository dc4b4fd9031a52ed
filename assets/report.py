"""The half-monthly report: what leaders read."""

import json
from collections.abc import Iterator
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import dagster as dg
import polars as pl

from assets.boundary import guarded
from assets.publishing import GROUP, OWNERS
from assets.wording import described
from assets.workspace import BATCHES, Workspace
from reconciliation.identity.places import comparable_counties
from reconciliation.publishing.release import Release, releases
from reconciliation.publishing.report.changes import Reported, compared, restatements
from reconciliation.publishing.report.content import Content
from reconciliation.publishing.report.figures import Tree, report_figures
from reconciliation.publishing.report.writing import write_report

FRAMES = ("ledger", "place_figures", "coverage")
OUTPUTS = ("report_figures", "half_monthly_report")


@dg.multi_asset(
    name="write_half_monthly_report",
    partitions_def=BATCHES,
    ins={name: dg.AssetIn(name) for name in FRAMES},
    outs={
        "report_figures": dg.AssetOut(
            **described("report_figures", group=GROUP, kinds={"polars"}, owners=OWNERS)
        ),
        "half_monthly_report": dg.AssetOut(
            dagster_type=dg.Nothing,
            **described("half_monthly_report", group=GROUP, kinds={"word", "excel"}, owners=OWNERS),
        ),
    },
)
@guarded
def half_monthly_report(
    context: dg.AssetExecutionContext, workspace: Workspace, **frames: pl.DataFrame
) -> Iterator[Any]:
    """Count, compare with what the release before keeps, write."""
    batch = workspace.batch_of(context)
    config = workspace.configuration
    earlier = workspace.previous_release(batch)
    before = kept_figures(earlier) if earlier else None
    figures = report_figures(
        frames["place_figures"], frames["ledger"], batch, tree(workspace), before
    )
    yield dg.Output(figures, output_name="report_figures")
    now = Reported(batch, workspace.release_name(batch), workspace.revise, figures)
    restated = restatements(reported(workspace, now))
    day = date.fromisoformat(batch)
    content = Content(
        batch=day,
        number=config.campaign.batch_keys.index(batch) + 1,
        province=config.campaign.province,
        settings=config.report,
        texts=config.report_texts.of(day),
        labels=config.labels,
        compared=compared(figures, before),
        restated=restated,
        coverage=frames["coverage"],
        has_before=before is not None,
    )
    written = write_report(Release(workspace.staging(batch)).reports, content)
    yield dg.Output(
        None,
        output_name="half_monthly_report",
        metadata={
            "files": len(written),
            "compared_with": earlier.name if earlier and before is not None else "",
            "restated": restated.height,
        },
    )


def tree(workspace: Workspace) -> Tree:
    """Where places belong, by the config."""
    config = workspace.configuration
    return Tree(
        direct=config.reporting.units,
        prefectures=config.reporting.known_prefectures,
        fold=partial(
            comparable_counties,
            settings=config.identity.places,
            places=config.places,
            variants=config.characters.variant_map,
        ),
    )


def kept_figures(release: Path) -> pl.DataFrame | None:
    """What a release has reported; None where it was made before there were reports."""
    path = Release(release).data / "report_figures.parquet"
    return pl.read_parquet(path) if path.exists() else None


def reported(workspace: Workspace, now: Reported) -> list[list[Reported]]:
    """Of each batch up to this one what its releases have reported, oldest first, this one last."""
    batches = [key for key in workspace.configuration.campaign.batch_keys if key <= now.batch]
    made = [
        [
            Reported(batch, release.name, reason_of(release), figures)
            for release in releases(workspace.output_folder, batch)
            if (figures := kept_figures(release)) is not None
        ]
        for batch in batches
    ]
    made[-1].append(now)
    return made


def reason_of(release: Path) -> str:
    """Why a release was made where it revises another."""
    manifest = json.loads(Release(release).manifest.read_text(encoding="utf-8"))
    return manifest["revision_reason"] or ""


ASSETS = [half_monthly_report]
