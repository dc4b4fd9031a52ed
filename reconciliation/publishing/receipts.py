"""The receipt an office gets for what it sent (接收回执): what was read, what was not, what is to be mended, and why.

Written whether or not anything is published, and brought up to date after each stage that finds defects. It names rows,
rules and reasons, never what a cell holds. The Parquet files of the folder are the receipts; workbooks and page are made from
them anew each time.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Final

import polars as pl

from reconciliation.publishing.coverage import ARRIVALS, COVERAGE, Expected, coverage
from reconciliation.publishing.private_files import private_folder, write_frame
from reconciliation.publishing.receipt_books import (
    Contents,
    Received,
    book_names,
    write_batch_book,
    write_register_books,
)
from reconciliation.publishing.receipt_page import write_receipts_page
from reconciliation.registers.labels import Labels
from reconciliation.registers.schema import REGISTERS

REJECTED: Final = {
    "source_file": pl.String,
    "source_sheet": pl.String,
    "source_row": pl.Int64,
    "rejected": pl.String,
}
"""A row that was not taken."""

DEFECTS: Final = {
    "register": pl.String,
    "source_file": pl.String,
    "source_sheet": pl.String,
    "source_row": pl.Int64,
    "rule": pl.String,
    "wording": pl.String,
    "defect": pl.String,
    "remedy": pl.String,
    "detail": pl.String,
}
"""A recorded row that breaks a numbered rule (docs/frames.md, `defects`)."""

_PLACES = ["source_file", "source_sheet"]
_COVERAGE_FILE = "coverage.parquet"
_ARRIVALS_FOLDER = "counties"
_ARRIVALS = f"{_ARRIVALS_FOLDER}/rows"


def write_receipts(
    folder: Path,
    register: str,
    receipts: pl.DataFrame,
    records: pl.DataFrame | None,
    labels: Labels,
) -> list[Path]:
    """Write one register's receipts and bring books and page up to date; the same frames give the same bytes.

    Registers may be written at the same time, by several processes.

    Args:
        folder: `OUTPUT/receipts/<batch>/<run>`; the batch is taken from it.
        register: whose receipts they are.
        receipts: docs/frames.md, of this register.
        records: its records; of the rejected ones the place and the reason are written, of the others nothing. None
            where reading never came so far.
        labels: the wording.

    Returns:
        The files written: `receipts_<register>.parquet`, `rejected_<register>.parquet`, the workbooks of the register and the
        batch, `receipts.html`. None where the register sent no file.

    Raises:
        ValueError: the folder does not lie in the folder of a batch.
    """
    batch = _batch_of(folder)
    if not receipts.height:
        return []
    ordered = receipts.sort("register", *_PLACES, nulls_last=True)
    with _held(private_folder(folder)):
        paths = [write_frame(_stored(folder, "receipts", register), ordered)]
        if records is not None:
            rejected = records.filter(pl.col("rejected").is_not_null()).select(*REJECTED)
            path = _stored(folder, "rejected", register)
            paths.append(write_frame(path, rejected.sort(*_PLACES, "source_row", nulls_last=True)))
        return [*paths, *_brought_up_to_date(folder, register, labels, batch)]


def write_defects(folder: Path, register: str, defects: pl.DataFrame, labels: Labels) -> list[Path]:
    """Put the defects found so far into a register's receipts, in the place of those written before.

    Args:
        folder: as for `write_receipts`, which has written the register's receipts.
        register: whose rows they are.
        defects: columns of `DEFECTS`, all that are known of the register.
        labels: the wording.

    Returns:
        The files written: `defects_<register>.parquet`, `defect_counts_<register>.parquet`, books and page. None where the
        register sent no file.
    """
    batch = _batch_of(folder)
    if not _stored(folder, "receipts", register).exists():
        return []
    ordered = defects.select(*DEFECTS).sort(
        *_PLACES, "source_row", "rule", "detail", nulls_last=True
    )
    with _held(folder):
        paths = [write_frame(_stored(folder, "defects", register), ordered)]
        counts = _contents(folder, register).counts
        paths.append(write_frame(_stored(folder, "defect_counts", register), counts))
        return [*paths, *_brought_up_to_date(folder, register, labels, batch)]


def write_arrivals(
    folder: Path, register: str, arrived: pl.DataFrame, expected: Expected, labels: Labels
) -> Path:
    """Note what came of a register, also where nothing did, and say of all registers read so far what is missing.

    Args:
        folder: as for `write_receipts`.
        register: the register read.
        arrived: columns of `coverage.ARRIVALS`.
        expected: what should have come.
        labels: the wording.

    Returns:
        `coverage.parquet`.
    """
    batch = _batch_of(folder)
    with _held(private_folder(folder)):
        private_folder(folder / _ARRIVALS_FOLDER)
        write_frame(_stored(folder, _ARRIVALS, register), arrived.select(*ARRIVALS))
        receipts = pl.concat([_NO_RECEIPTS, *_all(folder, "receipts").values()], how="diagonal")
        made = coverage(_all(folder, _ARRIVALS), receipts, expected, labels)
        path = write_frame(folder / _COVERAGE_FILE, made)
        _write_overview(folder, labels, batch)
        return path


_NO_RECEIPTS: Final = pl.DataFrame(
    schema={"register": pl.String, "source_file": pl.String, "status": pl.String}
)


@contextmanager
def _held(folder: Path) -> Iterator[None]:
    """One writer at a time: whoever comes last finds everybody's receipts whole and puts them on the page."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _batch_of(folder: Path) -> date:
    return date.fromisoformat(folder.parent.name)


