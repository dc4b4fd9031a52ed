"""Resident IDs: every way they stand in cells, and what they say. Oracle of the check digit: python-stdnum."""

import datetime as dt

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.iso7064 import mod_11_2

from reconciliation.identity.numbers import read_numbers
from tests.identity.world import EXAMPLES, SETTINGS, number

GOOD = number("52232419960307001")
GOOD_X = "52232419960307006X"


def read(*cells, kind="text", file="一.csv", year=2018):
    frame = pl.DataFrame(
        {"text": list(cells), "kind": [kind] * len(cells), "file": [file] * len(cells)},
        schema={"text": pl.String, "kind": pl.String, "file": pl.String},
    )
    return read_numbers(frame, SETTINGS.numbers, year)


def one(cell, **how):
    return read(cell, **how).row(0, named=True)


people = st.builds(
    lambda area, born, order: number(f"{area}{born:%Y%m%d}{order:03}"),
    st.sampled_from(["522324", "520526", "110101", "810000"]),
    st.dates(dt.date(1900, 1, 1), dt.date(2018, 12, 31)),
    st.integers(0, 999).filter(lambda order: order % 100),
)


@EXAMPLES
@given(people)
def test_a_sound_number_is_valid_and_says_birth_sex_and_area(whole):
    found = one(whole)
    assert (found["id_number"], found["id_quality"]) == (whole, "valid")
    assert found["birth_id"] == dt.datetime.strptime(whole[6:14], "%Y%m%d").date()
    assert found["sex_id"] == ("男" if int(whole[16]) % 2 else "女")
    assert found["id_area"] == whole[:6]


@EXAMPLES
@given(people, st.integers(0, 17), st.characters(codec="ascii", categories=["Nd"]))
def test_a_wrong_digit_never_stays_valid(whole, position, digit):
    changed = whole[:position] + digit + whole[position + 1 :]
    quality = one(changed)["id_quality"]
    if changed == whole:
        assert quality == "valid"
    elif position == 0 and digit == "0":
        assert quality == "malformed"
    else:
        assert not mod_11_2.is_valid(changed)
        assert quality in ("check_failed", "impossible", "precision_lost")


WIDE = str.maketrans("0123456789X", "０１２３４５６７８９Ｘ")


@EXAMPLES
@given(
    people,
    st.sampled_from(
        [
            str.lower,
            lambda n: f" {n} ",
            lambda n: f"{n[:6]} {n[6:14]}\u3000{n[14:]}",
            lambda n: f"'{n}",
            lambda n: f"{n}\t",
            lambda n: n.translate(WIDE),
            lambda n: n.replace("0", "O"),
            lambda n: n.replace("0", "o"),
            lambda n: f"{n}（已故）",
            lambda n: f"\ufeff{n}\u200b",
            lambda n: f"{n[:6]}-{n[6:14]}-{n[14:]}",
        ]
    ),
)
def test_writing_differences_do_not_matter(whole, written):
    assert one(written(whole))["id_number"] == whole
    assert one(written(whole))["id_quality"] == "valid"


@pytest.mark.parametrize("sign", ["x", "×", "*", "＊", "Х", "ｘ"])
def test_signs_that_stand_for_the_last_x(sign):
    assert one(GOOD_X[:17] + sign)["id_number"] == GOOD_X


@EXAMPLES
@given(people, st.integers(1, 7), st.integers(1, 4), st.sampled_from(["", "B1", "01", "B"]))
def test_a_disability_certificate_holds_the_number(whole, category, grade, tail):
    found = one(f"{whole}{category}{grade}{tail}")
    assert (found["id_number"], found["id_quality"]) == (whole, "valid")
    assert (found["certificate_category"], found["certificate_grade"]) == (category, grade)


def test_no_certificate_with_a_category_or_grade_that_does_not_exist():
    assert one(f"{GOOD}82")["id_quality"] == "malformed"
    assert one(f"{GOOD}45")["id_quality"] == "malformed"
    assert one(GOOD)["certificate_grade"] is None


