"""Two rules of equal precedence that can meet are refused at load; two that cannot are not."""

import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from pipelines.command_line import main
from reconciliation.policy.rules import Policy
from reconciliation.registers.errors import ConfigurationError
from tests.policy.test_rules import edited
from tests.policy.world import CONFIG


def with_precedence(folder: Path, rule: str, old: int, new: int) -> Path:
    """The project's rulebook with another precedence of one rule, in both registers."""
    text = (CONFIG / "policy.yaml").read_text("utf-8")
    start = text.index(f"- rule: {rule}\n")
    end = text.find("- rule:", start + 1)
    block = text[start:end]
    assert f"precedence: {old}" in block
    path = folder / "policy.yaml"
    changed = block.replace(f"precedence: {old}", f"precedence: {new}")
    path.write_text(text[:start] + changed + text[end:], encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("rule", "precedences", "other", "where"),
    [
        (
            "C9",
            (41, 40),
            "C8b",
            "asset_listed is True, confirmed_out is False, moved_listed is True",
        ),
        ("C8", (20, 10), "C14", "death_certain is True"),
        ("C11", (30, 20), "C8", "death_date is 2018-08-14"),
        ("C13", (51, 50), "C10", "status is both"),
        ("C16c", (61, 60), "C18", "own_lift_status is cancelled"),
        ("C14b", (63, 62), "C18d", "other_incomplete is True"),
        ("C2", (90, 100), "C1", "household_rule is C1"),
        ("C4b", (111, 110), "C6", "household_rule is C6"),
    ],
)
def test_two_rules_that_meet_need_two_precedences(
    tmp_path: Path, rule: str, precedences: tuple[int, int], other: str, where: str
) -> None:
    path = with_precedence(tmp_path, rule, *precedences)
    with pytest.raises(ConfigurationError) as refused:
        Policy.load(path)
    message = str(refused.value)
    assert re.search(
        rf"policy\.yaml: rule ({rule}|{other}): it has the precedence {precedences[1]}", message
    )
    assert {rule, other} <= set(re.findall(r"C\d+[a-z]?", message))
    assert where in message
    assert "give one of them another precedence" in message


def test_rules_that_cannot_meet_may_share_a_precedence(tmp_path: Path) -> None:
    """Told apart by a code; without it they meet."""
    shared = ("precedence: 61", "precedence: 43")
    code = ("when: kin_listed", "when: kin_listed AND own_lift_status = 'new'")
    Policy.load(edited(tmp_path, shared, code))
    with pytest.raises(
        ConfigurationError, match="kin_listed is True, own_lift_status is cancelled"
    ):
        Policy.load(edited(tmp_path, shared))


def test_rules_told_apart_by_a_date_may_share_a_precedence(tmp_path: Path) -> None:
    """A death of the as-of date itself belongs to one of the two, not to both."""
    shared = ("precedence: 41", "precedence: 40"), ("precedence: 41", "precedence: 40")
    after = ("when: moved_listed", "when: death_date > as_of")
    until = ("when: asset_listed", "when: death_date <= as_of")
    Policy.load(edited(tmp_path, *shared, after, until))
    meeting = ("when: asset_listed", "when: death_date >= as_of")
    with pytest.raises(ConfigurationError, match="death_date is 2018-08-16"):
        Policy.load(edited(tmp_path, *shared, after, meeting))


def test_a_figure_in_a_predicate_is_tried_below_on_and_above(tmp_path: Path) -> None:
    """A gap of a single yuan beyond all lines is found: C4 ends at 8000, nothing begins there."""
    gap = edited(
        tmp_path,
        (
            "AND lowest_income >= dibao_line\n    why: \"{lift_status}贫困户，人均纯收入{income}元，不低于低保标准{dibao_line}元，继续帮扶",
            "AND lowest_income >= dibao_line AND highest_income <> 8000\n    why: \"{lift_status}贫困户，人均纯收入{income}元，不低于低保标准{dibao_line}元，继续帮扶",
        ),
    )  # fmt: skip
    with pytest.raises(ConfigurationError, match=r"no rule for the cell .*highest_income 8000"):
        Policy.load(gap)


def test_a_bad_rulebook_is_bad_usage_before_anything_is_read(tmp_path: Path) -> None:
    """Exit code 2, the rule's number and what to do, and nothing is written."""
    config, registers, output = tmp_path / "config", tmp_path / "registers", tmp_path / "output"
    config.mkdir()
    registers.mkdir()
    with_precedence(config, "C9", 41, 40)
    done = CliRunner(env={"SHUANGQING_CONFIG": None}).invoke(
        main,
        ["reconcile", "--registers", str(registers), "--batch", "2018-08-15", "--output", str(output),
         "--config", str(config)],
    )  # fmt: skip
    assert done.exit_code == 2
    assert "rule C9" in done.output
    assert "another precedence" in done.output
    assert not output.exists()
