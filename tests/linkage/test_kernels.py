"""The kernels: the same for every row whatever stands beside it, in whatever order, in however many parts."""

from collections.abc import Iterator
from functools import cache, partial

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import settings as testing
from hypothesis import strategies as st

from benchmarks.linkage.cases import CASES, make
from reconciliation.configuration import Configuration
from reconciliation.linkage import batches
from reconciliation.linkage.arrays import NONE, Ints, mixed, repeated, taken
from reconciliation.linkage.batches import by_batches
from reconciliation.linkage.blocking import Candidates, Pool, candidates_by_key
from reconciliation.linkage.circumstances import Households, Settled
from reconciliation.linkage.coding import Persons, code_registers
from reconciliation.linkage.evidence import Levels, compare_households, compare_rows
from reconciliation.linkage.exact import same_number
from reconciliation.linkage.joins import Perhaps, pairs_by_key
from reconciliation.linkage.name_table import gather_names
from reconciliation.linkage.packing import code_points, numbered, packed, text_codes, unpacked

NUMBERS = st.lists(st.integers(-(2**62), 2**62) | st.integers(-1, 9), max_size=60)
TEXTS = st.lists(st.none() | st.text(alphabet="王李小明明a?·𠀀\x00", max_size=7), max_size=30)


def as_integers(values: list[int]) -> Ints:
    return np.array(values, dtype=np.int64)


@cache
def persons() -> tuple[pl.DataFrame, pl.DataFrame]:
    dibao, poverty = make(CASES["worse"], 3, 400, Configuration.load())
    return dibao.persons, poverty.persons


def pool_of(left: Persons, right: Persons) -> tuple[Pool, Settled]:
    config = Configuration.load()
    names = gather_names(left, right, config.characters, config.linkage.same_shape)
    sides = code_registers(left, right, names.rows)
    same = same_number(*sides, names, config.linkage.most_rows_of_a_number)
    settled = Settled.of(len(sides[0]), len(sides[1]), same.a[same.settled], same.b[same.settled])
    free = settled.partner_left == NONE, settled.partner_right == NONE
    return Pool(*sides, names, *free, config.linkage.block_caps), settled


@cache
def pool() -> tuple[Pool, Settled]:
    return pool_of(*persons())


