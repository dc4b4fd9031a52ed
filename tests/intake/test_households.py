"""Household files: joined to the persons where they are there, taken apart into persons where they are not."""

import re
from pathlib import Path

import polars as pl
import pytest

from reconciliation.intake.packed import Member, members, split_ids, split_names
from reconciliation.intake.register import Intake
from reconciliation.registers.codes import CodeTables
from tests.intake.offices import CONFIG, Range, person_id, read_here, receipt, text_file, workbook

P = [person_id(i) for i in range(40)]
PERSONS = [
    "姓名",
    "身份证号",
    "户主身份证号",
    "户主姓名",
    "家庭人口数",
    "家庭年均收入（元）",
    "性别",
]
HOUSEHOLDS = [
    "户主姓名", "户主身份证号", "家庭人口数", "家庭年均收入（元）", "家庭年总收入（元）", "性别", "家庭成员姓名", "家庭成员身份证号",
]  # fmt: skip


@pytest.fixture(scope="module")
def intake(tmp_path_factory: pytest.TempPathFactory) -> Intake:
    folder = tmp_path_factory.mktemp("dibao")
    workbook(
        folder / "人员.xlsx",
        {
            "Sheet1": [
                PERSONS,
                ["田一苇", P[0], P[0], "田一苇", "2", "", ""],
                ["田二苇", P[1], P[0].lower(), "田一苇", "2", "3000", ""],
                ["罗三月", P[2], P[2], "罗三月", "3", "", "女"],
                ["石四", P[3], "", "石四", "1", "900.0", ""],
                ["江五", P[4], P[4], "江五", "1", "", ""],
                ["江小五", P[5], P[4], "江五", "1", "", ""],
                ["何六", int(P[6]), int(P[6]), "何六", "1", "", ""],
            ]
        },
    )
    slip = P[4][:16] + ("1" if P[4][16] != "1" else "2") + P[4][17]
    workbook(
        folder / "家庭.xlsx",
        {
            "家庭": [
                HOUSEHOLDS,
                ["田一苇", f" {P[0]} ", "2", "2500", "5000", "男", "田二苇", P[1]],
                ["罗三月", P[2], "4", "1800", "", "", "", ""],
                ["石四", P[3], "1", "900", "900", "", "", ""],
                ["江五", slip, "1", "777", "", "", "", ""],
                ["何六", P[6], "1", "888", "", "", "", ""],
                ["吴七", P[7], "3", "1000", "3000", "男", "吴七、吴八，吴九", f"{P[7]}、{P[8]}、"],
                ["", "", "9", "", "", "", "", ""],
                ["合计", "", "20", "", "", "", "", ""],
            ]
        },
    )
    return read_here(folder)


def person(intake: Intake, name: str) -> dict[str, object]:
    return intake.records.filter(name=name).row(0, named=True)


def test_blank_and_absent_fields_are_filled_and_filled_ones_stay(intake: Intake) -> None:
    head, member = person(intake, "田一苇"), person(intake, "田二苇")
    assert (head["income_per_capita"], member["income_per_capita"]) == ("2500", "3000")
    assert head["household_income"] == member["household_income"] == "5000"


def test_what_is_said_of_the_head_is_not_said_of_the_members(intake: Intake) -> None:
    assert person(intake, "田一苇")["sex"] == "男"
    assert person(intake, "田二苇")["sex"] == ""


def test_a_head_without_the_column_of_heads_is_found_by_the_own_number(intake: Intake) -> None:
    assert person(intake, "石四")["household_income"] == "900"
    assert person(intake, "石四")["head_id"] == P[3]
    assert person(intake, "石四")["head_id_kind"] == "text"


def test_disagreements_are_counted_on_the_household_file(intake: Intake) -> None:
    # The income of 田二苇 (3000, 2500) and the size of 罗三月's household (3, 4); 900.0 and 900 are the same.
    got = receipt(intake, "家庭.xlsx")
    assert got["kind"] == "household"
    assert got["disagreements"] == 2
    assert receipt(intake, "人员.xlsx")["disagreements"] == 0
    assert (got["rows_read"], got["rows_accepted"], got["rows_rejected"]) == (7, 6, 1)
    assert got["rows_trailing"] == 1


