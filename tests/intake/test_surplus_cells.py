"""Text files with rows longer than their header: an unquoted separator has moved cells, and a person must not be lost by it."""

import json
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from tests.intake.offices import person_id, read_here, receipt, text_file, workbook

P = [person_id(i) for i in range(40)]
HEADER = ["姓名", "身份证号", "家庭地址", "家庭人口数", "年收入", "备注"]
ORDINARY = [[f"田{i}", P[i], "甲村", "3", "1200", ""] for i in range(12)]


def one_row(
    folder: Path, row: list[str], header: list[str] = HEADER
) -> tuple[dict[str, Any], dict[str, Any]]:
    """The record of the last of many rows, and the receipt."""
    text_file(folder / "a.csv", [header, *ORDINARY, row])
    got = read_here(folder)
    assert got.records.height == len(ORDINARY) + 1
    return got.records.sort("source_row").row(-1, named=True), receipt(got, "a.csv")


def test_a_comma_in_the_last_cell_moves_nothing(tmp_path: Path) -> None:
    row, got = one_row(tmp_path, ["罗二", P[20], "乙村", "2", "900", "慢性病", "残疾"])
    assert (row["rejected"], row["name"], row["annual_income"], row["remark"]) == (
        None,
        "罗二",
        "900",
        "慢性病",
    )
    assert json.loads(row["other_cells"]) == {"（第7列无表头）": "残疾"}
    assert "1行单元格多于表头" in got["message"]
    assert "可能错列" not in got["message"]
    assert (got["rows_accepted"], got["rows_rejected"]) == (13, 0)


@pytest.mark.parametrize(
    "row",
    [
        ["罗二", P[20], "甲县", "乙村", "2", "900", ""],
        ["罗二", P[20], "甲县", "乙村", "2", "900", "低保"],
        ["罗二", P[20], "甲县", "乙村", "丙组", "2", "900", ""],
        ["罗二", P[20], "乙村", "2", "1", "200", "300"],
    ],
)
def test_a_comma_before_the_income_never_makes_another_income(
    tmp_path: Path, row: list[str]
) -> None:
    record, got = one_row(tmp_path, [*row, "x"])
    assert (record["rejected"], record["name"], record["id_number"]) == (None, "罗二", P[20])
    assert [record[f] for f in ("address", "household_size", "annual_income", "remark")] == [""] * 4
    kept = json.loads(record["other_cells"])
    assert [kept["家庭地址"], kept["家庭人口数"], kept["年收入"], kept["备注"]] == row[2:6]
    assert "其中1行姓名和身份证号码以后的内容可能错列" in got["message"]


@pytest.mark.parametrize(
    ("header", "row"),
    [
        (HEADER, ["罗", "二", P[20], "乙村", "2", "900", "x"]),
        (["家庭地址", *HEADER[:2], *HEADER[3:]], ["甲县", "乙村", "罗二", P[20], "2", "900", "x"]),
        (
            ["身份证号", "家庭地址", "姓名", *HEADER[3:]],
            [P[20], "甲县", "乙村", "罗二", "2", "900", "x"],
        ),
    ],
)
def test_a_row_whose_name_or_number_has_moved_is_sent_back(
    tmp_path: Path, header: list[str], row: list[str]
) -> None:
    order = [HEADER.index(text) for text in header]
    text_file(tmp_path / "a.csv", [header, *([cells[j] for j in order] for cells in ORDINARY), row])
    got = read_here(tmp_path)
    rejected = got.records.filter(pl.col("rejected").is_not_null())
    assert rejected["source_row"].to_list() == [14]
    assert "错列" in rejected["rejected"].item()


def test_where_most_rows_are_longer_the_header_lacks_its_last_name(tmp_path: Path) -> None:
    rows = [[*row, "木工"] for row in ORDINARY]
    text_file(tmp_path / "a.csv", [HEADER, *rows, ["罗", "二", P[20], "乙村", "2", "900", "x"]])
    intake = read_here(tmp_path)
    got = receipt(intake, "a.csv")
    assert (got["rows_accepted"], got["rows_rejected"]) == (12, 1)
    assert set(intake.records.filter(pl.col("rejected").is_null())["annual_income"]) == {"1200"}
    assert got["unmapped_headers"] == ["（第7列无表头）"]


def test_somebody_without_a_number_is_taken_too(tmp_path: Path) -> None:
    row, _ = one_row(tmp_path, ["罗二", "无", "乙村", "2", "900", "慢性病", "残疾"])
    assert (row["rejected"], row["name"], row["id_number"]) == (None, "罗二", "无")


def test_in_a_workbook_cells_beside_the_table_have_moved_nothing(tmp_path: Path) -> None:
    workbook(
        tmp_path / "a.xlsx",
        {"表": [HEADER, *ORDINARY, ["罗", "二", "甲", "乙", "丙", "丁", P[20]]]},
    )
    got = receipt(read_here(tmp_path), "a.xlsx")
    assert (got["rows_accepted"], got["rows_rejected"]) == (13, 0)


@pytest.mark.parametrize("surplus", [",,,", ", ,,"])
def test_empty_cells_beyond_the_header_are_nothing(tmp_path: Path, surplus: str) -> None:
    (tmp_path / "a.csv").write_text(f"名册\n姓名,身份证号\n田一,{P[0]}\n田二,{P[1]}{surplus}\n")
    got = receipt(read_here(tmp_path), "a.csv")
    assert (got["status"], got["rows_accepted"], got["message"]) == ("accepted", 2, None)
