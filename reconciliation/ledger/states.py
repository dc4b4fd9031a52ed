"""Where each finding stands: from what this batch found, what the ledger said before, and what was answered since.

What belongs here: the states and what leads to them. What does not: who is who over the batches (`advance`, `carry`).

A finding is opened when it is raised, when it returns, and when somebody objects; only answers applied after that count. The table,
for a finding that is there:

| the answer that counts | state |
|---|---|
| none | `raised` or `reopened` in the batch it was opened in and until a workbook asks it, then `sent` |
| `pending` | `pending` |
| `refused` | `refused`, from the next batch on `closed` |
| `same`, `different` | `judged` |
| `confirmed`, `corrected`, `deceased`, `moved` | the same word |

Whatever waits longer than allowed is `overdue`: for an answer, or for what was answered to be done. And for one that is not there:

| | state |
|---|---|
| its file, or one it rests on, has not come | `not_received` |
| answered, and nothing more is asked | `closed` |
| a confirmed exit, and no notice was served | `unserved` |
| somebody objected and was not answered | `reopened`, then `overdue` |
| not answered, or `pending` | `vanished`; `closed` where the person was answered to be dead or to have moved |
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Final

import polars as pl

from reconciliation.ledger.answers import ANSWERS_SCHEMA
from reconciliation.ledger.settings import JUDGEMENTS, OBJECTIONS

STATES: Final = (
    "raised", "sent", "confirmed", "refused", "corrected", "deceased", "moved", "pending", "judged", "overdue", "closed",
    "reopened", "vanished", "unserved", "not_received",
)  # fmt: skip
CLOSED, VANISHED, REOPENED, NOT_RECEIVED = "closed", "vanished", "reopened", "not_received"
UNSERVED, RAISED, SENT, OVERDUE = "unserved", "raised", "sent", "overdue"
PLACES: Final = ("county", "town", "village")
FINDING: Final = ["case_key", "register", "rule"]
_OF_ANSWER: Final = {
    "answer": pl.String,
    "reason": pl.String,
    "correct_value": pl.String,
    "answered_by": pl.String,
    "answered_on": pl.Date,
    "answer_file": pl.String,
    "answer_sheet": pl.String,
    "answer_row": pl.Int64,
    "answer_sequence": pl.Int64,
    "notice_served_on": pl.Date,
}
LEDGER_SCHEMA: Final = {
    "case_key": pl.String,
    "register": pl.String,
    "record": pl.Int64,
    "rule": pl.String,
    "disposition": pl.String,
    "state": pl.String,
    "first_batch": pl.String,
    "last_batch": pl.String,
    "opened_on": pl.String,
    "opened_by": pl.String,
    "sent_on": pl.String,
    "due_on": pl.Date,
    **_OF_ANSWER,
    "answer_batch": pl.String,
    "effect": pl.String,
    "gone_on": pl.String,
    "closed_on": pl.String,
    "spent": pl.Int64,
    **dict.fromkeys(PLACES, pl.String),
    "why": pl.String,
}


@dataclass(frozen=True)
class Missing:
    """What did not come with this batch.

    Attributes:
        counties: main register → comparable counties of which rows are missing, or may be.
        rules: rules that rest on a further register that did not come whole.
    """

    counties: Mapping[str, frozenset[str]] = field(default_factory=dict)
    rules: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Circumstances:
    """What the states of a batch depend on besides the findings.

    Attributes:
        batch: `YYYY-MM-DD`.
        answers: `ANSWERS_SCHEMA`: all that was ever applied.
        missing: what did not come.
        overdue_days: how long a finding may wait.
        notice_lists: lists whose proposals take effect once notice is served.
    """

    batch: str
    answers: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=ANSWERS_SCHEMA))
    missing: Missing = field(default_factory=Missing)
    overdue_days: int = 20
    notice_lists: tuple[str, ...] = ("exit_dibao", "exit_poverty")


def followed(
    present: pl.DataFrame, old: pl.DataFrame, people: pl.DataFrame, here: Circumstances
) -> pl.DataFrame:
    """Take the findings one batch further.

    Args:
        present: the findings of this batch: `FINDING`, `record`, `disposition`, `why`, `PLACES`, `asked` (Boolean: whether a
            workbook asks it now), each once.
        old: the ledger before, `LEDGER_SCHEMA`; columns a ledger of an earlier version lacks count as null.
        people: `case_key`, `register`, whoever is on a register now, also those of whom nothing was found.
        here: the circumstances.

    Returns:
        `LEDGER_SCHEMA`, sorted by `FINDING`.
    """
    before = pl.concat([pl.DataFrame(schema=LEDGER_SCHEMA), old], how="diagonal").select(
        *FINDING, *(pl.col(name).name.suffix("_before") for name in LEDGER_SCHEMA if name not in FINDING)
    )  # fmt: skip
    return (
        present.join(before, on=FINDING, how="full", coalesce=True)
        .join(
            people.select("case_key", "register", person_is_here=pl.lit(True)),
            on=["case_key", "register"],
            how="left",
            validate="m:1",
        )
        .pipe(_carried, here)
        .pipe(_opened, here)
        .pipe(_answered, here)
        .with_columns(due_on=_due(here))
        .with_columns(state=_state(here))
        .pipe(_gone_with_the_person)
        .with_columns(closed_on=_closed_on(here), effect=_effect(here))
        .select(pl.col(name).cast(dtype) for name, dtype in LEDGER_SCHEMA.items())
        .sort(FINDING)
    )


def _carried(rows: pl.DataFrame, here: Circumstances) -> pl.DataFrame:
    is_here, batch = pl.col("record").is_not_null(), pl.lit(here.batch)
    kept = ("disposition", "why", *PLACES)
    return rows.with_columns(
        *(pl.when(is_here).then(name).otherwise(f"{name}_before").alias(name) for name in kept),
        is_here=is_here,
        was_here=pl.col("record_before").is_not_null(),
        asked=pl.col("asked").fill_null(False),
        first_batch=pl.col("first_batch_before").fill_null(batch),
        last_batch=pl.when(is_here).then(batch).otherwise("last_batch_before"),
        gone_on=pl.when(~is_here).then(pl.col("gone_on_before").fill_null(batch)),
    )


def _opened(rows: pl.DataFrame, here: Circumstances) -> pl.DataFrame:
    """When and why a finding was opened last, and up to which answer everything is spent by that."""
    new = pl.col("state_before").is_null()
    back = (
        pl.col("is_here")
        & pl.col("state_before").is_in([CLOSED, VANISHED, UNSERVED])
        & ~pl.col("was_here")
    )
    spent = pl.col("spent_before").fill_null(0)
    marked = rows.with_columns(
        back=back.fill_null(False),
        spent=pl.when(back)
        .then(pl.max_horizontal(spent, "answer_sequence_before"))
        .otherwise(spent),
    )
    objections = (
        _since(here.answers, marked)
        .drop_nulls("objection")
        .unique(FINDING, keep="last", maintain_order=True)
        .select(*FINDING, "objection", objection_sequence="sequence")
    )
    joined = marked.join(objections, on=FINDING, how="left")
    objected = pl.col("objection").is_not_null()
    anew = new | pl.col("back") | objected
    by = (
        pl.when(objected)
        .then("objection")
        .when(pl.col("back"))
        .then(pl.lit("returned"))
        .when(new)
        .then(pl.lit(RAISED))
        .otherwise(pl.col("opened_by_before").fill_null(RAISED))
    )
    asked = pl.when("is_here", "asked").then(pl.lit(here.batch))
    return joined.with_columns(
        anew=anew,
        spent=pl.coalesce("objection_sequence", "spent"),
        # A ledger of an earlier version does not say when; it opened a finding once.
        opened_on=pl.when(anew)
        .then(pl.lit(here.batch))
        .otherwise(pl.coalesce("opened_on_before", "first_batch")),
        opened_by=by,
        sent_on=pl.when(anew).then(asked).otherwise(pl.coalesce("sent_on_before", asked)),
    )


def _since(answers: pl.DataFrame, rows: pl.DataFrame) -> pl.DataFrame:
    """The answers that are not spent, in their order."""
    return (
        answers.join(rows.select(*FINDING, "spent"), on=FINDING, how="inner")
        .filter(pl.col("sequence") > pl.col("spent"))
        .sort("sequence")
    )


def _answered(rows: pl.DataFrame, here: Circumstances) -> pl.DataFrame:
    """The answer that counts, and since which batch it does."""
    since = _since(here.answers, rows)
    notices = since.drop_nulls("notice_served_on").unique(FINDING, keep="last", maintain_order=True)
    counting = (
        since.unique(FINDING, keep="last", maintain_order=True)
        .drop("notice_served_on")
        .join(notices.select(*FINDING, "notice_served_on"), on=FINDING, how="left")
        .select(
            *FINDING,
            "reason",
            "correct_value",
            "notice_served_on",
            answer="status",
            answered_by=pl.coalesce("verified_by", "applied_by"),
            answered_on=pl.coalesce("verified_on", "applied_on"),
            answer_file="source_file",
            answer_sheet="source_sheet",
            answer_row="source_row",
            answer_sequence="sequence",
        )
    )
    same = pl.col("answer_sequence").eq_missing(pl.col("answer_sequence_before"))
    return rows.join(counting, on=FINDING, how="left").with_columns(
        answer_batch=pl.when(pl.col("answer").is_not_null()).then(
            pl.when(same).then("answer_batch_before").otherwise(pl.lit(here.batch))
        )
    )


def _due(here: Circumstances) -> pl.Expr:
    """The day by which an answer is due, or what was answered is to be done; null where nothing is."""
    objected = pl.when(pl.col("opened_by").is_in(OBJECTIONS)).then("opened_on")
    # An objection waits from the day it is known, also where no workbook asks what was objected to.
    waits = pl.coalesce("answer_batch", "sent_on", objected).str.to_date("%Y-%m-%d")
    return (
        pl.when(pl.col("answer").is_null() | (pl.col("answer") != "refused"))
        .then(waits + pl.duration(days=here.overdue_days))
        .otherwise(None)
    )


def _state(here: Circumstances) -> pl.Expr:
    late = (pl.col("due_on") < date.fromisoformat(here.batch)).fill_null(False)
    answer, anew = pl.col("answer"), pl.col("anew")
    none = answer.is_null()
    sent_before = (pl.col("sent_on") < here.batch).fill_null(False)
    waiting = (
        pl.when(anew | ~sent_before)
        .then(
            pl.when(pl.col("opened_by") == RAISED).then(pl.lit(RAISED)).otherwise(pl.lit(REOPENED))
        )
        .otherwise(pl.lit(SENT))
    )
    said = pl.when(answer.is_in(JUDGEMENTS)).then(pl.lit("judged")).otherwise(answer)
    done = pl.col("answer_batch") < here.batch
    there = (
        pl.when(answer == "refused")
        .then(pl.when(done).then(pl.lit(CLOSED)).otherwise(answer))
        .when(late)
        .then(pl.lit(OVERDUE))
        .when(none)
        .then(waiting)
        .otherwise(said)
    )
    settled = pl.col("state_before").is_in([CLOSED, VANISHED]) & ~pl.col("was_here") & ~anew
    same_answer = pl.col("answer_sequence").eq_missing(pl.col("answer_sequence_before"))
    objected = none & pl.col("opened_by").is_in(OBJECTIONS)
    exit_without_notice = (
        pl.col("disposition").is_in(here.notice_lists)
        & (answer == "confirmed")
        & pl.col("notice_served_on").is_null()
    )
    gone = (
        pl.when(settled & same_answer)
        .then("state_before")
        .when(_not_received(here.missing))
        .then(pl.lit(NOT_RECEIVED))
        .when(objected)
        .then(pl.when(late).then(pl.lit(OVERDUE)).otherwise(pl.lit(REOPENED)))
        .when(none | (answer == "pending"))
        .then(pl.lit(VANISHED))
        .when(exit_without_notice)
        .then(pl.lit(UNSERVED))
        .otherwise(pl.lit(CLOSED))
    )
    return pl.when("is_here").then(there).otherwise(gone)


def _not_received(missing: Missing) -> pl.Expr:
    """Whether a finding that is not there may be there: what it rests on has not come."""
    silent = [
        pl.col("county").is_in(sorted(counties))
        & ((pl.col("register") != register) | ~pl.col("person_is_here").fill_null(False))
        for register, counties in sorted(missing.counties.items())
    ]
    off = pl.col("rule").is_in(sorted(missing.rules))
    return pl.any_horizontal(*(one.fill_null(False) for one in silent), off)


def _gone_with_the_person(rows: pl.DataFrame) -> pl.DataFrame:
    """What else was found about somebody who was answered to be dead or to have moved, and is gone, is closed with them."""
    left = (pl.col("answer").is_in(["deceased", "moved"]) & (pl.col("state") == CLOSED)).any()
    with_them = (pl.col("state") == VANISHED) & left.over("case_key", "register").fill_null(False)
    return rows.with_columns(
        state=pl.when(with_them).then(pl.lit(CLOSED)).otherwise("state"),
    )


def _closed_on(here: Circumstances) -> pl.Expr:
    closed = pl.col("state") == CLOSED
    kept = pl.when(~pl.col("anew")).then("closed_on_before")
    return pl.when(closed).then(pl.coalesce(kept, pl.lit(here.batch)))


def _effect(here: Circumstances) -> pl.Expr:
    """Whether a confirmed exit has taken effect; null for everything else."""
    is_exit = pl.col("disposition").is_in(here.notice_lists) & (pl.col("answer") == "confirmed")
    served = pl.col("notice_served_on").is_not_null()
    return pl.when(is_exit).then(
        pl.when(served).then(pl.lit("in_effect")).otherwise(pl.lit("awaiting_notice"))
    )
