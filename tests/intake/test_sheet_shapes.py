"""Where the header is and what stands between the people: shapes of real lists that a row-by-row reading gets wrong."""

from pathlib import Path
from typing import Any

import polars as pl
import pytest

from tests.intake.offices import Range, person_id, read_here, receipt, text_file, workbook

P = [person_id(i) for i in range(30)]
PLAIN = ["序号", "姓名", "身份证号", "性别", "家庭住址", "年收入", "备注"]


def people(first: int, last: int) -> list[list[Any]]:
    return [
        [i, f"田{'一二三四五六七八九'[i]}", P[i], "男", "甲村", 100, ""] for i in range(first, last)
    ]


def in_workbook(
    folder: Path, rows: list[list[Any]], merged: list[Range] | None = None, register: str = "dibao"
) -> tuple[pl.DataFrame, dict[str, Any]]:
    workbook(folder / "a.xlsx", {"表": rows}, merged=merged or [])
    got = read_here(folder, register)
    return got.records.sort("source_row"), receipt(got, "a.xlsx")


def test_a_header_of_three_rows_says_whose_name_and_whose_income_it_is(tmp_path: Path) -> None:
    rows: list[list[Any]] = [
        ["甲县名册"],
        ["序号", "家庭成员基本情况", "", "", "", "", "帮扶责任人情况", ""],
        ["", "基本信息", "", "户主信息", "", "家庭情况", "", ""],
        ["", "姓名", "身份证号", "姓名", "身份证号", "年收入（元）", "姓名", "联系电话"],
        [1, "田二", P[0], "田大", P[1], 100, "何必问", "139"],
    ]
    merged = [
        Range(0, 0, 0, 7), Range(1, 0, 3, 0), Range(1, 1, 1, 5), Range(1, 6, 2, 7), Range(2, 1, 2, 2), Range(2, 3, 2, 4),
    ]  # fmt: skip
    records, got = in_workbook(tmp_path, rows, merged)
    row = records.row(0, named=True)
    assert got["header_row"] == 4
    assert [row[f] for f in ("name", "id_number", "head_name", "head_id")] == [
        "田二",
        P[0],
        "田大",
        P[1],
    ]
    assert (row["household_income"], row["annual_income"], row["phone"]) == ("100", None, None)
    assert "何必问" in row["other_cells"]


def test_a_text_file_has_three_rows_of_headers_without_merged_ranges(tmp_path: Path) -> None:
    rows = [
        ["名册"],
        ["序号", "姓名", "身份证号", "户主", "", "家庭情况", "", ""],
        ["", "", "", "", "", "人口", "", "收入"],
        ["", "", "", "姓名", "身份证号", "家庭人口数", "保障人口数", "年均收入"],
        ["1", "田二", P[0], "田大", P[1], "3", "2", "1500"],
    ]
    text_file(tmp_path / "a.csv", rows)
    row = read_here(tmp_path).records.row(0, named=True)
    assert [row[f] for f in ("name", "id_number", "head_name", "head_id")] == [
        "田二",
        P[0],
        "田大",
        P[1],
    ]
    assert [row[f] for f in ("household_size", "covered_size", "income_per_capita")] == [
        "3",
        "2",
        "1500",
    ]


def test_a_heading_in_the_middle_row_ends_where_the_next_one_above_begins(tmp_path: Path) -> None:
    rows = [
        ["姓名", "身份证号", "家庭情况", "", "户主", ""],
        ["", "", "监护人", "", "", ""],
        ["", "", "姓名", "联系电话", "姓名", "身份证号"],
        ["田二", P[0], "何必问", "139", "田大", P[1]],
    ]
    text_file(tmp_path / "a.csv", rows)
    row = read_here(tmp_path).records.row(0, named=True)
    assert [row[f] for f in ("name", "head_name", "head_id", "phone")] == [
        "田二", "田大", P[1], None
    ]  # fmt: skip


