"""The readers that are compared, each run as a process of its own: `python -m benchmarks.intake.readers READER FILE [IDS]`.

With a third argument the ID numbers come out as Parquet, to be counted; that costs time, so a timed run goes without.
`source_row` is the row a person sees, `got` the text a program would go on with, `number` whether the reader says that the cell was a
number.

Each imports what it needs and nothing else, because its start counts.
"""

# ruff: noqa: PLC0415

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.intake.shape import HEADER_ROW, ID_COLUMN, REGISTER

if TYPE_CHECKING:
    from reconciliation.intake.register import Intake

ROWS_BEFORE = HEADER_ROW + 1


def read(folder: Path, register: str, workers: int | None, grids: Path | None) -> "Intake":
    """A register's records and receipts, by the project's own configuration."""
    from reconciliation.intake.register import read_register
    from reconciliation.intake.settings import IntakeSettings
    from reconciliation.registers.headers import HeaderAliases
    from reconciliation.registers.labels import Labels

    config = Path(__file__).resolve().parents[2] / "config"
    settings = IntakeSettings.load(config / "intake.yaml")
    return read_register(
        folder,
        register,
        headers=HeaderAliases.load(config / "headers.yaml"),
        settings=settings.model_copy(update={"workers": workers}),
        labels=Labels.load(config / "labels.yaml"),
        grids=grids,
    )


def shuangqing(path: Path, ids: Path | None) -> None:
    """Our whole intake of a register that is this one file: records and receipts."""
    records = read(path.parent, REGISTER, workers=None, grids=None).records
    if ids:
        _keep(
            ids,
            records["source_row"].to_list(),
            records["id_number"].to_list(),
            (records["id_number_kind"] == "number").to_list(),
        )


def calamine(path: Path, ids: Path | None) -> None:
    """python-calamine's own `iter_rows`, nothing done with the rows."""
    from python_calamine import CalamineWorkbook

    rows = CalamineWorkbook.from_path(path).get_sheet_by_index(0).iter_rows()
    if not ids:
        for _ in rows:
            pass
        return
    cells: list[Any] = [row[ID_COLUMN] for row in rows][ROWS_BEFORE:]
    _keep(
        ids,
        list(range(ROWS_BEFORE + 1, ROWS_BEFORE + 1 + len(cells))),
        [cell if isinstance(cell, str) else str(int(cell)) for cell in cells],
        [not isinstance(cell, str) for cell in cells],
    )


def polars(path: Path, ids: Path | None) -> None:
    """`polars.read_excel` (fastexcel) as its documentation has it, told where the header is."""
    import polars as pl

    frame = pl.read_excel(path, read_options={"header_row": HEADER_ROW})
    if ids:
        cells = frame.to_series(ID_COLUMN)
        _keep(
            ids,
            list(range(ROWS_BEFORE + 1, ROWS_BEFORE + 1 + len(cells))),
            cells.cast(pl.String).to_list(),
            [cells.dtype.is_numeric()] * len(cells),
        )


def _keep(path: Path, rows: list[int], got: list[str], number: list[bool]) -> None:
    import polars as pl

    pl.DataFrame({"source_row": rows, "got": got, "number": number}).write_parquet(path)


READERS: dict[str, Callable[[Path, Path | None], None]] = {
    "shuangqing": shuangqing,
    "calamine": calamine,
    "polars": polars,
}

if __name__ == "__main__":
    READERS[sys.argv[1]](Path(sys.argv[2]), Path(sys.argv[3]) if len(sys.argv) > 3 else None)
