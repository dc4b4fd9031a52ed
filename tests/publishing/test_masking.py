"""What the audit and the public profile show of a person."""

from datetime import date

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciliation.publishing.masking import (
    date_difference,
    differing_positions,
    id_difference,
    masked_id,
    masked_name,
    masked_rows,
    masked_surname,
    masked_text,
    public_notice,
)
from tests.publishing.frames import LABELS

ONE = "522101199001011234"


def one(expression: pl.Expr, value: str | None) -> str | None:
    frame = pl.DataFrame({"x": [value]}, schema={"x": pl.String})
    return frame.select(expression)["x"][0]  # type: ignore[no-any-return]


@pytest.mark.parametrize(
    ("full", "shown"),
    [
        ("522101199001011234", "522101●●●●●●●●●●●●"),
        ("52210119900101123X", "522101●●●●●●●●●●●●"),
        ("522101900101123", "522101●●●●●●●●●"),
        ("52210119900101123441", "522101●●●●●●●●●●●●●●"),
        ("13800138000", "●●●●●●●●●●●"),
        ("张三的身份证号码不详请到村委会查询一下", "●" * 19),
        ("", ""),
        (None, None),
    ],
)
def test_of_an_id_only_the_area_is_left(full: str | None, shown: str | None) -> None:
    assert one(masked_id("x"), full) == shown


@pytest.mark.parametrize(
    ("full", "shown"),
    [
        ("张小三", "张*三"),
        ("张三", "张*"),
        ("张", "*"),
        ("欧阳小三", "欧**三"),
        ("买买提·吐尔逊", "买*****逊"),
        ("𠮷野家", "𠮷*家"),
        ("李\ue000四", "李*四"),
        ("李四\ue000", "李**"),
        ("张三（已故）", "张*****"),
        ("李四(残)", "李****"),
        ("张三 丰", "张***"),
        ("522101199001011234", "*" * 18),
        ("13800138000张三", "*" * 13),
        ("", ""),
        (None, None),
    ],
)
def test_of_a_name_the_ends_are_left(full: str | None, shown: str | None) -> None:
    assert one(masked_name("x"), full) == shown


@given(st.text(alphabet="甲乙丙丁戊", min_size=1, max_size=9))
def test_a_masked_name_is_as_long_as_the_name_and_never_the_name(name: str) -> None:
    shown = one(masked_name("x"), name)
    assert shown is not None
    assert len(shown) == len(name)
    assert shown != name


@given(st.text("0123456789X", max_size=20), st.text("0123456789X", max_size=20))
def test_positions_are_those_where_the_texts_differ(left: str, right: str) -> None:
    places = differing_positions(left, right)
    assert places == sorted(set(places))
    assert (not places) == (left == right)
    for place in range(1, max(len(left), len(right)) + 1):
        assert (place in places) == (left[place - 1 : place] != right[place - 1 : place])


def test_a_difference_of_ids_is_told_in_words() -> None:
    other = "522101199002011934"
    assert id_difference(ONE, other, LABELS, show_digits=True) == "第12位 1→2、第16位 2→9"
    assert id_difference(ONE, other, LABELS, show_digits=False) == "第12位、第16位"
    assert id_difference(ONE, ONE, LABELS, show_digits=True) == "一致"
    assert id_difference(ONE, ONE[:15], LABELS, show_digits=True) == "位数不同（18位、15位）"


def test_dates_differ_by_their_parts() -> None:
    left, right = date(1990, 1, 2), date(1990, 2, 1)
    assert date_difference(left, right, LABELS, show_digits=True) == "月份 1→2、日 2→1"
    assert date_difference(left, right, LABELS, show_digits=False) == "月份、日"
    assert date_difference(left, left, LABELS, show_digits=False) == "一致"


@pytest.mark.parametrize(
    ("full", "shown"),
    [
        ("张小三", "张**"),
        ("张三", "张*"),
        ("张", "*"),
        ("522101199001011234", "*" * 10 + "…"),
        ("张三（已故，其子李四代领）", "张" + "*" * 9 + "…"),
        ("", ""),
        (None, None),
    ],
)
def test_of_a_name_of_which_nobody_needs_to_know_the_surname_is_left(
    full: str | None, shown: str | None
) -> None:
    assert one(masked_surname("x"), full) == shown


@pytest.mark.parametrize(
    ("full", "shown"),
    [
        ("1980-02-03", "●●●●-●●-●●"),
        ("2018年8月", "●●●●年●月"),
        ("3,000.50元", "●,●●●.●●元"),
        ("13800138000", "●" * 11),
        ("某镇某村3组", "●" * 6),
        ("残疾，电话13800138000", "●" * 10 + "…"),
        ("张年月", "●●●"),
        ("", ""),
        (None, None),
    ],
)
def test_of_any_other_cell_the_shape_is_left(full: str | None, shown: str | None) -> None:
    assert one(masked_text("x"), full) == shown


def test_rows_show_common_codes_and_neither_illness_nor_anything_else() -> None:
    rows = pl.DataFrame(
        {
            "source_row": [4],
            "name": ["张小三"],
            "id_number": [ONE],
            "birth_date": ["1990-01-01"],
            "relation": ["户主"],
            "health": ["残疾"],
            "没人认识的列": ["李四"],
        }
    )
    known = {"relation": frozenset({"户主"}), "health": frozenset({"残疾"})}
    assert masked_rows(rows, known).row(0) == (
        4, "张**", "522101●●●●●●●●●●●●", "●●●●-●●-●●", "户主", "●●", "●●",
    )  # fmt: skip
    assert masked_rows(rows, {})["relation"][0] == "●●"


@pytest.mark.parametrize(
    ("born", "as_of", "named"),
    [
        (date(2000, 2, 29), date(2018, 2, 28), 0),
        (date(2000, 2, 29), date(2018, 3, 1), 1),
        (date(2000, 3, 1), date(2018, 3, 1), 1),
        (date(2000, 3, 2), date(2018, 3, 1), 0),
    ],
)
def test_nobody_is_named_in_public_before_the_day_of_age(
    born: date, as_of: date, named: int
) -> None:
    people = pl.DataFrame({"name": ["张小三"], "village": ["大坪村"], "birth_date": [born]})
    assert public_notice(people, as_of=as_of).height == named


def test_a_public_notice_names_grown_ups_and_nothing_but_name_and_village() -> None:
    people = pl.DataFrame(
        {
            "name": ["张小三", "李四", "王小小", "赵不详"],
            "village": ["大坪村"] * 4,
            "birth_date": [date(1980, 1, 1), date(2000, 8, 15), date(2000, 8, 16), None],
            "id_number": [ONE] * 4,
        }
    )
    notice = public_notice(people, as_of=date(2018, 8, 15))
    assert notice.columns == ["name", "village"]
    assert sorted(notice["name"]) == ["张*三", "李*"]
