"""Persons as arrays: every column the comparisons read, as whole numbers shared by both registers.

What belongs here: turning `persons_<register>` frames into arrays, row order by `record`. What does not: names (they are
compared by distinct name, see `names`) and any judgement.
"""

from dataclasses import dataclass
from typing import Any, Final, Self

import numpy as np
import polars as pl

from reconciliation.identity.numbers import GOOD_QUALITIES
from reconciliation.linkage.arrays import NONE, Bools, Codes, Ints, Small, integers, taken
from reconciliation.linkage.packing import numbered

Persons = pl.DataFrame | pl.LazyFrame
"""`persons_<register>`, in memory, or to be read column by column."""

RELATIONS: Final = (
    "head",
    "spouse",
    "child",
    "child_in_law",
    "parent",
    "grandchild",
    "grandparent",
    "sibling",
    "other",
)
QUALITY_MISSING, QUALITY_GOOD, QUALITY_DOUBTFUL, QUALITY_PARTIAL = range(4)
"""No number; a valid one; eighteen characters that cannot be right; only some digits that can be trusted."""

_TRUSTED_DIGITS: Final = 14
_NUMBER_COLUMNS: Final = ("number", "prefix14", "prefix15")
_PLACES: Final = ("county", "town", "village")


@dataclass(frozen=True)
class Coded:
    """One register as arrays, one element a person; `NONE` where unknown.

    Attributes:
        record: the persons' keys, rising.
        name: row of the shared table of names.
        household: number within the register, 0 and up.
        county, town, village: codes shared by both registers.
        relation: index in `RELATIONS`.
        sex, sex_field, sex_id: 0 male, 1 female.
        birth, other_birth: YYYYMMDD; the first as written where there is such a column, the second what the number says.
        birth_field: as written.
        number: the eighteen characters as one integer (seventeen digits x 11 + check).
        prefix14, prefix15: the first digits of the number or of its trusted part.
        quality: one of the QUALITY codes.
    """

    record: Ints
    name: Codes
    household: Ints
    county: Codes
    town: Codes
    village: Codes
    relation: Small
    sex: Small
    sex_field: Small
    sex_id: Small
    birth: Codes
    other_birth: Codes
    birth_field: Codes
    number: Ints
    prefix14: Ints
    prefix15: Ints
    quality: Small

    def __len__(self) -> int:
        return len(self.record)

    def take(self, rows: Ints | Bools) -> Self:
        """The same register with only these rows."""
        return taken(self, rows)

    @property
    def good(self) -> Bools:
        """Whether the number is whole and passes every check."""
        return np.asarray(self.quality == QUALITY_GOOD)


def columns(persons: Persons, *names: str) -> pl.DataFrame:
    """Only these columns. Of a frame yet to be read nothing else is read; texts are what fills the memory."""
    return persons.lazy().select(names).collect()


def code_registers(left: Persons, right: Persons, names: tuple[Ints, Ints]) -> tuple[Coded, Coded]:
    """Both registers as arrays that can be compared element by element.

    Args:
        left: a `persons_<register>` frame.
        right: the other register's.
        names: for each row of each register, its row in the table of names.
    """
    places = _place_codes(left, right)
    coded = _code(left, names[0], places[0]), _code(right, names[1], places[1])
    return _in_order(coded[0]), _in_order(coded[1])


def _in_order(side: Coded) -> Coded:
    """By record, as nearly all registers come. Sorted only now: whole numbers move faster than texts."""
    if (side.record[1:] > side.record[:-1]).all():
        return side
    return side.take(np.argsort(side.record))


def _code(persons: Persons, name: Ints, places: dict[str, Any]) -> Coded:
    record, household = (integers(columns(persons, key)[key]) for key in ("record", "household"))
    small = columns(persons, "relation", "sex", "sex_field", "sex_id").select(
        relation=pl.col("relation").replace_strict(
            RELATIONS, range(len(RELATIONS)), default=NONE, return_dtype=pl.Int8
        ),
        sex=_sex("sex"),
        sex_field=_sex("sex_field"),
        sex_id=_sex("sex_id"),
    )
    days = columns(persons, "birth_field", "birth_date", "birth_id").select(
        birth=_day(pl.coalesce("birth_field", "birth_date", "birth_id")),
        other_birth=_day(pl.col("birth_id")),
        birth_field=_day(pl.col("birth_field")),
    )
    return Coded(
        record=record,
        name=name.astype(np.int32),
        household=numbered(household)[1],
        **places,
        **_numbers(persons),
        **{column: small[column].to_numpy() for column in small.columns},
        **{column: days[column].to_numpy() for column in days.columns},
    )


