"""The comparisons one by one: names by character, numbers by digit."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as testing
from hypothesis import strategies as st

from reconciliation.linkage.coding import code_registers
from reconciliation.linkage.levels import NameLevel, NumberLevel
from reconciliation.linkage.name_table import gather_names
from reconciliation.linkage.names import compare_names
from reconciliation.linkage.numbers import compare_numbers
from tests.linkage.people import Person, characters, number, of_person, persons, settings


def name_level(one: Person, other: Person) -> str:
    left, right = persons(one), persons(other)
    names = gather_names(left, right, characters(), settings().same_shape)
    sides = code_registers(left, right, names.rows)
    level = compare_names(names, sides[0].name, sides[1].name)
    return NameLevel(level[0]).name.lower()


def number_level(one: Person, other: Person, explained: bool = False) -> str:
    left, right = persons(one), persons(other)
    names = gather_names(left, right, characters(), settings().same_shape)
    sides = code_registers(left, right, names.rows)
    first = np.zeros(1, dtype=np.int64)
    level = compare_numbers(*sides, first, first, np.array([explained]))
    return NumberLevel(level[0]).name.lower()


@pytest.mark.parametrize(
    ("one", "other", "level"),
    [
        ("王小明", "王小明", "exact"),
        ("王小明", "王晓明", "one_sound"),
        ("刘梅", "刘海", "one_shape"),
        ("王小明", "王?明", "wildcard"),
        ("王?明", "王?明", "wildcard"),
        ("王小明", "王晓鸣", "two_soft"),
        ("王小明", "王小刚", "one_hard"),
        ("王小明", "王明", "missing_or_swapped"),
        ("王小明", "王明小", "missing_or_swapped"),
        ("王小明", "王建国", "surname_only"),
        ("王小明", "李建国", "other"),
        ("王燕", "王刚", "surname_only"),
        ("阿依努尔买买提", "阿依努尔买提", "missing_or_swapped"),
        ("令狐智清", "令狐智勇", "one_hard"),
        ("𠀀小明", "𠀀晓明", "one_sound"),
    ],
)
def test_names_by_character(one: str, other: str, level: str) -> None:
    assert name_level(Person(one), Person(other)) == level
    assert name_level(Person(other), Person(one)) == level


def test_names_that_are_not_full() -> None:
    child = Person("王某之子", kind="child_of")
    assert name_level(child, Person("王小明")) == "nickname"
    assert name_level(child, Person("李小明")) == "other"
    assert (
        name_level(Person("王幺妹", kind="nickname"), Person("王幺妹", kind="nickname"))
        == "nickname"
    )
    assert name_level(Person(None), Person("王小明")) == "missing"
    assert name_level(Person(None), Person(None)) == "missing"


GOOD = "52212319880710013"


@pytest.mark.parametrize(
    ("other", "quality", "level"),
    [
        (number(GOOD), "valid", "equal_both_valid"),
        (number(GOOD)[:-1] + "0", "check_failed", "one_edit"),
        ("52212319880170013" + number(GOOD)[-1], "check_failed", "one_edit"),
        (of_person("19880710", 15), "valid", "tail_near_both_valid"),
        (of_person("19880710", 387), "valid", "area_birth_both_valid"),
        (of_person("19880710", 13, "522422"), "valid", "one_part_both_valid"),
        (of_person("19880717", 13), "valid", "one_part_both_valid"),
        (of_person("19881122", 387), "valid", "area_year_sex_both_valid"),
        (of_person("19880710", 387, "522422"), "valid", "birth_equal_both_valid"),
        (of_person("19880717", 387, "522422"), "valid", "birth_near_both_valid"),
        (of_person("19880107", 387, "522422"), "valid", "year_only_both_valid"),
        (of_person("19550303", 387, "522422"), "valid", "differs_both_valid"),
    ],
)
def test_numbers_by_digit(other: str, quality: str, level: str) -> None:
    assert number_level(Person("甲", number(GOOD)), Person("乙", other, quality=quality)) == level


def test_explained_differences_are_their_own_levels() -> None:
    one, other = Person("甲", number(GOOD)), Person("乙", of_person("19550303", 387, "522422"))
    assert number_level(one, other, explained=True) == "differs"
    assert number_level(one, other) == "differs_both_valid"


def test_a_failed_check_excuses_a_slip_but_not_another_number() -> None:
    spoilt = of_person("19550303", 387, "522422")[:-1]
    other = Person("乙", spoilt + "0", quality="check_failed")
    assert number_level(Person("甲", number(GOOD)), other) == "differs_both_valid"


def test_lost_digits_compare_by_what_is_left() -> None:
    lost = Person("乙", None, quality="precision_lost", partial=GOOD[:15])
    assert number_level(Person("甲", number(GOOD)), lost) == "partial_equal"
    assert number_level(Person("甲", of_person("19880710", 387)), lost) != "partial_equal"


@pytest.mark.parametrize(
    ("birth", "level"),
    [
        ("19880710", "missing_birth_equal"),
        ("19881007", "missing_birth_near"),
        ("19550303", "missing_birth_differs"),
        (None, "missing"),
    ],
)
def test_missing_numbers_leave_the_birth_date(birth: str | None, level: str) -> None:
    assert number_level(Person("甲", number(GOOD)), Person("乙", birth=birth)) == level


@testing(deadline=None, max_examples=30)
@given(
    body=st.from_regex(r"52[0-9]{4}19[5-9][0-9]0[1-9]1[0-9][0-9]{3}", fullmatch=True),
    place=st.integers(0, 17),
    step=st.integers(1, 9),
)
def test_any_one_digit_is_one_edit(body: str, place: int, step: int) -> None:
    whole = number(body)
    digit = 10 if whole[place] == "X" else int(whole[place])
    wrong = whole[:place] + str((digit + step) % 10) + whole[place + 1 :]
    if wrong != whole:
        found = number_level(Person("甲", whole), Person("乙", wrong, quality="check_failed"))
        assert found == "one_edit"
