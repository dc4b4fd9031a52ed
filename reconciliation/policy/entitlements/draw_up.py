"""All the other lists of a batch: the stage as a whole.

What belongs here: the order of the steps and the frames of docs/frames.md. What does not: any single fact or rule.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

import polars as pl

from reconciliation.policy.entitlements.field_check import Sampler
from reconciliation.policy.entitlements.lists import ENTITLED, Available, chosen
from reconciliation.policy.entitlements.people import People, people
from reconciliation.policy.entitlements.rows import Writer
from reconciliation.policy.entitlements.settings import FIELD_CHECK, EntitlementList, Entitlements
from reconciliation.policy.entitlements.situations import situations
from reconciliation.policy.entitlements.switches import entitlements_off
from reconciliation.policy.entitlements.totals import entitlement_totals, prefectures, tie_outs
from reconciliation.policy.evidence import Evidence, Rulebook
from reconciliation.policy.judge import Judgement

HISTORY: Final[dict[str, Any]] = {
    "list": pl.String, "case_key": pl.String, "first_batch": pl.String,
}  # fmt: skip
"""Who was on a list that is paid once, as entitled, in which batch first."""


@dataclass(frozen=True)
class Before:
    """What earlier batches tell.

    Attributes:
        history: columns of `HISTORY`, of the release before; no rows where there is none.
        cases: `cases` of docs/frames.md, of this batch.
    """

    history: pl.DataFrame
    cases: pl.DataFrame


@dataclass(frozen=True)
class DrawnUp:
    """The outcome; shapes in docs/frames.md.

    Attributes:
        lists: every list by name, also those nobody is on or that are off.
        totals: by level, list, group, status and place.
        tie_outs: the sums that must agree.
        switched_off: in the shape of the main rules'.
        history: `HISTORY` with this batch's.
    """

    lists: Mapping[str, pl.DataFrame]
    totals: pl.DataFrame
    tie_outs: pl.DataFrame
    switched_off: pl.DataFrame
    history: pl.DataFrame


def draw_up(
    evidence: Evidence,
    judgement: Judgement,
    entitlements: Entitlements,
    rulebook: Rulebook,
    before: Before,
) -> DrawnUp:
    """Draw up every list.

    Args:
        evidence: the frames, its links also those of `people.LINKED`.
        judgement: the households and findings of the main rules.
        entitlements: `config/entitlements`.
        rulebook: codes, wording, as-of date.
        before: who was paid before.

    Returns:
        The lists and what is told of them; every frame sorted.
    """
    found = people(evidence)
    frames = situations(evidence, found, judgement.households, rulebook)
    available = Available.of(evidence)
    writer = Writer(evidence, found, rulebook)
    lists = {}
    for made in entitlements.lists:
        known = _with_listed_before(frames, found, made, before)
        lists[made.list] = writer.rows(made, chosen(made, known, found, available))
    if entitlements.field_check is not None:
        lists[FIELD_CHECK] = Sampler(entitlements.field_check, rulebook).sample(evidence, judgement)
    totals = entitlement_totals(
        lists, judgement.households, prefectures(evidence.records, evidence.persons)
    )
    return DrawnUp(
        lists=lists,
        totals=totals,
        tie_outs=tie_outs(lists, totals),
        switched_off=entitlements_off(evidence, entitlements),
        history=_history(lists, entitlements, before, rulebook.batch.isoformat()),
    )


def _with_listed_before(
    frames: Mapping[str, pl.DataFrame], found: People, made: EntitlementList, before: Before
) -> dict[str, pl.DataFrame]:
    """`listed_before`: the person's case is in the history of a list that is paid once."""
    listed = (
        before.history.filter(pl.col("list") == made.list if made.once else pl.lit(False))
        .join(before.cases.drop_nulls("record"), on="case_key")
        .join(found.rows, on=["register", "record"])
        .get_column("person")
        .unique()
    )
    return {
        register: frame.with_columns(listed_before=pl.col("person").is_in(listed.implode()))
        for register, frame in frames.items()
    }


def _history(
    lists: Mapping[str, pl.DataFrame], entitlements: Entitlements, before: Before, batch: str
) -> pl.DataFrame:
    cases = before.cases.drop_nulls("record").select("register", "record", "case_key")
    now = [
        lists[made.list]
        .filter(pl.col("status") == ENTITLED)
        .join(cases, on=["register", "record"])
        .select(pl.lit(made.list).alias("list"), "case_key", pl.lit(batch).alias("first_batch"))
        for made in entitlements.lists
        if made.once
    ]
    return (
        pl.concat([before.history.select(*HISTORY), *now])
        .sort("list", "case_key", "first_batch")
        .unique(["list", "case_key"], keep="first", maintain_order=True)
    )


def with_links(evidence: Evidence, further: pl.DataFrame) -> Evidence:
    """The frames with the links of `people.LINKED` beside those to dibao and the poverty list."""
    columns = ("register", "record", "evidence_register", "evidence_record", "tier", "probability")
    return replace(
        evidence,
        evidence_links=pl.concat(
            [evidence.evidence_links.select(columns), further.select(columns)]
        ),
    )


def no_history() -> pl.DataFrame:
    """The history before the first batch."""
    return pl.DataFrame(schema=HISTORY)
