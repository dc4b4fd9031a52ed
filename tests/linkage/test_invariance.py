"""Whatever the order and the side: the same people, one to one; and the truth is found."""

from pathlib import Path

import numpy as np
import polars as pl
import pytest
from polars.testing import assert_frame_equal

from benchmarks.linkage.accuracy import measure
from benchmarks.linkage.prepared import Prepared, prepare
from reconciliation.configuration import Configuration
from reconciliation.linkage.plan import Linkage, link_evidence, link_registers
from sample_registers.generator.write import write_sample

BATCH = "2018-08-15"
CONFIG = Configuration.load()


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sample")
    write_sample(folder, people=6000, seed=41, profile="hard", file_format="parquet")
    return folder


@pytest.fixture(scope="module")
def sides(sample: Path) -> tuple[Prepared, Prepared]:
    dibao, poverty = (prepare(sample, BATCH, name, CONFIG) for name in ("dibao", "poverty"))
    return dibao, poverty


def link(dibao: pl.DataFrame, poverty: pl.DataFrame) -> Linkage:
    return link_registers(
        dibao,
        poverty,
        settings=CONFIG.linkage,
        characters=CONFIG.characters,
        labels=CONFIG.labels,
    )


@pytest.fixture(scope="module")
def linkage(sides: tuple[Prepared, Prepared]) -> Linkage:
    return link(sides[0].persons, sides[1].persons)


def shuffled(frame: pl.DataFrame, seed: int) -> pl.DataFrame:
    return frame[np.random.default_rng(seed).permutation(frame.height)]


def as_bytes(frame: pl.DataFrame, path: Path) -> bytes:
    frame.write_parquet(path)
    return path.read_bytes()


@pytest.mark.parametrize("seed", [1, 2])
def test_row_order_changes_no_byte(
    sides: tuple[Prepared, Prepared], linkage: Linkage, tmp_path: Path, seed: int
) -> None:
    again = link(shuffled(sides[0].persons, seed), shuffled(sides[1].persons, seed + 7))
    for name in ("links", "duplicates", "blocks"):
        first, second = getattr(linkage, name), getattr(again, name)
        assert as_bytes(first, tmp_path / "a") == as_bytes(second, tmp_path / "b")
    assert again.summary == linkage.summary


def test_swapping_the_registers_finds_the_same_pairs(
    sides: tuple[Prepared, Prepared], linkage: Linkage
) -> None:
    swapped = link(sides[1].persons, sides[0].persons).links
    pairs = ["dibao_record", "poverty_record", "tier", "stage"]
    back = swapped.select(
        dibao_record="poverty_record", poverty_record="dibao_record", tier="tier", stage="stage"
    )
    assert_frame_equal(back.select(pairs).sort(pairs), linkage.links.select(pairs).sort(pairs))


def test_certain_and_probable_are_one_to_one(linkage: Linkage) -> None:
    firm = linkage.links.filter(pl.col("tier") != "possible")
    assert firm["dibao_record"].is_unique().all()
    assert firm["poverty_record"].is_unique().all()
    assert linkage.links.select("dibao_record", "poverty_record").is_unique().all()


def test_only_representatives_are_linked(linkage: Linkage) -> None:
    copies = linkage.duplicates.filter(~pl.col("representative"))
    assert copies.height > 0
    for register in ("dibao", "poverty"):
        records = copies.filter(pl.col("register") == register)["record"]
        assert not linkage.links[f"{register}_record"].is_in(records.implode()).any()


def test_a_small_hard_county_is_linked_right(
    sides: tuple[Prepared, Prepared], linkage: Linkage
) -> None:
    accuracy = measure(linkage.links, sides[0].truth, sides[1].truth).filter(error_class="all")
    certain, firm, everything = accuracy.iter_rows(named=True)
    assert certain["precision"] == 1.0
    assert certain["recall"] >= 0.97
    assert firm["precision"] >= 0.995
    assert firm["recall"] >= 0.985
    assert everything["recall"] >= 0.995


def test_tiers_follow_the_probabilities(linkage: Linkage) -> None:
    links, limits = linkage.links, CONFIG.linkage.tiers
    least = {"certain": limits.certain, "probable": limits.probable}
    for tier, limit in least.items():
        assert (links.filter(tier=tier)["probability"] >= limit).all()
    assert links["probability"].is_between(0, CONFIG.linkage.exact_probability).all()
    assert links["why"].null_count() == 0


def test_the_dead_are_linked_to_their_records(
    sample: Path, sides: tuple[Prepared, Prepared]
) -> None:
    deaths = prepare(sample, BATCH, "deaths", CONFIG)
    found = link_evidence(
        sides[1].persons,
        deaths.persons,
        register="poverty",
        evidence_register="deaths",
        settings=CONFIG.linkage,
        characters=CONFIG.characters,
        labels=CONFIG.labels,
    )
    assert found.columns[:4] == ["register", "record", "evidence_register", "evidence_record"]
    renamed = found.rename({"record": "dibao_record", "evidence_record": "poverty_record"})
    accuracy = measure(renamed, sides[1].truth, deaths.truth).filter(error_class="all")
    certain, firm, everything = accuracy.iter_rows(named=True)
    assert certain["precision"] == 1.0
    assert firm["precision"] == 1.0
    assert everything["recall"] >= 0.93


def test_an_absent_evidence_register_gives_an_empty_frame(sides: tuple[Prepared, Prepared]) -> None:
    persons = sides[0].persons
    empty = link_evidence(
        persons,
        persons.clear(),
        register="dibao",
        evidence_register="moved_away",
        settings=CONFIG.linkage,
        characters=CONFIG.characters,
        labels=CONFIG.labels,
    )
    assert empty.height == 0
    assert empty.schema["evidence_register"] == pl.String


def test_rare_names_weigh_more_than_common_ones(
    sides: tuple[Prepared, Prepared], linkage: Linkage
) -> None:
    bearers = pl.concat([side.persons.select("name") for side in sides])["name"].value_counts(
        name="n"
    )
    names = sides[0].persons.select("name", dibao_record="record").join(bearers, on="name")
    scored = linkage.links.filter(pl.col("rarity_weight") != 0).join(names, on="dibao_record")
    middle = scored["rarity_weight"].median()
    rare = scored.filter(pl.col("rarity_weight") > middle)["n"].to_numpy()
    common = scored.filter(pl.col("rarity_weight") < middle)["n"].to_numpy()
    assert rare.mean() < common.mean()
