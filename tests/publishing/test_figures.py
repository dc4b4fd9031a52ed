"""Counts, sums that tie out, source columns."""

from collections import Counter

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reconciliation.publishing.figures import (
    list_sizes,
    overlap_rates,
    place_table,
    tier_sizes,
)
from reconciliation.publishing.place_figures import LEVELS
from reconciliation.publishing.sources import with_register_sources, with_sources
from reconciliation.publishing.tie_outs import figure_tie_outs, record_counts, tie_outs
from reconciliation.registers.schema import LISTS, TIERS
from tests.publishing.frames import (
    LABELS,
    dispositions,
    figures_of,
    lists_of,
    receipt,
    receipts,
    records,
)

MADE = dispositions(
    ("dibao", 1, "keep"), ("dibao", 3, "verify"), ("poverty", 1, "include_dibao")
)  # fmt: skip
RECORDS = {
    "dibao": records(None, "没有姓名", None),
    "poverty": records(None),
    "deaths": records(None),
}
RECEIPTS = receipts(
    receipt(rows_read=3, rows_accepted=2, rows_rejected=1),
    receipt(
        kind="household", source_file="家庭.xlsx", rows_read=9, rows_accepted=9, rows_rejected=0
    ),
    receipt(register="poverty", rows_read=1, rows_accepted=1, rows_rejected=0),
    receipt(register="deaths", kind=None, rows_read=1, rows_accepted=1, rows_rejected=0),
)
PERSONS = pl.DataFrame(
    {
        "register": ["dibao", "dibao", "poverty"],
        "record": [1, 3, 1],
        "county": ["甲溪县", None, "甲溪县"],
        "town": ["花桥镇", None, "花桥镇"],
        "village": ["大坪", None, "大坪"],
    }
)


def sums(**changes: object) -> dict[tuple[str, str], tuple[int, int]]:
    given_frames = {
        "receipts": RECEIPTS,
        "counts": record_counts(RECORDS, RECEIPTS),
        "dispositions": MADE,
        "lists": lists_of(MADE),
        "tables": {level: place_table(figures_of(MADE, PERSONS), level) for level in LEVELS},
    } | changes
    made = tie_outs(**given_frames)  # type: ignore[arg-type]
    return {
        (register, name): (expected, found) for name, register, expected, found in made.iter_rows()
    }


def broken(**changes: object) -> set[tuple[str, str]]:
    return {key for key, (expected, found) in sums(**changes).items() if expected != found}


def test_everything_ties_out_when_nobody_is_lost() -> None:
    made = sums()
    assert broken() == set()
    assert made["dibao", "received"] == (3, 3)
    assert made["dibao", "village"] == (2, 2)
    assert ("deaths", "received") in made
    assert ("deaths", "lists") not in made
    wholes = {"dibao_records": 2, "dibao_keep": 1, "dibao_verify": 1, "poverty_records": 1}
    figures = figure_tie_outs(figures_of(MADE, PERSONS), wholes | {"poverty_include_dibao": 1})
    assert (figures["expected"] == figures["found"]).all()
    wordings = LABELS.mapping("publishing.tie_outs")
    assert {name for _, name in made} | set(figures["tie_out"]) == wordings.keys()


def test_each_kind_of_loss_shows_in_its_own_sum() -> None:
    lists = lists_of(MADE)
    assert ("dibao", "received") in broken(receipts=RECEIPTS.with_columns(rows_read=pl.lit(1)))
    assert broken(receipts=RECEIPTS.with_columns(rows_rejected=pl.lit(0))) == {
        ("dibao", "rejected")
    }
    assert broken(dispositions=MADE[1:], lists=lists) == {
        ("dibao", "dispositions"),
        ("dibao", "disposed"),
    }
    assert broken(lists=lists | {"keep": MADE.clear()}) == {
        ("dibao", "lists"),
        ("dibao", "listed_once"),
    }
    twice = lists | {"keep": lists["verify"]}
    assert broken(lists=twice) == {("dibao", "listed_once")}
    table = place_table(figures_of(MADE, PERSONS), "county").filter(pl.col("county").is_not_null())
    assert broken(tables={"county": table}) == {("dibao", "county")}


def test_record_counts_tell_received_rejected_and_recorded() -> None:
    assert record_counts(RECORDS, RECEIPTS).rows() == [
        ("deaths", 1, 0, 1, 0),
        ("dibao", 3, 1, 2, 0),
        ("poverty", 1, 0, 1, 0),
    ]


