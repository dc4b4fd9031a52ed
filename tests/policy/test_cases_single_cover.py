"""Single-person cover (C3s) and those who are served already (C4b)."""

from typing import Any

import pytest

from tests.policy.world import World

SINGLE_COVERS: list[tuple[dict[str, Any], tuple[str, str]]] = [
    ({"health": "长期慢性病,患有大病"}, ("include_dibao", "C3s")),
    ({"health": "残疾", "certificate_grade": 2}, ("include_dibao", "C3s")),
    ({"health": "残疾", "certificate_grade": 3}, ("no_action", "C4")),
    ({"health": "残疾"}, ("verify", "C18d")),
    ({"health": ""}, ("verify", "C18d")),
    ({"health": None}, ("no_action", "C4")),
    ({"health": "健康"}, ("no_action", "C4")),
    ({"health": "长期慢性病"}, ("no_action", "C4")),
    ({"health": "患有大病", "lift_status": "已脱贫"}, ("no_action", "C17")),
    ({"health": "患有大病", "income_per_capita": "3000"}, ("include_dibao", "C3")),
]


def test_single_person_cover_in_an_unlifted_household_over_the_lines() -> None:
    world = World()
    records = []
    for number, (said, _) in enumerate(SINGLE_COVERS):
        usual: dict[str, Any] = {
            "income_per_capita": "5000",
            "household": number,
            "source_file": f"{number}.csv",
        }
        well = {"health": said["health"] and "健康", "certificate_grade": None}
        records.append(world.add("poverty", "张三", **(usual | said)))
        world.add("poverty", "张四", **(usual | said | well))
    for record, (said, expected) in zip(records, SINGLE_COVERS, strict=True):
        assert world.outcome("poverty", record) == expected, said


def test_the_rest_of_the_household_of_a_single_cover_is_left_alone() -> None:
    world = World()
    world.add("poverty", "张三", income_per_capita="5000", health="患有大病")
    healthy = world.add("poverty", "张四", income_per_capita="5000")
    assert world.outcome("poverty", healthy) == ("no_action", "C4")


def test_a_grade_on_a_linked_certificate_counts() -> None:
    world = World()
    member = world.add("poverty", "张三", income_per_capita="5000", health="残疾")
    world.listed("poverty", member, "disability_certificates", disability_grade="二级")
    assert world.outcome("poverty", member) == ("include_dibao", "C3s")


def test_the_served_are_not_included_and_the_rest_is_judged_as_usual() -> None:
    expected = {"certain": "no_action", "probable": "no_action", "possible": "verify"}
    world = World()
    served = {}
    for number, source in enumerate(("tekun", "urban_dibao")):
        for place, tier in enumerate(expected):
            record = world.add("poverty", "张三", household=10 * number + place)
            world.add("poverty", "张四", household=10 * number + place)
            world.listed("poverty", record, source, tier)
            served[record] = expected[tier]
    for record, disposition in served.items():
        assert world.outcome("poverty", record)[0] == disposition
        assert world.outcome("poverty", record + 1) == ("include_dibao", "C3")


@pytest.mark.parametrize("kind", ["五保户", "特困供养贫困户"])
def test_the_poverty_list_says_itself_who_is_served(kind: str) -> None:
    world = World()
    record = world.add("poverty", "张三", household_type=kind)
    unknown = world.add("poverty", "李四", household=2, household_type=kind, income_per_capita="")
    assert world.outcome("poverty", record) == ("no_action", "C4b")
    assert world.outcome("poverty", unknown) == ("no_action", "C4b")
