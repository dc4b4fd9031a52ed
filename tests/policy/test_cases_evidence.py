"""What the evidence registers say (C8, C8b, C9, C12, C15): exits of the dead, visits for the rest."""

from typing import Any

from tests.policy.world import World, pair

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