@pytest.fixture
def small_batches(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(batches, "BATCH", 100)
    yield


def levels(a: Ints, b: Ints) -> Levels:
    known, settled = pool()
    households = Households.of(known.left, known.right, settled)
    nobody = np.zeros(len(known.left), dtype=bool), np.zeros(len(known.right), dtype=bool)
    likeness = compare_rows(known, (a, b), nobody)
    return compare_households(likeness, (a, b), households, settled)


def candidates() -> Candidates:
    nothing = np.zeros(0, dtype=np.int64)
    return candidates_by_key(pool()[0], (nothing, nothing))


def assert_same(one: Levels, other: Levels) -> None:
    for name, values in vars(one).items():
        np.testing.assert_array_equal(values, vars(other)[name], err_msg=name)


def test_levels_of_shuffled_pairs_are_the_levels_shuffled(small_batches: None) -> None:
    pairs = candidates()
    order = np.random.default_rng(1).permutation(len(pairs))
    whole = levels(pairs.a, pairs.b)
    assert_same(levels(pairs.a[order], pairs.b[order]), taken(whole, order))


def test_levels_of_two_parts_are_those_of_the_whole(small_batches: None) -> None:
    pairs = candidates()
    whole = levels(pairs.a, pairs.b)
    for cut in (1, len(pairs) // 3):
        for part in (slice(None, cut), slice(cut, None)):
            expected = taken(whole, np.arange(len(pairs))[part])
            assert_same(levels(pairs.a[part], pairs.b[part]), expected)


def test_candidates_are_the_same_people_whatever_the_order_of_the_rows() -> None:
    def people(left: pl.DataFrame, right: pl.DataFrame) -> list[tuple[int, int, int]]:
        known, _ = pool_of(left, right)
        nothing = np.zeros(0, dtype=np.int64)
        found = candidates_by_key(known, (nothing, nothing))
        records = known.left.record[found.a], known.right.record[found.b]
        return list(zip(*(column.tolist() for column in (*records, found.blocks)), strict=True))

    dibao, poverty = persons()
    again = people(dibao.reverse(), poverty.sample(fraction=1.0, shuffle=True, seed=5))
    assert again == people(dibao, poverty)


def test_a_frame_yet_to_be_read_gives_the_same_people() -> None:
    read, _ = pool_of(*persons())
    scanned, _ = pool_of(*(frame.lazy() for frame in persons()))
    for one, other in ((read.left, scanned.left), (read.right, scanned.right)):
        for name in vars(one).keys() - {"name"}:  # the rows of the table of names stand in no order
            np.testing.assert_array_equal(vars(one)[name], vars(other)[name], err_msg=name)
        written = (each.names.text[side.name] for each, side in ((read, one), (scanned, other)))
        known = [texts != NONE for texts in written]
        np.testing.assert_array_equal(known[0], known[1])


@testing(deadline=None)
@given(NUMBERS, st.integers(1, 7))
def test_batches_change_nothing(values: list[int], size: int) -> None:
    numbers = as_integers(values)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(batches, "BATCH", size)
        doubled, odd = by_batches(lambda part: (part // 2, part % 2), numbers)
    np.testing.assert_array_equal(doubled * 2 + odd, numbers)


@testing(deadline=None)
@given(NUMBERS, NUMBERS)
def test_a_key_that_stands_there_is_never_said_to_be_absent(
    values: list[int], others: list[int]
) -> None:
    perhaps = Perhaps.of(as_integers(others)).among(as_integers(values))
    assert all(said for said, value in zip(perhaps, values, strict=True) if value in others)


def test_few_strange_keys_are_said_to_be_there() -> None:
    keys = mixed(np.arange(20_000))
    strange = Perhaps.of(keys[:10_000]).among(keys[10_000:])
    assert strange.mean() < 0.15


@testing(deadline=None)
@given(NUMBERS)
def test_values_that_are_repeated(values: list[int]) -> None:
    expected = [values.count(value) > 1 for value in values]
    assert repeated(as_integers(values)).tolist() == expected


@testing(deadline=None)
@given(NUMBERS)
def test_values_are_numbered_in_their_order(values: list[int]) -> None:
    distinct, place = numbered(as_integers(values))
    assert distinct.tolist() == sorted(set(values) - {NONE})
    assert [NONE if at == NONE else distinct[at] for at in place] == values


@testing(deadline=None)
@given(TEXTS)
def test_texts_have_one_number_each(texts: list[str | None]) -> None:
    codes = text_codes(pl.Series(texts, dtype=pl.String)).tolist()
    assert [code == NONE for code in codes] == [text is None for text in texts]
    assert len(set(zip(codes, texts, strict=True))) == len(set(codes)) == len(set(texts))


@testing(deadline=None)
@given(TEXTS, st.integers(0, 5))
def test_packed_texts_hold_their_characters(texts: list[str | None], start: int) -> None:
    series = pl.Series(texts, dtype=pl.String)
    both = pl.concat([series[start:], series], rechunk=False)
    codes = packed(both)
    known = codes != NONE
    expected = code_points(both.filter(pl.Series(known)))
    assert (
        unpacked(codes[known]).tolist()
        == np.pad(expected, ((0, 0), (0, 4 - expected.shape[1]))).tolist()
    )
    usual = [
        text is not None and 2 <= len(text) <= 4 and set(text) <= set("王李小明") for text in both
    ]
    assert known.tolist() == usual


@testing(deadline=None)
@given(
    st.lists(st.integers(0, 6), max_size=25),
    st.lists(st.integers(0, 6), max_size=25),
    st.integers(0, 20),
)
def test_pairs_by_key_are_those_of_keys_below_the_cap(
    left: list[int], right: list[int], cap: int
) -> None:
    expected = {
        (row, other)
        for row, key in enumerate(left)
        for other, same in enumerate(right)
        if key == same and left.count(key) * right.count(key) <= cap
    }
    frames = [
        pl.DataFrame({"key": as_integers(keys), "row": np.arange(len(keys))})
        for keys in (left, right)
    ]
    for turn in (partial(pl.DataFrame.clone), partial(pl.DataFrame.reverse)):
        a, b = pairs_by_key(turn(frames[0]), turn(frames[1]), cap)
        assert sorted(zip(a.tolist(), b.tolist(), strict=True)) == sorted(expected)
