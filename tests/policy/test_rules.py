"""The rulebook at load: what is refused, and that changing a rule changes who lands where."""

import re
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
import yaml

from reconciliation.policy.columns import RECORD_COLUMNS
from reconciliation.policy.evidence import Rulebook
from reconciliation.policy.grammar import compile_predicate
from reconciliation.policy.rules import Policy
from reconciliation.registers.errors import ConfigurationError
from reconciliation.registers.schema import LISTS
from tests.policy.world import CONFIG, RULEBOOK, World


def edited(folder: Path, *changes: tuple[str, str]) -> Path:
    """A copy of the project's rulebook with texts replaced."""
    text = (CONFIG / "policy.yaml").read_text("utf-8")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    path = folder / "policy.yaml"
    path.write_text(text, "utf-8")
    return path


def with_policy(path: Path) -> Rulebook:
    return replace(RULEBOOK, policy=Policy.load(path))


def test_the_rulebook_leads_to_every_list() -> None:
    led_to = {o.list for rule in RULEBOOK.policy.rules for o in rule.outcomes.values()}
    assert led_to == set(LISTS)


@pytest.mark.parametrize(
    "predicate",
    [
        "income < 3000", "income BETWEEN 0 AND 10.5", "status IN ('both', 'dibao_only') OR NOT served",
        "lift_status IS NULL AND income IS NOT NULL", "(served) AND (income <> 3 OR income != 4)", "death_date <= as_of",
    ],
)  # fmt: skip
def test_the_language_of_predicates(predicate: str) -> None:
    compile_predicate(predicate, RECORD_COLUMNS, "C1")


@pytest.mark.parametrize(
    ("predicate", "message"),
    [
        ("COALESCE(income, 0) < 3000", "functions are not allowed"),
        ("abs(income) < 3000", "functions are not allowed"),
        ("CASE WHEN served THEN served END", "unknown column or word"),
        ("income + 1 < 3000", "only comparisons"),
        ("income < -1", "only comparisons"),
        ("earnings < 3000", "unknown column or word: earnings"),
        ("status = 'bth'", "status cannot hold: bth"),
        ("status = 'both' AND lift_status = 'both'", "lift_status cannot hold: both"),
        ("status IN ('both', 'lifted')", "status cannot hold: lifted"),
        ("income", "income is not a condition"),
        ("NOT income", "income is not a condition"),
        ("served AND NOT income", "income is not a condition"),
        ("income = '3'", "income (number) and '3' (text) are not of one type"),
        ("status = 3", "not of one type"),
        ("served = 1", "served (yes/no) and 1 (number) are not of one type"),
        ("death_date <= 20180101", "death_date (date) and 20180101 (number)"),
        ("income BETWEEN 1 AND death_date", "not of one type"),
        ("income IN (1, TRUE)", "not of one type"),
        ("income = NULL", "IS NULL"),
        ("income IN (1, NULL)", "IS NULL"),
        ("status < 'both'", "is only = or <>"),
        ("1 = 1", "compares two fixed values"),
        ("(income) < 3", "without brackets"),
        ("income < 'x", "only comparisons"),
        ("income < ", "needs a column or a value on either side"),
        ("", "empty"),
        ("income < 3; served", "only comparisons"),
        ('"income" < 3', "only comparisons"),
        ("status LIKE 'both'", "unknown column or word: LIKE"),
        ("served AND", "cannot be read"),
    ],
)
def test_what_is_outside_the_language_is_refused_with_the_rule(
    predicate: str, message: str
) -> None:
    with pytest.raises(ConfigurationError, match=f"C99.*{re.escape(message)}"):
        compile_predicate(predicate, RECORD_COLUMNS, "C99")


