"""Persons become links: who of one register is who of the other, and of the evidence registers."""

from collections.abc import Iterator, Mapping
from typing import Any

import dagster as dg
import polars as pl

from assets.boundary import guarded
from assets.checks import check_specs, evaluate
from assets.ledger import people_of_cases
from assets.summaries import in_markdown
from assets.wording import LABELS, described
from assets.workspace import BATCHES, Workspace
from reconciliation.ledger.answers import FOLDER, judgements, read_answers
from reconciliation.linkage.judgements import GivenJudgements, read_judgements
from reconciliation.linkage.plan import Linkage, link_evidence, link_registers
from reconciliation.linkage.quality import QUALITY_SCHEMA
from reconciliation.publishing.release import Release
from reconciliation.publishing.sources import with_sources
from reconciliation.registers.schema import OPTIONAL, REQUIRED

GROUP = "linkage"


@dg.multi_asset(
    name="link_registers",
    partitions_def=BATCHES,
    ins={
        f"{kind}_{register}": dg.AssetIn(f"{kind}_{register}")
        for kind in ("records", "persons")
        for register in REQUIRED
    },
    outs={
        name: dg.AssetOut(**described(name, group=GROUP, kinds={"polars", "rapidfuzz"}))
        for name in (
            "duplicates",
            "link_blocks",
            "unlinked",
            "quality",
            "calibration",
            "judgements",
            "links",
        )
    },
    check_specs=check_specs("links", asset="links"),
)
@guarded
def registers_linked(
    context: dg.AssetExecutionContext, workspace: Workspace, **frames: pl.DataFrame
) -> Iterator[Any]:
    """Link the two registers, say where both rows of each pair came from, then check."""
    batch = workspace.batch_of(context)
    config = workspace.configuration
    linkage = link_registers(
        frames["persons_dibao"],
        frames["persons_poverty"],
        settings=config.linkage,
        characters=config.characters,
        labels=config.labels,
        judgements=_judgements(workspace, batch, frames),
        on_step=context.log.info,
    )
    yield dg.Output(linkage.duplicates, output_name="duplicates")
    yield dg.Output(linkage.blocks, output_name="link_blocks")
    reasons = linkage.unlinked["reason"].value_counts().sort("reason")
    yield dg.Output(linkage.unlinked, output_name="unlinked", metadata=dict(reasons.iter_rows()))
    yield dg.Output(linkage.quality, output_name="quality", metadata=_in_figures(linkage.quality))
    yield dg.Output(linkage.calibration, output_name="calibration")
    states = linkage.judgements["state"].value_counts().sort("state")
    yield dg.Output(linkage.judgements, output_name="judgements", metadata=dict(states.iter_rows()))
    links = with_sources(linkage.links, frames["records_dibao"], frames["records_poverty"])
    yield dg.Output(links, output_name="links", metadata=_summary(linkage))
    judged = {
        **frames,
        "links": links,
        "quality": linkage.quality,
        "quality_before": _quality_before(workspace, batch),
        "calibration": linkage.calibration,
        "judgements": linkage.judgements,
    }
    yield from evaluate(workspace, batch, "links", "links", judged)


def _summary(linkage: Linkage) -> dict[str, Any]:
    """The figures of the linkage, and how many links each step made of each tier."""
    steps = linkage.links.group_by("tier", "stage").agg(pl.len().alias("pairs"))
    words = {"tier": "tiers", "stage": "mismatches.charts.stages"}
    return {**linkage.summary, "summary": in_markdown(steps.sort("tier", "stage"), words)}


def _judgements(
    workspace: Workspace, batch: str, frames: Mapping[str, pl.DataFrame]
) -> GivenJudgements | None:
    """What people have decided so far, and which rows it is about; None where nobody has decided anything."""
    folder = workspace.output_folder / FOLDER
    given = pl.concat([read_judgements(folder), judgements(read_answers(folder))])
    if given.is_empty():
        return None
    return GivenJudgements(given, people_of_cases(workspace, batch, frames))


def _quality_before(workspace: Workspace, batch: str) -> pl.DataFrame:
    """What the self-test of the release before found; empty where there was none."""
    before = workspace.previous_release(batch)
    path = Release(before).data / "quality.parquet" if before else None
    if path is None or not path.exists():
        return pl.DataFrame(schema=QUALITY_SCHEMA)
    return pl.read_parquet(path)


def _in_figures(quality: pl.DataFrame) -> dict[str, float]:
    """The shares and their intervals as numbers that Dagster can plot over the batches."""
    shares = [name for name in quality.columns if name.startswith(("precision", "recall"))]
    return {
        f"{row['tier']}_{name}": row[name]
        for row in quality.iter_rows(named=True)
        for name in shares
        if row[name] is not None
    }


@dg.asset(
    name="evidence_links",
    partitions_def=BATCHES,
    ins={f"persons_{name}": dg.AssetIn(f"persons_{name}") for name in (*REQUIRED, *OPTIONAL)},
    **described("evidence_links", group=GROUP, kinds={"polars", "rapidfuzz"}),
)
@guarded
def evidence_links(
    context: dg.AssetExecutionContext, workspace: Workspace, **persons: pl.DataFrame
) -> Iterator[Any]:
    """Link each main register to each evidence register that came."""
    config = workspace.configuration
    made = [
        link_evidence(
            persons[f"persons_{register}"],
            persons[f"persons_{evidence}"],
            register=register,
            evidence_register=evidence,
            settings=config.linkage,
            characters=config.characters,
            labels=config.labels,
        )
        for register in REQUIRED
        for evidence in OPTIONAL
    ]
    yield dg.Output(
        pl.concat(made),
        metadata={
            LABELS(f"registers.{name}"): persons[f"persons_{name}"].height for name in OPTIONAL
        },
    )


ASSETS = [registers_linked, evidence_links]
