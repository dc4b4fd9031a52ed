"""Every cell of the household table: who lands where, and who by a hair does not."""

from typing import Any

import pytest

from tests.policy.world import World, with_lines

D, V = 3900, 3535
BELOW, BETWEEN, ABOVE, UNKNOWN = "3534.99", "3535", "3900", ""


Outcome = tuple[str, str]


def test_on_dibao_alone() -> None:
    expected: dict[str, Outcome] = {
        BELOW: ("include_poverty", "C5"),
        "0": ("include_poverty", "C5"),
        BETWEEN: ("no_action", "C6"),
        "3899.99": ("no_action", "C6"),
        ABOVE: ("exit_dibao", "C7b"),
        UNKNOWN: ("verify", "C18d"),
        "约3000": ("verify", "C18d"),
        "-3000": ("verify", "C18d"),
    }
    world = World()
    for number, income in enumerate(expected, start=1):
        world.add("dibao", "张三", household=number, income_per_capita=income)
    found = {
        income: world.outcome("dibao", number) for number, income in enumerate(expected, start=1)
    }
    assert found == expected


def test_on_the_poverty_list_alone() -> None:
    expected: dict[tuple[str, str], Outcome] = {
        ("未脱贫", BELOW): ("include_dibao", "C3"),
        ("返贫", BELOW): ("include_dibao", "C3"),
        ("预脱贫", BELOW): ("include_dibao", "C3"),
        ("新识别贫困户", BELOW): ("include_dibao", "C3"),
        ("未脱贫", "3899.99"): ("include_dibao", "C3"),
        ("未脱贫", ABOVE): ("no_action", "C4"),
        ("返贫", ABOVE): ("no_action", "C4"),
        ("未脱贫", UNKNOWN): ("verify", "C18d"),
        ("已脱贫（享受政策）", BELOW): ("include_dibao", "C3b"),
        ("稳定脱贫", "3899.99"): ("include_dibao", "C3b"),
        ("已脱贫", ABOVE): ("no_action", "C17"),
        ("稳定脱贫", ABOVE): ("no_action", "C17"),
        ("已脱贫", UNKNOWN): ("verify", "C18d"),
        ("", BELOW): ("verify", "C18d"),
        ("", ABOVE): ("verify", "C18d"),
        ("注销", BELOW): ("verify", "C16b"),
    }
    world = World()
    for number, (status, income) in enumerate(expected, start=1):
        world.add("poverty", "张三", household=number, lift_status=status, income_per_capita=income)
    found = {
        cell: world.outcome("poverty", number) for number, cell in enumerate(expected, start=1)
    }
    assert found == expected


def test_on_both() -> None:
    """The outcome of the dibao row, then that of the poverty row."""
    keep, verify = ("keep", "C1"), ("verify", "C18d")
    expected: dict[tuple[str, str], tuple[Outcome, Outcome]] = {
        ("未脱贫", BELOW): (keep, keep),
        ("未脱贫", "3899.99"): (keep, keep),
        ("未脱贫", ABOVE): (("verify", "C18"), ("verify", "C18")),
        ("返贫", ABOVE): (("verify", "C18"), ("verify", "C18")),
        ("未脱贫", UNKNOWN): (verify, verify),
        ("已脱贫", BELOW): (keep, keep),
        ("稳定脱贫", "3899.99"): (keep, keep),
        ("已脱贫", ABOVE): (("exit_dibao", "C7"), ("keep", "C7")),
        ("稳定脱贫", ABOVE): (("exit_dibao", "C7"), ("keep", "C7")),
        ("已脱贫", UNKNOWN): (verify, verify),
        ("", BELOW): (keep, keep),
        ("", ABOVE): (verify, verify),
        ("注销", BELOW): (("verify", "C16b"), ("verify", "C16b")),
    }
    world = World()
    for number, (status, income) in enumerate(expected, start=1):
        a = world.add("dibao", "张三", household=number, income_per_capita=income)
        b = world.add(
            "poverty", "张三", household=number, lift_status=status, income_per_capita=income
        )
        world.link(a, b)
    found = {
        cell: (world.outcome("dibao", number), world.outcome("poverty", number))
        for number, cell in enumerate(expected, start=1)
    }
    assert found == expected


def test_over_the_dibao_line_and_under_the_poverty_line() -> None:
    """V > D: only the un-lifted on the poverty list alone have an outcome, everybody else is verified."""
    rulebook = with_lines(dibao=3000, poverty=4000)
    world = World()
    for number, status in enumerate(("未脱贫", "已脱贫"), start=1):
        said: dict[str, Any] = {"lift_status": status, "income_per_capita": "3500"}
        world.add("poverty", "张三", household=number, **said)
        b = world.add("poverty", "李四", household=number + 2, **said)
        a = world.add("dibao", "李四", household=number, income_per_capita="3500")
        world.link(a, b)
    world.add("dibao", "王五", household=9, income_per_capita="3500")
    outcomes = {
        register: [world.outcome(register, record, rulebook) for record in range(1, rows + 1)]
        for register, rows in (("dibao", 3), ("poverty", 4))
    }
    verify = ("verify", "C18c")
    assert outcomes == {
        "dibao": [verify] * 3,
        "poverty": [("no_action", "C4"), verify, verify, verify],
    }


