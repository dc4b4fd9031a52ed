"""What coded values mean, from the committed config/codes.yaml."""

from pathlib import Path

import polars as pl
import pytest
import yaml

from reconciliation.registers.codes import CodeTables
from reconciliation.registers.errors import ConfigurationError

CONFIG = Path(__file__).parents[2] / "config" / "codes.yaml"
CODES = CodeTables.load(CONFIG)


def decode(field, *cells, register="poverty", year=2018):
    frame = pl.DataFrame({"cell": list(cells)}, schema={"cell": pl.String})
    return frame.select(CODES.decode(field, pl.col("cell"), register=register, year=year))[
        "cell"
    ].to_list()


def decode_set(*cells):
    frame = pl.DataFrame({"cell": list(cells)}, schema={"cell": pl.String})
    return frame.select(CODES.decode_set("health", pl.col("cell"), register="poverty", year=2018))[
        "cell"
    ].to_list()


def test_one_person_has_one_relation_in_both_registers():
    fine = decode(
        "relation",
        "户主",
        "配偶",
        "之子",
        "之女",
        "之儿媳",
        "之女婿",
        "之孙女",
        "之岳母",
        "之外祖母",
        "之兄弟姐妹",
        "其他",
    )
    coarse = decode(
        "relation",
        "本人",
        "配偶",
        "子/婿",
        "女/媳",
        "女/媳",
        "子/婿",
        "孙子女",
        "父母/岳父母/公婆",
        "祖父母",
        "兄弟姐妹",
        "其他",
        register="dibao",
    )
    assert fine == coarse
    assert None not in fine


def test_writing_differences_do_not_matter():
    assert decode("relation", "户主／本人", " 子 / 婿", "之　子") == ["head", "child", "child"]
    assert (
        decode("lift_status", "已脱贫（享受政策）", "已脱贫(享受政策)", "已脱贫〔享受政策〕")
        == ["lifted"] * 3
    )


def test_an_unknown_word_is_unknown():
    assert decode("relation", "邻居", "", None) == [None] * 3


def test_lift_status_codes_and_words_agree():
    assert decode("lift_status", "0", "1", "3", "4") == decode(
        "lift_status", "未脱贫", "已脱贫（享受政策）", "返贫", "已脱贫（不再享受政策）"
    )
    assert decode("lift_status", "2") == [None]


def test_a_number_means_what_it_meant_in_its_year():
    assert decode("household_type", "03", "3", year=2017) == ["five_guarantee"] * 2
    assert decode("household_type", "03", year=2019) == ["tekun_lifted"]
    assert decode("household_type", "07", "08", year=2019) == [None] * 2


def test_a_number_without_a_table_is_refused():
    assert decode("sex", "1", "2", "男", "女性") == [None, None, "男", "女"]
    assert decode("household_type", "03", register="dibao") == [None]


def test_partial_and_whole_cover_are_kept_apart():
    assert decode("household_type", "低保（部分）贫困户", "低保(全家)贫困户", "低保贫困户") == [
        "partial_cover", "whole_cover", "low_income_poor",
    ]  # fmt: skip


def test_health_holds_several_values_in_any_order():
    assert decode_set("患有大病,残疾", "残疾、患有大病", "健康", "不详", "", None) == [
        ["disabled", "severe"], ["disabled", "severe"], ["healthy"], None, None, None,
    ]  # fmt: skip


def test_disability_grade_and_category():
    assert decode("disability_grade", "一级", "2", "肢体三级", "Ⅳ级", "五级", "十一级") == [
        "1",
        "2",
        "3",
        "4",
        None,
        None,
    ]
    assert decode("disability_category", "肢体", "精神残疾", "7", "视力残疾一级", "8") == [
        "physical", "mental", "multiple", "visual", None,
    ]  # fmt: skip


def test_every_listed_text_decodes_to_its_code():
    for name, field in CODES.fields.items():
        for code, texts in field.texts.items():
            assert decode(name, *texts) == [code] * len(texts)


@pytest.mark.parametrize(
    "wrong",
    [
        {"texts": {"a": ["是"], "b": ["是"]}},
        {"texts": {"a": ["是"]}, "tables": [{"codes": {"1": "b"}, "source": "-"}]},
        {"texts": {"a": ["是"]}, "patterns": {"a": ["("]}},
        {"texts": {"a": ["是"]}, "spelling": "x"},
    ],
)
def test_a_table_that_contradicts_itself_is_refused(tmp_path, wrong):
    path = tmp_path / "codes.yaml"
    path.write_text(yaml.safe_dump({"fields": {"f": wrong}}), encoding="utf-8")
    with pytest.raises(ConfigurationError, match=r"codes\.yaml"):
        CodeTables.load(path)