def test_a_record_column_is_refused_in_the_household_table(tmp_path: Path) -> None:
    path = edited(
        tmp_path, ("when: status = 'not_rural'", "when: status = 'not_rural' AND NOT served")
    )
    with pytest.raises(
        ConfigurationError, match=r"policy\.yaml: rule C4c: unknown column or word: served"
    ):
        Policy.load(path)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("highest_income < poverty_line AND", "highest_income <= poverty_line AND", "C5 C18b"),
        ("AND highest_income < dibao_line\n    unless: served\n    why: 家庭", "AND highest_income < 1\n    unless: served\n    why: 家庭", "no rule"),
        ("'returned', 'pre_lifted', 'new')\n      AND highest_income < dibao_line", "'returned', 'pre_lifted')\n      AND highest_income < dibao_line", "no rule"),
        ("AND NOT long_term AND NOT single_cover\n    why: 家庭", "AND NOT single_cover\n    why: 家庭", "C7b"),
    ],
)  # fmt: skip
def test_a_gap_or_an_overlap_in_the_household_table_is_refused(
    tmp_path: Path, old: str, new: str, message: str
) -> None:
    with pytest.raises(ConfigurationError, match=f"household table: .*{message}"):
        Policy.load(edited(tmp_path, (old, new)))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (("- rule: C6\n", "- rule: C5\n"), "used twice: C5"),
        (("list: include_poverty", "list: include_nobody"), "no such list"),
        (("severity: high", "severity: highest"), "severity"),
        (("severity: high", "severity: high\n    colour: red"), "colour"),
        (
            ("needs: [dibao.income_per_capita]", "needs: [dibao.earnings]"),
            "unknown column: dibao.earnings",
        ),
        (("needs_registers: [deaths]", "needs_registers: [poverty]"), "not optional"),
        (("why: 家庭人均年收入{income}元", "why: 家庭人均年收入{earnings}元"), "earnings"),
        (("scope: undetermined", "scope: record"), "scope undetermined"),
    ],
)
def test_a_malformed_rulebook_is_refused_with_file_and_key(
    tmp_path: Path, change: tuple[str, str], message: str
) -> None:
    with pytest.raises(ConfigurationError, match=message) as refused:
        Policy.load(edited(tmp_path, change))
    assert "policy.yaml" in str(refused.value)


def test_the_project_rulebook_is_plain_data() -> None:
    assert set(yaml.safe_load((CONFIG / "policy.yaml").read_text("utf-8"))) == {"version", "rules"}


# Mutations: each change to the rulebook shows in who lands where.


def test_another_list_in_the_rulebook_is_another_list_in_the_outcome(tmp_path: Path) -> None:
    world = World()
    record = world.add("dibao", "张三", income_per_capita="100")
    changed = with_policy(edited(tmp_path, ("list: include_poverty", "list: verify")))
    assert world.outcome("dibao", record) == ("include_poverty", "C5")
    assert world.outcome("dibao", record, changed) == ("verify", "C5")


def test_another_precedence_decides_otherwise(tmp_path: Path) -> None:
    world = World()
    record = world.add("dibao", "张三", income_per_capita="9000")
    world.listed("dibao", record, "asset_hits")
    changed = with_policy(
        edited(tmp_path, ("list: exit_dibao, precedence: 70", "list: exit_dibao, precedence: 5"))
    )
    assert world.outcome("dibao", record) == ("verify", "C9")
    assert world.outcome("dibao", record, changed) == ("exit_dibao", "C7b")


def test_another_sign_in_a_predicate_turns_the_outcome(tmp_path: Path) -> None:
    world = World()
    record = world.add("dibao", "张三")
    world.listed("dibao", record, "deaths", death_date="2018-08-15")
    changed = with_policy(
        edited(
            tmp_path,
            (
                "death_certain AND death_date <= as_of\n    why",
                "death_certain AND death_date < as_of\n    why",
            ),
        )
    )
    assert world.outcome("dibao", record)[1] == "C8"
    assert world.outcome("dibao", record, changed)[1] == "C5"


def test_the_order_of_the_cases_is_that_of_the_campaign() -> None:
    """C14, C8, C11, then C8b C9 C12 C15, C10 C13, C18 and undetermined, C7 C7b, C3 C5, C2, C1, C4 C6 C17."""
    order = [["C14"], ["C8"], ["C11"], ["C8b", "C9", "C12", "C15"], ["C10", "C13"], ["C18", "C18b", "C18c", "C18d"],
             ["C7", "C7b"], ["C3", "C3b", "C3s", "C5"], ["C2"], ["C1"], ["C4", "C6", "C17"]]  # fmt: skip
    for register in ("dibao", "poverty"):
        ranks = {rule.rule: place for place, rule in enumerate(RULEBOOK.policy.ranking(register))}
        for group, later in pairwise(order):
            for rule in group:
                if register == "poverty" and rule == "C7":
                    continue  # there the counterpart is kept
                assert all(
                    ranks[rule] < ranks[other]
                    for other in later
                    if {rule, other} <= set(ranks) and (register, other) != ("poverty", "C7")
                )
