"""Data Docs: Great Expectations' own pages, whole without internet, in Chinese, the same bytes for the same verdicts."""

import re
from pathlib import Path

import polars as pl
import pytest

from expectations.data_docs import write_data_docs
from expectations.offline_page import offline
from expectations.rules import rules_for
from expectations.validate import Validation, validate
from tests.expectations.frames import AS_OF, LABELS, good, persons, records

NAME, NUMBER = "欧阳金丝雀", "520321197907144216"


@pytest.fixture(scope="module")
def validations() -> list[Validation]:
    refused = good("receipts_dibao")
    refused["receipts"] = refused["receipts"].with_columns(
        source_file=pl.lit("<script>alert(1)</script>.xlsx"),
        status=pl.lit("refused"),
        message=pl.lit("打不开"),
    )
    canary = persons().with_columns(
        name=pl.lit(NAME), id_number=pl.lit(NUMBER), county=pl.lit(None, pl.String)
    )
    damaged = (
        records().with_columns(name=pl.lit(NAME), record=pl.lit(1, pl.Int64)).drop("id_number")
    )
    frames = {
        "receipts_dibao": refused,
        "records_dibao": good("records_dibao") | {"records": damaged},
        "persons_dibao": {"persons": canary, "records": records()},
        "links": good("links"),
        "lists": good("lists"),
    }
    return [
        validate(subject, given, labels=LABELS, as_of=AS_OF) for subject, given in frames.items()
    ]


@pytest.fixture(scope="module")
def site(validations: list[Validation], tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("docs") / "data_docs"
    assert (
        write_data_docs(folder, validations, batch="2018-08-15", labels=LABELS)
        == folder / "index.html"
    )
    return folder


def texts(site: Path) -> dict[str, str]:
    return {
        path.relative_to(site).as_posix(): path.read_text(encoding="utf-8")
        for path in site.rglob("*.*")
    }


def test_one_page_a_subject_reached_from_the_front_page_and_back(site: Path) -> None:
    pages = texts(site)
    subjects = ("receipts_dibao", "records_dibao", "persons_dibao", "links", "lists")
    assert set(pages) == {"index.html", *(f"validations/{subject}.html" for subject in subjects)}
    for name, page in pages.items():
        for link in re.findall(r'href="([^"]*)"', page):
            if link.startswith("#"):
                assert f'id="{link[1:]}"' in page
            else:
                assert ((site / name).parent / link).resolve().is_relative_to(site.resolve())
                assert ((site / name).parent / link).exists()
    assert all(f'href="validations/{subject}.html"' in pages["index.html"] for subject in subjects)


def test_the_site_needs_no_internet_and_names_no_machine(site: Path, tmp_path: Path) -> None:
    for page in texts(site).values():
        assert not re.search(r"https?:|//|@import|url\(", page)
        assert not re.search(r"<(?:script|link|img|iframe|object|embed|form)\b|\son\w+=", page)
        for place in (
            str(Path.cwd()),
            str(tmp_path.parent),
            str(Path.home()),
            "site-packages",
            "Traceback",
        ):
            assert place not in page


def test_status_ticks_are_drawn_by_the_page_itself(site: Path) -> None:
    page = texts(site)["validations/persons_dibao.html"]
    assert 'class="fas fa-check-circle' in page and 'class="fas fa-times' in page
    assert re.search(r'i\.fa-check-circle::before[^{]*\{content:"✔', page)
    assert re.search(r'i\.fa-times::before[^{]*\{content:"✘', page)


def test_every_rule_is_there_in_chinese_with_its_count(
    site: Path, validations: list[Validation]
) -> None:
    pages = texts(site)
    for validation in validations:
        page = pages[f"validations/{validation.subject}.html"]
        for verdict in validation.verdicts:
            assert f"{verdict.rule.id} {LABELS(verdict.rule.wording_key)}" in page
    assert "共 4 项，4 项不符合（100%）" in pages["validations/persons_dibao.html"]
    assert "检查本身失败" in pages["validations/records_dibao.html"]
    for page in pages.values():
        seen = re.sub(r"<style>.*?</style>|<[^>]*>|&\w+;", " ", page, flags=re.DOTALL)
        english = set(re.findall(r"[A-Za-z_]{3,}", seen)) - {
            "script",
            "alert",
            "xlsx",
            "csv",
            "ColumnNotFoundError",
        }
        assert {word for word in english if not word.startswith("expect_")} == set()


def test_the_front_page_says_what_is_wrong(site: Path, validations: list[Validation]) -> None:
    front = texts(site)["index.html"]
    for validation in validations:
        for verdict in validation.verdicts:
            shown = verdict.message.replace("<", "&lt;").replace(">", "&gt;") in front
            assert shown == (not verdict.success)


def test_names_of_files_cannot_inject_html(site: Path) -> None:
    front = texts(site)["index.html"]
    assert "&lt;script&gt;alert(1)&lt;/script&gt;.xlsx（打不开）" in front


def test_nothing_of_a_person_is_in_the_site(site: Path) -> None:
    for page in texts(site).values():
        assert NAME not in page and NUMBER not in page and NUMBER[6:14] not in page


def test_same_verdicts_same_bytes_and_an_old_site_is_replaced(
    site: Path, validations: list[Validation], tmp_path: Path
) -> None:
    write_data_docs(tmp_path, validations, batch="2018-08-15", labels=LABELS)
    stored = [Validation.from_json(validation.to_json()) for validation in validations]
    assert texts(tmp_path) == texts(site)
    write_data_docs(tmp_path, stored, batch="2018-08-15", labels=LABELS)
    assert texts(tmp_path) == texts(site)
    write_data_docs(tmp_path, stored[3:], batch="2018-08-15", labels=LABELS)
    assert set(texts(tmp_path)) == {
        "index.html",
        "validations/links.html",
        "validations/lists.html",
    }
    rules = sum(len(rules_for(subject)) for subject in ("links", "lists"))
    assert f"全部 {rules} 条规则均符合" in texts(tmp_path)["index.html"]


def test_only_anchors_and_the_front_page_survive_of_links() -> None:
    page = (
        "<html><head><title>x</title><script src='http://a/b.js'></script></head><body><p onclick='go()'>"
        "<a href='javascript:go()'>a</a><a href='#here'>b</a><a href='//host/x'>c</a><a href='../../index.html'>d</a>"
        "<a href='https://host'>e</a></p><div class='collapse'><div>gone</div></div><script>1<2</script><b>kept &amp; 5 found</b></body></html>"
    )
    body = offline(page, "题目", {"{count} found": "找到 {count} 个"}).partition("<body>")[2]
    assert body.replace("\n", "") == (
        '<p><a>a</a><a href="#here">b</a><a>c</a><a href="../index.html">d</a><a>e</a></p>'
        "<b>kept &amp; 找到 5 个</b></body></html>"
    )
