"""Records become persons: IDs, names, places and households made comparable."""

from collections.abc import Iterator
from typing import Any

import dagster as dg
import polars as pl

from assets.boundary import guarded
from assets.checks import check_specs, evaluate, not_supplied, stored_defects
from assets.wording import LABELS, described
from assets.workspace import BATCHES, Workspace
from reconciliation.identity.persons import identify
from reconciliation.publishing.receipts import write_defects
from reconciliation.registers.schema import REGISTERS

GROUP = "identity"


def persons_asset(register: str) -> dg.AssetsDefinition:
    """The asset that makes one register's people comparable, and tells the offices what is wrong with their rows."""
    name = f"persons_{register}"

    @dg.asset(
        name=name,
        partitions_def=BATCHES,
        ins={"records": dg.AssetIn(f"records_{register}")},
        check_specs=check_specs(name, asset=name),
        **described(
            "persons", group=GROUP, kinds={"polars"}, register=LABELS(f"registers.{register}")
        ),
    )
    @guarded
    def persons(
        context: dg.AssetExecutionContext, workspace: Workspace, records: pl.DataFrame
    ) -> Iterator[Any]:
        """Identify, check, and bring the receipts up to date."""
        batch = workspace.batch_of(context)
        config = workspace.configuration
        made = identify(
            records,
            register,
            settings=config.identity,
            codes=config.codes,
            characters=config.characters,
            places=config.places,
            year=int(batch[:4]),
        )
        yield dg.Output(made)
        if records.is_empty():
            yield from not_supplied(name, name)
            return
        yield from evaluate(workspace, batch, name, name, {"persons": made, "records": records})
        write_defects(
            workspace.run_receipts(context),
            register,
            stored_defects(workspace, batch, register, records),
            config.labels,
        )

    return persons


ASSETS = [persons_asset(register) for register in REGISTERS]
