"""Text files: encodings, separators, line breaks in cells, and Parquet."""

import datetime
import json
from pathlib import Path

import polars as pl
import pytest

from reconciliation.intake.delimited import decode, find_separator
from reconciliation.intake.refusals import RefusedError
from reconciliation.intake.register import Intake
from tests.intake.offices import column, person_id, read, receipt, text_file

P = [person_id(i) for i in range(20)]
HEADER = ["姓名", "身份证号", "备注"]
ROWS = [HEADER, ["田一苇", P[0], "听说，很好"], ["罗二月", P[1], "两行\n备注"], ["𠮷三", P[2], ""]]


@pytest.fixture(scope="module")
def intake(tmp_path_factory: pytest.TempPathFactory) -> Intake:
    folder = tmp_path_factory.mktemp("dibao")
    text_file(folder / "utf8.csv", ROWS, "utf-8")
    text_file(folder / "bom.csv", ROWS, "utf-8-sig", ";")
    text_file(folder / "ansi.CSV", ROWS, "gb18030", "\t")
    text_file(folder / "utf16.csv", ROWS, "utf-16", "\t")
    text_file(
        folder / "title.csv",
        [["甲县低保名单"], [], HEADER, ["田", P[3], ""], [], ["合计", "", "1人"]],
    )
    (folder / "invisible.csv").write_bytes(
        f"姓名,身份证号\n田\0一\u200b苇,'{P[10]}\n  李 四\u3000,{P[11]}\n".encode()
    )
    pl.DataFrame(
        {
            "姓名": ["田一苇", None],
            "身份证号": [P[12], P[13]],
            "户主身份证号": [int(P[12]), None],
            "出生日期": [datetime.date(1960, 1, 2), None],
            "年收入": [1200.0, float("nan")],
            "是否残疾": [True, False],
        }
    ).write_parquet(folder / "表.parquet")
    return read(folder)


@pytest.mark.parametrize(
    ("file", "encoding"),
    [
        ("utf8.csv", "UTF-8"),
        ("bom.csv", "UTF-8-BOM"),
        ("ansi.CSV", "GB18030"),
        ("utf16.csv", "UTF-16"),
    ],
)
def test_encodings_and_separators_give_the_same_rows(
    intake: Intake, file: str, encoding: str
) -> None:
    rows = intake.records.filter(source_file=file).sort("source_row")
    assert rows.select("name", "id_number", "remark").rows() == [tuple(row) for row in ROWS[1:]]
    assert rows["source_row"].to_list() == [2, 3, 4]
    assert receipt(intake, file)["encoding"] == encoding
    assert rows["source_sheet"].to_list() == [None] * 3


def test_rows_are_counted_as_in_excel_under_a_title(intake: Intake) -> None:
    got = receipt(intake, "title.csv")
    assert (got["header_row"], got["rows_accepted"], got["rows_trailing"]) == (3, 1, 1)
    assert got["rows_blank"] == 1
    assert intake.records.filter(source_file="title.csv")["source_row"].to_list() == [4]


def test_invisible_characters_go_and_are_counted_and_nothing_else_is_touched(
    intake: Intake,
) -> None:
    rows = intake.records.filter(source_file="invisible.csv").sort("source_row")
    assert rows["name"].to_list() == ["田一苇", "李 四"]
    assert rows["id_number"].to_list() == ["'" + P[10], P[11]]
    assert "不可见字符2个" in receipt(intake, "invisible.csv")["message"]


def test_parquet_keeps_kinds_and_counts_its_header_as_row_one(intake: Intake) -> None:
    rows = intake.records.filter(source_file="表.parquet").sort("source_row")
    assert rows["source_row"].to_list() == [2, 3]
    first, second = rows.rows(named=True)
    assert first["birth_date"] == "1960-01-02"
    assert (first["annual_income"], second["annual_income"]) == ("1200", "")
    assert (first["disabled"], second["disabled"]) == ("是", "否")
    assert (first["head_id"], first["head_id_kind"]) == (P[12][:15] + "000", "number")
    assert second["head_id_kind"] == "blank"
    assert second["name"] == ""


@pytest.mark.parametrize(
    ("headers", "names"),
    [
        (["费用#", "费用#"], ["费用#", "费用##2"]),
        (["甲项", "甲项", "甲项#2"], ["甲项", "甲项#2", "甲项#2#2"]),
        (["甲项#2", "甲项", "甲项"], ["甲项#2", "甲项", "甲项#3"]),
    ],
)
def test_unknown_columns_of_one_name_are_told_apart(
    tmp_path: Path, headers: list[str], names: list[str]
) -> None:
    cells = [str(n) for n in range(len(headers))]
    text_file(
        tmp_path / "a.csv", [["姓名", "身份证号", *headers], ["田一苇", person_id(1), *cells]]
    )
    got = read(tmp_path)
    assert receipt(got, "a.csv")["unmapped_headers"] == names
    assert json.loads(got.records["other_cells"].item()) == dict(zip(names, cells, strict=True))


def test_a_row_with_an_id_only_is_taken(intake: Intake) -> None:
    assert receipt(intake, "表.parquet")["rows_accepted"] == 2
    assert "田一苇" in column(intake, "name")


# The characters by the tables of GB 18030-2022, typed by hand from the standard's code chart.
@pytest.mark.parametrize(
    ("code", "character"),
    [
        ("FE51", "𠂇"),
        ("FE59", "龴"),
        ("FE6C", "𡗗"),
        ("FE91", "𤇾"),
        ("FEA0", "龻"),
        ("FE7E", "龹"),
    ],
)
def test_the_fourteen_late_codes_are_characters_not_private_use(code: str, character: str) -> None:
    text, encoding = decode("张".encode("gb18030") + bytes.fromhex(code))
    assert (text, encoding) == ("张" + character, "GB18030")


@pytest.mark.parametrize("first", ["utf-8", "gb18030"])
def test_two_encodings_in_one_file_are_refused_with_the_place(first: str) -> None:
    other = "gb18030" if first == "utf-8" else "utf-8"
    start = "姓名,住址\n".encode(first)
    mixed = start + "张三,甲县乙乡\n".encode(other) + "李四,甲县乙乡\n".encode(first)
    with pytest.raises(RefusedError) as refused:
        decode(mixed)
    assert refused.value.reason == "mixed_encoding"
    assert int(str(refused.value.values["offset"])) > len(start)


@pytest.mark.parametrize("separator", [",", "\t", ";"])
def test_the_separator_is_found_although_others_stand_in_the_cells(separator: str) -> None:
    rows = [["姓名", "成员", "病"], *[[f"人{i}", "甲;乙;丙", "高血压,残疾\t重"] for i in range(5)]]
    text = "\n".join(separator.join(f'"{cell}"' for cell in row) for row in rows)
    assert find_separator(text) == separator


def test_a_few_cells_that_are_another_separator_do_not_decide_against_a_wide_header() -> None:
    text = "名册\n姓名,身份证号,户主姓名,救助类型,备注\n,,,,,;\n;\n"
    assert find_separator(text) == ","


def test_the_separator_of_unquoted_rows(tmp_path: Path) -> None:
    text = "名册\n姓名,身份证号,备注\n" + "\n".join(f"人{i},{i},甲;乙" for i in range(5))
    assert find_separator(text) == ","
