"""The laws of the stage as a whole: one disposition a record, lists that add up, order that does not matter."""

import random
from dataclasses import replace
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reconciliation.policy.evidence import Evidence
from reconciliation.policy.figures import distinct_people
from reconciliation.policy.judge import judge
from reconciliation.policy.lists import COLUMNS, build_lists
from reconciliation.registers.schema import LISTS
from tests.policy.world import RULEBOOK, World

WHO = st.sampled_from(["张三", "李四", "王五"])
SAID = st.fixed_dictionaries(
    {
        "who": WHO,
        "household": st.integers(1, 4),
        "income": st.sampled_from(["0", "3000", "3600", "9000", "", None]),
        "lift_status": st.sampled_from(["未脱贫", "已脱贫", "注销", "返贫", "", None]),
        "class_tier": st.sampled_from(["长期保障户", "一般保障户", "", None]),
        "health": st.sampled_from(["健康", "患有大病", "残疾", "", None]),
        "assistance_type": st.sampled_from(["农村低保", "城市低保", "", None]),
        "id_quality": st.sampled_from(["valid", "check_failed", "missing"]),
        "file": st.sampled_from(["a.csv", "b.csv"]),
        "link": st.sampled_from(["certain", "probable", "possible", None]),
        "listed": st.sampled_from([None, None, "deaths", "tekun", "moved_away", "relocation"]),
        "copy": st.booleans(),
    }
)


def world_of(dibao: list[dict[str, Any]], poverty: list[dict[str, Any]]) -> World:
    world = World()
    for register, rows in (("dibao", dibao), ("poverty", poverty)):
        for row in rows:
            fields = {
                "income_per_capita": row["income"],
                "source_file": row["file"],
                "health": row["health"],
            }
            fields |= (
                {"lift_status": row["lift_status"]}
                if register == "poverty"
                else {"class_tier": row["class_tier"], "assistance_type": row["assistance_type"]}
            )
            record = world.add(
                register,
                row["who"],
                household=row["household"],
                id_quality=row["id_quality"],
                **fields,
            )
            if row["listed"]:
                world.listed(
                    register, record, row["listed"], "probable" if row["copy"] else "certain"
                )
    for record, (a, b) in enumerate(zip(dibao, poverty, strict=False), start=1):
        if a["link"]:
            world.link(record, record, a["link"])
        if b["copy"] and record > 1 and b["link"] is None:
            world.same_person("poverty", record - 1, record)
            break
    return world


@settings(max_examples=8, deadline=None)
@given(st.lists(SAID, max_size=6), st.lists(SAID, max_size=6))
def test_whatever_the_registers_say(
    dibao: list[dict[str, Any]], poverty: list[dict[str, Any]]
) -> None:
    """Nobody is lost or counted twice; no proposal rests on doubt; the findings and the dispositions agree."""
    world = world_of(dibao, poverty)
    evidence, judgement = world.evidence(), world.judge()
    received = {
        (register, row["record"])
        for register in ("dibao", "poverty")
        for row in world.rows[register]
    }
    disposed = list(judgement.dispositions.select("register", "record").iter_rows())
    assert sorted(disposed) == sorted(received)
    lists = build_lists(judgement, evidence, RULEBOOK)
    listed = [
        (name, *row)
        for name, frame in lists.items()
        for row in frame.select("register", "record").iter_rows()
    ]
    decided = judgement.dispositions.select("disposition", "register", "record").iter_rows()
    assert sorted(listed) == sorted(decided)
    proposed = judgement.dispositions.filter(pl.col("disposition").str.contains("include|exit"))
    for register in ("dibao", "poverty"):
        loose = (
            world.evidence()
            .links.filter(pl.col("tier") != "certain")[f"{register}_record"]
            .to_list()
        )
        assert not set(loose) & set(proposed.filter(pl.col("register") == register)["record"])
    findings = judgement.findings.group_by("register", "record").agg(pl.col("rule").sort())
    rules = judgement.dispositions.select("register", "record", pl.col("rules").list.sort())
    assert findings.sort("register", "record").equals(
        rules.rename({"rules": "rule"}).sort("register", "record")
    )
    assert judgement.findings["why"].null_count() == 0


def shuffled(frame: pl.DataFrame, seed: int) -> pl.DataFrame:
    order = list(range(frame.height))
    random.Random(seed).shuffle(order)
    return frame[order] if order else frame


def test_the_order_of_the_rows_does_not_matter() -> None:
    usual: dict[str, Any] = {
        "lift_status": "未脱贫",
        "class_tier": "",
        "health": "残疾",
        "assistance_type": None,
        "id_quality": "valid",
        "file": "a.csv",
        "copy": False,
    }
    differing = [
        ("张三", "deaths", "100", "certain"),
        ("李四", None, "9000", "possible"),
        ("王五", "tekun", "", "probable"),
        ("赵六", None, "3600", "certain"),
        ("钱七", "relocation", "3000", None),
    ]
    keys = ("who", "listed", "income", "link")
    people = [
        usual | dict(zip(keys, said, strict=True)) | {"household": number % 3 + 1}
        for number, said in enumerate(differing * 2)
    ]
    world = world_of(people, people[::-1])
    evidence = world.evidence()
    first = judge(evidence, RULEBOOK)
    mixed = Evidence(
        records={name: shuffled(frame, 7) for name, frame in evidence.records.items()},
        persons={name: shuffled(frame, 7) for name, frame in evidence.persons.items()},
        links=shuffled(evidence.links, 7),
        evidence_links=shuffled(evidence.evidence_links, 7),
        duplicates=shuffled(evidence.duplicates, 7),
    )
    again = judge(mixed, RULEBOOK)
    for name in ("households", "findings", "dispositions", "switched_off"):
        assert getattr(first, name).equals(getattr(again, name)), name
    for name, frame in build_lists(again, mixed, RULEBOOK).items():
        assert frame.equals(build_lists(first, evidence, RULEBOOK)[name]), name


