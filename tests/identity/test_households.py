"""Who belongs to one household within a register."""

import random

import pytest

from tests.identity.world import number, persons

PLACE = {"county": "云岭县", "town": "石桥镇", "village": "和平村"}
HEAD = number("52232419600101001")
WIFE = number("52232419610202002")
SON = number("52232419900303003")
OTHER = number("52232419650404004")
STRANGER = number("52232419700505005")
DAMAGED = HEAD[:17] + ("0" if HEAD[17] != "0" else "1")


def dibao(name, own, head=HEAD, relation="子/婿", **more):
    return {"name": name, "id_number": own, "head_id": head, "relation": relation, **PLACE, **more}


def poverty(name, household_no, relation="之子", **more):
    return {
        "name": name,
        "id_number": "",
        "household_no": household_no,
        "relation": relation,
        **PLACE,
        **more,
    }


def test_dibao_rows_with_one_head_are_one_household():
    found = persons(
        "dibao",
        dibao("张一", HEAD, relation="户主/本人"),
        dibao("李二", WIFE, relation="配偶"),
        dibao("王三", OTHER, OTHER, "本人"),
        dibao("张四", SON, HEAD.lower() + " "),
    )
    assert found["household"].to_list() == [1, 1, 2, 1]
    assert found["household_basis"].unique().to_list() == ["head_id"]
    assert found["is_head"].to_list() == [True, False, True, False]


def test_a_head_without_relation_is_known_by_the_number_or_the_name():
    found = persons(
        "dibao",
        {"name": "张一", "id_number": HEAD, "head_id": HEAD},
        {"name": "李二", "id_number": WIFE, "head_id": HEAD},
    )
    assert found["relation"].to_list() == ["head", None]
    found = persons(
        "poverty",
        {"name": "张一", "id_number": HEAD, "head_name": "张一"},
        {"name": "李二", "id_number": WIFE, "head_name": "张一"},
    )
    assert found["is_head"].to_list() == [True, False]


def test_a_member_with_the_heads_number_is_no_head():
    found = persons("dibao", dibao("张一", HEAD, relation="户主/本人"), dibao("张四", HEAD))
    assert found["is_head"].to_list() == [True, False]
    assert found["household"].to_list() == [1, 1]


@pytest.mark.parametrize("damage", ["", "无", HEAD[:16], "5.2232E+17", DAMAGED])
def test_a_damaged_link_to_the_head_is_mended_by_the_certificate(damage):
    rows = [
        dibao("张一", HEAD, relation="户主/本人", certificate_no="黔农保001"),
        dibao("张四", SON, damage, certificate_no="黔农保001"),
        dibao("王三", OTHER, OTHER, "本人", certificate_no="黔农保002"),
    ]
    found = persons("dibao", *rows)
    assert found["household"].to_list() == [1, 1, 2]
    assert found["household_basis"][1] == "certificate_no"


@pytest.mark.parametrize("damage", ["", DAMAGED])
def test_a_damaged_link_to_the_head_is_mended_by_name_and_village(damage):
    rows = [
        dibao("张一", HEAD, relation="户主/本人", head_name="张一"),
        dibao("张四", SON, damage, head_name="张 一"),
        dibao("李五", STRANGER, damage, head_name="张一", village="红旗村"),
    ]
    found = persons("dibao", *rows)
    assert found["household"].to_list() == [1, 1, 2]
    assert found["household_basis"][1] == "head_name_place"


def test_two_heads_of_one_name_leave_a_damaged_member_alone():
    rows = [
        dibao("张一", HEAD, relation="户主/本人", head_name="张一"),
        dibao("张一", OTHER, OTHER, "本人", head_name="张一"),
        dibao("张四", SON, "", head_name="张一"),
    ]
    found = persons("dibao", *rows)
    assert found["household"].to_list() == [1, 2, 3]
    assert found["household_basis"][2] == "alone"


def test_head_numbers_a_spreadsheet_destroyed_still_hold_a_family_of_one_village_together():
    lost = {"head_id": HEAD[:15] + "000", "head_id_kind": "number", **PLACE}
    rows = [
        {"name": "张一", "id_number": HEAD, "relation": "本人", **lost},
        {"name": "李二", "id_number": WIFE, "relation": "配偶", **lost},
        {"name": "赵六", "id_number": STRANGER, "relation": "配偶", **lost, "village": "红旗村"},
    ]
    assert persons("dibao", *rows)["household"].to_list() == [1, 1, 2]


def test_rows_with_nothing_to_go_by_stand_alone_and_are_not_lost():
    found = persons("dibao", dibao("张四", SON, ""), dibao("李五", STRANGER, ""))
    assert found["household"].to_list() == [1, 2]
    assert found["household_basis"].to_list() == ["alone", "alone"]


def test_the_leanest_list_has_one_person_a_household():
    found = persons(
        "dibao", {"name": "张一", "id_number": HEAD}, {"name": "李二", "id_number": WIFE}
    )
    assert found["household_basis"].to_list() == ["alone", "alone"]


def test_poverty_rows_with_one_household_number_are_one_household():
    found = persons(
        "poverty",
        poverty("张一", "5200000001", "户主"),
        poverty("张四", "5200000001"),
        poverty("王三", "5200000002", "户主"),
    )
    assert found["household"].to_list() == [1, 1, 2]
    assert found["household_basis"].unique().to_list() == ["household_no"]


def test_short_numbers_count_within_the_place_they_were_given_in():
    rows = [
        poverty("张一", "1", "户主"),
        poverty("张四", "01"),
        poverty("王三", "1", "户主", village="红旗村"),
        poverty("王五", "1", village="红旗村"),
    ]
    assert persons("poverty", *rows)["household"].to_list() == [1, 1, 2, 2]


def test_short_numbers_that_are_unique_in_the_county_hold_beyond_a_village():
    rows = [
        poverty("张一", "1", "户主"),
        poverty("张四", "1", village="和平新村"),
        poverty("王三", "2", "户主", village="红旗村"),
        poverty("赵六", "1", "户主", county="水西县"),
    ]
    assert persons("poverty", *rows)["household"].to_list() == [1, 1, 2, 3]


def test_household_numbers_a_spreadsheet_destroyed_do_not_make_one_giant_household():
    rows = [
        poverty(
            f"张{own}", "520000000000001000", "户主", household_no_kind="number", id_number="无"
        )
        for own in "一二三"
    ]
    assert persons("poverty", *rows)["household"].to_list() == [1, 2, 3]


def test_the_order_of_rows_does_not_change_who_lives_together():
    rows = [
        dibao(
            f"张{c}",
            number(f"522324196001{day:02}001"),
            number(f"522324196001{day % 7 + 1:02}001"),
            "本人" if day <= 7 else "子/婿",
            certificate_no=str(day % 5),
            head_name="张一",
        )
        for day, c in enumerate("甲乙丙丁戊己庚辛壬癸子丑寅卯辰巳午未申酉", 1)
    ]
    shuffled = rows.copy()
    random.Random(2).shuffle(shuffled)

    def families(given):
        found = persons("dibao", *given)
        return {frozenset(group["name"].to_list()) for _, group in found.group_by("household")}

    assert families(rows) == families(shuffled)
