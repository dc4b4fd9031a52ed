"""What an inspection says of a file: columns, register, contents, and never a person."""

import dataclasses
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from reconciliation.intake.files import ReceivedFile
from reconciliation.intake.guessing import Knowledge
from reconciliation.intake.inspected_columns import column_letter, shown_header
from reconciliation.intake.inspection import Inspection, Inspector, SheetInspection
from reconciliation.intake.parsing import Parsed, Sheet, parse_files
from reconciliation.intake.sheets import Reader, read_parsed
from reconciliation.publishing.masking import masked_rows
from reconciliation.registers.codes import CodeTables
from reconciliation.registers.schema import REGISTERS
from tests.intake.offices import (
    CONFIG,
    HEADERS,
    LABELS,
    LEAN,
    SETTINGS,
    Range,
    Table,
    person_id,
    text_file,
    workbook,
)

SAMPLE = Path(__file__).resolve().parents[2] / "sample_registers"
CODES = CodeTables.load(CONFIG / "codes.yaml")
KNOWLEDGE = Knowledge(HEADERS, SETTINGS, CODES, 2018, LABELS)
INSPECTOR = Inspector(KNOWLEDGE, ("□", "?"), masked_rows)


def inspected(path: Path, register: str | None = None) -> Inspection:
    (parsed,) = parse_files([ReceivedFile(path, path.name)], SETTINGS)
    return INSPECTOR.inspect(parsed, register)


def parsed_rows(rows: Table, name: str = "a.xlsx") -> Parsed:
    """Cells that were parsed already, so that hypothesis need not start a process for each."""
    width = max(map(len, rows))
    padded = [[*map(str, row), *[""] * (width - len(row))] for row in rows]
    columns: dict[str, Any] = {}
    for j in range(width):
        columns[f"t{j}"] = pl.Series([row[j] for row in padded], dtype=pl.String)
        columns[f"k{j}"] = pl.Series([0] * len(padded), dtype=pl.UInt8)
    sheet = Sheet("表", None, pl.DataFrame(columns))
    return Parsed(ReceivedFile(Path(name), name), "", 1, None, (sheet,))


def of_rows(rows: Table, register: str | None = None, name: str = "a.xlsx") -> Inspection:
    return INSPECTOR.inspect(parsed_rows(rows, name), register)


def only_sheet(inspection: Inspection) -> SheetInspection:
    (sheet,) = inspection.sheets
    return sheet


def texts(value: Any) -> Iterator[str]:
    """Every text anywhere in an inspection."""
    if isinstance(value, pl.DataFrame):
        for row in value.iter_rows():
            yield from texts(row)
    elif dataclasses.is_dataclass(value):
        for field in dataclasses.fields(value):
            yield from texts(getattr(value, field.name))
    elif isinstance(value, dict):
        yield from texts(tuple(value.items()))
    elif isinstance(value, list | tuple):
        for item in value:
            yield from texts(item)
    elif value is not None:
        yield str(value)


def fields(sheet: SheetInspection) -> dict[str, str | None]:
    return {column.letter: column.field for column in sheet.columns}


@pytest.mark.parametrize(
    "path",
    sorted(p for p in SAMPLE.glob("2018-08-15/*/*") if p.is_file()),
    ids=lambda path: path.name,
)
def test_of_every_sample_file_the_register_of_its_folder_is_guessed(path: Path) -> None:
    inspection = inspected(path)
    assert inspection.registers == (path.parent.name,)
    assert inspection.basis == "guessed"
    assert inspection.accepted
    letters = [column.letter for sheet in inspection.sheets for column in sheet.columns]
    assert letters, "no columns were told"


def test_two_registers_that_fit_equally_are_both_named() -> None:
    inspection = of_rows([["姓名", "身份证号", "分档类型"], ["张三", person_id(1), "A"]])
    assert inspection.basis == "undecided"
    assert set(inspection.registers) == {"dibao", "tekun", "urban_dibao"}


def test_the_kind_of_assistance_tells_registers_with_the_same_columns_apart() -> None:
    header = ["姓名", "身份证号", "救助类型"]
    for wording, register in (
        ("农村低保", "dibao"),
        ("城镇低保", "urban_dibao"),
        ("农村五保", "tekun"),
    ):
        rows = [["张三", person_id(n), wording] for n in range(5)]
        assert of_rows([header, *rows]).registers == (register,)


def test_a_title_tells_registers_with_the_same_columns_apart() -> None:
    rows = [["姓名", "身份证号", "分档类型"], ["张三", person_id(1), "A"]]
    assert of_rows([["城市低保对象花名册", "", ""], *rows]).registers == ("urban_dibao",)
    assert of_rows(rows, name="某县农村低保.xlsx").registers == ("dibao",)


