"""Where an .xlsx sheet holds error values (#N/A) or formulas nobody calculated: calamine hands them over as blanks, which they are not.

A program that writes a workbook without calculating it leaves formulas without a value; what they would give is not known.

Used inside the parsing process. The part of the sheet is searched as bytes, without building a document; what is not found this
way is a blank cell.
"""

import posixpath
import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from reconciliation.intake.cells import ErrorCell

_CHUNK = 1 << 20
_OVERLAP = 1 << 14
_SHEET = re.compile(rb"<(?:\w+:)?sheet\s[^>]*>")
_RELATION = re.compile(rb"<(?:\w+:)?Relationship\s[^>]*>")
_ERROR = re.compile(rb"<(?:\w+:)?c\s(?=[^>]*\bt=[\"']e[\"'])[^>]*\br=[\"']([A-Z]{1,3})(\d+)[\"']")
_UNCALCULATED = re.compile(
    rb"<(?:\w+:)?c\s(?![^>]*\bt=[\"']str[\"'])[^>]*\br=[\"']([A-Z]{1,3})(\d+)[\"'][^>]*>\s*"
    rb"<(?:\w+:)?f(?:\s[^>]*)?(?:/>|>[^<]*</(?:\w+:)?f>)\s*"
    rb"(?:<(?:\w+:)?v\s*/>|<(?:\w+:)?v></(?:\w+:)?v>)?\s*</(?:\w+:)?c>"
)
"""A formula without a value; with type `str` an empty value is the empty text it gave."""

Position = tuple[int, int]
"""Row and column, counted from 0."""


def error_cells(path: Path, index: int) -> set[Position]:
    """The positions of the error values and of the formulas without a value in one sheet.

    Args:
        path: an .xlsx that calamine has read.
        index: of the sheet, in the order of the workbook.
    """
    with zipfile.ZipFile(path) as archive:
        part = _part(archive, index)
        if part not in archive.namelist():
            return set()
        with archive.open(part) as sheet:
            return set(_found(iter(lambda: sheet.read(_CHUNK), b"")))


def with_errors(
    rows: Iterable[Sequence[Any]], errors: set[Position], left: int
) -> Iterator[Sequence[Any]]:
    """Rows with the cells at the given positions marked as errors; `left` is the sheet's first column."""
    if not errors:
        return iter(rows)
    return _marked(rows, errors, left)


def _marked(
    rows: Iterable[Sequence[Any]], errors: set[Position], left: int
) -> Iterator[Sequence[Any]]:
    by_row: dict[int, list[int]] = {}
    for row, column in errors:
        by_row.setdefault(row, []).append(column - left)
    for number, cells in enumerate(rows):
        if number in by_row:
            marked = list(cells)
            for column in by_row[number]:
                if 0 <= column < len(marked) and marked[column] == "":
                    marked[column] = ErrorCell()
            yield marked
        else:
            yield cells


def _found(chunks: Iterable[bytes]) -> Iterator[Position]:
    before = b""
    for chunk in chunks:
        text = before + chunk
        # Two letters are found several times as fast as three, and hardly ever there.
        if (b'e"' in text and b'"e"' in text) or (b"e'" in text and b"'e'" in text):
            for letters, row in _ERROR.findall(text):
                yield int(row) - 1, _column(letters)
        if b"f>" in text:
            for letters, row in _UNCALCULATED.findall(text):
                yield int(row) - 1, _column(letters)
        before = text[-_OVERLAP:]


def _column(letters: bytes) -> int:
    column = 0
    for letter in letters:
        column = column * 26 + letter - ord("A") + 1
    return column - 1


def _part(archive: zipfile.ZipFile, index: int) -> str:
    """The archive's part that holds a sheet, by way of the workbook's relations; "" where they do not lead to one."""
    try:
        sheets = _SHEET.findall(archive.read("xl/workbook.xml"))
        relations = _RELATION.findall(archive.read("xl/_rels/workbook.xml.rels"))
    except KeyError:
        return ""
    if index >= len(sheets):
        return ""
    key = _attribute(sheets[index], rb"\w+:id")
    for relation in relations:
        if key and _attribute(relation, b"Id") == key:
            target = _attribute(relation, b"Target").decode("utf-8", "replace")
            return target.lstrip("/") if target.startswith("/") else posixpath.join("xl", target)
    return ""


def _attribute(tag: bytes, name: bytes) -> bytes:
    found = re.search(rb"\s" + name + rb"=[\"']([^\"']*)[\"']", tag)
    return found[1] if found else b""
