"""What people open, and the release that puts it all in place at once."""

import getpass
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import dagster as dg
import polars as pl

from assets.boundary import guarded
from assets.checks import require_verdicts, stored_verdicts
from assets.policy import FIGURES
from assets.summaries import published_file
from assets.wording import CIVIL_AFFAIRS, LABELS, POVERTY_OFFICE, described
from assets.workspace import BATCHES, Workspace
from expectations.data_docs import write_data_docs
from expectations.verdict import Validation
from reconciliation.ledger.asked import with_findings
from reconciliation.ledger.revision import change_counts
from reconciliation.ledger.states import CLOSED
from reconciliation.publishing import audit
from reconciliation.publishing.answer_sheets import Sending
from reconciliation.publishing.figure_books import write_figure_book
from reconciliation.publishing.figures import list_sizes, tier_sizes
from reconciliation.publishing.hashes import file_hash, file_hashes
from reconciliation.publishing.home_visits import write_visit_forms
from reconciliation.publishing.manifest import (
    ReleaseCounts,
    ReleaseFacts,
    build_manifest,
    write_manifest,
)
from reconciliation.publishing.packages import divide, write_packages
from reconciliation.publishing.private_files import emptied, write_frame
from reconciliation.publishing.refused import refused_note
from reconciliation.publishing.release import Release, publish
from reconciliation.publishing.summary_page import PageLink, SummaryData, write_summary
from reconciliation.publishing.verification import TRAIL
from reconciliation.publishing.workbooks import write_county_workbooks
from reconciliation.registers.schema import ACTIONABLE, REQUIRED

GROUP = "publishing"
OWNERS = (CIVIL_AFFAIRS, POVERTY_OFFICE)
TOLD = (
    *FIGURES,
    "links",
    "quality",
    "dispositions",
    "switched_off",
    "entitlement_totals",
    "entitlement_tie_outs",
    "entitlements_off",
)
"""The frames that the summary page and the manifest are made from."""
CHECKS = {
    "rule": pl.String,
    "subject": pl.String,
    "check": pl.String,
    "blocking": pl.Boolean,
    "passed": pl.Boolean,
    "unexpected": pl.Int64,
    "total": pl.Int64,
    "detail": pl.String,
}
"""A verdict as the page and the manifest name it; the detail is null where the rule holds."""


@dg.asset(
    name="workbooks",
    partitions_def=BATCHES,
    ins={name: dg.AssetIn(name) for name in ("receipts", "ledger", "cases")},
    deps=["lists"],
    **described("workbooks", group=GROUP, kinds={"excel"}, owners=OWNERS),
)
@guarded
def workbooks(
    context: dg.AssetExecutionContext, workspace: Workspace, **frames: pl.DataFrame
) -> Iterator[Any]:
    """A workbook a county."""
    release = Release(workspace.staging(workspace.batch_of(context)))
    books = write_county_workbooks(
        emptied(release.workbooks),
        asked(release, frames),
        sending(context, workspace, frames["receipts"]),
        on_book=lambda done, of: context.log.info(
            LABELS("assets.workbooks_done", done=done, of=of)
        ),
    )
    yield dg.MaterializeResult(metadata={"books": len(books)})


@dg.asset(
    name="home_visits",
    partitions_def=BATCHES,
    ins={
        name: dg.AssetIn(name)
        for name in ("receipts", "ledger", "cases", *(f"persons_{r}" for r in REQUIRED))
    },
    deps=["lists"],
    **described("home_visits", group=GROUP, kinds={"excel"}, owners=OWNERS),
)
@guarded
def home_visits(
    context: dg.AssetExecutionContext, workspace: Workspace, **frames: pl.DataFrame
) -> Iterator[Any]:
    """A form a household that is to be visited."""
    release = Release(workspace.staging(workspace.batch_of(context)))
    lists = asked(release, frames)
    visited = [lists[name] for name in workspace.configuration.answers.visit_lists]
    members = pl.concat(
        frames[f"persons_{register}"].select(
            "household", "record", "name", "id_number", "relation", register=pl.lit(register)
        )
        for register in REQUIRED
    )
    books = write_visit_forms(
        emptied(release.home_visits),
        pl.concat([lists["verify"].clear(), *visited]),
        members,
        sending(context, workspace, frames["receipts"]),
        on_book=lambda done, of: context.log.info(
            LABELS("assets.home_visits_done", done=done, of=of)
        ),
    )
    yield dg.MaterializeResult(metadata={"books": len(books)})


