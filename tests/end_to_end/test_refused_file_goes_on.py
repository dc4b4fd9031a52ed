"""An office may let a batch go on without a refused file: then everything people open says what is missing."""

import json
from dataclasses import dataclass
from pathlib import Path

import polars as pl
import pytest
from python_calamine import CalamineWorkbook

from reconciliation.configuration import DEFAULT_FOLDER
from tests.end_to_end.command import Ran, reconcile
from tests.publishing.page import read_page

BATCH = "2018-08-15"
HEADS = {
    "dibao": "姓名,身份证号,户主身份证号,与户主关系,所属区县,所属街道,所属社区,救助类型,家庭年均收入（元）,分档类型",
    "poverty": "姓名,证件号码,户编号,与户主关系,县,乡,行政村,脱贫属性,人均纯收入",
}
BOTH = ("测试甲", "522401196001011238")
DIBAO_ONLY = ("吴老歪", "522401196201011216")
POVERTY_ONLY = ("罗金花", "522401198506170022")
LIST = "名单.csv"
BAD = "白水县低保.csv"


def rows(register: str, *people: tuple[str, str]) -> str:
    lines = [HEADS[register]]
    for number, (name, card) in enumerate(people, start=1):
        place = "青禾县,上坝镇,新寨村"
        lines.append(
            f"{name},{card},{card},户主,{place},农村低保,9000,一般保障户"
            if register == "dibao"
            else f"{name},{card},{number},户主,{place},未脱贫,1000"
        )
    return "\n".join(lines) + "\n"


@dataclass(frozen=True)
class Batch:
    """A batch with one refused dibao file."""

    ran: Ran
    output: Path

    @property
    def release(self) -> Path:
        return self.output / BATCH

    @property
    def receipts(self) -> Path:
        (folder,) = (self.output / "receipts" / BATCH).iterdir()
        return folder


def run(tmp: Path, *, blocks: bool) -> Batch:
    people = {"dibao": (BOTH, DIBAO_ONLY), "poverty": (BOTH, POVERTY_ONLY)}
    for register, members in people.items():
        folder = tmp / "registers" / BATCH / register
        folder.mkdir(parents=True)
        (folder / LIST).write_text(rows(register, *members), encoding="utf-8")
    (tmp / "registers" / BATCH / "dibao" / BAD).write_text("测试丁,522401196001011238\n", "utf-8")
    config = tmp / "config"
    config.mkdir()
    text = (DEFAULT_FOLDER / "intake.yaml").read_text(encoding="utf-8")
    assert "refused_file_blocks: true" in text
    text = text.replace("refused_file_blocks: true", f"refused_file_blocks: {str(blocks).lower()}")
    (config / "intake.yaml").write_text(text, encoding="utf-8")
    campaign = (DEFAULT_FOLDER / "campaign.yaml").read_text(encoding="utf-8")
    listed = campaign.replace("expected_counties: null", "expected_counties: [青禾县, 白水县]")
    assert listed != campaign
    (config / "campaign.yaml").write_text(listed, encoding="utf-8")
    output = tmp / "output"
    return Batch(reconcile(tmp / "registers", BATCH, output, "--config", config), output)


@pytest.fixture(scope="module")
def going_on(tmp_path_factory: pytest.TempPathFactory) -> Batch:
    return run(tmp_path_factory.mktemp("going_on"), blocks=False)


@pytest.fixture(scope="module")
def blocked(tmp_path_factory: pytest.TempPathFactory) -> Batch:
    return run(tmp_path_factory.mktemp("blocked"), blocks=True)


def test_the_batch_goes_on_and_the_terminal_warns_of_the_file(going_on: Batch) -> None:
    assert going_on.ran.code == 0, going_on.ran.text
    assert "! receipts_dibao · Q101" in going_on.ran.text
    assert BAD in going_on.ran.text and "。。" not in going_on.ran.text


def test_the_manifest_and_the_summary_name_the_missing_file(going_on: Batch) -> None:
    manifest = json.loads((going_on.release / "manifest.json").read_text("utf-8"))
    assert [(one["register"], one["source_file"]) for one in manifest["refused_files"]] == [("dibao", BAD)]  # fmt: skip
    text = read_page(going_on.release / "reports" / "summary.html").text
    assert "本批次有 1 份文件被退回，没有进入比对" in text and BAD in text


def test_every_county_book_names_the_missing_file_on_its_cover(going_on: Batch) -> None:
    books = sorted((going_on.release / "workbooks").glob("*.xlsx"))
    assert books
    for book in books:
        assert BAD in str(CalamineWorkbook.from_path(book).get_sheet_by_name("说明").to_python())


def test_nobody_is_included_for_not_being_in_the_files_that_were_read(going_on: Batch) -> None:
    made = pl.read_parquet(going_on.release / "data" / "dispositions.parquet")
    found = {
        (register, rule): name
        for register, rule, name in made.select("register", "rule", "disposition").iter_rows()
    }
    assert found["poverty", "C14b"] == "verify"
    assert found["dibao", "C7b"] == "exit_dibao", "the poverty list came whole"
    assert made.filter(disposition="include_dibao").is_empty()


def test_a_batch_that_is_blocked_shows_who_sent_nothing_all_the_same(blocked: Batch) -> None:
    assert blocked.ran.code == 1, blocked.ran.text
    assert not blocked.release.exists()
    made = pl.read_parquet(blocked.receipts / "coverage.parquet")
    found = {(row["register"], row["county"]): row["status"] for row in made.to_dicts()}
    assert found["dibao", "青禾县"] == found["poverty", "青禾县"] == "received"
    assert found["dibao", "白水县"] == "refused"
    assert found["poverty", "白水县"] == "nothing_received"
    text = read_page(blocked.receipts / "receipts.html").text
    assert "建档立卡：没有收到白水县的数据" in text
    assert not any(name in text for name, _ in (BOTH, DIBAO_ONLY, POVERTY_ONLY))


def test_the_release_holds_the_coverage_the_receipts_show(going_on: Batch) -> None:
    released = pl.read_parquet(going_on.release / "data" / "coverage.parquet")
    assert released.equals(pl.read_parquet(going_on.receipts / "coverage.parquet"))
    assert "! coverage · Q107" in going_on.ran.text
