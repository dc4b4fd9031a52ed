"""What is told of one record: which rules held, which did not, which value decided; and that a part says what the whole says."""

from dataclasses import replace

import polars as pl
import pytest

from reconciliation.policy.columns import RECORD_COLUMNS
from reconciliation.policy.evidence import Evidence, Side
from reconciliation.policy.grammar import compile_predicate
from reconciliation.policy.neighbourhood import neighbourhood
from reconciliation.policy.trace import Asked, deciding_columns, trace
from reconciliation.registers.errors import UsageError
from tests.policy.world import RULEBOOK, World


def asked(world: World, register: Side, record: int) -> dict[str, Asked]:
    found = trace(world.evidence(), RULEBOOK, register, record)
    return {item.rule.rule: item for item in found.asked}


@pytest.mark.parametrize(
    ("predicate", "values", "deciding"),
    [
        ("status = 'both' AND income < 3000", {"status": "both", "income": 2000.0}, ["status", "income"]),
        ("status = 'both' AND income < 3000", {"status": "dibao_only", "income": 5000.0}, ["status"]),
        ("status = 'both' AND income < 3000", {"status": "both", "income": 5000.0}, ["income"]),
        ("status = 'both' AND income < 3000", {"status": "dibao_only", "income": None}, ["status"]),
        ("served OR duplicate", {"served": False, "duplicate": False}, ["served", "duplicate"]),
        ("served OR duplicate", {"served": None, "duplicate": True}, ["duplicate"]),
        ("NOT served", {"served": True}, ["served"]),
        ("lift_status IS NULL OR lift_status <> 'cancelled'", {"lift_status": "lifted"}, ["lift_status"]),
        ("lift_status IS NULL", {"lift_status": None}, ["lift_status"]),
        ("served AND (lift_status IS NULL OR lift_status = 'lifted')", {"served": False, "lift_status": "lifted"}, ["served"]),
    ],
)  # fmt: skip
def test_the_values_that_decide_are_those_without_which_it_could_be_otherwise(
    predicate: str, values: dict[str, object], deciding: list[str]
) -> None:
    case = pl.DataFrame(
        [values], schema={column: RECORD_COLUMNS[column].dtype for column in values}
    )
    compiled = compile_predicate(predicate, RECORD_COLUMNS, "C1")
    assert deciding_columns(compiled, case) == deciding


def test_what_decided_and_what_kept_the_others_from_holding() -> None:
    world = World()
    record = world.add("dibao", "张三", income_per_capita="9000", class_tier="长期保障户")
    world.listed("dibao", record, "asset_hits")
    world.listed("dibao", record, "deaths", tier="probable")
    said = asked(world, "dibao", record)
    assert said["C14"].state == "decides"
    assert (said["C9"].state, said["C7d"].state) == ("held", "held")
    assert said["C7b"].state == "not"
    assert said["C7b"].values == {"long_term": "是"}
    assert said["C5"].values == {"highest_income": "9000", "poverty_line": "3535"}
    assert said["C8"].state == "not"
    assert said["C8"].values == {"death_certain": "否"}
    assert said["C8b"].state == "off"
    assert list(said["C8b"].values) == ["moved_away"]
    assert said["C6b"].state == "silent"


def test_what_is_unknown_is_named_and_an_exception_too() -> None:
    world = World()
    blank = world.add("poverty", "张三", income_per_capita="")
    served = world.add("poverty", "李四", household=2)
    world.listed("poverty", served, "tekun")
    said = asked(world, "poverty", blank)
    assert said["C18d"].state == "decides"
    assert said["C3"].state == "open"
    assert said["C3"].values == {"highest_income": "未知"}
    assert said["C17"].state == "not"
    said = asked(world, "poverty", served)
    assert said["C3"].state == "excepted"
    assert said["C3"].values == {"served": "是"}
    assert said["C4b"].state == "decides"


def test_a_rule_whose_column_is_absent_is_off_and_not_false() -> None:
    world = World()
    record = world.add("dibao", "张三", income_per_capita=None)
    said = asked(world, "dibao", record)
    assert said["C5"].state == "off"
    assert list(said["C5"].values) == ["dibao.income_per_capita"]
    assert said["C6b"].state == "decides"


def test_a_record_that_is_not_there_is_refused() -> None:
    world = World()
    world.add("dibao", "张三")
    with pytest.raises(UsageError, match="dibao has no recorded row 7"):
        trace(world.evidence(), RULEBOOK, "dibao", 7)


def _part(whole: Evidence, asked_for: dict[Side, pl.Series]) -> Evidence:
    """The evidence of the neighbourhood alone; the records stay, for they tell which columns a file has."""
    inside = neighbourhood(asked_for, whole.persons, whole.links, whole.duplicates)  # type: ignore[arg-type]
    return replace(
        whole,
        persons={
            register: persons.filter(pl.col("record").is_in(inside[register].implode()))  # type: ignore[index]
            if register in inside
            else persons
            for register, persons in whole.persons.items()
        },
    )


def test_a_neighbourhood_is_judged_as_the_whole() -> None:
    """Households chained by links, copies and shared numbers; some records asked for, each by itself."""
    number = "520101198001010011"
    world = World()
    for household, who in enumerate(("张三", "李四", "王五", "赵六", "钱七", "孙八"), start=1):
        for register in ("dibao", "poverty"):
            world.add(register, who, household=household, income_per_capita=f"{household * 900}")
            world.add(register, f"{who}妻", household=household)
    for dibao, poverty, tier in (
        (1, 3, "certain"),
        (2, 5, "certain"),
        (6, 6, "probable"),
        (7, 8, "possible"),
    ):
        world.link(dibao, poverty, tier)  # fmt: skip
    copy = world.add("dibao", "孙八", household=9)
    world.same_person("dibao", 11, copy)
    world.add("dibao", "周九", household=10, id_number=number)
    world.add("dibao", "吴十", household=11, id_number=number)
    world.add("poverty", "郑一", household=10, id_number=number)
    whole = world.evidence()
    expected = world.judge().dispositions
    assert expected.gather_every(3)["rule"].n_unique() > 4
    sizes = []
    for register, record in expected.select("register", "record").gather_every(3).iter_rows():
        part = _part(whole, {register: pl.Series("record", [record])})
        sizes.append(sum(part.persons[side].height for side in ("dibao", "poverty")))
        alone = trace(part, RULEBOOK, register, record)
        row = world.row(register, record)
        assert alone.disposition == row["disposition"]
        held = [item.rule.rule for item in alone.asked if item.state in ("decides", "held")]
        assert sorted(held) == sorted(row["rules"])
        assert row["why"] in {item.why for item in alone.asked}
    everybody = sum(whole.persons[side].height for side in ("dibao", "poverty"))
    assert max(sizes) < everybody
    assert len(set(sizes)) > 3
