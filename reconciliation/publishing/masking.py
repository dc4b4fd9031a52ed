"""How much of a person an output shows.

What belongs here: turning cells into what may be shown. What does not: deciding which profile an output has.

Three profiles. **internal**: everything, for the clerks who must correct it. **audit**: names in full, of an ID the
first six digits (the area), and how two IDs or dates differ only as positions; an ID's digits never stand beside a
date of birth. **public**: 张*三 and the village, nothing else, no minors.

Keeping the last four digits as well would leave about 3,300 possible IDs, and a few dozen once the birth year is
known, so nothing but the area is kept.

Beside them stands `masked_rows`, for somebody who asks how a file was understood and must not need to know of whom: less
than any profile.
"""

from collections.abc import Mapping
from datetime import date
from itertools import zip_longest
from typing import Final

import polars as pl

from reconciliation.registers.labels import Labels
from reconciliation.registers.schema import NAME_FIELDS

MASK = "●"
STAR = "*"
_AREA_DIGITS = 6
_ADULT_AT = 18
_LONGEST_SHOWN: Final = 10
_NAME: Final = r"^\p{Han}[\p{Han}\p{Co}·・•‧∙⋅.]*\p{Han}$"
_SURNAME: Final = r"^\p{Han}."

_NUMBERS: Final = frozenset({"id_number", "head_id"})
_ILLNESS: Final = frozenset(
    {"disabled", "disability_category", "disability_grade", "illness", "health", "labour"}
)
"""What these say of somebody stays hidden, however common the code."""
_PLAIN: Final = frozenset({"source_row"})
_SHAPED: Final = (
    r"^[0-9]{4}[-/.][0-9]{1,2}([-/.][0-9]{1,2})?$|^[0-9]{4}年[0-9]{1,2}月([0-9]{1,2}日)?$"
    r"|^[0-9,]+(\.[0-9]+)?元?$"
)
"""Dates and amounts: what is not a digit says how they are written, and nothing else."""


def masked_id(column: str) -> pl.Expr:
    """An ID for the audit profile: the area's six digits, ● for the rest; null stays null.

    What does not begin with 15 digits is no ID of a known shape and is masked whole.
    """
    text = pl.col(column)
    masks = pl.lit(MASK).repeat_by(text.str.len_chars()).list.join("")
    area = text.str.slice(0, _AREA_DIGITS)
    rest = masks.str.slice(_AREA_DIGITS)
    shaped = text.str.contains(r"^[0-9]{15}")
    return pl.when(shaped).then(pl.concat_str(area, rest)).otherwise(masks).alias(column)


def masked_name(column: str) -> pl.Expr:
    """A name for the public profile: 张*三, 张* for two characters, * for one; null stays null.

    The last character stays only where nothing but a name is in the cell, and the first only where it may be a surname: a
    remark in brackets or a number in the wrong column must not show its ends.
    """
    text = pl.col(column)
    length = text.str.len_chars()
    stars = pl.lit(STAR).repeat_by(length).list.join("")
    whole = text.str.contains(_NAME)
    return (
        pl.when(whole & (length > 2))
        .then(pl.concat_str(text.str.slice(0, 1), stars.str.slice(2), text.str.slice(-1)))
        .when(text.str.contains(_SURNAME))
        .then(pl.concat_str(text.str.slice(0, 1), stars.str.slice(1)))
        .otherwise(stars)
        .alias(column)
    )


def masked_surname(column: str) -> pl.Expr:
    """A name of which only the first character is left: 张**; null stays null.

    What does not begin with a Chinese character is no name and is masked whole, as is a single character.
    """
    text = pl.col(column)
    stars = _repeated(STAR, text.str.len_chars())
    named = text.str.contains(_SURNAME)
    surname = pl.concat_str(text.str.slice(0, 1), stars.str.slice(1))
    return pl.when(named).then(surname).otherwise(stars).alias(column)


