"""Money beside people: split once a household, exact to the fen, unknown never taken for nothing."""

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from reconciliation.publishing.money import added, cut, monthly_shares, recover

NOBODY = pl.DataFrame(schema={"record": pl.Int64})


def shares(
    households: list[int],
    amounts: list[str | None],
    *,
    leaving: list[int] = [],  # noqa: B006
    covered: list[str | None] | None = None,
    copies: list[int] = [],  # noqa: B006
) -> dict[int, int | None]:
    numbers = list(range(1, len(households) + 1))
    records = pl.DataFrame(
        {"record": numbers, "household_monthly_amount": amounts},
        schema_overrides={"household_monthly_amount": pl.String},
    )
    if covered is not None:
        records = records.with_columns(pl.Series("covered_size", covered, dtype=pl.String))
    made = monthly_shares(
        records,
        pl.DataFrame({"record": numbers, "household": households}),
        pl.DataFrame({"record": copies}, schema={"record": pl.Int64}),
        pl.Series(leaving, dtype=pl.Int64),
    )
    return dict(made.iter_rows())


def test_the_amount_of_a_household_is_split_once_however_often_it_stands_there() -> None:
    assert shares([1, 1, 1, 2], ["300元", "300.00", None, "120"]) == {1: 10_000, 2: 10_000, 3: 10_000, 4: 12_000}  # fmt: skip
    # What cannot be divided evenly falls to the first.
    assert shares([1, 1, 1], ["100"] * 3) == {1: 3_334, 2: 3_333, 3: 3_333}
    # A further copy of a person is no further person.
    assert shares([1, 1, 1], ["300"] * 3, copies=[3]) == {1: 15_000, 2: 15_000}


def test_contradicting_blank_and_unreadable_amounts_are_unknown() -> None:
    assert shares([1, 1, 2, 3], ["300", "320", "", "约300"]) == dict.fromkeys(range(1, 5))


def test_a_number_of_another_column_is_no_amount_and_ends_no_run() -> None:
    assert shares([1, 2, 3], ["522101199001011234", "6222020200112233445", "300"]) == {1: None, 2: None, 3: 30_000}  # fmt: skip
    shifted = pl.DataFrame({"record": [1], "poverty_income": [-5e17], "dibao_line": [3_900.0]})
    assert added(shifted).rows() == [(1, None)]


def test_a_register_without_the_column_has_only_unknown_amounts() -> None:
    records = pl.DataFrame({"record": [1]})
    people = pl.DataFrame({"record": [1], "household": [1]})
    made = monthly_shares(records, people, NOBODY, pl.Series([1]))
    assert made.rows() == [(1, None)]


def test_one_of_a_household_leaves_with_a_share_and_all_of_it_with_the_whole() -> None:
    # Only the head is listed of three people covered.
    assert shares([1], ["300"], covered=["3"]) == {1: 10_000}
    assert shares([1], ["300"], covered=["3"], leaving=[1]) == {1: 30_000}
    assert shares([1, 1], ["300"] * 2, covered=["1"] * 2, leaving=[1]) == {1: 15_000, 2: 15_000}


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(1, 4), st.integers(0, 99_999)), min_size=1, max_size=20))
def test_the_shares_of_a_household_come_to_its_amount(rows: list[tuple[int, int]]) -> None:
    fen = dict(rows)
    households = [household for household, _ in rows]
    made = shares(households, [f"{fen[household] / 100:.2f}" for household in households])
    for household, whole in fen.items():
        mine = [made[n] or 0 for n, other in enumerate(households, 1) if other == household]
        assert sum(mine) == whole
        assert max(mine) - min(mine) <= 1


def test_what_is_paid_after_a_death_is_months_times_the_share() -> None:
    known = pl.DataFrame({"record": [1, 2, 3], "share": [10_000, None, 10_000]})
    exits = pl.DataFrame({"record": [1, 2, 3, 4], "months_after_death": [5, 5, None, 2]})
    # The third is no death; the fourth is a further copy and has no share of its own.
    assert recover(exits, known).sort("record").rows() == [(1, 50_000), (2, None)]
    assert cut(exits, known).sort("record").rows() == [(1, 10_000), (2, None), (3, 10_000)]


def test_an_inclusion_adds_the_gap_to_the_line_and_without_income_nobody_knows_what() -> None:
    rows = pl.DataFrame(
        {
            "record": [1, 2, 3, 4],
            "poverty_income": [2_700.0, None, 3_900.0, 2_000.0],
            "dibao_line": [3_900.0, 3_900.0, 3_900.0, None],
        }
    )
    assert added(rows).rows() == [(1, 10_000), (2, None), (3, None), (4, None)]
