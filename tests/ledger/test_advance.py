"""The ledger over several batches: what is raised, stands, vanishes and returns, and who keeps which case."""

from datetime import date
from typing import Any

import polars as pl
import pytest

from reconciliation.ledger.advance import Before, Ledger, Now, advance
from reconciliation.ledger.carry import carry

SECRET = b"0" * 32
FIRST, SECOND, THIRD = "2018-08-15", "2018-08-30", "2018-09-14"
PERSON = {
    "record": pl.Int64, "county": pl.String, "town": pl.String, "village": pl.String, "household": pl.Int64,
    "relation": pl.String, "name_key": pl.String, "name_kind": pl.String, "id_number": pl.String, "id_quality": pl.String,
    "birth_date": pl.Date, "id_partial": pl.String,
}  # fmt: skip


def person(record: int, name: str | None, number: str | None = None, **said: Any) -> dict[str, Any]:
    usual = {
        "record": record, "county": "甲", "town": "乙", "village": "丙", "household": record, "relation": "head",
        "name_key": name, "name_kind": "full" if name else "missing", "id_number": number,
        "id_quality": "valid" if number else "missing", "birth_date": None,
        "id_partial": None,
    }  # fmt: skip
    return usual | said


def persons(*people: dict[str, Any]) -> pl.DataFrame:
    return pl.DataFrame(list(people), schema=PERSON, orient="row")


def findings(*rows: tuple[int, str]) -> pl.DataFrame:
    return pl.DataFrame(
        [("dibao", record, rule, "verify", "both", "", f"理由{rule}") for record, rule in rows],
        schema=dict.fromkeys(
            ("register", "record", "rule", "disposition", "owner", "evidence", "why"), pl.String
        )
        | {"record": pl.Int64},
        orient="row",
    )


def test_a_finding_that_asks_nothing_of_anybody_is_not_in_the_ledger() -> None:
    people = persons(person(1, "张三", "A"))
    found = findings((1, "C9"), (1, "C1"), (1, "C6")).with_columns(
        disposition=pl.Series(["verify", "keep", "no_action"])
    )
    assert states(step(FIRST, people, found)).keys() == {"C9"}


def step(
    batch: str,
    people: pl.DataFrame,
    found: pl.DataFrame,
    before: tuple[Ledger, pl.DataFrame] | None = None,
    *,
    replaced: tuple[Ledger, pl.DataFrame] | None = None,
    release: str | None = None,
) -> Ledger:
    earlier = (
        None if before is None else Before(before[0].ledger, before[0].cases, {"dibao": before[1]})
    )
    given = (
        None
        if replaced is None
        else Before(replaced[0].ledger, replaced[0].cases, {"dibao": replaced[1]})
    )
    now = Now(batch, found, {"dibao": people}, release=release or batch)
    return advance(now, earlier, SECRET, given)


def states(ledger: Ledger) -> dict[str, tuple[str, int | None, str, str]]:
    rows = ledger.ledger.select("rule", "state", "record", "first_batch", "last_batch").rows()
    return {rule: tuple(rest) for rule, *rest in rows}


def key_of(ledger: Ledger, record: int) -> str:
    return str(ledger.cases.row(by_predicate=pl.col("record") == record, named=True)["case_key"])


def test_a_finding_over_four_batches() -> None:
    people = persons(person(1, "张三", "A"), person(2, "李四", "B"))
    one = step(FIRST, people, findings((1, "C9"), (2, "C15")))
    assert states(one) == {"C9": ("raised", 1, FIRST, FIRST), "C15": ("raised", 2, FIRST, FIRST)}
    two = step(SECOND, people, findings((1, "C9"), (2, "C2")), (one, people))
    assert states(two) == {
        "C9": ("sent", 1, FIRST, SECOND),
        "C15": ("vanished", None, FIRST, FIRST),
        "C2": ("raised", 2, SECOND, SECOND),
    }
    three = step(THIRD, people, findings((2, "C15")), (two, people))
    assert states(three) == {
        "C9": ("vanished", None, FIRST, SECOND),
        "C15": ("reopened", 2, FIRST, THIRD),
        "C2": ("vanished", None, SECOND, SECOND),
    }
    four = step("2018-09-28", people, findings((2, "C15")), (three, people))
    assert states(four)["C15"] == ("sent", 2, FIRST, "2018-09-28")


@pytest.mark.parametrize(
    "corrected",
    [
        person(7, "张三", "Z"), person(7, "张山", "A"), person(7, "张三", None), person(7, "张三", "A", village="丁", household=3),
        person(7, "张三", "A9", id_quality="check_failed"),
    ],
)  # fmt: skip
def test_a_corrected_row_keeps_its_case_and_its_finding(corrected: dict[str, Any]) -> None:
    """Number, name or place put right between the batches, under another record number."""
    born = {"birth_date": date(1980, 1, 1)}
    before = persons(person(1, "张三", "A", **born), person(2, "李四", "B"))
    now = persons(person(1, "李四", "B"), corrected | born)
    one = step(FIRST, before, findings((1, "C9")))
    two = step(SECOND, now, findings((7, "C9")), (one, before))
    assert key_of(two, 7) == key_of(one, 1)
    assert states(two)["C9"] == ("sent", 7, FIRST, SECOND)


