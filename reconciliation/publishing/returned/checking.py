"""Whether a returned row may be believed, and what it says.

What belongs here: the checks, in the order in which they are told. What does not: reading the file (`reading`) and keeping the answer
(`store`). Everything is checked again that the workbook checked: pasting does away with validation.
"""

from dataclasses import dataclass
from datetime import date
from functools import reduce
from typing import Final

import polars as pl

from reconciliation.ledger.answers import FINDING, SAID, current
from reconciliation.ledger.settings import JUDGEMENTS, AnswerSettings, Word, understood
from reconciliation.publishing.answer_sheets import DATES, KEYS, LOCKED
from reconciliation.publishing.returned.reading import ANSWERED
from reconciliation.publishing.row_keys import release_of, row_codes
from reconciliation.registers import values

SENT: Final = {
    "key": pl.String,
    "case_key": pl.String,
    "register": pl.String,
    "rule": pl.String,
    "list": pl.String,
    "counterpart_case": pl.String,
}
"""A row we sent out, by its key."""
REASONS: Final = (
    "no_key",
    "unknown_key",
    "other_batch",
    "tampered",
    "no_status",
    "unknown_status",
    "not_on_this_list",
    "no_counterpart",
    "no_reason",
    "no_value",
    "no_date",
    "too_long",
    "bad_verified_on",
    "bad_notice",
    "notice_refused",
    "unknown_objection",
    "contradicts",
)
"""Why a row is returned; the first that applies is told (`publishing.returned.row`)."""
_WHOM: Final = ("town", "village", "name")
_TEXTS: Final = ("reason", "correct_value")


@dataclass(frozen=True)
class Desk:
    """What a returned row is held against.

    Attributes:
        sent: `SENT`, every row of the releases whose books are taken.
        releases: all releases by name, whether or not their books are taken.
        settings: what may be answered.
        secret: key of the HMACs.
        answers: `ledger.answers.ANSWERS_SCHEMA`: what was answered before.
        today: no day that is answered lies behind it.
    """

    sent: pl.DataFrame
    releases: frozenset[str]
    settings: AnswerSettings
    secret: bytes
    answers: pl.DataFrame
    today: date


def checked(rows: pl.DataFrame, desk: Desk) -> pl.DataFrame:
    """Check the rows of a book.

    Args:
        rows: `reading.READ`.
        desk: what they are held against.

    Returns:
        The rows that hold an answer: `sheet`, `row`, `town`, `village`, `name`, `refused` (one of `REASONS`, null for a good row), the columns of `SENT`,
        `release`, and what was said (`ledger.answers.SAID`). Rows nobody filled in are left out.
    """
    filled = rows.filter(pl.any_horizontal(pl.col(name).is_not_null() for name in ANSWERED))
    settings = desk.settings
    found = (
        filled.with_columns(
            expected=row_codes(filled, LOCKED, desk.secret), release=release_of(pl.col("key"))
        )
        .select("sheet", "row", *_WHOM, *KEYS, "expected", "release", *ANSWERED)
        .join(desk.sent, on="key", how="left", validate="m:1", maintain_order="left")
        .with_columns(written_status="status", written_objection="objection")
        .with_columns(_code("status", settings.statuses), _code("objection", settings.objections))
        .pipe(_with_standing, desk)
        .with_columns(values.date(pl.col(name)).alias(f"{name}_read") for name in sorted(DATES))
        .with_columns(died_on=values.date(pl.col("correct_value")))
    )
    judged = found.with_columns(refused=_first(_problems(found, desk)))
    dead = (pl.col("status") == "deceased") & pl.col("refused").is_null()
    return (
        judged.with_columns(
            *(pl.col(f"{name}_read").alias(name) for name in sorted(DATES)),
            correct_value=pl.when(dead)
            .then(pl.col("died_on").cast(pl.String))
            .otherwise("correct_value"),
        )
        .pipe(_without_contradictions)
        .select("sheet", "row", *_WHOM, "refused", *SENT, "release", *SAID)
    )


def _code(column: str, words: dict[str, Word]) -> pl.Expr:
    """The code of what was chosen; null where nothing was, or nothing known."""
    bare = pl.col(column).str.replace_all(r"\s", "")
    return bare.replace_strict(understood(words), default=None, return_dtype=pl.String)


