"""A second table in a sheet, which one header cannot read: beside the first, or below it with its columns in another order.

Its people would be lost, or read with names for numbers. Which table is meant is for the office to say.
"""

from collections.abc import Callable, Mapping, Sequence

import polars as pl

from reconciliation.intake.parsing import Sheet
from reconciliation.intake.refusals import RefusedError
from reconciliation.registers.headers import HeaderAliases, normalise_header

Match = Callable[[Sequence[Sequence[str]]], Mapping[int, str]]
"""The possible texts of each column → canonical field by column."""

_ID_NUMBER = r"^(?:\d{14}(?:\d|\d{3}[\dXx]))$"
_OWN = ("name", "id_number")


def refuse_side_by_side(
    sheet: Sheet, texts: Sequence[str], fields: Mapping[int, str], first_row: int
) -> None:
    """Refuse a sheet whose headers of name and number both come twice, with other people's numbers below the second.

    Args:
        sheet: as received.
        texts: headers by column.
        fields: column position to canonical field.
        first_row: where the data begin, counted from 0.

    Raises:
        RefusedError: `side_by_side`.
    """
    own = {field: column for column, field in fields.items() if field in _OWN}
    if len(own) < len(_OWN):
        return
    name, number = (_again(texts, own[field], fields) for field in _OWN)
    if not name or not number:
        return
    first = pl.col(f"t{own['id_number']}").fill_null("")
    rows = sheet.grid.slice(first_row)
    for column in number:
        second = pl.col(f"t{column}").fill_null("").str.strip_chars()
        others = rows.filter(second.str.contains(_ID_NUMBER), second != first.str.strip_chars())
        if 2 * others.height >= max(1, rows.filter(second != "").height):
            raise RefusedError("side_by_side")


def _again(texts: Sequence[str], column: int, fields: Mapping[int, str]) -> list[int]:
    """The columns nobody mapped that are headed as this one is."""
    header = normalise_header(texts[column])
    return [
        j for j, text in enumerate(texts) if j not in fields and normalise_header(text) == header
    ]


def refuse_other_order(
    sheet: Sheet,
    fields: Mapping[int, str],
    first_row: int,
    aliases: HeaderAliases,
    match: Match,
) -> None:
    """Refuse a sheet in which a header comes again with name or number in another column.

    Args:
        sheet: as received.
        fields: column position to canonical field.
        first_row: where the data begin, counted from 0.
        aliases: spellings.
        match: the fields of a header of the same register and kind.

    Raises:
        RefusedError: `other_order`, with the row of the second header (counted from 1).
    """
    own = {field: column for column, field in fields.items() if field in _OWN}
    if len(own) < len(_OWN):
        return
    texts = sheet.grid.with_row_index("row", offset=1).slice(first_row)
    number = pl.col(f"t{own['id_number']}").str.strip_chars()
    doubtful = texts.filter(number.str.count_matches(r"\d") == 0, number != "")
    headers = [
        text for text in doubtful.select(number).to_series().unique() if aliases.is_known(text)
    ]
    again = doubtful.filter(number.is_in(headers)).select("row", pl.col("^t[0-9]+$").fill_null(""))
    for row, *cells in again.iter_rows():
        found = match([[cell] for cell in cells])
        columns = {field: column for column, field in found.items() if field in _OWN}
        if len(columns) == len(_OWN) and columns != own:
            raise RefusedError("other_order", row=row)
