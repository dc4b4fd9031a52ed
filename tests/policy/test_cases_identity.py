"""Identity in doubt (C14): who is verified first, and near misses."""

from typing import Any

import pytest

from tests.policy.world import World, pair


def test_only_a_possible_link_is_verified_on_both_sides() -> None:
    world = World()
    a, b = pair(world, tier="possible", dibao_income_per_capita="9000")
    assert world.outcome("dibao", a) == ("verify", "C14")
    assert world.outcome("poverty", b) == ("verify", "C14")


def test_a_rival_of_a_certain_link_does_not_put_it_in_doubt() -> None:
    world = World()
    a, b = pair(world)
    rival = world.add("poverty", "张三", household=2)
    world.link(a, rival, "possible")
    assert world.outcome("dibao", a) == ("keep", "C1")
    assert world.outcome("poverty", b) == ("keep", "C1")
    assert world.outcome("poverty", rival) == ("verify", "C14")


def test_a_damaged_number_without_a_certain_link_is_verified() -> None:
    expected = {
        "valid": "C5", "upgraded_15": "C5", "check_failed": "C14", "impossible": "C14", "precision_lost": "C14",
        "malformed": "C14", "missing": "C14",
    }  # fmt: skip
    world = World()
    for number, quality in enumerate(expected):
        world.add("dibao", "张三", household=number, id_quality=quality)
        world.add("dibao", "张四", household=number)
    for number, quality in enumerate(expected):
        assert world.outcome("dibao", 2 * number + 1)[1] == expected[quality], quality
        assert world.outcome("dibao", 2 * number + 2) == ("include_poverty", "C5")


def test_a_damaged_number_with_a_certain_link_is_only_corrected() -> None:
    world = World()
    certain, _ = pair(world, dibao_id_quality="malformed")
    probable, _ = pair(world, "李四", household=2, tier="probable", dibao_id_quality="malformed")
    assert world.outcome("dibao", certain) == ("correct", "C2")
    assert world.outcome("dibao", probable) == ("verify", "C14")


@pytest.mark.parametrize(
    ("income", "expected"), [("3000", "verify"), ("3600", "no_action"), ("9000", "verify")]
)
def test_a_member_in_doubt_holds_up_what_is_proposed_for_the_household(
    income: str, expected: str
) -> None:
    world = World()
    member = world.add("dibao", "张三", income_per_capita=income)
    doubtful = world.add("dibao", "张四", income_per_capita=income)
    world.link(doubtful, world.add("poverty", "张四", household=9), "possible")
    assert world.outcome("dibao", member)[0] == expected
    assert world.outcome("dibao", doubtful) == ("verify", "C14")


@pytest.mark.parametrize(("tier", "expected"), [("certain", "exit_dibao"), ("probable", "verify")])
def test_an_exit_needs_certain_links(tier: str, expected: str) -> None:
    world = World()
    rich: dict[str, Any] = {
        "dibao_income_per_capita": "9000",
        "poverty_income_per_capita": "9000",
        "poverty_lift_status": "已脱贫",
    }
    a, _ = pair(world, **rich)
    b, partner = pair(world, "张四", tier=tier, **rich)
    assert world.outcome("dibao", a)[0] == expected
    assert world.outcome("dibao", b)[0] == expected
    assert world.outcome("poverty", partner) == ("keep", "C7")


@pytest.mark.parametrize(
    ("register", "income", "expected"),
    [("poverty", "3000", "include_dibao"), ("dibao", "3000", "include_poverty"), ("dibao", "9000", "exit_dibao")],
)  # fmt: skip
def test_a_number_on_the_other_register_without_a_link_holds_up_what_is_proposed(
    register: str, income: str, expected: str
) -> None:
    """One number on two rows of a register, one row linked: the other would be listed though the number draws already."""
    world = World()
    number = "520101198001010011"
    pair(world, "李大山", dibao_id_number=number, poverty_id_number=number)
    said = {"income_per_capita": income}
    stranger = world.add(register, "完全不同", household=2, id_number=number, **said)
    member = world.add(register, "家人", household=2, **said)
    near = world.add(register, "另一人", household=3, id_number="520101198001010038", **said)
    bad = world.add(
        register, "损坏者", household=4, id_number=number, id_quality="malformed", **said
    )
    assert world.outcome(register, stranger) == ("verify", "C14")
    assert "本人身份证号已登记在另一名册" in world.row(register, stranger)["why"]
    assert world.outcome(register, member) == ("verify", "C14")
    assert "同户成员的身份证号已登记在另一名册" in world.row(register, member)["why"]
    assert world.outcome(register, near)[0] == expected
    assert "登记在另一名册" not in world.row(register, bad)["why"]
    for side in ("dibao", "poverty"):
        assert world.outcome(side, 1) == ("keep", "C1")


