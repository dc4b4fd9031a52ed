"""The cases an officer would type by hand: what must be linked, what must not, and how surely."""

from dataclasses import replace
from typing import Any

import pytest

from tests.linkage.people import Person, link, of_person, persons, tiers

FATHER = of_person("19600102", 11)
SON = of_person("19880710", 13)
FAR: dict[str, Any] = {"village": "东山", "town": "凤河", "county": "鹤陵"}


def linked(dibao: list[Person], poverty: list[Person]) -> dict[tuple[int, int], str]:
    return tiers(link(persons(*dibao), persons(*poverty)))


def household(*people: Person) -> list[Person]:
    return [replace(person, household=1) for person in people]


def test_two_empty_registers_link_nothing() -> None:
    linkage = link(persons(), persons())
    assert linkage.links.height == 0
    assert linkage.duplicates.height == 0
    assert linkage.links.columns[:3] == ["dibao_record", "poverty_record", "tier"]


def test_one_empty_register_links_nothing() -> None:
    assert linked([Person("王小明", SON)], []) == {}
    assert linked([], [Person("王小明", SON)]) == {}


@pytest.mark.parametrize("elsewhere", [{}, FAR])
def test_same_number_and_name_is_certain_even_alone(elsewhere: dict[str, Any]) -> None:
    dibao, poverty = [Person("王小明", SON)], [Person("王小明", SON, **elsewhere)]
    assert linked(dibao, poverty) == {(1, 1): "certain"}


@pytest.mark.parametrize("written", ["王晓明", "王小名", "汪小明", "王?明", "王明小", "王明"])
def test_same_number_and_another_spelling_is_certain(written: str) -> None:
    assert linked([Person("王小明", SON)], [Person(written, SON)]) == {(1, 1): "certain"}


def test_same_number_and_unlike_name_nearby_is_never_certain_without_a_household() -> None:
    assert linked([Person("王小明", SON)], [Person("李桂花", SON)])[1, 1] == "possible"


def test_same_number_and_unlike_name_far_away_is_possible_at_most() -> None:
    for name in ("李桂花", "王建国", "王小刚"):
        assert linked([Person("王小明", SON)], [Person(name, SON, **FAR)]) == {(1, 1): "possible"}


def test_new_name_in_the_same_family_is_found() -> None:
    dibao = household(
        Person("王大山", FATHER, relation="head"), Person("王小明", SON, relation="child", sex="男")
    )
    poverty = household(
        Person("王大山", FATHER, relation="head"), Person("王建国", SON, relation="child", sex="男")
    )
    assert linked(dibao, poverty)[2, 2] in ("certain", "probable")


def test_a_fathers_number_on_the_sons_row_does_not_make_them_one() -> None:
    dibao = [Person("王小明", FATHER)]
    poverty = [Person("王大山", FATHER), Person("王小明", SON)]
    assert linked(dibao, poverty).get((1, 1)) in (None, "possible")


def test_borrowed_number_in_a_known_family_goes_to_the_name() -> None:
    mother = of_person("19620304", 22)
    dibao = household(
        Person("王大山", FATHER, relation="head", sex="男"),
        Person("王小明", mother, relation="child", sex="男"),
    )
    poverty = household(
        Person("王大山", FATHER, relation="head", sex="男"),
        Person("陈桂花", mother, relation="spouse", sex="女"),
        Person("王小明", SON, relation="child", sex="男"),
    )
    found = linked(dibao, poverty)
    assert found[2, 3] in ("certain", "probable")
    assert (2, 2) not in found


@pytest.mark.parametrize("place", [0, 5, 9, 13, 16])
def test_one_wrong_digit_and_same_name_is_certain(place: int) -> None:
    wrong = SON[:place] + ("1" if SON[place] != "1" else "2") + SON[place + 1 :]
    dibao = [Person("王小明", wrong, quality="check_failed")]
    assert linked(dibao, [Person("王小明", SON)]) == {(1, 1): "certain"}


def test_lost_digits_and_same_name_link() -> None:
    dibao = [Person("王小明", None, quality="precision_lost", partial=SON[:15])]
    assert linked(dibao, [Person("王小明", SON)])[1, 1] in ("certain", "probable")


def test_lost_digits_never_count_as_a_whole_number() -> None:
    spoilt = SON[:15] + "000"
    dibao = [Person("王小明", spoilt, quality="precision_lost", partial=SON[:15])]
    for name in ("李桂花", "王小亮"):
        poverty = [Person(name, spoilt, quality="precision_lost", partial=SON[:15])]
        assert linked(dibao, poverty).get((1, 1)) in (None, "possible")


