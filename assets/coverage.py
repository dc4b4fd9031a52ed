"""Who sent what, against what is expected and the batch before.

What belongs here: what is counted of each register, and the frame and checks over all of them. What does not: how it is counted
and compared (`reconciliation.publishing.coverage`).
"""

from collections.abc import Iterator
from functools import partial
from typing import Any

import dagster as dg
import polars as pl

from assets.boundary import guarded
from assets.checks import check_specs, evaluate
from assets.wording import described
from assets.workspace import BATCHES, Workspace
from reconciliation.identity.places import comparable_counties, comparable_places
from reconciliation.publishing.coverage import Expected, arrivals, arrivals_before, coverage
from reconciliation.registers.schema import REGISTERS

GROUP = "identity"
SENT = tuple(f"{kind}_{register}" for kind in ("receipts", "counties") for register in REGISTERS)


def rows_sent(
    workspace: Workspace, batch: str, register: str, records: pl.DataFrame
) -> pl.DataFrame:
    """What a register holds by file and county, in this batch and in the release before."""
    config = workspace.configuration
    fold = partial(
        comparable_places,
        settings=config.identity.places,
        places=config.places,
        variants=config.characters.variant_map,
    )
    before = arrivals_before(workspace.previous_release(batch), register, fold)
    return pl.concat([arrivals(records, fold), before])


def expectation(workspace: Workspace, batch: str) -> Expected:
    """What should have come, by the config and the release before."""
    config = workspace.configuration
    listed = config.campaign.expected_counties
    every = tuple(config.places.county_codes.values())
    return Expected(
        counties=None if listed is None else by_comparable_name(workspace, listed),
        known=by_comparable_name(workspace, every),
        registers=config.campaign.expected_registers,
        after_a_batch=workspace.previous_release(batch) is not None,
        fell_by=config.intake.rows_fell_by,
        rose_by=config.intake.rows_rose_by,
    )


def by_comparable_name(workspace: Workspace, listed: tuple[str, ...]) -> dict[str, str]:
    """Comparable county → its name; a code is shown as the name it stands for."""
    config = workspace.configuration
    stems = comparable_counties(
        pl.Series(listed, dtype=pl.String),
        config.identity.places,
        config.places,
        config.characters.variant_map,
    )
    names = [config.places.county_codes.get(name[:6], name) for name in listed]
    return {stem: name for stem, name in zip(stems, names, strict=True) if stem is not None}


@dg.asset(
    name="coverage",
    partitions_def=BATCHES,
    ins={name: dg.AssetIn(name) for name in SENT},
    check_specs=check_specs("coverage", asset="coverage"),
    **described("coverage", group=GROUP, kinds={"polars"}),
)
@guarded
def coverage_asset(
    context: dg.AssetExecutionContext, workspace: Workspace, **frames: pl.DataFrame
) -> Iterator[Any]:
    """Compare, then check."""
    batch = workspace.batch_of(context)
    made = coverage(
        {register: frames[f"counties_{register}"] for register in REGISTERS},
        pl.concat(frames[f"receipts_{register}"] for register in REGISTERS),
        expectation(workspace, batch),
        workspace.configuration.labels,
    )
    yield dg.Output(made)
    yield from evaluate(workspace, batch, "coverage", "coverage", {"coverage": made})


ASSETS = [coverage_asset]
