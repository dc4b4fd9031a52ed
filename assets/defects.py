"""What the offices are asked to mend, once it is known who stands on a register twice."""

from collections.abc import Iterator
from typing import Any

import dagster as dg
import polars as pl

from assets.boundary import guarded
from assets.checks import check_specs, evaluate, stored_defects
from assets.wording import described
from assets.workspace import BATCHES, Workspace
from expectations.duplicates import FRAMES
from reconciliation.publishing.receipts import write_defects
from reconciliation.registers.schema import LINEAGE, REGISTERS, REQUIRED

GROUP = "linkage"


@dg.asset(
    name="defects",
    partitions_def=BATCHES,
    ins={name: dg.AssetIn(name) for name in FRAMES},
    deps=[f"persons_{register}" for register in REGISTERS if register not in REQUIRED],
    check_specs=check_specs("duplicates", asset="defects"),
    **described("defects", group=GROUP, kinds={"polars", "excel"}),
)
@guarded
def defects_asset(
    context: dg.AssetExecutionContext, workspace: Workspace, **frames: pl.DataFrame
) -> Iterator[Any]:
    """Check, gather what all checks of rows found, and bring the receipts of the main registers up to date."""
    batch = workspace.batch_of(context)
    results = list(evaluate(workspace, batch, "duplicates", "defects", frames))
    made = {
        register: stored_defects(workspace, batch, register, _places(workspace, batch, register))
        for register in REGISTERS
    }
    folder, labels = workspace.run_receipts(context), workspace.configuration.labels
    for register in REQUIRED:
        write_defects(folder, register, made[register], labels)
    yield dg.Output(pl.concat(made.values()))
    yield from results


def _places(workspace: Workspace, batch: str, register: str) -> pl.DataFrame:
    """Where each record of a register was received; the cells stay where they are."""
    path = workspace.data(batch, f"records_{register}")
    return pl.read_parquet(path, columns=["record", *LINEAGE])


ASSETS = [defects_asset]
