"""The summary page: its totals are those of the frames, and it can run and fetch nothing."""

import base64
import hashlib
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from reconciliation.publishing.coverage import COVERAGE
from reconciliation.publishing.figures import list_sizes, overlap_rates, place_table, tier_sizes
from reconciliation.publishing.manifest import ReleaseFacts
from reconciliation.publishing.pages import relative_link
from reconciliation.publishing.summary_page import PageLink, SummaryData, heat_tables, write_summary
from reconciliation.publishing.tie_outs import SCHEMA
from reconciliation.registers.schema import LISTS
from tests.publishing.frames import LABELS, dispositions, figures_of, receipt, receipts
from tests.publishing.page import Page, read_page

SIZES = {"dibao": 1_234, "poverty": 57}
MADE = dispositions(
    *(
        (register, number, LISTS[number % 7])
        for register, size in SIZES.items()
        for number in range(size)
    )
)
PERSONS = MADE.select("register", "record").with_columns(
    county=pl.when(pl.col("record") % 5 == 0)
    .then(None)
    .when(pl.col("record") % 3 == 0)
    .then(pl.lit("<script>alert(1)</script>县"))
    .otherwise(pl.lit("甲溪县"))
)
CHECKS = {"check": pl.String, "blocking": pl.Boolean, "passed": pl.Boolean, "detail": pl.String}
OFF: dict[str, Any] = {
    "register": pl.String,
    "source_file": pl.String,
    "field": pl.String,
    "rules": pl.List(pl.String),
}


def data() -> SummaryData:
    people = {register: pl.DataFrame({"record": range(size)}) for register, size in SIZES.items()}
    links = pl.DataFrame(
        {"dibao_record": range(20), "poverty_record": range(20), "tier": ["certain"] * 20}
    )
    return SummaryData(
        title="农村低保专项治理",
        province="贵州省",
        facts=ReleaseFacts("2018-08-15", "2018-08-15", "ab" * 32, "1", "0123456789abcdef"),
        data_dates={"dibao": "2018-07-31"},
        receipts=receipts(
            receipt(), receipt(source_sheet="新场乡"), receipt(source_file="<img src=x>.xlsx", sha256=None)
        ),
        coverage=pl.DataFrame(
            [("dibao", "甲溪县", 1, 9, None, None, "received", None),
             ("dibao", "乙山县", 0, 0, None, None, "nothing_received", "农村低保：没有收到乙山县的数据")],
            schema=COVERAGE,
            orient="row",
        ),
        records=pl.DataFrame(
            [(register, size + 3, 3, size) for register, size in SIZES.items()],
            schema=["register", "received", "rejected", "recorded"],
            orient="row",
        ),
        tiers=tier_sizes(links),
        lists=list_sizes(MADE),
        counties=place_table(figures_of(MADE, PERSONS), "county"),
        overlap=overlap_rates(links, people["dibao"], people["poverty"].with_columns(unlifted=True)),
        checks=pl.DataFrame([("每行都写明来源", True, True, None)], schema=CHECKS, orient="row"),
        tie_outs=pl.DataFrame([("received", "dibao", 5, 5)], schema=SCHEMA, orient="row"),
        switched_off=pl.DataFrame([("officials_kin", None, None, ["C15"])], schema=OFF, orient="row"),
        links=(PageLink("../workbooks/甲 溪.xlsx", "甲溪县", "逐人核实"),),
    )  # fmt: skip


def shown(folder: Path, summary: SummaryData) -> Page:
    return read_page(write_summary(folder / "summary.html", summary, LABELS))


def number(text: str) -> int:
    return int(text.replace(",", ""))


def tables(page: Page, heading: str) -> list[list[list[str]]]:
    return [table for table in page.tables if table[0][0] == heading]


def test_list_sizes_and_totals_are_those_of_the_frames(tmp_path: Path) -> None:
    page = shown(tmp_path, data())
    for table, (register, size) in zip(tables(page, "清单"), SIZES.items(), strict=True):
        body, total = table[1:-1], table[-1]
        assert number(total[1]) == size
        assert sum(number(row[1]) for row in body) == size
        assert sum(number(cell) for row in body for cell in row[4:]) == size
        names = LABELS.mapping("lists")
        assert {row[0]: number(row[1]) for row in body} == {
            names[name]: people
            for name, people in MADE.filter(register=register)["disposition"]
            .value_counts()
            .iter_rows()
        }


