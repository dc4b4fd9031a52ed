"""What a receipt says about cells somebody should mend, and what it never says: a person's name or number."""

import tempfile
import zipfile
from pathlib import Path
from typing import Any

import xlsxwriter
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.intake.offices import (
    Range,
    column,
    person_id,
    read,
    read_here,
    receipt,
    text_file,
    workbook,
)

P = [person_id(i) for i in range(40)]


def test_signs_for_characters_are_counted_by_name_and_private_use_by_character(
    tmp_path: Path,
) -> None:
    names = ["张?", "李＊四", "王□三", "■■", "钱×四", "赵\ue123\ue124", "孙六", "吴七〇"]
    rows = [[name, P[i], "备注?"] for i, name in enumerate(names)]
    text_file(tmp_path / "a.csv", [["姓名", "身份证号", "备注"], *rows], "utf-8")
    got = read_here(tmp_path)
    said = receipt(got, "a.csv")["message"]
    assert "5个姓名含缺字符号" in said
    assert "含自造字2个" in said
    assert column(got, "name") == names


def test_a_month_that_may_be_january_or_october_is_counted_and_stays_as_it_came(
    tmp_path: Path,
) -> None:
    months = [2018.1, "2018.1", "2018.10", 2018.01, "2018年8月", ""]
    rows: list[list[Any]] = [
        ["姓名", "身份证号", "最初享受月"],
        *(["田", P[i], month] for i, month in enumerate(months)),
    ]
    workbook(tmp_path / "a.xlsx", {"表": rows})
    got = read_here(tmp_path)
    assert column(got, "first_month") == ["2018.1", "2018.1", "2018.10", "2018.01", "2018年8月", ""]
    assert "2个年月写作“2018.1”" in receipt(got, "a.xlsx")["message"]


def test_error_values_and_formulas_nobody_calculated_are_no_blanks(tmp_path: Path) -> None:
    book = xlsxwriter.Workbook(tmp_path / "计算.xlsx")
    sheet = book.add_worksheet("表")
    sheet.write_row(0, 0, ["姓名", "身份证号", "户主身份证号"])
    sheet.write_row(1, 0, ["田一", P[0]])
    sheet.write_formula(1, 2, "=B2", None, P[0])
    sheet.write_row(2, 0, ["田二", P[1]])
    sheet.write_formula(2, 2, "=B3")
    sheet.write_row(3, 0, ["田三"])
    sheet.write_formula(3, 1, "=1/0", None, "#DIV/0!")
    sheet.write_formula(3, 2, '=""', None, "")
    book.close()
    part = "xl/worksheets/sheet1.xml"
    with zipfile.ZipFile(tmp_path / "计算.xlsx") as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    assert b"<f>B3</f><v>0</v>" in parts[part]
    parts[part] = parts[part].replace(b"<f>B3</f><v>0</v>", b"<f>B3</f><v></v>")
    parts[part] = parts[part].replace(b'<c r="C4"><f>', b'<c r="C4" t="str"><f>')  # as Excel does
    with zipfile.ZipFile(tmp_path / "计算.xlsx", "w") as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    got = read_here(tmp_path)
    assert column(got, "head_id") == [P[0], "", ""]
    assert column(got, "head_id_kind")[:2] == ["text", "error"]
    assert column(got, "id_number_kind") == ["text", "text", "error"]
    assert "2个单元格是错误值或没有计算结果的公式" in receipt(got, "计算.xlsx")["message"]


def test_hostile_texts_are_only_texts(tmp_path: Path) -> None:
    names = ["<script>alert(1)</script>", "=cmd|' /C calc'!A0", "+86", "@SUM(A1)", '"><img src=x>', "${jndi:x}", "%s%n", "{0}"]  # fmt: skip
    rows = [[name, P[i]] for i, name in enumerate(names)]
    workbook(tmp_path / "a.xlsx", {"表": [["姓名", "身份证号"], *rows]})
    text_file(tmp_path / "b.csv", [["姓名", "身份证号"], *rows])
    got = read_here(tmp_path)
    assert column(got, "name") == names * 2
    assert got.receipts["message"].to_list() == [None, None]