def test_households_without_persons_become_records(intake: Intake) -> None:
    made = intake.records.filter(source_file="家庭.xlsx").sort("name")
    assert made.select("name", "id_number", "relation", "source_row").rows() == [
        ("吴七", P[7], "户主", 7),
        ("吴九", "", None, 7),
        ("吴八", P[8], None, 7),
    ]
    assert set(made["head_id"]) == {P[7]}
    assert set(made["household_income"]) == {"3000"}
    assert made["sex"].to_list() == ["男", None, None]
    assert "由本表生成人员记录3条" in receipt(intake, "家庭.xlsx")["message"]


def test_a_slip_or_a_damaged_number_of_the_head_does_not_double_the_family(intake: Intake) -> None:
    assert intake.records.filter(pl.col("name").is_in(["江五", "何六"])).height == 2
    assert person(intake, "江五")["income_per_capita"] == ""
    assert "2户户主身份证号码与人员表对不上" in receipt(intake, "家庭.xlsx")["message"]


@pytest.mark.parametrize("households", [0, 2, 3])
def test_a_household_file_need_not_say_who_the_members_are(tmp_path: Path, households: int) -> None:
    people = [["田一苇", P[0], P[0]], ["田二苇", P[1], P[0]], ["罗三月", P[2], P[2]]]
    text_file(tmp_path / "人员.csv", [["姓名", "身份证号", "户主身份证号"], *people])
    heads = [["田一苇", P[0], "2500"], ["罗三月", P[2], "1800"], ["吴七", P[7], "900"]]
    table = [["户主姓名", "户主身份证号", "家庭年均收入"], *heads[:households]]
    text_file(tmp_path / "家庭.csv", table)
    got = read_here(tmp_path)
    file = receipt(got, "家庭.csv")
    assert (file["kind"], file["status"]) == ("household", "accepted")
    assert file["rows_accepted"] == households
    incomes = dict(got.records.select("name", "income_per_capita").iter_rows())
    told = {"田一苇": "2500", "田二苇": "2500", "罗三月": "1800"} if households else {}
    untold = dict.fromkeys(("田一苇", "田二苇", "罗三月"))
    assert incomes == untold | told | ({"吴七": "900"} if households == 3 else {})


def test_a_register_of_households_only(tmp_path: Path) -> None:
    older = ["地区", "户主姓名", "身份证号", "低保证号", "主要致贫原因", "家庭人口数", "社区（村）"]
    text_file(tmp_path / "a.csv", [older, ["甲县", "田一苇", P[9], "A1", "因病", "1", "乙村"]])
    alone = read_here(tmp_path)
    row = alone.records.row(0, named=True)
    assert (row["name"], row["id_number"], row["relation"]) == ("田一苇", P[9], "户主")
    assert (row["application_reason"], row["village"]) == ("因病", "乙村")
    assert (row["county"], row["other_cells"]) == ("甲县", "{}")
    assert receipt(alone, "a.csv")["kind"] == "household"


@pytest.mark.parametrize(
    ("values", "level"),
    [
        (["甲县", "乙区"], "county"),
        (["丙镇", "丁乡"], "town"),
        (["甲县丙镇", "甲县丁乡"], None),
        (["甲县", "丙镇"], None),
    ],
)
def test_the_level_of_a_plain_area_column_is_told_by_its_values_or_not_at_all(
    tmp_path: Path, values: list[str], level: str | None
) -> None:
    rows = [["田一苇", P[i], value] for i, value in enumerate(values)]
    text_file(tmp_path / "a.csv", [["姓名", "身份证号", "地区"], *rows])
    records = read_here(tmp_path).records
    places = {field: records[field].to_list() for field in ("county", "town", "village")}
    assert {field for field, texts in places.items() if any(texts)} == ({level} if level else set())


def test_members_listed_one_a_row_are_persons_whatever_the_headers_say(tmp_path: Path) -> None:
    header = ["户主姓名", "户主身份证号", "家庭成员姓名", "家庭成员身份证号", "性别"]
    table = [["田大", P[10], "田大", P[10], "男"], ["田大", P[10], "田二", P[11], "女"]]
    text_file(tmp_path / "a.csv", [header, *table])
    listed = read_here(tmp_path)
    assert receipt(listed, "a.csv")["kind"] == "person"
    assert listed.records.select("name", "id_number", "head_id", "sex").rows() == sorted(
        [("田大", P[10], P[10], "男"), ("田二", P[11], P[10], "女")], key=lambda row: row[1]
    )


