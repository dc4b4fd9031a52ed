"""Every mistake in a rule of the project's rulebook is noticed: by the decision table, or when the rulebook is loaded."""

import pytest

from tests.policy.decisions.table import Province
from tests.policy.mutants import NO_MISTAKE, Bench, mutants
from tests.policy.test_decision_table import ROWS
from tests.policy.world import RULEBOOK


@pytest.fixture(scope="module")
def bench() -> Bench:
    return Bench(Province(ROWS))


@pytest.mark.parametrize("rule", [rule.rule for rule in RULEBOOK.policy.rules])
def test_no_mistake_in_a_rule_goes_unnoticed(
    rule: str, bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = [
        mutant
        for mutant in mutants(RULEBOOK.policy)
        if mutant.rule == rule and not mutant.changes_nothing
    ]
    found = {mutant: bench.notices(mutant, monkeypatch) for mutant in made}
    assert made
    assert [mutant for mutant, noticed in found.items() if not noticed] == []
    assert "table" in found.values()


def test_what_is_said_to_change_nothing_is_still_made() -> None:
    """The exceptions name mistakes that exist, and no more of them than are named."""
    spared = [mutant for mutant in mutants(RULEBOOK.policy) if mutant.changes_nothing]
    assert {(mutant.rule, mutant.key) for mutant in spared} == {
        (rule, key) for rule, key, _ in NO_MISTAKE
    }
    assert len(spared) == len(NO_MISTAKE)
