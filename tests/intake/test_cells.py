"""What a cell becomes, and what is kept of a number that was too long for Excel."""

import datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciliation.intake.cells import KINDS, encode_column, number


@pytest.mark.parametrize(
    ("value", "text", "kind"),
    [
        ("522", "522", "text"),
        (5.0, "5", "number"),
        (-5.0, "-5", "number"),
        (7, "7", "number"),
        (2018.1, "2018.1", "number"),
        (float("nan"), "", "blank"),
        (None, "", "blank"),
        (True, "是", "bool"),
        (False, "否", "bool"),
        (datetime.date(2018, 8, 1), "2018-08-01", "date"),
        (datetime.datetime(2018, 8, 1, 9, 30), "2018-08-01", "date"),
        (Decimal("12.50"), "12.50", "number"),
        (Decimal(12), "12", "number"),
        (522999196003070011, "522999196003070000", "number"),
        (529999600307001.0, "529999600307001", "number"),
    ],
)
def test_cells_become_text_and_keep_their_kind(value: Any, text: str, kind: str) -> None:
    texts, kinds = encode_column([value])
    assert (texts, KINDS[kinds[0]]) == ([text], kind)


@given(st.integers(10**14, 10**15 - 2), st.integers(0, 994))
def test_of_a_number_written_in_full_by_a_program_the_first_fifteen_digits_are_right(
    first: int, rest: int
) -> None:
    # Programs write 16 or 17 digits of the double; the last three of the ID never survive, the others do.
    for written in (f"{float(first * 1000 + rest):.16G}", repr(float(first * 1000 + rest))):
        text, _ = number(float(written))
        near_the_edge = rest < 64 or rest >= 950 - 64  # the double is off by up to 64, then rounded
        assert len(text) == 18
        assert text.endswith("000")
        assert near_the_edge or text[:15] == str(first)


@given(st.integers(10**14, 10**15 - 1))
def test_of_a_number_typed_in_excel_the_first_fifteen_digits_are_right(first: int) -> None:
    assert number(float(first * 1000)) == (f"{first}000", KINDS.index("number"))
