"""What stands below a list and is about nobody is no record, and a person who looks a little like it is."""

from pathlib import Path

import pytest

from tests.intake.offices import LEAN, column, person_id, read_here, receipt, workbook

PEOPLE = [["1", "赵甲", person_id(1), "", "", ""], ["2", "钱乙", "", "", "", ""]]


@pytest.mark.parametrize(
    "below",
    [
        ["", "3户5人", "", "", "", ""],
        ["", "共2户，2人", "", "", "", ""],
        ["村（居）委会主任：", "孙丙", "乡镇民政办：", "李丁", "", ""],
        ["", "以上人员经村民代表大会评议通过", "", "", "", ""],
        ["", "以下空白", "", "", "", ""],
    ],
)
def test_counts_signatures_and_statements_are_no_records(tmp_path: Path, below: list[str]) -> None:
    workbook(tmp_path / "名单.xlsx", {"名单": [LEAN, *PEOPLE, below]})
    intake = read_here(tmp_path)
    assert column(intake, "name") == ["赵甲", "钱乙"]
    assert receipt(intake, "名单.xlsx")["rows_trailing"] == 1


@pytest.mark.parametrize("name", ["以琳", "户正", "钱乙：", "郑三人"])
def test_a_person_without_a_number_stays_whatever_the_name(tmp_path: Path, name: str) -> None:
    workbook(
        tmp_path / "名单.xlsx", {"名单": [["姓名", "身份证号"], ["赵甲", person_id(1)], [name, ""]]}
    )
    assert column(read_here(tmp_path), "name") == ["赵甲", name]


def test_a_place_with_a_colon_before_a_person_is_no_signature(tmp_path: Path) -> None:
    table = [["村组", "姓名", "身份证号"], ["一组：", "赵甲", ""], ["大田村：", "钱乙", "无"]]
    workbook(tmp_path / "名单.xlsx", {"名单": table})
    assert column(read_here(tmp_path), "name") == ["赵甲", "钱乙"]
