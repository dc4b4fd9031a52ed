"""A header again further down, with other columns or in another form, takes nobody away who stands above it."""

from pathlib import Path

from tests.intake.offices import Range, Table, column, person_id, read_here, receipt, workbook


def people(first: int, count: int) -> list[list[str]]:
    return [[f"张{'甲乙丙丁戊己庚辛'[n]}", person_id(n)] for n in range(first, first + count)]


def names(path: Path, rows: Table, merged: tuple[Range, ...] = ()) -> list[str]:
    workbook(path / "名单.xlsx", {"名单": rows}, merged=merged)
    intake = read_here(path)
    assert receipt(intake, "名单.xlsx")["status"] == "accepted"
    assert column(intake, "id_number") == [person_id(n) for n in range(6)]
    return column(intake, "name")


def test_a_second_part_with_more_columns_does_not_hide_the_first(tmp_path: Path) -> None:
    wider = ["姓名", "身份证号", "性别", "民族", "备注"]
    more = [[*person, "男", "汉族", ""] for person in people(3, 3)]
    found = names(tmp_path, [["姓名", "身份证号"], *people(0, 3), wider, *more])
    assert found == ["张甲", "张乙", "张丙", "张丁", "张戊", "张己"]


def test_a_merged_header_repeated_in_one_row_does_not_hide_who_is_above(tmp_path: Path) -> None:
    top = [["名单"], ["姓名", "身份证号", "家庭情况", ""], ["", "", "家庭人口", "家庭地址"]]
    once = ["姓名", "身份证号", "家庭人口", "家庭地址"]
    first, rest = ([[*person, "3", "一组"] for person in people(n, 3)] for n in (0, 3))
    merged = (Range(0, 0, 0, 3), Range(1, 0, 2, 0), Range(1, 1, 2, 1), Range(1, 2, 1, 3))
    found = names(tmp_path, [*top, *first, once, *rest], merged)
    assert found == ["张甲", "张乙", "张丙", "张丁", "张戊", "张己"]
