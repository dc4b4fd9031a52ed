"""What a rule asks of a row, said once for polars and once for Great Expectations.

What belongs here: the few shapes a rule can have. Each knows three things: the column Great Expectations will see, which
rows count, and which of those break the rule. What does not: the rules themselves (`receipts.py` … `lists.py`).

polars counts and lists the violations, Great Expectations judges the same column; the two counts are compared, so that
neither can be wrong in silence.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import polars as pl

HOLDS = "符合"
BREAKS = "不符合"
BLANK = "（空）"

FLAG = pl.Enum([HOLDS, BREAKS])
"""A rule column as an auditor reads it. Null means: the rule does not apply to this row (and only that)."""


class Condition(Protocol):
    """One shape of rule."""

    @property
    def expectation(self) -> str:
        """Name of the stock expectation in `great_expectations.expectations`."""

    @property
    def arguments(self) -> Mapping[str, Any]:
        """Its arguments besides column, mostly and wording."""

    def column(self) -> pl.Expr:
        """What Great Expectations sees: never a value of a person."""

    def counts(self) -> pl.Expr:
        """Boolean, never null: the row is one the rule is about."""

    def breaks(self) -> pl.Expr:
        """Boolean, never null: the row counts and breaks the rule."""


@dataclass(frozen=True, eq=False)
class Flag:
    """A predicate computed here; Great Expectations sees only `符合` or `不符合`.

    Attributes:
        holds: what must be true; null counts as broken, because stock expectations skip nulls and would hide them.
        applies: rows the rule is about; null counts as not applying.
    """

    holds: pl.Expr
    applies: pl.Expr | None = None

    expectation = "ExpectColumnValuesToBeInSet"

    @property
    def arguments(self) -> Mapping[str, Any]:
        """The one good value."""
        return {"value_set": [HOLDS]}

    def column(self) -> pl.Expr:
        """`符合`, `不符合` or null where the rule does not apply."""
        verdict = pl.when(self.breaks()).then(pl.lit(BREAKS, FLAG)).otherwise(pl.lit(HOLDS, FLAG))
        return pl.when(self.counts()).then(verdict).cast(FLAG)

    def counts(self) -> pl.Expr:
        """Rows the rule applies to."""
        return pl.lit(True) if self.applies is None else self.applies.fill_null(False)

    def breaks(self) -> pl.Expr:
        """Rows it applies to where it does not hold."""
        return self.counts() & ~self.holds.fill_null(False)


@dataclass(frozen=True)
class NotNull:
    """A key of ours is never missing."""

    name: str

    expectation = "ExpectColumnValuesToNotBeNull"

    @property
    def arguments(self) -> Mapping[str, Any]:
        """None."""
        return {}

    def column(self) -> pl.Expr:
        """The key itself."""
        return pl.col(self.name)

    def counts(self) -> pl.Expr:
        """Every row."""
        return pl.lit(True)

    def breaks(self) -> pl.Expr:
        """Rows without it."""
        return pl.col(self.name).is_null()


@dataclass(frozen=True)
class Unique:
    """A key of ours never repeats; missing ones are the business of a `NotNull` rule."""

    name: str

    expectation = "ExpectColumnValuesToBeUnique"

    @property
    def arguments(self) -> Mapping[str, Any]:
        """None."""
        return {}

    def column(self) -> pl.Expr:
        """The key itself."""
        return pl.col(self.name)

    def counts(self) -> pl.Expr:
        """Rows with a key."""
        return pl.col(self.name).is_not_null()

    def breaks(self) -> pl.Expr:
        """Every row of a repeated key."""
        return self.counts() & pl.col(self.name).is_duplicated()


@dataclass(frozen=True)
class OneOf:
    """A coded column of ours holds one of the values it may hold; null is not one of them."""

    name: str
    values: tuple[str, ...]

    expectation = "ExpectColumnValuesToBeInSet"

    @property
    def arguments(self) -> Mapping[str, Any]:
        """The values allowed."""
        return {"value_set": list(self.values)}

    def column(self) -> pl.Expr:
        """The codes, as a compact category; null written out, because stock expectations skip it."""
        return pl.col(self.name).cast(pl.String).fill_null(BLANK).cast(pl.Categorical)

    def counts(self) -> pl.Expr:
        """Every row."""
        return pl.lit(True)

    def breaks(self) -> pl.Expr:
        """Rows with another value or none."""
        return ~pl.col(self.name).cast(pl.String).is_in(self.values).fill_null(False)


@dataclass(frozen=True)
class Between:
    """A figure on a one-row frame of facts lies within bounds, both included.

    A null figure (a share of nothing) does not count; that there is something is a rule of its own.

    Attributes:
        name: column of the facts frame.
        low: smallest value allowed, None for no bound.
        high: largest value allowed, None for no bound.
    """

    name: str
    low: float | None = None
    high: float | None = None

    expectation = "ExpectColumnValuesToBeBetween"

    @property
    def arguments(self) -> Mapping[str, Any]:
        """The bounds."""
        return {"min_value": self.low, "max_value": self.high}

    def column(self) -> pl.Expr:
        """The figure, rounded so that the page reads the same everywhere."""
        return pl.col(self.name).cast(pl.Float64).round(6)

    def counts(self) -> pl.Expr:
        """Figures that exist."""
        return self.column().is_not_null()

    def breaks(self) -> pl.Expr:
        """Figures outside the bounds; not-a-number is outside."""
        figure = self.column()
        outside = figure.is_nan()
        if self.low is not None:
            outside = outside | (figure < self.low)
        if self.high is not None:
            outside = outside | (figure > self.high)
        return self.counts() & outside.fill_null(False)
