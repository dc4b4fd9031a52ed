"""Columns headed 地区 and the like: which level of place they hold is told by their values only."""

import polars as pl

from reconciliation.intake.parsing import Sheet
from reconciliation.registers.headers import HeaderAliases, Matching

_NEARLY_ALL = 0.95
_PEOPLE = ("name", "id_number", "head_name", "head_id")
"""Beside totals and signatures these are blank."""


def with_areas(
    sheet: Sheet, texts: list[str], first_row: int, matching: Matching, aliases: HeaderAliases
) -> Matching:
    """The matching, with columns of places added whose values say of which level they are.

    Args:
        sheet: as received.
        texts: headers by column.
        first_row: where the data begin, counted from 0.
        matching: the columns recognised by their headers; they stay as they are.
        aliases: which headers are meant, and the forms of the levels.
    """
    fields = dict(matching.fields)
    rows = sheet.grid.slice(first_row).filter(_about_somebody(matching))
    for column, text in enumerate(texts):
        if column in fields or not aliases.is_area(text):
            continue
        level = _level(rows[f"t{column}"], aliases)
        if level and level not in fields.values():
            fields[column] = level
    return Matching(fields, matching.similar | (frozenset(fields) - frozenset(matching.fields)))


def _about_somebody(matching: Matching) -> pl.Expr:
    filled = (
        pl.col(f"t{column}").str.strip_chars().fill_null("") != ""
        for column, field in matching.fields.items()
        if field in _PEOPLE
    )
    return pl.any_horizontal(pl.lit(False), *filled)


def _level(values: pl.Series, aliases: HeaderAliases) -> str | None:
    filled = values.str.strip_chars().replace("", None).drop_nulls()
    for level, form in aliases.area_levels.items():
        if filled.len() and filled.str.contains(form).sum() >= _NEARLY_ALL * filled.len():
            return level
    return None