def _stored(folder: Path, kind: str, register: str) -> Path:
    return folder / f"{kind}_{register}.parquet"


def _read(folder: Path, kind: str, register: str) -> pl.DataFrame | None:
    path = _stored(folder, kind, register)
    return pl.read_parquet(path) if path.exists() else None


def _all(folder: Path, kind: str) -> dict[str, pl.DataFrame]:
    """What is stored of each register so far."""
    frames = {name: _read(folder, kind, name) for name in REGISTERS}
    return {name: frame for name, frame in frames.items() if frame is not None}


def _contents(folder: Path, register: str) -> Contents:
    """What lies in the folder of one register, which has receipts."""
    receipts = pl.read_parquet(_stored(folder, "receipts", register))
    rejected, defects = _read(folder, "rejected", register), _read(folder, "defects", register)
    if rejected is None:
        rejected = pl.DataFrame(schema=REJECTED)
    if defects is None:
        defects = pl.DataFrame(schema=DEFECTS)
    rows = (
        defects.filter(pl.col("source_row").is_not_null())
        .group_by(_PLACES)
        .agg(pl.col("source_row").n_unique().cast(pl.Int64).alias("defects"))
    )
    counted = receipts.join(
        rows, on=_PLACES, how="left", nulls_equal=True, maintain_order="left"
    ).with_columns(pl.col("defects").fill_null(0))
    return Contents(counted, rejected, defects)


def _brought_up_to_date(folder: Path, register: str, labels: Labels, batch: date) -> list[Path]:
    """The books of a register, then what is over all registers."""
    mine = _received(folder, register, labels, batch)
    books = write_register_books(folder, mine, labels, batch)
    return [*books, *_write_overview(folder, labels, batch)]


def _write_overview(folder: Path, labels: Labels, batch: date) -> list[Path]:
    """The book and the page over all registers written so far."""
    received = [
        _received(folder, name, labels, batch)
        for name in REGISTERS
        if _stored(folder, "receipts", name).exists()
    ]
    stored = folder / _COVERAGE_FILE
    covered = pl.read_parquet(stored) if stored.exists() else pl.DataFrame(schema=COVERAGE)
    book = folder / labels("publishing.receipts.batch_book", batch=batch.isoformat())
    write_batch_book(book, received, covered, labels, batch)
    page = write_receipts_page(folder / "receipts.html", received, covered, labels, batch)
    return [book, page]


def _received(folder: Path, register: str, labels: Labels, batch: date) -> Received:
    contents = _contents(folder, register)
    return Received(register, contents, *book_names(register, contents, labels, batch))
