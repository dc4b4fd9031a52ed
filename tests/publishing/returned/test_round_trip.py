"""Workbooks that come back, whatever was done to them: good answers are kept, the others are returned by row and reason."""

import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path

import polars as pl
import pytest
from python_calamine import CalamineWorkbook

from tests.publishing.returned.books import (
    CORRECT,
    EXIT,
    FILLED,
    VERIFY,
    Cells,
    Edit,
    Office,
    cells,
    fill,
    released,
    saved_again,
)


@pytest.fixture
def office(tmp_path: Path) -> Office:
    output = tmp_path / "output"
    return Office(output, released(output))


def answer_all(sheets: dict[str, Cells]) -> None:
    fill(sheets[EXIT], 1, 核实结果="属实", 告知送达日期=date(2018, 8, 21), **FILLED)
    fill(sheets[EXIT], 2, 核实结果="不属实", 原因="本人健在", **FILLED)
    fill(sheets[VERIFY], 1, 核实结果="死亡", 正确值="2018年7月3日", **FILLED)
    fill(sheets[VERIFY], 2, 核实结果="同一人", **FILLED)
    fill(sheets[CORRECT], 1, 核实结果="已更正", 正确值="522101199001011285", **FILLED)


ALL = {
    ("dibao2", "confirmed", None, None, date(2018, 8, 21)),
    ("dibao1", "refused", "本人健在", None, None),
    ("dibao3", "deceased", None, "2018-07-03", None),
    ("dibao4", "same", None, None, None),
    ("dibao5", "corrected", None, "522101199001011285", None),
}


def said(answers: pl.DataFrame) -> set[tuple[object, ...]]:
    columns = ("case_key", "status", "reason", "correct_value", "notice_served_on")
    return set(answers.select(columns).rows())


def refused(made: object) -> list[tuple[str, int, str]]:
    (book,) = made.books  # type: ignore[attr-defined]
    return sorted(book.refused.select("sheet", "row", "refused").rows())


@pytest.mark.parametrize("suffix", [".xlsx", ".xls"])
def test_answers_come_back_from_a_book_another_program_saved(
    office: Office, tmp_path: Path, suffix: str
) -> None:
    back = saved_again(office.book, tmp_path / f"交回{suffix}", answer_all)
    made, slips = office.apply(back)
    assert refused(made) == []
    assert slips == ()
    assert said(office.answers) == ALL
    assert (made.books[0].new, made.books[0].outstanding) == (5, 1)
    row = office.answers.row(by_predicate=pl.col("case_key") == "dibao4", named=True)
    finding = {"case_key": "dibao4", "register": "dibao", "rule": "C14", "list": "verify"}
    assert {name: row[name] for name in finding} == finding
    assert (row["counterpart_case"], row["release"]) == ("poverty9", "2018-08-15")
    assert (row["verified_by"], row["verified_on"]) == ("王干部", date(2018, 8, 20))
    assert (row["source_file"], row["source_sheet"], row["source_row"]) == (back.name, VERIFY, 3)
    assert (row["applied_by"], len(row["source_sha256"])) == ("李", 64)


def sort_backwards(sheets: dict[str, Cells]) -> None:
    answer_all(sheets)
    for name in (EXIT, VERIFY, CORRECT):
        sheets[name][1:] = sheets[name][:0:-1]


def move_columns_and_add_a_title(sheets: dict[str, Cells]) -> None:
    answer_all(sheets)
    for name in (EXIT, VERIFY, CORRECT):
        sheets[name][:] = [
            ["某县核查名册"],
            [],
            *([*row[7:], "", *row[:7]] for row in sheets[name]),
        ]


def copy_into_a_new_book(sheets: dict[str, Cells]) -> None:
    answer_all(sheets)
    for name in ("说明", "_meta", "_options"):
        del sheets[name]


@pytest.mark.parametrize(
    "edit", [sort_backwards, move_columns_and_add_a_title, copy_into_a_new_book]
)
def test_rows_are_found_by_name_and_key_never_by_position(
    office: Office, tmp_path: Path, edit: Edit
) -> None:
    made, _ = office.apply(saved_again(office.book, tmp_path / "b.xlsx", edit))
    assert refused(made) == []
    assert said(office.answers) == ALL


def test_rows_that_are_gone_stay_outstanding(office: Office, tmp_path: Path) -> None:
    def delete(sheets: dict[str, Cells]) -> None:
        answer_all(sheets)
        del sheets[EXIT][1]

    made, _ = office.apply(saved_again(office.book, tmp_path / "b.xlsx", delete))
    assert refused(made) == []
    assert office.answers.height == 4
    assert made.books[0].outstanding == 2


