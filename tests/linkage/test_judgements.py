"""What people have decided binds the linkage; what contradicts itself binds nobody."""

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from reconciliation.linkage.judgements import (
    GIVEN_SCHEMA,
    JUDGEMENTS_FILE,
    GivenJudgements,
    read_judgements,
)
from reconciliation.linkage.plan import Linkage, link_registers
from reconciliation.registers.errors import ConfigurationError
from tests.linkage.people import Person, characters, labels, of_person, persons, settings, tiers

ZHAO = of_person("19620304", 115)
QIAN = of_person("19750911", 233)
DIBAO = persons(
    Person("赵大山", ZHAO, household=1, relation="head", sex="男"),
    Person("钱小河", QIAN, household=2, relation="head", sex="男"),
    Person("孙长林", of_person("19581212", 517), household=3, relation="head", sex="男"),
)
POVERTY = persons(
    Person("赵大山", ZHAO, household=11, relation="head", sex="男"),
    Person("周和平", of_person("19900101", 331), household=12, relation="head", sex="男"),
    Person("孙长林", of_person("19480707", 519), household=13, relation="head", sex="男"),
    Person("钱小河", household=14, relation="head", sex="男", birth="19750911"),
)

Given = tuple[int, int, str, str]


def link(*given: Given, dibao: pl.DataFrame = DIBAO, poverty: pl.DataFrame = POVERTY) -> Linkage:
    """Link with judgements (dibao record, poverty record, judgement, day of March 2018)."""
    people = pl.concat(
        frame.select(
            case_key=pl.format(f"{register}-{{}}", "record"),
            register=pl.lit(register),
            record="record",
        )
        for register, frame in (("dibao", dibao), ("poverty", poverty))
    )
    rows = [
        (f"dibao-{a}", f"poverty-{b}", what, "梨箐镇民政办", date(2018, 3, int(day)))
        for a, b, what, day in given
    ]
    frame = pl.DataFrame(rows, schema=GIVEN_SCHEMA, orient="row")
    return link_registers(
        dibao,
        poverty,
        settings=settings(),
        characters=characters(),
        labels=labels(),
        judgements=GivenJudgements(frame, people),
    )


def states(linkage: Linkage) -> list[str]:
    return linkage.judgements["state"].to_list()


def test_people_judged_to_be_one_are_linked_for_certain_and_the_link_says_who_said_so() -> None:
    assert (2, 2) not in tiers(link())
    found = link((2, 2, "same", "05"))
    row = found.links.row(by_predicate=pl.col("dibao_record") == 2, named=True)
    assert (row["poverty_record"], row["tier"], row["stage"]) == (2, "certain", "judgement")
    assert "梨箐镇民政办" in row["why"]
    assert "2018-03-05" in row["why"]
    assert row["probability"] == settings().exact_probability
    assert states(found) == ["applied"]


def test_people_judged_to_be_two_are_never_linked_whatever_their_numbers_say() -> None:
    assert tiers(link())[1, 1] == "certain"
    found = link((1, 1, "different", "05"))
    assert (1, 1) not in tiers(found)
    assert states(found) == ["applied"]


def test_rivals_get_their_chance_when_a_pair_is_judged_to_be_two() -> None:
    dibao = persons(
        Person("赵大山", ZHAO, household=1, relation="head", sex="男"),
        Person("李桂花", of_person("19640505", 228), household=1, relation="spouse", sex="女"),
    )
    poverty = persons(
        Person("赵大山", ZHAO, household=11, relation="head", sex="男", village="水尾"),
        Person("赵大山", household=12, relation="head", sex="男", birth="19620304"),
        Person("李桂花", of_person("19640505", 228), household=12, relation="spouse", sex="女"),
    )
    assert tiers(link(dibao=dibao, poverty=poverty))[1, 1] == "certain"
    found = tiers(link((1, 1, "different", "05"), dibao=dibao, poverty=poverty))
    assert (1, 1) not in found
    assert (1, 2) in found


