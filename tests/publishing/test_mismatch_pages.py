"""The mismatch report in a real browser, opened from the file with the network off."""

import csv
import json
import re
from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from reconciliation.publishing.mismatches.totals import county_totals
from tests.publishing.frames import LABELS
from tests.publishing.mismatch_world import FINGERPRINT, HOSTILE, case, crowded, written

CHROMIUM = "/usr/bin/chromium"
QUIET = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking"]
AXE = Path(__file__).parents[1] / "vendor" / "axe" / "axe.min.js"
COUNTY, OTHER_COUNTY = "甲溪县_2018-08-30.html", "乙山县_2018-08-30.html"
DIBAO_1 = f"dibao.{case('dibao', 1)[:16]}"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("audit")
    written(made)
    return made


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        yield playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    opened = browser.new_context(offline=True, viewport={"width": 1300, "height": 900})
    yield opened
    opened.close()


@pytest.fixture
def page(context: BrowserContext) -> Iterator[Page]:
    """A page of which nothing is complained about and which asks for nothing but files."""
    complaints: list[str] = []
    opened = context.new_page()
    opened.on("console", lambda message: complaints.append(message.text))
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    opened.on(
        "request",
        lambda asked: asked.url.startswith(("file:", "blob:")) or complaints.append(asked.url),
    )
    opened.on("dialog", lambda dialog: complaints.append(dialog.message) or dialog.dismiss())
    yield opened
    assert complaints == []


def shown(page: Page, folder: Path, state: str = "", name: str = COUNTY) -> Page:
    page.goto(f"{(folder / name).as_uri()}#{state}")
    page.wait_for_selector("html[data-ready]")
    return page


def names(page: Page) -> list[str]:
    return page.locator("#lines .open").all_inner_texts()


def choose(page: Page, facet: str, value: str) -> None:
    page.locator(f"#facet-{facet} summary").click()
    page.locator(f"#facet-{facet} label", has_text=value).locator("input").check()
    page.keyboard.press("Escape")


@pytest.mark.parametrize("width", [1300, 420])
@pytest.mark.parametrize(
    ("name", "state"),
    [
        ("index.html", ""),
        ("东州_2018-08-30.html", ""),
        (COUNTY, ""),
        (COUNTY, f"row={DIBAO_1}"),
        (COUNTY, "review=1"),
    ],
)
def test_pages_have_no_serious_accessibility_fault_and_fit_the_window(
    page: Page, folder: Path, name: str, state: str, width: int
) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(f"{(folder / name).as_uri()}#{state}")
    if "review" in state:
        page.fill("#reviewer", "甲")
        page.click("#reviewer-form button")
        page.click("#judge-same")
    page.evaluate(AXE.read_text("utf-8"))
    found = page.evaluate("axe.run().then(found => found.violations)")
    serious = [fault for fault in found if fault["impact"] in {"serious", "critical"}]
    assert {fault["id"]: [node["html"] for node in fault["nodes"]] for fault in serious} == {}
    assert page.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0


def test_a_filter_is_in_the_address_and_the_back_button_takes_it_back(
    page: Page, folder: Path
) -> None:
    shown(page, folder)
    everybody = names(page)
    choose(page, "list", "待核实")
    assert names(page) == ["李建国", "李健国"]
    assert "list=verify" in page.url
    expect(page.locator("#count")).to_contain_text("显示 2 行，共 6 行；所列台账发现 4 条")
    page.locator("#facet-list summary").click()
    page.locator("#facet-list .not input").check()
    assert sorted(names(page)) == sorted(set(everybody) - {"李建国", "李健国"})
    page.go_back()
    assert names(page) == ["李建国", "李健国"]
    page.go_back()
    assert names(page) == everybody
    page.go_forward()
    page.reload()
    page.wait_for_selector("html[data-ready]")
    assert names(page) == ["李建国", "李健国"]


def test_filters_hold_together_and_count_what_each_choice_would_leave(
    page: Page, folder: Path
) -> None:
    shown(page, folder, "register=dibao&state=vanished")
    assert names(page) == ["李建国", "吴九"]
    page.locator("#facet-list summary").click()
    options = page.locator("#facet-list .values label").all_inner_texts()
    assert [option.split() for option in options] == [["待核实", "1"], ["无需处理", "1"]]


