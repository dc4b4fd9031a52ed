"""Duplicates (C11): every copy, two benefits at once, and near misses."""

from typing import Any

from tests.policy.world import World, pair


def test_every_copy_of_a_duplicate_is_on_the_list_and_shares_the_link() -> None:
    world = World()
    a, b = pair(world)
    pair(world, "李四", household=2)
    copy = world.add("poverty", "张三", household=3)
    world.same_person("poverty", b, copy)
    assert world.outcome("poverty", b) == ("duplicate", "C11")
    assert world.outcome("poverty", copy) == ("duplicate", "C11")
    assert "C1" in world.row("poverty", copy)["other_rules"]
    assert world.outcome("dibao", a) == ("keep", "C1")


def test_a_copy_in_another_household_does_not_divide_the_family() -> None:
    rich: dict[str, Any] = {
        "dibao_income_per_capita": "9000", "poverty_income_per_capita": "9000", "poverty_lift_status": "已脱贫",
    }  # fmt: skip
    world = World()
    a, _ = pair(world, **rich)
    b, _ = pair(world, "张四", **rich)
    copy = world.add("dibao", "张四", household=2, income_per_capita="9000")
    world.same_person("dibao", b, copy)
    assert world.outcome("dibao", a) == ("exit_dibao", "C7")
    assert world.outcome("dibao", copy) == ("duplicate", "C11")


def test_dibao_and_another_benefit_at_once() -> None:
    expected = {"certain": "C11", "probable": "C14", "possible": "C14"}
    world = World()
    for source in ("tekun", "urban_dibao"):
        for tier in expected:
            record = world.add(
                "dibao", "张三", household=len(world.evidence_links), income_per_capita="3600"
            )
            world.listed("dibao", record, source, tier)
    found = [world.outcome("dibao", record)[1] for record in range(1, 7)]
    assert found == [*expected.values()] * 2
