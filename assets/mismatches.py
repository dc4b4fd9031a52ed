"""The mismatch report: what auditors open."""

from collections.abc import Iterator, Mapping
from typing import Any

import dagster as dg
import polars as pl

from assets.boundary import guarded
from assets.publishing import GROUP, OWNERS, release_facts
from assets.summaries import in_markdown, published_file
from assets.wording import LABELS, described
from assets.workspace import BATCHES, Workspace
from reconciliation.policy.entitlements.totals import prefectures
from reconciliation.publishing.figures import list_sizes
from reconciliation.publishing.hashes import release_fingerprint
from reconciliation.publishing.mismatches.pages import Report, write_report
from reconciliation.publishing.mismatches.pictures import Pictured
from reconciliation.publishing.mismatches.rows import Material, Mismatches, mismatches
from reconciliation.publishing.mismatches.rulebook import rule_texts
from reconciliation.publishing.mismatches.totals import county_totals, report_tie_outs, rows_by_list
from reconciliation.publishing.mismatches.trend import HISTORY, earlier_lists
from reconciliation.publishing.private_files import emptied
from reconciliation.publishing.release import Release, releases
from reconciliation.registers.schema import LISTS, REQUIRED

FRAMES = (
    "links",
    "duplicates",
    "ledger",
    "cases",
    "receipts",
    "record_counts",
    "calibration",
    "dispositions",
    *(f"persons_{register}" for register in REQUIRED),
)


@dg.asset(
    name="mismatch_report",
    partitions_def=BATCHES,
    ins={name: dg.AssetIn(name) for name in FRAMES},
    deps=["lists", *(f"records_{register}" for register in REQUIRED)],
    **described("mismatch_report", group=GROUP, kinds={"html"}, owners=OWNERS),
)
@guarded
def mismatch_report(
    context: dg.AssetExecutionContext, workspace: Workspace, **frames: pl.DataFrame
) -> Iterator[Any]:
    """A page a county, a prefecture, and one over the province."""
    # Loading the library that draws takes a second that only this step should pay.
    from reconciliation.publishing.mismatches.charts import charts  # noqa: PLC0415

    batch = workspace.batch_of(context)
    config = workspace.configuration
    release = Release(workspace.staging(batch))
    found = mismatches(
        Material(
            lists={name: pl.scan_parquet(release.lists / f"{name}.parquet") for name in LISTS},
            persons={register: frames[f"persons_{register}"] for register in REQUIRED},
            **{name: frames[name] for name in ("links", "duplicates", "ledger", "cases")},
        )
    )
    sizes = list_sizes(frames["dispositions"])
    totals = county_totals(found.rows, found.pairs, _prefectures(workspace, batch, found))
    tie_outs = report_tie_outs(totals, _by_list(sizes), frames["ledger"])
    report = Report(
        title=config.campaign.title,
        province=config.campaign.province,
        facts=release_facts(workspace, batch),
        release_sha256=release_fingerprint(release.data),
        data_dates=dict.fromkeys(REQUIRED, batch),
        receipts=frames["receipts"],
        mismatches=found,
        totals=totals,
        tie_outs=tie_outs,
        rulebook=rule_texts(config.policy),
        charts=charts(_pictured(workspace, batch, frames, sizes), config.labels),
    )
    paths = write_report(emptied(release.mismatches), report, config.labels)
    untied = tie_outs.filter(pl.col("expected") != pl.col("found")).height
    if untied:
        raise dg.Failure(description=LABELS("mismatches.page.untied", sums=untied))
    yield dg.MaterializeResult(
        metadata={
            "pages": len(paths),
            "rows": found.rows.height,
            "pairs": found.pairs.height,
            "tie_outs": tie_outs.height,
            "bytes": sum(path.stat().st_size for path in paths),
            "page": published_file(workspace, batch, paths[0]),
            "summary": in_markdown(rows_by_list(totals), {"list_name": "lists"}),
        }
    )


def _prefectures(workspace: Workspace, batch: str, found: Mismatches) -> pl.DataFrame:
    """The prefecture of each county on the report, as its rows state it."""
    stated = {
        register: pl.read_parquet(
            workspace.data(batch, f"records_{register}"), columns=["record", "prefecture"]
        )
        for register in REQUIRED
    }
    people = {
        register: found.people.filter(pl.col("register") == register).select("record", "county")
        for register in REQUIRED
    }
    return prefectures(stated, people)


def _by_list(sizes: pl.DataFrame) -> dict[str, int]:
    """Rows of each list, also of those nobody is on."""
    people = dict(sizes.group_by("disposition").agg(pl.col("people").sum()).iter_rows())
    return {name: people.get(name, 0) for name in LISTS}


def _pictured(
    workspace: Workspace, batch: str, frames: Mapping[str, pl.DataFrame], sizes: pl.DataFrame
) -> Pictured:
    now = [(batch, name, people) for name, people in sorted(_by_list(sizes).items())]
    tiers = workspace.configuration.linkage.tiers
    return Pictured(
        links=frames["links"],
        calibration=frames["calibration"],
        records=frames["record_counts"],
        lists=sizes,
        history=pl.concat(
            [
                earlier_lists(releases(workspace.output_folder), batch),
                pl.DataFrame(now, schema=HISTORY, orient="row"),
            ]
        ),
        thresholds={"certain": tiers.certain, "probable": tiers.probable},
    )


ASSETS = [mismatch_report]
