"""The other lists the notice asks of the same registers."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

import dagster as dg
import polars as pl

from assets.boundary import guarded
from assets.checks import check_specs, evaluate
from assets.policy import COUNTIES, EVIDENCE, RECEIPTS, rulebook
from assets.wording import CIVIL_AFFAIRS, described
from assets.workspace import BATCHES, Workspace
from reconciliation.identity.place_names import place_names, with_place_names
from reconciliation.linkage.plan import link_evidence
from reconciliation.policy.entitlements.draw_up import (
    Before,
    DrawnUp,
    draw_up,
    no_history,
    with_links,
)
from reconciliation.policy.entitlements.people import LINKED
from reconciliation.policy.judge import Judgement
from reconciliation.publishing.entitlements import Content, write_entitlement_books
from reconciliation.publishing.private_files import write_frame
from reconciliation.publishing.release import Release
from reconciliation.publishing.stored import gathered

GROUP = "policy"
OWNERS = (CIVIL_AFFAIRS,)
JUDGED = ("households", "findings", "dispositions", "switched_off")
FRAMES = ("entitlement_totals", "entitlement_tie_outs", "entitlements_off", "entitlement_history")
_LINKED = sorted({register for pair in LINKED for register in pair})


@dg.asset(
    name="entitlement_links",
    partitions_def=BATCHES,
    ins={f"persons_{name}": dg.AssetIn(f"persons_{name}") for name in _LINKED},
    **described("entitlement_links", group="linkage", kinds={"polars", "rapidfuzz"}),
)
@guarded
def entitlement_links(
    context: dg.AssetExecutionContext, workspace: Workspace, **persons: pl.DataFrame
) -> Iterator[Any]:
    """Link the optional registers that the lists ask about together."""
    workspace.batch_of(context)
    config = workspace.configuration
    yield dg.Output(
        pl.concat(
            link_evidence(
                persons[f"persons_{register}"],
                persons[f"persons_{other}"],
                register=register,
                evidence_register=other,
                settings=config.linkage,
                characters=config.characters,
                labels=config.labels,
            )
            for register, other in LINKED
        )
    )


@dg.multi_asset(
    name="draw_up_entitlements",
    partitions_def=BATCHES,
    ins={
        name: dg.AssetIn(name)
        for name in (*EVIDENCE, *RECEIPTS, *COUNTIES, *JUDGED, "entitlement_links", "cases")
    },
    outs={
        **{
            name: dg.AssetOut(**described(name, group=GROUP, kinds={"polars"}, owners=OWNERS))
            for name in FRAMES
        },
        "entitlements": dg.AssetOut(
            dagster_type=dg.Nothing,
            **described("entitlements", group=GROUP, kinds={"parquet", "excel"}, owners=OWNERS),
        ),
    },
    check_specs=check_specs("entitlements", asset="entitlements"),
)
@guarded
def entitlements_drawn_up(
    context: dg.AssetExecutionContext, workspace: Workspace, **frames: pl.DataFrame
) -> Iterator[Any]:
    """Draw up every list, write it as Parquet and into the workbooks, and check that nobody is on one twice."""
    batch = workspace.batch_of(context)
    config = workspace.configuration
    evidence = with_links(gathered(frames), frames["entitlement_links"])
    made = draw_up(
        evidence,
        Judgement(**{name: frames[name] for name in JUDGED}),
        config.entitlements,
        rulebook(workspace, batch),
        Before(history=history_before(workspace, batch), cases=frames["cases"]),
    )
    names = place_names(evidence.records, evidence.persons)
    lists = {name: frame.pipe(with_place_names, names) for name, frame in made.lists.items()}
    totals = with_county_names(made.totals, names["county"])
    folder = Release(workspace.staging(batch)).make_folders().entitlements
    for name, frame in lists.items():
        write_frame(folder / f"{name}.parquet", frame)
    write_entitlement_books(
        folder,
        Content(lists, totals, config.entitlements.titles),
        labels=config.labels,
        batch=date.fromisoformat(batch),
    )
    yield from _outputs(made, totals)
    sizes = {name: frame.height for name, frame in lists.items()}
    yield dg.Output(None, output_name="entitlements", metadata=sizes)
    checked = {
        "entitlements": _all(lists),
        "entitlement_totals": totals,
        "entitlement_tie_outs": made.tie_outs,
        "links": frames["links"],
        "duplicates": frames["duplicates"],
    }
    yield from evaluate(workspace, batch, "entitlements", "entitlements", checked)


def history_before(workspace: Workspace, batch: str) -> pl.DataFrame:
    """Who was on a list that is paid once in the release the batch goes on from, or before."""
    release = workspace.previous_release(batch)
    path = Release(release).data / "entitlement_history.parquet" if release else None
    return pl.read_parquet(path) if path is not None and path.exists() else no_history()


def with_county_names(totals: pl.DataFrame, names: pl.DataFrame) -> pl.DataFrame:
    """Totals with their counties as offices write them."""
    return (
        totals.join(names, on="county", how="left", maintain_order="left")
        .with_columns(county=pl.coalesce("name", "county"))
        .drop("name")
    )


def _outputs(made: DrawnUp, totals: pl.DataFrame) -> Iterator[Any]:
    frames = (totals, made.tie_outs, made.switched_off, made.history)
    for name, frame in zip(FRAMES, frames, strict=True):
        yield dg.Output(frame, output_name=name)


def _all(lists: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """The lists one below the other, with the name of the list in front."""
    columns = ("register", "record", "rule", "group", "status", "amount", "why")
    return pl.concat(
        frame.select(pl.lit(name).alias("list"), *columns) for name, frame in lists.items()
    )


ASSETS = [entitlement_links, entitlements_drawn_up]