def masked_text(column: str) -> pl.Expr:
    """Any other cell: ● for each character, at most ten and … for the rest; null stays null.

    Of a date or an amount the signs between the digits stay, because they say how it is written: ●●●●-●●-●●.
    """
    text = pl.col(column)
    shaped = text.str.replace_all("[0-9]", MASK)
    return (
        pl.when(text.str.contains(_SHAPED))
        .then(shaped)
        .otherwise(_repeated(MASK, text.str.len_chars()))
        .alias(column)
    )


def _repeated(mask: str, length: pl.Expr) -> pl.Expr:
    masks = pl.lit(mask).repeat_by(length.clip(upper_bound=_LONGEST_SHOWN)).list.join("")
    return pl.when(length > _LONGEST_SHOWN).then(masks + "…").otherwise(masks)


def masked_rows(rows: pl.DataFrame, known: Mapping[str, frozenset[str]]) -> pl.DataFrame:
    """Rows of a received file by canonical field, as somebody may see them who checks how the file was understood.

    Args:
        rows: `source_row` and fields (String).
        known: for some fields the cells that are codes everybody uses and may be shown as they are.

    Returns:
        The same columns: of names the first character, of resident IDs the area, of everything else the shape.
    """
    return rows.with_columns(
        _shown(column, known.get(column, frozenset()) if column not in _ILLNESS else frozenset())
        for column in rows.columns
        if column not in _PLAIN
    )


def _shown(column: str, known: frozenset[str]) -> pl.Expr:
    if column in NAME_FIELDS:
        return masked_surname(column)
    if column in _NUMBERS:
        return masked_id(column)
    as_it_is = pl.col(column).is_in(sorted(known))
    return pl.when(as_it_is).then(pl.col(column)).otherwise(masked_text(column)).alias(column)


def differing_positions(left: str, right: str) -> list[int]:
    """The places, counted from 1, at which two texts differ; places only one of them has count as different.

    >>> differing_positions("1234", "1284")
    [3]
    """
    return [
        place
        for place, (one, other) in enumerate(zip_longest(left, right), start=1)
        if one != other
    ]


def id_difference(left: str, right: str, labels: Labels, *, show_digits: bool) -> str:
    """How two IDs differ, in words, since colour does not survive printing.

    Args:
        left: the ID in one register.
        right: the ID in the other.
        labels: the wording (`publishing.difference.*`).
        show_digits: 第12位 2→8 (internal profile); otherwise 第12位 (audit profile).
    """
    if left == right:
        return labels("publishing.difference.same")
    if len(left) != len(right):
        return labels("publishing.difference.length", left=len(left), right=len(right))
    wording = "publishing.difference.digit" if show_digits else "publishing.difference.position"
    return labels("publishing.difference.separator").join(
        labels(wording, place=place, left=left[place - 1], right=right[place - 1])
        for place in differing_positions(left, right)
    )


def date_difference(left: date, right: date, labels: Labels, *, show_digits: bool) -> str:
    """How two dates differ, in words: which of year, month and day, with the values where digits may be shown."""
    if left == right:
        return labels("publishing.difference.same")
    wording = "publishing.difference.part_digits" if show_digits else "publishing.difference.part"
    return labels("publishing.difference.separator").join(
        labels(
            wording,
            part=labels(f"publishing.difference.{part}"),
            left=getattr(left, part),
            right=getattr(right, part),
        )
        for part in ("year", "month", "day")
        if getattr(left, part) != getattr(right, part)
    )


def public_notice(people: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """The people of a public notice (公示), as far as the public may know them.

    Args:
        people: `name`, `village` (String), `birth_date` (Date); only people whose finding is confirmed and whose
            procedure has come to the notice. That is for the caller to see to.
        as_of: the date of the notice.

    Returns:
        `name` (masked), `village`, sorted. Minors are left out, and people whose age is unknown, who may be minors.
    """
    # Counted back from the notice: forward, somebody born on 29 February would come of age a day early.
    of_age = pl.col("birth_date") <= pl.lit(as_of).dt.offset_by(f"-{_ADULT_AT}y")
    return (
        people.filter(of_age.fill_null(False))
        .select(masked_name("name"), "village")
        .sort("village", "name", nulls_last=True)
    )
