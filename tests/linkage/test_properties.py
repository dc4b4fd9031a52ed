"""What must hold of any two registers, not only of those somebody thought of."""

from itertools import pairwise

import numpy as np
import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from reconciliation.linkage.assignment import assign
from tests.linkage.people import Person, link, of_person, persons, tiers

NAMES = ("王小明", "王小鸣", "王大山", "李桂花", "王?明", "王幺妹", None)
NUMBERS = (
    None,
    *(of_person("19880710", order) for order in (1, 13, 15)),
    of_person("19600102", 11),
)
PEOPLE = st.lists(
    st.builds(
        Person,
        name=st.sampled_from(NAMES),
        number=st.sampled_from(NUMBERS),
        household=st.integers(1, 3),
        relation=st.sampled_from(["head", "child", "spouse", None]),
        village=st.sampled_from(["石冲", "茶山", None]),
        birth=st.sampled_from(["19880710", None]),
        sex=st.sampled_from(["男", "女", None]),
    ),
    min_size=1,
    max_size=6,
)
FEW = settings(max_examples=12, deadline=None)


@given(PEOPLE, PEOPLE)
@FEW
def test_firm_links_are_one_to_one_and_every_row_is_linked_or_told_why(
    dibao: list[Person], poverty: list[Person]
) -> None:
    linkage = link(persons(*dibao), persons(*poverty))
    firm = linkage.links.filter(pl.col("tier") != "possible")
    for side, people in (("dibao", dibao), ("poverty", poverty)):
        assert firm[f"{side}_record"].is_unique().all()
        copies = linkage.duplicates.filter(register=side).filter(~pl.col("representative"))
        untold = linkage.unlinked.filter(register=side)["record"].to_list()
        everybody = {*linkage.links[f"{side}_record"], *untold, *copies["record"]}
        assert everybody == set(range(1, len(people) + 1))
        assert not set(untold) & set(linkage.links[f"{side}_record"])


@given(PEOPLE, PEOPLE)
@FEW
def test_the_two_registers_may_change_places(dibao: list[Person], poverty: list[Person]) -> None:
    there = tiers(link(persons(*dibao), persons(*poverty)))
    back = tiers(link(persons(*poverty), persons(*dibao)))
    assert {(b, a): tier for (a, b), tier in back.items()} == there


@given(st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6)), unique=True), st.randoms())
@settings(max_examples=60)
def test_ties_are_broken_by_the_records_whatever_the_order_of_the_pairs(
    pairs: list[tuple[int, int]], dice: np.random.Generator
) -> None:
    def chosen(order: list[tuple[int, int]]) -> set[tuple[int, int]]:
        left = np.array([a for a, _ in order], dtype=np.int64)
        right = np.array([b for _, b in order], dtype=np.int64)
        picked = assign(left, right, np.full(len(order), 0.9))
        return {pair for pair, kept in zip(order, picked, strict=True) if kept}

    mixed_up = sorted(pairs)
    dice.shuffle(mixed_up)
    assert chosen(mixed_up) == chosen(sorted(pairs))


def test_by_the_name_alone_nobody_is_linked_above_possible() -> None:
    rare = "欧阳鼒骉"
    nowhere = Person(rare, village=None, town=None, county=None)
    far = Person(rare, village="上寨", town="河口", county="远山")
    for one, other in pairwise((nowhere, Person(rare), far)):
        found = tiers(link(persons(one), persons(other)))
        assert set(found.values()) <= {"possible"}


def test_two_lawful_numbers_of_one_member_of_a_known_family_are_one_person() -> None:
    father, first, second = (
        of_person("19600102", 11),
        of_person("19880710", 13),
        of_person("19880710", 357),
    )
    dibao, poverty = (
        persons(
            Person("王大山", father, household=1, relation="head", sex="男"),
            Person("王小明", number, household=1, relation="child", sex="男"),
        )
        for number in (first, second)
    )
    assert tiers(link(dibao, poverty))[2, 2] in ("certain", "probable")


def test_a_birth_date_beside_the_number_tells_a_borrowed_number_from_a_new_name() -> None:
    head, lender = of_person("19600102", 11), of_person("19880710", 13)

    def found(birth: str) -> float:
        dibao = persons(
            Person("王大山", head, household=1, relation="head", sex="男"),
            Person("王小明", lender, household=1, relation="child", sex="男", birth=birth),
        )
        poverty = persons(
            Person("王大山", head, household=1, relation="head", sex="男"),
            Person("王建国", lender, household=1, relation="child", sex="男"),
        )
        links = link(dibao, poverty).links.filter(dibao_record=2, poverty_record=2)
        return float(links["probability"].sum())

    assert found("19930401") < 0.9 < found("19880710")
