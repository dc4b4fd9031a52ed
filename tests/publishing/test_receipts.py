"""The receipt says what was taken and what was not, and never what a cell holds."""

from pathlib import Path

import polars as pl
import pytest
from python_calamine import CalamineWorkbook

from reconciliation.publishing import receipt_books as module
from reconciliation.publishing.coverage import ARRIVALS, Expected
from reconciliation.publishing.receipts import (
    DEFECTS,
    write_arrivals,
    write_defects,
    write_receipts,
)
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
            book = CalamineWorkbook.from_path(path)
            text = str([book.get_sheet_by_name(name).to_python() for name in book.sheet_names])
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
    to_mend, table = page.tables
    assert [row[:3] for row in to_mend] == [
        ["名册", "结果", "怎样处理"],
        ["农村低保", "退回", f"{hostile}打不开退回 2 行"],
        ["建档立卡", "已接收", "甲溪县.xlsx退回 2 行"],
    ]
    assert [row[:2] for row in table] == [
        ["名册", "文件"],
        ["农村低保", hostile],
        ["建档立卡", "甲溪县.xlsx"],
    ]
    assert table[1][3] == "退回"
    assert "有 1 份文件或工作表被退回" in page.text
    assert "b" not in page.tags
    assert len(set(page.links)) == 3
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


def defect(**changes: object) -> dict[str, object]:
    return {
        "register": "dibao",
        "source_file": "甲溪县.xlsx",
        "source_sheet": "花桥镇",
        "source_row": 9,
        "rule": "Q303",
        "wording": "身份证号码不为空",
        "defect": "身份证号码为空",
        "remedy": "补填",
        "detail": None,
    } | changes


def defects(*rows: dict[str, object]) -> pl.DataFrame:
    return pl.DataFrame(list(rows), schema=DEFECTS)


TWO_FILES = receipts(receipt(), receipt(source_file="乙山县.csv", source_sheet=None))
FOUND = defects(
    defect(source_row=12),
    defect(source_row=9, rule="Q310", defect="姓名不完整"),
    defect(),
    defect(source_file="乙山县.csv", source_sheet=None, source_row=2, detail="校验码不符"),
)


def test_an_office_finds_what_to_mend_by_file_row_and_rule(folder: Path) -> None:
    write_receipts(folder, "dibao", TWO_FILES, records(None), LABELS)
    write_defects(folder, "dibao", FOUND, LABELS)
    book = folder / "接收回执_农村低保_2018-08-15.xlsx"
    assert [
        (row["来源文件"], row["行号"], row["规则"], row["问题"], row["具体情况"])
        for row in sheet(book, "需更正的行")
    ] == [
        ("乙山县.csv", "2", "Q303", "身份证号码为空", "校验码不符"),
        ("甲溪县.xlsx", "9", "Q303", "身份证号码为空", ""),
        ("甲溪县.xlsx", "9", "Q310", "姓名不完整", ""),
        ("甲溪县.xlsx", "12", "Q303", "身份证号码为空", ""),
    ]
    assert [(row["来源文件"], row["规则"], row["行数"]) for row in sheet(book, "需更正的情况")] == [
        ("乙山县.csv", "Q303", "1"),
        ("甲溪县.xlsx", "Q303", "2"),
        ("甲溪县.xlsx", "Q310", "1"),
    ]
    assert [row["需更正行数"] for row in sheet(book, "文件")] == ["1", "2"]
    stored = pl.read_parquet(folder / "defects_dibao.parquet")
    assert dict(stored.schema) == DEFECTS and stored.height == 4
    counts = pl.read_parquet(folder / "defect_counts_dibao.parquet")
    assert counts["rows"].to_list() == [1, 2, 1]


def test_each_office_gets_a_book_with_its_own_rows_only(folder: Path) -> None:
    write_receipts(folder, "dibao", TWO_FILES, records(None), LABELS)
    write_defects(folder, "dibao", FOUND, LABELS)
    books = sorted((folder / "农村低保").iterdir())
    assert [book.name for book in books] == [
        "接收回执_农村低保_乙山县_csv_2018-08-15.xlsx",
        "接收回执_农村低保_甲溪县_xlsx_2018-08-15.xlsx",
    ]
    for book, file in zip(books, ("乙山县.csv", "甲溪县.xlsx"), strict=True):
        for name in ("文件", "需更正的情况", "需更正的行"):
            assert {row["来源文件"] for row in sheet(book, name)} == {file}