def test_no_rows_at_all() -> None:
    world = World()
    judgement = world.judge()
    assert judgement.dispositions.is_empty()
    lists = build_lists(judgement, world.evidence(), RULEBOOK)
    assert set(lists) == set(LISTS)
    assert all(frame.is_empty() and tuple(frame.columns) == COLUMNS for frame in lists.values())


def test_rejected_rows_are_not_judged() -> None:
    world = World()
    world.add("dibao", "张三", income_per_capita="100")
    world.add("dibao", "李四", household=2, income_per_capita="100")
    evidence = world.evidence()
    rejected = pl.when(pl.col("record") == 2).then(pl.lit("没有姓名和身份证号"))
    evidence = replace(
        evidence,
        records=dict(evidence.records)
        | {"dibao": evidence.records["dibao"].with_columns(rejected=rejected)},
        persons=dict(evidence.persons)
        | {"dibao": evidence.persons["dibao"].filter(pl.col("record") == 1)},
    )
    assert judge(evidence, RULEBOOK).dispositions["record"].to_list() == [1]


def test_a_row_of_a_list_has_all_a_clerk_needs() -> None:
    world = World()
    a = world.add("dibao", "张三", income_per_capita="9000", source_file="甲县/一.xlsx")
    b = world.add(
        "poverty", "张三", income_per_capita="8000", lift_status="已脱贫", flag_dibao="否"
    )
    world.link(a, b)
    world.add("dibao", "李四", household=2, income_per_capita="3600", county="乙县")
    lists = build_lists(world.judge(), world.evidence(), RULEBOOK)
    row = lists["exit_dibao"].row(0, named=True)
    assert (row["register"], row["record"], row["source_file"], row["source_row"]) == (
        "dibao",
        a,
        "甲县/一.xlsx",
        2,
    )
    assert (row["rule"], row["other_rules"], row["owner"]) == ("C7", [], "civil_affairs")
    assert (row["county"], row["town"], row["village"], row["household"]) == (
        "甲县",
        "乙镇",
        "丙",
        1,
    )
    assert (row["counterpart_register"], row["counterpart_record"], row["tier"]) == (
        "poverty",
        b,
        "certain",
    )
    assert (row["counterpart_source_file"], row["counterpart_source_row"]) == ("poverty.csv", 2)
    assert (row["dibao_income"], row["poverty_income"], row["dibao_line"]) == (9000, 8000, 3900)
    assert row["poverty_flag_dibao"] == "否"
    for value in ("9000", "3900", "3535", "已脱贫"):
        assert value in row["why"]
    for column in ("wording", "legal_basis", "to_check", "evidence", "data_dates", "severity"):
        assert row[column]
    corrected = lists["correct"].row(0, named=True)
    assert (corrected["register"], corrected["rule"], corrected["other_rules"]) == (
        "poverty",
        "C2",
        ["C7"],
    )


def test_lists_are_sorted_by_place() -> None:
    world = World()
    for number, (county, village) in enumerate(
        [("乙县", "丙"), ("甲县", "丙"), ("甲县", "丁"), (None, "丙")], start=1
    ):
        world.add(
            "dibao",
            f"张{number}",
            household=number,
            income_per_capita="3600",
            county=county,
            village=village,
        )
    rows = build_lists(world.judge(), world.evidence(), RULEBOOK)["no_action"]
    assert rows["record"].to_list() == [1, 3, 2, 4]


def test_months_paid_after_death() -> None:
    world = World()
    for number, day in enumerate(("2018-08-15", "2018-07-31", "2017-08-16"), start=1):
        record = world.add("dibao", f"张{number}", household=number)
        world.listed("dibao", record, "deaths", death_date=day)
    rows = build_lists(world.judge(), world.evidence(), RULEBOOK)["exit_dibao"]
    assert rows.sort("record")["months_after_death"].to_list() == [0, 1, 12]


@pytest.mark.parametrize(
    ("status", "unlifted"), [("未脱贫", True), ("返贫", True), ("预脱贫", True), ("已脱贫", False), ("", None)]
)  # fmt: skip
def test_distinct_people_count_once_and_rural_dibao_only(
    status: str, unlifted: bool | None
) -> None:
    world = World()
    world.add("dibao", "张三")
    world.add("dibao", "张三", household=2)
    world.add("dibao", "李四", household=3, assistance_type="城市低保")
    world.same_person("dibao", 2, 1)
    world.add("poverty", "张三", lift_status=status)
    people = distinct_people(world.evidence(), RULEBOOK)
    assert people["dibao"].rows() == [(2, "甲县")]
    assert people["poverty"].rows() == [(1, "甲县", unlifted)]
