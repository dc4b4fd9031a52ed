"""The ledger from batch to batch: who keeps which case, and which findings there are of whom.

What belongs here: case keys. What does not: the findings themselves (`reconciliation.policy`), where each stands (`states`) and the
counties' answers. Nothing is recomputed for earlier batches: what they said is taken as it was published.
"""

import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import polars as pl

from reconciliation.identity.numbers import GOOD_QUALITIES
from reconciliation.ledger.carry import carry
from reconciliation.ledger.states import FINDING, LEDGER_SCHEMA, PLACES, Circumstances, followed
from reconciliation.registers.schema import ACTIONABLE

CASES_SCHEMA: Final = {
    "case_key": pl.String,
    "register": pl.String,
    "record": pl.Int64,
    "first_batch": pl.String,
    "look_up": pl.String,
}


@dataclass(frozen=True)
class Now:
    """This batch.

    Attributes:
        batch: `YYYY-MM-DD`.
        findings: docs/frames.md; those that ask nothing of anybody (`keep`, `no_action`) stay out of the ledger.
        persons: `persons_<register>` of the two registers, by register.
        release: name of the release being made, no other release's: `YYYY-MM-DD`, of a revision `YYYY-MM-DD.r2`. Record
            numbers shift in a revision, so the batch alone would give one person's case key to another.
        asked: `register`, `record`, `rule`: what the workbooks ask, a rule a row; None: every finding.
        circumstances: what the states depend on besides; None: nobody answered and everything came.
    """

    batch: str
    findings: pl.DataFrame
    persons: Mapping[str, pl.DataFrame]
    release: str
    asked: pl.DataFrame | None = None
    circumstances: Circumstances | None = None


@dataclass(frozen=True)
class Before:
    """What an earlier release published.

    Attributes:
        ledger: its ledger.
        cases: its cases.
        persons: its `persons_<register>`, by register.
    """

    ledger: pl.DataFrame
    cases: pl.DataFrame
    persons: Mapping[str, pl.DataFrame]


@dataclass(frozen=True)
class Ledger:
    """The ledger after this batch.

    Attributes:
        ledger: one row a case, register and rule; docs/frames.md. A finding that is gone keeps its row, with no record.
        cases: `case_key`, `register`, `record` (null: not on the register in this batch), `first_batch`, `look_up` (HMAC of
            number and name where the record is null and the number was sound, to know somebody who comes back).
    """

    ledger: pl.DataFrame
    cases: pl.DataFrame


def advance(
    now: Now, before: Before | None, secret: bytes, replaced: Before | None = None
) -> Ledger:
    """Take the ledger one batch further.

    Args:
        now: this batch.
        before: the last batch, None for the first.
        secret: key of the HMACs; without it a case key can neither be guessed nor linked to a row.
        replaced: where this release revises one, the release it replaces. People whom the last batch does not know keep
            the case they were given there; nothing else of it counts.

    Returns:
        Ledger sorted by `case_key`, `register`, `rule`, and cases sorted by `register`, `record`, `case_key`.
    """
    parts = [_cases(now, before, replaced, register, secret) for register in sorted(now.persons)]
    cases = pl.concat(parts).sort("register", "record", "case_key", nulls_last=True)
    old = pl.DataFrame(schema=LEDGER_SCHEMA) if before is None else before.ledger
    return Ledger(_ledger(now, old, cases), cases)


def _ledger(now: Now, old: pl.DataFrame, cases: pl.DataFrame) -> pl.DataFrame:
    asking = now.findings.filter(pl.col("disposition").is_in(ACTIONABLE))
    here = cases.drop_nulls("record").select("case_key", "register", "record")
    places = pl.concat(
        now.persons[register].select("record", *PLACES, register=pl.lit(register))
        for register in sorted(now.persons)
    )
    keys = ["register", "record", "rule"]
    asked = (now.findings if now.asked is None else now.asked).select(*keys, asked=pl.lit(True))
    present = (
        asking.join(here, on=["register", "record"], validate="m:1")
        .join(places, on=["register", "record"], how="left", validate="m:1")
        .join(asked, on=keys, how="left", validate="1:1")
        .select(*FINDING, "record", "disposition", "why", *PLACES, "asked")
    )
    return followed(present, old, here, now.circumstances or Circumstances(now.batch))


