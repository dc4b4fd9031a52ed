"""Two releases compared person by person: who came, left, moved, and by which rule and value."""

from dataclasses import replace

import polars as pl

from reconciliation.ledger.difference import Published, difference, moves, reasons
from tests.policy.world import World


def published(world: World, keys: dict[tuple[str, int], str] | None = None) -> Published:
    """What a release of this world says; `keys`: the case of each record, by default none."""
    judgement, evidence = world.judge(), world.evidence()
    rows = [(key, register, record) for (register, record), key in (keys or {}).items()]
    return Published(
        judgement.dispositions,
        judgement.households,
        evidence.links,
        pl.DataFrame(
            rows,
            schema={"case_key": pl.String, "register": pl.String, "record": pl.Int64},
            orient="row",
        ),
        {side: evidence.persons[side] for side in ("dibao", "poverty")},
    )


def two_releases() -> tuple[Published, Published]:
    """张三's income rises, 李四 dies, 王五 leaves, 赵六 comes, 钱七 stays; the records are numbered otherwise."""
    before, after = World(), World()
    for household, who in enumerate(("张三", "李四", "王五", "钱七"), start=1):
        before.add("dibao", who, household=household)
    for household, who in enumerate(("钱七", "赵六", "李四", "张三"), start=1):
        income = "9000" if who == "张三" else "3000"
        after.add("dibao", who, household=household, income_per_capita=income)
    after.listed("dibao", 3, "deaths")
    old = {("dibao", record): key for record, key in enumerate("zlwq", start=1)}
    new = {("dibao", record): key for record, key in enumerate("qalz", start=1)}
    return published(before, old), published(after, new)


def of(rows: pl.DataFrame, before: int | None, after: int | None) -> dict[str, object]:
    number = pl.col("record_before").eq_missing(before) & pl.col("record").eq_missing(after)
    return rows.row(by_predicate=number, named=True)


def test_everybody_is_told_once_with_what_became_of_them() -> None:
    rows = difference(*two_releases())
    assert rows.height == 5
    rich, dead = of(rows, 1, 4), of(rows, 2, 3)
    assert (rich["change"], rich["rule_before"], rich["rule"]) == ("moved", "C5", "C7b")
    assert rich["changed"] == [
        "dibao_income",
    ]
    assert (rich["dibao_income_before"], rich["dibao_income"]) == (3000, 9000)
    assert (dead["disposition_before"], dead["disposition"]) == ("include_poverty", "exit_dibao")
    assert (dead["new_rules"], dead["gone_rules"], dead["changed"]) == (["C8"], [], [])
    assert of(rows, 3, None)["change"] == "left"
    assert of(rows, None, 2)["change"] == "came"
    stayed = of(rows, 4, 1)
    assert (stayed["change"], stayed["changed"], stayed["new_rules"]) == ("stayed", [], [])


def test_releases_that_share_no_case_are_matched_by_what_the_rows_say() -> None:
    before, after = two_releases()
    strangers = after.cases.with_columns(pl.col("case_key") + "2")
    assert difference(before, replace(after, cases=strangers)).equals(difference(before, after))


def test_the_counts_name_lists_rules_and_reasons() -> None:
    rows = difference(*two_releases())
    counted = {
        (line["change"], line["rule_before"], line["rule"]): line["people"]
        for line in moves(rows).iter_rows(named=True)
    }
    assert counted == {
        ("moved", "C5", "C7b"): 1, ("moved", "C5", "C8"): 1, ("left", "C5", None): 1, ("came", None, "C5"): 1,
    }  # fmt: skip
    why = {
        (line["disposition"], line["kind"], line["name"]) for line in reasons(rows).iter_rows(named=True)
    }  # fmt: skip
    assert {d for d, _, _ in why} == {"exit_dibao"}
    assert {(kind, name) for _, kind, name in why} == {
        ("value", "dibao_income"), ("new_rule", "C7b"), ("gone_rule", "C5"), ("new_rule", "C8"),
    }  # fmt: skip


def test_another_list_with_the_same_data_comes_from_the_config() -> None:
    before, _ = two_releases()
    other = before.dispositions.with_columns(disposition=pl.lit("verify"))
    rows = difference(before, replace(before, dispositions=other))
    assert set(rows["change"]) == {"moved"}
    assert reasons(rows)["kind"].to_list() == ["nothing"]


def test_a_link_of_another_tier_is_named() -> None:
    before, after = World(), World()
    for world, tier in ((before, "certain"), (after, "probable")):
        a, b = world.add("dibao", "张三"), world.add("poverty", "张三")
        world.link(a, b, tier)
    rows = difference(published(before), published(after))
    assert rows["changed"].to_list() == [["tier"], ["tier"]]
