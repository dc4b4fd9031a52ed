"""The cases that cut across the household table: who lands on the list, and near misses that must not."""

from datetime import date
from typing import Any

import pytest

from tests.policy.world import World


def pair(
    world: World, who: str = "张三", *, household: int = 1, tier: str = "certain", **said: Any
) -> tuple[int, int]:
    """Somebody on both registers; `dibao_…` and `poverty_…` go to one side each."""
    sides = {
        side: {
            key.removeprefix(f"{side}_"): value
            for key, value in said.items()
            if key.startswith(f"{side}_")
        }
        for side in ("dibao", "poverty")
    }
    a = world.add("dibao", who, household=household, **sides["dibao"])
    b = world.add("poverty", who, household=household, **sides["poverty"])
    world.link(a, b, tier)
    return a, b


# C2


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


# C3s, served


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


# C8


DEATHS: list[tuple[dict[str, Any], tuple[str, str]]] = [
    ({}, ("exit_dibao", "exit_poverty")),
    ({"death_date": "2018-08-15"}, ("exit_dibao", "exit_poverty")),
    ({"death_date": "2018-08-16"}, ("keep", "keep")),
    ({"death_date": "2018-07"}, ("exit_dibao", "exit_poverty")),
    ({"death_date": "2018-08"}, ("verify", "verify")),
    ({"death_date": "2018-09"}, ("keep", "keep")),
    ({"death_date": "", "cremation_date": "2018-03-02"}, ("exit_dibao", "exit_poverty")),
    ({"death_date": "", "cremation_date": ""}, ("verify", "verify")),
    ({"death_date": None, "cremation_date": None}, ("keep", "keep")),
    ({"tier": "probable"}, ("verify", "verify")),
    ({"tier": "possible"}, ("verify", "verify")),
    ({"name_key": "李四"}, ("verify", "verify")),
    ({"id_quality": "missing"}, ("verify", "verify")),
    ({"id_quality": "check_failed"}, ("exit_dibao", "exit_poverty")),
]


def test_the_dead_leave_each_register() -> None:
    world = World()
    pairs = [pair(world, household=number) for number, _ in enumerate(DEATHS)]
    for number, (said, _) in enumerate(DEATHS):
        for register, record in zip(("dibao", "poverty"), pairs[number], strict=True):
            world.listed(register, record, "deaths", source_file=f"{number}.csv", **said)
    for (a, b), (said, expected) in zip(pairs, DEATHS, strict=True):
        found = (world.outcome("dibao", a)[0], world.outcome("poverty", b)[0])
        assert found == expected, said


def test_an_exit_of_the_dead_does_not_rest_on_an_unsure_link() -> None:
    world = World()
    a, _ = pair(world, tier="probable")
    world.listed("dibao", a, "deaths")
    assert world.outcome("dibao", a) == ("verify", "C14")


def test_a_correction_under_an_exit_is_not_lost() -> None:
    world = World()
    a, _ = pair(world, dibao_flag_poverty="否")
    world.listed("dibao", a, "deaths")
    row = world.row("dibao", a)
    assert (row["disposition"], row["rule"]) == ("exit_dibao", "C8")
    assert row["other_rules"] == ["C2", "C1"]


# C11


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


# C8b, C9, C12, C15


def test_other_evidence_is_verified_and_never_an_exit() -> None:
    expected = {"moved_away": "C8b", "asset_hits": "C9", "officials_kin": "C15"}
    world = World()
    for register, one, another in (("dibao", "张三", "李四"), ("poverty", "王五", "赵六")):
        for number, source in enumerate(expected):
            listed = world.add(register, one, household=2 * number, income_per_capita="9000")
            possibly = world.add(
                register, another, household=2 * number + 1, income_per_capita="3600"
            )
            world.listed(register, listed, source, "probable")
            world.listed(register, possibly, source, "possible")
    for register in ("dibao", "poverty"):
        for number, rule in enumerate(expected.values()):
            assert world.outcome(register, 2 * number + 1) == ("verify", rule)
            assert world.outcome(register, 2 * number + 2)[1] != rule


RELOCATED: list[tuple[str, str | None, tuple[str, str]]] = [
    ("集中安置", "是", ("verify", "C12")),
    ("进镇购房", "是", ("verify", "C12")),
    ("分散安置", "是", ("no_action", "C6")),
    ("集中安置", "否", ("no_action", "C6")),
    ("集中安置", "", ("verify", "C18d")),
    ("集中安置", None, ("no_action", "C6")),
]


def test_relocated_to_town_and_still_on_rural_dibao() -> None:
    world = World()
    for number, (form, moved, _) in enumerate(RELOCATED, start=1):
        world.add("dibao", "张三", household=number, income_per_capita="3600")
        said: dict[str, Any] = {
            "settlement_form": form,
            "hukou_moved": moved,
            "source_file": f"{number}.csv",
        }
        world.listed("dibao", number, "relocation", **said)
    for number, (form, moved, expected) in enumerate(RELOCATED, start=1):
        assert world.outcome("dibao", number) == expected, (form, moved)


# C10, C13


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


# C14


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
