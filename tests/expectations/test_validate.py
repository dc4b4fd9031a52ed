"""Verdicts: exact counts, nothing hidden by nulls or emptiness, failed checks named as such, no personal data anywhere."""

import json
import random
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from typing import Any

import polars as pl
import pytest

from expectations import judge as judging
from expectations.rules import rules_for
from expectations.tally import VIOLATIONS
from expectations.validate import Validation, validate
from tests.expectations.frames import AS_OF, LABELS, good, persons, records

NAME, NUMBER, PHONE = "欧阳金丝雀", "520321197907144216", "13985550123"


def judged(subject: str, frames: dict[str, pl.DataFrame]) -> Validation:
    return validate(subject, frames, labels=LABELS, as_of=AS_OF)


def verdict(validation: Validation, number: str) -> Any:
    return next(item for item in validation.verdicts if item.rule.id == number)


def invented(seed: int, size: int = 300) -> dict[str, pl.DataFrame]:
    """Persons with every kind of trouble, nulls everywhere they may be."""
    draw = random.Random(seed)
    births = [date(1890, 5, 1), date(1960, 1, 2), date(1985, 6, 7), date(2018, 8, 16), None]
    numbers = [f"5226011980010{n:05d}" for n in range(size)]
    rows = []
    for record in range(1, size + 1):
        quality = draw.choice(
            ["valid", "valid", "valid", "upgraded_15", "check_failed", "malformed", "missing"]
        )
        has_number = quality in {"valid", "upgraded_15", "check_failed"}
        rows.append(
            {
                "record": record,
                "county": draw.choice(["凯里市", "黄平县", None]),
                "household": draw.randint(1, size // 3),
                "household_basis": draw.choice(["head_id", "head_id", "alone"]),
                "is_head": draw.choice([True, False, False, None]),
                "name": draw.choice([NAME, NAME, None]),
                "name_kind": draw.choice(["full", "wildcard", "missing", None]),
                "id_number": draw.choice(numbers[: size // 2]) if has_number else None,
                "id_quality": quality,
                "sex": None,
                "sex_field": draw.choice(["男", "女", None]),
                "sex_id": draw.choice(["男", "女", None]) if has_number else None,
                "birth_date": draw.choice(births),
                "birth_field": draw.choice(births),
                "birth_id": draw.choice(births) if has_number else None,
            }
        )
    told = [draw.choice(["户主", "", None]) for _ in rows]
    received = pl.DataFrame(
        {
            "record": range(1, size + 1),
            "source_file": "凯里.xlsx",
            "source_sheet": None,
            "source_row": range(2, size + 2),
            "rejected": None,
            "relation": told,
        },
        schema_overrides={"source_sheet": pl.String, "rejected": pl.String, "relation": pl.String},
    )
    frame = pl.DataFrame(rows, schema=persons().schema)
    return {"persons": frame, "records": received}


def oracle(frames: dict[str, pl.DataFrame]) -> dict[str, tuple[set[int], int]]:
    """The same rules in plain Python: records that break each, and how many rows it is about."""
    rows = frames["persons"].to_dicts()
    told = dict(frames["records"].select("record", "relation").iter_rows())
    good_rows = [row for row in rows if row["id_quality"] in ("valid", "upgraded_15")]
    times: dict[str, int] = {}
    for row in good_rows:
        times[row["id_number"]] = times.get(row["id_number"], 0) + 1
    both = [row for row in good_rows if row["sex_field"] and row["sex_id"]]
    dated = [row for row in good_rows if row["birth_field"] and row["birth_id"]]
    known = [row for row in rows if row["birth_date"]]
    present = [row for row in rows if row["id_quality"] != "missing"]
    named = [row for row in rows if row["name"] and row["name_kind"] not in ("missing", None)]

    def out(about: list[dict[str, Any]], bad: Any) -> tuple[set[int], int]:
        return {row["record"] for row in about if bad(row)}, len(about)

    households: dict[int, list[dict[str, Any]]] = {}
    for row in rows:
        households.setdefault(row["household"], []).append(row)
    headed = [
        members
        for members in households.values()
        if any(
            told[row["record"]] is not None and row["household_basis"] != "alone" for row in members
        )
    ]
    two_or_none = [m for m in headed if sum(row["is_head"] is True for row in m) != 1]
    return {
        "Q303": out(rows, lambda row: row["id_quality"] == "missing"),
        "Q304": out(present, lambda row: row["id_quality"] not in ("valid", "upgraded_15")),
        "Q305": out(both, lambda row: row["sex_field"] != row["sex_id"]),
        "Q306": out(dated, lambda row: row["birth_field"] != row["birth_id"]),
        "Q307": out(known, lambda row: not date(1895, 1, 1) <= row["birth_date"] <= AS_OF),
        "Q308": out(rows, lambda row: row["birth_date"] is None),
        "Q309": out(rows, lambda row: row not in named),
        "Q310": out(named, lambda row: row["name_kind"] != "full"),
        "Q311": out(good_rows, lambda row: times[row["id_number"]] > 1),
        "Q312": out(rows, lambda row: row["county"] is None),
        "Q313": ({min(row["record"] for row in m) for m in two_or_none}, len(headed)),
    }


@pytest.mark.parametrize("seed", [1, 2])
def test_counts_keys_and_verdicts_are_those_of_plain_python(seed: int) -> None:
    frames = invented(seed)
    validation = judged("persons_dibao", frames)
    for number, (records_wrong, total) in oracle(frames).items():
        item = verdict(validation, number)
        listed = validation.violations.filter(pl.col("rule") == number)
        assert (number, item.unexpected, item.total) == (number, len(records_wrong), total)
        assert set(listed["record"]) == records_wrong
        assert item.success == (len(records_wrong) <= total * (1 - item.rule.mostly))
        assert listed["source_row"].to_list() == [record + 1 for record in listed["record"]]


def test_row_order_changes_nothing() -> None:
    frames = invented(4)
    shuffled = {
        name: frame.sample(fraction=1.0, shuffle=True, seed=7) for name, frame in frames.items()
    }
    first, second = judged("persons_dibao", frames), judged("persons_dibao", shuffled)
    assert first.to_json() == second.to_json()
    assert first.violations.equals(second.violations)


def test_unknown_answers_count_as_broken_not_as_skipped() -> None:
    frames = good("persons_dibao")
    frames["persons"] = frames["persons"].with_columns(id_quality=pl.lit(None, pl.String))
    item = verdict(judged("persons_dibao", frames), "Q303")
    assert (item.success, item.unexpected, item.total) == (False, 4, 4)


@pytest.mark.parametrize(
    ("subject", "empty", "number"),
    [
        ("receipts_dibao", "receipts", "Q102"),
        ("records_dibao", "records", "Q201"),
        ("persons_dibao", "persons", "Q301"),
        ("lists", "dispositions", "Q501"),
        ("lists", "lists", "Q506"),
        ("lists", "tie_outs", "Q504"),
    ],
)
def test_an_empty_frame_does_not_pass(subject: str, empty: str, number: str) -> None:
    frames = good(subject)
    frames[empty] = frames[empty].clear()
    validation = judged(subject, frames)
    assert validation.blocked
    assert verdict(validation, number).blocking and not verdict(validation, number).error


def test_the_message_names_refused_files_and_why() -> None:
    frames = good("receipts_dibao")
    frames["receipts"] = frames["receipts"].with_columns(
        status=pl.lit("refused"), message=pl.lit("文件有密码，请去掉密码后重新报送")
    )
    message = verdict(judged("receipts_dibao", frames), "Q101").message
    assert "凯里.xlsx（文件有密码，请去掉密码后重新报送）" in message and "黄平.csv（" in message


def test_the_message_names_every_file_and_sheet_left_aside_unseen() -> None:
    frames = good("receipts_dibao")
    frames["receipts"] = frames["receipts"].with_columns(
        left_aside=pl.Series(["hidden", "other_format"]), message=pl.lit("未读取。")
    )
    found = verdict(judged("receipts_dibao", frames), "Q106")
    assert "凯里.xlsx“一镇”（未读取）" in found.message and "黄平.csv（未读取）" in found.message
    assert not found.blocking


def test_a_share_within_its_tolerance_holds_and_says_so() -> None:
    size = 100
    frames = {
        "persons": pl.concat([persons().head(1)] * size),
        "records": pl.concat([records().head(1)] * size),
    }
    number = pl.int_range(1, size + 1, dtype=pl.Int64)
    frames = {name: frame.with_columns(record=number) for name, frame in frames.items()}
    for missing, holds in ((5, True), (6, False)):
        quality = (
            pl.when(pl.col("record") <= missing).then(pl.lit("missing")).otherwise(pl.lit("valid"))
        )
        item = verdict(
            judged(
                "persons_dibao",
                frames | {"persons": frames["persons"].with_columns(id_quality=quality)},
            ),
            "Q303",
        )
        assert (item.success, item.unexpected, item.total) == (holds, missing, size)
        assert ("允许范围内" in item.message) == holds
        assert f"{missing}%" in item.message and "至少 95%" in item.message


def test_a_missing_column_is_a_failed_check_not_a_verdict() -> None:
    frames = good("records_dibao")
    frames["records"] = frames["records"].drop("id_number")
    validation = judged("records_dibao", frames)
    failed = {item.rule.id for item in validation.verdicts if item.error}
    assert failed == {"Q202", "Q203", "Q204", "Q205", "Q206", "Q207", "Q209"}
    assert validation.blocked and "检查本身失败" in verdict(validation, "Q205").message
    assert verdict(validation, "Q205").blocking, "a warning whose check failed stops the batch too"
    assert verdict(validation, "Q208").success, "the other rules are still judged"


def test_one_failing_expression_leaves_its_neighbours_alone() -> None:
    frames = good("links")
    frames["links"] = frames["links"].with_columns(probability=pl.lit(NAME))
    validation = judged("links", frames)
    assert {item.rule.id for item in validation.verdicts if item.error} == {
        "Q406",
        "Q407",
        "Q408",
        "Q412",
    }
    assert verdict(validation, "Q401").success
    assert NAME not in json.dumps(validation.to_json(), ensure_ascii=False)


def test_an_expectation_that_raises_is_a_failed_check(monkeypatch: pytest.MonkeyPatch) -> None:
    slim = judging._slim
    monkeypatch.setattr(judging, "_slim", lambda *given: slim(*given).iloc[:, 1:])
    validation = judged("records_dibao", good("records_dibao"))
    assert {item.rule.id for item in validation.verdicts if item.error} == {"Q201", "Q202", "Q208"}
    assert verdict(validation, "Q202").message.count("检查本身失败") == 1
    assert "/" not in json.dumps(validation.result["results"][1]), "no traceback, no machine path"


def test_two_counts_that_differ_are_a_failed_check(monkeypatch: pytest.MonkeyPatch) -> None:
    slim = judging._slim
    monkeypatch.setattr(judging, "_slim", lambda *given: slim(*given).head(2))
    validation = judged("records_dibao", good("records_dibao"))
    assert (
        verdict(validation, "Q206").error and "CountsDiffer" in verdict(validation, "Q206").message
    )
    assert validation.violations.is_empty()


def test_great_expectations_missing_is_a_failed_check(monkeypatch: pytest.MonkeyPatch) -> None:
    def gone() -> None:
        raise ImportError(NAME)

    monkeypatch.setattr(judging, "load_great_expectations", gone)
    validation = judged("links", good("links"))
    assert all(item.error for item in validation.verdicts) and NAME not in str(validation.verdicts)


def test_threads_get_their_own_answers() -> None:
    right, wrong = good("records_dibao"), good("records_dibao")
    wrong["records"] = wrong["records"].with_columns(record=pl.lit(1, pl.Int64))
    with ThreadPoolExecutor(4) as pool:
        answers = list(
            pool.map(lambda turn: judged("records_dibao", wrong if turn % 2 else right), range(4))
        )
    assert [verdict(answer, "Q203").unexpected for answer in answers] == [0, 4] * 2
    assert not any(item.error for answer in answers for item in answer.verdicts)


def test_nothing_of_a_person_reaches_results_messages_or_logs(
    caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level("DEBUG")
    canary = persons().with_columns(
        name=pl.lit(NAME),
        id_number=pl.lit(NUMBER),
        name_kind=pl.lit("missing"),
        county=pl.lit(None, pl.String),
    )
    received = records().with_columns(
        name=pl.lit(NAME), id_number=pl.lit(NUMBER), phone=pl.lit(PHONE)
    )
    everything = [
        judged("records_dibao", good("records_dibao") | {"records": pl.concat([received] * 2)}),
        judged("persons_dibao", {"persons": canary, "records": received}),
        judged(
            "links", good("links") | {"persons_dibao": canary.head(1), "persons_poverty": canary}
        ),
        judged("lists", good("lists") | {"persons_dibao": canary.head(1)}),
    ]
    shown = capfd.readouterr()
    written = [
        json.dumps(item.to_json(), ensure_ascii=False) + item.violations.write_csv()
        for item in everything
    ]
    assert all(not item.success for item in everything)
    for secret in (NAME, NUMBER, PHONE, NUMBER[6:14]):
        assert not any(secret in text for text in [*written, caplog.text, shown.out, shown.err])


def test_a_stored_validation_comes_back_whole() -> None:
    frames = invented(5)
    validation = judged("persons_poverty", frames)
    stored = json.loads(json.dumps(validation.to_json(), ensure_ascii=False))
    again = Validation.from_json(stored, validation.violations)
    assert again.verdicts == validation.verdicts and again.result == validation.result
    assert [item.rule for item in again.verdicts] == list(rules_for("persons_poverty"))
    assert dict(validation.violations.schema) == VIOLATIONS
