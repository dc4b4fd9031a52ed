"""The shapes of workbooks: titles, two-row headers, several sheets, totals, signatures, repeated headers."""

from pathlib import Path

import polars as pl
import pytest
import xlsxwriter
import xlwt

from reconciliation.intake.records import RECEIPT_SCHEMA, records_schema
from reconciliation.intake.register import Intake
from reconciliation.registers.schema import REGISTERS
from tests.intake.offices import LEAN, Range, column, person_id, read, receipt, text_file, workbook

P = [person_id(i) for i in range(40)]


@pytest.fixture(scope="module")
def intake(tmp_path_factory: pytest.TempPathFactory) -> Intake:
    folder = tmp_path_factory.mktemp("dibao")
    workbook(
        folder / "甲县" / "标题.xlsx",
        {
            "Sheet1": [
                ["甲县农村低保人员花名册"],
                ["单位：甲县民政局", "", "", "2018年8月"],
                LEAN,
                [1, "田一苇", P[0], "农村低保", "A", ""],
                ["", "小计", "", "", "", "1人"],
                [2, "罗二月", P[1], "农村低保", "B", ""],
                ["甲县农村低保人员花名册"],
                LEAN,
                [3, "钱三秋", P[2], "农村低保", "C", ""],
                [4, "", "", "", "", ""],
                ["", "", "", "农村低保", "C", "待补"],
                ["合计", "", "", "", "", "3人"],
                ["填表人：", "石四海", "", "审核人：", "江五湖"],
            ]
        },
        merged=[Range(0, 0, 0, 5)],
    )
    workbook(
        folder / "两行.xlsx",
        {
            "天河镇": [
                ["天河镇名册", "", "", "", "", "", ""],
                ["姓名", "户主", "", "帮扶责任人", "", "收入情况", "身份证号"],
                ["", "姓名", "身份证号", "姓名", "联系电话", "年收入（元）", ""],
                ["田一苇", "田大江", P[3], "何必问", "13900000000", 1200, P[4]],
            ]
        },
        merged=[
            Range(0, 0, 0, 6),
            Range(1, 0, 2, 0),
            Range(1, 1, 1, 2),
            Range(1, 3, 1, 4),
            Range(1, 6, 2, 6),
        ],
    )
    text_file(
        folder / "两行.csv",
        [["姓名", "户主", "", "身份证号"], ["", "姓名", "身份证号", ""], ["田", "江", P[5], P[6]]],
    )
    workbook(
        folder / "多表.XLSX",
        {
            "一镇": [LEAN, [1, "田一苇", P[7], "", "", ""]],
            "二镇": [LEAN, [1, "罗二月", P[8], "", "", ""], [2, "罗三月", P[9], "", "", ""]],
            "字典": [LEAN, [1, "隐者", P[15], "", "", ""]],
            "填表说明": [["本表由乡镇填写"], ["每人一行"]],
            "空": [],
        },
        hidden=["字典"],
    )
    book = xlwt.Workbook()
    sheet = book.add_sheet("表")
    old: list[list[str | float]] = [
        ["姓名", "身份证号"],
        ["吴老表", P[10]],
        ["吴数字", float(P[11])],
    ]
    for i, row in enumerate(old):
        for j, value in enumerate(row):
            sheet.write(i, j, value)
    book.save(str(folder / "旧.xls"))
    workbook(
        folder / "数字.xlsx",
        {
            "Sheet1": [
                ["姓名", "身份证号", "年收入", "残疾证号", "特长"],
                ["田", int(P[12]), 2018.5, 7, "木工"],
            ]
        },
    )
    workbook(folder / "~$数字.xlsx", {"Sheet1": [["锁"]]})
    (folder / ".ready").touch()
    (folder / "说明.docx").write_bytes(b"x")
    return read(folder)


def test_titles_totals_signatures_and_repeated_headers_are_counted_and_dropped(
    intake: Intake,
) -> None:
    got = receipt(intake, "甲县/标题.xlsx")
    assert got["status"] == "accepted"
    assert got["header_row"] == 3
    # Subtotal, repeated title, repeated header, total, signature; a numbered row without anything else is blank.
    assert (got["rows_trailing"], got["rows_blank"]) == (5, 1)
    assert (got["rows_read"], got["rows_accepted"], got["rows_rejected"]) == (4, 3, 1)


def test_source_row_is_the_row_a_person_sees(intake: Intake) -> None:
    rows = intake.records.filter(source_file="甲县/标题.xlsx", name="钱三秋")
    assert rows["source_row"].to_list() == [9]
    assert rows["source_sheet"].to_list() == ["Sheet1"]


def test_a_row_about_nobody_is_rejected_with_a_reason_and_kept(intake: Intake) -> None:
    rejected = intake.records.filter(pl.col("rejected").is_not_null())
    assert rejected["source_row"].to_list() == [11]
    assert "姓名" in rejected["rejected"][0]
    assert rejected["remark"][0] == "待补"


@pytest.mark.parametrize("file", ["两行.xlsx", "两行.csv"])
def test_a_two_row_header_says_whose_name_it_is(intake: Intake, file: str) -> None:
    row = intake.records.filter(source_file=file).row(0, named=True)
    assert row["name"].startswith("田")
    assert row["id_number"] in (P[4], P[6])
    assert row["head_id"] in (P[3], P[5])
    assert row["head_name"] in ("田大江", "江")
    got = receipt(intake, file)
    assert (got["rows_read"], got["rows_trailing"]) == (1, 0)


