"""A second table in one sheet that the first one's header cannot read is sent back, not read wrongly or left out."""

from pathlib import Path

from tests.intake.offices import Table, column, person_id, read_here, receipt, workbook

P = [person_id(n) for n in range(8)]
HEADER = ["姓名", "身份证号"]


def read_one(folder: Path, rows: Table) -> tuple[str, str, int]:
    workbook(folder / "名单.xlsx", {"名单": rows})
    intake = read_here(folder)
    got = receipt(intake, "名单.xlsx")
    return got["status"], got["message"] or "", intake.records.height


def test_two_lists_side_by_side_are_sent_back(tmp_path: Path) -> None:
    rows = [["赵甲", P[0], "", "钱乙", P[1]], ["孙丙", P[2], "", "李丁", P[3]]]
    status, message, records = read_one(tmp_path, [[*HEADER, "", *HEADER], *rows])
    assert (status, records) == ("refused", 0)
    assert "左右" in message
    assert not any(text in message for row in rows for text in row if text)


def test_a_repeated_column_about_the_same_person_is_taken(tmp_path: Path) -> None:
    rows = [["赵甲", P[0], "赵甲", P[0]], ["孙丙", P[2], "孙丙", P[2]]]
    assert read_one(tmp_path, [[*HEADER, *HEADER], *rows])[::2] == ("accepted", 2)


def test_a_header_again_in_another_order_is_sent_back_by_its_row(tmp_path: Path) -> None:
    table = [HEADER, ["赵甲", P[0]], ["身份证号码", "姓  名"], [P[1], "钱乙"]]
    status, message, records = read_one(tmp_path, table)
    assert (status, records) == ("refused", 0)
    assert "第3行" in message
    assert not any(text in message for text in ("赵甲", "钱乙", *P))


def test_a_header_again_in_the_same_order_is_only_a_page_head(tmp_path: Path) -> None:
    table = [HEADER, ["赵甲", P[0]], ["姓  名", "身份证号码"], ["钱乙", P[1]]]
    workbook(tmp_path / "名单.xlsx", {"名单": table})
    assert column(read_here(tmp_path), "name") == ["赵甲", "钱乙"]
