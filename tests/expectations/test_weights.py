"""An office decides whether a refused file, or a county that sent nothing, keeps the others waiting."""

import pytest

from expectations.receipts import QUESTIONS
from expectations.validate import Validation, validate
from expectations.weights import CHANGEABLE, weights
from reconciliation.configuration import Configuration
from reconciliation.intake.settings import IntakeSettings
from tests.expectations.frames import LABELS, good
from tests.expectations.test_rules import everyone, put

SETTINGS = Configuration.load().intake


def settings(**changes: bool) -> IntakeSettings:
    return SETTINGS.model_copy(update=changes)


def judged(subject: str, status: str, under: IntakeSettings) -> Validation:
    frames = good(subject)
    name = subject.partition("_")[0]
    frames[name] = put("status", status)(frames[name])
    return validate(subject, frames, labels=LABELS, severities=weights(under))


@pytest.mark.parametrize(
    ("subject", "status", "switch"),
    [
        ("receipts_dibao", "refused", "refused_file_blocks"),
        ("coverage", "nothing_received", "coverage_blocks"),
        ("coverage", "fell_sharply", "coverage_blocks"),
    ],
)
def test_the_switch_decides_whether_it_blocks_and_the_stored_verdict_agrees(
    subject: str, status: str, switch: str
) -> None:
    for blocks in (True, False):
        validation = judged(subject, status, settings(**{switch: blocks}))
        stored = Validation.from_json(validation.to_json())
        for seen in (validation, stored):
            assert not seen.success
            assert seen.blocked is blocks


def test_as_delivered_a_refused_file_blocks_and_a_silent_county_does_not() -> None:
    assert judged("receipts_dibao", "refused", SETTINGS).blocked
    assert not judged("coverage", "nothing_received", SETTINGS).blocked
    assert weights(SETTINGS).keys() == CHANGEABLE


def test_without_one_accepted_file_a_main_register_blocks_whatever_the_switch() -> None:
    frames = good("receipts_dibao")
    frames["receipts"] = everyone("status", "refused")(frames["receipts"])
    given = weights(settings(refused_file_blocks=False))
    validation = validate("receipts_dibao", frames, labels=LABELS, severities=given)
    assert [verdict.rule.id for verdict in validation.verdicts if verdict.blocking] == ["Q102"]


def test_a_refused_file_is_named_once_and_its_sentence_ends_once() -> None:
    frames = good("receipts_dibao")
    message = "文件“凯里.xlsx”已加密，无法读取。请取消打开密码后重报。"
    for column, value in (("status", "refused"), ("message", message)):
        frames["receipts"] = put(column, value)(frames["receipts"])
    validation = validate("receipts_dibao", frames, labels=LABELS)
    said = validation.verdicts[0].message
    assert said.endswith("请取消打开密码后重报。") and "。。" not in said
    assert said.count("凯里.xlsx") == 1


def test_a_folder_of_other_kinds_of_files_says_what_came_instead() -> None:
    frames = good("receipts_deaths")
    note = "不是可读取的格式，未读取；如含名单，请另存为 .xlsx 后重报。"
    for column, value in (("status", "skipped"), ("left_aside", "other_format"), ("message", note)):
        frames["receipts"] = everyone(column, value)(frames["receipts"])
    frames["receipts"] = (
        frames["receipts"]
        .head(1)
        .with_columns(
            **{
                "source_file": put("source_file", "d.txt")(frames["receipts"]).head(1)[
                    "source_file"
                ]
            }
        )
    )
    validation = validate("receipts_deaths", frames, labels=LABELS)
    taken = next(v for v in validation.verdicts if v.rule.id == "Q102")
    assert "d.txt" in taken.message and "不是可读取的格式" in taken.message
    assert not validation.blocked
    assert QUESTIONS[1].number == "Q102"