def test_a_protected_number_in_a_text_file_is_its_text(tmp_path: Path) -> None:
    lines = [
        "sep=,", '="姓名","=""身份证号""",备注', f'田一,="{P[0]}",="说""好"""', f'田二,"=""{P[1]}""",=A1+1',
        f'田三,\t{P[2]},="a"&B1&"c"', "田四,5.2232E+17,",
    ]  # fmt: skip
    (tmp_path / "a.csv").write_text("\n".join(lines))
    got = read_here(tmp_path)
    assert column(got, "id_number") == [*P[:3], "5.2232E+17"]
    assert column(got, "remark")[:3] == ['说"好"', "=A1+1", '="a"&B1&"c"']
    assert receipt(got, "a.csv")["ids_typed_as_numbers"] == 1


SECRET = "丰不识"
broken = st.sampled_from(
    [SECRET, f"{SECRET}（户主）", f"={SECRET}", P[30], f"'{P[30]}", f"{SECRET}\n{P[30]}", P[30][:17], "", "合计"]
)  # fmt: skip
tables = st.lists(st.lists(broken, min_size=2, max_size=6), min_size=1, max_size=6)
heads = st.sampled_from(
    [[], ["姓名", "身份证号"], ["姓名", "性别"], ["户主姓名", "身份证号", "家庭成员"], ["户主", "家庭成员", "身份证号", "备注"], ["名称", "编码"]]
)  # fmt: skip


ways = st.tuples(
    st.sampled_from(["dibao", "poverty", "deaths"]),
    st.sampled_from([".csv", ".xlsx"]),
    st.integers(0, 1),
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(table=tables, head=heads, way=ways)
def test_no_receipt_ever_shows_a_persons_cell(
    table: list[list[str]], head: list[str], way: tuple[str, str, int]
) -> None:
    register, suffix, at = way
    rows: list[list[Any]] = [*table[:at], head or [""], *table[at:]]
    with tempfile.TemporaryDirectory() as folder:
        if suffix == ".csv":
            text_file(Path(folder, "a.csv"), rows, "utf-8")
        else:
            workbook(Path(folder, "a.xlsx"), {"表": rows}, merged=[Range(0, 0, 1, 0)])
        receipts = read_here(Path(folder), register).receipts
    said = "".join(receipts["message"].drop_nulls())
    assert SECRET not in said
    assert P[30][:14] not in said


def test_a_refusal_by_the_parsing_process_shows_nobody_either(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(f'姓名,身份证号\n"{SECRET},{P[30]}\n')
    (tmp_path / "b.csv").write_bytes(f"姓名,身份证号\n{SECRET},{P[30]}\n".encode() + b"\xff")
    (tmp_path / "c.csv").write_text(f"姓名,身份证号\n{SECRET * 20_000},{P[30]}\n")
    got = read(tmp_path)
    assert got.receipts["status"].to_list() == ["refused"] * 3
    assert SECRET not in "".join(got.receipts["message"])


def test_a_refusal_names_the_known_headers_that_are_nearest(tmp_path: Path) -> None:
    workbook(
        tmp_path / "a.xlsx", {"表": [["姓名", "性别", "身份证明信息号码"], [SECRET, "女", P[30]]]}
    )
    workbook(tmp_path / "b.xlsx", {"表": [["人员的姓名", "公民的身份号码"], [SECRET, P[30]]]})
    got = read_here(tmp_path)
    assert "缺少必需的列：身份证号（C列与“身份证号码”相近）" in receipt(got, "a.xlsx")["message"]
    assert "第1行：文字5字符（近似“人员姓名”）" in receipt(got, "b.xlsx")["message"]
    assert SECRET not in "".join(got.receipts["message"])