def test_the_table_of_counties_adds_up_in_both_directions(tmp_path: Path) -> None:
    page = shown(tmp_path, data())
    for table, (register, size) in zip(tables(page, "县（市、区）"), SIZES.items(), strict=True):
        body = [[number(cell) for cell in row[1:]] for row in table[1:]]
        assert body[-1][-1] == size
        assert [sum(column) for column in zip(*body[:-1], strict=True)] == body[-1]
        assert [sum(row[:-1]) for row in body] == [row[-1] for row in body]
        unknown = PERSONS.filter(register=register)["county"].null_count()
        assert (table[-2][0], number(table[-2][-1])) == ("未知县", unknown)


def test_overlap_is_shown_with_every_denominator(tmp_path: Path) -> None:
    (table,) = tables(shown(tmp_path, data()), "分母")
    assert [row[1:] for row in table[1:]] == [
        ["20", "1,234", "1.6%"],
        ["20", "57", "35.1%"],
        ["20", "57", "35.1%"],
    ]


def test_sheets_of_a_file_are_added_up(tmp_path: Path) -> None:
    table = tables(shown(tmp_path, data()), "名册")[0]
    assert table[1][:6] == ["农村低保", "<img src=x>.xlsx", "1", "10", "8", "2"]
    assert table[2][:6] == ["农村低保", "甲溪县.xlsx", "2", "20", "16", "4"]


def test_names_with_markup_are_shown_as_text_and_nothing_can_run_or_be_fetched(
    tmp_path: Path,
) -> None:
    page = shown(tmp_path, data())
    assert not {"script", "img", "iframe", "object", "link", "form", "base"} & page.tags
    assert "<script>alert(1)</script>县" in page.text
    names = {name for name, _ in page.attributes}
    assert not {name for name in names if name.startswith("on")} | (names & {"src", "style"})
    assert page.links == ["../workbooks/甲 溪.xlsx"]
    assert re.search(r"https?:|//[a-z]|url\(|@import", page.source) is None
    policy = next(value for name, value in page.attributes if value.startswith("default-src"))
    digest = base64.b64encode(hashlib.sha256(page.style.encode()).digest()).decode()
    assert policy == (
        f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    )


@pytest.mark.parametrize(
    ("blocking", "passed", "found", "verdict"),
    [
        (True, True, 5, "1 项检查全部通过，1 项合计全部平衡。"),
        (True, False, 5, "有 1 项必须满足的检查未通过、0 项合计不平衡，结果不可使用。"),
        (True, True, 4, "有 0 项必须满足的检查未通过、1 项合计不平衡，结果不可使用。"),
        (False, False, 5, "另有 1 项提醒"),
    ],
)
def test_the_verdict_stands_at_the_top(
    tmp_path: Path, blocking: bool, passed: bool, found: int, verdict: str
) -> None:
    summary = replace(
        data(),
        checks=pl.DataFrame([("某项检查", blocking, passed, None)], schema=CHECKS, orient="row"),
        tie_outs=pl.DataFrame([("received", "dibao", 5, found)], schema=SCHEMA, orient="row"),
    )
    page = shown(tmp_path, summary)
    assert verdict in page.text
    assert page.text.index(verdict) < page.text.index("各清单人数")


def test_a_batch_with_nothing_in_it_still_makes_a_page(tmp_path: Path) -> None:
    full = data()
    empty = replace(
        full,
        receipts=full.receipts.clear(),
        records=full.records.clear(),
        lists=full.lists.clear(),
        counties=full.counties.clear(),
        overlap=full.overlap.with_columns(rate=pl.lit(None, pl.Float64)),
        checks=full.checks.clear(),
        tie_outs=full.tie_outs.clear(),
        switched_off=full.switched_off.clear(),
        links=(),
    )
    page = shown(tmp_path, empty)
    assert "没有停用的规则" in page.text
    assert "没有检查结果" in page.text
    assert "—" in page.text


def test_the_page_is_the_same_bytes_each_time_and_private(tmp_path: Path) -> None:
    first = write_summary(tmp_path / "one.html", data(), LABELS)
    slower = replace(data(), facts=replace(data().facts, seconds={"linkage": 9.0}))
    assert write_summary(tmp_path / "two.html", slower, LABELS).read_bytes() == first.read_bytes()
    assert first.stat().st_mode & 0o777 == 0o600


