"""While a file of a register is refused, not to be found on that register proves nothing."""

from dataclasses import replace

import polars as pl
import pytest

from reconciliation.policy.judge import Judgement, judge
from reconciliation.policy.lists import build_lists
from tests.policy.world import RULEBOOK, World

PROPOSALS = ("include_dibao", "include_poverty", "exit_dibao", "exit_poverty")


def world() -> World:
    """Each kind of proposal, one household each; people on both registers beside them."""
    made = World()
    made.add("dibao", "错保", household=1, income_per_capita="9000")  # 1: C7b
    made.add("dibao", "漏评", household=2, income_per_capita="1000")  # 2: C5
    made.add("dibao", "应退", household=3, income_per_capita="9000")  # 3: C7, on both
    made.add("dibao", "已故", household=4, income_per_capita="9000")  # 4: C8
    made.add("poverty", "漏保", household=1, income_per_capita="1000")  # 1: C3
    made.add("poverty", "重残", household=2, income_per_capita="9000", health="患有大病")  # 2: C3s
    made.add("poverty", "应退", household=3, income_per_capita="9000", lift_status="已脱贫")  # 3
    made.add("poverty", "特困", household=4, income_per_capita="1000")  # 4: C4b
    made.link(3, 3)
    made.listed("dibao", 4, "deaths")
    made.listed("poverty", 4, "tekun")
    return made


def judged(*incomplete: str) -> Judgement:
    return judge(replace(world().evidence(), incomplete=frozenset(incomplete)), RULEBOOK)


def outcomes(judgement: Judgement) -> dict[tuple[str, int], tuple[str, str]]:
    rows = judgement.dispositions.select("register", "record", "disposition", "rule").iter_rows()
    return {(register, record): (name, rule) for register, record, name, rule in rows}


WHOLE = {
    ("dibao", 1): ("exit_dibao", "C7b"),
    ("dibao", 2): ("include_poverty", "C5"),
    ("dibao", 3): ("exit_dibao", "C7"),
    ("dibao", 4): ("exit_dibao", "C8"),
    ("poverty", 1): ("include_dibao", "C3"),
    ("poverty", 2): ("include_dibao", "C3s"),
    ("poverty", 4): ("no_action", "C4b"),
}
UNSOUND = {
    "poverty": [("dibao", 1), ("dibao", 2)],
    "dibao": [("poverty", 1), ("poverty", 2)],
}
"""Register with a refused file → the records whose proposal rests on not being found there."""


def test_whole_registers_are_judged_as_ever() -> None:
    found = outcomes(judged())
    assert {key: found[key] for key in WHOLE} == WHOLE


@pytest.mark.parametrize("register", ["dibao", "poverty"])
def test_proposals_that_rest_on_absence_are_verified_and_all_others_stand(register: str) -> None:
    whole, found = outcomes(judged()), outcomes(judged(register))
    changed = {key for key in whole if whole[key] != found[key]}
    assert changed == set(UNSOUND[register])
    assert {found[key] for key in changed} == {("verify", "C14b")}


def test_the_rule_that_would_have_decided_stays_on_the_row() -> None:
    row = judged("poverty").dispositions.filter(register="dibao", record=1).row(0, named=True)
    assert row["other_rules"] == ["C7b"]
    assert "另一名册有文件被退回" in row["why"]


def test_a_refused_file_of_an_evidence_register_moves_nobody() -> None:
    assert outcomes(judged("deaths", "tekun")) == outcomes(judged())


def test_nobody_is_proposed_for_a_register_with_a_refused_file() -> None:
    evidence = replace(world().evidence(), incomplete=frozenset({"dibao", "poverty"}))
    lists = build_lists(judge(evidence, RULEBOOK), evidence, RULEBOOK)
    assert lists["include_dibao"].is_empty() and lists["include_poverty"].is_empty()
    assert sum(frame.height for frame in lists.values()) == 8
    assert set(pl.concat(lists[name] for name in PROPOSALS)["rule"]) == {"C7", "C8"}


def test_a_county_that_fell_silent_on_the_other_register_proves_nothing_about_its_people() -> None:
    evidence = world().evidence()
    [county] = set(evidence.persons["dibao"]["county"])
    elsewhere = replace(evidence, silent={"poverty": frozenset({"别县"})})
    here = replace(evidence, silent={"poverty": frozenset({county}), "dibao": frozenset()})
    assert outcomes(judge(elsewhere, RULEBOOK)) == outcomes(judged())
    assert outcomes(judge(here, RULEBOOK)) == outcomes(judged("poverty"))
