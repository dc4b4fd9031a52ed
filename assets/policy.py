"""Links become findings, one disposition a record, and the lists."""

from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import dagster as dg
import polars as pl

from assets.boundary import guarded
from assets.checks import check_specs, evaluate
from assets.ledger import people_of_cases
from assets.summaries import in_markdown
from assets.wording import CIVIL_AFFAIRS, POVERTY_OFFICE, described
from assets.workspace import BATCHES, Workspace
from reconciliation.identity.place_names import LEVELS, place_names, with_place_names
from reconciliation.ledger.answers import FOLDER, answered, read_answers
from reconciliation.policy.evidence import ANSWERED, Rulebook
from reconciliation.policy.figures import distinct_people
from reconciliation.policy.judge import judge
from reconciliation.policy.lists import build_lists
from reconciliation.publishing.batch_figures import BatchFigures, Sources, batch_figures
from reconciliation.publishing.figures import list_sizes
from reconciliation.publishing.private_files import write_frame
from reconciliation.publishing.release import Release
from reconciliation.publishing.sources import with_register_sources
from reconciliation.publishing.stored import gathered
from reconciliation.publishing.tie_outs import record_counts, tie_outs
from reconciliation.registers.schema import LISTS, REGISTERS, REQUIRED

GROUP = "policy"
OWNERS = (CIVIL_AFFAIRS, POVERTY_OFFICE)
JUDGED = ("households", "findings", "dispositions", "switched_off")
FIGURES = (
    "receipts",
    "record_counts",
    "people_by_county",
    "overlap",
    "place_figures",
    "deep_poverty",
    "tie_outs",
)
"""What the summary page and the manifest are made from."""
EVIDENCE = (
    *(f"records_{register}" for register in REGISTERS),
    *(f"persons_{register}" for register in REGISTERS),
    "links",
    "evidence_links",
    "duplicates",
)
COUNTIES = tuple(f"counties_{register}" for register in REQUIRED)
RECEIPTS = tuple(f"receipts_{register}" for register in REGISTERS)


def rulebook(workspace: Workspace, batch: str) -> Rulebook:
    """The rules in effect for a batch."""
    return workspace.configuration.rulebook(date.fromisoformat(batch))


@dg.multi_asset(
    name="judge",
    partitions_def=BATCHES,
    ins={name: dg.AssetIn(name) for name in (*EVIDENCE, *RECEIPTS, *COUNTIES)},
    outs={
        **{
            name: dg.AssetOut(**described(name, group=GROUP, kinds={"polars"}, owners=OWNERS))
            for name in (*JUDGED, *FIGURES, "answered")
        },
        "lists": dg.AssetOut(
            dagster_type=dg.Nothing,
            **described("lists", group=GROUP, kinds={"parquet"}, owners=OWNERS),
        ),
    },
    check_specs=check_specs("lists", asset="lists"),
)
@guarded
def judged(
    context: dg.AssetExecutionContext, workspace: Workspace, **frames: pl.DataFrame
) -> Iterator[Any]:
    """Apply the policy, write the ten lists, and check that nobody was lost on the way to them.

    One step for all, because every part of it needs all the evidence.
    """
    batch = workspace.batch_of(context)
    said = _answered(workspace, batch, frames)
    evidence, rules = gathered({**frames, "answered": said}), rulebook(workspace, batch)
    judgement = judge(evidence, rules)
    dispositions = with_register_sources(judgement.dispositions, dict(evidence.records))
    names = place_names(evidence.records, evidence.persons)
    lists = {
        name: frame.pipe(with_place_names, names).pipe(with_place_names, names, "counterpart_")
        for name, frame in build_lists(judgement, evidence, rules).items()
    }
    sources = Sources(
        records=evidence.records,
        persons=evidence.persons,
        links=evidence.links,
        duplicates=evidence.duplicates,
        dispositions=dispositions,
        people=distinct_people(evidence, rules),
        lists=lists,
    )
    counted = batch_figures(
        sources, workspace.configuration.reporting, names, deep_poverty(workspace)
    )
    figures = figured(frames, sources, counted)
    write_lists(Release(workspace.staging(batch)).make_folders().lists, lists)
    yield dg.Output(judgement.households, output_name="households")
    yield dg.Output(judgement.findings, output_name="findings")
    yield dg.Output(dispositions, output_name="dispositions")
    yield dg.Output(judgement.switched_off, output_name="switched_off")
    yield dg.Output(said, output_name="answered")
    for name in FIGURES:
        yield dg.Output(figures[name], output_name=name)
    sizes = {name: lists[name].height for name in LISTS}
    told = list_sizes(dispositions).rename({"disposition": "list_name"})
    words = {"register": "registers", "list_name": "lists", "owner": "publishing.owners"}
    summary = in_markdown(told, words)
    yield dg.Output(None, output_name="lists", metadata={**sizes, "summary": summary})
    checked = {"dispositions": dispositions, "lists": _all(lists), "tie_outs": figures["tie_outs"]}
    yield from evaluate(workspace, batch, "lists", "lists", frames | checked)


def _answered(workspace: Workspace, batch: str, frames: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """What the counties have answered about people of this batch; nobody is looked for where nothing was answered."""
    given = read_answers(workspace.output_folder / FOLDER)
    if given.is_empty():
        return pl.DataFrame(schema=ANSWERED)
    return answered(given, people_of_cases(workspace, batch, frames))


def figured(
    frames: Mapping[str, pl.DataFrame], sources: Sources, counted: BatchFigures
) -> dict[str, pl.DataFrame]:
    """The frames of `FIGURES`, by name."""
    receipts = pl.concat(frames[name] for name in RECEIPTS)
    counts = record_counts(sources.records, receipts)
    sums = tie_outs(receipts, counts, sources.dispositions, sources.lists, counted.tables)
    return {
        "receipts": receipts,
        "record_counts": counts,
        "people_by_county": counted.tables["county"],
        "overlap": counted.overlap,
        "place_figures": counted.places,
        "deep_poverty": counted.deep,
        "tie_outs": pl.concat([sums, counted.tie_outs]).sort("register", maintain_order=True),
    }


def deep_poverty(workspace: Workspace) -> dict[str, pl.DataFrame]:
    """By level the units of deep poverty; a level without any has no list."""
    check = workspace.configuration.entitlements.field_check
    none = {
        level: pl.DataFrame(schema=dict.fromkeys(LEVELS[: place + 1], pl.String))
        for place, level in enumerate(LEVELS)
    }
    return none if check is None else {level: check.deep(level) for level in LEVELS}


def write_lists(folder: Path, lists: Mapping[str, pl.DataFrame]) -> None:
    """One Parquet file a list."""
    for name in LISTS:
        write_frame(folder / f"{name}.parquet", lists[name])


def _all(made: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """The ten lists one below the other, with the name of the list in front."""
    columns = ("register", "record", "rule", "why")
    return pl.concat(
        frame.select(pl.lit(name).alias("list"), *columns) for name, frame in made.items()
    )


ASSETS = [judged]