@dg.asset(
    name="packages",
    partitions_def=BATCHES,
    ins={name: dg.AssetIn(name) for name in ("receipts", "ledger", "cases")},
    deps=["lists"],
    **described("packages", group=GROUP, kinds={"parquet", "excel"}, owners=OWNERS),
)
@guarded
def packages(
    context: dg.AssetExecutionContext, workspace: Workspace, **frames: pl.DataFrame
) -> Iterator[Any]:
    """Each office's own lists, with only the fields it needs."""
    release = Release(workspace.staging(workspace.batch_of(context)))
    divided = divide(asked(release, frames), workspace.configuration.reporting)
    write_packages(release.packages, divided, sending(context, workspace, frames["receipts"]))
    rows = {
        package.owner: sum(frame.height for frame in package.lists.values()) for package in divided
    }
    yield dg.MaterializeResult(metadata=rows)


def asked(release: Release, frames: Mapping[str, pl.DataFrame]) -> dict[str, pl.DataFrame]:
    """The actionable lists with the finding each row asks about, without those that are closed."""
    return {
        name: pl.read_parquet(release.lists / f"{name}.parquet")
        .pipe(with_findings, frames["ledger"], frames["cases"])
        .filter(pl.col("state") != CLOSED)
        for name in ACTIONABLE
    }


def sending(
    context: dg.AssetExecutionContext, workspace: Workspace, receipts: pl.DataFrame
) -> Sending:
    """What a release sends out with."""
    config = workspace.configuration
    batch = workspace.batch_of(context)
    name = workspace.release_name(batch)
    missing = refused_note(receipts, config.labels)
    return Sending(
        labels=config.labels,
        batch=date.fromisoformat(batch),
        release=name,
        run=f"{name} {config.digest[:16]}",
        secret=workspace.secret().key,
        settings=config.answers,
        facts=(
            (LABELS("assets.fact_release"), name),
            (LABELS("assets.fact_config"), config.digest),
            *([(LABELS("publishing.receipts.missing_title"), missing)] if missing else []),
        ),
    )


@dg.asset(
    name="summary_page",
    partitions_def=BATCHES,
    ins={name: dg.AssetIn(name) for name in (*TOLD, "coverage")},
    deps=["lists", "defects", "entitlements"],
    **described("summary_page", group=GROUP, kinds={"html"}),
)
@guarded
def summary_page(
    context: dg.AssetExecutionContext, workspace: Workspace, **frames: pl.DataFrame
) -> Iterator[Any]:
    """The page to open first."""
    batch = workspace.batch_of(context)
    config = workspace.configuration
    counts = counted(frames, stored_verdicts(workspace, batch))
    summary = SummaryData(
        title=config.campaign.title,
        province=config.campaign.province,
        facts=release_facts(workspace, batch),
        data_dates=dict.fromkeys(REQUIRED, batch),
        receipts=counts.receipts,
        coverage=frames["coverage"],
        records=counts.records,
        tiers=tier_sizes(counts.links),
        lists=list_sizes(counts.dispositions),
        counties=frames["people_by_county"],
        overlap=frames["overlap"],
        places=frames["place_figures"],
        deep=frames["deep_poverty"],
        checks=pl.DataFrame(counts.checks, schema=CHECKS),
        tie_outs=counts.tie_outs,
        switched_off=switched_off(frames),
        entitlements=frames["entitlement_totals"],
        entitlement_titles=config.entitlements.titles,
        entitlement_rules=config.entitlements.rules,
        links=tuple(
            PageLink(href, LABELS(f"assets.{key}"), LABELS(f"assets.{key}_note"))
            for key, href in (
                ("next_workbooks", "../workbooks/"),
                ("next_mismatches", "audit/index.html"),
                ("next_data_docs", "../data_docs/index.html"),
                ("next_manifest", "../manifest.json"),
            )
        ),
    )
    release = Release(workspace.staging(batch))
    write_summary(release.summary, summary, config.labels)
    write_frame(release.reports / "figures.parquet", frames["place_figures"])
    write_figure_book(
        release.reports / "figures.xlsx",
        frames["place_figures"],
        frames["deep_poverty"],
        config.labels,
        date.fromisoformat(batch),
    )
    yield dg.MaterializeResult(
        metadata={
            "lists": summary.lists.height,
            "page": published_file(workspace, batch, release.summary),
        }
    )


@dg.asset(
    name="data_docs",
    partitions_def=BATCHES,
    deps=["lists", "coverage", "defects", "entitlements"],
    **described("data_docs", group=GROUP, kinds={"greatexpectations"}),
)
@guarded
def data_docs(context: dg.AssetExecutionContext, workspace: Workspace) -> Iterator[Any]:
    """What the checks found, for auditors."""
    batch = workspace.batch_of(context)
    validations = stored_verdicts(workspace, batch)
    folder = Release(workspace.staging(batch)).data_docs
    write_data_docs(folder, validations, batch=batch, labels=workspace.configuration.labels)
    yield dg.MaterializeResult(
        metadata={
            "subjects": len(validations),
            "page": published_file(workspace, batch, folder / "index.html"),
        }
    )