def test_columns_outweigh_what_a_file_is_called() -> None:
    rows = [["姓名", "身份证号", "脱贫属性", "户编号"], ["张三", person_id(1), "未脱贫", "52001"]]
    assert of_rows(rows, name="农村低保.xlsx").registers == ("poverty",)


def test_a_file_given_for_the_wrong_register_is_said_to_look_like_the_right_one() -> None:
    rows = [["姓名", "身份证号", "脱贫属性", "户编号"], ["张三", person_id(1), "未脱贫", "52001"]]
    inspection = of_rows(rows, "dibao")
    assert inspection.basis == "given"
    assert inspection.registers == ("dibao",)
    assert inspection.better == "poverty"
    assert of_rows(rows, "poverty").better is None


def test_two_header_rows_are_told_with_their_merged_cells(tmp_path: Path) -> None:
    rows = [
        ["农村低保名单", "", "", ""],
        ["基本信息", "", "救助类型", "备注"],
        ["姓名", "身份证号", "", ""],
        ["张三", person_id(1), "农村低保", ""],
    ]
    path = workbook(
        tmp_path / "a.xlsx", {"一": rows}, merged=[Range(0, 0, 0, 3), Range(1, 0, 1, 1)]
    )
    sheet = only_sheet(inspected(path))
    assert sheet.header_rows == (2, 3)
    assert sheet.merged == 1
    assert fields(sheet) == {"A": "name", "B": "id_number", "C": "assistance_type", "D": "remark"}
    assert [column.header for column in sheet.columns][:2] == [
        "基本信息 / 姓名",
        "基本信息 / 身份证号",
    ]


def test_hidden_sheets_are_named_and_the_others_read(tmp_path: Path) -> None:
    rows = [["姓名", "身份证号"], ["张三", person_id(1)]]
    path = workbook(tmp_path / "a.xlsx", {"一": rows, "暗": rows}, hidden=["暗"])
    shown, hidden = inspected(path).sheets
    assert shown.contents is not None
    assert hidden.contents is None
    assert hidden.receipt is not None
    assert hidden.receipt["left_aside"] == "hidden"


def test_how_sure_each_column_is() -> None:
    header = [
        "序号",
        "姓名",
        "身份证号",
        "户月保障金额（元/月）",
        "是否建档立卡扶贫对相",
        "地区",
        "宗教",
    ]
    rows = [[str(n), "张三", person_id(n), "300", "是", "某某县", "无"] for n in range(1, 5)]
    columns = {
        column.letter: column for column in only_sheet(of_rows([header, *rows], "dibao")).columns
    }
    assert columns["A"].counter
    assert columns["B"].certainty == "exact"
    assert columns["D"].certainty == "unit"
    assert columns["E"].certainty == "similar"
    assert columns["E"].nearest is not None
    assert columns["E"].nearest.score == pytest.approx(90.0)
    assert (columns["F"].field, columns["F"].certainty) == ("county", "values")
    assert (columns["G"].field, columns["G"].certainty) == (None, None)
    assert columns["G"].header == "宗教"


def test_a_missing_column_is_told_with_the_nearest_header() -> None:
    header = ["姓名", "公民身份正号", "性别", "民族"]
    inspection = of_rows([header, ["张三", person_id(1), "男", "汉族"]], "dibao")
    assert not inspection.accepted
    (missing,) = only_sheet(inspection).missing
    assert missing.fields == ("id_number",)
    assert [(column.letter, column.header) for column in missing.nearest] == [("B", "公民身份正号")]


def test_rows_are_counted_as_the_receipt_counts_them(tmp_path: Path) -> None:
    body = [
        ["1", "张三", person_id(1), "农村低保", "A", ""],
        ["2", "", "", "农村低保", "A", "某某"],
    ]
    end = [["", "", "", "", "", ""], ["合计", "2人", "", "", "", ""]]
    inspection = inspected(text_file(tmp_path / "a.csv", [LEAN, *body, *end]))
    assert (inspection.encoding, inspection.separator) == ("GB18030", ",")
    sheet = only_sheet(inspection)
    assert sheet.receipt is not None
    assert sheet.receipt["rows_accepted"] == 1
    assert sheet.contents is not None
    assert list(sheet.contents.rejected.values()) == [sheet.receipt["rows_rejected"]] == [1]


