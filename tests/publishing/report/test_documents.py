"""The documents of a report: their sentences, cells, layout and bytes."""

from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from docx import Document
from docx.oxml.ns import qn
from python_calamine import CalamineWorkbook

from reconciliation.publishing.report.annex import ANNEXES, write_annex
from reconciliation.publishing.report.changes import Reported, compared, restatements
from reconciliation.publishing.report.chart import grouped
from reconciliation.publishing.report.document import report_document, summary_document
from reconciliation.publishing.report.settings import ReportSettings, ReportTexts, Sentence
from reconciliation.publishing.report.writing import write_report
from tests.publishing.frames import LABELS
from tests.publishing.report.batches import (
    FIRST,
    FIRST_FIGURES,
    SECOND,
    SECOND_FIGURES,
    SETTINGS,
    content,
)


def opened(document: bytes) -> Any:
    return Document(BytesIO(document))


def text_of(document: Any) -> str:
    return "\n".join(paragraph.text for paragraph in document.paragraphs)


def table_of(document: Any, heading: str) -> list[list[str]]:
    """The rows of the table that has this heading."""
    for table in document.tables:
        rows = [[cell.text for cell in row.cells] for row in table.rows]
        if heading in rows[0]:
            return rows
    raise AssertionError(f"no table with {heading}")


SECOND_REPORT = opened(report_document(content(2)))


def test_the_sentences_state_figures_and_changes() -> None:
    text = text_of(SECOND_REPORT)
    for sentence in (
        "（第2期　2018年8月30日）",
        "去重后农村低保90人（比上期减少10人）",
        "两个名册重合45人（低保一侧），占农村低保的50.0%",
        "疑似漏保、拟纳入低保4人（与上期持平）",
        "疑似错保、拟退出低保12人（比上期增加3人）",
        "整改台账累计问题线索7条（比上期增加3条），涉及6人，其中本期新增3条。",
        "已下发核实7条，已答复2条（比上期增加2条），答复率28.6%；已办结1条（比上期增加1条），办结率14.3%；逾期3条（比上期增加3条）。",
        "应退出低保2人（比上期增加2人），其中已办结1人",
        "退出已送达告知的1人，待送达的1人。",
        "每月增加700.50元（比上期减少100.00元），已测算0人，2人金额不详未计入",
        "每月减少133.45万元（比上期增加10.00万元）",
        "逾期线索3条，涉及2个县（市、区）：仁怀区2条、绿水县1条。",
        "绿水县农村低保（未报送）、死亡人员（未报送）",
        "未经答复即从名册上消失的线索1条，需说明原因。",
        "已上报的数字没有更正。",
    ):
        assert sentence in text
    assert "没有上期数字可比" not in text


def test_the_three_parts_of_the_notice_stand_in_their_order() -> None:
    headings = [paragraph.text for paragraph in SECOND_REPORT.paragraphs]
    places = [headings.index(name) for name in ("一、进展情况", "二、取得效果", "三、存在问题")]
    assert places == sorted(places)


def test_the_first_report_has_nothing_to_compare_with() -> None:
    document = opened(report_document(content(1)))
    text = text_of(document)
    assert "没有上期数字可比。" in text
    assert "上期增加" not in text
    assert "各县（市、区）均无逾期线索" in text
    assert "未经答复" not in text
    counties = table_of(document, "问题线索（条）")
    assert counties[2:] == [
        ["某省", "4", "—", "0", "—", "0", "—", "0", "—"],
        ["仁怀市", "2", "—", "0", "—", "0", "—", "0", "—"],
        ["绿水县", "2", "—", "0", "—", "0", "—", "0", "—"],
    ]


