"""The figures of places: a small province typed by hand, and laws that hold for any."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reconciliation.configuration import Configuration
from reconciliation.publishing.located import Units, known_or_stated, locate
from reconciliation.publishing.place_figures import (
    LEVELS,
    MEASURES,
    of_money,
    of_overlap,
    on_lists,
    place_figures,
)
from reconciliation.publishing.tie_outs import figure_tie_outs
from tests.publishing.frames import dispositions

REPORTING = Configuration.load().reporting
PLACES = ("county", "town", "village")
REAL = (
    ("威宁", "石门", "新合"), ("威宁", None, None), ("纳雍", "董地", "中山"), ("仁怀", "茅台", "太平"), ("播州", "石板", "坪桥"), ("花溪", "湖潮", "汤庄"),
    ("花溪", "青岩", "歪脚"), ("平坝", "马场", "凯掌"), ("平坝", "夏云", "小屯"), ("贵安", None, None), ("岚岭", "新场", "河坝"), (None, None, None),
)  # fmt: skip
"""Comparable places of several prefectures; one county the codes do not know."""
UNIT_OF = (
    "威宁县", "威宁县", "毕节市", "仁怀市", "遵义市", "贵安新区", "贵阳市", "贵安新区", "安顺市", "贵安新区", "虚州", None,
)  # fmt: skip
DEEP = {
    "county": pl.DataFrame({"county": ["威宁", "纳雍", "赫章"]}),
    "town": pl.DataFrame({"county": ["威宁"], "town": ["石门"]}),
    "village": pl.DataFrame(schema=dict.fromkeys(PLACES, pl.String)),
}
NO_NAMES = {
    level: pl.DataFrame(schema=dict.fromkeys((*PLACES[: place + 1], "name"), pl.String))
    for place, level in enumerate(PLACES)
}


def persons(places: list[tuple[str | None, str | None, str | None]]) -> pl.DataFrame:
    schema = dict.fromkeys(PLACES, pl.String)
    frame = pl.DataFrame(places, schema=schema, orient="row")
    return frame.with_columns(record=pl.int_range(1, pl.len() + 1))


def units() -> Units:
    stated = pl.DataFrame({"county": ["岚岭", "威宁"], "prefecture": ["虚州", "遵义市"]})
    return Units(
        direct=REPORTING.units,
        prefectures=known_or_stated(REPORTING.known_prefectures, stated),
        deep=DEEP,
        names=NO_NAMES,
    )


def figured(
    dibao: pl.DataFrame, poverty: pl.DataFrame, counted: Mapping[str, pl.DataFrame]
) -> pl.DataFrame:
    return place_figures(locate({"dibao": dibao, "poverty": poverty}, units()), counted)


def row(figures: pl.DataFrame, level: str, **place: str | None) -> dict[str, Any]:
    found = figures.filter(
        pl.col("level") == level, *(pl.col(k).eq_missing(v) for k, v in place.items())
    )
    assert found.height == 1, place
    return found.row(0, named=True)


def test_each_place_reports_to_its_unit_and_stays_in_its_prefecture() -> None:
    located = locate({"dibao": persons(list(REAL))}, units())
    joined = located.people["dibao"].join(located.places, on="place").sort("record")
    assert tuple(joined["unit"]) == UNIT_OF
    tree = dict(joined.select("county", "prefecture").iter_rows())
    assert tree["威宁"] == "毕节市"  # by its code, whatever its rows state
    assert tree["仁怀"] == "遵义市"
    assert tree["花溪"] == "贵阳市"
    assert tree["岚岭"] == "虚州"


def test_a_town_that_reports_elsewhere_is_taken_out_of_a_county_that_reports_by_itself() -> None:
    direct = pl.DataFrame(
        {"county": ["威宁", "威宁"], "town": [None, "石门"], "unit": ["威宁县", "特区"]}
    )
    located = locate({"dibao": persons(list(REAL[:2]))}, replace(units(), direct=direct))
    joined = located.people["dibao"].join(located.places, on="place").sort("record")
    assert tuple(joined["unit"]) == ("特区", "威宁县")


def test_the_twelve_units_are_the_nine_prefectures_and_three_that_report_directly() -> None:
    assert len(set(REPORTING.prefectures.values()) | set(REPORTING.units["unit"])) == 12
    assert REPORTING.known_prefectures.height == 88


def test_a_list_of_deep_poverty_that_was_not_supplied_is_not_a_list_of_none() -> None:
    located = locate({"dibao": persons(list(REAL))}, units())
    assert located.deep.rows() == [
        ("deep_county", 3, 2), ("deep_town", 1, 1), ("deep_village", None, None),
    ]  # fmt: skip


def small() -> pl.DataFrame:
    """Five on dibao, six on the poverty list, two of them on both."""
    dibao = persons(
        [("威宁", "石门", "新合")] * 3 + [("花溪", "湖潮", "汤庄"), ("播州", None, None)]
    )
    poverty = persons(
        [("威宁", "石门", "新合")] * 2 + [("纳雍", "董地", "中山")] * 3 + [("花溪", "青岩", "歪脚")]
    )
    made = dispositions(
        *(("dibao", n, name) for n, name in enumerate(("keep", "exit_dibao", "verify", "keep", "exit_dibao"), 1)),
        *(("poverty", n, name) for n, name in enumerate(("keep", "include_dibao", "include_dibao", "no_action", "no_action", "keep"), 1)),
    )  # fmt: skip
    both = pl.DataFrame(
        {"dibao_record": [1, 4], "poverty_record": [1, 6], "unlifted": [True, False]}
    )
    lifting = pl.Series([True, True, False, None, False, False])
    cut = pl.DataFrame(
        {"record": [2, 5], "fen": [12_050, None]}, schema_overrides={"fen": pl.Int64}
    )
    added = pl.DataFrame({"record": [2, 3], "fen": [5_000, 7_001]})
    return figured(
        dibao,
        poverty,
        {
            "dibao": pl.concat(
                [
                    on_lists(made, "dibao"),
                    of_overlap(dibao.select("record"), both, "dibao"),
                    of_money("cut", cut),
                ]
            ),
            "poverty": pl.concat(
                [
                    on_lists(made, "poverty"),
                    of_overlap(
                        poverty.select("record").with_columns(unlifted=lifting), both, "poverty"
                    ),
                    of_money("added", added),
                ]
            ),
        },
    )


def test_the_figures_of_a_small_province_are_those_counted_by_hand() -> None:
    figures = small()
    whole = row(figures, "province")
    assert (whole["dibao_people"], whole["dibao_matched"], whole["dibao_overlap"]) == (5, 2, 0.4)
    assert (whole["unlifted_people"], whole["unlifted_matched"]) == (2, 1)
    assert whole["unlifted_overlap"] == 0.5
    assert whole["poverty_overlap"] == pytest.approx(2 / 6)
    assert whole["missed_dibao"] == pytest.approx(2 / 6)
    assert whole["wrong_dibao"] == 0.4
    # What is not known stands beside the sum.
    assert (whole["cut_fen"], whole["cut_people"], whole["cut_unknown"]) == (12_050, 1, 1)
    assert (whole["added_fen"], whole["added_people"], whole["added_unknown"]) == (12_001, 2, 0)
    weining = row(figures, "unit", unit="威宁县")
    assert (weining["dibao_records"], weining["poverty_include_dibao"]) == (3, 1)
    assert (weining["cut_fen"], weining["added_fen"]) == (12_050, 5_000)
    bijie = row(figures, "unit", unit="毕节市")
    assert (bijie["dibao_records"], bijie["poverty_records"], bijie["added_fen"]) == (0, 3, 7_001)
    assert bijie["dibao_overlap"] is None  # nobody is in the denominator
    assert row(figures, "prefecture", prefecture="毕节市")["poverty_records"] == 5
    assert row(figures, "unit", unit="贵安新区")["dibao_matched"] == 1
    assert row(figures, "unit", unit="贵阳市")["poverty_matched"] == 1
    assert row(figures, "deep_county", county="纳雍")["poverty_records"] == 3
    assert figures.filter(level="deep_town")["town"].to_list() == ["石门"]
    assert figures.filter(level="deep_village").is_empty()


def wholes(figures: pl.DataFrame) -> dict[str, int]:
    whole = row(figures, "province")
    return {measure: whole[measure] for measure in MEASURES}


def untied(figures: pl.DataFrame, whole: Mapping[str, int]) -> set[tuple[str, str]]:
    made = figure_tie_outs(figures, whole).filter(pl.col("expected") != pl.col("found"))
    return set(made.select("tie_out", "register").iter_rows())


def test_one_place_off_by_one_shows_in_the_sums_of_its_level_and_of_those_around_it() -> None:
    figures, whole = small(), wholes(small())
    assert untied(figures, whole) == set()

    def off(level: str, measure: str) -> pl.DataFrame:
        first = figures["level"].to_list().index(level)
        here = pl.int_range(pl.len()) == first
        return figures.with_columns(pl.col(measure) + here.cast(pl.Int64))

    assert untied(off("province", "dibao_keep"), whole) == {("figures_province", "dibao")}
    assert untied(off("unit", "added_fen"), whole) == {("figures_unit", "poverty")}
    assert untied(off("prefecture", "poverty_people"), whole) == {
        ("figures_prefecture", "poverty"), ("within_prefecture", "poverty"),
    }  # fmt: skip
    assert untied(off("county", "cut_fen"), whole) == {
        ("figures_county", "dibao"), ("within_prefecture", "dibao"), ("within_county", "dibao"),
    }  # fmt: skip
    assert untied(off("town", "dibao_exit_dibao"), whole) == {
        ("figures_town", "dibao"), ("within_county", "dibao"), ("within_town", "dibao"),
    }  # fmt: skip
    assert untied(off("village", "unlifted_matched"), whole) == {
        ("figures_village", "poverty"), ("within_town", "poverty"),
    }  # fmt: skip


def test_two_places_that_swap_people_show_though_their_sum_stays() -> None:
    figures, whole = small(), wholes(small())
    villages = figures.with_columns(
        dibao_keep=pl.when(pl.col("level") != "village")
        .then("dibao_keep")
        .when(pl.col("county") == "威宁")
        .then(pl.col("dibao_keep") - 1)
        .when(pl.col("town") == "青岩")
        .then(pl.col("dibao_keep") + 1)
        .otherwise("dibao_keep")
    )
    assert untied(villages, whole) == {("within_town", "dibao")}


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from(range(len(REAL))), st.sampled_from(["keep", "verify"])), max_size=30),
    st.lists(st.sampled_from(range(len(REAL))), max_size=30),
)  # fmt: skip
def test_units_partition_the_province_and_every_level_comes_to_the_same(
    dibao: list[tuple[int, str]], poverty: list[int]
) -> None:
    made = dispositions(
        *(("dibao", n, name) for n, (_, name) in enumerate(dibao, 1)),
        *(("poverty", n, "no_action") for n in range(1, len(poverty) + 1)),
    )
    figures = figured(
        persons([REAL[place] for place, _ in dibao]),
        persons([REAL[place] for place in poverty]),
        {register: on_lists(made, register) for register in ("dibao", "poverty")},
    )
    for level in LEVELS:
        sums = figures.filter(level=level).select(pl.col(MEASURES).sum()).row(0, named=True)
        assert (sums["dibao_records"], sums["poverty_records"]) == (len(dibao), len(poverty))
    assert untied(figures, wholes(figures)) == set()
    by_unit = dict.fromkeys(UNIT_OF, 0)
    for place in poverty:
        by_unit[UNIT_OF[place]] += 1
    found = dict(figures.filter(level="unit").select("unit", "poverty_records").iter_rows())
    assert {unit: people for unit, people in by_unit.items() if people} == {
        unit: people for unit, people in found.items() if people
    }
