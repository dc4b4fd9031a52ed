"""The numbered rules of `config/policy.yaml`: wording, basis, predicate, and the list each leads to.

What belongs here: the shape of a rule and the checks of the whole rulebook at load. What does not: how rules are applied
(`firing.py`) and in what words their findings are told (`wording.py`).
"""

from collections.abc import Mapping
from pathlib import Path
from string import Formatter
from typing import Annotated, Literal, Self

import polars as pl
from pydantic import AfterValidator, Field, PrivateAttr, field_validator, model_validator

from reconciliation.policy.columns import HOUSEHOLD_COLUMNS, RECORD_COLUMNS, SHOWN_COLUMNS
from reconciliation.policy.coverage import check_coverage
from reconciliation.policy.enumeration import Claim, check_equal_precedence
from reconciliation.policy.grammar import Column, Predicate, compile_predicate
from reconciliation.registers.base import FrozenModel
from reconciliation.registers.errors import ConfigurationError
from reconciliation.registers.schema import LISTS, OPTIONAL, REGISTERS, REQUIRED

Scope = Literal["household", "record", "undetermined", "no_rule"]
Owner = Literal["civil_affairs", "poverty_office", "both"]


def _known_columns(needs: tuple[str, ...]) -> tuple[str, ...]:
    for need in needs:
        register, _, field = need.partition(".")
        if register not in REGISTERS or field not in REGISTERS[register].columns:
            raise ValueError(f"needs an unknown column: {need}")
    return needs


def _optional_ones(registers: tuple[str, ...]) -> tuple[str, ...]:
    unknown = sorted(set(registers) - set(OPTIONAL))
    if unknown:
        raise ValueError(f"needs registers that are not optional ones: {', '.join(unknown)}")
    return registers


NeededColumns = Annotated[tuple[str, ...], AfterValidator(_known_columns)]
"""`register.field` columns without which a rule is off."""
NeededRegisters = Annotated[tuple[str, ...], AfterValidator(_optional_ones)]
"""Optional registers without which a rule is off."""


class Outcome(FrozenModel):
    """What a rule means for the records of one register.

    Attributes:
        list: the list it leads to.
        precedence: of all outcomes of a record the lowest decides; two that can meet must differ.
        owner: who has to act.
        to_check: what is to be verified on the spot.
    """

    list: str
    precedence: int
    owner: Owner
    to_check: str = ""

    @field_validator("list")
    @classmethod
    def _known(cls, name: str) -> str:
        if name not in LISTS:
            raise ValueError(f"no such list; known are {', '.join(LISTS)}")
        return name


class Rule(FrozenModel):
    """One numbered rule.

    Attributes:
        rule: its number.
        scope: `household`: a cell of the household table, exactly one applies; `record`: cuts across, any number applies;
            `undetermined`: where a predicate cannot be decided; `no_rule`: where nothing else was said.
        wording: the rule in one line.
        legal_basis: what it rests on.
        severity: for the order of work.
        when: predicate over the household's columns (scope household), else over the record's; always, where none.
        unless: predicate over the record's columns; such records are left out.
        why: sentence with {columns}, filled with the values of the case.
        needs: `register.field` columns without which the rule is off for a file.
        needs_registers: optional registers without which the rule is off.
        confirmed_means_out: a county that confirms the finding says that the person does not belong on the poverty list.
        outcomes: by register; a register without an outcome is not concerned.
    """

    rule: str = Field(pattern=r"^[A-Z][0-9]+[a-z]?$")
    scope: Scope
    wording: str
    legal_basis: str
    severity: Literal["high", "medium", "low"]
    when: str = "TRUE"
    unless: str | None = None
    why: str
    needs: NeededColumns = ()
    needs_registers: NeededRegisters = ()
    confirmed_means_out: bool = False
    outcomes: dict[Literal["dibao", "poverty"], Outcome]

    @field_validator("why")
    @classmethod
    def _shows_known_columns(cls, why: str) -> str:
        unknown = sorted(
            {name for _, name, _, _ in Formatter().parse(why) if name} - set(SHOWN_COLUMNS)
        )
        if unknown:
            raise ValueError(f"shows unknown columns: {', '.join(unknown)}")
        return why


