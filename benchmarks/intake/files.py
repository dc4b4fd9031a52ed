"""The files the intake is measured on: one large workbook, and what 88 counties send. All people are invented."""

from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl
import xlsxwriter

from benchmarks.intake.shape import (
    COLUMNS,
    EVERY,
    HEADER_ROW,
    ID_COLUMN,
    ID_HEADER,
    NUMBERS,
    REGISTER,
    TITLES,
)
from sample_registers.generator.county_model import Province, county_of, make_model
from sample_registers.generator.dibao_rows import dibao_frame
from sample_registers.generator.listing import make_listing
from sample_registers.generator.office_files import Office
from sample_registers.generator.places import COUNTY_CODES
from sample_registers.generator.poverty_rows import poverty_frame
from sample_registers.generator.rates import RATES_FILE, Rates
from sample_registers.generator.register_rows import resolve
from sample_registers.generator.situations import DIBAO, POVERTY
from sample_registers.generator.write import write_sample

BATCH = "2018-08-15"
_PEOPLE_A_ROW = 1.31
_COUNTIES = 88
_PAIR_ROWS = 1400


def write_large(folder: Path, rows: int, seed: int) -> tuple[Path, pl.DataFrame]:
    """Write a workbook of 25 columns under two merged title rows, as one county's export.

    Returns:
        The workbook in a folder of its own, and its truth: `source_row` (as a person sees it), `typed` (the ID number as
        the office meant it) and `as_number` (whether the cell is a number).
    """
    people = _people(rows, seed)
    as_number = (pl.int_range(pl.len()) % EVERY == 0) & pl.col(ID_HEADER).str.contains(r"^[0-9]+$")
    truth = people.select(
        (pl.int_range(pl.len()) + HEADER_ROW + 2).alias("source_row"),
        pl.col(ID_HEADER).alias("typed"),
        as_number.alias("as_number"),
    )
    path = folder / REGISTER / "large.xlsx"
    path.parent.mkdir(parents=True)
    numeric = truth["as_number"].to_list()
    book = xlsxwriter.Workbook(path, {"constant_memory": True})
    sheet = book.add_worksheet()
    for row, title in enumerate(TITLES):
        sheet.merge_range(row, 0, row, len(COLUMNS) - 1, title)
    for column, header in enumerate(COLUMNS):
        sheet.write_string(HEADER_ROW, column, header)
    numbers = {COLUMNS.index(header) for header in NUMBERS}
    for turn, cells in enumerate(people.rows()):
        for column, cell in enumerate(cells):
            if cell and (column in numbers or (column == ID_COLUMN and numeric[turn])):
                sheet.write_number(HEADER_ROW + 1 + turn, column, float(cell))
            elif cell:
                sheet.write_string(HEADER_ROW + 1 + turn, column, cell)
    book.close()
    return path, truth


def _people(rows: int, seed: int) -> pl.DataFrame:
    """Rows of the poverty list, with the text of each column."""
    with TemporaryDirectory() as scratch:
        sample = Path(scratch)
        wanted = int(rows * _PEOPLE_A_ROW) + 600
        write_sample(sample, people=wanted, seed=seed, profile="sample", file_format="parquet")
        made = pl.read_parquet(sample / BATCH / REGISTER / f"{REGISTER}.parquet")
    if made.height < rows:
        raise ValueError(f"the sample has {made.height} rows of {rows}")
    return made.head(rows).select(COLUMNS)


def write_counties(folder: Path, seed: int) -> None:
    """Write `dibao/` and `poverty/` of 88 counties: .xlsx, .xls and .csv, with titles, totals and sheets as offices have them.

    The sample knows fewer counties: those beyond are made from another seed, in a sub-folder.
    """
    rates = Rates.load(RATES_FILE)
    known = len(COUNTY_CODES)
    for turn, first in enumerate(range(0, _COUNTIES, known)):
        counties = min(known, _COUNTIES - first)
        province = Province(seed + turn, "sample", rates, (_PAIR_ROWS,) * counties)
        for number in range(counties):
            _write_pair(folder, f"{turn + 1}", province, number)


def _write_pair(folder: Path, below: str, province: Province, number: int) -> None:
    model = make_model(province, number)
    neighbour = county_of(province, number + 1) if number + 1 < len(province.rows) else None
    for register, bit, frame_of in (
        ("dibao", DIBAO, dibao_frame),
        ("poverty", POVERTY, poverty_frame),
    ):
        rows = frame_of(resolve(make_listing(province, model, bit), 0, neighbour))
        Office(folder / register / below, register, number, BATCH).write(rows)
