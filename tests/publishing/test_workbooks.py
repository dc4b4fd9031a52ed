"""A clerk's workbook: every row once, text as text, the same bytes for the same rows."""

import re
import subprocess
import sys
import zipfile
from collections import Counter
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from reconciliation.publishing import workbooks
from reconciliation.publishing.answer_sheets import EVIDENCE, MORE
from reconciliation.publishing.private_files import write_frame
from reconciliation.publishing.receipt_books import FILE_COLUMNS, REJECTED_COLUMNS
from reconciliation.publishing.workbooks import shares, write_county_workbooks
from tests.publishing.frames import HOSTILE, LABELS, SENDING, list_frame, list_row


def written(folder: Path, lists: dict[str, pl.DataFrame]) -> list[Path]:
    return write_county_workbooks(folder, lists, SENDING)


def rows(path: Path, sheet: str) -> list[dict[str, object]]:
    """A sheet as another program reads it: a dictionary a row."""
    header, *body = CalamineWorkbook.from_path(path).get_sheet_by_name(sheet).to_python()
    return [dict(zip(map(str, header), row, strict=True)) for row in body]


def parts(path: Path, pattern: str) -> dict[str, str]:
    with zipfile.ZipFile(path) as archive:
        return {
            name: archive.read(name).decode("utf-8")
            for name in archive.namelist()
            if re.fullmatch(pattern, name)
        }


def test_each_county_gets_a_book_and_each_list_a_sheet_what_needs_doing_first(
    tmp_path: Path,
) -> None:
    paths = written(
        tmp_path,
        {
            "correct": list_frame(list_row(1), list_row(2, county=None)),
            "verify": list_frame(list_row(3, county="乙河县"), list_row(4)),
            "include_dibao": list_frame(list_row(5), list_row(6, county=" ")),
            "exit_dibao": list_frame(),
        },
    )
    assert [path.name for path in paths] == [
        "乙河县_2018-08-15.xlsx",
        "甲溪县_2018-08-15.xlsx",
        "未知县_2018-08-15.xlsx",
    ]
    assert CalamineWorkbook.from_path(paths[1]).sheet_names == [
        "说明", "拟纳入低保", "信息更正", "待核实", "_options", "_meta",
    ]  # fmt: skip
    assert {row["记录号"] for row in rows(paths[2], "拟纳入低保")} == {"6"}
    assert {row["记录号"] for row in rows(paths[2], "信息更正")} == {"2"}


def test_a_row_shows_what_a_clerk_needs_in_words(tmp_path: Path) -> None:
    frame = list_frame(list_row(7, relation="spouse")).with_columns(
        dibao_income=pl.lit(2800.0),
        poverty_income=pl.lit(2799.456),
        dibao_line=pl.lit(None, pl.Float64),
    )
    (path,) = written(tmp_path, {"verify": frame})
    (row,) = rows(path, "待核实")
    assert row["所在名册"] == "农村低保"
    assert row["与户主关系"] == "配偶"
    assert row["责任单位"] == "民政部门"
    assert row["同时触发的规则"] == "C2、C13"
    assert row["身份证号码"] == "522101199001011234"
    assert (row["来源文件"], row["工作表"], row["行号"]) == ("甲溪县.xlsx", "花桥镇", "10")
    assert row["低保登记人均年收入（元）"] == "2800"
    assert row["建档立卡人均纯收入（元）"] == "2799.46"
    assert "低保标准（元/年）" not in row, "a column nobody has anything in"
    assert "匹配等级" not in row


def test_rows_come_in_the_order_of_a_round_of_visits(tmp_path: Path) -> None:
    (path,) = written(
        tmp_path,
        {
            "verify": list_frame(
                list_row(5, village="青杠", household=1),
                list_row(4, village=None),
                list_row(3, household=9),
                list_row(2, household=1, register="poverty"),
                list_row(1, town="新场乡"),
                list_row(6, household=1),
            )
        },
    )
    assert [row["记录号"] for row in rows(path, "待核实")] == ["1", "6", "3", "2", "5", "4"]


def test_the_cover_counts_what_the_sheets_hold(tmp_path: Path) -> None:
    (path,) = written(
        tmp_path,
        {
            "verify": list_frame(list_row(1), list_row(2, register="poverty"), list_row(3)),
            "duplicate": list_frame(),
            "correct": list_frame(list_row(4)),
        },
    )
    cover = CalamineWorkbook.from_path(path).get_sheet_by_name("说明").to_python()
    table = {row[0]: row[1:4] for row in cover}
    assert table["待核实"] == [2, 1, 3]
    assert table["重复享受或重复登记"] == [0, 0, 0]
    assert table["合计"] == [3, 1, 4]
    assert table["低保数据截止"][0] == "2018-07-31"
    assert table["调度批次"][0] == "2018-08-15"


