"""How the two registers write one person: which characters differ, for the eye and in words.

Colour does not survive a printer without colours, so that what is red in a cell is also said (第12位 2→8). Internal profile: digits
are shown.
"""

from collections.abc import Iterator
from typing import Final

import polars as pl

from reconciliation.publishing.masking import differing_positions, id_difference
from reconciliation.registers.labels import Labels

PAIRS: Final = (("name", "counterpart_name"), ("id_number", "counterpart_id_number"))
"""The columns set against each other."""
_MOST: Final = 6
"""More differing places than this are counted, not listed: they are another number, not a slip."""


def with_differences(rows: pl.DataFrame, labels: Labels) -> pl.DataFrame:
    """Say in the column `difference` how name and number differ; null where nothing does, or one side is blank.

    Args:
        rows: the columns of `PAIRS`; without them nothing is added.
        labels: texts under `publishing.difference`.
    """
    if not {column for pair in PAIRS for column in pair} <= set(rows.columns):
        return rows
    numbered = rows.with_row_index("_row")
    different = numbered.filter(pl.any_horizontal(_differs(*pair) for pair in PAIRS))
    said = pl.DataFrame(
        [
            (row, _in_words(name, other_name, number, other_number, labels))
            for row, name, other_name, number, other_number in different.select(
                "_row", *(column for pair in PAIRS for column in pair)
            ).iter_rows()
        ],
        schema={"_row": pl.get_index_type(), "difference": pl.String},
        orient="row",
    )
    return numbered.join(said, on="_row", how="left", maintain_order="left").drop("_row")


def red_pieces(text: str, other: str) -> Iterator[tuple[bool, str]]:
    """A text in pieces, each with whether its characters differ from those of the other text.

    >>> list(red_pieces("1234", "1294"))
    [(False, '12'), (True, '3'), (False, '4')]
    """
    places = {place - 1 for place in differing_positions(text, other)}
    start = 0
    for end in range(1, len(text) + 1):
        if end == len(text) or (end in places) != (start in places):
            yield start in places, text[start:end]
            start = end


def _differs(column: str, other: str) -> pl.Expr:
    both = (pl.col(column) != "") & (pl.col(other) != "")
    return (both & (pl.col(column) != pl.col(other))).fill_null(False)


def _in_words(
    name: str | None,
    other_name: str | None,
    number: str | None,
    other_number: str | None,
    labels: Labels,
) -> str:
    parts = []
    if name and other_name and name != other_name:
        parts.append(labels("publishing.difference.name", left=name, right=other_name))
    if number and other_number and number != other_number:
        parts.append(
            labels(
                "publishing.difference.number",
                difference=_number(number, other_number, labels),
            )
        )
    return labels("publishing.difference.between").join(parts)


def _number(left: str, right: str, labels: Labels) -> str:
    places = len(differing_positions(left, right))
    if len(left) == len(right) and places > _MOST:
        return labels("publishing.difference.many", places=places)
    return id_difference(left, right, labels, show_digits=True)