def one(sheet: str, **values: object) -> Edit:
    return lambda sheets: fill(sheets[sheet], 1, **{**FILLED, **values})


def overwritten(column: str, text: str) -> Edit:
    def edit(sheets: dict[str, Cells]) -> None:
        answer_all(sheets)
        sheets[EXIT][2][sheets[EXIT][0].index(column)] = text

    return edit


def twice_and_otherwise(sheets: dict[str, Cells]) -> None:
    answer_all(sheets)
    sheets[EXIT].append(list(sheets[EXIT][1]))
    fill(sheets[EXIT], 3, 核实结果="待核", 告知送达日期="")


def pasted_over(sheets: dict[str, Cells]) -> None:
    """One row copied whole over another: its key stands twice, and both say the same."""
    answer_all(sheets)
    sheets[EXIT][2] = list(sheets[EXIT][1])


FAULTS: list[tuple[Edit, list[tuple[str, int, str]]]] = [
    (one(EXIT, 核实结果="不属实"), [(EXIT, 2, "no_reason")]),
    (one(EXIT, 核实结果="大概吧"), [(EXIT, 2, "unknown_status")]),
    (one(EXIT, 核实结果="同一人"), [(EXIT, 2, "not_on_this_list")]),
    (one(VERIFY, 核实结果="不是同一人"), [(VERIFY, 2, "no_counterpart")]),
    (one(EXIT, 核实结果="死亡"), [(EXIT, 2, "no_date")]),
    (one(EXIT, 核实结果="死亡", 正确值="二零一八"), [(EXIT, 2, "no_date")]),
    (one(EXIT, 核实结果="已更正"), [(EXIT, 2, "no_value")]),
    (one(EXIT, 原因="说明"), [(EXIT, 2, "no_status")]),
    (one(EXIT, 核实结果="属实", 核实日期="昨天"), [(EXIT, 2, "bad_verified_on")]),
    (one(EXIT, 核实结果="属实", 核实日期="1918-01-01"), [(EXIT, 2, "bad_verified_on")]),
    (one(EXIT, 核实结果="属实", 核实日期="2999-01-01"), [(EXIT, 2, "bad_verified_on")]),
    (one(EXIT, 核实结果="不属实", 原因="长" * 301), [(EXIT, 2, "too_long")]),
    (one(EXIT, 核实结果="属实", 告知送达日期="快了"), [(EXIT, 2, "bad_notice")]),
    (one(EXIT, 核实结果="待核", 告知送达日期="2018-08-21"), [(EXIT, 2, "notice_refused")]),
    (one(EXIT, 核实结果="属实", **{"异议": "不服"}), [(EXIT, 2, "unknown_objection")]),
    (overwritten("姓名", "别人"), [(EXIT, 3, "tampered")]),
    (overwritten("核查理由", ""), [(EXIT, 3, "tampered")]),
    (overwritten("校验码", "0" * 32), [(EXIT, 3, "tampered")]),
    (overwritten("行标识", ""), [(EXIT, 3, "no_key")]),
    (overwritten("行标识", "2018-08-15/" + "0" * 32), [(EXIT, 3, "unknown_key")]),
    (overwritten("行标识", "2018-08-30/" + "0" * 32), [(EXIT, 3, "unknown_key")]),
    (twice_and_otherwise, [(EXIT, 2, "contradicts"), (EXIT, 4, "contradicts")]),
    (pasted_over, []),
]


def test_what_cannot_be_believed_is_returned_by_its_row_and_the_rest_is_kept(
    office: Office, tmp_path: Path
) -> None:
    books = [
        saved_again(office.book, tmp_path / f"交回{number}.xlsx", edit)
        for number, (edit, _) in enumerate(FAULTS)
    ]
    made, slips = office.apply(*books)
    by_name = {slip.name.split("_")[1]: slip for slip in slips}
    for book, (_, expected) in zip(made.books, FAULTS, strict=True):
        assert sorted(book.refused.select("sheet", "row", "refused").rows()) == expected
        assert book.new + book.superseding + book.unchanged == book.answered - len(expected)
        slip = by_name.get(Path(book.book.name).stem)
        assert (slip is not None) == bool(expected)
        if slip is not None:
            assert told(slip) == [(sheet, number) for sheet, number, _ in expected]
            assert slip.stat().st_mode & 0o777 == 0o600