def test_a_number_corrected_twice_over_three_batches() -> None:
    born = {"birth_date": date(1980, 1, 1)}
    frames = [persons(person(1, "张三", number, id_quality=quality, **born)) for number, quality in (("A", "valid"), ("A1", "check_failed"), ("B", "valid"))]  # fmt: skip
    one = step(FIRST, frames[0], findings((1, "C9")))
    two = step(SECOND, frames[1], findings((1, "C9")), (one, frames[0]))
    three = step(THIRD, frames[2], findings((1, "C9")), (two, frames[1]))
    assert states(three) == {"C9": ("overdue", 1, FIRST, THIRD)}
    assert three.cases["first_batch"].to_list() == [FIRST]


def test_somebody_who_leaves_and_comes_back_keeps_the_case() -> None:
    both, alone = (
        persons(person(1, "张三", "A"), person(2, "李四", "B")),
        persons(person(1, "李四", "B")),
    )
    one = step(FIRST, both, findings((1, "C9")))
    two = step(SECOND, alone, findings(), (one, both))
    assert states(two) == {"C9": ("vanished", None, FIRST, FIRST)}
    back = persons(person(1, "李四", "B"), person(2, "张三", "A"))
    three = step(THIRD, back, findings((2, "C9")), (two, alone))
    assert states(three) == {"C9": ("reopened", 2, FIRST, THIRD)}
    assert key_of(three, 2) == key_of(one, 1)


def test_somebody_new_gets_a_new_case() -> None:
    before = persons(person(1, "张三", "A"))
    now = persons(person(1, "张三", "A"), person(2, "王五", "C", village="丁"))
    one = step(FIRST, before, findings())
    two = step(SECOND, now, findings((2, "C9")), (one, before))
    assert key_of(two, 2) != key_of(one, 1)
    assert two.cases.filter(pl.col("record") == 2)["first_batch"].item() == SECOND


def test_namesakes_are_not_taken_for_each_other() -> None:
    """Two valid numbers and nothing else in common but name and village: a new person, not a correction."""
    before = persons(person(1, "张三", "A", birth_date=date(1950, 1, 1)))
    now = persons(person(1, "张三", "B", birth_date=date(1990, 1, 1)))
    assert carry(before, now).is_empty()


def test_two_who_could_be_meant_carry_nobody() -> None:
    before = persons(person(1, "张三"), person(2, "张三"))
    now = persons(person(1, "张三"))
    assert carry(before, now).is_empty()


def test_a_household_carries_the_member_without_papers() -> None:
    before = persons(
        person(1, "张三", "A", household=1),
        person(2, "幺妹", household=1, relation="child"),
        person(3, "幺妹", household=3),
    )
    now = persons(
        person(4, "张三", "A", household=9),
        person(5, "幺妹", household=9, relation="child", village="丁"),
    )
    assert carry(before, now).rows() == [(4, 1), (5, 2)]


def test_exact_copies_are_carried_in_their_order_and_one_to_one() -> None:
    before = persons(person(1, "张三", "A"), person(2, "张三", "A"))
    now = persons(person(5, "张三", "A"), person(6, "张三", "A"), person(7, "张三", "A"))
    assert carry(before, now).rows() == [(5, 1), (6, 2)]


