"""A case key leads to the row its person has now, however the row has changed."""

import polars as pl

from reconciliation.ledger.advance import Before, Now, advance
from reconciliation.ledger.known import known_people
from tests.linkage.people import Person, of_person, persons

ZHAO = Person("赵大山", of_person("19620304", 115), household=1, relation="head")
QIAN = Person("钱小河", of_person("19750911", 233), household=2, relation="head")
FINDINGS = pl.DataFrame(
    schema={
        "register": pl.String,
        "record": pl.Int64,
        "rule": pl.String,
        "disposition": pl.String,
        "owner": pl.String,
        "evidence": pl.String,
        "why": pl.String,
    }
)


def release(dibao: pl.DataFrame, poverty: pl.DataFrame, name: str = "2018-07-31") -> Before:
    people = {"dibao": dibao, "poverty": poverty}
    now = Now(batch="2018-07-31", findings=FINDINGS, persons=people, release=name)
    made = advance(now, None, b"s" * 32)
    return Before(ledger=made.ledger, cases=made.cases, persons=people)


def key_of(before: Before, register: str, record: int) -> str:
    rows = before.cases.filter(register=register, record=record)
    return str(rows["case_key"].item())


def test_corrected_and_moved_rows_keep_their_case() -> None:
    before = release(persons(ZHAO, QIAN), persons(ZHAO))
    corrected = Person("钱晓河", QIAN.number, household=5, relation="head")
    moved = Person("赵大山", ZHAO.number, household=6, relation="head", village="水尾")
    now = {"dibao": persons(corrected, moved), "poverty": persons(moved)}
    found = known_people([before], now)
    rows = {(key, register): record for key, register, record in found.iter_rows()}
    assert rows == {
        (key_of(before, "dibao", 1), "dibao"): 2,
        (key_of(before, "dibao", 2), "dibao"): 1,
        (key_of(before, "poverty", 1), "poverty"): 1,
    }


def test_somebody_who_left_is_not_found() -> None:
    before = release(persons(ZHAO, QIAN), persons(ZHAO))
    found = known_people([before], {"dibao": persons(QIAN), "poverty": persons(ZHAO)})
    assert key_of(before, "dibao", 1) not in found["case_key"]
    assert found.height == 2


def test_a_revision_also_knows_the_cases_of_the_release_it_replaces() -> None:
    people = {"dibao": persons(ZHAO), "poverty": persons(QIAN)}
    last = release(people["dibao"], people["poverty"].clear())
    replaced = release(people["dibao"], people["poverty"], name="2018-08-15")
    found = known_people([last, replaced], people)
    assert found.filter(register="poverty")["case_key"].item() == key_of(replaced, "poverty", 1)
    assert key_of(last, "dibao", 1) in found["case_key"]


def test_nothing_is_known_before_the_first_release() -> None:
    assert known_people([], {"dibao": persons(ZHAO), "poverty": persons(QIAN)}).is_empty()