def test_people_whom_only_a_household_file_names_stand_outside_the_sum_of_accepted_rows() -> None:
    """One row of such a file holds several people, so the rows cannot add up to them."""
    several = {"dibao": records(None, None, None)}
    file = receipts(receipt(kind="household", rows_read=1, rows_accepted=1, rows_rejected=0))
    counts = record_counts(several, file)
    assert counts.rows() == [("dibao", 3, 0, 3, 3)]
    made = tie_outs(file, counts, MADE.clear(), {}, {})
    assert dict(made.select("tie_out", "found").iter_rows())["accepted"] == 0
    assert made.filter(pl.col("expected") != pl.col("found")).height == 0


def test_lists_come_in_their_order_and_tiers_are_all_there() -> None:
    made = dispositions(*(("dibao", n, name) for n, name in enumerate(reversed(LISTS))))
    assert tuple(list_sizes(made)["disposition"]) == LISTS
    links = pl.DataFrame({"tier": ["possible", "certain", "certain"]})
    assert tier_sizes(links).rows() == [("certain", 2), ("probable", 0), ("possible", 1)]


@settings(max_examples=50, deadline=None)
@given(st.lists(st.sampled_from(["甲", "乙", None]), min_size=1), st.randoms())
def test_a_place_table_counts_everybody_once_at_each_level(
    places: list[str | None], random: object
) -> None:
    persons = pl.DataFrame(
        {
            "register": ["dibao"] * len(places),
            "record": range(len(places)),
            "county": places,
            "town": places[::-1],
            "village": places,
        },
        schema_overrides=dict.fromkeys(("county", "town", "village"), pl.String),
    )
    made = dispositions(*(("dibao", n, LISTS[n % 3]) for n in range(len(places))))
    figures = figures_of(made, persons)
    for level in LEVELS:
        assert place_table(figures, level)["people"].sum() == len(places)
    counted = place_table(figures, "county")
    found = {(c, d): n for c, d, n in counted.select("county", "disposition", "people").iter_rows()}
    assert found == Counter((place, LISTS[n % 3]) for n, place in enumerate(places))


def test_overlap_is_of_people_over_each_of_three_denominators() -> None:
    links = pl.DataFrame(
        {
            "dibao_record": [1, 2, 3, 9],
            "poverty_record": [11, 12, 13, 14],
            "tier": ["certain", "probable", "possible", "certain"],
        }
    )
    dibao = pl.DataFrame({"record": [1, 2, 3, 4]})
    poverty = pl.DataFrame(
        {"record": [11, 12, 13, 14, 15], "unlifted": [True, False, True, True, None]}
    )
    assert overlap_rates(links, dibao, poverty).rows() == [
        ("dibao", 2, 4, 0.5),
        ("poverty_unlifted", 1, 3, 1 / 3),
        ("poverty", 2, 5, 0.4),
    ]
    nobody = overlap_rates(links.clear(), dibao.clear(), poverty.clear())
    assert nobody["rate"].to_list() == [None, None, None]
    assert set(nobody["denominator"]) == LABELS.mapping("publishing.denominators").keys()


LINKS = pl.DataFrame({"dibao_record": [1, 3], "poverty_record": [1, 1], "tier": TIERS[:2]})


def test_links_say_where_both_sides_were_received() -> None:
    poverty = RECORDS["poverty"].with_columns(
        source_file=pl.lit("贫困.csv"), source_sheet=pl.lit(None)
    )
    made = with_sources(LINKS, RECORDS["dibao"], poverty)
    assert made.columns == [
        "dibao_record", "poverty_record", "dibao_source_file", "dibao_source_sheet", "dibao_source_row",
        "poverty_source_file", "poverty_source_sheet", "poverty_source_row", "tier",
    ]  # fmt: skip
    assert made["dibao_source_row"].to_list() == [4, 6]
    assert made["poverty_source_file"].to_list() == ["贫困.csv", "贫困.csv"]
    assert made.select(LINKS.columns).equals(LINKS)


def test_a_link_to_nobody_is_an_error_not_a_blank() -> None:
    with pytest.raises(ValueError, match="1 rows name a record that was not received"):
        with_sources(LINKS, RECORDS["dibao"][:1], RECORDS["poverty"])
    with pytest.raises(ValueError, match="not received"):
        with_register_sources(MADE, {"dibao": RECORDS["dibao"], "poverty": RECORDS["poverty"][:0]})


def test_dispositions_say_where_they_were_received_each_from_its_own_register() -> None:
    poverty = RECORDS["poverty"].with_columns(source_file=pl.lit("贫困.csv"))
    made = with_register_sources(MADE, {"dibao": RECORDS["dibao"], "poverty": poverty})
    assert made["source_file"].to_list() == ["甲溪县.xlsx", "甲溪县.xlsx", "贫困.csv"]
    assert made["source_row"].to_list() == [4, 6, 4]
    assert made.select(MADE.columns).equals(MADE)
