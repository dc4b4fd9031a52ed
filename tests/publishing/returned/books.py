"""An output folder with one small release, its workbook, and what clerks and programs do to a workbook."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import polars as pl
import xlsxwriter
import xlwt
from python_calamine import CalamineWorkbook

from reconciliation.configuration import Configuration
from reconciliation.ledger.answers import read_answers
from reconciliation.ledger.asked import with_findings
from reconciliation.ledger.states import LEDGER_SCHEMA
from reconciliation.publishing.answer_sheets import Sending
from reconciliation.publishing.private_files import write_frame
from reconciliation.publishing.release import Release
from reconciliation.publishing.returned.applying import Reception, apply_answers, plan_answers
from reconciliation.publishing.returned.planning import Plan
from reconciliation.publishing.secret import load_secret
from reconciliation.publishing.workbooks import write_county_workbooks
from reconciliation.registers.schema import ACTIONABLE
from tests.publishing.frames import list_frame, list_row

CONFIGURATION = Configuration.load()
VERIFY, EXIT, CORRECT = "待核实", "拟退出低保", "信息更正"
FILLED = {"核实人": "王干部", "核实日期": date(2018, 8, 20)}

Cells = list[list[Any]]
Edit = Callable[[dict[str, Cells]], None]


@dataclass(frozen=True)
class Office:
    """An output folder and the workbook that went out."""

    output: Path
    book: Path

    def plan(self, *files: Path) -> Plan:
        return plan_answers(files, self.reception)

    def apply(self, *files: Path) -> tuple[Plan, tuple[Path, ...]]:
        made = self.plan(*files)
        return made, apply_answers(made, self.reception)

    @property
    def reception(self) -> Reception:
        return Reception(
            self.output, "李", CONFIGURATION.labels, CONFIGURATION.intake, CONFIGURATION.answers, "Asia/Shanghai"
        )  # fmt: skip

    @property
    def answers(self) -> pl.DataFrame:
        return read_answers(self.output / "answers")


def lists() -> dict[str, pl.DataFrame]:
    """Six rows on three lists; row 4 names somebody of the other register."""
    other = {
        "counterpart_register": "poverty", "counterpart_record": 9, "counterpart_name": "张山",
        "counterpart_id_number": "522101199001011284",
    }  # fmt: skip
    nobody: dict[str, Any] = dict.fromkeys(other)
    rows = {
        "exit_dibao": [
            list_row(1, rule="C8", village="甲") | nobody,
            list_row(2, rule="C8", village="丙") | nobody,
        ],
        "verify": [
            list_row(3, rule="C9", name="=1+1", why="  两端空格\n换行 ") | nobody,
            list_row(4, rule="C14") | other,
        ],
        "correct": [
            list_row(5, rule="C2") | nobody,
            list_row(6, rule="C2", name="□某·𠮷") | nobody,
        ],
    }
    shape = pl.DataFrame(
        [list_row(1) | other], schema_overrides={"counterpart_case": pl.String}
    ).drop("case_key", "counterpart_case", "state")
    return {
        name: pl.DataFrame(rows.get(name, []), schema=shape.schema, strict=False)
        for name in ACTIONABLE
    }


def released(output: Path, batch: str = "2018-08-15") -> Path:
    """Make a release of `lists`; return its workbook."""
    made, release = lists(), Release(output / batch).make_folders()
    records = [*(("dibao", record) for record in range(1, 7)), ("poverty", 9)]
    cases = pl.DataFrame(
        [(f"{register}{record}", register, record, batch, None) for register, record in records],
        schema={"case_key": pl.String, "register": pl.String, "record": pl.Int64, "first_batch": pl.String, "look_up": pl.String},
        orient="row",
    )  # fmt: skip
    asked = pl.concat(frame.with_columns(disposition=pl.lit(name)) for name, frame in made.items())
    ledger = asked.select(
        "register", "record", "rule", "disposition", "why",
        case_key=pl.format("{}{}", "register", "record"), state=pl.lit("raised"),
        first_batch=pl.lit(batch), last_batch=pl.lit(batch),
    )  # fmt: skip
    ledger = pl.concat([pl.DataFrame(schema=LEDGER_SCHEMA), ledger], how="diagonal")
    write_frame(release.data / "cases.parquet", cases)
    write_frame(release.data / "ledger.parquet", ledger)
    for name, frame in made.items():
        write_frame(release.lists / f"{name}.parquet", frame)
    secret = load_secret(output / ".secret", releases_exist=(output / ".secret").exists()).key
    sending = Sending(
        CONFIGURATION.labels, date.fromisoformat(batch), batch, batch, secret, CONFIGURATION.answers
    )
    rows = {name: with_findings(frame, ledger, cases) for name, frame in made.items()}
    (book,) = write_county_workbooks(release.workbooks, rows, sending)
    return book


def cells(path: Path) -> dict[str, Cells]:
    """All sheets of a workbook, the hidden ones too, as another program reads them."""
    book = CalamineWorkbook.from_path(path)
    return {
        name: [list(row) for row in book.get_sheet_by_name(name).to_python()]
        for name in book.sheet_names
    }


def saved_again(book: Path, target: Path, edit: Edit) -> Path:
    """A copy of a workbook after somebody worked in it, by another program (`.xls`: an old one)."""
    sheets = cells(book)
    edit(sheets)
    (_write_xls if target.suffix == ".xls" else _write_xlsx)(sheets, target)
    return target


def _write_xlsx(sheets: dict[str, Cells], target: Path) -> None:
    with xlsxwriter.Workbook(target) as workbook:
        day = workbook.add_format({"num_format": "yyyy-mm-dd"})
        for name, rows in sheets.items():
            sheet = workbook.add_worksheet(name)
            for r, row in enumerate(rows):
                for c, value in enumerate(row):
                    if isinstance(value, date):
                        sheet.write_datetime(
                            r, c, datetime(value.year, value.month, value.day), day
                        )
                    elif value != "":
                        sheet.write_string(r, c, str(value))


def _write_xls(sheets: dict[str, Cells], target: Path) -> None:
    workbook = xlwt.Workbook(encoding="utf-8")
    day = xlwt.easyxf(num_format_str="YYYY-MM-DD")
    for name, rows in sheets.items():
        sheet = workbook.add_sheet(name)
        for r, row in enumerate(rows):
            for c, value in enumerate(row):
                if isinstance(value, date):
                    sheet.write(r, c, value, day)
                elif value != "":
                    sheet.write(r, c, str(value))
    workbook.save(str(target))


def fill(rows: Cells, row: int, **said: Any) -> None:
    """Fill in the yellow cells of a row (1: the first below the header)."""
    for heading, value in said.items():
        rows[row][
            rows[0].index({"异议": "异议/复议", "原因": "原因/说明"}.get(heading, heading))
        ] = value


__all__ = ["list_frame"]
