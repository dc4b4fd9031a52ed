"""The quickly made cases: the same registers again, as unlike as they say, and linked as well as promised."""

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from benchmarks.linkage.accuracy import measure
from benchmarks.linkage.cases import CASES, make
from reconciliation.configuration import Configuration
from reconciliation.identity.persons import PERSON_SCHEMA
from reconciliation.linkage.plan import link_registers

CONFIG = Configuration.load()


def test_a_seed_makes_the_same_registers_again() -> None:
    first, again, other = (make(CASES["hard"], seed, 200, CONFIG) for seed in (3, 3, 4))
    for one, two, three in zip(first, again, other, strict=True):
        assert_frame_equal(one.persons, two.persons)
        assert_frame_equal(one.truth, two.truth)
        assert dict(one.persons.schema) == PERSON_SCHEMA
        assert one.persons["record"].to_list() == one.truth["record"].to_list()
        assert not one.persons.equals(three.persons)


def test_broken_up_households_hold_one_row_each() -> None:
    dibao, poverty = make(CASES["singles"], 3, 200, CONFIG)
    assert dibao.persons["household"].is_unique().all()
    assert not poverty.persons["household"].is_unique().all()


def test_people_with_blank_numbers_have_no_birth_date_either() -> None:
    dibao, _ = make(CASES["mostly_blanked"], 3, 200, CONFIG)
    blank = dibao.persons.filter(pl.col("id_quality") == "missing")
    assert blank.height > 0.15 * dibao.persons.height
    assert blank["birth_date"].null_count() == blank.height


@pytest.mark.parametrize(("name", "recall"), [("hard", 0.985), ("clans", 0.98), ("singles", 0.96)])
def test_small_counties_are_linked_right(name: str, recall: float) -> None:
    dibao, poverty = make(CASES[name], 5, 1500, CONFIG)
    links = link_registers(
        dibao.persons,
        poverty.persons,
        settings=CONFIG.linkage,
        characters=CONFIG.characters,
        labels=CONFIG.labels,
    ).links
    certain, firm, _ = (
        measure(links, dibao.truth, poverty.truth).filter(error_class="all").iter_rows(named=True)
    )
    assert certain["links"] - certain["right"] <= 1
    assert firm["links"] - firm["right"] <= 2
    assert firm["recall"] >= recall


def test_a_pair_without_household_or_number_behind_it_must_be_surer_to_be_certain() -> None:
    dibao, poverty = make(CASES["singles"], 5, 1500, CONFIG)
    limits = CONFIG.linkage.tiers.model_copy(update={"certain_alone": 0.99999})
    strict = CONFIG.linkage.model_copy(update={"tiers": limits})
    usual, careful = (
        link_registers(
            dibao.persons,
            poverty.persons,
            settings=settings,
            characters=CONFIG.characters,
            labels=CONFIG.labels,
        ).links.filter(tier="certain")
        for settings in (CONFIG.linkage, strict)
    )
    assert usual.filter(stage="scored").height > careful.filter(stage="scored").height
    assert careful.filter(stage="scored")["probability"].min() >= 0.99999
    assert usual.filter(stage="scored")["probability"].min() >= 0.995
    backed = pl.col("stage") != "scored"
    assert_frame_equal(usual.filter(backed), careful.filter(backed))