def test_a_judgement_takes_a_row_from_the_partner_its_number_names() -> None:
    found = link((1, 2, "same", "05"))
    assert tiers(found)[1, 2] == "certain"
    assert (1, 1) not in tiers(found)
    firm = found.links.filter(pl.col("tier") != "possible")
    assert firm["dibao_record"].is_unique().all()
    assert firm["poverty_record"].is_unique().all()


def test_a_judgement_on_a_pair_of_one_number_keeps_the_pair_and_names_the_judge() -> None:
    row = link((1, 1, "same", "05")).links.row(by_predicate=pl.col("dibao_record") == 1, named=True)
    assert (row["poverty_record"], row["stage"], row["number_weight"]) == (1, "judgement", None)


def test_two_partners_for_one_person_are_reported_and_neither_is_chosen() -> None:
    plain = link()
    for days in (("05", "05"), ("05", "09")):
        found = link((2, 2, "same", days[0]), (2, 3, "same", days[1]))
        assert states(found) == ["conflict", "conflict"]
        assert tiers(found) == tiers(plain)
        assert "矛盾" in found.judgements["why"][0]


def test_the_newest_judgement_on_a_pair_counts() -> None:
    found = link((2, 2, "same", "05"), (2, 2, "different", "09"))
    assert sorted(states(found)) == ["applied", "superseded"]
    assert (2, 2) not in tiers(found)
    back = link((2, 2, "different", "05"), (2, 2, "same", "09"))
    assert tiers(back)[2, 2] == "certain"


def test_contrary_judgements_of_one_day_are_not_followed() -> None:
    found = link((1, 1, "same", "05"), (1, 1, "different", "05"))
    assert states(found) == ["conflict", "conflict"]
    row = found.links.row(by_predicate=pl.col("dibao_record") == 1, named=True)
    assert row["stage"] == "exact"


def test_the_same_judgement_twice_is_one() -> None:
    found = link((2, 2, "same", "05"), (2, 2, "same", "05"), (2, 2, "same", "07"))
    assert sorted(states(found)) == ["applied", "superseded"]
    assert tiers(found)[2, 2] == "certain"


def test_somebody_who_is_not_on_the_register_now_waits() -> None:
    found = link((2, 9, "same", "05"))
    assert states(found) == ["not_found"]
    assert tiers(found) == tiers(link())


def test_a_judgement_on_a_copy_binds_the_row_that_is_linked() -> None:
    copy = Person("钱小河", QIAN, household=2, relation="head", sex="男")
    dibao = pl.concat([DIBAO, persons(copy).with_columns(record=pl.lit(4, pl.Int64))])
    plain = link(dibao=dibao)
    left_out = plain.duplicates.filter(~pl.col("representative"))["record"].to_list()
    assert left_out == [4]
    found = link((4, 2, "same", "05"), dibao=dibao)
    assert tiers(found)[2, 2] == "certain"


def test_the_order_in_which_judgements_were_written_does_not_matter() -> None:
    given: tuple[Given, ...] = (
        (1, 1, "different", "05"),
        (2, 2, "same", "05"),
        (2, 2, "same", "07"),
        (3, 3, "same", "06"),
    )
    one, other = link(*given), link(*reversed(given))
    assert one.links.equals(other.links)
    assert one.judgements.equals(other.judgements)


def test_no_file_is_no_judgement_and_an_odd_file_is_refused(tmp_path: Path) -> None:
    assert read_judgements(tmp_path).is_empty()
    row = ("c1", "c2", "same", "某镇", date(2018, 3, 5))
    good = pl.DataFrame([row], schema=GIVEN_SCHEMA, orient="row")
    good.write_parquet(tmp_path / JUDGEMENTS_FILE)
    assert read_judgements(tmp_path).equals(good)
    for odd in (
        good.drop("judged_by"),
        good.with_columns(judgement=pl.lit("maybe")),
        good.with_columns(judged_by=pl.lit(None, pl.String)),
    ):
        odd.write_parquet(tmp_path / JUDGEMENTS_FILE)
        with pytest.raises(ConfigurationError, match=JUDGEMENTS_FILE):
            read_judgements(tmp_path)