@pytest.mark.parametrize(
    ("words", "left"),
    [
        ("健国", ["李建国", "李健国"]),
        ("李 -小坪", ["李建国"]),
        ("死亡", ["王五"]),
        ("0002d", ["王五"]),
        ("没有此人", []),
    ],
)
def test_search_finds_names_of_both_sides_places_reasons_and_cases(
    page: Page, folder: Path, words: str, left: list[str]
) -> None:
    shown(page, folder)
    page.fill("#q", words)
    expect(page.locator("#lines .open")).to_have_count(len(left))
    assert names(page) == left
    assert page.locator("#nothing").is_visible() == (not left)


def test_a_column_sorts_up_down_and_back(page: Page, folder: Path) -> None:
    shown(page, folder)
    before = names(page)
    head = page.locator('#table th[data-column="rule"]')
    rules = page.locator("#lines .c-rule")
    head.locator("button").click()
    expect(head).to_have_attribute("aria-sort", "ascending")
    rising = rules.all_inner_texts()
    assert rising == sorted(rising)
    head.locator("button").click()
    expect(head).to_have_attribute("aria-sort", "descending")
    assert [*reversed(rules.all_inner_texts())] == rising
    head.locator("button").click()
    expect(head).to_have_attribute("aria-sort", "none")
    assert names(page) == before


def test_a_row_shows_both_registers_with_what_differs_marked_and_in_words(
    page: Page, folder: Path
) -> None:
    shown(page, folder)
    page.get_by_role("button", name="李建国").click()
    lines = {
        line[0]: line[1:]
        for line in page.locator("#detail .comparison tr").evaluate_all(
            "rows => rows.map(row => [...row.cells].map(cell => cell.innerText))"
        )
    }
    assert lines["姓名"] == ["李建国", "李健国", "第2字 建→健"]
    assert lines["身份证号码"] == ["522101●●●●●●●●●●●●", "522101●●●●●●●●●●●●", "第10、17位不同"]
    assert lines["出生日期"] == ["（不显示）", "（不显示）", "年份不同"]
    assert lines["村（社区）"] == ["大坪村", "小坪村", "第1字 大→小"]
    assert page.locator("#detail .comparison mark").all_inner_texts() == ["建", "健", "●", "●", "●", "●", "大", "小"]  # fmt: skip
    page.keyboard.press("Escape")
    expect(page.locator("#detail")).not_to_be_visible()
    assert "row=" not in page.url


def test_the_back_button_closes_a_row(page: Page, folder: Path) -> None:
    shown(page, folder)
    page.get_by_role("button", name="王五").click()
    expect(page.locator("#detail")).to_be_visible()
    page.go_back()
    expect(page.locator("#detail")).not_to_be_visible()
    page.go_forward()
    expect(page.locator("#detail-title")).to_have_text("王五")


def test_the_waterfall_adds_up_and_the_sentence_names_runner_up_and_margin(
    page: Page, folder: Path
) -> None:
    shown(page, folder, f"row={DIBAO_1}")
    weights = [float(text) for text in page.locator("#detail .waterfall td:nth-child(3)").all_inner_texts()]  # fmt: skip
    assert weights[0] == -18.0
    assert sum(weights[:-1]) == pytest.approx(weights[-1]) == 2.25
    assert page.locator("#detail .waterfall rect").count() == len(weights)
    said = page.locator("#detail .sentence").inner_text()
    for part in ("“李建国”", "“李健国”", "第2字 建→健", "第10、17位不同", "年份不同", "+2.25", "60.0%", "次优候选的可能性 1.5%，领先 98.3%"):  # fmt: skip
        assert part in said


def test_a_link_by_the_number_alone_has_one_step_and_a_row_without_a_pair_none(
    page: Page, folder: Path
) -> None:
    shown(page, folder, f"row=dibao.{case('dibao', 2)[:16]}")
    expect(page.locator("#detail")).to_contain_text("另一名册上没有对应的人")
    expect(page.locator("#detail")).to_contain_text("黔民发〔2018〕19号")
    expect(page.locator("#detail .waterfall")).to_have_count(0)