class Policy(FrozenModel):
    """`config/policy.yaml`.

    Attributes:
        version: named in every release.
        rules: all rules, in the order they are explained in.
    """

    version: str
    rules: tuple[Rule, ...]
    _predicates: dict[str, Predicate] = PrivateAttr(default_factory=dict)
    _exceptions: dict[str, Predicate] = PrivateAttr(default_factory=dict)
    _means_out: tuple[str, ...] = PrivateAttr(default=())

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read and check the rulebook.

        Raises:
            ConfigurationError: malformed, a number used twice, a predicate outside the language or with unknown columns, a
                household table with a cell that no rule or more than one rule covers, or two rules of equal precedence that
                hold for one record; names file and rule.
        """
        try:
            return super().load(path)
        except ConfigurationError as error:
            message = str(error)
            raise ConfigurationError(
                message if message.startswith(str(path)) else f"{path}: {message}"
            ) from None

    @model_validator(mode="after")
    def _check(self) -> Self:
        numbers = [rule.rule for rule in self.rules]
        self._means_out = tuple(rule.rule for rule in self.rules if rule.confirmed_means_out)
        twice = sorted({number for number in numbers if numbers.count(number) > 1})
        if twice:
            raise ValueError(f"rule numbers used twice: {', '.join(twice)}")
        for scope in ("undetermined", "no_rule"):
            covered = [register for rule in self.of(scope) for register in rule.outcomes]
            if not set(REQUIRED) <= set(covered):
                raise ValueError(f"a rule of scope {scope} is needed for every register")
        if len(self.of("undetermined")) != 1:
            raise ValueError("exactly one rule of scope undetermined is needed")
        household_rules = ("", *(rule.rule for rule in self.of("household")))
        of_record = RECORD_COLUMNS | {"household_rule": Column(pl.String, household_rules)}
        for rule in self.rules:
            columns = HOUSEHOLD_COLUMNS if rule.scope == "household" else of_record
            self._predicates[rule.rule] = compile_predicate(rule.when, columns, rule.rule)
            if rule.unless is not None:
                self._exceptions[rule.rule] = compile_predicate(rule.unless, of_record, rule.rule)
        check_coverage({rule.rule: self.predicate(rule) for rule in self.of("household")})
        for register in REQUIRED:
            self._check_precedence(register, of_record)
        return self

    def _check_precedence(self, register: str, columns: Mapping[str, Column]) -> None:
        """Refuse two rules of equal precedence that hold for one record.

        The rules of the household table are left to `check_coverage`; a rule of scope `no_rule` speaks only where no
        other does.
        """

        def claims(*scopes: Scope) -> list[Claim]:
            return [
                Claim(
                    rule.rule,
                    rule.outcomes[register].precedence,
                    compile_predicate(f"household_rule = '{rule.rule}'", columns, rule.rule)
                    if rule.scope == "household"
                    else self.predicate(rule),
                    self.exception(rule),
                )
                for rule in self.rules
                if rule.scope in scopes and register in rule.outcomes
            ]

        proposed = {
            rule.rule: rule.outcomes[register].list if register in rule.outcomes else ""
            for rule in self.of("household")
        }
        check_equal_precedence(
            claims("household", "record", "undetermined"), register, {"": ""} | proposed
        )
        check_equal_precedence(claims("no_rule"), register, {"": ""} | proposed)

    def of(self, scope: Scope) -> tuple[Rule, ...]:
        """The rules of one scope, in their order."""
        return tuple(rule for rule in self.rules if rule.scope == scope)

    @property
    def undetermined(self) -> Rule:
        """The rule that speaks where another cannot be decided."""
        return self.of("undetermined")[0]

    @property
    def means_out(self) -> tuple[str, ...]:
        """The rules a confirmed finding of which takes somebody off the poverty list, also those now switched off."""
        return self._means_out

    def predicate(self, rule: Rule) -> Predicate:
        """Its compiled condition."""
        return self._predicates[rule.rule]

    def exception(self, rule: Rule) -> Predicate | None:
        """Its compiled `unless`, where it has one."""
        return self._exceptions.get(rule.rule)

    def ranking(self, register: str) -> list[Rule]:
        """The rules that concern a register, the one that decides first in front."""
        concerned = [rule for rule in self.rules if register in rule.outcomes]
        return sorted(concerned, key=lambda rule: rule.outcomes[register].precedence)  # type: ignore[index]

    def for_supplied(self, registers: frozenset[str]) -> "Policy":
        """The rulebook without the rules whose optional registers were not supplied."""
        kept = tuple(rule for rule in self.rules if set(rule.needs_registers) <= registers)
        return self.model_copy(update={"rules": kept})
