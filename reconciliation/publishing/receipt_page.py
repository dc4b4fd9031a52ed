"""The page over all receipts of a run: what to send back first, who sent nothing, and every file.

What belongs here: what stands on the page and in which order. What does not: its wording (labels) and looks (templates).
"""

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
from polars import selectors

from reconciliation.publishing.coverage import PROBLEMS
from reconciliation.publishing.pages import write_page
from reconciliation.publishing.receipt_books import Received
from reconciliation.registers.labels import Labels
from reconciliation.registers.schema import REQUIRED

_GRAVEST_FIRST = ("refused", "accepted", "skipped")
"""A file is refused as a whole; it is only skipped where all its sheets are."""

_UNSEEN = ("hidden", "other_format")
"""Why a sheet or file was left aside that may hold people."""


def write_receipts_page(
    path: Path,
    received: Sequence[Received],
    coverage: pl.DataFrame,
    labels: Labels,
    batch: date,
) -> Path:
    """Write the page, 0600; the same data give the same bytes. Return its path.

    Args:
        path: the page; the books lie in its folder.
        received: the registers that sent files, in their order.
        coverage: docs/frames.md; no rows where nothing is known of it.
        labels: the wording.
        batch: the dispatch date.
    """
    rows = [
        row
        for item in received
        for row in item.contents.receipts.with_columns(selectors.integer().fill_null(0)).to_dicts()
    ]
    return write_page(
        path,
        "receipts.html",
        labels,
        {
            "batch": batch.isoformat(),
            "receipts": rows,
            "refused": sum(row["status"] == "refused" for row in rows),
            "to_mend": to_mend(received),
            "messages": coverage.filter(pl.col("status").is_in(PROBLEMS))["message"].to_list(),
            "compared": coverage["rows_before"].is_not_null().any(),
            "counties": county_rows(coverage),
            "main": REQUIRED,
            "others": coverage.filter(
                ~pl.col("register").is_in(REQUIRED), pl.col("status") != "not_expected"
            ).to_dicts(),
            "books": [(item.register, item.book) for item in received],
            "batch_book": labels("publishing.receipts.batch_book", batch=batch.isoformat()),
        },
    )


def to_mend(received: Sequence[Received]) -> list[dict[str, Any]]:
    """The files somebody has to do something about: the refused ones first, then those with most rows to mend.

    Returns:
        A file each: `register`, `source_file`, `status` (the gravest of its sheets), `messages` (of refused and unseen sheets), `rejected`
        (rows), `counts` (rule, defect and rows of each rule broken), `rows` (to mend, rejected ones among them), `book` (of the
        file, or of the register it is alone in; None where it has no row to mend).
    """
    files = []
    for item in received:
        counts = item.contents.counts
        for (file,), sheets in item.contents.receipts.group_by("source_file", maintain_order=True):
            statuses = set(sheets["status"])
            rejected, defects = int(sheets["rows_rejected"].sum()), int(sheets["defects"].sum())
            broken = _broken(counts.filter(pl.col("source_file") == file))
            unseen = sheets.filter(
                (pl.col("status") == "refused") | pl.col("left_aside").is_in(_UNSEEN)
            )
            if unseen.is_empty() and not broken and not rejected:
                continue
            files.append(
                {
                    "register": item.register,
                    "source_file": file,
                    "status": next(status for status in _GRAVEST_FIRST if status in statuses),
                    "messages": _said(unseen),
                    "rejected": rejected,
                    "counts": broken,
                    "rows": rejected + defects,
                    "book": item.file_books.get(str(file), item.book)
                    if rejected or broken
                    else None,
                }
            )
    return sorted(files, key=lambda file: (file["status"] != "refused", -file["rows"]))


def county_rows(coverage: pl.DataFrame) -> list[dict[str, Any]]:
    """One entry a county with a cell for each main register, those with a problem first, then by name.

    Returns:
        `county` (None: rows of no known county), `cells` (register → the row of `coverage`), `problem` (Boolean).
    """
    counties: dict[str | None, dict[str, Mapping[str, Any]]] = {}
    for row in coverage.filter(pl.col("register").is_in(REQUIRED)).iter_rows(named=True):
        counties.setdefault(row["county"], {})[row["register"]] = row
    rows = [
        {
            "county": county,
            "cells": cells,
            "problem": any(cell["status"] in PROBLEMS for cell in cells.values()),
        }
        for county, cells in counties.items()
    ]
    return sorted(
        rows, key=lambda row: (not row["problem"], row["county"] is None, row["county"] or "")
    )


def _said(sheets: pl.DataFrame) -> list[str]:
    """What intake said of the sheets; of one left aside its name in front, a refusal names what it is about."""
    return [
        f"“{sheet}”{message}" if sheet and status == "skipped" else message
        for sheet, status, message in sheets.select(
            "source_sheet", "status", pl.col("message").fill_null("")
        ).iter_rows()
    ]


def _broken(counts: pl.DataFrame) -> list[dict[str, Any]]:
    """`rule`, `defect`, `rows` of the rules a file breaks, its sheets added up, in the order of the numbers."""
    return counts.group_by("rule", "defect").agg(pl.col("rows").sum()).sort("rule").to_dicts()
