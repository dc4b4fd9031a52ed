"""Who sent nothing is named, and nobody is accused who may have sent."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reconciliation.configuration import Configuration
from reconciliation.identity.places import comparable_places
from reconciliation.publishing.coverage import (
    COVERAGE,
    PROBLEMS,
    Expected,
    arrivals,
    arrivals_before,
    county_of_file,
    coverage,
    silent_counties,
)
from reconciliation.registers.schema import REGISTERS, REQUIRED
from tests.publishing.frames import LABELS, receipt, receipts

CONFIG = Configuration.load()
FOLD = partial(
    comparable_places,
    settings=CONFIG.identity.places,
    places=CONFIG.places,
    variants=CONFIG.characters.variant_map,
)


def expected(**changes: Any) -> Expected:
    facts: dict[str, Any] = {
        "counties": None,
        "known": {},
        "registers": (),
        "after_a_batch": False,
        "fell_by": 0.2,
        "rose_by": 0.3,
    }
    return Expected(**(facts | changes))


def rows(file: str, county: str | None, count: int) -> list[tuple[str, str | None]]:
    return [(file, county)] * count


def sent(*parts: list[tuple[str, str | None]], before: bool = False) -> pl.DataFrame:
    places = [row for part in parts for row in part]
    frame = pl.DataFrame(
        {
            "source_file": [file for file, _ in places],
            "county": [county for _, county in places],
            "rejected": [None] * len(places),
        },
        schema=dict.fromkeys(("source_file", "county", "rejected"), pl.String),
    ).with_columns(pl.lit(None, pl.String).alias(name) for name in ("province", "prefecture"))
    return arrivals(frame, FOLD, before=before)


NOTHING = sent()


def judged(
    arrived: dict[str, pl.DataFrame], *refused: tuple[str, str], **facts: Any
) -> pl.DataFrame:
    """The coverage of some registers; the others came with nothing. Every file that has rows was accepted."""
    everything = {name: arrived.get(name, NOTHING) for name in REGISTERS}
    accepted = [
        receipt(register=name, source_file=file)
        for name, frame in everything.items()
        for file in frame.filter(~pl.col("before"))["source_file"].unique()
    ]
    bad = [receipt(register=name, source_file=file, status="refused") for name, file in refused]
    return coverage(
        everything, receipts(*accepted, *bad, receipt(register="none")), expected(**facts), LABELS
    )


def status(made: pl.DataFrame) -> dict[tuple[str, str | None], str]:
    return {
        (register, county): state
        for register, county, state in made.select("register", "county", "status").iter_rows()
    }


def test_a_county_with_poverty_rows_and_no_dibao_rows_is_missing() -> None:
    made = judged(
        {
            "dibao": sent(rows("甲.xlsx", "甲溪县", 50)),
            "poverty": sent(rows("甲.xlsx", "甲溪县", 50), rows("乙.xlsx", "乙山县", 40)),
        }
    )
    assert dict(made.schema) == COVERAGE
    found = status(made)
    assert found["dibao", "乙山县"] == "nothing_received"
    assert found["poverty", "乙山县"] == found["dibao", "甲溪县"] == "received"
    row = made.row(
        by_predicate=(pl.col("register") == "dibao") & (pl.col("county") == "乙山县"), named=True
    )
    assert (row["files"], row["rows"], row["rows_before"]) == (0, 0, None)
    assert row["message"] == "农村低保：没有收到乙山县的数据，请催报。"


def test_both_spellings_of_a_county_are_one() -> None:
    made = judged(
        {
            "dibao": sent(rows("a.xlsx", "甲溪县", 5)),
            "poverty": sent(rows("b.xlsx", "甲溪", 7), rows("b.xlsx", "甲溪县", 30)),
        }
    )
    assert made.filter(pl.col("register").is_in(REQUIRED)).select("county", "rows").rows() == [
        ("甲溪县", 5),
        ("甲溪县", 37),
    ]


def test_a_misspelled_county_or_a_few_strangers_are_not_asked_for_their_register() -> None:
    made = judged(
        {
            "dibao": sent(rows("甲.xlsx", "甲溪县", 97), rows("甲.xlsx", "甲奚县", 3)),
            "poverty": sent(rows("甲.xlsx", "甲溪县", 97)),
        }
    )
    assert status(made)["dibao", "甲奚县"] == "not_expected"
    assert ("poverty", "甲奚县") not in status(made)


def test_a_county_that_reported_last_time_is_missed_in_both_registers() -> None:
    old = sent(rows("甲.xlsx", "甲溪县", 50), rows("乙.xlsx", "乙山县", 40), before=True)
    now = sent(rows("甲.xlsx", "甲溪县", 50))
    made = judged(
        {"dibao": pl.concat([now, old]), "poverty": pl.concat([now, old])}, after_a_batch=True
    )
    assert (
        status(made)["dibao", "乙山县"] == status(made)["poverty", "乙山县"] == "nothing_received"
    )
    row = made.filter(county="乙山县").row(0, named=True)
    assert (row["rows_before"], row["change"]) == (40, -1.0)
    assert "上一批次 40 行" in row["message"]


def test_a_county_is_silent_where_it_was_there_before_and_nothing_came_of_it() -> None:
    before = sent(rows("a", "甲县", 30), rows("b", "乙县", 30), rows("b", "丙县", 2), before=True)
    now = sent(rows("a", "甲县", 5))
    nameless = sent(rows("a", "甲县", 5), rows("c", None, 1))
    assert silent_counties(pl.concat([before, now])) == {"乙县"}
    assert silent_counties(pl.concat([before, nameless])) == set()
    assert silent_counties(now) == set()


def test_listed_counties_are_expected_and_no_others() -> None:
    made = judged(
        {
            "dibao": sent(rows("甲.xlsx", "甲溪县", 50), rows("乙.xlsx", "乙山县", 50)),
            "poverty": sent(rows("甲.xlsx", "甲溪县", 50)),
        },
        counties={"甲溪": "甲溪县", "丙水": "丙水县"},
    )
    found = status(made)
    assert found["dibao", "丙水县"] == found["poverty", "丙水县"] == "nothing_received"
    assert found["dibao", "乙山县"] == "not_expected"
    assert ("poverty", "乙山县") not in found


@pytest.mark.parametrize(
    ("before", "now", "state"),
    [
        (100, 80, "fell_sharply"),
        (100, 81, "received"),
        (100, 130, "rose_sharply"),
        (100, 129, "received"),
        (12, 6, "received"),
        (0, 500, "received"),
    ],
)
def test_a_sharp_fall_or_rise_is_pointed_out_and_a_small_one_is_not(
    before: int, now: int, state: str
) -> None:
    arrived = pl.concat(
        [sent(rows("a.csv", "甲溪县", now)), sent(rows("a.csv", "甲溪县", before), before=True)]
    )
    made = judged({"dibao": arrived, "deaths": arrived}, after_a_batch=True)
    assert status(made)["dibao", "甲溪县"] == status(made)["deaths", None] == state
    row = made.row(0, named=True)
    assert row["change"] == (round(now / before - 1, 6) if before else None)
    assert (row["message"] is None) == (state == "received")


def test_a_refused_file_named_after_a_county_is_no_silence() -> None:
    arrived = {
        "dibao": sent(rows("甲溪县低保.xlsx", "甲溪县", 50)),
        "poverty": sent(rows("甲溪.csv", "甲溪县", 50), rows("乙山.csv", "乙山县", 50)),
    }
    found = status(judged(arrived, ("dibao", "乙山县农村低保.xlsx")))
    assert (found["dibao", "乙山县"], found["dibao", "甲溪县"]) == ("refused", "received")


def test_a_refused_file_of_a_county_nobody_else_names_makes_it_expected() -> None:
    found = status(judged({}, ("dibao", "开阳县低保.xlsx"), known={"开阳": "开阳县"}))
    assert found["dibao", "开阳县"] == "refused"
    assert found["poverty", "开阳县"] == "nothing_received"


@pytest.mark.parametrize("nameless", ["refused", "no_column"])
def test_who_may_stand_in_a_nameless_file_is_not_called_missing(nameless: str) -> None:
    """A lean list without a county column, or a refused file called list.csv."""
    lean = rows("名单.csv", None, 30) if nameless == "no_column" else []
    refused = [("dibao", "名单.csv")] if nameless == "refused" else []
    found = status(
        judged(
            {
                "dibao": sent(rows("甲.csv", "甲溪县", 30), lean),
                "poverty": sent(rows("p.csv", "甲溪县", 30), rows("p.csv", "乙山县", 30)),
            },
            *refused,
        )
    )
    assert found["dibao", "乙山县"] == "cannot_tell"
    assert found.get(("dibao", None)) == ("unknown_county" if lean else None)


def test_rows_without_a_county_count_for_the_one_their_file_is_named_after() -> None:
    made = judged(
        {
            "dibao": sent(rows("乙山县/花桥镇.csv", None, 30)),
            "poverty": sent(rows("p.csv", "乙山县", 30)),
        }
    )
    assert made.row(0, named=True)["rows"] == 30
    assert status(made)["dibao", "乙山县"] == "received"


@pytest.mark.parametrize(
    ("file", "county"),
    [
        ("甲溪县低保.xlsx", "甲溪"),
        ("2018/甲溪/一镇.csv", "甲溪"),
        ("甲溪县乙山县.xlsx", None),
        ("大甲溪县.xlsx", "大甲溪"),
        ("低保.xlsx", None),
        ("黔西南州/册亨县.xlsx", "册亨"),
        ("黔西南州低保.xlsx", None),
        ("黔西低保.xlsx", "黔西"),
        ("黔西县南部乡镇.xlsx", "黔西"),
    ],
)
def test_a_file_is_named_after_one_county_or_none(file: str, county: str | None) -> None:
    names = {
        "甲溪": "甲溪县", "大甲溪": "大甲溪县", "乙山": "乙山县", "黔西": "黔西县", "册亨": "册亨县",
    }  # fmt: skip
    assert county_of_file(file, names) == county


def test_an_optional_register_that_came_last_time_or_is_listed_is_missed() -> None:
    old = sent(rows("死亡.xlsx", None, 50), before=True)
    made = judged({"deaths": old}, after_a_batch=True, registers=("tekun",))
    found = status(made)
    assert found["deaths", None] == found["tekun", None] == "nothing_received"
    assert found["relocation", None] == "not_expected"
    assert made.filter(register="relocation")["message"].to_list() == [None]
    assert status(judged({}, ("deaths", "d.xlsx")))["deaths", None] == "refused"


def test_rejected_rows_do_not_count() -> None:
    frame = pl.DataFrame(
        {name: ["甲溪县"] * 3 for name in ("province", "prefecture", "county", "source_file")}
    ).with_columns(rejected=pl.Series([None, "空", None], dtype=pl.String))
    assert arrivals(frame, FOLD)["rows"].to_list() == [2]


def test_the_release_before_is_counted_from_its_records(tmp_path: Path) -> None:
    assert arrivals_before(None, "dibao", FOLD).is_empty()
    assert arrivals_before(tmp_path, "dibao", FOLD).is_empty()
    (tmp_path / "data").mkdir()
    columns = (
        "province",
        "prefecture",
        "county",
        "town",
        "village",
        "source_file",
        "rejected",
        "name",
    )
    frame = pl.DataFrame({name: ["甲溪县", "甲溪县"] for name in columns})
    frame.with_columns(rejected=pl.lit(None, pl.String)).write_parquet(
        tmp_path / "data" / "records_dibao.parquet"
    )
    made = arrivals_before(tmp_path, "dibao", FOLD)
    assert made.select("before", "county", "rows").rows() == [(True, "甲溪", 2)]


COUNTIES = st.sampled_from(["甲溪县", "乙山县", "丙水县", None])
FILES = st.sampled_from(["甲溪县.xlsx", "乙山.csv", "list.csv"])


@settings(deadline=None, max_examples=30)
@given(
    st.lists(st.tuples(FILES, COUNTIES), max_size=60),
    st.lists(st.tuples(FILES, COUNTIES), max_size=60),
    st.randoms(use_true_random=False),
)
def test_every_row_is_counted_once_whatever_the_order(
    dibao: list[tuple[str, str | None]], poverty: list[tuple[str, str | None]], random: Any
) -> None:
    def made(shuffle: Callable[[list[tuple[str, str | None]]], None]) -> pl.DataFrame:
        for places in (dibao, poverty):
            shuffle(places)
        return judged({"dibao": sent(dibao), "poverty": sent(poverty)})

    first, second = made(lambda _: None), made(random.shuffle)
    assert first.equals(second)
    for register, places in (("dibao", dibao), ("poverty", poverty)):
        assert first.filter(register=register)["rows"].sum() == len(places)
    keys = first.select("register", "county")
    assert keys.is_unique().all()
    told = first.filter(pl.col("status").is_in(PROBLEMS))["message"]
    assert told.null_count() == 0