def test_the_county_tables_state_every_figure_with_its_change() -> None:
    assert table_of(SECOND_REPORT, "问题线索（条）")[2:] == [
        ["某省", "7", "+3", "2", "+2", "1", "+1", "3", "+3"],
        ["仁怀区", "2", "0", "0", "0", "0", "0", "2", "+2"],
        ["红花县", "2", "—", "1", "—", "0", "—", "0", "—"],
        ["绿水县", "2", "0", "1", "+1", "1", "+1", "1", "+1"],
        ["未注明", "1", "—", "0", "—", "0", "—", "0", "—"],
    ]
    money = table_of(SECOND_REPORT, "每月减少（万元）")
    assert money[2] == ["某省", "4", "0", "0.07", "−0.01", "12", "+3", "133.45", "+10.00"]


def test_people_and_money_stand_side_by_side() -> None:
    rows = table_of(SECOND_REPORT, "金额不详")
    assert rows[1] == ["拟纳入低保", "4", "0", "0", "0", "700.50", "2"]
    assert rows[2] == ["拟退出低保", "12", "+3", "2", "1", "1,334,500.00", "0"]


def test_the_page_for_the_leading_group_names_the_units_and_the_worst_counties() -> None:
    document = opened(summary_document(content(2)))
    assert "逾期较多的是仁怀区2条、绿水县1条。" in text_of(document)
    assert table_of(document, "报送单位")[1:] == [
        ["某省", "7", "2", "1", "3", "4", "12"],
        ["遵义市", "1", "1", "0", "0", "0", "0"],
        ["安顺市", "2", "1", "1", "1", "0", "0"],
        ["仁怀市", "2", "0", "0", "2", "0", "5"],
        ["新区", "1", "0", "0", "0", "0", "7"],
        ["未注明", "1", "0", "0", "0", "0", "0"],
    ]


def test_the_layout_is_the_official_one() -> None:
    for document in (SECOND_REPORT, opened(summary_document(content(2)))):
        for page in document.sections:
            sides = (page.top_margin, page.bottom_margin, page.left_margin, page.right_margin)
            assert [round(side.cm, 1) for side in sides] == [3.7, 3.5, 2.8, 2.6]
            assert [round(size.cm, 1) for size in (page.page_width, page.page_height)] == [21, 29.7]
        title = document.paragraphs[0].runs[0]
        assert title.font.size.pt == 22
        body = next(p for p in document.paragraphs if "2018年8月30日" in p.text and p.runs)
        assert body.paragraph_format.line_spacing.pt == 28
    text = next(p for p in SECOND_REPORT.paragraphs if p.text.startswith("（二）疑似问题"))
    assert text.runs[1].font.size.pt == 16
    assert text.runs[1]._r.rPr.rFonts.get(qn("w:eastAsia")) == "仿宋"
    assert text.paragraph_format.line_spacing.pt == 28


def test_the_picture_shows_every_finding_once_a_unit() -> None:
    bars = grouped(content(2))
    of_unit: dict[str, dict[str, int]] = {}
    for bar in bars:
        of_unit.setdefault(bar["unit"], {})[bar["group"]] = bar["count"]
    assert of_unit["安顺市"] == {"已办结": 1, "已答复": 0, "待答复": 0, "逾期": 1, "其他": 0}
    assert of_unit["未注明"] == {"已办结": 0, "已答复": 0, "待答复": 0, "逾期": 0, "其他": 1}
    assert sum(bar["count"] for bar in bars) == 7
    pictures = list(SECOND_REPORT.inline_shapes)
    assert len(pictures) == 1
    assert round(pictures[0].width.cm, 1) == 15.6


def test_places_kept_for_the_office_are_marked_until_it_has_written_there() -> None:
    empty = [p for p in SECOND_REPORT.paragraphs if p.text.startswith("【请填写：")]
    assert len(empty) == 3
    assert all(p.runs[0].font.highlight_color is not None for p in empty)
    texts = ReportTexts.model_validate(
        {"texts": {SECOND: {"progress": "召开了部署会。\n\n培训了干部。"}}}
    )
    written = opened(report_document(content(2, texts=texts.of(date.fromisoformat(SECOND)))))
    lines = [p.text for p in written.paragraphs]
    assert lines[lines.index("召开了部署会。") + 1] == "培训了干部。"
    assert sum(line.startswith("【请填写：") for line in lines) == 2


