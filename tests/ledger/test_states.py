"""The ledger of three batches with answers in between, state by state."""

from datetime import date
from typing import Any

import polars as pl
import pytest

from reconciliation.ledger.answers import ANSWERS_SCHEMA, judgements
from reconciliation.ledger.states import (
    LEDGER_SCHEMA,
    STATES,
    Circumstances,
    Missing,
    followed,
)
from tests.publishing.frames import LABELS

BATCHES = ("2018-08-15", "2018-08-30", "2018-09-14", "2018-09-28")
EXIT, VERIFY = "exit_dibao", "verify"
PRESENT = {
    "case_key": pl.String, "register": pl.String, "rule": pl.String, "record": pl.Int64, "disposition": pl.String,
    "why": pl.String, "county": pl.String, "town": pl.String, "village": pl.String, "asked": pl.Boolean,
}  # fmt: skip


def finding(
    case: str, list_: str = VERIFY, rule: str = "C9", *, asked: bool = True, county: str = "甲"
) -> dict[str, Any]:
    return {
        "case_key": case, "register": "dibao", "rule": rule, "record": 1, "disposition": list_, "why": "理由",
        "county": county, "town": "乙", "village": "丙", "asked": asked,
    }  # fmt: skip


def answer(sequence: int, case: str, status: str, rule: str = "C9", **said: Any) -> dict[str, Any]:
    empty = dict.fromkeys(ANSWERS_SCHEMA)
    return empty | {
        "sequence": sequence, "case_key": case, "register": "dibao", "rule": rule, "status": status,
        "source_file": "甲县.xlsx", "source_row": 7, "applied_by": "李", "applied_on": date(2018, 8, 20),
    } | said  # fmt: skip


def answers(*rows: dict[str, Any]) -> pl.DataFrame:
    return pl.DataFrame(list(rows), schema=ANSWERS_SCHEMA, orient="row")


def step(
    batch: str,
    found: list[dict[str, Any]],
    old: pl.DataFrame | None,
    given: pl.DataFrame | None = None,
    *,
    people: set[str] = frozenset(),  # type: ignore[assignment]
    missing: Missing = Missing(),  # noqa: B008
) -> pl.DataFrame:
    """One batch; `people` are on the register besides those something was found of."""
    here = sorted({one["case_key"] for one in found} | people)
    return followed(
        pl.DataFrame(found, schema=PRESENT, orient="row"),
        pl.DataFrame(schema=LEDGER_SCHEMA) if old is None else old,
        pl.DataFrame({"case_key": here, "register": ["dibao"] * len(here)}, schema={"case_key": pl.String, "register": pl.String}),
        Circumstances(batch, answers() if given is None else given, missing),
    )  # fmt: skip


def states(ledger: pl.DataFrame) -> dict[str, str]:
    return dict(ledger.select(pl.concat_str("case_key", pl.when(pl.col("rule") != "C9").then("rule").fill_null("")), "state").iter_rows())  # fmt: skip