@EXAMPLES
@given(people.filter(lambda n: n[6:8] == "19"))
def test_fifteen_digits_become_eighteen(whole):
    old = whole[:6] + whole[8:17]
    for kind in ("text", "number"):
        found = one(old, kind=kind)
        assert (found["id_number"], found["id_quality"]) == (whole, "upgraded_15")


def test_a_number_typed_into_a_spreadsheet_has_lost_its_end():
    found = one("522324199603070000", kind="number")
    assert found["id_quality"] == "precision_lost"
    assert found["id_number"] is None
    assert found["id_partial"] == "522324199603070"
    assert found["birth_id"] is None


def test_scientific_notation_keeps_only_what_it_shows():
    assert one("5.2232E+17")["id_partial"] == "5223"  # the last digit shown is rounded
    assert one("5.22324199603070E+17")["id_partial"] == "52232419960307"
    assert one("5.22325E+14")["id_partial"] == "52232"
    assert one("5.2232E+17")["id_quality"] == "precision_lost"


def destroyed(count):
    return [
        f"5223241996{month:02}{day:02}{order:1}000"
        for month in range(1, 13)
        for day in range(1, 29)
        for order in range(2)
    ][:count]


def test_a_file_whose_numbers_end_in_000_was_destroyed_by_a_spreadsheet():
    found = read(*destroyed(300))
    assert found["id_quality"].unique().to_list() == ["precision_lost"]
    assert any(mod_11_2.is_valid(cell) for cell in destroyed(300))  # chance alone passes 1 in 11


def test_one_sound_number_that_ends_in_000_stays_valid():
    sound = next(cell for cell in destroyed(300) if mod_11_2.is_valid(cell))
    assert one(sound)["id_quality"] == "valid"


def test_a_number_that_cannot_be():
    for cell in (
        number("52232419961307001"),
        number("52232419960230001"),
        number("99232419960307001"),
        number("52232420300307001"),
        number("52232418000307001"),
    ):
        found = one(cell)
        assert found["id_quality"] == "impossible"
        assert found["id_number"] == cell
        assert found["birth_id"] is None


def test_the_future_starts_after_the_year_of_the_batch():
    assert one(number("52232420190307001"), year=2019)["id_quality"] == "valid"
    assert one(number("52232420190307001"), year=2018)["id_quality"] == "impossible"


def test_a_failed_check_keeps_number_and_birth_date():
    found = one(GOOD[:17] + ("0" if GOOD[17] != "0" else "1"))
    assert found["id_quality"] == "check_failed"
    assert found["birth_id"] == dt.date(1996, 3, 7)


@pytest.mark.parametrize(
    "cell",
    [
        "无",
        "无身份证号码",
        "不详",
        "NULL",
        "0",
        "",
        " ",
        None,
        "正在办理",
        "000000000000000000",
        "null",
    ],
)
def test_no_number(cell):
    found = one(cell)
    assert found["id_quality"] == "missing"
    assert found["id_number"] is None and found["id_partial"] is None


@pytest.mark.parametrize(
    ("cell", "trusted"),
    [
        (GOOD[:17], GOOD[:15]),
        (GOOD + "1", GOOD[:15]),
        (GOOD[:12], GOOD[:6]),
        ("99" + GOOD[2:17], None),
        ("5223X4199603070019", None),
    ],
)
def test_a_number_of_the_wrong_shape_is_trusted_as_far_as_it_stands(cell, trusted):
    found = one(cell)
    assert found["id_quality"] == "malformed"
    assert found["id_number"] is None
    assert found["id_partial"] == trusted


@EXAMPLES
@given(st.lists(st.one_of(st.none(), st.text(max_size=24), people), max_size=12), st.randoms())
def test_a_cell_is_read_alike_wherever_it_stands(cells, random):
    apart = pl.concat([read(cell) for cell in cells]) if cells else read()
    together = read(*cells)
    unaffected = ~together["id_quality"].is_in(["precision_lost"])
    assert together.filter(unaffected).equals(apart.filter(unaffected))
    assert together["id_quality"].null_count() == 0