def _numbers(persons: Persons) -> dict[str, Any]:
    """`number`, `prefix14`, `prefix15`, `quality`; nearly all rows have a whole number and take the fast path."""
    rows = columns(persons, "id_number", "id_partial", "id_quality").with_columns(whole=_is_whole())
    whole = rows["whole"].fill_null(False).to_numpy()
    read = rows.filter("whole").select(
        body=pl.col("id_number").str.slice(0, 17).cast(pl.Int64),
        check=pl.col("id_number").str.slice(17, 1).replace("X", "10").cast(pl.Int64),
        good=pl.col("id_quality").is_in(GOOD_QUALITIES),
    )
    found: dict[str, Any] = {
        name: np.full(len(whole), NONE, dtype=np.int64) for name in _NUMBER_COLUMNS
    }
    found["quality"] = np.full(len(whole), QUALITY_MISSING, dtype=np.int8)
    body = integers(read["body"])
    found["number"][whole] = body * 11 + integers(read["check"])
    found["prefix14"][whole], found["prefix15"][whole] = body // 1000, body // 100
    found["quality"][whole] = np.where(read["good"].to_numpy(), QUALITY_GOOD, QUALITY_DOUBTFUL)
    spoilt = rows.filter(~pl.col("whole").fill_null(False)).select(
        prefix14=_prefix(_TRUSTED_DIGITS),
        prefix15=_prefix(_TRUSTED_DIGITS + 1),
        quality=pl.when(_trusted().str.len_chars() >= _TRUSTED_DIGITS)
        .then(QUALITY_PARTIAL)
        .otherwise(QUALITY_MISSING),
    )
    for name in spoilt.columns:
        found[name][~whole] = integers(spoilt[name])
    return found


def _sex(column: str) -> pl.Expr:
    return pl.col(column).replace_strict(["男", "女"], [0, 1], default=NONE, return_dtype=pl.Int8)


def _day(column: pl.Expr) -> pl.Expr:
    return (
        column.dt.year().cast(pl.Int32) * 10_000
        + column.dt.month().cast(pl.Int32) * 100
        + column.dt.day().cast(pl.Int32)
    ).fill_null(NONE)


def _is_whole() -> pl.Expr:
    """A number that lost digits is never taken as whole, even where its check digit happens to fit."""
    return pl.col("id_number").str.contains("^[0-9]{17}[0-9X]$") & (
        pl.col("id_quality") != "precision_lost"
    )


def _trusted() -> pl.Expr:
    """The digits that can be trusted of a number that is not whole."""
    return pl.coalesce("id_partial", "id_number").str.extract("^([0-9]+)", 1)


def _prefix(digits: int) -> pl.Expr:
    longest = _trusted().str.slice(0, digits)
    return (
        pl.when(_trusted().str.len_chars() >= digits)
        .then(longest.str.extract("^([0-9]+)$", 1))
        .cast(pl.Int64, strict=False)
    )


def _place_codes(left: Persons, right: Persons) -> tuple[dict[str, Codes], dict[str, Codes]]:
    """Codes of county, town within county, village within town, in the order of their names.

    A level that one register leaves blank throughout is left out of the narrower keys, so that a list without a county
    column can still share its towns.
    """
    found: tuple[dict[str, Codes], dict[str, Codes]] = ({}, {})
    above: Ints | None = None
    for level in _PLACES:
        sides = [columns(side, level)[level] for side in (left, right)]
        size = len(sides[0])
        if all(side.is_not_null().any() for side in sides):
            names = pl.concat(sides)
            codes = above = _inside(above, names)
        else:
            codes = np.full(size + len(sides[1]), NONE, dtype=np.int64)
        for side, coded in zip(found, (codes[:size], codes[size:]), strict=True):
            side[level] = coded.astype(np.int32)
    return found


def _inside(above: Ints | None, names: pl.Series) -> Ints:
    """Number the places by the place above and their name, in that order; `NONE` where either is unknown."""
    _, code = numbered(integers(names.cast(pl.Categorical).to_physical()))
    if above is None:
        above = np.zeros(len(code), dtype=np.int64)
    together = above * (int(code.max(initial=0)) + 1) + code
    distinct, place = numbered(np.where((above != NONE) & (code != NONE), together, NONE))
    known = np.flatnonzero(place != NONE)
    row = np.zeros(len(distinct), dtype=np.int64)
    row[place[known]] = known
    ordered = pl.DataFrame({"above": above[row], "name": names.gather(row)}).with_row_index("at")
    rank = np.full(len(distinct) + 1, NONE, dtype=np.int64)
    rank[ordered.sort("above", "name")["at"].to_numpy()] = np.arange(len(distinct))
    return rank[place]
