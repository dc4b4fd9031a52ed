"""Persons become links: who of one register is who of the other, and of the evidence registers."""

from collections.abc import Iterator
from typing import Any

import dagster as dg
import polars as pl

from assets.boundary import guarded
from assets.checks import check_specs, evaluate
from assets.wording import LABELS, described
from assets.workspace import BATCHES, Workspace
from reconciliation.linkage.plan import link_evidence, link_registers
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
        for name in ("duplicates", "link_blocks", "links")
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
        on_step=context.log.info,
    )
    yield dg.Output(linkage.duplicates, output_name="duplicates")
    yield dg.Output(linkage.blocks, output_name="link_blocks")
    links = with_sources(linkage.links, frames["records_dibao"], frames["records_poverty"])
    yield dg.Output(links, output_name="links", metadata=linkage.summary)
    yield from evaluate(workspace, batch, "links", "links", {**frames, "links": links})


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
