"""The receipt says what was taken and what was not, and never what a cell holds."""

from pathlib import Path

import polars as pl
import pytest
from python_calamine import CalamineWorkbook

from reconciliation.publishing import receipts as module
from reconciliation.publishing.receipts import write_receipts
from tests.publishing.frames import LABELS, receipt, receipts, records
from tests.publishing.page import read_page


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "receipts" / "2018-08-15" / "run"


def sheet(path: Path, name: str) -> list[dict[str, object]]:
    header, *body = CalamineWorkbook.from_path(path).get_sheet_by_name(name).to_python()
    return [dict(zip(map(str, header), row, strict=True)) for row in body]


def test_an_office_reads_what_became_of_each_file_and_row(folder: Path) -> None:
    write_receipts(
        folder,
        "dibao",
        receipts(
            receipt(),
            receipt(source_file="坏.xlsx", source_sheet=None, kind=None, status="refused",
                    message="没有表头", rows_read=0, rows_accepted=0, rows_rejected=0, header_row=None),
        ),
        records(None, "没有姓名", None, "没有身份证号"),
        LABELS,
    )  # fmt: skip
    book = folder / "接收回执_农村低保_2018-08-15.xlsx"
    refused, taken = sorted(sheet(book, "文件"), key=lambda row: str(row["读取行数"]))
    assert (refused["结果"], refused["说明"]) == ("退回", "没有表头")
    assert (taken["读取行数"], taken["接收行数"], taken["退回行数"]) == ("10", "8", "2")
    assert taken["识别的列"] == "姓名、身份证号码"
    assert taken["未识别的列"] == "奇怪的列"
    assert [(row["行号"], row["退回原因"]) for row in sheet(book, "退回的行")] == [
        ("5", "没有姓名"),
        ("7", "没有身份证号"),
    ]
    assert pl.read_parquet(folder / "receipts_dibao.parquet").height == 2
    assert pl.read_parquet(folder / "rejected_dibao.parquet")["source_row"].to_list() == [5, 7]


def test_no_cell_of_a_person_reaches_the_receipt(folder: Path) -> None:
    paths = write_receipts(folder, "dibao", receipts(receipt()), records("没有身份证号"), LABELS)
    for path in paths:
        if path.suffix == ".xlsx":
            text = str([sheet.to_python() for name in ["文件", "退回的行"]
                        for sheet in [CalamineWorkbook.from_path(path).get_sheet_by_name(name)]])  # fmt: skip
        elif path.suffix == ".parquet":
            text = str(pl.read_parquet(path).to_dicts())
        else:
            text = path.read_text(encoding="utf-8")
        assert "赵秘密" not in text


def test_the_page_holds_all_registers_and_marks_what_was_refused(folder: Path) -> None:
    hostile = "<b onclick=x>丙山县.xlsx"
    write_receipts(folder, "poverty", receipts(receipt(register="poverty")), None, LABELS)
    write_receipts(
        folder,
        "dibao",
        receipts(receipt(source_file=hostile, status="refused", message="打不开")),
        None,
        LABELS,
    )
    assert write_receipts(folder, "deaths", receipts(receipt()).clear(), None, LABELS) == []
    page = read_page(folder / "receipts.html")
    (table,) = page.tables
    assert [row[:2] for row in table] == [
        ["名册", "文件"],
        ["农村低保", hostile],
        ["建档立卡", "甲溪县.xlsx"],
    ]
    assert table[1][3] == "退回"
    assert "有 1 份文件或工作表被退回" in page.text
    assert "b" not in page.tags
    assert len(page.links) == 2
    for link in page.links:
        assert (folder / link).exists()


def test_receipts_are_the_same_bytes_each_time_and_private(tmp_path: Path) -> None:
    made = [
        write_receipts(
            tmp_path / run / "2018-08-15" / "run",
            "dibao",
            receipts(*rows),
            records(None, "没有姓名"),
            LABELS,
        )
        for run, rows in (
            ("a", [receipt(), receipt(source_sheet="新场乡")]),
            ("b", [receipt(source_sheet="新场乡"), receipt()]),
        )
    ]
    for one, two in zip(*made, strict=True):
        assert one.read_bytes() == two.read_bytes()
        assert one.stat().st_mode & 0o777 == 0o600
        assert one.parent.stat().st_mode & 0o777 == 0o700


def test_a_receipt_with_too_many_rejected_rows_says_so(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "ROWS_SHOWN", 2)
    write_receipts(folder, "dibao", receipts(receipt()), records(*["没有姓名"] * 5), LABELS)
    book = folder / "接收回执_农村低保_2018-08-15.xlsx"
    assert len(sheet(book, "退回的行（前2行）")) == 2
    assert pl.read_parquet(folder / "rejected_dibao.parquet").height == 5


def test_a_folder_that_is_not_of_a_batch_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="isoformat"):
        write_receipts(tmp_path / "somewhere" / "run", "dibao", receipts(receipt()), None, LABELS)
    assert not (tmp_path / "somewhere").exists()
