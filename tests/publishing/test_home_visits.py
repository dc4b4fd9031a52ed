"""The home-visit form: a page a household, everybody of it, what is to be checked and where to sign."""

import re
import zipfile
from pathlib import Path

import polars as pl
from python_calamine import CalamineWorkbook

from reconciliation.publishing.home_visits import write_visit_forms
from tests.publishing.frames import SENDING, list_frame, list_row


def written(folder: Path, rows: pl.DataFrame) -> list[Path]:
    members = pl.DataFrame(
        [
            ("dibao", 1, 1, "张三", "522101199001011234", "head"),
            ("dibao", 1, 2, "=1+1", None, "child"),
            ("dibao", 2, 3, "李四", None, "head"),
            ("dibao", 9, 4, "王五", None, "head"),
        ],
        schema=["register", "household", "record", "name", "id_number", "relation"],
        orient="row",
    )
    return write_visit_forms(folder, rows, members, SENDING)


def visited(**changes: object) -> pl.DataFrame:
    return list_frame(
        list_row(1, household=1) | changes, list_row(3, household=2, town="[新]场/乡", name="李四")
    ).with_columns(evidence=pl.lit("收入2000"), to_check=pl.lit("核实收入"))


def test_each_household_has_a_page_with_all_its_members(tmp_path: Path) -> None:
    (path,) = written(tmp_path, visited())
    assert path.name == "入户核查表_甲溪县_2018-08-15.xlsx"
    book = CalamineWorkbook.from_path(path)
    assert book.sheet_names == ["_新_场_乡", "花桥镇"]
    text = [[str(cell) for cell in row] for row in book.get_sheet_by_name("花桥镇").to_python()]
    names = [row[0] for row in text]
    assert names.count("入户核查表") == 1
    assert ["张三", "户主", "522101199001011234", "C3"] in [row[:4] for row in text]
    assert ["=1+1", "子女", "", ""] in [row[:4] for row in text]
    whole = "\n".join(names)
    assert "张三（C3）：收入低于低保标准，未享受低保。依据：收入2000。需要核实：核实收入" in whole
    assert "签字" in whole
    assert "王五" not in whole


def test_pages_break_between_households_and_nothing_is_a_formula(tmp_path: Path) -> None:
    (path,) = written(tmp_path, visited(town="[新]场/乡"))
    with zipfile.ZipFile(path) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml").decode()
    assert sheet.count("<brk ") == 1
    assert not re.search("<f[ >]", sheet)
    assert path.stat().st_mode & 0o777 == 0o600


def test_the_same_households_give_the_same_bytes(tmp_path: Path) -> None:
    one, two = written(tmp_path / "a", visited()), written(tmp_path / "b", visited().reverse())
    assert [path.read_bytes() for path in one] == [path.read_bytes() for path in two]
