"""Who is not linked is told why; and whoever has two rows on an evidence register is linked to both."""

import polars as pl
import pytest

from reconciliation.linkage.plan import link_evidence
from tests.linkage.people import (
    Person,
    characters,
    labels,
    link,
    of_person,
    persons,
    settings,
)


def why_not(dibao: list[Person], poverty: list[Person]) -> dict[str, object]:
    found = link(persons(*dibao), persons(*poverty)).unlinked
    return found.filter(register="dibao", record=1).row(0, named=True)


def test_who_resembles_nobody_is_told_so() -> None:
    found = why_not(
        [Person("王小明", of_person("19880710", 13))], [Person("李桂花", village="茶山")]
    )
    assert found["reason"] == "nobody"
    assert found["candidate"] is None
    assert found["probability"] is None
    assert found["why"] == "另一名册上没有相近的记录"


def test_two_valid_numbers_are_named_as_the_reason() -> None:
    found = why_not(
        [Person("王小明", of_person("19880710", 13), sex="男")],
        [Person("王小明", of_person("19870203", 35), sex="男", village="茶山")],
    )
    assert found["reason"] == "two_numbers"
    assert found["candidate"] == 1
    assert "两个有效身份证号不同" in str(found["why"])
    assert "姓名相同" in str(found["why"])


def test_a_candidate_who_is_somebody_elses_is_named_as_the_reason() -> None:
    number = of_person("19880710", 13)
    found = link(
        persons(Person("王小明", sex="男"), Person("王小明", number, sex="男", household=2)),
        persons(Person("王小铭", number[:17] + "0", quality="check_failed", sex="男", household=3)),
    )
    assert found.links["dibao_record"].to_list() == [2]
    row = found.unlinked.filter(register="dibao").row(0, named=True)
    assert (row["record"], row["candidate"], row["reason"]) == (1, 1, "taken")


@pytest.mark.parametrize("register", ["dibao", "poverty"])
def test_the_linked_are_not_among_the_unlinked(register: str) -> None:
    number = of_person("19880710", 13)
    found = link(persons(Person("王小明", number)), persons(Person("王小明", number)))
    assert found.unlinked.filter(register=register).is_empty()


def test_both_rows_of_one_person_on_an_evidence_register_are_linked() -> None:
    number = of_person("19880710", 13)
    assets = persons(
        Person("王小明", number, village=None),
        Person("李桂花", of_person("19600102", 12), village=None),
        Person("王小明", number, village="茶山"),
    )
    found = link_evidence(
        persons(Person("王小明", number)),
        assets,
        register="dibao",
        evidence_register="asset_hits",
        settings=settings(),
        characters=characters(),
        labels=labels(),
    )
    assert found["evidence_record"].to_list() == [1, 3]
    assert found["record"].to_list() == [1, 1]
    assert found.select(pl.col("why").n_unique()).item() == 1
