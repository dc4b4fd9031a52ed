"""The policy files `config/entitlements/*.yaml`: one a list, beside the main rulebook.

What belongs here: their shape and every check that can be made at load. What does not: how they are applied (`lists.py`).
An entitlement is a base population, a predicate in the language of the main rulebook, a group and an amount.
"""

from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from string import Formatter
from typing import Literal, Self

from pydantic import Field, PrivateAttr, field_validator, model_validator

from reconciliation.policy.entitlements.columns import BASES, COLUMNS, SHOWN, SOURCES
from reconciliation.policy.entitlements.field_check_settings import FieldCheck, FoldPlaces
from reconciliation.policy.grammar import Predicate, compile_predicate
from reconciliation.policy.rules import NeededColumns, NeededRegisters, Owner
from reconciliation.registers.base import FrozenModel
from reconciliation.registers.errors import ConfigurationError
from reconciliation.registers.schema import REQUIRED

FIELD_CHECK = "field_check"
"""The one file of another shape."""


class Amount(FrozenModel):
    """A rate.

    Attributes:
        yuan: whole yuan a person.
        per: what it is paid for.
        source: where the figure is from, or that it is unverified.
    """

    yuan: int = Field(gt=0)
    per: Literal["once", "month", "year"]
    source: str = Field(min_length=1)


class Entitlement(FrozenModel):
    """One numbered rule.

    Attributes:
        rule: its number (`E1` …).
        group: short name of the group of recipients, unique in its list.
        group_name: what a reader calls the group.
        wording: the rule in one line.
        legal_basis: what it rests on.
        registers: the registers whose people it is asked of; of a person on several the row of the first is shown.
        when: predicate over the columns of these registers (`columns.py`).
        status: what a person it holds for gets; `verify` where it is only ever a clue.
        amount: the rate, none where there is no fixed one.
        why: sentence with {columns}.
        to_check: what is to be verified on the spot.
        evidence: the register whose row the entitlement rests on beside the person's own.
        needs: `register.field` columns without which it is off.
        needs_registers: optional registers without which it is off.
    """

    rule: str = Field(pattern=r"^E[0-9]+[a-z]?$")
    group: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    group_name: str
    wording: str
    legal_basis: str
    registers: tuple[str, ...] = Field(min_length=1)
    when: str
    status: Literal["entitled", "verify"] = "entitled"
    amount: Amount | None = None
    why: str
    to_check: str
    evidence: str | None = None
    needs: NeededColumns = ()
    needs_registers: NeededRegisters = ()
    _predicates: dict[str, Predicate] = PrivateAttr(default_factory=dict)

    @field_validator("registers")
    @classmethod
    def _known_bases(cls, registers: tuple[str, ...]) -> tuple[str, ...]:
        unknown = sorted(set(registers) - set(BASES))
        if unknown or len(set(registers)) < len(registers):
            raise ValueError(f"each once, of {', '.join(BASES)}; not {', '.join(unknown)}")
        return registers

    @field_validator("evidence")
    @classmethod
    def _known_source(cls, evidence: str | None) -> str | None:
        if evidence is not None and evidence not in SOURCES:
            raise ValueError(f"one of {', '.join(SOURCES)}")
        return evidence

    @model_validator(mode="after")
    def _compile(self) -> Self:
        for register in self.registers:
            self._predicates[register] = compile_predicate(
                self.when, COLUMNS[register], f"{self.rule} ({register})"
            )
            shown = {name for _, name, _, _ in Formatter().parse(self.why) if name}
            unknown = sorted(shown - set(COLUMNS[register]) - set(SHOWN))
            if unknown:
                raise ValueError(f"{self.rule} shows unknown columns: {', '.join(unknown)}")
        return self

    def predicate(self, register: str) -> Predicate:
        """Its compiled condition for the people of one of its registers."""
        return self._predicates[register]


class EntitlementList(FrozenModel):
    """One list.

    Attributes:
        list: its name, also that of its files.
        title: what a reader calls it.
        owner: who has to act.
        due: the last day it may be paid or done.
        once: a person gets it once; who was on an earlier release's list as entitled is known by `listed_before`.
        entitlements: its rules, the best group first: a person is on the list once.
    """

    list: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    title: str = Field(min_length=1, max_length=31)
    owner: Owner
    due: date | None = None
    once: bool = False
    entitlements: tuple[Entitlement, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _check(self) -> Self:
        groups = [entitlement.group for entitlement in self.entitlements]
        if len(set(groups)) < len(groups):
            raise ValueError("a group stands twice")
        bases = {base for entitlement in self.entitlements for base in entitlement.registers}
        if self.once and not bases <= set(REQUIRED):
            raise ValueError("who was paid once is only known of dibao and poverty records")
        if self.due is None and any("{due}" in item.why for item in self.entitlements):
            raise ValueError("a sentence shows {due}, but there is none")
        return self


@dataclass(frozen=True)
class Entitlements:
    """All lists.

    Attributes:
        lists: in the order of their rule numbers.
        field_check: the sample of households for field checks, none where there is no such file.
    """

    lists: tuple[EntitlementList, ...]
    field_check: FieldCheck | None

    @classmethod
    def load(cls, folder: Path, fold: FoldPlaces) -> Self:
        """Read every `*.yaml` of a folder; the file's name is the list's.

        Args:
            folder: `config/entitlements`.
            fold: makes places comparable with those of the persons frames.

        Raises:
            ConfigurationError: malformed, a predicate outside the language or with unknown columns, a rule number or a title used
                twice, a list that is not named as its file; names the file.
        """
        lists, check = [], None
        for path in sorted(folder.glob("*.yaml")):
            if path.stem == FIELD_CHECK:
                check = FieldCheck.load(path).folded(fold)
                continue
            made = _named(path)
            if made.list != path.stem:
                raise ConfigurationError(f"{path}: the list must be named {path.stem}")
            lists.append(made)
        lists.sort(key=lambda made: made.entitlements[0].rule)
        found = cls(tuple(lists), check)
        for kind, values in (("rule numbers", found._numbers), ("titles", found._titles)):
            twice = sorted({value for value in values if values.count(value) > 1})
            if twice:
                raise ConfigurationError(f"{folder}: {kind} used twice: {', '.join(twice)}")
        return found

    @property
    def _numbers(self) -> list[str]:
        numbers = [rule.rule for made in self.lists for rule in made.entitlements]
        return numbers + ([self.field_check.rule] if self.field_check else [])

    @property
    def _titles(self) -> list[str]:
        return list(self.titles.values())

    @cached_property
    def rules(self) -> dict[str, tuple[str, ...]]:
        """Name of each list → the numbers of its rules."""
        rules = {made.list: tuple(item.rule for item in made.entitlements) for made in self.lists}
        return rules | ({FIELD_CHECK: (self.field_check.rule,)} if self.field_check else {})

    @cached_property
    def titles(self) -> dict[str, str]:
        """Name of each list → what a reader calls it."""
        titles = {made.list: made.title for made in self.lists}
        return titles | ({FIELD_CHECK: self.field_check.title} if self.field_check else {})


def _named(path: Path) -> EntitlementList:
    """One list; a predicate's error is told with its file."""
    try:
        return EntitlementList.load(path)
    except ConfigurationError as error:
        message = str(error)
        raise ConfigurationError(
            message if message.startswith(str(path)) else f"{path}: {message}"
        ) from None
