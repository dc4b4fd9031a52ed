"""The character tables: their build, and how alike characters are."""

import hashlib
import importlib.util
import random

import polars as pl
import pytest

from reconciliation.identity.characters import CharacterTable
from reconciliation.registers.errors import ConfigurationError
from tests.identity.world import CHARACTERS, CONFIG, SETTINGS

FOLDER = CONFIG / "characters"


def compare(*pairs):
    frame = pl.DataFrame([list(pair) for pair in pairs], schema=["a", "b"], orient="row")
    return CHARACTERS.compare(frame).rows(named=True)


def test_the_build_script_reproduces_the_committed_files(tmp_path):
    script = importlib.util.spec_from_file_location("build", FOLDER / "build.py")
    build = importlib.util.module_from_spec(script)
    script.loader.exec_module(build)
    build.main(tmp_path)
    for name in ("characters.parquet", "similar.parquet"):
        fresh, committed = (
            hashlib.sha256((folder / name).read_bytes()).digest() for folder in (tmp_path, FOLDER)
        )
        assert fresh == committed, f"{name}: run config/characters/build.py"


def test_every_standard_character_is_known():
    standard = pl.read_csv(FOLDER / "sources" / "standard_characters.csv")["character"]
    known = CHARACTERS.characters.filter(pl.col("character").is_in(standard.to_list()))
    assert len(standard) == known.height == 8105
    assert known["sound"].null_count() == 0


def test_a_representative_stands_for_itself():
    variants = CHARACTERS.variant_map
    assert variants["萧"] == "肖" and variants["國"] == "国" and variants["⻢"] == "马"
    assert not set(variants.values()) & set(variants)


def test_readings_are_the_common_ones_and_surnames_have_their_own():
    rows = {row["character"]: row for row in CHARACTERS.characters.rows(named=True)}
    assert rows["王"]["readings"] == ["wang"]
    assert (rows["单"]["sound"], rows["单"]["surname_sound"]) == ("dan", "shan")
    assert rows["曾"]["surname_sound"] == "zeng"
    assert rows["张"]["surname_sound"] == rows["张"]["sound"] == "zhang"


@pytest.mark.parametrize("pair", ["刘牛", "张赃", "陈岑", "树素", "英音", "程陈"])
def test_sounds_the_region_does_not_tell_apart(pair):
    found = compare(pair)[0]
    assert found["sound"] == SETTINGS.mergers.strong_likeness


@pytest.mark.parametrize("pair", ["发花", "玉意", "人怎", "春陈"])
def test_sounds_parts_of_the_region_do_not_tell_apart(pair):
    assert compare(pair)[0]["sound"] == SETTINGS.mergers.weak_likeness


@pytest.mark.parametrize("pair", ["梅国", "王李", "艳平", "金华"])
def test_characters_with_nothing_in_common(pair):
    found = compare(pair)[0]
    assert found["sound"] == 0 and found["sim"] < 0.6


def test_alike_in_sound_in_shape_in_both_and_variants():
    same, sound, shape, both, variant = compare("艳艳", "艳燕", "梅海", "清请", "萧肖")
    assert same["sim"] == 1
    assert (sound["sound"], sound["shape"], sound["sim"]) == (1, 0, 0.8)
    assert shape["sound"] == 0 and shape["shape"] >= 0.8 and shape["sim"] > 0.65
    assert both["sim"] > sound["sim"] and both["sim"] > shape["shape"] * 0.85
    assert variant["sim"] == 0.96


def test_the_order_of_a_pair_does_not_matter():
    characters = CHARACTERS.characters["character"].to_list()
    choose = random.Random(1)
    pairs = [(choose.choice(characters), choose.choice(characters)) for _ in range(300)]
    there, back = compare(*pairs), compare(*[(b, a) for a, b in pairs])
    assert [row["sim"] for row in there] == [row["sim"] for row in back]


def test_unknown_characters_are_alike_only_if_equal():
    equal, different = compare(("ж", "ж"), ("ж", "张"))
    assert equal["sim"] == 1 and different["sim"] == 0


def test_known_confusions_are_listed_and_chance_is_not():
    """Look-alikes office clerks mix up, against pairs drawn at random."""
    known = [
        "未末",
        "土士",
        "己已",
        "大太",
        "侯候",
        "治冶",
        "戌戍",
        "石右",
        "免兔",
        "鸟乌",
        "清请",
        "晴睛",
        "林村",
        "贵责",
        "瑶摇",
        "余佘",
        "杨扬",
        "祺琪",
    ]
    looks = {(row["a"], row["b"]): row["shape"] for row in CHARACTERS.similar.rows(named=True)}
    found = [looks.get(tuple(sorted(pair)), 0) for pair in known]
    assert min(found) >= 0.8
    classes = CHARACTERS.characters["variant"].n_unique()
    alike = CHARACTERS.similar.filter(pl.col("sim") >= 0.75).height
    assert alike / (classes**2 / 2) < 0.011


def test_missing_tables_say_how_to_build_them(tmp_path):
    with pytest.raises(ConfigurationError, match=r"build\.py"):
        CharacterTable.load(tmp_path, SETTINGS.mergers)