@pytest.mark.parametrize("text", [*HOSTILE, "a\x01b_x0041_c\r\nd", "  两端空格  ", "𠮷" * 3])
def test_hostile_text_stays_text_and_comes_back_as_it_was(tmp_path: Path, text: str) -> None:
    frame = list_frame(list_row(1, name=text, why=text, county=text, town=text))
    (path,) = written(tmp_path, {"verify": frame})
    assert path.parent == tmp_path
    (row,) = rows(path, "待核实")
    assert str(row["姓名"]).replace("\r", "") == text.replace("\r", "")
    sheets = parts(path, r"xl/worksheets/sheet\d+\.xml")
    assert len(sheets) == 4
    for content in sheets.values():
        assert "<f>" not in content
        assert "<f " not in content
        assert "<script" not in content
    assert parts(path, ".*(externalLink|vbaProject|connections).*") == {}


def test_rows_between_the_first_and_the_last_hold_their_texts_too(tmp_path: Path) -> None:
    """They are made in another way than the ends; both must give what went in, and the same cells."""
    texts = [*HOSTILE, "a\x01b_x0041_c", "  两端  ", "𠮷&<b>\"'", "换\n行"]
    frame = list_frame(*(list_row(n, name=text, why=text) for n, text in enumerate(texts)))
    pair = frame.with_columns(
        counterpart_name=pl.lit("<张&山>"), counterpart_id_number=pl.lit("522101199001011284")
    )
    (path,) = written(tmp_path, {"verify": pair})
    found = rows(path, "待核实")
    assert [row["姓名"] for row in found] == texts
    assert [row["核查理由"] for row in found] == texts
    assert {str(row["另一名册姓名"]) for row in found} == {"<张&山>"}
    assert {str(row["另一名册身份证号码"]) for row in found} == {"522101199001011284"}
    (sheet,) = parts(path, r"xl/worksheets/sheet2\.xml").values()
    assert "<f>" not in sheet
    assert "<script" not in sheet
    for row in (2, 5, len(texts) + 1):
        (marked,) = re.findall(rf'<row r="{row}" .*?</row>', sheet, re.DOTALL)
        assert marked.count("FFC00000") >= 2, "differing digits are red on both sides"


def test_a_cell_too_long_for_excel_says_that_it_was_cut(tmp_path: Path) -> None:
    (path,) = written(tmp_path, {"verify": list_frame(list_row(1, why="长" * 40_000))})
    (row,) = rows(path, "待核实")
    assert len(str(row["核查理由"])) == 32_767
    assert str(row["核查理由"]).endswith("（内容过长，以下从略）")


def test_books_are_set_up_for_reading_and_for_paper(tmp_path: Path) -> None:
    frame = list_frame(list_row(1), list_row(2, why="很长的一句话" * 40))
    (path,) = written(tmp_path, {"verify": frame})
    (sheet,) = parts(path, "xl/worksheets/sheet2.xml").values()
    assert 'state="frozen"' in sheet
    assert '<autoFilter ref="A1:' in sheet
    assert 'paperSize="8"' in sheet
    assert 'orientation="landscape"' in sheet
    assert "内部资料 注意保密" in sheet
    assert "第 &amp;P 页 共 &amp;N 页" in sheet
    assert "批次 2018-08-15" in sheet
    (workbook,) = parts(path, r"xl/workbook\.xml").values()
    assert "_xlnm.Print_Titles" in workbook
    heights = [float(height) for height in re.findall(r'<row r="[23]"[^>]* ht="([\d.]+)"', sheet)]
    assert heights[1] > 4 * heights[0]


def test_county_names_make_safe_file_names_that_do_not_run_into_each_other(tmp_path: Path) -> None:
    counties = ["../../逃逸", "甲/乙", "甲_乙", "甲\\乙", "未知县", None, "Abc", "aBC", "a" * 300]
    frame = list_frame(*(list_row(n, county=county) for n, county in enumerate(counties)))
    paths = written(tmp_path / "books", {"verify": frame})
    assert len({path.name.casefold() for path in paths}) == len(counties)
    assert {path.parent for path in paths} == {tmp_path / "books"}
    assert sorted((tmp_path / "books").iterdir()) == sorted(paths)
    assert all(len(path.name.encode()) < 255 for path in paths)
    assert [path.name for path in tmp_path.iterdir()] == ["books"]