def told(slip: Path) -> list[tuple[str, int]]:
    """The rows a return slip names; each with a reason and a remedy."""
    header, *rows = CalamineWorkbook.from_path(slip).get_sheet_by_index(0).to_python()
    shown = [dict(zip(map(str, header), row, strict=True)) for row in rows]
    assert all(row["退回原因"] and row["怎样更正"] for row in shown)
    return [(str(row["工作表"]), int(str(row["行号"]))) for row in shown]


def test_the_same_file_again_changes_nothing_even_after_a_later_one(
    office: Office, tmp_path: Path
) -> None:
    first = saved_again(office.book, tmp_path / "a.xlsx", answer_all)
    office.apply(first)
    before = (office.output / "answers" / "answers.parquet").read_bytes()
    made, _ = office.apply(first, Path(shutil.copy(first, tmp_path / "copy.xlsx")))
    assert [(book.new, book.unchanged) for book in made.books] == [(0, 5), (0, 5)]
    assert (office.output / "answers" / "answers.parquet").read_bytes() == before
    later = saved_again(office.book, tmp_path / "c.xlsx", one(EXIT, 核实结果="待核"))
    office.apply(later)
    office.apply(first)
    mine = office.answers.filter(pl.col("case_key") == "dibao2").sort("sequence")
    assert mine["status"].to_list() == ["confirmed", "pending"], "both are kept, the later counts"


def test_a_notice_or_an_objection_alone_is_added_to_what_was_answered(
    office: Office, tmp_path: Path
) -> None:
    office.apply(saved_again(office.book, tmp_path / "a.xlsx", one(EXIT, 核实结果="属实")))

    def serve(sheets: dict[str, Cells]) -> None:
        fill(sheets[EXIT], 1, 告知送达日期="2018.8.25")
        fill(sheets[EXIT], 2, 告知送达日期="2018.8.25")

    made, _ = office.apply(saved_again(office.book, tmp_path / "b.xlsx", serve))
    assert refused(made) == [(EXIT, 3, "no_status")]
    rows = office.answers.select("status", "verified_by", "notice_served_on").rows()
    assert rows == [("confirmed", "王干部", None), ("confirmed", "王干部", date(2018, 8, 25))]


def test_a_book_of_an_earlier_batch_is_returned(office: Office, tmp_path: Path) -> None:
    back = saved_again(office.book, tmp_path / "a.xlsx", one(EXIT, 核实结果="属实"))
    released(office.output, "2018-08-30")
    made, _ = office.apply(back)
    assert refused(made) == [(EXIT, 2, "other_batch")]
    assert office.answers.is_empty()


def truncated(book: Path, target: Path) -> Path:
    target.write_bytes(book.read_bytes()[:2000])
    return target


def without_the_header(book: Path, target: Path) -> Path:
    return saved_again(
        book, target, lambda sheets: [rows.pop(0) for rows in sheets.values()] and None
    )


@pytest.mark.parametrize("spoil", [truncated, without_the_header])
def test_a_file_that_is_no_workbook_of_ours_is_returned_whole(
    office: Office, tmp_path: Path, spoil: Callable[[Path, Path], Path]
) -> None:
    good = saved_again(office.book, tmp_path / "a.xlsx", one(EXIT, 核实结果="属实"))
    made, slips = office.apply(spoil(office.book, tmp_path / "坏.xlsx"), good)
    assert [book.book.refusal is None for book in made.books] == [False, True]
    assert len(slips) == 1
    assert office.answers.height == 1


@pytest.mark.parametrize("name", ["坏", "很长的名字" * 14])
def test_every_book_has_a_slip_of_its_own_however_it_is_called(
    office: Office, tmp_path: Path, name: str
) -> None:
    """One name in two folders, and not even a checksum to tell them apart: a link is never opened."""
    books = [tmp_path / folder / f"{name}.xlsx" for folder in "ab"]
    for book in books:
        book.parent.mkdir()
        book.symlink_to(office.book)
    _, slips = office.apply(*books)
    assert len(set(slips)) == 2
    assert all(slip.exists() for slip in slips)


def test_a_plan_writes_nothing(office: Office, tmp_path: Path) -> None:
    back = saved_again(office.book, tmp_path / "a.xlsx", answer_all)
    before = sorted(office.output.rglob("*"))
    assert office.plan(back).added.height == 5
    assert sorted(office.output.rglob("*")) == before


def test_differing_characters_are_said_in_words_and_are_red(office: Office) -> None:
    header, _, row = cells(office.book)[VERIFY]
    shown = dict(zip(header, row, strict=True))
    assert shown["两册不同之处"] == "姓名 张三→张山；身份证号 第17位 3→8"
    assert shown["身份证号码"] == "522101199001011234"
