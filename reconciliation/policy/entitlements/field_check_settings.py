"""`config/entitlements/field_check.yaml`: how households are drawn for field checks (明察暗访).

What belongs here: shape and checks. What does not: the drawing (`field_check.py`, `sampling.py`).
"""

from collections.abc import Callable
from typing import Self

import polars as pl
from pydantic import Field, PrivateAttr, model_validator

from reconciliation.policy.entitlements.columns import RISK_COLUMNS
from reconciliation.policy.grammar import Predicate, compile_predicate
from reconciliation.policy.rules import Owner
from reconciliation.registers.base import FrozenModel
from reconciliation.registers.errors import ConfigurationError

FoldPlaces = Callable[[pl.DataFrame], pl.DataFrame]
"""`county`, `town`, `village` as an office writes them → as the persons frames have them, in the same order."""

_PLACES = ("county", "town", "village")


class Risk(FrozenModel):
    """A reason to look at a household rather than at another.

    Attributes:
        name: what a reader calls it.
        when: predicate over `RISK_COLUMNS`.
        weight: how many times likelier it makes the household; several multiply.
    """

    name: str
    when: str
    weight: float = Field(gt=0, le=100)


class DeepPlace(FrozenModel):
    """A unit of deep poverty: a county, a town of a county, or a village of a town."""

    county: str
    town: str | None = None
    village: str | None = None

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if self.village and not self.town:
            raise ValueError("a village is only known within its town")
        return self


class FieldCheck(FrozenModel):
    """The sample.

    Attributes:
        rule, title, owner, wording, legal_basis, to_check: as of a list.
        seed: any text; another one draws other households. Each batch draws anew.
        per_county: households a county.
        counties: another number for a county, by its name.
        deep_county_factor: how many times as many in a county of deep poverty.
        risks: what makes a household likelier to be drawn within its county.
        deep_poverty: the units; an empty list means that it was not supplied.
        source: where the units are known from.
    """

    rule: str = Field(pattern=r"^E[0-9]+[a-z]?$")
    title: str = Field(min_length=1, max_length=31)
    owner: Owner
    wording: str
    legal_basis: str
    to_check: str
    seed: str = Field(min_length=1)
    per_county: int = Field(ge=1)
    counties: dict[str, int] = Field(default_factory=dict)
    deep_county_factor: float = Field(default=1, ge=1)
    risks: tuple[Risk, ...] = ()
    deep_poverty: tuple[DeepPlace, ...] = ()
    source: str = ""
    _predicates: tuple[Predicate, ...] = PrivateAttr(default=())

    @model_validator(mode="after")
    def _check(self) -> Self:
        if any(size < 1 for size in self.counties.values()):
            raise ValueError("every county has at least one household in the sample")
        self._predicates = tuple(
            compile_predicate(risk.when, RISK_COLUMNS, f"{self.rule} ({risk.name})")
            for risk in self.risks
        )
        return self

    @property
    def predicates(self) -> tuple[Predicate, ...]:
        """The compiled conditions of `risks`, in their order."""
        return self._predicates

    def folded(self, fold: FoldPlaces) -> Self:
        """The same with its places as the persons frames have them.

        Raises:
            ConfigurationError: a place's name says nothing.
        """
        counties = _folded(fold, [DeepPlace(county=name) for name in self.counties])
        sizes = dict(zip((place.county for place in counties), self.counties.values(), strict=True))
        if len(sizes) < len(self.counties):
            raise ConfigurationError(f"{self.rule}: a county's sample size is stated twice")
        deep = tuple(_folded(fold, list(self.deep_poverty)))
        return self.model_copy(update={"counties": sizes, "deep_poverty": deep})

    def deep(self, level: str) -> pl.DataFrame:
        """The units of one level (`county`, `town`, `village`): their names down to it, each once."""
        wanted = _PLACES[: _PLACES.index(level) + 1]
        rows = [
            [getattr(place, name) for name in wanted]
            for place in self.deep_poverty
            if [getattr(place, name) is not None for name in _PLACES]
            == [name in wanted for name in _PLACES]
        ]
        return pl.DataFrame(rows, schema=dict.fromkeys(wanted, pl.String), orient="row").unique(
            maintain_order=True
        )


def _folded(fold: FoldPlaces, places: list[DeepPlace]) -> list[DeepPlace]:
    rows = [[place.county, place.town, place.village] for place in places]
    written = pl.DataFrame(rows, schema=dict.fromkeys(_PLACES, pl.String), orient="row")
    made = fold(written)
    for place, found in zip(rows, made.iter_rows(), strict=True):
        if [name is None for name in place] != [name is None for name in found]:
            raise ConfigurationError(
                f"no such place can be told from others: {'/'.join(filter(None, place))}"
            )
    return [DeepPlace(county=c, town=t, village=v) for c, t, v in made.iter_rows()]
