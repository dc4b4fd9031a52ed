"""The half-monthly report of the sample states what the ledger and the lists hold."""

import polars as pl
from docx import Document
from python_calamine import CalamineWorkbook

from reconciliation.publishing.report.figures import LEVELS
from tests.end_to_end.conftest import FIRST, SECOND, SampleRun


def stated(run: SampleRun, batch: str) -> dict[str, int]:
    """The province's figures as the annex shows them."""
    path = run.release(batch) / "reports" / f"附件1_全省_{batch}.xlsx"
    rows = CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python()
    return {row[0]: row[1] for row in rows[1:]}


def test_the_figures_are_those_of_the_ledger_and_the_lists(sample_run: SampleRun) -> None:
    for batch in (FIRST, SECOND):
        figures, ledger = stated(sample_run, batch), sample_run.data("ledger", batch)
        assert figures["问题线索（条）"] == ledger.height
        assert figures["本期新增（条）"] == ledger.filter(pl.col("first_batch") == batch).height
        assert figures["逾期（条）"] == ledger.filter(pl.col("state") == "overdue").height
        assert figures["涉及人数"] == ledger.select("register", "case_key").n_unique()
        lists = sample_run.release(batch) / "lists"
        for heading, name, register in (
            ("拟纳入低保（人）", "include_dibao", "poverty"),
            ("拟退出低保（人）", "exit_dibao", "dibao"),
            ("低保待核实（人）", "verify", "dibao"),
        ):
            rows = pl.read_parquet(lists / f"{name}.parquet").filter(pl.col("register") == register)
            assert figures[heading] == rows.height


def test_every_level_adds_up_to_the_province(sample_run: SampleRun) -> None:
    sums = (
        sample_run.data("report_figures", SECOND).group_by("measure", "level").agg(pl.sum("value"))
    )
    wide = sums.pivot("level", index="measure", values="value")
    for level in LEVELS:
        assert wide.filter(pl.col(level) != pl.col("province")).is_empty()


def test_the_second_report_compares_with_what_the_first_has_stated(sample_run: SampleRun) -> None:
    path = sample_run.release(SECOND) / "reports" / f"附件1_全省_{SECOND}.xlsx"
    rows = CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python()
    first = stated(sample_run, FIRST)
    assert {row[0]: row[2] for row in rows[1:]} == first
    assert all(row[3] == round(row[1] - row[2], 2) for row in rows[1:])


def test_the_documents_open_and_name_the_batch(sample_run: SampleRun) -> None:
    for name in ("半月报告", "领导小组摘要"):
        path = sample_run.release(SECOND) / "reports" / f"{name}_{SECOND}.docx"
        text = "\n".join(paragraph.text for paragraph in Document(str(path)).paragraphs)
        assert "第2期　2018年8月30日" in text
        assert f"{sample_run.data('ledger', SECOND).height:,}条" in text
