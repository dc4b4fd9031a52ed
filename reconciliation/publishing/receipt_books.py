"""The receipts as workbooks: one a register, one a file for the office that sent it, one over the whole batch.

What belongs here: which sheets and columns a book has. What does not: what the frames hold (`receipts.py`, `coverage.py`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl

from reconciliation.publishing.coverage import problems_first
from reconciliation.publishing.private_files import private_folder
from reconciliation.publishing.sheets import A3, A4, Book, Column, open_book, write_table
from reconciliation.publishing.workbooks import file_stem
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
    Column("defects", 9),
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

COUNT_COLUMNS = (
    Column("source_file", 34),
    Column("source_sheet", 16),
    Column("rule", 7),
    Column("defect", 34),
    Column("rows", 8),
    Column("remedy", 46),
    Column("requirement", 36),
)
"""How many rows of a sheet break which rule, and what is to be done."""

REJECTED_COLUMNS = (
    Column("source_file", 34),
    Column("source_sheet", 16),
    Column("source_row", 10),
    Column("rejected", 60),
)
"""What it says of a row that was not taken."""

DEFECT_COLUMNS = (
    Column("source_file", 28),
    Column("source_sheet", 14),
    Column("source_row", 8),
    Column("rule", 7),
    Column("defect", 36),
    Column("detail", 34),
)
"""What it says of a row that was taken and is to be mended."""

COVERAGE_COLUMNS = (
    Column("register", 20, "registers"),
    Column("county", 18),
    Column("coverage", 16, "publishing.coverage.status"),
    Column("files", 8),
    Column("rows", 12),
    Column("rows_before", 13),
    Column("change", 10),
    Column("message", 70),
)
"""What it says of a register and county."""

ROWS_SHOWN = 20_000
"""Rows a sheet names; all of them are in the Parquet files, and in the books of the single files."""


@dataclass(frozen=True)
class Contents:
    """What the receipts of a register, or of one of its files, say.

    Attributes:
        receipts: docs/frames.md, with `defects` (rows to be mended).
        rejected: file, sheet, row and reason of the rows that were not taken.
        defects: columns of `receipts.DEFECTS`.
    """

    receipts: pl.DataFrame
    rejected: pl.DataFrame
    defects: pl.DataFrame

    def of_file(self, file: str) -> "Contents":
        """What concerns one file."""
        mine = pl.col("source_file") == file
        return Contents(
            *(frame.filter(mine) for frame in (self.receipts, self.rejected, self.defects))
        )

    @property
    def counts(self) -> pl.DataFrame:
        """`register`, `source_file`, `source_sheet`, `rule`, `wording`, `defect`, `remedy`, `rows`: the rows that break each rule."""
        keys = ["register", "source_file", "source_sheet", "rule", "wording", "defect", "remedy"]
        return (
            self.defects.group_by(keys)
            .agg(pl.len().cast(pl.Int64).alias("rows"))
            .sort(keys, nulls_last=True)
        )

    @property
    def files_to_mend(self) -> list[str]:
        """The files with a row to mend, sorted."""
        rows = pl.concat([self.rejected["source_file"], self.defects["source_file"]])
        return rows.unique().sort().to_list()


@dataclass(frozen=True)
class Received:
    """A register with its receipts and the names of its books.

    Attributes:
        register: its name.
        contents: what its receipts say.
        book: the book of all its files.
        file_books: file → the book of that file alone, below the same folder; none where the register came in one file.
    """

    register: str
    contents: Contents
    book: str
    file_books: Mapping[str, str]


def book_names(
    register: str, contents: Contents, labels: Labels, batch: date
) -> tuple[str, dict[str, str]]:
    """The name of a register's book, and of the book of each file with rows to mend.

    A file has a book of its own so that its office gets its own rows and nobody else's.
    """
    name = labels(f"registers.{register}")
    book = labels("publishing.receipts.file", register=name, batch=batch.isoformat())
    if contents.receipts["source_file"].n_unique() < 2:
        return book, {}
    taken: set[str] = set()
    titles = {file: _file_title(register, file, labels) for file in contents.files_to_mend}
    return book, {
        file: f"{name}/{file_stem(title, batch, taken)}.xlsx" for file, title in titles.items()
    }


def write_register_books(
    folder: Path, received: Received, labels: Labels, batch: date
) -> list[Path]:
    """The book of a register and those of its files; return their paths."""
    register, contents = received.register, received.contents
    title = labels("publishing.receipts.title", register=labels(f"registers.{register}"))
    paths = [_write(folder / received.book, title, contents, labels, batch)]
    for file, book in received.file_books.items():
        private_folder((folder / book).parent)
        title = _file_title(register, file, labels)
        paths.append(_write(folder / book, title, contents.of_file(file), labels, batch))
    return paths


def _file_title(register: str, file: str, labels: Labels) -> str:
    return labels(
        "publishing.receipts.file_book", register=labels(f"registers.{register}"), file=file
    )


def write_batch_book(
    path: Path, received: Sequence[Received], coverage: pl.DataFrame, labels: Labels, batch: date
) -> Path:
    """The book over the batch: who sent what, every file, every kind of defect; no rows. Return its path."""
    title = labels("publishing.receipts.page_title")
    with open_book(path, labels, batch) as book:
        if coverage.height:
            name = labels("publishing.receipts.coverage_sheet")
            sheet = book.add_sheet(name, paper=A3, header_rows=1, title=f"{title} {name}")
            write_table(book, sheet, coverage_rows(coverage, labels), COVERAGE_COLUMNS)
        contents = [item.contents for item in received]
        if contents:
            receipts = pl.concat(item.receipts for item in contents)
            _write_files(book, title, receipts, by_register=True)
            counts = pl.concat(item.counts for item in contents)
            _write_counts(book, title, counts, by_register=True)
    return path


def coverage_rows(coverage: pl.DataFrame, labels: Labels) -> pl.DataFrame:
    """The coverage as people read it: what is to be looked into first, shares as percentages, whole registers named so.

    Registers that nobody waits for and that did not come are left out.
    """
    whole = pl.when(pl.col("status") == "unknown_county").then(
        pl.lit(labels("publishing.coverage.unknown"))
    )
    percent = (pl.col("change") * 100).round(1).cast(pl.String) + "%"
    asked = pl.col("county").is_not_null() | (pl.col("status") != "not_expected")
    return problems_first(coverage.filter(asked)).with_columns(
        pl.coalesce("county", whole, pl.lit(labels("publishing.coverage.whole"))).alias("county"),
        pl.when(pl.col("change") > 0).then("+" + percent).otherwise(percent).alias("change"),
        coverage=pl.col("status"),
    )


def _write(path: Path, title: str, contents: Contents, labels: Labels, batch: date) -> Path:
    with open_book(path, labels, batch) as book:
        _write_files(book, title, contents.receipts)
        _write_counts(book, title, contents.counts)
        _write_rows(book, title, "rejected_sheet", contents.rejected, REJECTED_COLUMNS)
        _write_rows(book, title, "defects_sheet", contents.defects, DEFECT_COLUMNS)
    return path


def _write_files(
    book: Book, title: str, receipts: pl.DataFrame, *, by_register: bool = False
) -> None:
    name = book.labels("publishing.receipts.files_sheet")
    sheet = book.add_sheet(name, paper=A3, header_rows=1, title=title)
    write_table(book, sheet, receipts, (*_of(by_register), *FILE_COLUMNS))


def _write_counts(
    book: Book, title: str, counts: pl.DataFrame, *, by_register: bool = False
) -> None:
    if counts.is_empty():
        return
    name = book.labels("publishing.receipts.counts_sheet")
    sheet = book.add_sheet(name, paper=A3, header_rows=1, title=f"{title} {name}")
    shown = counts.rename({"wording": "requirement"})
    write_table(book, sheet, shown, (*_of(by_register), *COUNT_COLUMNS))


def _of(by_register: bool) -> tuple[Column, ...]:
    return (Column("register", 12, "registers"),) if by_register else ()


def _write_rows(
    book: Book, title: str, key: str, rows: pl.DataFrame, columns: tuple[Column, ...]
) -> None:
    """Rows by file, sheet and row; no sheet where there are none."""
    if rows.is_empty():
        return
    cut = f"{key}_cut" if rows.height > ROWS_SHOWN else key
    name = book.labels(f"publishing.receipts.{cut}", rows=ROWS_SHOWN)
    sheet = book.add_sheet(name, paper=A4, header_rows=1, title=f"{title} {name}")
    write_table(book, sheet, rows.head(ROWS_SHOWN), columns)
