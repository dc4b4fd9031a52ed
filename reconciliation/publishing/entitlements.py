"""The workbooks of the other lists: one for all, or one a county where a list is long; the totals, then a sheet a list.

Internal profile: IDs in full.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

import polars as pl

from reconciliation.publishing.sheets import A3, Book, Column, open_book, write_table
from reconciliation.publishing.workbooks import ROWS_A_BOOK, file_stem, share_title, shares
from reconciliation.registers.labels import Labels

COLUMNS: Final = (
    Column("county", 11),
    Column("town", 11),
    Column("village", 11),
    Column("register", 9, "registers"),
    Column("name", 10),
    Column("id_number", 20),
    Column("group_name", 18),
    Column("status", 8, "entitlements.statuses"),
    Column("amount", 8),
    Column("per", 8, "entitlements.per"),
    Column("due", 11),
    Column("why", 44),
    Column("evidence", 34),
    Column("to_check", 26),
    Column("rule", 6),
    Column("tier", 8, "tiers"),
    Column("inclusion_probability", 9),
    Column("members", 7),
    Column("source_file", 20),
    Column("source_row", 7),
    Column("source_sheet", 14, printed=False),
    Column("record", 9, printed=False),
    Column("household", 7, printed=False),
    Column("relation", 8, "publishing.relations", printed=False),
    Column("owner", 10, "publishing.owners", printed=False),
    Column("wording", 40, printed=False),
    Column("legal_basis", 30, printed=False),
    Column("data_dates", 18, printed=False),
    Column("risk_weight", 9, printed=False),
    Column("design_weight", 9, printed=False),
    Column("stratum_households", 9, printed=False),
    Column("stratum_sample", 9, printed=False),
    Column("evidence_register", 12, "registers", printed=False),
    Column("evidence_source_file", 20, printed=False),
    Column("evidence_source_sheet", 14, printed=False),
    Column("evidence_source_row", 7, printed=False),
)
"""What a clerk sees of a row, in this order; of a list that has no fixed rate or no evidence row these columns are left out."""
TOTAL_COLUMNS: Final = (
    Column("list_name", 26),
    Column("group_name", 30),
    Column("status", 10, "entitlements.statuses"),
    Column("level", 9, "entitlements.levels"),
    Column("prefecture", 14),
    Column("county", 14),
    Column("people", 10),
    Column("households", 10),
    Column("amount", 14),
)


@dataclass(frozen=True)
class Content:
    """What the books hold.

    Attributes:
        lists: rows by list, in the order of the sheets, each with `county` and `town`; any of `COLUMNS`.
        totals: `reconciliation.policy.entitlements.totals.TOTALS`.
        titles: name of each list → its sheet's.
    """

    lists: Mapping[str, pl.DataFrame]
    totals: pl.DataFrame
    titles: Mapping[str, str]


def write_entitlement_books(
    folder: Path, content: Content, *, labels: Labels, batch: date
) -> list[Path]:
    """Write them; the same lists give the same bytes.

    Args:
        folder: where they go.
        content: lists and totals.
        labels: the wording.
        batch: the dispatch date.

    Returns:
        The books: `其他清单.xlsx` with everything, or, where a list has more rows than a sheet should hold, that book with the totals
        alone and one a county (a township, a part) beside it.
    """
    name = labels("entitlements.book.title")
    whole = all(frame.height <= ROWS_A_BOOK for frame in content.lists.values())
    main = folder / f"{name}.xlsx"
    with open_book(main, labels, batch) as book:
        _write_totals(book, content)
        if whole:
            _write_lists(book, content.lists, content.titles, name)
    if whole:
        return [main]
    taken: set[str] = set()
    paths = [main]
    for share in shares(content.lists, ROWS_A_BOOK):
        title = f"{name} {share_title(share, labels)}"
        path = folder / f"{file_stem(title, batch, taken)}.xlsx"
        with open_book(path, labels, batch) as book:
            _write_lists(book, share.lists, content.titles, title)
        paths.append(path)
    return paths


def _write_totals(book: Book, content: Content) -> None:
    heading = book.labels("entitlements.book.totals")
    sheet = book.add_sheet(heading, paper=A3, header_rows=1, title=heading)
    titles = content.titles
    named = content.totals.with_columns(list_name=pl.col("list").replace(dict(titles)))
    # Of a list its groups stand together, the province's figure before those of its parts.
    order = pl.col("list").replace_strict({name: place for place, name in enumerate(titles)})
    level = pl.col("level").replace_strict({"province": 0, "prefecture": 1, "county": 2})
    ordered = named.sort(order, "group", "status", level, "prefecture", "county", nulls_last=True)
    write_table(book, sheet, ordered, TOTAL_COLUMNS)


def _write_lists(
    book: Book, lists: Mapping[str, pl.DataFrame], titles: Mapping[str, str], title: str
) -> None:
    for name, frame in lists.items():
        if frame.height:
            sheet = book.add_sheet(
                titles[name], paper=A3, header_rows=1, title=f"{title} {titles[name]}"
            )
            empty = [
                column for column in frame.columns if frame[column].null_count() == frame.height
            ]
            shown = frame.drop(empty).with_columns(
                # Two decimals, as sheets show numbers, would make half of the probabilities one.
                pl.col("^inclusion_probability$").round(4).cast(pl.String)
            )
            write_table(book, sheet, shown, COLUMNS)
