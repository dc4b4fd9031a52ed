"""The clerks' workbooks: one a county, one sheet a list, what needs doing first (internal profile: IDs in full).

A county with more rows than a book should hold gets one book a township, a township with more gets several. People
whose county is unknown get a book of their own, so that no row is in no book.
"""

import os
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from datetime import date
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import polars as pl

from reconciliation.publishing.answer_sheets import (
    SCHEMA,
    Sending,
    write_answer_sheet,
    write_hidden_sheets,
)
from reconciliation.publishing.cover import write_cover
from reconciliation.publishing.private_files import private_folder
from reconciliation.publishing.sheets import open_book
from reconciliation.registers.labels import Labels
from reconciliation.registers.schema import LISTS

ROWS_A_BOOK = 20_000
"""More than this opens slowly on the machines townships have."""
_WORTH_A_PROCESS = 8_000
"""Rows that take longer to write than a process takes to start."""

_Lists = dict[str, pl.DataFrame]


@dataclass(frozen=True)
class Share:
    """The rows that go into one book.

    Attributes:
        county: null where it is unknown.
        town: None where the book holds the whole county; an empty string where the township is unknown.
        part: 1, 2 … where a township needs several books, else None.
        lists: the rows by list.
    """

    county: str | None
    town: str | None
    part: int | None
    lists: _Lists


def write_county_workbooks(
    folder: Path,
    lists: Mapping[str, pl.DataFrame],
    sending: Sending,
    on_book: Callable[[int, int], None] = lambda done, of: None,
) -> list[Path]:
    """Write the workbooks, several at a time where there is much to write; the same lists give the same bytes.

    Args:
        folder: where they go.
        lists: list frames by name (`registers.schema.ACTIONABLE`), each with `county`, `town`, `village`, `household`,
            `record` and what `write_answer_sheet` takes.
        sending: what the release sends out with.
        on_book: told how many books are done, and of how many.

    Returns:
        The books, sorted by county, township and part.
    """
    ordered = {name: lists[name].pipe(_sorted) for name in LISTS if name in lists}
    taken: set[str] = set()
    jobs = []
    for share in shares(ordered, ROWS_A_BOOK):
        stem = file_stem(share_title(share, sending.labels), sending.batch, taken)
        jobs.append((folder / f"{stem}.xlsx", share, sending))
    private_folder(folder)
    return in_parallel(_write_book, jobs, rows=_rows(ordered), on_done=on_book)


def in_parallel(
    write: Callable[..., Path],
    jobs: Sequence[tuple[Any, ...]],
    *,
    rows: int,
    on_done: Callable[[int, int], None],
) -> list[Path]:
    """Do jobs of writing in processes of their own, or here where there is little to write; the paths in their order.

    Args:
        write: takes the parts of a job; a function other processes can import.
        jobs: what it is called with; the largest are best spread over the list.
        rows: of all jobs together.
        on_done: told how many jobs are done, and of how many.
    """
    processes = min(len(os.sched_getaffinity(0)), len(jobs))
    if processes < 2 or rows < _WORTH_A_PROCESS:
        paths = []
        for done, job in enumerate(jobs, start=1):
            paths.append(write(*job))
            on_done(done, len(jobs))
        return paths
    # Spawned, not forked: a copy of a process with threads may wait for ever for a lock nobody holds.
    with ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as pool:
        futures = [pool.submit(write, *job) for job in jobs]
        for done, _ in enumerate(as_completed(futures), start=1):
            on_done(done, len(jobs))
        return [future.result() for future in futures]


def _write_book(path: Path, share: Share, sending: Sending) -> Path:
    """Write one book: the cover, a sheet a list somebody is on, and the hidden sheets."""
    title = share_title(share, sending.labels)
    with open_book(path, sending.labels, sending.batch) as book:
        write_cover(book, title, share.lists, sending)
        for name, frame in share.lists.items():
            if frame.height:
                write_answer_sheet(book, title, name, frame, sending)
        facts = {
            "schema": str(SCHEMA),
            "batch": sending.batch.isoformat(),
            "release": sending.release,
            "county": share.county or "",
            "town": share.town or "",
            "part": str(share.part or ""),
            "rows": str(_rows(share.lists)),
            "run": sending.run,
        }
        write_hidden_sheets(book, facts, sending.settings)
    return path


def shares(lists: Mapping[str, pl.DataFrame], limit: int) -> Iterator[Share]:
    """Divide the lists among books of at most `limit` rows; every row is in exactly one.

    Args:
        lists: list frames with `county` and `town`, in the order of their sheets and rows.
        limit: rows a book.
    """
    for county, mine in _divided(lists, "county"):
        if _rows(mine) <= limit:
            yield Share(county, None, None, mine)
            continue
        for town, theirs in _divided(mine, "town"):
            parts = list(_parts(theirs, limit))
            for number, part in enumerate(parts, start=1):
                yield Share(county, town or "", number if len(parts) > 1 else None, part)


def _divided(lists: Mapping[str, pl.DataFrame], place: str) -> Iterator[tuple[str | None, _Lists]]:
    """The rows of each place, by its name; the unknown (null or blank) come last, under None."""
    known = {
        name: frame.with_columns(
            pl.when(pl.col(place).str.strip_chars() != "").then(pl.col(place)).alias(place)
        )
        for name, frame in lists.items()
    }
    parts = {
        name: frame.partition_by(place, as_dict=True, maintain_order=True)
        for name, frame in known.items()
    }
    keys = {key for part in parts.values() for (key,) in part}
    for key in sorted(keys, key=lambda found: (found is None, found or "")):
        yield (
            key,
            {name: part.get((key,), known[name].clear()) for name, part in parts.items()},
        )


def _parts(lists: _Lists, limit: int) -> Iterator[_Lists]:
    """The lists cut into runs of at most `limit` rows, in their order."""
    rows = _rows(lists)
    for start in range(0, rows, limit):
        part, skipped = {}, 0
        for name, frame in lists.items():
            first = max(start - skipped, 0)
            last = max(start + limit - skipped, 0)
            part[name] = frame[first:last]
            skipped += frame.height
        yield part


def _rows(lists: _Lists) -> int:
    return sum(frame.height for frame in lists.values())


def _sorted(frame: pl.DataFrame) -> pl.DataFrame:
    """By township and village, households together: the order of a round of visits."""
    return frame.sort(
        "county", "town", "village", "register", "household", "record", nulls_last=True
    )


def share_title(share: Share, labels: Labels) -> str:
    """What the book is called: county, township, part."""
    words = [share.county or labels("publishing.workbook.unknown_county")]
    if share.town is not None:
        words.append(share.town or labels("publishing.workbook.unknown_town"))
    if share.part is not None:
        words.append(labels("publishing.workbook.part", part=share.part))
    return " ".join(words)


def file_stem(title: str, batch: date, taken: set[str]) -> str:
    """A file name from a title that may hold anything: letters and digits stay, the rest becomes _.

    Two titles that come out alike, also on a system that ignores case, are told apart by a number.

    Args:
        title: what the book is called.
        batch: the dispatch date.
        taken: names given so far, case-folded; the new one is added.
    """
    letters = "".join(
        letter if unicodedata.category(letter)[0] in "LN" else "_"
        for letter in unicodedata.normalize("NFC", title)[:60]
    )
    stem, number = f"{letters}_{batch.isoformat()}", 1
    while stem.casefold() in taken:
        number += 1
        stem = f"{letters}_{number}_{batch.isoformat()}"
    taken.add(stem.casefold())
    return stem