def test_a_revision_is_named_as_such(tmp_path: Path) -> None:
    facts = replace(data().facts, name="2018-08-15.r2", replaces="2018-08-15", reason="重新<上报>")
    page = shown(tmp_path, replace(data(), facts=facts))
    assert "修订 2018-08-15.r2，替代 2018-08-15" in page.text
    assert "重新<上报>" in page.text


def test_the_shade_follows_the_share_not_the_size() -> None:
    rows = [("dibao", "大县", "verify", 900), ("dibao", "大县", "keep", 9_100),
            ("dibao", "小县", "verify", 40), ("dibao", "小县", "keep", 60)]  # fmt: skip
    counties = pl.DataFrame(
        rows, schema=["register", "county", "disposition", "people"], orient="row"
    )
    (table,) = heat_tables(counties)
    shades = {row["county"]: [cell["heat"] for cell in row["cells"]] for row in table["rows"]}
    verify, keep, nobody = LISTS.index("verify"), LISTS.index("keep"), LISTS.index("correct")
    assert (shades["大县"][verify], shades["小县"][verify]) == (3, 6)
    assert (shades["大县"][keep], shades["小县"][keep]) == (3, 2)
    assert shades["大县"][nobody] == 0


@pytest.mark.parametrize(
    "href", ["https://example.org", "//example.org", "/etc/passwd", "javascript:x", "a\\b"]
)
def test_a_link_leads_nowhere_but_into_the_release(href: str) -> None:
    with pytest.raises(ValueError, match="within the release"):
        relative_link(href)
    assert relative_link("../data_docs/a b.html") == "../data_docs/a%20b.html"


def test_a_check_asked_of_several_registers_is_one_line_and_broken_ones_come_first(
    tmp_path: Path,
) -> None:
    checks = [
        ("甲", True, True, None),
        ("乙", False, True, None),
        ("乙", False, False, "低保：3 项不符合"),
        ("丙", True, False, "2 项不符合"),
        ("甲", True, True, None),
    ]
    summary = replace(data(), checks=pl.DataFrame(checks, schema=CHECKS, orient="row"))
    (table,) = tables(shown(tmp_path, summary), "检查")
    assert table[1:] == [
        ["丙", "必须满足", "未通过", "0 / 1", "2 项不符合"],
        ["乙", "提醒", "未通过", "1 / 2", "低保：3 项不符合"],
        ["甲", "必须满足", "通过", "2 / 2", ""],
    ]


def test_rules_switched_off_are_named_once_a_column_with_their_files(tmp_path: Path) -> None:
    off = [
        ("poverty", "乙.csv", "flag_dibao", ["C2"]),
        ("poverty", "甲.csv", "flag_dibao", ["C2"]),
        ("deaths", None, None, ["C8"]),
    ]
    summary = replace(data(), switched_off=pl.DataFrame(off, schema=OFF, orient="row"))
    rows = [row for table in tables(shown(tmp_path, summary), "名册") for row in table]
    assert ["死亡人员", "没有上报该名册", "C8", "—"] in rows
    assert ["建档立卡", "是否享受低保", "C2", "2 个文件：乙.csv、甲.csv"] in rows


def test_a_batch_that_went_on_without_a_refused_file_says_loudly_what_is_missing(
    tmp_path: Path,
) -> None:
    whole = shown(tmp_path, data())
    assert "被退回，没有进入比对" not in whole.text
    spoilt = receipts(
        receipt(), receipt(source_file="乙山县.xlsx", status="refused", message="打不开")
    )
    cut = shown(tmp_path, replace(data(), receipts=spoilt))
    assert "本批次有 1 份文件被退回，没有进入比对：农村低保 乙山县.xlsx" in cut.text


def test_the_page_names_the_counties_that_sent_nothing(tmp_path: Path) -> None:
    text = shown(tmp_path, data()).text
    assert "农村低保应报 2 个县，收到 1 个（没有收到：乙山县）" in text


def test_a_refused_evidence_file_is_no_reason_to_doubt_the_main_lists(tmp_path: Path) -> None:
    spoilt = receipts(
        receipt(), receipt(register="deaths", source_file="死亡.xlsx", status="refused")
    )
    text = shown(tmp_path, replace(data(), receipts=spoilt)).text
    assert "死亡人员 死亡.xlsx" in text and "没有在佐证名册中查到不等于没有" in text
    assert "列入待核实" not in text
