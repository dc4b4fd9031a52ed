"""A failed check is shown as the rules it stands for, each with a mark of its own."""

import dagster as dg
import pytest

from assets.checks import BLOCKING_RULES
from pipelines.run import FailedCheck, failed_rules


def evaluation(
    description: str, severity: dg.AssetCheckSeverity, blocking: int | None = None
) -> dg.AssetCheckEvaluation:
    counted = {} if blocking is None else {BLOCKING_RULES: dg.IntMetadataValue(blocking)}
    return dg.AssetCheckEvaluation(
        asset_key=dg.AssetKey("receipts_deaths"),
        check_name="receipts_deaths",
        passed=False,
        severity=severity,
        description=description,
        metadata=counted,
    )


def test_each_rule_of_a_suite_has_its_line_and_its_weight() -> None:
    whole = evaluation("Q101 坏\nQ102 空\nQ106 漏", dg.AssetCheckSeverity.ERROR, blocking=1)
    assert list(failed_rules(whole)) == [
        FailedCheck("receipts_deaths", "receipts_deaths", "Q101 坏", blocking=True),
        FailedCheck("receipts_deaths", "receipts_deaths", "Q102 空", blocking=False),
        FailedCheck("receipts_deaths", "receipts_deaths", "Q106 漏", blocking=False),
    ]


@pytest.mark.parametrize("severity", [dg.AssetCheckSeverity.ERROR, dg.AssetCheckSeverity.WARN])
def test_a_check_of_one_rule_is_that_rule(severity: dg.AssetCheckSeverity) -> None:
    (check,) = failed_rules(evaluation("Q101 坏", severity))
    assert check.message == "Q101 坏"
    assert check.blocking is (severity is dg.AssetCheckSeverity.ERROR)


def test_a_check_without_words_is_not_lost() -> None:
    (check,) = failed_rules(evaluation("", dg.AssetCheckSeverity.WARN))
    assert check.blocking is False