def test_markup_in_a_name_is_text_everywhere(page: Page, folder: Path) -> None:
    shown(page, folder)
    page.get_by_role("button", name=HOSTILE).click()
    expect(page.locator("#detail-title")).to_have_text(HOSTILE)
    assert page.locator("img").count() == 0
    page.keyboard.press("Escape")
    page.fill("#q", HOSTILE)
    expect(page.locator("#lines .open")).to_have_text([HOSTILE])
    page.evaluate("location.hash = 'town=' + encodeURIComponent('<img src=x onerror=alert(1)>')")
    expect(page.locator("#lines .open")).to_have_count(0)
    assert page.locator("img").count() == 0


def test_the_keyboard_reaches_and_opens_every_row(page: Page, folder: Path) -> None:
    shown(page, folder)
    everybody = names(page)
    page.locator("#lines .open").first.focus()
    for name in everybody[1:]:
        page.keyboard.press("ArrowDown")
        expect(page.locator("#lines .open:focus")).to_have_text(name)
    page.keyboard.press("Home")
    page.keyboard.press("Enter")
    expect(page.locator("#detail-title")).to_have_text(everybody[0])


def test_the_rows_shown_go_out_as_a_masked_file(page: Page, folder: Path) -> None:
    shown(page, folder, name=OTHER_COUNTY)
    with page.expect_download() as waiting:
        page.click("#csv")
    text = waiting.value.path().read_text("utf-8-sig")
    rows = list(csv.DictReader(text.splitlines()))
    assert [row["姓名"] for row in rows] == ["赵小六", "（已离开名册）", "'=1+1"]
    assert rows[2]["身份证号码（已遮蔽）"] == "522101●●●●●●●●●●●●"
    cases = [case(*person)[:16] for person in (("dibao", 3), ("dibao", 9), ("poverty", 3))]
    assert not re.search(r"\d{8}", re.sub("|".join(cases), "", text))
    assert waiting.value.suggested_filename == "不一致_乙山县_2018-08-30.csv"


def begin(page: Page, folder: Path, reviewer: str) -> None:
    shown(page, folder, "review=1")
    page.fill("#reviewer", reviewer)
    page.click("#reviewer-form button")


def exported(page: Page) -> dict[str, object]:
    with page.expect_download() as waiting:
        page.click("#export")
    loaded: dict[str, object] = json.loads(waiting.value.path().read_text("utf-8"))
    return loaded


def test_the_score_is_hidden_until_somebody_has_judged(page: Page, folder: Path) -> None:
    begin(page, folder, "复核甲")
    expect(page.locator("#progress")).to_have_text("已判断 0 对，共 2 对")
    for telling in ("60.0%", "存疑", "权重", "综合评分"):
        assert telling not in page.locator("#review-work").inner_text().split("交回与签字")[0]
    assert not page.locator("#facet-tier").is_visible()
    assert not page.locator("#table").is_visible()
    page.keyboard.press("2")
    expect(page.locator("#answer")).to_contain_text("您的判断：不同人")
    expect(page.locator("#answer .sentence")).to_contain_text("60.0%")
    page.click("#next")
    expect(page.locator("#answer")).to_be_empty()
    expect(page.locator("#progress")).to_have_text("已判断 1 对，共 2 对")


def test_judgements_leave_as_a_file_with_cases_release_and_reviewer(
    page: Page, folder: Path
) -> None:
    begin(page, folder, "复核甲")
    page.keyboard.press("1")
    page.click("#next")
    page.keyboard.press("3")
    expect(page.locator("#signed")).to_have_text("尚未签字")
    page.click("#sign")
    found = exported(page)
    days = {one.pop("judged_on") for one in found["judgements"]}  # type: ignore[attr-defined]
    assert days == {found.pop("signed_on")}
    assert found == {
        "kind": "shuangqing-judgements", "version": 1, "release": "2018-08-30", "release_sha256": FINGERPRINT,
        "county": "甲溪县", "reviewer": "复核甲",
        "judgements": [
            {"dibao_case": case("dibao", record)[:16], "poverty_case": case("poverty", across)[:16], "judgement": said}
            for record, across, said in ((1, 1, "same"), (4, 5, "unsure"))
        ],
    }  # fmt: skip
    page.reload()
    page.wait_for_selector("html[data-ready]")
    page.fill("#reviewer", "复核甲")
    page.click("#reviewer-form button")
    expect(page.locator("#progress")).to_have_text("已判断 2 对，共 2 对")