def test_another_persons_heading_over_a_name_is_not_the_name(intake: Intake) -> None:
    got = receipt(intake, "两行.xlsx")
    assert got["unmapped_headers"] == ["帮扶责任人姓名", "帮扶责任人联系电话"]
    row = intake.records.filter(source_file="两行.xlsx").row(0, named=True)
    assert "何必问" in row["other_cells"]
    assert row["phone"] is None
    assert row["annual_income"] == "1200"


def test_every_sheet_has_its_receipt_and_hidden_ones_are_not_read(intake: Intake) -> None:
    assert receipt(intake, "多表.XLSX", "二镇")["rows_accepted"] == 2
    for sheet in ("字典", "填表说明", "空"):
        got = receipt(intake, "多表.XLSX", sheet)
        assert (got["status"], got["rows_read"]) == ("skipped", 0)
        assert got["message"]


def test_an_old_workbook_is_read_and_an_id_typed_as_a_number_is_marked(intake: Intake) -> None:
    rows = intake.records.filter(source_file="旧.xls").sort("source_row")
    assert rows["id_number_kind"].to_list() == ["text", "number"]
    assert rows["id_number"].to_list() == [P[10], P[11][:15] + "000"]
    assert receipt(intake, "旧.xls")["ids_typed_as_numbers"] == 1


def test_absent_and_blank_are_told_apart_and_unmapped_cells_are_kept(intake: Intake) -> None:
    row = intake.records.filter(source_file="数字.xlsx").row(0, named=True)
    assert row["annual_income"] == "2018.5"
    assert row["remark"] is None
    assert row["head_id_kind"] is None
    assert row["disability_certificate_kind"] == "number"
    assert row["other_cells"] == '{"特长":"木工"}'
    assert "" in column(intake, "remark")


def test_an_error_value_is_a_blank_that_says_it_was_an_error(tmp_path: Path) -> None:
    book = xlsxwriter.Workbook(tmp_path / "公式.xlsx")
    book.add_worksheet("空")
    sheet = book.add_worksheet("表")
    sheet.write_row(2, 1, ["姓名", "身份证号", "户主身份证号"])
    sheet.write_row(3, 1, ["田一苇", P[13]])
    sheet.write_formula(3, 3, "=VLOOKUP(1,A1:A1,1)", None, "#N/A")
    sheet.write_row(4, 1, ["罗二月", "", P[14]])
    sheet.write_formula(5, 1, '="钱三"', None, "钱三")
    sheet.write_formula(5, 2, "=1/0", None, "#DIV/0!")
    book.close()
    rows = read(tmp_path).records.sort("source_row")
    assert rows["source_row"].to_list() == [4, 5, 6]
    assert rows["head_id"].to_list() == ["", P[14], ""]
    assert rows["head_id_kind"].to_list() == ["error", "text", "blank"]
    assert rows["id_number_kind"].to_list() == ["text", "blank", "error"]


def test_a_row_whose_name_and_number_are_error_values_is_no_blank_row(tmp_path: Path) -> None:
    """Somebody was meant: a list drawn by formulas from a sheet that was cut off would vanish without a word."""
    book = xlsxwriter.Workbook(tmp_path / "公式.xlsx")
    sheet = book.add_worksheet("表")
    sheet.write_row(0, 0, ["序号", "姓名", "身份证号", "年收入"])
    sheet.write_row(1, 0, [1, "田一苇", P[13]])
    sheet.write_number(2, 0, 2)
    sheet.write_formula(2, 1, "=Z1", None, "#REF!")
    sheet.write_formula(2, 2, "=Z2", None, "#REF!")
    sheet.write_formula(3, 3, "=Z3", None, "#N/A")  # a template filled in beyond its people
    book.close()
    got = read(tmp_path)
    told = receipt(got, "公式.xlsx")
    counts = [told[f"rows_{name}"] for name in ("read", "accepted", "rejected", "blank")]
    assert counts == [2, 1, 1, 1]
    rejected = got.records.filter(pl.col("rejected").is_not_null())
    assert rejected["source_row"].to_list() == [3]


def test_running_numbers_are_neither_content_nor_unmapped(intake: Intake) -> None:
    got = receipt(intake, "多表.XLSX", "一镇")
    assert got["unmapped_headers"] == []
    assert set(intake.records.filter(source_sheet="一镇")["other_cells"]) == {"{}"}


def test_other_formats_are_left_aside_and_locks_are_not_mentioned(intake: Intake) -> None:
    left = receipt(intake, "说明.docx")
    assert (left["status"], left["left_aside"]) == ("skipped", "other_format")
    files = set(intake.receipts["source_file"])
    assert not any(file.startswith(("~$", ".")) for file in files)


def test_the_frames_are_what_the_contract_says(intake: Intake) -> None:
    assert dict(intake.records.schema) == records_schema(REGISTERS["dibao"])
    assert dict(intake.receipts.schema) == RECEIPT_SCHEMA
    assert intake.records["record"].to_list() == list(range(1, intake.records.height + 1))


def test_an_empty_or_missing_folder_gives_typed_empty_frames(tmp_path: Path) -> None:
    for folder in (tmp_path, tmp_path / "none"):
        nothing = read(folder, "deaths")
        assert nothing.records.height == nothing.receipts.height == 0
        assert dict(nothing.records.schema) == records_schema(REGISTERS["deaths"])
        assert dict(nothing.receipts.schema) == RECEIPT_SCHEMA
