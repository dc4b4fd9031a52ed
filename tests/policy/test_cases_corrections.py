"""Corrections (C2): whose field is wrong, and near misses."""

from datetime import date
from typing import Any

from tests.policy.world import World, pair

CORRECTIONS: list[tuple[dict[str, Any], str, str]] = [
    ({}, "keep", "keep"),
    ({"poverty_flag_dibao": "否"}, "keep", "correct"),
    ({"poverty_flag_dibao": ""}, "keep", "keep"),
    ({"poverty_household_type": "一般贫困户"}, "keep", "correct"),
    ({"poverty_household_type": ""}, "keep", "keep"),
    ({"dibao_flag_poverty": "否"}, "correct", "keep"),
    ({"dibao_flag_poverty": "0"}, "correct", "keep"),
    ({"dibao_flag_poverty": ""}, "keep", "keep"),
    ({"dibao_name_key": "张山"}, "correct", "correct"),
    ({"dibao_name_key": "张?", "dibao_name_kind": "wildcard"}, "correct", "keep"),
    ({"poverty_name_key": None, "poverty_name_kind": "missing"}, "keep", "keep"),
    ({"dibao_id_number": "520000198001010011"}, "correct", "correct"),
    (
        {"dibao_id_number": "520000198001010011", "dibao_id_quality": "check_failed"},
        "correct",
        "keep",
    ),
    ({"poverty_id_number": None, "poverty_id_quality": "precision_lost"}, "keep", "correct"),
    ({"poverty_id_number": None, "poverty_id_quality": "missing"}, "keep", "keep"),
    ({"dibao_birth_field": date(1980, 1, 2)}, "correct", "keep"),
    ({"dibao_birth_field": date(1980, 1, 1)}, "keep", "keep"),
    (
        {
            "dibao_id_quality": "missing",
            "dibao_id_number": None,
            "dibao_birth_date": date(1979, 1, 1),
            "poverty_id_quality": "missing",
            "poverty_id_number": None,
        },
        "correct",
        "correct",
    ),
]


def test_the_record_with_the_wrong_field_is_corrected() -> None:
    world = World()
    pairs = [
        pair(world, household=number, **said) for number, (said, _, _) in enumerate(CORRECTIONS)
    ]
    for (a, b), (said, dibao, poverty) in zip(pairs, CORRECTIONS, strict=True):
        found = (world.outcome("dibao", a)[0], world.outcome("poverty", b)[0])
        assert found == (dibao, poverty), said


def test_a_correction_names_the_owner_of_the_wrong_field_or_both() -> None:
    world = World()
    flagged, _ = pair(world, dibao_flag_poverty="否")
    named, _ = pair(world, "李四", household=2, dibao_name_key="李思")
    assert world.row("dibao", flagged)["owner"] == "civil_affairs"
    assert world.row("dibao", named)["owner"] == "both"


def test_flags_of_people_on_one_register_are_no_correction() -> None:
    world = World()
    a = world.add("dibao", "张三", income_per_capita="3600", flag_poverty="否")
    assert world.outcome("dibao", a) == ("no_action", "C6")
