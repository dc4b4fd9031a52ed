"""Rows of a text file with more cells than the header: a separator inside a cell has moved what stands behind it.

Where the separator was is not known. A row is about the person it names if its name and number stand in their columns;
what stands behind them is taken where every cell looks like the others of its column, and put aside where one does not.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from reconciliation.intake.header import Header
from reconciliation.registers.headers import MEMBER_FIELDS
from reconciliation.registers.schema import IDENTIFIER_FIELDS

_ID_NUMBER = r"^['‘`]?(?:[0-9０-９]{17}[0-9０-９XxＸｘ]|[0-9０-９]{15})$"
_SHAPES = (
    (1, _ID_NUMBER),
    (2, r"^\d{4}[-/.年]\d{1,2}(?:[-/.月]\d{1,2})?[日月]?$"),
    (3, r"^[-+]?[\d,]*\.?\d+$"),
)
_TEXT, _BLANK = 4, 0
_USUAL = 0.05
"""A shape that fewer of a column's cells have is not what the column holds."""


@dataclass(frozen=True)
class Surplus:
    """What is to be done with the rows that are too long; Boolean expressions over the rows.

    Attributes:
        longer: the row has content beyond the last header.
        shifted: its name or number stands in another column.
        astray: it is not shifted, but something behind the name and number is.
        doubtful: the columns behind name and number, which are not read where a row is astray.
    """

    longer: pl.Expr
    shifted: pl.Expr
    astray: pl.Expr
    doubtful: tuple[int, ...]


NONE = Surplus(pl.lit(False), pl.lit(False), pl.lit(False), ())


def find_surplus(
    cells: pl.DataFrame, header: Header, content: Sequence[int], own: Sequence[str]
) -> Surplus:
    """Rows longer than the header.

    Args:
        cells: `t{j}` by column, trimmed.
        header: of the sheet.
        content: columns that do not only number the rows.
        own: the fields that say whom a row is about, name and number.
    """
    last = max(j for j, text in enumerate(header.texts) if text)
    beyond = [pl.col(f"t{j}") != "" for j in content if j > last]
    if not beyond:
        return NONE
    columns = {field: j for j, field in header.fields.items()}
    anchors = [columns[field] for field in own if field in columns]
    longer = pl.any_horizontal(beyond)
    misplaced = longer & _number_elsewhere(header, content, columns.get(own[1]))
    unlike = longer & ~misplaced & _unlike(cells, longer, header)
    # Between number and name there may be the very cell that was cut.
    parted = max(anchors) - min(anchors) > 1 and columns.get(own[1]) == min(anchors)
    return Surplus(
        longer=longer,
        shifted=misplaced | unlike if parted else misplaced,
        astray=pl.lit(False) if parted else unlike,
        doubtful=tuple(j for j in header.fields if j > max(anchors)),
    )


def _number_elsewhere(header: Header, content: Sequence[int], own: int | None) -> pl.Expr:
    """No number in its column, but one in a column that should hold none."""
    if own is None:
        return pl.lit(False)
    numbers = IDENTIFIER_FIELDS | set(MEMBER_FIELDS)
    others = [j for j in content if header.fields.get(j) not in numbers]
    elsewhere = pl.any_horizontal(pl.col(f"t{j}").str.contains(_ID_NUMBER) for j in others)
    return ~pl.col(f"t{own}").str.contains(_ID_NUMBER) & elsewhere


def _unlike(cells: pl.DataFrame, longer: pl.Expr, header: Header) -> pl.Expr:
    """Whether any cell of a known column has a shape that is unusual in the rows of the right length.

    Where most rows are too long the header merely lacks its last name, and nothing has moved.
    """
    right = cells.filter(~longer)
    if right.height * 2 <= cells.height:
        return pl.lit(False)
    return pl.any_horizontal(
        ~_shape(j).is_in([_BLANK, *_usual(right.select(_shape(j)).to_series())])
        for j in header.fields
    )


def _shape(column: int) -> pl.Expr:
    text = pl.col(f"t{column}")
    shapes = [pl.when(text.str.contains(pattern)).then(code) for code, pattern in _SHAPES]
    return pl.coalesce(pl.when(text == "").then(_BLANK), *shapes, pl.lit(_TEXT))


def _usual(shapes: pl.Series) -> list[int]:
    filled = shapes.filter(shapes != _BLANK)
    counts = filled.value_counts().rows()
    usual = [shape for shape, count in counts if count >= _USUAL * filled.len()]
    return usual or [_TEXT]
