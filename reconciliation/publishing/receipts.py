"""The receipt an office gets for what it sent (接收回执): what was read, what was not, and why.

Written whether or not anything is published. It names rows and reasons, never what a cell holds.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import polars as pl
from polars import selectors

from reconciliation.publishing.pages import write_page
from reconciliation.publishing.private_files import private_folder, write_frame
from reconciliation.publishing.sheets import A3, A4, Book, Column, open_book, write_table
from reconciliation.registers.labels import Labels

FILE_COLUMNS = (
    Column("source_file", 30),
    Column("source_sheet", 14),
    Column("kind", 8, "publishing.kinds"),
    Column("status", 8, "publishing.statuses"),
    Column("message", 46),
    Column("rows_read", 9),
    Column("rows_accepted", 9),
    Column("rows_rejected", 9),
    Column("rows_blank", 9),
    Column("rows_trailing", 9),
    Column("duplicates", 9),
    Column("ids_typed_as_numbers", 11),
    Column("disagreements", 11),
    Column("header_row", 8),
    Column("encoding", 10),
    Column("fields", 40, "publishing.fields", printed=False),
    Column("unmapped_headers", 30, printed=False),
    Column("bytes", 12, printed=False),
    Column("sha256", 68, printed=False),
)
"""What the receipt says of a file and sheet (docs/frames.md, `receipts`)."""

REJECTED_COLUMNS = (
    Column("source_file", 34),
    Column("source_sheet", 16),
    Column("source_row", 10),
    Column("rejected", 60),
)
"""What it says of a row that was not taken."""

_STORED = "receipts_"

ROWS_SHOWN = 20_000
"""Rejected rows a receipt names; all of them are in the Parquet file."""


def write_receipts(
    folder: Path,
    register: str,
    receipts: pl.DataFrame,
    records: pl.DataFrame | None,
    labels: Labels,
) -> list[Path]:
    """Write one register's receipts and bring the page of the run up to date; the same frames give the same bytes.

    Registers may be written at the same time, by several processes.

    Args:
        folder: `OUTPUT/receipts/<batch>/<run>`; the batch is taken from it.
        register: whose receipts they are.
        receipts: docs/frames.md, of this register.
        records: its records; of the rejected ones the place and the reason are written, of the others nothing. None
            where reading never came so far.
        labels: the wording.

    Returns:
        The files written: `receipts_<register>.parquet`, `rejected_<register>.parquet`, the workbook,
        `receipts.html`. None where the register sent no file.

    Raises:
        ValueError: the folder does not lie in the folder of a batch.
    """
    batch = date.fromisoformat(folder.parent.name)
    if not receipts.height:
        return []
    places = ["source_file", "source_sheet"]
    ordered = receipts.sort("register", *places, nulls_last=True)
    rejected = None
    with _held(private_folder(folder)):
        paths = [write_frame(folder / f"{_STORED}{register}.parquet", ordered)]
        if records is not None:
            rejected = (
                records.filter(pl.col("rejected").is_not_null())
                .select(*places, "source_row", "rejected")
                .sort(*places, "source_row", nulls_last=True)
            )
            paths.append(write_frame(folder / f"rejected_{register}.parquet", rejected))
        book = folder / _book_name(register, batch, labels)
        title = labels("publishing.receipts.title", register=labels(f"registers.{register}"))
        with open_book(book, labels, batch) as opened:
            _write_files(opened, title, ordered)
            if rejected is not None and rejected.height:
                _write_rejected(opened, title, rejected)
        return [*paths, book, _write_page(folder, labels, batch)]


@contextmanager
def _held(folder: Path) -> Iterator[None]:
    """One writer at a time: whoever comes last finds everybody's receipts whole and puts them on the page."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _write_files(book: Book, title: str, receipts: pl.DataFrame) -> None:
    name = book.labels("publishing.receipts.files_sheet")
    sheet = book.add_sheet(name, paper=A3, header_rows=1, title=title)
    write_table(book, sheet, receipts, FILE_COLUMNS)


def _write_rejected(book: Book, title: str, rejected: pl.DataFrame) -> None:
    cut = "rejected_sheet_cut" if rejected.height > ROWS_SHOWN else "rejected_sheet"
    name = book.labels(f"publishing.receipts.{cut}", rows=ROWS_SHOWN)
    sheet = book.add_sheet(name, paper=A4, header_rows=1, title=title)
    write_table(book, sheet, rejected.head(ROWS_SHOWN), REJECTED_COLUMNS)


def _write_page(folder: Path, labels: Labels, batch: date) -> Path:
    """The page over all registers written so far."""
    received = {
        path.stem.removeprefix(_STORED): pl.read_parquet(path).with_columns(
            selectors.integer().fill_null(0)
        )
        for path in sorted(folder.glob(f"{_STORED}*.parquet"))
    }
    return write_page(
        folder / "receipts.html",
        "receipts.html",
        labels,
        {
            "batch": batch.isoformat(),
            "receipts": [row for frame in received.values() for row in frame.to_dicts()],
            "books": {register: _book_name(register, batch, labels) for register in received},
        },
    )


def _book_name(register: str, batch: date, labels: Labels) -> str:
    return labels(
        "publishing.receipts.file",
        register=labels(f"registers.{register}"),
        batch=batch.isoformat(),
    )