def test_defects_found_later_take_the_place_of_those_before(folder: Path) -> None:
    write_receipts(folder, "dibao", TWO_FILES, records(None), LABELS)
    write_defects(folder, "dibao", FOUND.head(1), LABELS)
    write_defects(folder, "dibao", FOUND, LABELS)
    assert pl.read_parquet(folder / "defects_dibao.parquet").height == FOUND.height
    assert write_defects(folder, "deaths", FOUND.clear(), LABELS) == []


def test_what_is_to_be_mended_stands_on_the_page_with_the_refused_files_first(folder: Path) -> None:
    sent = pl.concat([TWO_FILES, receipts(receipt(source_file="丙水县.xls", status="refused", message="打不开", rows_read=0, rows_accepted=0, rows_rejected=0))])  # fmt: skip
    write_receipts(folder, "dibao", sent, records(None), LABELS)
    write_defects(folder, "dibao", FOUND, LABELS)
    page = read_page(folder / "receipts.html")
    _, refused, most, least = page.tables[0]
    assert refused[:3] == ["农村低保", "退回", "丙水县.xls打不开"]
    assert most[2].startswith("甲溪县.xlsx") and least[2].startswith("乙山县.csv")
    assert "身份证号码为空（Q303）2 行" in most[2] and "姓名不完整（Q310）1 行" in most[2]
    for link in page.links:
        assert (folder / link).exists()


def arrived(*rows: tuple[bool, str, str | None, str | None, int]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=ARRIVALS, orient="row")


def test_the_page_and_the_batch_book_say_who_sent_nothing(folder: Path) -> None:
    expected = Expected(None, {}, (), after_a_batch=True, fell_by=0.2, rose_by=0.3)
    write_receipts(folder, "dibao", receipts(receipt()), None, LABELS)
    write_arrivals(folder, "dibao", arrived((False, "甲溪县.xlsx", "甲溪", "甲溪县", 8)), expected, LABELS)  # fmt: skip
    assert "没有异常变化" in read_page(folder / "receipts.html").text
    poverty = arrived(
        (False, "p.xlsx", "甲溪", "甲溪县", 50), (False, "p.xlsx", "乙山", "乙山县", 50)
    )
    write_arrivals(folder, "poverty", poverty, expected, LABELS)
    assert "农村低保：没有收到乙山县的数据" in read_page(folder / "receipts.html").text
    rows = sheet(folder / "接收回执_全部名册_2018-08-15.xlsx", "上报情况")
    assert (rows[0]["县（市、区）"], rows[0]["上报情况"]) == ("乙山县", "没有收到")
    assert "没有收到乙山县" in str(rows[0]["说明"])
    stored = pl.read_parquet(folder / "coverage.parquet")
    assert stored.filter(status="nothing_received").select("register", "county").rows() == [
        ("dibao", "乙山县")
    ]


def test_a_register_not_read_yet_is_not_called_missing(folder: Path) -> None:
    expected = Expected(None, {}, (), after_a_batch=False, fell_by=0.2, rose_by=0.3)
    rows = arrived((False, "p.xlsx", "甲溪", "甲溪县", 50))
    made = pl.read_parquet(write_arrivals(folder, "poverty", rows, expected, LABELS))
    assert made["register"].to_list() == ["poverty"]


def test_a_file_nobody_could_read_is_not_called_accepted(folder: Path) -> None:
    text = receipt(source_file="d.txt", source_sheet=None, status="skipped", left_aside="other_format", message="未读取", rows_read=0, rows_accepted=0, rows_rejected=0)  # fmt: skip
    write_receipts(folder, "dibao", receipts(text), None, LABELS)
    _, row = read_page(folder / "receipts.html").tables[0]
    assert row[1:3] == ["未读", "d.txt未读取"]
