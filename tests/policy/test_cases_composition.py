"""Households whose members differ (C10, C13), and near misses."""

import pytest

from tests.policy.world import World, pair


def test_members_missing_on_the_other_register_are_reviewed_and_the_others_stay() -> None:
    world = World()
    a, b = pair(world)
    more_dibao = world.add("dibao", "张四")
    more_poverty = world.add("poverty", "张五")
    assert world.outcome("dibao", a) == ("keep", "C1")
    assert world.outcome("poverty", b) == ("keep", "C1")
    assert world.outcome("dibao", more_dibao) == ("household_review", "C13")
    assert world.outcome("poverty", more_poverty) == ("household_review", "C10")
    assert world.row("poverty", more_poverty)["other_rules"][0] == "C13"


def test_an_exit_of_a_household_whose_members_differ_becomes_a_review_of_all() -> None:
    world = World()
    a, b = pair(
        world,
        dibao_income_per_capita="9000",
        poverty_income_per_capita="9000",
        poverty_lift_status="已脱贫",
    )
    pair(
        world,
        "张四",
        dibao_income_per_capita="9000",
        poverty_income_per_capita="9000",
        poverty_lift_status="已脱贫",
    )
    assert world.outcome("dibao", a) == ("exit_dibao", "C7")
    more = world.add("poverty", "张五", income_per_capita="9000", lift_status="已脱贫")
    assert world.outcome("dibao", a) == ("household_review", "C13")
    assert world.outcome("poverty", b) == ("keep", "C7")
    assert world.outcome("poverty", more)[0] == "household_review"


@pytest.mark.parametrize(
    ("health", "lift", "expected"),
    [("患有大病", "未脱贫", "keep"), ("健康", "未脱贫", "household_review"), ("患有大病", "已脱贫", "household_review")],
)  # fmt: skip
def test_lawful_single_person_cover_is_no_partial_cover(
    health: str, lift: str, expected: str
) -> None:
    world = World()
    pair(
        world,
        poverty_health=health,
        poverty_lift_status=lift,
        dibao_covered_size="1",
        dibao_household_size="2",
    )
    other = world.add("poverty", "张四", lift_status=lift)
    assert world.outcome("poverty", other)[0] == expected


def test_members_on_another_benefit_are_not_missing_on_dibao() -> None:
    world = World()
    pair(world)
    served = world.add("poverty", "张四")
    world.listed("poverty", served, "tekun")
    assert world.outcome("poverty", served) == ("keep", "C1")
