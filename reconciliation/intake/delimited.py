"""Text files (.csv): their encoding, their separator, their rows.

Used inside the parsing process. Never lossy: a file is UTF-8 (or has a byte-order mark), or strict GB18030, or refused with
the position of the first byte that fits neither.
"""

import codecs
import csv
import io
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import Any

from reconciliation.intake.contents import check_contents
from reconciliation.intake.grids import write_grid
from reconciliation.intake.refusals import RefusedError

SEPARATORS = ",\t;"
_PROTECTED = re.compile(r'="((?:[^"]|"")*)"')
"""How a spreadsheet program is told in a text file that a number is text."""
_SAMPLE_ROWS = 50
_CJK_IN_UTF8 = 4

# Python's gb18030 codec follows the edition of 2000 and decodes these fourteen codes to private-use characters; the
# editions since give them characters of their own (GB 18030-2022).
_PRIVATE_USE = str.maketrans(
    {
        bytes.fromhex(code).decode("gb18030"): character
        for code, character in (
            ("FE51", "\U00020087"),
            ("FE52", "\U00020089"),
            ("FE53", "\U000200cc"),
            ("FE59", "\u9fb4"),
            ("FE61", "\u9fb5"),
            ("FE66", "\u9fb6"),
            ("FE67", "\u9fb7"),
            ("FE6C", "\U000215d7"),
            ("FE6D", "\u9fb8"),
            ("FE76", "\U0002298f"),
            ("FE7E", "\u9fb9"),
            ("FE90", "\u9fba"),
            ("FE91", "\U000241fe"),
            ("FEA0", "\u9fbb"),
        )
    }
)
_MARKS = (
    (codecs.BOM_UTF8, "utf-8", "UTF-8-BOM"),
    (codecs.BOM_UTF16_LE, "utf-16-le", "UTF-16"),
    (codecs.BOM_UTF16_BE, "utf-16-be", "UTF-16"),
)


def read_text(path: Path, output: Path, limits: Mapping[str, int]) -> dict[str, Any]:
    """Write a text file as one grid.

    Args:
        path: the received file.
        output: folder for the grid.
        limits: of `IntakeSettings`.

    Returns:
        `encoding` and `sheets` with the one unnamed grid.

    Raises:
        RefusedError: not text, of mixed encoding, with an open quotation mark, or beyond a limit.
    """
    check_contents(path, ".csv")
    text, encoding = decode(path.read_bytes())
    separator = find_separator(text)
    width = _measure(text, separator, limits)
    if width == 0:
        return {"encoding": encoding, "sheets": [{"name": None, "skipped": "empty"}]}
    file = output / "0.arrow"
    rows = _rows(text, separator)
    if '="' in text:
        rows = ([_unprotected(cell) for cell in row] for row in rows)
    write_grid(file, rows, width, limits["max_cell_characters"])
    return {
        "encoding": encoding,
        "sheets": [{"name": None, "skipped": None, "files": [file.name], "merged": []}],
    }


def decode(data: bytes) -> tuple[str, str]:
    """The text of a file and the name of its encoding.

    Raises:
        RefusedError: `mixed_encoding` with the first offending byte.
    """
    for mark, codec, name in _MARKS:
        if data.startswith(mark):
            return _strictly(data[len(mark) :], codec, len(mark)), name
    try:
        return data.decode("utf-8"), "UTF-8"
    except UnicodeDecodeError as error:
        utf8_until = error.start
    text = _strictly(data, "gb18030", 0, utf8_until).translate(_PRIVATE_USE)
    offset = 0
    for line in data.splitlines(keepends=True):
        if _is_utf8_chinese(line):
            raise RefusedError("mixed_encoding", offset=max(offset, utf8_until) + 1)
        offset += len(line)
    return text, "GB18030"


def _strictly(data: bytes, codec: str, skipped: int, at_least: int = 0) -> str:
    try:
        return data.decode(codec)
    except UnicodeDecodeError as error:
        raise RefusedError(
            "mixed_encoding", offset=max(error.start, at_least) + skipped + 1
        ) from None


def _is_utf8_chinese(line: bytes) -> bool:
    """Whether a line of a GB18030 file is really UTF-8: names of two characters decode as three wrong ones without complaint.

    Four three-byte characters in a row of valid UTF-8 do not come about by chance in GB18030 text.
    """
    if line.isascii():
        return False
    try:
        beyond = [character for character in line.decode("utf-8") if character > "\x7f"]
    except UnicodeDecodeError:
        return False
    return len(beyond) >= _CJK_IN_UTF8 and all(character > "\u2fff" for character in beyond)


def find_separator(text: str) -> str:
    """The separator that cuts the first rows into most, and most regular, cells; a comma where none does."""

    def regularity(separator: str) -> int:
        """How many separators the rows of one and the same width have."""
        try:
            sample = list(islice(_rows(text, separator), _SAMPLE_ROWS))
        except RefusedError:
            return 0
        widths = Counter(map(len, sample))
        return max((rows * (width - 1) for width, rows in widths.items()), default=0)

    return max(SEPARATORS, key=regularity)


def _rows(text: str, separator: str) -> Iterator[list[str]]:
    """The rows as a spreadsheet program counts them: a line break inside quotation marks does not end a row."""
    csv.field_size_limit(1 << 24)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    count = 0
    try:
        for row in reader:
            count += 1
            yield row
    except csv.Error:
        raise RefusedError("open_quote", row=count + 1) from None


def _unprotected(cell: str) -> str:
    """`="522…"` is the text 522…, written so that a spreadsheet program does not make a number of it."""
    if not cell.startswith("="):
        return cell
    inner = _PROTECTED.fullmatch(cell.strip())
    return inner[1].replace('""', '"') if inner else cell


def _measure(text: str, separator: str, limits: Mapping[str, int]) -> int:
    rows = width = 0
    for row in _rows(text, separator):
        rows += 1
        filled = next((i for i in range(len(row), 0, -1) if row[i - 1].strip()), 0)
        width = max(width, filled)
    for reason, size, limit in (
        ("too_many_rows", rows, limits["max_rows"]),
        ("too_many_columns", width, limits["max_columns"]),
    ):
        if size > limit:
            raise RefusedError(reason, sheet="", found=size, limit=limit)
    return width
