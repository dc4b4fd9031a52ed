"""What a file really holds, whatever it is called, from its first bytes.

Used inside the parsing process. A file whose name lies is refused, not read: a program that exports web pages named .xls sends
other things under false names too, and only whoever made the file can say what it should have been.
"""

import re
import zipfile
from pathlib import Path

from reconciliation.intake.refusals import RefusedError

_START = 1 << 16
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_WORD = "WordDocument".encode("utf-16-le")
_PARQUET = b"PAR1"
_ZIP = b"PK"
_OTHERS = (
    b"%PDF", b"Rar!", b"7z\xbc\xaf", b"\x1f\x8b", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"{\\rtf", b"SQLite format 3",
)  # fmt: skip
_MARKS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")
_PAGE = re.compile(
    rb"\s*(?:<!--.*?-->\s*)*(?:<(?:!doctype|html|head|meta|style|body|table|div)\b|mime-version:)",
    re.IGNORECASE | re.DOTALL,
)
_XML = re.compile(rb"\s*<\?xml\b", re.IGNORECASE)

WANTED = {".xlsx": "xlsx", ".xls": "xls", ".csv": "text", ".parquet": "parquet"}
"""What the content must be, by the extension."""


def check_contents(path: Path, suffix: str) -> None:
    """Refuse a file whose content is not what its extension says.

    Args:
        path: the received file.
        suffix: its extension, lower case, one of `WANTED`.

    Raises:
        RefusedError: `encrypted`; `really_<kind>` where the content is another kind of register; `wrong_content` for
            anything else.
    """
    found = contents(path)
    if found == WANTED[suffix]:
        return
    if found == "encrypted":
        raise RefusedError("encrypted")
    named = found in {*WANTED.values(), "page"}
    raise RefusedError(f"really_{found}" if named else "wrong_content", suffix=suffix)


def contents(path: Path) -> str:
    """One of `xlsx`, `xls`, `encrypted`, `parquet`, `page` (HTML or XML a program wrote), `text`, `other`.

    A broken archive is taken for a workbook, so that the message speaks of damage rather than of the name.
    """
    with path.open("rb") as file:
        start = file.read(_START)
    if start.startswith(_OLE):
        return _compound(path)
    if start.startswith(_ZIP):
        return _archive(path)
    if start.startswith(_PARQUET):
        return "parquet"
    if start.startswith(_OTHERS):
        return "other"
    return _plain(start)


def _compound(path: Path) -> str:
    data = path.read_bytes()
    if _ENCRYPTED in data:
        return "encrypted"
    return "other" if _WORD in data else "xls"


def _archive(path: Path) -> str:
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        return "xlsx"
    if "xl/workbook.bin" in names:
        return "other"
    return "xlsx" if any(name.startswith("xl/") for name in names) else "other"


def _plain(start: bytes) -> str:
    """Text, a web page, or neither; NULs are common in text only where it is UTF-16 with its mark."""
    marked = next((mark for mark in _MARKS if start.startswith(mark)), b"")
    wide = len(marked) == len(b"\xff\xfe")
    body = start.removeprefix(marked).replace(b"\0", b"") if wide else start.removeprefix(marked)
    if _PAGE.match(body) or _XML.match(body):
        return "page"
    return "text" if wide or body.count(b"\0") * 10 <= len(body) else "other"