def test_numbers_codes_dates_and_odd_characters_are_counted(tmp_path: Path) -> None:
    header = ["姓名", "身份证号", "性别", "民族", "出生日期", "年收入", "是否残疾", "救助类型"]
    rows: list[list[Any]] = [
        ["张□", person_id(1), "1", "汉族", "1980-02-30", "约3000", "大概", "农村低保"],
        ["李\ue000", 522101199001011234, "男", "汉族", "1980-02-28", "3,000元", "是", "农村低保"],
    ]
    found = only_sheet(inspected(workbook(tmp_path / "a.xlsx", {"一": [header, *rows]}))).contents
    assert found is not None
    assert found.kinds["id_number"] == {"number": 1, "text": 1}
    assert [(u.field, u.cells, u.shown) for u in found.unknown_codes] == [("sex", 1, (("1", 1),))]
    assert found.unreadable == {"birth_date": 1, "annual_income": 1, "disabled": 1}
    assert found.private_use == {"name": 1}
    assert found.wildcards == {"name": 1}


def test_an_unknown_code_is_shown_only_where_it_is_like_a_known_one_and_shared_by_many() -> None:
    header = ["姓名", "身份证号", "脱贫属性"]
    values = ["未脱贫人口"] * 30 + ["龘三靐"] * 30 + ["未脱贫龘三"] * 3
    rows = [[f"甲{n}", person_id(n), value] for n, value in enumerate(values)]
    found = only_sheet(of_rows([header, *rows], "poverty")).contents
    assert found is not None
    (unknown,) = found.unknown_codes
    assert (unknown.cells, unknown.distinct) == (63, 3)
    assert unknown.shown == (("未脱贫人口", 30),)


def test_a_name_under_a_wrong_header_is_not_shown_however_often_it_occurs() -> None:
    header = ["姓名", "身份证号", "户主姓名", "性别"]
    rows = [["吁吁", "吁吁", "吁吁", "吁吁" if n < 150 else "吁吁吁"] for n in range(180)]
    assert not any("吁吁" in text for text in texts(of_rows([header, *rows])))


def test_under_a_wrong_header_names_in_a_coded_column_are_not_shown() -> None:
    header = ["姓名", "身份证号", "与户主关系"]
    rows = [["李四光", person_id(n), "李四光"] for n in range(40)]
    inspection = of_rows([header, *rows], "dibao")
    assert not any("李四光" in text for text in texts(inspection))


def test_a_headerless_file_shows_only_shapes() -> None:
    rows = [[f"李四光{n}", person_id(n), "13800138000", "某县某镇某村三组"] for n in range(5)]
    for register in (None, *REGISTERS):
        inspection = of_rows(rows, register)
        assert not inspection.accepted
        assert only_sheet(inspection).columns == ()
        said = "\n".join(texts(inspection))
        for cell in rows[0]:
            assert cell not in said


def test_a_row_of_a_person_that_looks_like_a_header_is_not_shown() -> None:
    rows = [["李四光", "户主", "残疾人", person_id(1), "13800138000"]]
    for register in (None, *REGISTERS):
        said = "\n".join(texts(of_rows(rows, register)))
        for cell in ("李四光", person_id(1), "13800138000"):
            assert cell not in said


@pytest.mark.parametrize(
    ("header", "shown"),
    [
        ("联系人：张三", "联系人：●●"),
        ("电话13800138000", "电话●●●●●●●●●●●"),
        ("2018年收入", "2018年收入"),
        ("身份证号", "身份证号"),
    ],
)
def test_of_a_header_no_long_number_and_nothing_after_a_colon_is_shown(
    header: str, shown: str
) -> None:
    assert shown_header(header) == shown


@pytest.mark.parametrize(
    ("position", "letter"), [(0, "A"), (25, "Z"), (26, "AA"), (701, "ZZ"), (702, "AAA")]
)
def test_columns_are_called_as_in_excel(position: int, letter: str) -> None:
    assert column_letter(position) == letter


@pytest.mark.parametrize(("first", "letters"), [(0, "ABCD"), (1, "BCDE"), (3, "DEFG")])
def test_a_table_that_does_not_begin_in_column_a_keeps_the_letters_of_its_sheet(
    tmp_path: Path, first: int, letters: str
) -> None:
    blank = [""] * first
    rows: Table = [
        [*blank, "姓名", "身份证号", "家庭住址", ""],
        [*blank, "田二", person_id(1), "甲村", "备用"],
    ]
    sheet = only_sheet(inspected(workbook(tmp_path / "taken.xlsx", {"表": rows}), "dibao"))
    assert [column.letter for column in sheet.columns] == list(letters[:3])
    (receipt,) = inspected(tmp_path / "taken.xlsx", "dibao").receipts
    assert receipt["unmapped_headers"] == [LABELS("intake.unnamed", column=first + 4)]

    lacking: Table = [
        [*blank, "姓名", "公民身份正号", "家庭住址", ""],
        [*blank, "田二", person_id(1), "甲村", "备用"],
    ]
    refused = inspected(workbook(tmp_path / "refused.xlsx", {"表": lacking}), "dibao")
    (missing,) = only_sheet(refused).missing
    assert [column.letter for column in missing.nearest] == [letters[1]]
    assert [column.letter for column in only_sheet(refused).columns] == list(letters[:3])
    assert f"{letters[1]}列" in str(refused.receipts[0]["message"])


