"""Workbooks (.xlsx, .xls), read by calamine because it alone keeps the kind of every cell.

Used inside the parsing process. Before calamine opens an .xlsx its zip directory is looked at, because a sheet that unpacks
to more than the memory ends the process, not just the parser.
"""

import importlib
import zipfile
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import python_calamine as calamine

from reconciliation.intake.contents import check_contents
from reconciliation.intake.error_cells import error_cells, with_errors
from reconciliation.intake.refusals import RefusedError

_FLAG_ENCRYPTED = 0x1
_MEGABYTE = 1 << 20


def read_workbook(
    path: Path, suffix: str, output: Path, limits: Mapping[str, int]
) -> dict[str, Any]:
    """Write the visible worksheets of a workbook as grids.

    Args:
        path: the received file.
        suffix: `.xlsx` or `.xls`: what the content must be.
        output: folder for the grids.
        limits: of `IntakeSettings`.

    Returns:
        `encoding` (none) and `sheets`: name, `skipped` (`hidden`, `chart`, `empty` or none), and for the others the grid's
        files, the column of the sheet it begins in, and the merged ranges `[top, left, bottom, right]` within it.

    Raises:
        RefusedError: not such a workbook, encrypted, broken, or beyond a limit.
    """
    check_contents(path, suffix)
    if suffix == ".xlsx":
        _check_archive(path, limits)
    try:
        workbook = calamine.CalamineWorkbook.from_path(path)
    except calamine.PasswordError:
        raise RefusedError("encrypted") from None
    except (calamine.CalamineError, OSError, ValueError):
        raise RefusedError("broken", suffix=suffix) from None
    with workbook:
        sheets = [
            _sheet(workbook, index, output, limits)
            for index in range(len(workbook.sheets_metadata))
        ]
    return {"encoding": None, "sheets": sheets}


def _sheet(
    workbook: calamine.CalamineWorkbook, index: int, output: Path, limits: Mapping[str, int]
) -> dict[str, Any]:
    about = workbook.sheets_metadata[index]
    if about.visible != calamine.SheetVisibleEnum.Visible and not limits["hidden_sheets"]:
        return {"name": about.name, "skipped": "hidden"}
    if about.typ != calamine.SheetTypeEnum.WorkSheet:
        return {"name": about.name, "skipped": "chart"}
    path = Path(workbook.path or "")
    # calamine lets go of the interpreter while it reads: what else there is to do costs no time beside it.
    with ThreadPoolExecutor(2) as beside:
        searching = beside.submit(error_cells, path, index) if _is_archive(path) else None
        loading = beside.submit(importlib.import_module, "reconciliation.intake.grids")
        try:
            sheet = workbook.get_sheet_by_index(index)
        except calamine.CalamineError:
            raise RefusedError("broken_sheet", sheet=about.name) from None
    if sheet.start is None or sheet.end is None:
        return {"name": about.name, "skipped": "empty"}
    height, width = sheet.end[0] + 1, sheet.width
    for reason, size, limit in (
        ("too_many_rows", height, limits["max_rows"]),
        ("too_many_columns", width, limits["max_columns"]),
    ):
        if size > limit:
            raise RefusedError(reason, sheet=about.name, found=size, limit=limit)
    file = output / f"{index}.arrow"
    left = sheet.start[1]
    errors = searching.result() if searching else set()
    files = loading.result().write_grids(
        file,
        lambda: with_errors(sheet.iter_rows(), errors, left),
        (height, width),
        limits["max_cell_characters"],
    )
    merged = [
        [top, first - left, bottom, last - left]
        for (top, first), (bottom, last) in sheet.merged_cell_ranges or []
        if bottom > top or last > first
    ]
    grid = {"files": files, "left": left, "merged": merged}
    return {"name": about.name, "skipped": None, **grid}


def _is_archive(path: Path) -> bool:
    return path.suffix.lower() == ".xlsx"


def _check_archive(path: Path, limits: Mapping[str, int]) -> None:
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        raise RefusedError("broken", suffix=".xlsx") from None
    if any(entry.flag_bits & _FLAG_ENCRYPTED for entry in entries):
        raise RefusedError("encrypted")
    if any(_escapes(entry.filename) for entry in entries):
        raise RefusedError("archive_paths")
    if len(entries) > limits["max_zip_entries"]:
        raise RefusedError("too_many_entries", found=len(entries), limit=limits["max_zip_entries"])
    unpacked = sum(entry.file_size for entry in entries)
    if unpacked > limits["max_unpacked_bytes"]:
        raise RefusedError(
            "unpacks_too_large",
            found=unpacked // _MEGABYTE,
            limit=limits["max_unpacked_bytes"] // _MEGABYTE,
        )
    ratio = max(_ratios(entries), default=0)
    if ratio > limits["zip_ratio"]:
        raise RefusedError("zip_bomb", found=ratio, limit=limits["zip_ratio"])


def _ratios(entries: list[zipfile.ZipInfo]) -> Iterator[int]:
    """By how much each large entry grows; small ones can do no harm whatever their ratio."""
    for entry in entries:
        if entry.file_size > _MEGABYTE:
            yield entry.file_size // max(1, entry.compress_size)


def _escapes(name: str) -> bool:
    return name.startswith(("/", "\\")) or ".." in name.replace("\\", "/").split("/")