def test_a_spouse_beside_the_head_is_not_the_person_of_the_row(tmp_path: Path) -> None:
    rows = [
        ["姓名", "身份证号", "配偶信息", ""],
        ["", "", "姓名", "身份证号"],
        ["田大", P[0], "罗二", P[1]],
    ]
    merged = [Range(0, 0, 1, 0), Range(0, 1, 1, 1), Range(0, 2, 0, 3)]
    records, got = in_workbook(tmp_path, rows, merged)
    assert records.select("name", "id_number").rows() == [("田大", P[0])]
    assert got["unmapped_headers"] == ["配偶信息姓名", "配偶信息身份证号"]


@pytest.mark.parametrize("above", [0, 1, 7, 14])
def test_the_header_may_stand_below_many_titles(tmp_path: Path, above: int) -> None:
    titles: list[list[Any]] = [["姓名和备注须填写完整", "联系电话"]] * above
    records, got = in_workbook(tmp_path, [*titles, PLAIN, *people(0, 2)])
    assert got["header_row"] == above + 1
    assert records["name"].to_list() == ["田一", "田二"]


@pytest.mark.parametrize(
    "between",
    [
        pytest.param([["甲县名册"], PLAIN], id="header printed on every page"),
        pytest.param(
            [["甲县 名册（续表）"], ["序号", "姓 名", "身份证号码", "性别", "住址", "年收入", "说明"]],
            id="header of the next page spelled otherwise",
        ),
        pytest.param([["", "小计", "", "", "", 200, ""]], id="subtotal"),
        pytest.param([["天河村小计", "", "", "", "", 200, ""]], id="subtotal of a village"),
        pytest.param([["", "", "", "", "本页合计：", 200, ""]], id="total of a page"),
        pytest.param([["二、天河村"]], id="numbered heading"),
        pytest.param([["", "天河村（2户）", "", "", "", "", ""]], id="village in the column of names"),
        pytest.param([["第三组"]], id="group"),
        pytest.param([["第 2 页 共 5 页"]], id="page number"),
        pytest.param([["1", "2", "3", "4", "5", "6", "7"]], id="numbers of the columns"),
        pytest.param([["甲", "乙", "丙", "1", "2", "3", "4"]], id="marks of the columns"),
        pytest.param([["", "", "", "", "", "（元）", ""]], id="units"),
    ],
)  # fmt: skip
def test_what_stands_between_the_people_is_counted_and_dropped(
    tmp_path: Path, between: list[list[Any]]
) -> None:
    rows = [["甲县名册"], PLAIN, *people(0, 2), *between, *people(2, 4)]
    records, got = in_workbook(tmp_path, rows)
    assert records["id_number"].to_list() == P[:4]
    assert (got["rows_read"], got["rows_rejected"]) == (4, 0)
    assert got["rows_trailing"] == len(between)


def test_a_cell_merged_over_name_and_number_is_a_heading_whatever_it_says(tmp_path: Path) -> None:
    rows = [PLAIN, *people(0, 1), ["", "吉祥如意", "", "", "", "", ""], *people(1, 2)]
    records, got = in_workbook(tmp_path, rows, [Range(2, 1, 2, 6)])
    assert (records.height, got["rows_trailing"]) == (2, 1)


@pytest.mark.parametrize(
    "row",
    [
        ["", "田家村", "", "女", "", "", ""],
        ["", "合欢", "", "", "甲村", "", ""],
        ["", "户主", P[9], "", "", "", ""],
        ["", "甲", "", "男", "", "", ""],
        ["", "村", "", "", "", "", ""],
        ["", "小计", P[9], "", "", "", ""],
    ],
)
def test_somebody_with_an_odd_name_is_not_taken_for_a_heading(
    tmp_path: Path, row: list[Any]
) -> None:
    records, got = in_workbook(tmp_path, [PLAIN, *people(0, 1), row])
    assert records["name"].to_list() == ["田一", row[1]]
    assert got["rows_trailing"] == 0