@pytest.mark.parametrize(
    ("cell", "names"),
    [
        ("田一、田二", ["田一", "田二"]),
        ("田一，田二;田三；田四/田五", ["田一", "田二", "田三", "田四", "田五"]),
        ("田一\n田二\n", ["田一", "田二"]),
        ("田一 田二", ["田一", "田二"]),
        ("田 一 田二", ["田一", "田二"]),
        ("田 一、田二", ["田 一", "田二"]),
    ],
)
def test_packed_names_come_apart(cell: str, names: list[str]) -> None:
    assert split_names(cell) == names


def test_packed_numbers_come_apart_and_keep_their_places() -> None:
    assert split_ids("1,,3") == ["1", "", "3"]
    assert split_ids("1 3") == ["1", "3"]


@pytest.mark.parametrize(
    ("names", "ids", "others"),
    [
        ("田大、田二、田三", "9X、2、3", [("田二", "2"), ("田三", "3")]),
        ("田大、田二、田三", "2、3", [("田二", "2"), ("田三", "3")]),
        ("田二、田三", "9X、2、3", [("田二", "2"), ("田三", "3")]),
        ("田二、田三", "2", [("田二", "2"), ("田三", "")]),
        ("田二", "2、3", [("田二", "2"), ("", "3")]),
        ("", "", []),
        ("1、田二、2、田三", f"1、{P[2]}、2、{P[3]}", [("田二", P[2]), ("田三", P[3])]),
        ("1.田二 2.田三", f"1.{P[2]} 2.{P[3]}", [("田二", P[2]), ("田三", P[3])]),
        ("田二｜田三", f"{P[2]}+{P[3]}", [("田二", P[2]), ("田三", P[3])]),
        (f"田二{P[2]}，田三({P[3]})", "", [("田二", P[2]), ("田三", P[3])]),
        (f"田二 {P[2]} 田三 {P[3]}", "", [("田二", P[2]), ("田三", P[3])]),
        ("田二（已故）、田三", "2、3", [("田二（已故）", "2"), ("田三", "3")]),
    ],
)
def test_names_and_numbers_are_paired_by_position_without_the_head(
    names: str, ids: str, others: list[tuple[str, str]]
) -> None:
    found = members(names, ids, Member("田大", "9x"))
    assert [(person.name, person.number) for person in found] == others


@pytest.mark.parametrize(
    ("entry", "name", "relation"),
    [
        ("田二（妻）", "田二", "妻"),
        ("田二(之子)", "田二", "之子"),
        ("田二[长女]", "田二", "长女"),
        ("田二（外祖母）", "田二", "外祖母"),
        ("田二（已故）", "田二（已故）", ""),
        ("阿依古丽·买买提（儿媳）", "阿依古丽·买买提", "儿媳"),
    ],
)
def test_a_relation_in_brackets_is_the_relation_and_any_other_remark_stays(
    entry: str, name: str, relation: str
) -> None:
    assert members(entry, "", Member("田大", "9x")) == [Member(name, "", relation)]


def test_every_relation_the_code_table_knows_is_one_in_brackets_too() -> None:
    known = CodeTables.load(CONFIG / "codes.yaml").fields["relation"].texts
    kin = {text for code, texts in known.items() if code not in ("head", "other") for text in texts}
    plain = {text for text in kin if not re.search("[/、或]|其他|关系", text)}
    unread = {
        text for text in plain if not members(f"田二（{text}）", "", Member("", ""))[0].relation
    }
    assert unread == set()


def test_more_names_than_numbers_is_said_in_the_receipt(tmp_path: Path) -> None:
    header = ["户主姓名", "户主身份证号", "家庭成员姓名", "家庭成员身份证号"]
    text_file(
        tmp_path / "a.csv",
        [
            header,
            ["田大", P[0], "田二、田三", P[1]],
            ["罗大", P[2], "罗大、罗二", f"{P[2]}、{P[3]}"],
        ],
    )
    got = read_here(tmp_path)
    assert got.records.height == 5
    assert "其中1户家庭成员姓名与身份证号码个数不符" in receipt(got, "a.csv")["message"]


