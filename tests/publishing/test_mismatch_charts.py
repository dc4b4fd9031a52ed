"""The pictures of the report: nothing that fetches or runs, Chinese as text, and none where there is nothing to show."""

import re

import polars as pl
import pytest

from reconciliation.publishing.mismatches.charts import charts
from reconciliation.publishing.mismatches.pictures import Chart, Pictured
from tests.publishing.frames import LABELS

LINKS = pl.DataFrame(
    [(1, 1, "certain", "exact", 20.0), (2, 2, "certain", "household", 12.5), (3, 3, "possible", "scored", -1.5)],
    schema=["dibao_record", "poverty_record", "tier", "stage", "weight"], orient="row",
)  # fmt: skip
CALIBRATION = pl.DataFrame(
    {"said": [0.75, None], "share": [0.8, None], "low": [0.5, None], "high": [0.9, None], "pairs": [5, 0]}
)  # fmt: skip
RECORDS = pl.DataFrame(
    {"register": ["dibao", "poverty"], "received": [10, 20], "rejected": [1, 0], "recorded": [9, 20]}
)  # fmt: skip
LISTS = pl.DataFrame(
    {"register": ["dibao", "dibao", "poverty"], "disposition": ["keep", "verify", "no_action"], "people": [6, 3, 20]}
)  # fmt: skip
HISTORY = pl.DataFrame(
    {"batch": ["2018-08-15", "2018-08-30"], "list": ["verify", "verify"], "people": [7, 3]}
)


def drawn(**changes: pl.DataFrame) -> dict[str, Chart]:
    given = {"links": LINKS, "calibration": CALIBRATION, "records": RECORDS, "lists": LISTS, "history": HISTORY} | changes  # fmt: skip
    made = charts(Pictured(**given, thresholds={"certain": 0.98, "probable": 0.9}), LABELS)
    return {chart.title: chart for chart in made}


@pytest.fixture(scope="module")
def made() -> dict[str, Chart]:
    return drawn()


def test_there_is_a_picture_of_each_kind_with_its_words_as_text(made: dict[str, Chart]) -> None:
    assert list(made) == ["名册流向", "匹配等级", "匹配权重的分布", "可能性校准", "各批次变化"]
    for title, chart in made.items():
        assert chart.svg.startswith(f'<svg role="img" aria-label="{title}"')
        assert "Microsoft YaHei" in chart.svg
    for words in ("农村低保", "登记 9", "继续保留 6", "无需处理 20"):
        assert f">{words}</text>" in made["名册流向"].svg
    assert ">2018-08-30</text>" in made["各批次变化"].svg


def test_a_picture_brings_nothing_the_policy_of_the_page_refuses(made: dict[str, Chart]) -> None:
    for chart in made.values():
        assert not re.search(
            r"\sstyle=|\son\w+=|href|url\(|https?:|<script|<style|<image", chart.svg
        )


def test_the_same_numbers_give_the_same_picture(made: dict[str, Chart]) -> None:
    assert drawn(links=LINKS.reverse(), lists=LISTS.reverse(), history=HISTORY.reverse()) == made


def test_what_has_nothing_to_show_is_left_out() -> None:
    nothing = {
        name: frame.clear()
        for name, frame in {"links": LINKS, "calibration": CALIBRATION, "records": RECORDS, "lists": LISTS, "history": HISTORY}.items()
    }  # fmt: skip
    assert drawn(**nothing) == {}
