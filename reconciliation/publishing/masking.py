"""How much of a person an output shows.

Three profiles. **internal**: everything, for the clerks who must correct it. **audit**: names in full, of an ID the
first six digits (the area), and how two IDs or dates differ only as positions; an ID's digits never stand beside a
date of birth. **public**: 张*三 and the village, nothing else, no minors.

Keeping the last four digits as well would leave about 3,300 possible IDs, and a few dozen once the birth year is
known, so nothing but the area is kept.
"""

from datetime import date
from itertools import zip_longest

import polars as pl

from reconciliation.registers.labels import Labels

MASK = "●"
_AREA_DIGITS = 6
_ADULT_AT = 18


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
    """A name for the public profile: 张*三, 张* for two characters, * for one; null stays null."""
    text = pl.col(column)
    length = text.str.len_chars()
    stars = pl.lit("*").repeat_by(length.cast(pl.Int64).clip(2) - 2).list.join("")
    return (
        pl.when(length > 2)
        .then(pl.concat_str(text.str.slice(0, 1), stars, text.str.slice(-1)))
        .when(length == 2)
        .then(pl.concat_str(text.str.slice(0, 1), pl.lit("*")))
        .when(length == 1)
        .then(pl.lit("*"))
        .otherwise(text)
        .alias(column)
    )


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
    of_age = pl.col("birth_date").dt.offset_by(f"{_ADULT_AT}y") <= as_of
    return (
        people.filter(of_age.fill_null(False))
        .select(masked_name("name"), "village")
        .sort("village", "name", nulls_last=True)
    )
