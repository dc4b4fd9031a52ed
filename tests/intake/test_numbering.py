"""Record numbers follow the content: not the names of files, nor the order of rows or columns."""

import random
from pathlib import Path

import polars as pl

from reconciliation.intake.register import read_register
from reconciliation.registers.schema import LINEAGE
from tests.intake.offices import HEADERS, LABELS, SETTINGS, person_id, read, text_file, workbook

HEADER = ["序号", "姓名", "身份证号", "备注", "特长", "联系人", "住址"]


def rows() -> list[list[str]]:
    people = [
        [f"人{i % 7}", person_id(i % 23), f"备注{i % 3}", "木工", "", f"村{i % 2}"]
        for i in range(60)
    ]
    return [*people, *people[:5], ["", "", "没有人", "", "", ""], ["只有名", "", "", "", "", ""]]


def register(folder: Path, seed: int, names: tuple[str, str]) -> pl.DataFrame:
    shuffled = random.Random(seed)
    people = rows()
    shuffled.shuffle(people)
    numbered = [[str(i), *row] for i, row in enumerate(people, 1)]
    order = list(range(len(HEADER)))
    shuffled.shuffle(order)
    table = [[row[j] for j in order] for row in [HEADER, *numbered]]
    workbook(folder / f"{names[0]}.xlsx", {"表": [table[0], *table[1:30]]})
    text_file(folder / "乡" / f"{names[1]}.csv", [table[0], *table[30:]])
    return read(folder).records


def test_shuffled_rows_renamed_files_and_moved_columns_give_the_same_records(
    tmp_path: Path,
) -> None:
    one = register(tmp_path / "1", 1, ("甲", "乙"))
    other = register(tmp_path / "2", 2, ("丁", "丙"))
    assert one.height == len(rows())
    assert one.drop(LINEAGE).equals(other.drop(LINEAGE))
    assert not one.equals(other)


def test_surplus_copies_are_counted_where_they_lie(tmp_path: Path) -> None:
    table = [["姓名", "身份证号"], ["田", person_id(1)], ["田", person_id(1)], ["罗", person_id(2)]]
    text_file(tmp_path / "a.csv", table)
    text_file(tmp_path / "b.csv", table[:2])
    receipts = read(tmp_path).receipts
    assert receipts.select("source_file", "duplicates").rows() == [("a.csv", 1), ("b.csv", 1)]


def test_a_blank_cell_and_an_absent_column_are_not_copies(tmp_path: Path) -> None:
    text_file(tmp_path / "a.csv", [["姓名", "身份证号", "备注"], ["田", person_id(1), ""]])
    text_file(tmp_path / "b.csv", [["姓名", "身份证号"], ["田", person_id(1)]])
    assert read(tmp_path).receipts["duplicates"].sum() == 0


def test_progress_is_told_file_by_file(tmp_path: Path) -> None:
    for name in "abc":
        text_file(tmp_path / f"{name}.csv", [["姓名", "身份证号"], ["田", person_id(1)]])
    told: list[tuple[str, bool, int, int]] = []
    read_register(
        tmp_path,
        "deaths",
        headers=HEADERS,
        settings=SETTINGS,
        labels=LABELS,
        on_file=lambda *step: told.append(step),
    )
    assert [(done, count) for _, _, done, count in told] == [(1, 3), (2, 3), (3, 3)]
    assert {name for name, *_ in told} == {"a.csv", "b.csv", "c.csv"}
