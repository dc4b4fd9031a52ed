"""A column headed 地区 is a level of place by what stands beside people, whatever totals and signatures stand below them."""

from pathlib import Path

from tests.intake.offices import column, person_id, read_here, workbook


def test_a_total_below_a_short_list_does_not_hide_the_county(tmp_path: Path) -> None:
    people = [["晴隆县", f"李{'甲乙丙丁'[n]}", person_id(n)] for n in range(4)]
    below = [["合计", "", "", ""], ["填表人：钱某", "", ""]]
    workbook(tmp_path / "名单.xlsx", {"名单": [["地区", "姓名", "身份证号"], *people, *below]})
    assert column(read_here(tmp_path), "county") == ["晴隆县"] * 4
