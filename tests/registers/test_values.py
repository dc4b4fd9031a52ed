"""How amounts, dates, months, counts and yes/no are read from cells."""

import datetime as dt

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciliation.registers import values
from tests.identity.world import EXAMPLES

FULL_WIDTH = str.maketrans("0123456789,.-/", "０１２３４５６７８９，．－／")


def read(function, *cells):
    return (
        pl.DataFrame({"cell": list(cells)}, schema={"cell": pl.String})
        .select(function(pl.col("cell")))["cell"]
        .to_list()
    )


@pytest.mark.parametrize(
    ("cell", "yuan"),
    [
        ("3535", 3535.0),
        ("3,535.50元", 3535.5),
        ("１，２３４", 1234.0),
        ("0.35万元", 3500.0),
        ("1.2万", 12000.0),
        ("￥300", 300.0),
        ("-5", -5.0),
        ("0", 0.0),
    ],
)
def test_an_amount_is_read_in_yuan(cell, yuan):
    assert read(values.amount, cell) == [pytest.approx(yuan)]


@pytest.mark.parametrize("cell", ["约3000", "300元/月", "12,34", "三千", "1.2.3", "", " ", None])
def test_an_amount_that_is_not_sure_is_unknown(cell):
    assert read(values.amount, cell) == [None]


@EXAMPLES
@given(
    day=st.dates(dt.date(1850, 1, 1), dt.date(2100, 12, 31)),
    form=st.sampled_from(
        ["%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y%m%d", "%Y年%m月%d日", "%Y-%m-%d 00:00:00"]
    ),
    wide=st.booleans(),
)
def test_every_written_form_of_a_day_gives_that_day(day, form, wide):
    cell = day.strftime(form)
    assert read(values.date, cell.translate(FULL_WIDTH) if wide else cell) == [day]
    assert read(values.month, cell) == [day.replace(day=1)]


@EXAMPLES
@given(st.dates(dt.date(1850, 1, 1), dt.date(2100, 12, 31)))
def test_leading_zeros_of_month_and_day_may_be_missing(day):
    cells = [
        f"{day.year}{a}{day.month}{b}{day.day}{c}" for a, b, c in ("--_", "//_", ".._", "年月日")
    ]
    assert read(values.date, *(cell.rstrip("_") for cell in cells)) == [day] * 4


@EXAMPLES
@given(st.dates(dt.date(1958, 1, 1), dt.date(2100, 12, 31)), st.sampled_from(["", ".0", ".5"]))
def test_a_day_as_a_spreadsheet_counts_it_is_that_day(day, time):
    serial = f"{(day - dt.date(1899, 12, 30)).days}{time}"
    assert read(values.date, serial) == [day]
    assert read(values.month, serial) == [day.replace(day=1)]


@EXAMPLES
@given(st.integers(1850, 2099), st.integers(1, 9))
def test_five_digits_that_may_be_a_year_and_a_month_are_not_guessed(year, month):
    assert read(values.date, f"{year}{month}") == [None]
    assert read(values.month, f"{year}{month}") == [None]


@EXAMPLES
@given(st.integers(1, 12), st.integers(0, 40), st.integers(1900, 2050))
def test_only_days_of_the_calendar_are_read(month, day, year):
    try:
        expected = dt.date(year, month, day)
    except ValueError:
        expected = None
    assert read(values.date, f"{year}{month:02}{day:02}", f"{year}-{month}-{day}") == [expected] * 2


@pytest.mark.parametrize(
    "cell", ["201808", "2018-08", "2018年", "180805", "20188", "99999", "01234", "不详", "", None]
)
def test_less_or_other_than_a_day_is_no_day(cell):
    assert read(values.date, cell) == [None]


@pytest.mark.parametrize(
    "cell", ["2018年8月", "2018.08", "201808", "2018-8", "2018/8", "２０１８年８月", "2018年8月份"]
)
def test_a_month_is_its_first_day(cell):
    assert read(values.month, cell) == [dt.date(2018, 8, 1)]


def test_a_month_a_spreadsheet_may_have_shortened_is_unknown():
    # 2018.10 typed as a number prints as 2018.1; 2018.10 and 2018.01 can only be text
    assert read(values.month, "2018.1", "2018.10", "2018.01", "2018.2", "2018", "201813") == [
        None, dt.date(2018, 10, 1), dt.date(2018, 1, 1), dt.date(2018, 2, 1), None, None,
    ]  # fmt: skip


def test_counts():
    assert read(values.integer, "3", "３人", "4.0", "45岁", "1,234", "-2", "3.5", "几", "", None) == [
        3, 3, 4, 45, 1234, -2, None, None, None, None,
    ]  # fmt: skip


def test_yes_and_no():
    assert read(values.yes_no, "是", "有", "Y", "y", "1", "√", "１") == [True] * 7
    assert read(values.yes_no, "否", "无", "N", "0", "×", "没有") == [False] * 6


def test_a_blank_is_unknown_and_never_no():
    assert read(values.yes_no, "", "  ", None, "不清楚") == [None] * 4


def test_blank_cells_and_absent_columns_are_one_for_a_reader():
    assert read(values.blank_to_null, " 和平村 ", "\u3000", "", None) == [
        "和平村",
        None,
        None,
        None,
    ]


@EXAMPLES
@given(st.lists(st.one_of(st.none(), st.text(max_size=8)), max_size=20))
def test_no_cell_breaks_a_reader(cells):
    for function in (values.amount, values.date, values.month, values.integer, values.yes_no):
        assert len(read(function, *cells)) == len(cells)
