"""Files become records: one asset a register and its receipts beside it.

What belongs here: reading a register's folder, its checks, its receipts. What does not: how a file is read.
"""

from collections.abc import Iterator
from typing import Any

import dagster as dg
import polars as pl

from assets.boundary import guarded
from assets.checks import check_specs, evaluate, not_supplied, stored_defects
from assets.coverage import expectation, rows_sent
from assets.wording import LABELS, described
from assets.workspace import BATCHES, Workspace
from reconciliation.intake.receipts import files_read
from reconciliation.intake.register import read_register
from reconciliation.publishing.receipts import write_arrivals, write_defects, write_receipts
from reconciliation.registers.schema import REGISTERS

GROUP = "intake"


@dg.asset(
    name="batch",
    partitions_def=BATCHES,
    **described("batch", group=GROUP, kinds={"yaml"}),
)
@guarded
def batch_asset(context: dg.AssetExecutionContext, workspace: Workspace) -> Iterator[Any]:
    """Whether the batch may run; a clean staging folder for it."""
    configuration = workspace.configuration
    name = workspace.release_name(context.partition_key)
    workspace.begin(context)
    yield dg.MaterializeResult(
        metadata={
            "release": name,
            "config": configuration.digest,
            "title": configuration.campaign.title,
        }
    )


def intake_asset(register: str) -> dg.AssetsDefinition:
    """The asset that reads one register."""
    records, receipts, counties = (
        f"{kind}_{register}" for kind in ("records", "receipts", "counties")
    )
    wording = LABELS(f"registers.{register}")

    @dg.multi_asset(
        name=f"intake_{register}",
        partitions_def=BATCHES,
        outs={
            receipts: dg.AssetOut(
                **described("receipts_register", group=GROUP, kinds={"polars"}, register=wording)
            ),
            records: dg.AssetOut(
                **described("records", group=GROUP, kinds={"polars"}, register=wording)
            ),
            counties: dg.AssetOut(
                **described("counties", group=GROUP, kinds={"polars"}, register=wording)
            ),
        },
        deps=["batch"],
        check_specs=[
            *check_specs(receipts, asset=receipts),
            *check_specs(records, asset=records),
        ],
    )
    @guarded
    def read(context: dg.AssetExecutionContext, workspace: Workspace) -> Iterator[Any]:
        """Read, keep the receipts whatever the checks say, then check."""
        batch = workspace.batch_of(context)
        config = workspace.configuration
        taken = read_register(
            workspace.register_folder(batch, register),
            register,
            headers=config.headers,
            settings=config.intake,
            labels=config.labels,
            tables=workspace.register_tables(batch, register),
            grids=workspace.grids,
            on_file=lambda file, reused, done, total: context.log.info(
                LABELS(
                    "assets.file_reused" if reused else "assets.file_read",
                    register=wording,
                    file=file,
                    done=done,
                    total=total,
                )
            ),
        )
        folder = workspace.run_receipts(context)
        write_receipts(folder, register, taken.receipts, taken.records, config.labels)
        sent = rows_sent(workspace, batch, register, taken.records)
        write_arrivals(folder, register, sent, expectation(workspace, batch), config.labels)
        yield dg.Output(taken.receipts, output_name=receipts, metadata=_files(taken.receipts))
        yield dg.Output(taken.records, output_name=records)
        yield dg.Output(sent, output_name=counties)
        frames = {"records": taken.records, "receipts": taken.receipts}
        for name in (receipts, records):
            yield from (
                not_supplied(name, name)
                if taken.receipts.is_empty()
                else evaluate(workspace, batch, name, name, frames)
            )
        found = stored_defects(workspace, batch, register, taken.records)
        write_defects(folder, register, found, config.labels)

    return read


def _files(receipts: pl.DataFrame) -> dict[str, int]:
    """How many files were read, and how many an earlier run had read already."""
    read, reused = files_read(receipts)
    return {
        LABELS("assets.files_read"): read,
        LABELS("assets.files_reused"): reused,
    }


ASSETS = [batch_asset, *(intake_asset(register) for register in REGISTERS)]
