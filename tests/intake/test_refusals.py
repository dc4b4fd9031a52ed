"""Files that cannot be taken: refused with a sentence a clerk can act on, and never a reason to stop."""

import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import xlsxwriter
import xlwt
from xlwt import CompoundDoc

from reconciliation.intake import sheets
from reconciliation.intake.body import Body, read_body
from reconciliation.intake.parsing import Sheet
from reconciliation.intake.register import Intake
from tests.intake.offices import (
    LEAN,
    SETTINGS,
    person_id,
    read,
    read_here,
    receipt,
    text_file,
    workbook,
)

GOOD = [LEAN, [1, "田一苇", person_id(1), "农村低保", "A", ""]]
SMALL = SETTINGS.model_copy(
    update={
        "max_file_bytes": 4 << 20,
        "max_rows": 2000,
        "max_columns": 60,
        "memory_bytes": 1 << 30,
        "timeout_seconds": 60,
        "max_cell_characters": 400,
        "max_zip_entries": 100,
    }
)
SECRET_NAME, SECRET_ID = "丰不识", person_id(23)


def bomb(path: Path) -> None:
    """Two megabytes that unpack to two thousand."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        with archive.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as entry:
            for _ in range(60):
                entry.write(b" " * (1 << 20))


def lying_bomb(path: Path, said: int) -> None:
    """Sixty megabytes in a sheet whose archive says that it unpacks to another size."""
    bomb(path)
    content = path.read_bytes()
    truth = (60 << 20).to_bytes(4, "little")
    assert truth in content
    path.write_bytes(content.replace(truth, said.to_bytes(4, "little")))


def locked(path: Path) -> None:
    """An .xls with a password to open it: the record of its encryption right behind the first one."""
    book = xlwt.Workbook()
    book.add_sheet("表").write(0, 0, "姓名")
    stream = book.get_biff_data()
    encryption = bytes.fromhex("2f003600010001000100") + b"z" * 48
    CompoundDoc.XlsDoc().save(str(path), stream[:20] + encryption + stream[20:])


def far_cell(path: Path) -> None:
    """A handful of bytes, one cell in the last column of the last row."""
    book = xlsxwriter.Workbook(path)
    sheet = book.add_worksheet()
    sheet.write_string(0, 0, "姓名")
    sheet.write_string(1048575, 16383, "x")
    book.close()


def entities(path: Path) -> None:
    """A workbook whose first sheet defines entities upon entities."""
    workbook(path, {"Sheet1": GOOD})
    layers = "".join(f'<!ENTITY e{i} "{f"&e{i - 1};" * 10}">' for i in range(1, 12))
    bad = f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e0 "ha">{layers}]><worksheet><sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>&e11;</t></is></c></row></sheetData></worksheet>'
    rewritten(path, {"xl/worksheets/sheet1.xml": bad.encode()})


def rewritten(path: Path, parts: dict[str, bytes]) -> None:
    """The archive with some parts replaced or added."""
    with zipfile.ZipFile(path) as archive:
        content = {name: archive.read(name) for name in archive.namelist()} | parts
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in content.items():
            archive.writestr(name, data)


@pytest.fixture(scope="module")
def intake(tmp_path_factory: pytest.TempPathFactory) -> Intake:
    folder = tmp_path_factory.mktemp("dibao")
    workbook(folder / "good.xlsx", {"Sheet1": GOOD})
    good = (folder / "good.xlsx").read_bytes()
    ole = bytes.fromhex("D0CF11E0A1B11AE1")
    for name, content in {
        "no_bytes.csv": b"",
        "blank.csv": b"\n,,\n  \n",
        "truncated.xlsx": good[:-200],
        "renamed.csv": good,
        "renamed.xls": good,
        "text.xlsx": "姓名,身份证号\n".encode(),
        "page.xls": "<!-- 导出 --><html><meta charset=gbk><table><td>姓名".encode("gbk"),
        "mail.xls": b"MIME-Version: 1.0\r\nContent-Type: multipart/related",
        "xml.xls": b'<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?><Workbook/>',
        "text.xls": "姓名\t身份证号\n田一苇\t1\n".encode("gb18030"),
        "unmarked.csv": "姓名,身份证号\n田一苇,1\n".encode("utf-16-le"),
        "picture.xlsx": b"\x89PNG\r\n\x1a\n" + b"\0" * 100,
        "paper.xlsx": b"%PDF-1.4",
        "word.xls": ole + b"\0" * 500 + "WordDocument".encode("utf-16-le") + b"\0" * 500,
        "text.parquet": "姓名,身份证号\n".encode(),
        "page.csv": b"<html><table><tr><td>x</td></tr></table></html>",
        "old.xlsx": ole + b"\0" * 2000,
        "broken.xls": ole + b"\0" * 2000,
        "encrypted.xlsx": ole + b"\0" * 500 + "EncryptedPackage".encode("utf-16-le") + b"\0" * 500,
        "broken.parquet": b"PAR1" + b"\0" * 100 + b"PAR1",
        "renamed.parquet": good,
        "mixed.csv": "姓名,身份证号,住址\n".encode() + "张三,1,甲县乙乡丙村\n".encode("gb18030"),
        "quote.csv": f'姓名,身份证号\n"田一,{person_id(2)}\n罗二,{person_id(3)}\n'.encode(),
        "long_cell.csv": f"姓名,身份证号\n田,{'9' * 500}\n".encode(),
        "too_large.csv": b"a" * (5 << 20),
        "other.zip.xlsx": b"",
    }.items():
        (folder / name).write_bytes(content)
    with zipfile.ZipFile(folder / "other.zip.xlsx", "w") as archive:
        archive.writestr("word/document.xml", "<w/>")
    workbook(folder / "paths.xlsx", {"Sheet1": GOOD})
    rewritten(folder / "paths.xlsx", {"../evil": b"x"})
    workbook(folder / "parts.xlsx", {"Sheet1": GOOD})
    rewritten(folder / "parts.xlsx", {f"xl/media/{i}": b"x" for i in range(200)})
    bomb(folder / "bomb.xlsx")
    lying_bomb(folder / "lying_large.xlsx", 3 << 30)
    lying_bomb(folder / "lying_small.xlsx", 50_000)
    locked(folder / "locked.xls")
    far_cell(folder / "far.xlsx")
    entities(folder / "entities.xlsx")
    workbook(folder / "empty.xlsx", {"Sheet1": [], "Sheet2": []})
    people = [[i, f"{SECRET_NAME}", SECRET_ID, "农村低保", "A", ""] for i in range(1, 4)]
    workbook(folder / "headerless.xlsx", {"名单": people})
    workbook(
        folder / "no_number.xlsx", {"名单": [["姓名", "性别", "住址"], [SECRET_NAME, "男", "甲"]]}
    )
    workbook(folder / "one_bad_sheet.xlsx", {"一镇": GOOD, "二镇": people})
    workbook(
        folder / "no_names_sheet.xlsx",
        {"一镇": GOOD, "二镇": [["姓名", "性别"], [SECRET_NAME, "女"]]},
    )
    text_file(
        folder / "rows.csv", [LEAN, *([i, "田", person_id(i), "", "", ""] for i in range(2100))]
    )
    text_file(folder / "columns.csv", [[*LEAN, *(f"列{i}" for i in range(70))]])
    return read(folder, settings=SMALL)


@pytest.mark.parametrize(
    ("file", "says"),
    [
        ("no_bytes.csv", "0字节"),
        ("blank.csv", "没有任何数据"),
        ("empty.xlsx", "没有任何数据"),
        ("truncated.xlsx", "已损坏或不完整"),
        ("broken.xls", "已损坏或不完整"),
        ("broken.parquet", "已损坏或不完整"),
        ("renamed.csv", "扩展名.csv与内容不符：实为 .xlsx 工作簿"),
        ("renamed.xls", "扩展名.xls与内容不符：实为 .xlsx 工作簿。请把扩展名改为 .xlsx"),
        ("renamed.parquet", "扩展名.parquet与内容不符：实为 .xlsx 工作簿"),
        ("text.xlsx", "扩展名.xlsx与内容不符：实为文本"),
        ("text.xls", "扩展名.xls与内容不符：实为文本"),
        ("text.parquet", "扩展名.parquet与内容不符：实为文本"),
        ("page.xls", "扩展名.xls与内容不符：实为网页"),
        ("page.csv", "扩展名.csv与内容不符：实为网页"),
        ("mail.xls", "实为网页"),
        ("xml.xls", "实为网页"),
        ("old.xlsx", "扩展名.xlsx与内容不符：实为旧版 .xls 工作簿"),
        ("word.xls", "内容不是扩展名.xls"),
        ("picture.xlsx", "内容不是扩展名.xlsx"),
        ("paper.xlsx", "内容不是扩展名.xlsx"),
        ("unmarked.csv", "内容不是扩展名.csv"),
        ("lying_large.xlsx", "展开后有3072MB"),
        ("lying_small.xlsx", "已损坏或不完整"),
        ("locked.xls", "已加密"),
        ("other.zip.xlsx", "扩展名.xlsx"),
        ("encrypted.xlsx", "已加密"),
        ("mixed.csv", "编码不一致"),
        ("quote.csv", "双引号没有配对"),
        ("long_cell.csv", "第2行有单元格超过400个字符"),
        ("too_large.csv", "超过上限4MB"),
        ("paths.xlsx", "非法路径"),
        ("parts.xlsx", "超过上限100个"),
        ("bomb.xlsx", "压缩比"),
        ("far.xlsx", "内存上限"),
        ("headerless.xlsx", "没有可识别的表头"),
        ("no_number.xlsx", "缺少必需的列：身份证号"),
        ("one_bad_sheet.xlsx", "工作表“二镇”"),
        ("no_names_sheet.xlsx", "缺少必需的列：身份证号"),
        ("rows.csv", "超过上限2000行"),
        ("columns.csv", "超过上限60列"),
    ],
)
def test_a_bad_file_has_one_receipt_that_says_what_is_wrong_and_what_to_do(
    intake: Intake, file: str, says: str
) -> None:
    got = receipt(intake, file)
    assert got["status"] == "refused"
    assert says in got["message"]
    assert file in got["message"]
    assert "重报" in got["message"] or "检查" in got["message"] or "另存" in got["message"]
    assert (got["rows_read"], got["fields"]) == (0, [])
    assert len(got["sha256"]) == 64


def test_entities_are_never_expanded(intake: Intake) -> None:
    assert receipt(intake, "entities.xlsx")["status"] == "refused"


def test_bad_files_do_not_hurt_the_good_one(intake: Intake) -> None:
    assert receipt(intake, "good.xlsx")["status"] == "accepted"
    assert intake.records["source_file"].to_list() == ["good.xlsx"]


def test_a_refusal_shows_known_headers_and_lengths_but_nobody(intake: Intake) -> None:
    said = "".join(intake.receipts["message"].drop_nulls())
    assert SECRET_NAME not in said
    assert SECRET_ID not in said
    headerless = receipt(intake, "headerless.xlsx")["message"]
    assert "第1行：数字1字符、文字3字符、数字18字符、文字4字符、文字1字符；第2行" in headerless
    assert "“姓名”、“性别”" in receipt(intake, "no_number.xlsx")["message"]


@pytest.mark.parametrize("error", [ValueError, pl.exceptions.PanicException])
def test_a_file_that_trips_the_program_is_refused_alone_and_nothing_of_it_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: type[BaseException]
) -> None:
    def trip(sheet: Sheet, *others: Any) -> Body:
        if sheet.name == "绊":
            raise error(f"cannot cast {SECRET_NAME}")
        return read_body(sheet, *others)

    monkeypatch.setattr(sheets, "read_body", trip)
    workbook(tmp_path / "好.xlsx", {"Sheet1": GOOD})
    workbook(tmp_path / "坏.xlsx", {"Sheet1": GOOD, "绊": GOOD})
    got = read(tmp_path)
    assert got.records["source_file"].to_list() == ["好.xlsx"]
    bad = receipt(got, "坏.xlsx")
    assert (bad["status"], bad["rows_read"]) == ("refused", 0)
    assert f"（{error.__name__}）" in bad["message"] and "维护人员" in bad["message"]
    assert SECRET_NAME not in bad["message"]


def test_a_row_lost_on_the_way_shows_in_the_receipt(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def losing(*given: Any) -> Body:
        body = read_body(*given)
        return replace(body, rows=body.rows.head(-1))

    monkeypatch.setattr(sheets, "read_body", losing)
    workbook(tmp_path / "a.xlsx", {"Sheet1": [*GOOD, [2, "田二", person_id(2), "", "", ""]]})
    got = receipt(read(tmp_path), "a.xlsx")
    assert (got["rows_read"], got["rows_accepted"] + got["rows_rejected"]) == (2, 1)


@pytest.mark.parametrize("written", ["{}", "'{}", "‘{}", "{:.6} {:.8} {:.4}"])
def test_a_further_sheet_without_a_header_is_not_passed_over_where_it_holds_people(
    tmp_path: Path, written: str
) -> None:
    number = person_id(2)
    cell = (
        written.format(number)
        if ":" not in written
        else written.format(number, number[6:], number[14:])
    )
    first = [LEAN, [1, "田一", person_id(1), "", "", ""]]
    workbook(tmp_path / "a.xlsx", {"一": first, "二": [[1, "田二", cell, "甲村"]]})
    assert receipt(read_here(tmp_path), "a.xlsx")["status"] == "refused"


def test_a_file_that_takes_too_long_is_refused(tmp_path: Path) -> None:
    workbook(tmp_path / "slow.xlsx", {"Sheet1": GOOD})
    slow = read(tmp_path, settings=SETTINGS.model_copy(update={"timeout_seconds": 0.02}))
    assert "0.02秒" in receipt(slow, "slow.xlsx")["message"]