def test_incomes_of_one_household_on_two_sides_of_the_dibao_line() -> None:
    """The poverty line decides nothing for a household on both, so two sides of it do not matter."""
    expected: dict[tuple[str, str], Outcome] = {
        ("3000", "3899.99"): ("keep", "C1"),
        ("3000", "3900"): ("verify", "C18b"),
        ("3900", "3000"): ("verify", "C18b"),
        ("3000", ""): ("keep", "C1"),
    }
    world = World()
    for number, (dibao, poverty) in enumerate(expected, start=1):
        a = world.add("dibao", "张三", household=number, income_per_capita=dibao)
        b = world.add("poverty", "张三", household=number, income_per_capita=poverty)
        world.link(a, b)
    for register in ("dibao", "poverty"):
        found = {
            cell: world.outcome(register, number) for number, cell in enumerate(expected, start=1)
        }
        assert found == expected


def test_members_of_one_household_who_state_incomes_on_two_sides_of_a_line() -> None:
    world = World()
    first = world.add("dibao", "张三", income_per_capita="3000")
    second = world.add("dibao", "张四", income_per_capita="3600")
    third = world.add("dibao", "李四", household=2, income_per_capita="3000")
    fourth = world.add("dibao", "李五", household=2, income_per_capita="")
    assert world.outcome("dibao", first) == ("verify", "C18b")
    assert world.outcome("dibao", second) == ("verify", "C18b")
    assert world.outcome("dibao", third) == ("include_poverty", "C5")
    assert world.outcome("dibao", fourth) == ("include_poverty", "C5")


@pytest.mark.parametrize("register", ["dibao", "poverty"])
def test_a_proposal_puts_the_whole_household_on_one_list(register: str) -> None:
    world = World()
    records = [world.add(register, f"张{who}", income_per_capita="100") for who in "一二三"]
    lists = {world.outcome(register, record)[0] for record in records}
    assert lists == {"include_poverty" if register == "dibao" else "include_dibao"}


def test_one_linked_member_makes_the_household_one_on_both() -> None:
    world = World()
    a = world.add("dibao", "张三")
    b = world.add("poverty", "张三")
    world.add("dibao", "张四")
    world.link(a, b, "probable")
    statuses = world.judge().households["status"].to_list()
    assert statuses == ["both", "both"]


def test_members_who_contradict_each_other_leave_the_lifting_unknown() -> None:
    world = World()
    first = world.add("poverty", "张三", lift_status="未脱贫")
    world.add("poverty", "张四", lift_status="已脱贫")
    agreeing = world.add("poverty", "李四", household=2, lift_status="已脱贫")
    world.add("poverty", "李五", household=2, lift_status="稳定脱贫")
    assert world.outcome("poverty", first) == ("verify", "C18d")
    assert world.outcome("poverty", agreeing) == ("include_dibao", "C3b")


def test_the_long_term_covered_are_never_proposed_for_exit() -> None:
    world = World()
    long_term = world.add("dibao", "张三", income_per_capita="9000", class_tier="长期保障户")
    other = world.add(
        "dibao", "李四", household=2, income_per_capita="9000", class_tier="重点保障户"
    )
    blank = world.add("dibao", "王五", household=3, income_per_capita="9000", class_tier="")
    assert world.outcome("dibao", long_term) == ("verify", "C7d")
    assert world.outcome("dibao", other) == ("exit_dibao", "C7b")
    assert world.outcome("dibao", blank) == ("verify", "C18d")


def test_single_person_cover_is_never_proposed_for_exit() -> None:
    world = World()
    one_of_three = world.add(
        "dibao", "张三", income_per_capita="9000", household_size="3", covered_size="1"
    )
    alone = world.add(
        "dibao", "李四", household=2, income_per_capita="9000", household_size="1", covered_size="1"
    )
    assert world.outcome("dibao", one_of_three) == ("verify", "C7c")
    assert world.outcome("dibao", alone) == ("exit_dibao", "C7b")


def test_rows_that_are_not_rural_dibao_are_left_alone() -> None:
    world = World()
    urban = world.add("dibao", "张三", income_per_capita="100", assistance_type="城市低保")
    counterpart = world.add("poverty", "张三", income_per_capita="100")
    blank = world.add("dibao", "李四", household=2, income_per_capita="100", assistance_type="")
    world.link(urban, counterpart)
    assert world.outcome("dibao", urban) == ("no_action", "C4c")
    assert world.outcome("poverty", counterpart) == ("no_action", "C4b")
    assert world.outcome("dibao", blank) == ("include_poverty", "C5")