@dg.asset(
    name="release",
    partitions_def=BATCHES,
    ins={name: dg.AssetIn(name) for name in (*TOLD, "changes")},
    deps=[
        "workbooks",
        "home_visits",
        "packages",
        "summary_page",
        "mismatch_report",
        "report_figures",
        "half_monthly_report",
        "data_docs",
        "ledger",
        "households",
        "defects",
        "entitlements",
    ],
    **described("release", group=GROUP, kinds={"parquet"}, owners=OWNERS),
)
@guarded
def release_asset(
    context: dg.AssetExecutionContext, workspace: Workspace, **frames: pl.DataFrame
) -> Iterator[Any]:
    """Ask once more whether everything was checked, then put the batch in its place."""
    batch = workspace.batch_of(context)
    staging = Release(workspace.staging(batch))
    validations = stored_verdicts(workspace, batch)
    require_verdicts(validations, subjects(frames["record_counts"]))
    facts = replace(
        release_facts(workspace, batch, seconds_by_step(context)),
        changes=change_counts(frames["changes"]),
    )
    counts = counted(frames, validations)
    manifest = build_manifest(facts, counts)
    write_manifest(staging.manifest, manifest)
    workspace.finish(batch)
    # The entry comes first: a release without one could not be told from a forged one.
    audit.append(
        workspace.output_folder / TRAIL,
        {
            "who": getpass.getuser(),
            "when": datetime.now(ZoneInfo(workspace.configuration.campaign.time_zone)).isoformat(),
            "command": workspace.command,
            "run": context.run_id,
            "release": facts.name,
            "inputs": {
                f"{item['register']}/{item['source_file']}": item["sha256"]
                for item in manifest["inputs"]
            },
            "outputs": file_hashes(staging.root),
            "counts": manifest["counts"],
            "profile": "internal",
        },
    )
    published = publish(staging.root, workspace.output_folder / facts.name)
    yield dg.MaterializeResult(
        metadata={
            "path": dg.MetadataValue.path(published),
            "manifest_sha256": file_hash(Release(published).manifest),
        }
    )


def subjects(records: pl.DataFrame) -> set[str]:
    """Everything that must have a verdict before a batch is published.

    Args:
        records: `record_counts`, one row a register that came.
    """
    with_rows = records.filter(pl.col("received") > 0)
    return {
        *(f"{stage}_{name}" for stage in ("receipts", "records") for name in records["register"]),
        *(f"persons_{name}" for name in with_rows["register"]),
        "coverage",
        "links",
        "duplicates",
        "lists",
        "entitlements",
    }


def release_facts(
    workspace: Workspace, batch: str, seconds: Mapping[str, float] | None = None
) -> ReleaseFacts:
    """Which release a batch will be and what it is made with."""
    replaced, before = workspace.replaced_release(batch), workspace.previous_release(batch)
    return ReleaseFacts(
        batch=batch,
        name=workspace.release_name(batch),
        config_hash=workspace.configuration.digest,
        policy_version=workspace.configuration.policy.version,
        secret_fingerprint=workspace.secret().fingerprint,
        previous=before.name if before else None,
        replaces=replaced.name if replaced else None,
        reason=workspace.revise or None,
        seconds=seconds or {},
    )


def counted(frames: Mapping[str, pl.DataFrame], validations: list[Validation]) -> ReleaseCounts:
    """The frames that counts are taken from."""
    return ReleaseCounts(
        receipts=frames["receipts"],
        records=frames["record_counts"],
        links=frames["links"],
        quality=frames["quality"],
        dispositions=frames["dispositions"],
        tie_outs=frames["tie_outs"],
        checks=[
            {
                "rule": verdict.rule.id,
                "subject": validation.subject,
                "check": LABELS(verdict.rule.wording_key),
                "blocking": verdict.rule.blocking,
                "passed": verdict.success,
                "unexpected": verdict.unexpected,
                "total": verdict.total,
                "detail": None if verdict.success else verdict.message,
            }
            for validation in validations
            for verdict in validation.verdicts
        ],
        switched_off=switched_off(frames).to_dicts(),
        entitlements=frames["entitlement_totals"],
        entitlement_tie_outs=frames["entitlement_tie_outs"].to_dicts(),
    )


def switched_off(frames: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """The rules of the main policy and of the other lists that are off, together a register, file and column."""
    keys = ["register", "source_file", "field"]
    return (
        pl.concat([frames["switched_off"], frames["entitlements_off"]])
        .group_by(keys, maintain_order=True)
        .agg(pl.col("rules").explode())
        .sort(keys, nulls_last=False)
    )


def seconds_by_step(context: dg.AssetExecutionContext) -> dict[str, float]:
    """How long each finished step of this run took, from Dagster's own records."""
    return {
        stats.step_key: stats.end_time - stats.start_time
        for stats in context.instance.get_run_step_stats(context.run_id)
        if stats.start_time is not None and stats.end_time is not None
    }


ASSETS = [workbooks, packages, home_visits, summary_page, data_docs, release_asset]
