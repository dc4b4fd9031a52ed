"""Persons as arrays: every column the comparisons read, as whole numbers shared by both registers.

What belongs here: turning `persons_<register>` frames into arrays, row order by `record`. What does not: names (they are
compared by distinct name, see `names`) and any judgement.
"""

from dataclasses import dataclass
from typing import Final, Self

import numpy as np
import polars as pl

from reconciliation.identity.numbers import GOOD_QUALITIES
from reconciliation.linkage.arrays import NONE, Bools, Ints, integers, taken

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
_NUMBER_COLUMNS: Final = ("number", "prefix14", "prefix15", "quality")
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
    name: Ints
    household: Ints
    county: Ints
    town: Ints
    village: Ints
    relation: Ints
    sex: Ints
    sex_field: Ints
    sex_id: Ints
    birth: Ints
    other_birth: Ints
    birth_field: Ints
    number: Ints
    prefix14: Ints
    prefix15: Ints
    quality: Ints

    def __len__(self) -> int:
        return len(self.record)

    def take(self, rows: Ints | Bools) -> Self:
        """The same register with only these rows."""
        return taken(self, rows)

    @property
    def good(self) -> Bools:
        """Whether the number is whole and passes every check."""
        return np.asarray(self.quality == QUALITY_GOOD)


def code_registers(
    left: pl.DataFrame, right: pl.DataFrame, names: tuple[Ints, Ints]
) -> tuple[Coded, Coded]:
    """Both registers as arrays that can be compared element by element.

    Args:
        left: a `persons_<register>` frame.
        right: the other register's.
        names: for each row of each register, its row in the table of names.
    """
    places = _place_codes(left, right)
    coded = _code(left, names[0], places[0]), _code(right, names[1], places[1])
    # Sorted only now: whole numbers move faster than texts.
    return coded[0].take(np.argsort(coded[0].record)), coded[1].take(np.argsort(coded[1].record))


def _code(persons: pl.DataFrame, name: Ints, places: dict[str, Ints]) -> Coded:
    coded = persons.select(
        relation=pl.col("relation").replace_strict(
            RELATIONS, range(len(RELATIONS)), default=None, return_dtype=pl.Int64
        ),
        sex=_sex("sex"),
        sex_field=_sex("sex_field"),
        sex_id=_sex("sex_id"),
        birth=_day(pl.coalesce("birth_field", "birth_date", "birth_id")),
        other_birth=_day(pl.col("birth_id")),
        birth_field=_day(pl.col("birth_field")),
    )
    return Coded(
        record=integers(persons["record"]),
        name=name,
        household=integers(persons["household"].rank("dense")) - 1,
        **places,
        **_numbers(persons),
        **{column: integers(coded[column]) for column in coded.columns},
    )


def _numbers(persons: pl.DataFrame) -> dict[str, Ints]:
    """`number`, `prefix14`, `prefix15`, `quality`; nearly all rows have a whole number and take the fast path."""
    rows = persons.select("id_number", "id_partial", "id_quality", whole=_is_whole())
    whole = rows["whole"].fill_null(False).to_numpy()
    read = rows.filter("whole").select(
        body=pl.col("id_number").str.slice(0, 17).cast(pl.Int64),
        check=pl.col("id_number").str.slice(17, 1).replace("X", "10").cast(pl.Int64),
        good=pl.col("id_quality").is_in(GOOD_QUALITIES),
    )
    found = {name: np.full(len(whole), NONE, dtype=np.int64) for name in _NUMBER_COLUMNS}
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
    return pl.col(column).replace_strict(["男", "女"], [0, 1], default=None, return_dtype=pl.Int64)


def _day(column: pl.Expr) -> pl.Expr:
    return (
        column.dt.year().cast(pl.Int64) * 10_000
        + column.dt.month().cast(pl.Int64) * 100
        + column.dt.day().cast(pl.Int64)
    )


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


def _place_codes(
    left: pl.DataFrame, right: pl.DataFrame
) -> tuple[dict[str, Ints], dict[str, Ints]]:
    """Codes of county, town within county, village within town.

    A level that one register leaves blank throughout is left out of the narrower keys, so that a list without a county
    column can still share its towns.
    """
    kept: list[str] = []
    found: tuple[dict[str, Ints], dict[str, Ints]] = ({}, {})
    for level in _PLACES:
        shared = left[level].is_not_null().any() and right[level].is_not_null().any()
        if shared:
            kept.append(level)
        codes = _joint_codes(left, right, kept if shared else [])
        for side, coded in zip(found, codes, strict=True):
            side[level] = coded
    return found


def _joint_codes(left: pl.DataFrame, right: pl.DataFrame, keys: list[str]) -> tuple[Ints, Ints]:
    """Number the distinct key tuples of both frames; `NONE` where a part is null or there are no keys."""
    if not keys:
        return np.full(left.height, NONE), np.full(right.height, NONE)
    numbers = (
        pl.concat([left.select(keys), right.select(keys)])
        .drop_nulls()
        .unique()
        .sort(keys)
        .with_row_index("code")
    )

    def coded(frame: pl.DataFrame) -> Ints:
        return integers(
            frame.select(keys).join(numbers, on=keys, how="left", maintain_order="left")["code"]
        )

    return coded(left), coded(right)