@pytest.mark.parametrize(
    ("header", "field"),
    [
        ("姓\n名", "name"),
        ("【姓　名】", "name"),
        ("姓名（必填）", "name"),
        ("Ｘｍ", "name"),
        ("身份证号码（18位）", "id_number"),
        ("公民身份\r\n号码*", "id_number"),
        ("银行帐户名称", "account_name"),
        ("低保﹙特困﹚证号", "certificate_no"),
        ("县〔市、区〕", "county"),
        ("家庭年均收入\n（单位：元）", "income_per_capita"),
        ("务工时间(月)", None),
        ("1月保障金额", None),
    ],
)
def test_a_header_is_understood_however_it_is_written(
    tmp_path: Path, header: str, field: str | None
) -> None:
    wanted = {"name": "姓名", "id_number": "身份证号"}
    columns = [header, *(text for f, text in wanted.items() if f != field)]
    _, got = in_workbook(tmp_path, [columns, ["x", "田一", P[0]][: len(columns)]])
    assert (got["unmapped_headers"] == [header]) == (field is None)
    assert field is None or field in got["fields"]


def test_blank_columns_between_and_a_table_that_begins_further_right_and_down(
    tmp_path: Path,
) -> None:
    rows = [
        [],
        ["", "", "", ""],
        ["", "", "姓名", "", "身份证号", "", "性别"],
        ["", "", "田一", "", P[0], "", "女"],
    ]
    records, got = in_workbook(tmp_path, rows)
    assert records.select("name", "id_number", "sex").rows() == [("田一", P[0], "女")]
    assert (records["source_row"].to_list(), got["unmapped_headers"]) == ([4], [])


def test_what_is_merged_over_a_household_holds_for_all_its_members(tmp_path: Path) -> None:
    header = ["户编号", "户主姓名", "姓名", "身份证号", "性别", "家庭地址", "特长"]
    rows = [
        header,
        ["甲01", "田大", "田大", P[0], "男", "甲村1号", "木工"],
        ["", "", "田二", P[1], "", "", ""],
        ["", "", "", "", "", "", ""],
        ["甲02", "罗大", "罗大", P[2], "女", "", ""],
    ]
    merged = [Range(1, j, 3, j) for j in (0, 1, 4, 5, 6)]
    records, got = in_workbook(tmp_path, rows, merged, "poverty")
    wanted = ["household_no", "head_name", "address", "sex", "name", "other_cells"]
    assert records.select(wanted).rows() == [
        ("甲01", "田大", "甲村1号", "男", "田大", '{"特长":"木工"}'),
        ("甲01", "田大", "甲村1号", "", "田二", '{"特长":"木工"}'),
        ("甲02", "罗大", "", "女", "罗大", '{"特长":""}'),
    ]
    assert records["household_no_kind"].to_list() == ["text"] * 3
    assert "向下填充4格" in got["message"]
    assert (got["rows_read"], got["rows_blank"]) == (3, 1)


def test_a_name_or_number_merged_over_two_rows_is_one_persons_only(tmp_path: Path) -> None:
    rows = [["姓名", "身份证号"], ["田一", P[0]], ["", P[1]], ["田三", ""]]
    records, _ = in_workbook(tmp_path, rows, [Range(1, 0, 2, 0), Range(2, 1, 3, 1)])
    assert records.select("name", "id_number").rows() == [("田一", P[0]), ("", P[1]), ("田三", "")]


@pytest.mark.parametrize("register", ["deaths", "moved_away", "officials_kin", "relocation"])
def test_a_list_of_evidence_may_lack_numbers_where_it_says_the_village(
    tmp_path: Path, register: str
) -> None:
    records, got = in_workbook(
        tmp_path, [["姓名", "所属村"], ["田一", "甲村"], ["", "甲村"]], register=register
    )
    assert (got["status"], got["rows_accepted"], got["rows_rejected"]) == ("accepted", 1, 1)
    assert records["id_number"].to_list() == [None, None]


@pytest.mark.parametrize("register", ["dibao", "poverty", "tekun", "urban_dibao"])
def test_a_register_may_not_lack_numbers(tmp_path: Path, register: str) -> None:
    _, got = in_workbook(tmp_path, [["姓名", "所属村"], ["田一", "甲村"]], register=register)
    assert got["status"] == "refused"


def test_a_list_of_evidence_with_names_only_is_refused(tmp_path: Path) -> None:
    _, got = in_workbook(
        tmp_path, [["姓名", "死亡日期"], ["田一", "2018-01-01"]], register="deaths"
    )
    assert "缺少必需的列：身份证号/行政村/出生日期" in got["message"]