def test_three_batches_with_answers_in_between() -> None:
    first = [
        finding("served", EXIT), finding("unserved", EXIT), finding("refused"), finding("silent"), finding("passing"),
        finding("pending"), finding("dead"), finding("dead", rule="C2"), finding("corrected"), finding("moved"),
        finding("objecting"), finding("judged"), finding("beside", rule="C2", asked=False),
    ]  # fmt: skip
    one = step(BATCHES[0], first, None)
    assert set(states(one).values()) == {"raised"}
    assert set(one["sent_on"]) == {BATCHES[0], None}

    after_one = [
        answer(1, "served", "confirmed", verified_by="王", verified_on=date(2018, 8, 18)),
        answer(2, "unserved", "confirmed"),
        answer(3, "refused", "refused", reason="本人无车"),
        answer(4, "pending", "pending"),
        answer(5, "dead", "deceased", correct_value="2018-07-01"),
        answer(6, "corrected", "corrected", correct_value="张山"),
        answer(7, "moved", "moved"),
        answer(8, "objecting", "refused", reason="不符"),
        answer(9, "judged", "same", counterpart_case="p"),
    ]
    gone = {"unserved", "passing", "dead", "corrected", "judged"}
    second = [one for one in first if one["case_key"] not in gone]
    two = step(BATCHES[1], second, one, answers(*after_one))
    assert states(two) == {
        "served": "confirmed", "unserved": "unserved", "refused": "refused", "silent": "sent", "passing": "vanished",
        "pending": "pending", "dead": "closed", "deadC2": "closed", "corrected": "closed", "moved": "moved",
        "objecting": "refused", "judged": "closed", "besideC2": "raised",
    }  # fmt: skip
    served = two.row(by_predicate=pl.col("case_key") == "served", named=True)
    assert (served["effect"], served["answered_by"], served["answered_on"]) == (
        "awaiting_notice",
        "王",
        date(2018, 8, 18),
    )
    assert (served["answer_file"], served["answer_row"], served["answer_batch"]) == (
        "甲县.xlsx",
        7,
        BATCHES[1],
    )

    after_two = [
        *after_one,
        answer(10, "served", "confirmed", notice_served_on=date(2018, 9, 1)),
        answer(11, "unserved", "confirmed", notice_served_on=date(2018, 9, 2)),
        answer(12, "objecting", "refused", objection="objection"),
    ]
    third = [
        finding("refused"), finding("silent"), finding("passing"), finding("pending"), finding("moved"),
        finding("objecting"), finding("beside", rule="C2"), finding("corrected"),
    ]  # fmt: skip
    three = step(BATCHES[2], third, two, answers(*after_two))
    assert states(three) == {
        "served": "closed", "unserved": "closed", "refused": "closed", "silent": "overdue", "passing": "reopened",
        "pending": "pending", "dead": "closed", "deadC2": "closed", "corrected": "reopened", "moved": "moved",
        "objecting": "reopened", "judged": "closed", "besideC2": "raised",
    }  # fmt: skip
    opened = dict(three.select("case_key", "opened_by").iter_rows())
    assert (opened["passing"], opened["corrected"], opened["objecting"]) == (
        "returned",
        "returned",
        "objection",
    )
    effects = dict(three.filter(disposition=EXIT).select("case_key", "effect").iter_rows())
    assert effects == {"served": "in_effect", "unserved": "in_effect"}
    assert three.filter(case_key="served")["closed_on"].item() == BATCHES[2]

    four = step(BATCHES[3], third, three, answers(*after_two, answer(13, "objecting", "confirmed")))
    assert states(four) | {} == {
        **states(three), "passing": "sent", "corrected": "sent", "pending": "overdue", "moved": "overdue",
        "objecting": "confirmed", "besideC2": "sent",
    }  # fmt: skip
    assert set(states(four).values()) <= set(STATES)


def test_what_did_not_come_is_not_received_and_goes_on_when_it_comes() -> None:
    one = step(BATCHES[0], [finding("a"), finding("b", county="丁"), finding("c", rule="C8")], None)
    missing = Missing({"dibao": frozenset({"甲"})}, frozenset({"C8"}))
    two = step(BATCHES[1], [], one, missing=missing)
    assert states(two) == {"a": "not_received", "b": "vanished", "cC8": "not_received"}
    three = step(BATCHES[2], [finding("a")], two)
    assert states(three) == {"a": "overdue", "b": "vanished", "cC8": "vanished"}
    assert three.filter(case_key="a")["opened_by"].item() == "raised", "it was never away"


def test_somebody_of_a_county_that_is_missing_who_is_there_all_the_same_has_no_finding_any_more() -> (
    None
):
    one = step(BATCHES[0], [finding("a")], None)
    two = step(BATCHES[1], [], one, people={"a"}, missing=Missing({"dibao": frozenset({"甲"})}))
    assert states(two) == {"a": "vanished"}
    other = step(BATCHES[1], [], one, people={"a"}, missing=Missing({"poverty": frozenset({"甲"})}))
    assert states(other) == {"a": "not_received"}, "it may rest on the other register"