def test_a_further_row_of_a_linked_person_is_no_number_without_a_link() -> None:
    """The partner stands twice on its register; a certain link to either row is a link to the number."""
    world = World()
    number = "520101198001010011"
    a, b = pair(world, "李大山", dibao_id_number=number, poverty_id_number=None)
    copy = world.add("poverty", "李大山", id_number=number)
    world.same_person("poverty", b, copy)
    assert world.outcome("dibao", a)[1] != "C14"
    assert "登记在另一名册" not in world.row("dibao", a)["why"]


def test_a_number_linked_with_an_urban_row_does_not_hold_up_the_family() -> None:
    world = World()
    number = "520101198001010011"
    linked, _ = (
        world.add("poverty", "李大山", id_number=number),
        world.add("dibao", "李大山", id_number=number, assistance_type="城市低保"),
    )
    family = world.add("poverty", "家人")
    world.link(1, linked)
    assert world.outcome("poverty", family)[0] == "include_dibao"


@pytest.mark.parametrize("register", ["dibao", "poverty"])
def test_one_number_on_two_people_of_a_register_is_verified(register: str) -> None:
    world = World()
    number = "520101198001010011"
    rows = [
        world.add(register, who, household=household, id_number=number)
        for household, who in enumerate(("李大山", "王小河"))
    ]
    for record in rows:
        assert world.outcome(register, record) == ("verify", "C14")
        assert "身份证号与本名册另一人相同" in world.row(register, record)["why"]


def test_one_number_on_two_rows_of_one_person_is_a_duplicate() -> None:
    world = World()
    number = "520101198001010011"
    first = world.add("dibao", "李大山", id_number=number)
    copy = world.add("dibao", "李大山", household=2, id_number=number)
    world.same_person("dibao", first, copy)
    assert world.outcome("dibao", first)[1] == "C11"
    assert world.outcome("dibao", copy)[1] == "C11"


def test_a_shared_number_does_not_touch_a_certain_link_nor_a_damaged_one_the_owner() -> None:
    world = World()
    number = "520101198001010011"
    a, b = pair(world, "李大山", dibao_id_number=number, poverty_id_number=number)
    stranger = world.add("dibao", "王小河", household=2, id_number=number)
    owner = world.add("dibao", "赵大海", household=3)
    typed = world.people["dibao"][owner - 1]["id_number"]
    world.add("dibao", "钱小江", household=4, id_number=typed, id_quality="check_failed")
    assert world.outcome("dibao", a) == ("keep", "C1")
    assert world.outcome("poverty", b) == ("keep", "C1")
    assert world.outcome("dibao", stranger) == ("verify", "C14")
    assert world.outcome("dibao", owner) == ("include_poverty", "C5")


@pytest.mark.parametrize("register", ["dibao", "poverty"])
def test_a_missing_name_without_a_certain_link_is_verified(register: str) -> None:
    missing: dict[str, Any] = {"name": None, "name_key": None, "name_kind": "missing"}
    world = World()
    nameless = world.add(register, "甲", household=3, **missing)
    nicknamed = world.add(register, "幺妹", household=4, name_kind="nickname")
    said = {f"{register}_{key}": value for key, value in missing.items()}
    certain = pair(world, "李大山", household=5, **said)
    probable = pair(world, "王小河", household=6, tier="probable", **said)
    side = ("dibao", "poverty").index(register)
    assert world.outcome(register, nameless) == ("verify", "C14")
    assert "姓名缺失" in world.row(register, nameless)["why"]
    assert world.outcome(register, nicknamed)[0].startswith("include")
    assert world.outcome(register, certain[side]) == ("keep", "C1")
    assert world.outcome(register, probable[side]) == ("verify", "C14")