# What may stand in a cell of a person: characters that are in no wording of the project, so that a find is a leak.
RARE = "龘靐齉爩鱻麤龗灪吁饢"
PERSONAL = st.one_of(
    st.text(RARE, min_size=2, max_size=4),
    st.integers(0, 999).map(person_id),
    st.integers(13000000000, 19999999999).map(str),
    st.text("0123456789", min_size=16, max_size=19),
    st.text(RARE, min_size=1, max_size=6).map(lambda text: f"{text}县{text}村{len(text)}组"),
    st.text(RARE, min_size=3, max_size=8).map(lambda text: f"备注 {text}，电话 13912345678"),
)
HEADER = st.sampled_from(
    ["姓名", "身份证号", "户主姓名", "与户主关系", "性别", "联系电话", "银行账号", "家庭地址", "备注", "健康状况",
     "救助类型", "脱贫属性", "出生日期", "年收入（元）", "没人认识的列", "地区", "是否残疾", "死亡日期", "所属社区"]
)  # fmt: skip


@example(
    header=["姓名", "身份证号", "健康状况"],
    body=[["吁吁", "吁吁", "19999999000"]],
    repeats=1,
    headed=True,
    register="relocation",
)
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    header=st.lists(HEADER, min_size=2, max_size=8, unique=True),
    body=st.lists(st.lists(PERSONAL, min_size=8, max_size=8), min_size=1, max_size=6),
    repeats=st.sampled_from([1, 30]),
    headed=st.booleans(),
    register=st.sampled_from([None, *REGISTERS]),
)
def test_no_cell_of_a_person_is_in_an_inspection(
    header: list[str], body: list[list[str]], repeats: int, headed: bool, register: str | None
) -> None:
    rows = [row[: len(header)] for row in body for _ in range(repeats)]
    parsed = parsed_rows([header, *rows] if headed else rows)
    inspection = INSPECTOR.inspect(parsed, register)
    reader = Reader(
        REGISTERS[next(iter((*inspection.registers, "dibao")))], HEADERS, SETTINGS, LABELS
    )
    assert list(inspection.receipts) == read_parsed(parsed, reader)[1]
    said = "\n".join(texts(inspection))
    for cell in {cell for row in rows for cell in row}:
        assert cell not in said
        assert not any(cell[at : at + 7] in said for at in range(max(1, len(cell) - 6)))


def test_a_file_that_trips_the_program_is_told_by_the_type_of_the_error_only() -> None:
    sheet = Sheet("表", None, pl.DataFrame({"t0": ["张三丰"], "wrong": [1]}))
    parsed = Parsed(ReceivedFile(Path("a.xlsx"), "a.xlsx"), "", 1, None, (sheet,))
    inspection = INSPECTOR.inspect(parsed, "dibao")
    assert not inspection.accepted
    assert not any("张三丰" in text for text in texts(inspection))


def test_a_file_of_nothing_but_a_header_is_told_like_any_other() -> None:
    header = ["姓名", "身份证号", "性别", "是否残疾", "年收入", "出生日期"]
    inspection = of_rows([header, ["", "", "", "", "3", ""]], "dibao")
    assert inspection.accepted
    contents = only_sheet(inspection).contents
    assert contents is not None
    assert contents.first_rows.height == 0
    assert sum(contents.rejected.values()) == 1


def test_the_order_of_the_rows_changes_no_count() -> None:
    header = ["姓名", "身份证号", "性别", "脱贫属性"]
    rows = [[f"甲{n}", person_id(n), str(n % 3), "某" * (n % 4)] for n in range(40)]
    shuffled = random.Random(7).sample(rows, len(rows))
    one, other = (
        only_sheet(of_rows([header, *body], "poverty")).contents for body in (rows, shuffled)
    )
    assert one is not None
    assert other is not None
    assert one.unknown_codes == other.unknown_codes
    assert one.kinds == other.kinds
