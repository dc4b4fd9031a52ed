"""Findings go on from batch to batch: the ledger and the case numbers it hangs on."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import dagster as dg
import polars as pl

from assets.boundary import guarded
from assets.coverage import by_comparable_name
from assets.summaries import in_markdown
from assets.wording import described
from assets.workspace import BATCHES, Workspace
from reconciliation.ledger.advance import Before, Now, advance
from reconciliation.ledger.answers import FOLDER, read_answers
from reconciliation.ledger.known import known_people
from reconciliation.ledger.revision import change_counts, changes
from reconciliation.ledger.states import Circumstances, Missing
from reconciliation.ledger.storage import Storage, storage
from reconciliation.publishing.release import Release
from reconciliation.registers.schema import ACTIONABLE, REQUIRED

NOT_WHOLE = ("nothing_received", "refused", "cannot_tell")
"""States of the coverage that leave it open whether somebody who is not found is on the register."""
GROUP = "ledger"
OUTPUTS = ("ledger", "cases", "changes")


@dg.multi_asset(
    name="advance_ledger",
    partitions_def=BATCHES,
    ins={
        name: dg.AssetIn(name)
        for name in (
            "findings",
            "dispositions",
            "coverage",
            "switched_off",
            *(f"persons_{r}" for r in REQUIRED),
        )
    },
    deps=["lists"],
    outs={name: dg.AssetOut(**described(name, group=GROUP, kinds={"polars"})) for name in OUTPUTS},
)
@guarded
def ledger(
    context: dg.AssetExecutionContext, workspace: Workspace, **frames: pl.DataFrame
) -> Iterator[Any]:
    """Take the ledger of the release before one batch further."""
    batch = workspace.batch_of(context)
    before, replaced = workspace.previous_release(batch), workspace.replaced_release(batch)
    now = Now(
        batch=batch,
        findings=frames["findings"],
        persons={register: frames[f"persons_{register}"] for register in REQUIRED},
        release=workspace.release_name(batch),
        asked=frames["dispositions"].filter(pl.col("disposition").is_in(ACTIONABLE)),
        circumstances=Circumstances(
            batch,
            answers=read_answers(workspace.output_folder / FOLDER),
            missing=missing(workspace, frames["coverage"], frames["switched_off"]),
            overdue_days=workspace.configuration.answers.overdue_days,
            notice_lists=workspace.configuration.answers.notice_lists,
        ),
    )
    kept = storage(workspace.configuration.ledger)
    earlier = published(replaced, kept) if replaced else None
    made = advance(
        now,
        published(before, kept) if before else None,
        workspace.secret().key,
        replaced=earlier,
    )
    kept.write(now.release, {"ledger": made.ledger, "cases": made.cases})
    changed = changes(earlier.ledger if earlier else None, made.ledger, workspace.revise)
    states = made.ledger["state"].value_counts().sort("state")
    yield dg.Output(made.cases, output_name="cases")
    yield dg.Output(
        changed,
        output_name="changes",
        metadata={
            "replaces": replaced.name if replaced else "",
            "reason": workspace.revise,
            **change_counts(changed),
        },
    )
    yield dg.Output(
        made.ledger,
        output_name="ledger",
        metadata={
            "previous_release": before.name if before else "",
            **dict(states.iter_rows()),
            "summary": in_markdown(states.rename({"count": "rows"}), {"state": "ledger.states"}),
        },
    )


def missing(workspace: Workspace, coverage: pl.DataFrame, switched_off: pl.DataFrame) -> Missing:
    """What did not come with a batch, or did not come whole."""
    absent = coverage.filter(pl.col("status").is_in(NOT_WHOLE))
    counties = {
        register: frozenset(
            by_comparable_name(
                workspace, tuple(absent.filter(register=register)["county"].drop_nulls())
            )
        )
        for register in REQUIRED
    }
    further = set(absent["register"]) - set(REQUIRED)
    off = switched_off.filter(pl.col("source_file").is_null())["rules"].explode().drop_nulls()
    resting = {
        rule.rule
        for rule in workspace.configuration.policy.rules
        if further & set(rule.needs_registers)
    }
    return Missing(counties, frozenset({*off, *resting}))


def published(release: Path, kept: Storage) -> Before:
    """What an earlier release holds that the ledger goes on from."""
    data, frames = Release(release).data, kept.read(release)
    return Before(
        ledger=frames["ledger"],
        cases=frames["cases"],
        persons={
            register: pl.read_parquet(data / f"persons_{register}.parquet") for register in REQUIRED
        },
    )


def people_of_cases(
    workspace: Workspace, batch: str, frames: Mapping[str, pl.DataFrame]
) -> pl.DataFrame:
    """Which rows of this batch the cases of earlier releases are: `case_key`, `register`, `record`.

    Args:
        workspace: where the releases are.
        batch: this one.
        frames: `persons_<register>` of the two registers.
    """
    earlier = [workspace.previous_release(batch), workspace.replaced_release(batch)]
    kept = storage(workspace.configuration.ledger)
    return known_people(
        [published(release, kept) for release in earlier if release],
        {register: frames[f"persons_{register}"] for register in REQUIRED},
    )


ASSETS = [ledger]