def _cases(
    now: Now, before: Before | None, replaced: Before | None, register: str, secret: bytes
) -> pl.DataFrame:
    """The case of every person of a register, and of those who are no longer on it."""
    people = now.persons[register]
    known, away = _from_before(people, before, register, secret)
    again = _from_replaced(people, known, replaced, register)
    new = people.join(pl.concat([known, again]), on="record", how="anti").select("record")
    return pl.concat(
        [
            known,
            again,
            away.join(again, on="case_key", how="anti"),
            _new_cases(new, now, register, secret),
        ]
    )


def _from_before(
    people: pl.DataFrame, before: Before | None, register: str, secret: bytes
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The cases of the people the last batch knows, and those of people who are away."""
    if before is None:
        return pl.DataFrame(schema=CASES_SCHEMA), pl.DataFrame(schema=CASES_SCHEMA)
    old = before.cases.filter(pl.col("register") == register)
    here = old.drop_nulls("record").rename({"record": "record_before"})
    carried = carry(before.persons[register], people).join(here, on="record_before", validate="1:1")
    gone = here.join(carried, on="record_before", how="anti").pipe(
        _with_look_up, before.persons[register], secret
    )
    away = pl.concat([old.filter(pl.col("record").is_null()), gone.select(*CASES_SCHEMA)])
    strangers = people.join(carried, on="record", how="anti")
    back = _back(strangers, away, secret)
    known = pl.concat([carried.select(*CASES_SCHEMA), back])
    return known, away.join(back, on="case_key", how="anti")


def _from_replaced(
    people: pl.DataFrame, known: pl.DataFrame, replaced: Before | None, register: str
) -> pl.DataFrame:
    """The cases the replaced release gave to people not `known`, as far as nobody else has them by now."""
    if replaced is None:
        return pl.DataFrame(schema=CASES_SCHEMA)
    given = (
        replaced.cases.filter(pl.col("register") == register)
        .drop_nulls("record")
        .rename({"record": "record_before"})
        .join(known, on="case_key", how="anti")
    )
    return (
        carry(replaced.persons[register], people)
        .join(known, on="record", how="anti")
        .join(given, on="record_before", validate="1:1")
        .select(*CASES_SCHEMA)
    )


def _new_cases(records: pl.DataFrame, now: Now, register: str, secret: bytes) -> pl.DataFrame:
    """Case keys given at first sight: HMAC of release, register and record, so nobody can guess one or reckon back from it."""
    keys = [
        _mac(secret, f"case|{now.release}|{register}|{record}")
        for record in records["record"].to_list()
    ]
    return records.select(
        case_key=pl.Series(keys, dtype=pl.String),
        register=pl.lit(register),
        record="record",
        first_batch=pl.lit(now.batch),
        look_up=pl.lit(None, dtype=pl.String),
    )


def _with_look_up(gone: pl.DataFrame, persons: pl.DataFrame, secret: bytes) -> pl.DataFrame:
    """Cases of people who left the register, with what they can be known by if they come back."""
    left = persons.join(gone, left_on="record", right_on="record_before", how="semi")
    return (
        gone.drop("look_up")
        .join(_look_ups(left, secret), left_on="record_before", right_on="record", how="left")
        .with_columns(record=pl.lit(None, dtype=pl.Int64))
    )


def _back(strangers: pl.DataFrame, away: pl.DataFrame, secret: bytes) -> pl.DataFrame:
    """People not on the register in the last batch who were on it before, by number and name; unique on both sides."""
    waiting = away.drop_nulls("look_up").filter(pl.len().over("look_up") == 1)
    if waiting.is_empty():
        return pl.DataFrame(schema=CASES_SCHEMA)
    here = _look_ups(strangers, secret).filter(pl.len().over("look_up") == 1)
    return (
        here.join(waiting.drop("record"), on="look_up", validate="1:1")
        .with_columns(look_up=pl.lit(None, dtype=pl.String))
        .select(*CASES_SCHEMA)
    )


def _look_ups(persons: pl.DataFrame, secret: bytes) -> pl.DataFrame:
    """`record`, `look_up` of the people with a sound number and a name."""
    known = persons.filter(pl.col("id_quality").is_in(GOOD_QUALITIES)).drop_nulls(
        ["id_number", "name_key"]
    )
    texts = known.select(pl.concat_str("id_number", "name_key", separator="|")).to_series()
    macs = [_mac(secret, f"person|{text}") for text in texts.to_list()]
    return known.select("record", look_up=pl.Series(macs, dtype=pl.String))


def _mac(secret: bytes, text: str) -> str:
    """HMAC-SHA256 (RFC 2104) of a text, as 64 hex digits."""
    return hmac.digest(secret, text.encode("utf-8"), "sha256").hex()
