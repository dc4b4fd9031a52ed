"""What is counted in a sheet and said in its receipt, because whoever sent it can mend it.

Counts only: no remark shows a cell.
"""

from collections.abc import Iterable

import polars as pl

from reconciliation.intake.cells import ERROR
from reconciliation.intake.header import Header
from reconciliation.registers.schema import DATE_FIELDS

# Control characters but tab and line breaks, marks without width, marks of direction, and two noncharacters.
INVISIBLE = (
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\x{200b}-\x{200f}\x{202a}-\x{202e}"
    r"\x{2060}-\x{2064}\x{feff}\x{fffe}\x{ffff}]"
)
_PRIVATE_USE = r"[\x{e000}-\x{f8ff}\x{f0000}-\x{ffffd}\x{100000}-\x{10fffd}]"
_WILDCARD = r"[?？*＊□■○●◇◆×✕✖\x{fffd}]"
"""What stands in a name for a character that could not be typed."""
_OCTOBER_OR_JANUARY = r"^[12]\d{3}\.1$"
_NAMES = ("name", "head_name", "member_names")


def count_remarks(received: pl.DataFrame, kept: pl.DataFrame, header: Header) -> dict[str, int]:
    """Counts by remark (keys below `intake.remarks` of the labels).

    Args:
        received: the `odd_columns`, below the header, untouched.
        kept: the rows taken or rejected, the same columns, cleaned.
        header: of the sheet.

    Returns:
        `invisible` and `private_use` (characters), `wildcards` (names with a sign for a character), `doubtful_months`
        (cells 2018.1, which may be January or October), `errors` (cells with an error value or a formula without a value).
    """
    names = [j for j, field in header.fields.items() if field in _NAMES]
    dates = [j for j, field in header.fields.items() if field in DATE_FIELDS]
    return {
        "invisible": _characters(received, INVISIBLE),
        "private_use": _characters(received, _PRIVATE_USE),
        "wildcards": _cells(kept, names, _WILDCARD),
        "doubtful_months": _cells(kept, dates, _OCTOBER_OR_JANUARY),
        "errors": _total(kept, [(pl.col(f"k{j}") == ERROR).sum() for j in header.fields]),
    }


def odd_columns(received: pl.DataFrame) -> list[str]:
    """The columns `t{j}` with any invisible or private-use character: one look at all of them spares most of them three more."""
    either = pl.col("^t[0-9]+$").str.contains(f"{INVISIBLE}|{_PRIVATE_USE}").any()
    return [column.name for column in received.select(either) if column.item()]


def _characters(rows: pl.DataFrame, pattern: str) -> int:
    return _total(rows, [pl.col(name).str.count_matches(pattern).sum() for name in rows.columns])


def _cells(rows: pl.DataFrame, columns: Iterable[int], pattern: str) -> int:
    return _total(rows, [pl.col(f"t{j}").str.contains(pattern).sum() for j in columns])


def _total(rows: pl.DataFrame, counts: list[pl.Expr]) -> int:
    return int(rows.select(pl.sum_horizontal(counts)).item() or 0) if counts else 0