def test_a_column_of_several_members_is_a_household_file_although_it_has_relations(
    tmp_path: Path,
) -> None:
    header = ["户主姓名", "身份证号", "与户主关系", "家庭成员", "成员身份证号"]
    text_file(tmp_path / "a.csv", [header, ["田大", P[0], "本人", "田二、田三", f"{P[1]}、{P[2]}"]])
    got = read_here(tmp_path)
    assert receipt(got, "a.csv")["kind"] == "household"
    assert set(got.records.select("name", "id_number").iter_rows()) == {
        ("田大", P[0]), ("田二", P[1]), ("田三", P[2])
    }  # fmt: skip


def test_members_below_the_one_cell_of_their_head_are_persons(tmp_path: Path) -> None:
    header = ["户主姓名", "户主身份证号", "家庭成员姓名", "家庭成员身份证号"]
    rows = [["田大", P[0], "田大", P[0]], ["", "", "田二", P[1]], ["", "", "田三", P[2]]]
    workbook(
        tmp_path / "a.xlsx", {"表": [header, *rows]}, merged=[Range(1, 0, 3, 0), Range(1, 1, 3, 1)]
    )
    got = read_here(tmp_path)
    assert receipt(got, "a.xlsx")["kind"] == "person"
    assert got.records["head_id"].to_list() == [P[0]] * 3


def test_heads_are_found_whatever_apostrophes_widths_and_blanks_stand_around_their_number(
    tmp_path: Path,
) -> None:
    wide = P[0].translate(str.maketrans("0123456789", "０１２３４５６７８９"))
    text_file(
        tmp_path / "人员.csv",
        [["姓名", "身份证号", "户主身份证号"], ["田大", P[0], "'" + P[0]], ["田二", P[1], wide]],
    )
    spaced = f"{P[0][:6]} {P[0][6:14]} {P[0][14:]}"
    text_file(
        tmp_path / "家庭.csv",
        [["户主姓名", "户主身份证号", "家庭年均收入"], ["田大", spaced, "2500"]],
    )
    assert read_here(tmp_path).records["income_per_capita"].to_list() == ["2500", "2500"]


def test_members_that_no_person_file_has_are_said_in_the_receipt(tmp_path: Path) -> None:
    """They may be people who are not supported; if they are, nobody else would miss them."""
    slip = P[1][:16] + ("1" if P[1][16] != "1" else "2") + P[1][17]
    workbook(
        tmp_path / "人员.xlsx",
        {
            "表": [
                PERSONS,
                *(
                    [name, number, P[0], "田一", "", "", ""]
                    for name, number in [("田一", P[0]), ("田 二", P[1])]
                ),
            ]
        },
    )
    names = [("田一", P[0]), ("田二", slip), ("田三", P[2]), ("田四", "")]
    packed = ["、".join(name for name, _ in names), "、".join(number for _, number in names) + "、"]
    workbook(tmp_path / "家庭.xlsx", {"表": [HOUSEHOLDS, ["田一", P[0], "", "", "", "", *packed]]})
    got = read_here(tmp_path)
    assert got.records["name"].sort().to_list() == ["田 二", "田一"]
    assert "2名家庭成员" in receipt(got, "家庭.xlsx")["message"]
    assert receipt(got, "人员.xlsx")["message"] is None


def test_households_of_another_township_become_records_beside_the_persons(tmp_path: Path) -> None:
    text_file(
        tmp_path / "甲镇人员.csv", [["姓名", "身份证号", "户主身份证号"], ["田大", P[0], P[0]]]
    )
    header = ["户主姓名", "户主身份证号", "家庭成员姓名", "家庭成员身份证号"]
    text_file(tmp_path / "乙镇家庭.csv", [header, ["罗大", P[1], "罗二", P[2]]])
    got = read_here(tmp_path)
    assert set(got.records["name"]) == {"田大", "罗大", "罗二"}
    assert "1户没有人员表，由本表生成人员记录2条" in receipt(got, "乙镇家庭.csv")["message"]