def _with_standing(rows: pl.DataFrame, desk: Desk) -> pl.DataFrame:
    """Where only a notice or an objection is filled in, what was answered before stands with it."""
    before = current(desk.answers).select(
        *FINDING, *(pl.col(name).alias(f"{name}_before") for name in SAID)
    )
    adds = pl.col("written_status").is_null() & pl.any_horizontal(
        pl.col(name).is_not_null() for name in ("notice_served_on", "written_objection")
    )
    standing = [
        pl.when(adds).then(pl.coalesce(name, f"{name}_before")).otherwise(name).alias(name)
        for name in ("status", "reason", "correct_value", "verified_by")
    ] + [
        pl.when(adds)
        .then(pl.coalesce(name, pl.col(f"{name}_before").cast(pl.String)))
        .otherwise(name)
        .alias(name)
        for name in ("verified_on", "notice_served_on")
    ]
    joined = rows.join(before, on=FINDING, how="left", validate="m:1", maintain_order="left")
    return joined.with_columns(standing).drop(f"{name}_before" for name in SAID)


def _problems(rows: pl.DataFrame, desk: Desk) -> dict[str, pl.Expr]:
    """Reason → whether it applies."""
    settings, status = desk.settings, pl.col("status")
    known = pl.col("case_key").is_not_null()
    allowed = reduce(
        lambda so_far, item: so_far | ((pl.col("list") == item[0]) & status.is_in(item[1])),
        settings.lists.items(),
        pl.lit(False),
    )
    needed = {
        need: status.is_in([code for code, word in settings.statuses.items() if need in word.needs])
        for need in ("reason", "value", "date")
    }
    too_long = pl.any_horizontal(
        *(pl.col(name).str.len_chars() > settings.longest_text for name in _TEXTS),
        pl.col("verified_by").str.len_chars() > settings.longest_name,
    )
    return {
        "no_key": pl.col("key").is_null(),
        "unknown_key": ~known & ~pl.col("release").is_in(sorted(desk.releases)).fill_null(False),
        "other_batch": ~known & ~pl.col("release").is_in(_releases(desk)),
        "unknown_here": ~known,
        "tampered": pl.col("code").fill_null("") != pl.col("expected"),
        "no_status": status.is_null() & pl.col("written_status").is_null(),
        "unknown_status": status.is_null(),
        "not_on_this_list": ~allowed,
        "no_counterpart": status.is_in(JUDGEMENTS) & pl.col("counterpart_case").is_null(),
        "no_reason": needed["reason"] & pl.col("reason").is_null(),
        "no_value": needed["value"] & pl.col("correct_value").is_null(),
        "no_date": needed["date"] & ~(pl.col("died_on") <= desk.today).fill_null(False),
        "too_long": too_long.fill_null(False),
        "bad_verified_on": pl.col("verified_on").is_not_null()
        & _impossible("verified_on_read", desk),
        "bad_notice": pl.col("notice_served_on").is_not_null()
        & _impossible("notice_served_on_read", desk),
        "notice_refused": pl.col("notice_served_on").is_not_null()
        & status.is_in(["refused", "pending"]),
        "unknown_objection": pl.col("objection").is_null()
        & pl.col("written_objection").is_not_null(),
    }


def _releases(desk: Desk) -> list[str]:
    """The releases whose books are taken."""
    return sorted(desk.sent.select(release_of(pl.col("key"))).to_series().unique())


def _impossible(day: str, desk: Desk) -> pl.Expr:
    within = pl.col(day).is_between(desk.settings.earliest_date, desk.today)
    return ~within.fill_null(False)


def _first(problems: dict[str, pl.Expr]) -> pl.Expr:
    """The name of the first problem that applies; null where none does."""
    told = {"unknown_here": "unknown_key"}
    return pl.coalesce(
        pl.when(applies).then(pl.lit(told.get(reason, reason)))
        for reason, applies in problems.items()
    )


def _without_contradictions(rows: pl.DataFrame) -> pl.DataFrame:
    """Rows with one key that say different things are all returned; of those that say the same the first counts."""
    good = pl.col("refused").is_null()
    answers = pl.struct(*SAID).n_unique().over("key", good)
    marked = rows.with_columns(
        refused=pl.when(good & (answers > 1)).then(pl.lit("contradicts")).otherwise("refused")
    )
    again = good & ~pl.struct("key", "refused").is_first_distinct()
    return marked.filter(~again)
