"""What a cell of a table becomes: what a file of the same list would have given."""

import csv
import io
from pathlib import Path

import pytest
from polars.testing import assert_frame_equal

from reconciliation.registers.schema import LINEAGE
from tests.intake.databases.tables import (
    cells,
    make,
    only,
    refused,
    taken,
)
from tests.intake.offices import person_id, read, text_file
from tests.postgres import Postgres


@pytest.mark.parametrize("type_name", ["numeric", "numeric(18,0)", "numeric(20,2)", "bigint"])
def test_an_id_kept_exactly_as_a_number_is_whole(
    postgres: Postgres, database: str, type_name: str
) -> None:
    """No 15-digit loss; and where the X was lost or a digit is missing nothing is made up."""
    make(postgres, database, f"CREATE TABLE jz.people (xm text, sfzh {type_name})")
    postgres.run(
        "INSERT INTO jz.people VALUES ('甲', 522324196003070011), ('乙', 52232419600307001), ('丙', NULL)",
        database,
    )
    intake = taken({"columns": {"xm": "姓名", "sfzh": "身份证号"}})
    assert cells(intake, "name", "id_number", "id_number_kind") == [
        ("丙", "", "blank"),
        ("乙", "52232419600307001", "text"),
        ("甲", "522324196003070011", "text"),
    ]
    receipt = only(intake)
    assert receipt["ids_typed_as_numbers"] == 0
    assert "sfzh" in receipt["message"]
    assert "X" in receipt["message"]


def test_an_id_kept_as_a_binary_fraction_is_lost_beyond_its_digits(
    postgres: Postgres, database: str
) -> None:
    make(
        postgres,
        database,
        "CREATE TABLE jz.people (xm text, sfzh double precision, hz real);"
        "INSERT INTO jz.people VALUES ('甲', 522324196003070011, 522324196003070011)",
    )
    intake = taken({"columns": {"xm": "name", "sfzh": "id_number", "hz": "head_id"}})
    [(number, kind, head, head_kind)] = cells(
        intake, "id_number", "id_number_kind", "head_id", "head_id_kind"
    )
    assert (number, kind) == ("522324196003070000", "number")
    assert (head, head_kind) == ("5.223242e+17", "number")
    assert only(intake)["ids_typed_as_numbers"] == 1


def test_every_type_becomes_the_text_a_file_would_have_given(
    postgres: Postgres, database: str
) -> None:
    make(
        postgres,
        database,
        "CREATE TYPE jz.sex AS ENUM ('男', '女'); CREATE DOMAIN jz.yuan AS numeric(10,2);"
        "CREATE DOMAIN jz.income AS jz.yuan;"
        "CREATE TABLE jz.people (xm char(10), sfzh varchar(20), born date, first timestamp, seen timestamptz,"
        " poor boolean, age smallint, income jz.income, total double precision, sex jz.sex, cash money, size real);"
        "INSERT INTO jz.people VALUES ('甲', ' 1 ', '1960-03-07', '2018-01-02 23:59:59.5', '2018-01-02 23:30+00',"
        " true, 58, 3900.50, 12.10, '女', 1200.50, 2.5), ('乙', '', 'infinity', NULL, NULL, false, NULL, 3000, 'NaN', NULL,"
        " NULL, 'Infinity')",
    )
    columns = {
        "xm": "name", "sfzh": "id_number", "born": "birth_date", "first": "first_month", "seen": "remark",
        "poor": "flag_poverty", "age": "age", "income": "income_per_capita", "total": "total_amount", "sex": "sex",
        "cash": "household_monthly_amount", "size": "household_size",
    }  # fmt: skip
    fields = list(columns.values())
    assert cells(taken({"columns": columns}), *fields) == [
        ("乙", "", "infinity", "", "", "否", "", "3000", "", "", "", ""),
        ("甲", "1", "1960-03-07", "2018-01-02", "2018-01-03", "是", "58", "3900.5", "12.1", "女", "1200.5", "2.5"),
    ]  # fmt: skip


def test_a_column_that_is_no_cell_is_named_and_refused(postgres: Postgres, database: str) -> None:
    make(postgres, database, "CREATE TABLE jz.people (xm bytea, sfzh text, bz json, lb text[])")
    columns = {"xm": "name", "sfzh": "id_number", "bz": "remark", "lb": "低保类别"}
    assert "列“xm、bz、lb”的类型不能作为单元格" in refused(taken({"columns": columns}))


def test_the_same_list_gives_the_same_records_as_a_file(
    postgres: Postgres, database: str, tmp_path: Path
) -> None:
    rows = [
        ("田一苇", person_id(1), "农村低保", "一类", "甲村"),
        ("罗\u200b二", person_id(2).lower(), "农村低保", "", "=cmd()"),
        ("<script>", "无", "", "", "“引”,'号'\n"),
        ("合计", "", "", "", ""),
        ("", "", "", "", "残"),
        ("", "", "", "", ""),
    ]
    make(
        postgres, database, "CREATE TABLE jz.people (XM text, SFZH text, LX text, LB text, QT text)"
    )
    out = io.StringIO(newline="")
    csv.writer(out).writerows(rows)
    postgres.run("COPY jz.people FROM STDIN (FORMAT csv)", database, out.getvalue())
    columns = {"xm": "XM", "sfzh": "SFZH", "lx": "低保类型", "lb": "class_tier", "qt": "不认识的列"}
    headers = ("XM", "SFZH", "低保类型", "低保类别", "不认识的列")
    text_file(tmp_path / "a.csv", [headers, *rows], "utf-8")
    from_table, from_file = taken({"columns": columns}), read(tmp_path)
    assert from_file.records.height == 4
    assert_frame_equal(from_table.records.drop(LINEAGE), from_file.records.drop(LINEAGE))
    counts = ["rows_read", "rows_accepted", "rows_rejected", "rows_trailing", "rows_blank", "fields", "unmapped_headers"]  # fmt: skip
    assert_frame_equal(from_table.receipts.select(counts), from_file.receipts.select(counts))


def test_a_row_that_looks_like_a_header_is_a_row(postgres: Postgres, database: str) -> None:
    make(
        postgres,
        database,
        "CREATE TABLE jz.people (xm text, sfzh text, hz text);"
        "INSERT INTO jz.people VALUES ('', '', '姓名'), ('田三', '1', '罗四')",
    )
    columns = {"xm": "name", "sfzh": "id_number", "hz": "户主"}
    receipt = only(taken({"columns": columns}))
    assert (receipt["rows_read"], receipt["rows_accepted"], receipt["rows_rejected"]) == (2, 1, 1)
    assert receipt["header_row"] == 1
