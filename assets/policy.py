"""Links become findings, one disposition a record, and the lists."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

import dagster as dg
import polars as pl

from assets.boundary import guarded
from assets.checks import check_specs, evaluate
from assets.wording import CIVIL_AFFAIRS, POVERTY_OFFICE, described
from assets.workspace import BATCHES, Workspace
from reconciliation.policy.evidence import Evidence, Rulebook
from reconciliation.policy.judge import Judgement, judge
from reconciliation.policy.lists import build_lists
from reconciliation.publishing.figures import PLACES, place_table
from reconciliation.publishing.private_files import write_frame
from reconciliation.publishing.release import Release
from reconciliation.publishing.sources import with_register_sources
from reconciliation.publishing.tie_outs import record_counts, tie_outs
from reconciliation.registers.schema import LISTS, REGISTERS, REQUIRED

GROUP = "policy"
OWNERS = (CIVIL_AFFAIRS, POVERTY_OFFICE)
JUDGED = ("households", "findings", "dispositions", "switched_off")
EVIDENCE = (
    *(f"records_{register}" for register in REGISTERS),
    *(f"persons_{register}" for register in REGISTERS),
    "links",
    "evidence_links",
    "duplicates",
)


def gathered(frames: Mapping[str, pl.DataFrame]) -> Evidence:
    """The frames an asset was given, as the policy takes them: optional registers that did not come are left out."""
    supplied = [name for name in REGISTERS if not frames[f"records_{name}"].is_empty()]
    return Evidence(
        records={name: frames[f"records_{name}"] for name in supplied},
        persons={name: frames[f"persons_{name}"] for name in supplied},
        links=frames["links"],
        evidence_links=frames["evidence_links"],
        duplicates=frames["duplicates"],
    )


def rulebook(workspace: Workspace, batch: str) -> Rulebook:
    """The rules in effect for a batch."""
    config = workspace.configuration
    return Rulebook(
        policy=config.policy,
        thresholds=config.thresholds,
        codes=config.codes,
        labels=config.labels,
        batch=date.fromisoformat(batch),
    )


@dg.multi_asset(
    name="judge",
    partitions_def=BATCHES,
    ins={name: dg.AssetIn(name) for name in EVIDENCE},
    outs={
        name: dg.AssetOut(**described(name, group=GROUP, kinds={"polars"}, owners=OWNERS))
        for name in JUDGED
    },
)
@guarded
def judged(
    context: dg.AssetExecutionContext, workspace: Workspace, **frames: pl.DataFrame
) -> Iterator[Any]:
    """Apply the policy to every person and household."""
    evidence = gathered(frames)
    made = judge(evidence, rulebook(workspace, context.partition_key))
    sourced = with_register_sources(made.dispositions, dict(evidence.records))
    yield dg.Output(made.households, output_name="households")
    yield dg.Output(made.findings, output_name="findings")
    yield dg.Output(sourced, output_name="dispositions")
    yield dg.Output(made.switched_off, output_name="switched_off")


@dg.multi_asset(
    name="make_lists",
    partitions_def=BATCHES,
    ins={
        name: dg.AssetIn(name)
        for name in (*EVIDENCE, *JUDGED, *(f"receipts_{r}" for r in REGISTERS))
    },
    outs={
        "tie_outs": dg.AssetOut(**described("tie_outs", group=GROUP, kinds={"polars"})),
        "lists": dg.AssetOut(
            dagster_type=dg.Nothing,
            **described("lists", group=GROUP, kinds={"parquet"}, owners=OWNERS),
        ),
    },
    check_specs=check_specs("lists", asset="lists"),
)
@guarded
def lists(
    context: dg.AssetExecutionContext, workspace: Workspace, **frames: pl.DataFrame
) -> Iterator[Any]:
    """Write the ten lists and check that nobody was lost on the way to them."""
    batch = context.partition_key
    evidence = gathered(frames)
    judgement = Judgement(
        households=frames["households"],
        findings=frames["findings"],
        dispositions=frames["dispositions"],
        switched_off=frames["switched_off"],
    )
    made = build_lists(judgement, evidence, rulebook(workspace, batch))
    folder = Release(workspace.staging(batch)).make_folders().lists
    for name in LISTS:
        write_frame(folder / f"{name}.parquet", made[name])
    receipts = pl.concat(frames[f"receipts_{register}"] for register in REGISTERS)
    sums = tie_outs(
        receipts,
        record_counts(evidence.records, receipts),
        frames["dispositions"],
        made,
        {level: place_table(frames["dispositions"], located(frames), level) for level in PLACES},
    )
    yield dg.Output(sums, output_name="tie_outs")
    yield dg.Output(None, output_name="lists", metadata={name: made[name].height for name in LISTS})
    yield from evaluate(
        workspace,
        batch,
        "lists",
        "lists",
        {**frames, "lists": _all(made), "tie_outs": sums},
    )


def located(frames: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """Where the people of both registers live: `register`, `record`, `county`, `town`, `village`."""
    return pl.concat(
        frames[f"persons_{register}"].select(pl.lit(register).alias("register"), "record", *PLACES)
        for register in REQUIRED
    )


def _all(made: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """The ten lists one below the other, with the name of the list in front."""
    columns = ("register", "record", "rule", "why")
    return pl.concat(
        frame.select(pl.lit(name).alias("list"), *columns) for name, frame in made.items()
    )


ASSETS = [judged, lists]
