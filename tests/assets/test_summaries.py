"""The tables that assets show in the Dagster UI: in Chinese, and nothing in them is markup."""

import polars as pl

from assets.summaries import in_markdown
from assets.wording import column_meaning


def test_a_table_has_chinese_headings_and_worded_codes() -> None:
    frame = pl.DataFrame({"tier": ["certain", None], "rows": [1234, 0]})
    shown = str(in_markdown(frame, {"tier": "tiers"}).value)
    assert shown.split("\n") == [
        "| 匹配等级 | 行数 |",
        "| --- | --- |",
        "| 确定 | 1,234 |",
        "| — | 0 |",
    ]


def test_a_name_cannot_break_out_of_its_cell() -> None:
    shown = str(in_markdown(pl.DataFrame({"county": ["甲|<b>\n乙"]})).value)
    assert shown.rsplit("\n", maxsplit=1)[-1] == "| 甲\\|&lt;b> 乙 |"


def test_every_column_of_the_links_says_what_it_is() -> None:
    for name in ("dibao_source_row", "prior_weight", "name_level", "rarity_weight", "margin"):
        assert column_meaning(name), name