def test_the_order_of_the_rows_does_not_matter() -> None:
    before = persons(
        *(
            person(n, f"张{n % 4}", f"N{n}" if n % 2 else None, household=n // 3)
            for n in range(1, 20)
        )
    )
    now = persons(
        *(
            person(n, f"张{n % 4}", f"N{n}" if n % 3 else None, household=n // 3)
            for n in range(1, 22)
        )
    )
    found = findings(*((n, "C9") for n in range(1, 22)))
    one = step(FIRST, before, findings((1, "C9"), (2, "C9")))
    two = step(SECOND, now, found, (one, before))
    again = step(SECOND, now.reverse(), found.reverse(), (step(FIRST, before.reverse(), findings((2, "C9"), (1, "C9"))), before.reverse()))  # fmt: skip
    assert two.ledger.equals(again.ledger)
    assert two.cases.equals(again.cases)


def test_a_case_key_says_nothing_without_the_secret() -> None:
    people = persons(person(1, "张三", "A"))
    ours = step(FIRST, people, findings((1, "C9")))
    theirs = advance(Now(FIRST, findings((1, "C9")), {"dibao": people}, FIRST), None, b"1" * 32)
    assert key_of(ours, 1) != key_of(theirs, 1)
    assert len(key_of(ours, 1)) == 64
    gone = step(SECOND, persons(), findings(), (ours, people))
    assert "A" not in gone.cases["look_up"].item()


def test_cases_of_one_batch_are_distinct_over_registers() -> None:
    people = persons(person(1, "张三", "A"))
    made = advance(
        Now(FIRST, findings(), {"dibao": people, "poverty": people}, FIRST), None, SECRET
    )
    assert made.cases["case_key"].n_unique() == 2


def keys(ledger: Ledger) -> dict[int, str]:
    here = ledger.cases.drop_nulls("record")
    return dict(here.select("record", "case_key").iter_rows())


def test_a_revision_of_the_first_batch_keeps_each_persons_key_in_another_order() -> None:
    published = persons(person(1, "张三", "A"), person(2, "李四", "B"))
    revised = persons(
        person(1, "王五", "C", village="丁"), person(2, "张三", "A"), person(3, "李四", "B")
    )
    one = step(FIRST, published, findings((1, "C9")))
    two = step(
        FIRST, revised, findings((2, "C9")), replaced=(one, published), release=f"{FIRST}.r2"
    )
    assert [keys(two)[record] for record in (2, 3)] == [keys(one)[record] for record in (1, 2)]
    assert keys(two)[1] not in one.cases["case_key"]
    assert states(two) == {"C9": ("raised", 2, FIRST, FIRST)}, "states come from the batch before"


def test_a_revision_without_the_replaced_release_gives_nobody_anothers_key() -> None:
    published, revised = persons(person(1, "张三", "A")), persons(person(1, "王五", "C"))
    one = step(FIRST, published, findings())
    two = step(FIRST, revised, findings(), release=f"{FIRST}.r2")
    assert keys(two)[1] != keys(one)[1]


def test_a_revision_of_a_later_batch_carries_from_the_batch_before_first() -> None:
    old = persons(person(1, "张三", "A"), person(2, "李四", "B"))
    published = persons(
        person(1, "李四", "B"), person(2, "王五", "C", village="丁"), person(3, "张三", "A")
    )
    revised = persons(
        person(1, "赵六", "D", village="戊"), person(2, "王五", "C", village="丁"), person(3, "李四", "B")
    )  # fmt: skip
    one = step(FIRST, old, findings((1, "C9"), (2, "C15")))
    two = step(SECOND, published, findings((3, "C9"), (1, "C15")), (one, old))
    again = step(
        SECOND,
        revised,
        findings((2, "C2"), (3, "C15")),
        (one, old),
        replaced=(two, published),
        release=f"{SECOND}.r2",
    )
    assert keys(again)[3] == keys(one)[2], "known from the batch before"
    assert keys(again)[2] == keys(two)[2], "new in the release replaced"
    assert keys(again)[1] not in {*one.cases["case_key"], *two.cases["case_key"]}
    assert states(again) == {
        "C9": ("vanished", None, FIRST, FIRST),
        "C15": ("sent", 3, FIRST, SECOND),
        "C2": ("raised", 2, SECOND, SECOND),
    }
    assert again.cases["case_key"].is_unique().all()


def test_the_replaced_release_can_tell_who_somebody_of_the_batch_before_is() -> None:
    """The number corrected in the release, the name in its revision: only both steps together say who it is."""
    old = persons(person(1, "张三", "A", village="丁"))
    published = persons(person(4, "张三", "B", village="丁", birth_date=date(1980, 1, 1)))
    published = published.with_columns(id_number=pl.lit("A"), name_key=pl.lit("张三"))
    revised = persons(person(9, "张三", "E", birth_date=date(1980, 1, 1)))
    one = step(FIRST, old, findings((1, "C9")))
    two = step(SECOND, published, findings((4, "C9")), (one, old))
    again = step(
        SECOND,
        revised,
        findings((9, "C9")),
        (one, old),
        replaced=(two, published),
        release=f"{SECOND}.r2",
    )
    assert carry(old, revised).is_empty()
    assert keys(again) == {9: keys(one)[1]}
    assert again.cases.height == 1
    assert states(again)["C9"] == ("sent", 9, FIRST, SECOND)


def test_one_case_is_never_given_to_two_people_of_a_revision() -> None:
    """The replaced release took one for the other; the batch before says who has the case."""
    born = {"birth_date": date(1980, 1, 1)}
    old, published = (
        persons(person(1, "张三", "A", **born)),
        persons(person(1, "张三", "B", **born)),
    )
    revised = persons(person(1, "张三", "B", **born), person(2, "张三", "A", **born))
    one = step(FIRST, old, findings())
    two = step(SECOND, published, findings(), (one, old))
    assert keys(two) == keys(one)
    again = step(SECOND, revised, findings(), (one, old), replaced=(two, published), release="r2")
    assert keys(again)[2] == keys(one)[1]
    assert keys(again)[1] not in one.cases["case_key"]


def test_an_unchanged_row_of_a_bare_list_keeps_its_case_unless_another_says_the_same() -> None:
    nowhere = {"county": None, "town": None, "village": None, "relation": None}
    before = persons(person(1, "张三", **nowhere), person(2, "李四", **nowhere))
    now = persons(
        person(1, "李四", **nowhere), person(2, "张三", **nowhere), person(3, "李四", **nowhere)
    )
    assert carry(before, now).rows() == [(2, 1)]
