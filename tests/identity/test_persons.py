"""Records to persons, whole rows."""

import datetime as dt

import pytest

from reconciliation.identity.persons import PERSON_SCHEMA
from reconciliation.registers.schema import REGISTERS
from tests.identity.world import number, persons, records

MAN = number("52232419600101001")
OLD = "522324600101001"


def one(register="dibao", **row):
    return persons(register, {"name": "张三", **row}).row(0, named=True)


@pytest.mark.parametrize("register", REGISTERS)
def test_every_register_gives_the_columns_of_the_contract(register):
    found = persons(register, {"name": "张三（已故）", "id_number": MAN})
    assert dict(found.schema) == PERSON_SCHEMA
    assert (found["name"][0], found["id_quality"][0], found["household"][0]) == ("张三", "valid", 1)
    empty = persons(register)
    assert dict(empty.schema) == PERSON_SCHEMA and empty.is_empty()


def test_rejected_rows_are_no_persons():
    found = persons(
        "dibao", {"name": "张三"}, {"name": "李四", "rejected": "无姓名"}, {"name": "王五"}
    )
    assert found["record"].to_list() == [1, 3]


def test_a_good_number_decides_sex_and_birth_and_both_sides_are_kept():
    found = one(id_number=MAN, sex="女", birth_date="1961-01-01")
    assert (found["sex"], found["sex_field"], found["sex_id"]) == ("男", "女", "男")
    assert (found["birth_date"], found["birth_field"]) == (dt.date(1960, 1, 1), dt.date(1961, 1, 1))
    assert one(id_number=OLD, sex="女")["sex"] == "男"


def test_a_damaged_number_leaves_the_decision_to_the_field():
    damaged = MAN[:17] + ("0" if MAN[17] != "0" else "1")
    found = one(id_number=damaged, sex="女", birth_date="1961/1/1")
    assert (found["sex"], found["sex_id"], found["birth_date"]) == ("女", "男", dt.date(1961, 1, 1))
    assert one(id_number=damaged)["sex"] is None


def test_list_of_certificates_gives_the_number_inside():
    found = one("disability_certificates", disability_certificate=MAN + "42")
    assert (found["id_number"], found["id_quality"], found["certificate_grade"]) == (
        MAN,
        "valid",
        2,
    )
    # in other registers the ID column alone speaks
    assert one("dibao", id_number="", disability_certificate=MAN + "42")["id_quality"] == "missing"


def test_the_cell_kind_tells_a_destroyed_number():
    assert (
        one(id_number="522324196001010000", id_number_kind="number")["id_quality"]
        == "precision_lost"
    )
    assert one(id_number=OLD, id_number_kind="number")["id_quality"] == "upgraded_15"


def test_nothing_received_is_changed():
    before = records("dibao", {"name": "萧 三（已故）", "id_number": MAN.lower()})
    copy = before.clone()
    persons("dibao", {"name": "萧 三（已故）", "id_number": MAN.lower()})
    assert before.equals(copy)
    assert one(name="萧 三（已故）")["name"] == "萧三"


def test_the_frame_is_sorted_and_unique_by_record():
    found = persons(
        "poverty", *({"name": name, "household_no": str(n)} for n, name in enumerate("甲乙丙丁"))
    )
    assert found["record"].to_list() == [1, 2, 3, 4]


def test_an_oracle_row_by_row_agrees_on_numbers_and_names():
    """A plain loop over the same cells, written independently of the polars code."""
    cells = [MAN, MAN.lower(), f" {MAN}", OLD, MAN[:17], "无", "", MAN + "31", MAN[:15] + "123"]

    def plain(cell):
        text = "".join(cell.split()).upper()
        if not any(c.isdigit() for c in text):
            return None
        if len(text) == 15:
            text = number(text[:6] + "19" + text[6:])
        if len(text) == 20:
            text = text[:18]
        return text if len(text) == 18 else None

    found = persons("dibao", *({"name": "张三", "id_number": cell} for cell in cells))
    assert found["id_number"].to_list() == [plain(cell) for cell in cells]
