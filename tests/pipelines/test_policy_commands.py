"""`policy explain`, `policy try` and `diff` without a release: the document, and what is refused."""

import re
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from pipelines.command_line import main
from reconciliation.configuration import Configuration
from reconciliation.publishing.rulebook_page import missing_names


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


def test_the_rules_are_printed_as_a_document_with_all_that_decides() -> None:
    done = run("policy", "explain")
    assert done.exit_code == 0, done.output
    configuration = Configuration.load()
    for rule in configuration.policy.rules:
        start = done.output.index(f"### {rule.rule} {rule.wording}")
        section = done.output[start : done.output.find("\n### ", start + 1)]
        assert rule.legal_basis in section
        assert " ".join(rule.when.split()) in section
        assert all(outcome.to_check in section for outcome in rule.outcomes.values())
    assert "未核实（general knowledge" in done.output
    assert configuration.digest in done.output


def test_the_document_is_in_chinese_words() -> None:
    """Everything but the predicates as written, the keys of thresholds and their sources."""
    text = re.sub(r"`[^`]*`", "", run("policy", "explain").output)
    predicates = re.findall(r"(?m)^- (?:条件|例外|说明语句|所需)[^：]*：(.*)$", text)
    assert predicates
    assert not [line for line in predicates if re.search(r"[a-z]", line)]
    assert missing_names(Configuration.load().labels) == set()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["explain", "--record", "dibao:1"], "--release"),
        (["explain", "--release", "nowhere"], "--record"),
        (["explain", "--record", "tekun:1", "--release", "nowhere"], "dibao or poverty"),
        (["explain", "--record", "dibao:x", "--release", "nowhere"], "REGISTER:NUMBER"),
        (["explain", "--record", f"dibao:{10**19}", "--release", "nowhere"], "REGISTER:NUMBER"),
        (["explain", "--record", "dibao:1", "--release", "nowhere"], "nowhere is no release"),
        (["explain", "--record", "dibao:1", "--output", "nowhere"], "go together"),
        (["try", "--threshold", "dibao_line=1"], "which batch"),
        (["try", "--threshold", "dibao_line", "--release", "nowhere"], "NAME=VALUE"),
        (["try", "--threshold", "dibao_line=-1", "--release", "nowhere"], "NAME=VALUE"),
        (["try", "--threshold", "dibao_line=nan", "--release", "nowhere"], "NAME=VALUE"),
        (["try", "--threshold", "dibao_line=1", "--release", "nowhere"], "nowhere is no release"),
    ],
)
def test_bad_usage_is_refused_in_one_line(arguments: list[str], message: str) -> None:
    done = run("policy", *arguments)
    assert done.exit_code == 2
    assert message in done.output
    assert "Traceback" not in done.output
