"""Files of judgements from the blind review: taken for the release they were made from, once, and only when signed."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from reconciliation.configuration import Configuration
from reconciliation.ledger.answers import FOLDER
from reconciliation.linkage.judgements import read_judgements
from reconciliation.publishing.hashes import release_fingerprint
from reconciliation.publishing.private_files import private_folder, write_frame
from reconciliation.publishing.returned.applying import Reception
from reconciliation.publishing.returned.reviews import apply_reviews, plan_reviews
from reconciliation.publishing.verification import verify_output

A, B, C, TWIN = ("a" * 64, "b" * 64, "c" * 64, "c" * 16 + "d" * 48)


@pytest.fixture
def output(tmp_path: Path) -> Path:
    """A release of which two poverty cases begin with the same characters."""
    data = private_folder(tmp_path / "output" / "2018-08-30" / "data")
    cases = [(A, "dibao"), (B, "poverty"), (C, "poverty"), (TWIN, "poverty")]
    write_frame(data / "cases.parquet", pl.DataFrame(cases, schema=["case_key", "register"], orient="row"))  # fmt: skip
    write_frame(data / "links.parquet", pl.DataFrame({"dibao_record": [1]}))
    return tmp_path / "output"


def reception(output: Path) -> Reception:
    config = Configuration.load(None)
    return Reception(
        output, "收件人", config.labels, config.intake, config.answers, "Asia/Shanghai"
    )


def judged(dibao: str, poverty: str, judgement: str = "same") -> dict[str, str]:
    return {"dibao_case": dibao[:16], "poverty_case": poverty[:16], "judgement": judgement, "judged_on": "2018-09-01"}  # fmt: skip


def review(output: Path, *pairs: dict[str, str], name: str = "one", **changes: Any) -> Path:
    content = {
        "kind": "shuangqing-judgements", "version": 1, "release": "2018-08-30",
        "release_sha256": release_fingerprint(output / "2018-08-30" / "data"), "county": "甲溪县", "reviewer": "复核甲",
        "signed_on": "2018-09-02", "judgements": list(pairs or (judged(A, B),)),
    } | changes  # fmt: skip
    path = output.parent / f"{name}.json"
    path.write_text(json.dumps(content), encoding="utf-8")
    return path


def test_a_signed_file_is_kept_with_whole_cases_and_the_reviewer_and_only_once(
    output: Path,
) -> None:
    path = review(output, judged(A, B), judged(A, C, "unsure"))
    (made,) = plan_reviews([path], reception(output))
    assert not (output / FOLDER).exists()
    assert (made.taken.height, made.unsure) == (1, 1)
    assert apply_reviews([made], reception(output)) == 1
    kept = read_judgements(output / FOLDER)
    assert kept.rows() == [(A, B, "same", "复核甲", date(2018, 9, 1))]
    (again,) = plan_reviews([path], reception(output))
    assert (again.taken.height, again.unchanged) == (0, 1)
    assert apply_reviews([again], reception(output)) == 0
    assert not [problem for problem in verify_output(output) if "judgements" in problem]
    write_frame(output / FOLDER / "judgements.parquet", kept.with_columns(judgement=pl.lit("different")))  # fmt: skip
    assert [problem for problem in verify_output(output) if "judgements" in problem]


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"signed_on": None}, "unsigned"),
        ({"release_sha256": "0" * 64}, "other_release"),
        ({"release": "2018-08-15"}, "other_release"),
        ({"signed_on": "2999-01-01"}, "future"),
        ({"kind": "something"}, "not_a_review"),
        ({"reviewer": " "}, "not_a_review"),
        ({"more": 1}, "not_a_review"),
        ({"judgements": [{"dibao_case": "../../x"}]}, "not_a_review"),
    ],
)
def test_a_file_that_cannot_be_trusted_is_refused_whole(
    output: Path, changes: dict[str, Any], refusal: str
) -> None:
    (made,) = plan_reviews([review(output, **changes)], reception(output))
    assert (made.refusal, made.taken.height) == (refusal, 0)


def test_cases_that_are_not_there_or_not_clear_are_left_out(output: Path) -> None:
    pairs = (judged(A, B), judged(A, C), judged("9" * 16, B))
    (made,) = plan_reviews([review(output, *pairs)], reception(output))
    assert (made.taken["poverty_case"].to_list(), made.unknown) == ([B], 2)


def test_of_two_reviewers_who_disagree_neither_is_taken(output: Path) -> None:
    one = review(output, judged(A, B))
    two = review(output, judged(A, B, "different"), name="two", reviewer="复核乙")
    made = plan_reviews([one, two], reception(output))
    assert [(plan.taken.height, plan.disputed) for plan in made] == [(0, 1), (0, 1)]