def test_spoilt_numbers_that_look_equal_are_not_an_exact_match() -> None:
    spoilt = SON[:15] + "000"
    row = Person("王小明", spoilt, quality="precision_lost", partial=SON[:15])
    links = link(persons(row), persons(row)).links
    assert links["stage"].to_list() == ["scored"]
    assert links["number_level"].to_list() == ["partial_equal"]


def test_a_heads_number_on_another_heads_row_is_no_link_where_the_name_is_next_door() -> None:
    dibao = household(Person("王小明", FATHER, relation="head"))
    poverty = household(
        Person("王大山", FATHER, relation="head"), Person("王小明", SON, relation="child")
    )
    assert linked(dibao, poverty).get((1, 1)) in (None, "possible")


def test_twins_are_told_apart_by_their_names() -> None:
    elder, younger = of_person("20100102", 11), of_person("20100102", 13)
    dibao = household(
        Person("王大山", FATHER, relation="head"),
        Person("王小明", None, relation="child", birth="20100102", sex="男"),
        Person("王小亮", None, relation="child", birth="20100102", sex="男"),
    )
    poverty = household(
        Person("王大山", FATHER, relation="head"),
        Person("王小亮", younger, relation="child"),
        Person("王小明", elder, relation="child"),
    )
    found = linked(dibao, poverty)
    assert found[2, 3] in ("certain", "probable")
    assert found[3, 2] in ("certain", "probable")
    assert found.get((2, 2)) in (None, "possible")


def test_a_twin_on_one_list_only_is_not_taken_for_the_other() -> None:
    elder, younger = of_person("20100102", 11), of_person("20100102", 13)
    head = Person("王大山", FATHER, relation="head")
    dibao = household(head, Person("王小明", elder, relation="child"))
    poverty = household(head, Person("王小亮", younger, relation="child"))
    assert linked(dibao, poverty).get((2, 2)) in (None, "possible")


def test_father_and_son_are_not_one_person() -> None:
    dibao = [Person("王大山", FATHER)]
    assert linked(dibao, [Person("王小山", SON)]) == {}


def test_lone_namesake_elsewhere_is_never_above_possible() -> None:
    for dibao in (Person("欧阳淑兰"), Person("欧阳淑兰", SON), Person("欧阳淑兰", sex="女")):
        for other in (None, FATHER):
            found = linked([dibao], [Person("欧阳淑兰", other, **FAR)])
            assert set(found.values()) <= {"possible"}


def test_two_valid_numbers_elsewhere_are_two_people() -> None:
    assert linked([Person("王小明", SON)], [Person("王小明", FATHER, **FAR)]) == {}


def test_namesake_in_the_village_without_a_number_is_not_certain() -> None:
    assert linked([Person("王小明")], [Person("王小明", SON)])[1, 1] in ("probable", "possible")


def test_same_name_village_and_birth_date_link_without_a_number() -> None:
    dibao = [Person("王小明", birth="19880710", sex="男")]
    assert linked(dibao, [Person("王小明", SON)])[1, 1] != "possible"


def test_two_namesakes_of_a_village_are_both_possible() -> None:
    poverty = [Person("王小明", SON), Person("王小明", FATHER)]
    assert linked([Person("王小明")], poverty) == {(1, 1): "possible", (1, 2): "possible"}


def test_the_known_family_links_its_member_without_a_number() -> None:
    head = Person("王大山", FATHER, relation="head")
    dibao = household(head, Person("王小明", None, relation="child"))
    poverty = household(head, Person("王小明", SON, relation="child"))
    assert linked(dibao, poverty)[2, 2] in ("certain", "probable")


def test_child_without_papers_is_found_in_the_known_family() -> None:
    head = Person("王大山", FATHER, relation="head")
    child = Person(
        "王大山之子", None, relation="child", kind="child_of", sex="男", birth="20150102"
    )
    poverty = household(head, Person("王小明", of_person("20150102", 13), relation="child"))
    assert linked(household(head, child), poverty)[2, 2] in ("certain", "probable")


def test_lists_without_places_and_households_link_by_number_and_not_by_name() -> None:
    nowhere: dict[str, Any] = {"village": None, "town": None, "county": None}
    dibao = [Person("王小明", SON, **nowhere), Person("李桂花", None, **nowhere)]
    poverty = [Person("王小明", SON), Person("李桂花", FATHER)]
    found = linked(dibao, poverty)
    assert found[1, 1] == "certain"
    assert found.get((2, 2)) in (None, "possible")