def test_the_same_rows_give_the_same_bytes_in_files_only_their_owner_reads(tmp_path: Path) -> None:
    many = [list_row(n, county="乙河县" if n % 3 else "甲溪县") for n in range(40)]
    one = written(
        tmp_path / "one", {"verify": list_frame(*many), "correct": list_frame(list_row(99))}
    )
    two = written(
        tmp_path / "two", {"correct": list_frame(list_row(99)), "verify": list_frame(*many[::-1])}
    )
    assert [path.name for path in one] == [path.name for path in two]
    for left, right in zip(one, two, strict=True):
        assert left.read_bytes() == right.read_bytes()
        assert left.stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "one").stat().st_mode & 0o777 == 0o700
    (core,) = parts(one[0], r"docProps/core\.xml").values()
    assert ">2018-08-15T00:00:00Z</dcterms:created>" in core


def test_books_made_by_several_processes_are_the_same_books(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    many = list_frame(*(list_row(n, county=f"{n % 3}县") for n in range(12)))
    here = written(tmp_path / "here", {"verify": many})
    monkeypatch.setattr(workbooks, "_WORTH_A_PROCESS", 0)
    done: list[tuple[int, int]] = []
    there = write_county_workbooks(
        tmp_path / "there", {"verify": many}, SENDING, lambda one, of: done.append((one, of))
    )
    assert done == [(1, 3), (2, 3), (3, 3)]
    for left, right in zip(here, there, strict=True):
        assert (left.name, left.read_bytes()) == (right.name, right.read_bytes())


PLACES = st.sampled_from(["甲", "乙", "", None])


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from(["verify", "correct"]), PLACES, PLACES), max_size=30),
    st.integers(1, 12),
)
def test_every_row_is_in_exactly_one_book_and_no_book_is_too_long(
    placed: list[tuple[str, str | None, str | None]], limit: int
) -> None:
    made = {
        name: list_frame(
            *(
                list_row(number, county=county, town=town)
                for number, (wanted, county, town) in enumerate(placed)
                if wanted == name
            )
        )
        for name in ("verify", "correct")
    }
    found: Counter[tuple[str, int]] = Counter()
    for share in shares(made, limit):
        size = 0
        for name, frame in share.lists.items():
            size += frame.height
            found.update((name, record) for record in frame["record"])
            assert set(frame["county"].str.strip_chars().replace("", None)) <= {share.county}
        assert 0 < size <= limit
    assert found == Counter((name, number) for number, (name, _, _) in enumerate(placed))


def test_a_county_too_large_is_split_by_township_and_a_township_into_volumes() -> None:
    frame = list_frame(*(list_row(n, town="大镇" if n < 7 else "小镇") for n in range(9)))
    made = [(share.county, share.town, share.part) for share in shares({"verify": frame}, 4)]
    assert made == [("甲溪县", "大镇", 1), ("甲溪县", "大镇", 2), ("甲溪县", "小镇", None)]


def test_every_column_has_a_heading_and_printed_ones_come_first() -> None:
    headings = LABELS.mapping("publishing.columns")
    for columns in ((*EVIDENCE, *MORE), FILE_COLUMNS, REJECTED_COLUMNS):
        assert {column.name for column in columns} <= headings.keys()
        printed = [column.printed for column in columns]
        assert printed == sorted(printed, reverse=True)
        for column in columns:
            assert column.values is None or LABELS.mapping(column.values)


def test_parquet_bytes_do_not_depend_on_chunks_or_threads(tmp_path: Path) -> None:
    rows = 300_000
    whole = pl.DataFrame({"n": range(rows), "text": ["一"] * rows})
    split = pl.concat([whole[:100], whole[100:200_000], whole[200_000:]], rechunk=False)
    assert split.n_chunks() == 3
    first = write_frame(tmp_path / "whole.parquet", whole)
    second = write_frame(tmp_path / "split.parquet", split)
    program = (
        "import sys\nfrom pathlib import Path\nimport polars as pl\n"
        "from reconciliation.publishing.private_files import write_frame\n"
        "write_frame(Path(sys.argv[2]), pl.read_parquet(sys.argv[1]))\n"
    )
    third = tmp_path / "one_thread.parquet"
    subprocess.run(
        [sys.executable, "-c", program, str(first), str(third)],
        check=True,
        env={"POLARS_MAX_THREADS": "1"},
    )
    assert first.read_bytes() == second.read_bytes() == third.read_bytes()
    assert first.stat().st_mode & 0o777 == 0o600
