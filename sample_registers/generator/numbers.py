"""Resident ID numbers of the invented people (GB 11643), the check digit worked out anew.

The 17 digits are kept as one whole number: area, birth date, order of registration. The order is unique: within a
birth date and area every county has its own span, so that no two people of the province share a number.
"""

import numpy as np
import polars as pl

from sample_registers.generator.dice import Ints, scatter

_WEIGHTS = np.array([7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2], dtype=np.int64)
_CHECKS = "10X98765432"

NATIVE_SPAN = 300
NEIGHBOUR_SPAN = 30
NEIGHBOURS = 6
REISSUE_FROM = 480
REISSUE_SPAN = 19
ELSEWHERE_SPAN = 60
"""Of 499 orders a sex, birth date and area: natives 0-299, six neighbour counties 30 each, reissued numbers the rest."""


def check_characters(bodies: Ints) -> Ints:
    """Position in `10X98765432` of the check character of each 17-digit body."""
    total = np.zeros(len(bodies), dtype=np.int64)
    rest = bodies.copy()
    for weight in _WEIGHTS[::-1]:
        total += rest % 10 * weight
        rest //= 10
    return np.asarray(total % 11)


def check_character(body: str) -> str:
    """The check character of one 17-digit body."""
    return _CHECKS[
        sum(int(digit) * int(weight) for digit, weight in zip(body, _WEIGHTS, strict=True)) % 11
    ]


def as_text(bodies: Ints) -> pl.Series:
    """The 18 characters of each 17-digit body."""
    checks = pl.Series(list(_CHECKS)).gather(check_characters(bodies))
    return pl.Series("id", bodies).cast(pl.String) + checks


def dates_as_numbers(days: Ints) -> Ints:
    """YYYYMMDD of days since 1970-01-01."""
    dates = days.astype("datetime64[D]")
    years = dates.astype("datetime64[Y]").astype(np.int64) + 1970
    months = dates.astype("datetime64[M]").astype(np.int64) % 12 + 1
    month_days = (dates - dates.astype("datetime64[M]")).astype(np.int64) + 1
    return np.asarray(years * 10_000 + months * 100 + month_days)


def bodies(area: Ints, birth: Ints, male: Ints, first: Ints, span: Ints) -> Ints:
    """The 17 digits: orders within [first, first + span) of each area, birth date and sex, neighbours in turn.

    Within a birth date the first order is scattered by area and date and the next person takes the next one; twins,
    who follow one another, get neighbouring numbers.
    """
    order = np.lexsort((np.arange(len(area)), male, birth, first, area))
    keys = np.stack([area, birth, male, first])[:, order]
    new = np.ones(len(area), dtype=bool)
    new[1:] = (keys[:, 1:] != keys[:, :-1]).any(axis=0)
    starts = np.flatnonzero(new)
    rank = np.empty(len(area), dtype=np.int64)
    rank[order] = np.arange(len(area)) - starts[np.cumsum(new) - 1]
    if (rank >= span).any():
        raise ValueError(
            "more people on one birth date than a county's span of registration orders holds"
        )
    slot = first + (scatter(area, birth) + rank) % span
    return _joined(area, birth, slot, male)


def reissued_bodies(area: Ints, birth: Ints, male: Ints) -> Ints:
    """A second number of each person, from the orders kept for reissue (nearly, not quite, unique)."""
    slot = REISSUE_FROM + scatter(area, birth, np.arange(len(area)), salt=3) % REISSUE_SPAN
    return _joined(area, birth, slot, male)


def _joined(area: Ints, birth: Ints, slot: Ints, male: Ints) -> Ints:
    """The 17 digits; the order of registration is odd for men, even for women."""
    order = slot * 2 + 2 - male
    return np.asarray(area * 100_000_000_000 + dates_as_numbers(birth) * 1000 + order)
