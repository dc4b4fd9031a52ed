"""Files as offices make them, for the tests of the intake. All people are invented."""

import csv
import io
import tempfile
from collections.abc import Generator, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest import mock

import polars as pl
import xlsxwriter

from reconciliation.intake import register as register_module
from reconciliation.intake.files import ReceivedFile
from reconciliation.intake.parsing import Parsed, load_sheet
from reconciliation.intake.refusals import RefusedError
from reconciliation.intake.register import Intake, read_register
from reconciliation.intake.settings import IntakeSettings
from reconciliation.intake.worker import parse
from reconciliation.registers.headers import HeaderAliases
from reconciliation.registers.labels import Labels

CONFIG = Path(__file__).resolve().parents[2] / "config"
HEADERS = HeaderAliases.load(CONFIG / "headers.yaml")
SETTINGS = IntakeSettings.load(CONFIG / "intake.yaml")
LABELS = Labels.load(CONFIG / "labels.yaml")

LEAN = ("序号", "姓名", "身份证", "低保类型", "低保类别", "备注")
Table = Sequence[Sequence[Any]]


def person_id(number: int) -> str:
    """A made-up number of the right shape; its check digit need not be right for the intake."""
    return f"52999919{60 + number % 40:02d}0{1 + number % 9}{10 + number % 18}{number % 1000:03d}{number % 10}"


@dataclass(frozen=True)
class Range:
    """A merged range of a workbook, counted from 0."""

    top: int
    left: int
    bottom: int
    right: int


def workbook(
    path: Path,
    sheets: dict[str, Table],
    *,
    hidden: Iterable[str] = (),
    merged: Iterable[Range] = (),
) -> Path:
    """An .xlsx; numbers are written as numbers, everything else as text."""
    path.parent.mkdir(parents=True, exist_ok=True)
    book = xlsxwriter.Workbook(path)
    for name, rows in sheets.items():
        sheet = book.add_worksheet(name)
        if name in hidden:
            sheet.hide()
        for area in merged:
            text = rows[area.top][area.left]
            sheet.merge_range(area.top, area.left, area.bottom, area.right, text)
        for i, row in enumerate(rows):
            for j, value in enumerate(row):
                if isinstance(value, int | float) and not isinstance(value, bool):
                    sheet.write_number(i, j, value)
                elif isinstance(value, bool):
                    sheet.write_boolean(i, j, value)
                elif value not in ("", None):
                    sheet.write_string(i, j, value)
    book.close()
    return path


def text_file(path: Path, rows: Table, encoding: str = "gb18030", separator: str = ",") -> Path:
    """A .csv as Excel saves it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=separator).writerows(rows)
    path.write_bytes(out.getvalue().encode(encoding))
    return path


def read(folder: Path, register: str = "dibao", settings: IntakeSettings = SETTINGS) -> Intake:
    """Read a register with the project's own configuration."""
    return read_register(folder, register, headers=HEADERS, settings=settings, labels=LABELS)


def parse_here(
    files: Sequence[ReceivedFile], settings: IntakeSettings, *_: object
) -> Generator[Parsed, None, None]:
    """As `parse_files`, but in this process: hundreds of small files would take minutes to start processes for."""
    for file in files:
        if file.obstacle:
            yield Parsed(file, "", 0, refusal=RefusedError(file.obstacle))
            continue
        with tempfile.TemporaryDirectory() as folder:
            try:
                result = parse(file.path, file.suffix, Path(folder), settings.limits)
                sheets = tuple(load_sheet(Path(folder), sheet) for sheet in result["sheets"])
            except RefusedError as refusal:
                yield Parsed(file, "", 0, refusal=refusal)
            else:
                yield Parsed(file, "", 0, result["encoding"], sheets)


def read_here(folder: Path, register: str = "dibao", settings: IntakeSettings = SETTINGS) -> Intake:
    """As `read`, with `parse_here`."""
    with mock.patch.object(register_module, "parse_files", parse_here):
        return read(folder, register, settings)


def receipt(intake: Intake, file: str, sheet: str | None = None) -> dict[str, Any]:
    """The one receipt of a file (and sheet)."""
    rows = intake.receipts.filter(pl.col("source_file") == file)
    if sheet is not None:
        rows = rows.filter(pl.col("source_sheet") == sheet)
    assert rows.height == 1, rows.select("source_file", "source_sheet", "status")
    return rows.row(0, named=True)


def column(intake: Intake, name: str) -> list[Any]:
    """One column of the records in the order they were received."""
    ordered = intake.records.sort("source_file", "source_sheet", "source_row", "record")
    return ordered[name].to_list()