def test_figures_that_a_revision_has_changed_are_listed() -> None:
    revised = FIRST_FIGURES.with_columns(
        value=pl.when(pl.col("measure") == "cut_fen").then(100_000_000).otherwise("value")
    )
    restated = restatements(
        [
            [
                Reported(FIRST, FIRST, "", FIRST_FIGURES),
                Reported(FIRST, f"{FIRST}.r2", "金额列改正", revised),
            ]
        ]
    )
    document = opened(report_document(content(2, restated=restated)))
    rows = table_of(document, "修订原因")
    assert rows[1:] == [
        [
            FIRST,
            "每月减少（元）",
            "1,234,500.00",
            "1,000,000.00",
            FIRST,
            f"{FIRST}.r2",
            "金额列改正",
        ]
    ]
    assert f"已上报的数字有{restated.height}项因修订而更正" in text_of(document)


@pytest.mark.parametrize(("key", "levels"), ANNEXES)
def test_the_annexes_state_the_figures_as_numbers(
    key: str, levels: tuple[str, ...], tmp_path: Path
) -> None:
    made = content(2)
    book = CalamineWorkbook.from_path(write_annex(tmp_path / f"{key}.xlsx", made, levels))
    for level in levels:
        sheet = book.get_sheet_by_name(LABELS(f"publishing.figures.levels.{level}")).to_python()
        stated = compared(SECOND_FIGURES, FIRST_FIGURES).filter(pl.col("level") == level)
        findings = stated.filter(pl.col("measure") == "findings")
        if level == "province":
            rows = {row[0]: row[1:] for row in sheet[1:]}
            assert rows["问题线索（条）"] == [7, 4, 3]
            assert rows["每月减少（元）"] == [1_334_500, 1_234_500, 100_000]
            assert len(rows) == len(SETTINGS.measures)
            continue
        column = sheet[0].index("问题线索（条）")
        shown = [(row[column], row[column + 1]) for row in sheet[1:]]
        expected = [
            (count, "—" if change is None else change)
            for count, change in findings.select("value", "change").iter_rows()
        ]
        assert shown == expected
    assert book.sheet_names[-1] == "数字更正"


def test_the_same_figures_give_the_same_bytes(tmp_path: Path) -> None:
    first = write_report(tmp_path / "1", content(2))
    second = write_report(tmp_path / "2", content(2))
    assert [path.name for path in first] == [
        "半月报告_2018-08-30.docx",
        "领导小组摘要_2018-08-30.docx",
        "附件1_全省_2018-08-30.xlsx",
        "附件2_报送单位和市州_2018-08-30.xlsx",
        "附件3_各县_2018-08-30.xlsx",
    ]
    for one, other in zip(first, second, strict=True):
        assert one.read_bytes() == other.read_bytes()
        assert one.stat().st_mode & 0o777 == 0o600
    assert Document(str(first[0])).core_properties.created.date() == date(2018, 8, 30)


def test_a_name_xml_cannot_hold_does_not_break_the_report() -> None:
    strange = content(2).compared.with_columns(
        pl.col("name").str.replace("绿水县", "绿水\x0b<县>&amp;")
    )
    rows = table_of(opened(report_document(content(2, compared=strange))), "问题线索（条）")
    assert "绿水<县>&amp;" in [row[0] for row in rows]


@pytest.mark.parametrize("text", ["共{nobody}人", "共{}人", "共{findings人"])
def test_a_sentence_about_an_unknown_figure_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"figure|braces|expected"):
        Sentence(text=text)


def test_a_state_in_two_groups_of_the_picture_is_refused() -> None:
    twice = SETTINGS.model_dump()
    twice["chart"]["groups"][0]["states"] = ("closed", "overdue")
    with pytest.raises(ValueError, match="each once"):
        ReportSettings.model_validate(twice)
