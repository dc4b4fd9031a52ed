"""The clerks' workbooks: one a county, one sheet a list, what needs doing first (internal profile: IDs in full).

A county with more rows than a book should hold gets one book a township, a township with more gets several. People
whose county is unknown get a book of their own, so that no row is in no book.
"""

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl

from reconciliation.publishing.cover import write_cover
from reconciliation.publishing.sheets import A3, Column, open_book, write_table
from reconciliation.registers.labels import Labels
from reconciliation.registers.schema import LISTS

ROWS_A_BOOK = 20_000
"""More than this opens slowly on the machines townships have."""

COLUMNS = (
    Column("register", 9, "registers"),
    Column("town", 11),
    Column("village", 11),
    Column("household", 7),
    Column("name", 10),
    Column("id_number", 20),
    Column("relation", 8, "publishing.relations"),
    Column("rule", 6),
    Column("why", 42),
    Column("evidence", 34),
    Column("counterpart_name", 10),
    Column("counterpart_id_number", 20),
    Column("tier", 8, "tiers"),
    Column("to_check", 26),
    Column("owner", 10, "publishing.owners"),
    Column("other_rules", 9),
    Column("source_file", 20),
    Column("source_row", 7),
    Column("source_sheet", 14, printed=False),
    Column("record", 9, printed=False),
    Column("months_after_death", 12, printed=False),
    Column("dibao_income", 12, printed=False),
    Column("poverty_income", 12, printed=False),
    Column("dibao_line", 12, printed=False),
    Column("poverty_line", 12, printed=False),
    Column("dibao_flag_poverty", 12, printed=False),
    Column("dibao_assistance_type", 12, printed=False),
    Column("dibao_class_tier", 12, printed=False),
    Column("dibao_health", 12, printed=False),
    Column("dibao_labour", 14, printed=False),
    Column("poverty_flag_dibao", 12, printed=False),
    Column("poverty_lift_status", 14, printed=False),
    Column("poverty_household_type", 14, printed=False),
    Column("poverty_health", 14, printed=False),
    Column("poverty_labour", 14, printed=False),
    Column("wording", 40, printed=False),
    Column("legal_basis", 30, printed=False),
    Column("data_dates", 18, printed=False),
    Column("counterpart_town", 12, printed=False),
    Column("counterpart_village", 12, printed=False),
    Column("counterpart_source_file", 22, printed=False),
    Column("counterpart_source_sheet", 14, printed=False),
    Column("counterpart_source_row", 9, printed=False),
)
"""What a clerk sees of a row, in this order; a list frame may lack some."""

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
    *,
    labels: Labels,
    batch: date,
    facts: Sequence[tuple[str, str]] = (),
) -> list[Path]:
    """Write the workbooks; the same lists give the same bytes.

    Args:
        folder: where they go.
        lists: list frames by name (`registers.schema.LISTS`), each with `register`, `record`, `county`, `town`,
            `village`, `household`, and whichever of `COLUMNS` it has.
        labels: the wording (`publishing`).
        batch: the dispatch date; also the books' date of creation.
        facts: further lines of the cover, each a name and a value: data dates, release, config hash.

    Returns:
        The books, sorted by county, township and part.
    """
    ordered = {name: lists[name].pipe(_sorted) for name in LISTS if name in lists}
    taken: set[str] = set()
    paths = []
    for share in shares(ordered, ROWS_A_BOOK):
        title = share_title(share, labels)
        path = folder / f"{file_stem(title, batch, taken)}.xlsx"
        with open_book(path, labels, batch) as book:
            write_cover(book, title, share.lists, facts)
            for name, frame in share.lists.items():
                if frame.height:
                    heading = labels(f"lists.{name}")
                    sheet = book.add_sheet(
                        heading, paper=A3, header_rows=1, title=f"{title} {heading}"
                    )
                    write_table(book, sheet, frame, COLUMNS)
        paths.append(path)
    return paths


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