def test_two_reviewers_see_how_often_they_agree(page: Page, folder: Path, tmp_path: Path) -> None:
    begin(page, folder, "复核甲")
    page.keyboard.press("1")
    page.click("#next")
    page.keyboard.press("1")
    theirs = exported(page) | {"reviewer": "复核<乙>"}
    theirs["judgements"][1]["judgement"] = "different"  # type: ignore[index]
    files = {"theirs": theirs, "stale": theirs | {"release_sha256": "00" * 32}}
    for name, content in files.items():
        (tmp_path / f"{name}.json").write_text(json.dumps(content), encoding="utf-8")
    (tmp_path / "broken.json").write_text("{", encoding="utf-8")
    page.set_input_files(
        "#load", [tmp_path / f"{name}.json" for name in ("theirs", "stale", "broken")]
    )
    expect(page.locator("#agreements tr")).to_have_count(1)
    cells = page.locator("#agreements tr").locator("th, td").all_inner_texts()
    assert cells == ["复核甲 与 复核<乙>", "2", "1", "50.0%", "0.00"]
    note = page.locator("#review-note").inner_text()
    assert "stale.json：属于另一次发布" in note and "broken.json：不是复核文件" in note
    expect(page.locator("#unlike-pairs a")).to_have_text(["孙七／孙七"])


def test_every_figure_leads_to_as_many_rows_as_it_says(page: Page, folder: Path) -> None:
    page.goto((folder / "index.html").as_uri())
    expect(page.locator(".verdict.good")).to_contain_text(
        LABELS("mismatches.page.tied", sums=12)[:6]
    )
    figures = page.locator("#counties tbody td a").evaluate_all(
        "links => links.map(link => [link.href, link.innerText])"
    )
    assert len(figures) > 10
    for address, figure in figures:
        page.goto("about:blank")
        page.goto(address)
        page.wait_for_selector("html[data-ready]")
        state = re.search(r"#state=(\w+)", address)
        rows = page.evaluate("document.querySelectorAll('#lines .open').length")
        if state:
            text = page.locator("#detail-body").evaluate("() => document.body.innerText")
            assert rows > 0 and LABELS(f"ledger.states.{state[1]}") in text
        else:
            assert rows == int(figure), address


@pytest.fixture(scope="module")
def crowd(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page of a county with 50,000 rows, every second one with a pair whose every comparison was weighed."""
    made = tmp_path_factory.mktemp("crowd")
    found = crowded(50_000)
    counted = county_totals(found.rows, found.pairs, pl.DataFrame(schema={"county": pl.String, "prefecture": pl.String}))  # fmt: skip
    return written(made, mismatches=found, totals=counted)[1]


def test_fifty_thousand_rows_travel_in_three_megabytes_and_only_a_screen_of_them_is_drawn(
    page: Page, crowd: Path
) -> None:
    assert crowd.stat().st_size < 3_000_000
    shown(page, crowd.parent, name=crowd.name)
    expect(page.locator("#count")).to_contain_text("显示 50,000 行，共 50,000 行")
    assert page.locator("#lines tr").count() < 60
    page.locator("#lines .open").first.focus()
    page.keyboard.press("End")
    expect(page.locator("#lines tr[data-place]").last).to_have_attribute("data-place", "49999")
    page.fill("#q", "-人")
    expect(page.locator("#nothing")).to_be_visible()


def test_what_prints_is_the_whole_list_up_to_a_limit_that_is_named(page: Page, crowd: Path) -> None:
    shown(page, crowd.parent, name=crowd.name)
    page.emulate_media(media="print")
    assert not page.locator(".facets").is_visible()
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert page.locator("#lines .open").count() == 3000
    expect(page.locator("#print-note")).to_have_text("打印时只印前 3,000 行，请先筛选。")
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert page.locator("#lines .open").count() < 60
