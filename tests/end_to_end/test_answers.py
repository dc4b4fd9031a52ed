"""The loop: the first batch's workbook is filled in, applied, and the second batch knows it."""

import shutil
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from tests.end_to_end.command import SAMPLE, Ran, reconcile, shuangqing
from tests.end_to_end.conftest import FIRST, SECOND, SampleRun
from tests.publishing.returned.books import Cells, fill, saved_again

FILLED = {"核实人": "王干部", "核实日期": date(2018, 8, 20)}


@dataclass(frozen=True)
class Loop:
    """The sample's first batch, answered, and its second batch after that.

    Attributes:
        output: the output folder.
        planned: what `answers plan` printed.
        applied: what `answers apply` printed.
        again: what it printed the second time.
        second: the run of the second batch.
    """

    output: Path
    planned: Ran
    applied: Ran
    again: Ran
    second: Ran

    def data(self, name: str, batch: str = SECOND) -> pl.DataFrame:
        return pl.read_parquet(self.output / batch / "data" / f"{name}.parquet")


def answer(sheets: dict[str, Cells]) -> None:
    """Every row of every list is answered; the last one of each list without the reason it needs."""
    for rows in sheets.values():
        if not rows or "核实结果" not in rows[0]:
            continue
        other = rows[0].index("另一名册姓名")
        rule = rows[0].index("规则")
        for number, row in enumerate(rows[1:], start=1):
            identity = bool(row[other]) and row[rule] == "C14"
            fill(rows, number, 核实结果="不是同一人" if identity else "待核", **FILLED)
        fill(rows, len(rows) - 1, 核实结果="不属实", 原因="")


@pytest.fixture(scope="module")
def loop(sample_run: SampleRun, tmp_path_factory: pytest.TempPathFactory) -> Loop:
    root = tmp_path_factory.mktemp("answers")
    output, home = root / "output", root / "dagster_home"
    shutil.copytree(sample_run.output, output)
    shutil.rmtree(output / SECOND)
    trail = output / "audit.jsonl"
    trail.write_text(trail.read_text("utf-8").splitlines(keepends=True)[0], "utf-8")
    books = sorted((output / FIRST / "workbooks").glob("*.xlsx"), key=lambda path: path.stat().st_size)  # fmt: skip
    back = saved_again(books[-1], root / "交回.xls", answer)
    planned = shuangqing("answers", "plan", back, "--output", output, home=home)
    applied, again = (
        shuangqing("answers", "apply", back, "--output", output, "--by", "李", home=home)
        for _ in range(2)
    )
    return Loop(output, planned, applied, again, reconcile(SAMPLE, SECOND, output))


def test_a_plan_shows_what_apply_does_and_the_second_time_nothing_is_new(loop: Loop) -> None:
    assert (loop.planned.code, loop.applied.code, loop.again.code) == (0, 0, 0)
    answers = pl.read_parquet(loop.output / "answers" / "answers.parquet")
    assert f"将新增 {answers.height} 条答复" in loop.planned.text
    assert f"已新增 {answers.height} 条答复" in loop.applied.text
    assert "没有新的答复" in loop.again.text
    assert list((loop.output / "answers" / "return_slips").glob("退回单*.xlsx"))


def test_the_next_batch_carries_the_answers(loop: Loop) -> None:
    assert loop.second.code == 0, loop.second.text
    answers, ledger = pl.read_parquet(loop.output / "answers" / "answers.parquet"), loop.data("ledger")  # fmt: skip
    keys = ["case_key", "register", "rule"]
    assert answers.join(ledger, on=keys, how="anti").is_empty()
    told = ledger.join(answers, on=keys, how="semi")
    assert set(told["answered_by"]) == {"王干部"}
    still = told.drop_nulls("record")
    assert set(still.filter(answer="pending")["state"]) == {"pending"}
    assert set(ledger.join(answers, on=keys, how="anti")["state"]) <= {"raised", "sent", "vanished", "not_received"}  # fmt: skip


def test_two_who_were_judged_to_be_two_are_not_linked_again(loop: Loop) -> None:
    judged = loop.data("judgements")
    assert judged.height
    pairs = judged.filter(state="applied").select("dibao_record", "poverty_record")
    assert pairs.height
    assert loop.data("links").join(pairs, on=pairs.columns, how="semi").is_empty()


def test_what_was_done_is_in_the_trail(loop: Loop) -> None:
    ran = shuangqing("verify", "--output", loop.output, home=loop.output.parent / "dagster_home")
    assert (ran.code, ran.text.strip()) == (0, "nothing was changed")
