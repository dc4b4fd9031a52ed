"""The decision table: for every rule people who must land on its list, and near misses who must not."""

from collections import Counter

import pytest

from reconciliation.policy.judge import judge
from tests.policy.decisions.across_rows import ROWS as ACROSS
from tests.policy.decisions.household_rows import ROWS as HOUSEHOLD
from tests.policy.decisions.table import Province, Row, outcomes
from tests.policy.world import RULEBOOK

ROWS: tuple[Row, ...] = (*HOUSEHOLD, *ACROSS)


@pytest.fixture(scope="module")
def found() -> list[tuple[str, str]]:
    province = Province(ROWS)
    return outcomes(judge(province.evidence(), province.rulebook()).dispositions, province)


@pytest.mark.parametrize("rule", [rule.rule for rule in RULEBOOK.policy.rules])
def test_who_lands_on_the_list_of_a_rule_and_who_does_not(
    rule: str, found: list[tuple[str, str]]
) -> None:
    wrong = [
        (row, outcome)
        for row, outcome in zip(ROWS, found, strict=True)
        if row.rule == rule and outcome != row.expected
    ]
    assert wrong == []


def test_every_rule_has_three_people_and_three_near_misses() -> None:
    sides = Counter((row.rule, row.must) for row in ROWS)
    few = [
        (rule.rule, must)
        for rule in RULEBOOK.policy.rules
        for must in (True, False)
        if sides[rule.rule, must] < 3
    ]
    assert few == []


def test_every_outcome_of_every_rule_is_somebodys() -> None:
    """So that another list in the rulebook is another outcome in the table.

    Whoever is on rural dibao and served as well is a duplicate (C11) or in doubt (C14) first: there C4b is only ever named beside.
    Somebody of the poverty list who is missing on dibao is a case of C10 first, and C13 is named beside.
    """
    said = {(row.expected[1], row.register, row.expected[0]) for row in ROWS}
    outcomes_of_rules = {
        (rule.rule, register, outcome.list)
        for rule in RULEBOOK.policy.rules
        for register, outcome in rule.outcomes.items()
    }
    assert outcomes_of_rules - said == {
        ("C4b", "dibao", "no_action"),
        ("C13", "poverty", "household_review"),
    }