def test_a_copy_in_one_register_is_a_duplicate_and_only_one_row_is_linked() -> None:
    dibao = [Person("王小明", SON), Person("王小明", SON), Person("王晓明", SON, **FAR)]
    linkage = link(persons(*dibao), persons(Person("王小明", SON)))
    assert tiers(linkage) == {(1, 1): "certain"}
    rows = linkage.duplicates.select("register", "record", "group", "representative").rows()
    assert rows == [("dibao", 1, 1, True), ("dibao", 2, 1, False), ("dibao", 3, 1, False)]
    assert linkage.duplicates["basis"].to_list()[2] == "cross_county"


def test_the_row_with_the_good_number_represents_a_twice_listed_head() -> None:
    dibao = household(
        Person("王大山", None, relation="head", birth="19600102", sex="男"),
        Person("王大山", FATHER, relation="head"),
    )
    linkage = link(persons(*dibao), persons(Person("王大山", FATHER)))
    assert linkage.duplicates.filter("representative")["record"].to_list() == [2]
    assert set(linkage.duplicates["basis"]) == {"same_household"}
    assert tiers(linkage) == {(2, 1): "certain"}


@pytest.mark.parametrize(
    "other",
    [
        Person("王小明", None, relation="child", sex="女"),
        Person("王小明", None, relation="parent", sex="男"),
    ],
)
def test_namesakes_in_a_house_whom_sex_or_relation_tells_apart_are_two_people(
    other: Person,
) -> None:
    """A brother and a sister, or a grandfather and a grandson, may have one name."""
    dibao = household(Person("王小明", SON, relation="child"), other)
    assert link(persons(*dibao), persons()).duplicates.height == 0


def test_brothers_under_one_number_are_not_duplicates() -> None:
    dibao = household(
        Person("王小明", SON, relation="child"), Person("王小亮", SON, relation="child")
    )
    assert link(persons(*dibao), persons()).duplicates.height == 0


def test_a_number_of_a_whole_list_is_no_number() -> None:
    dibao = [Person(f"王{chr(0x4E00 + 40 * n)}明", SON) for n in range(30)]
    linkage = link(persons(*dibao), persons(Person("王小明", SON)))
    assert set(tiers(linkage).values()) <= {"possible"}


def test_every_link_says_why_in_chinese_and_adds_up() -> None:
    head = Person("王大山", FATHER, relation="head")
    dibao = household(head, Person("王晓明", None, relation="child", birth="19880710"))
    poverty = household(head, Person("王小明", SON, relation="child"))
    links = link(persons(*dibao), persons(*poverty)).links
    assert all(why.endswith("。") and "王" not in why for why in links["why"])
    row = links.row(1, named=True)
    weights = sum(value for name, value in row.items() if name.endswith("_weight"))
    assert row["weight"] == pytest.approx(weights, abs=0.01)
    assert row["margin"] == pytest.approx(row["probability"] - row["runner_up"], abs=1e-6)


def test_what_is_left_over_alone_in_two_linked_households_is_one_person_under_a_new_name() -> None:
    def families(changed: str) -> list[Person]:
        people = []
        for family in range(200):
            name = changed if family == 0 else f"王小{chr(0x5E73 + 3 * family)}"
            head = Person(f"王大{chr(0x6797 + 5 * family)}", of_person("19600102", 11 + 2 * family))
            child = Person(name, relation="child", sex="男")
            people += [
                replace(head, household=family, relation="head"),
                replace(child, household=family),
            ]
        return people

    found = linked(families("王小伟"), families("王小鹏"))
    assert found[2, 2] == "probable"


def test_a_child_by_its_nickname_under_the_number_of_its_mother_is_no_copy_of_her() -> None:
    mother = Person("王小兰", FATHER, relation="head", sex="女")
    child = Person("王幺妹", FATHER, relation="child", sex="女", kind="nickname")
    duplicates = link(persons(*household(mother, child)), persons(mother)).duplicates
    assert duplicates.filter(register="dibao").is_empty()


def test_a_brother_under_the_number_of_a_sister_of_like_name_is_not_settled_by_it() -> None:
    sister = Person("王晓兰", FATHER, relation="child", sex="女")
    brother = Person("王小兰", FATHER, relation="child", sex="男")
    links = link(persons(*household(sister)), persons(*household(brother))).links
    assert "exact" not in links["stage"].to_list()