def test_an_answer_given_before_a_finding_came_back_does_not_count_for_it() -> None:
    one = step(BATCHES[0], [finding("a")], None)
    given = answers(answer(1, "a", "confirmed"))
    two = step(BATCHES[1], [], one, given)
    three = step(BATCHES[2], [finding("a")], two, given)
    row = three.row(0, named=True)
    assert (row["state"], row["answer"], row["sent_on"]) == ("reopened", None, BATCHES[2])


def test_a_later_answer_supersedes_and_opens_what_was_closed_by_the_earlier() -> None:
    one = step(BATCHES[0], [finding("a")], None)
    two = step(BATCHES[1], [finding("a")], one, answers(answer(1, "a", "refused")))
    both = answers(answer(1, "a", "refused"), answer(2, "a", "confirmed"))
    three = step(BATCHES[2], [finding("a")], two, both)
    assert [states(ledger)["a"] for ledger in (two, three)] == ["refused", "confirmed"]


def test_an_objection_to_an_exit_that_was_carried_out_opens_it_again() -> None:
    served = answer(1, "a", "confirmed", notice_served_on=date(2018, 8, 20))
    one = step(BATCHES[0], [finding("a", EXIT)], None)
    two = step(BATCHES[1], [], one, answers(served))
    objected = answer(2, "a", "confirmed", objection="reexamination")
    three = step(BATCHES[2], [], two, answers(served, objected))
    upheld = answer(3, "a", "confirmed", notice_served_on=date(2018, 9, 20))
    four = step(BATCHES[3], [], three, answers(served, objected, upheld))
    assert [states(ledger)["a"] for ledger in (two, three, four)] == [
        "closed",
        "reopened",
        "closed",
    ]
    assert three["opened_by"].item() == "reexamination"


def test_an_objection_nobody_re_examines_is_overdue_also_where_no_workbook_asks_it() -> None:
    served = answer(1, "a", "confirmed", notice_served_on=date(2018, 8, 20))
    one = step(BATCHES[0], [finding("a", EXIT)], None)
    objected = answers(served, answer(2, "a", "confirmed", objection="objection"))
    two = step(BATCHES[1], [], one, objected)
    three = step(BATCHES[2], [], two, objected)
    four = step(BATCHES[3], [], three, objected)
    assert [states(ledger)["a"] for ledger in (two, three, four)] == ["reopened", "reopened", "overdue"]  # fmt: skip


def test_the_order_of_rows_does_not_matter() -> None:
    found = [finding(f"c{n}", county="甲" if n % 2 else "丁") for n in range(9)]
    given = answers(*(answer(n + 1, f"c{n % 5}", "refused" if n % 2 else "confirmed") for n in range(8)))  # fmt: skip
    one = step(BATCHES[0], found, None)
    two = step(BATCHES[1], found[:6], one, given)
    again = step(BATCHES[1], found[5::-1], one.reverse(), given.reverse())
    assert two.equals(again)


def test_a_ledger_without_the_columns_of_today_is_taken_on() -> None:
    old = step(BATCHES[0], [finding("a")], None).select("case_key", "register", "rule", "record", "disposition", "state", "first_batch", "last_batch", "why")  # fmt: skip
    assert states(step(BATCHES[1], [], old)) == {"a": "vanished"}
    still = step(BATCHES[1], [finding("a")], old)
    assert still.select("state", "opened_on", "sent_on").row(0) == ("raised", *BATCHES[:2])


@pytest.mark.parametrize("state", STATES)
def test_every_state_has_a_word(state: str) -> None:
    assert LABELS(f"ledger.states.{state}")


def test_the_last_answer_about_a_pair_is_its_judgement() -> None:
    pair = {"counterpart_case": "p", "verified_on": date(2018, 8, 20), "verified_by": "王"}
    given = answers(
        answer(1, "d", "same", "C14", **pair), answer(2, "d", "different", "C14", **pair)
    )
    assert judgements(given).rows() == [("d", "p", "different", "王", date(2018, 8, 20))]
    taken_back = answers(answer(1, "d", "same", "C14", **pair), answer(2, "d", "pending", "C14"))
    assert judgements(taken_back).is_empty()
