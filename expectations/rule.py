"""What a numbered rule is: its number, its subject, its weight, and the frame it is asked of."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

import polars as pl

from expectations.conditions import Condition

Severity = Literal["critical", "warning", "info"]

Frames = Mapping[str, pl.DataFrame]
"""The frames a subject is judged on, by the names `frames_for` gives."""


@dataclass(frozen=True)
class Scope:
    """What a unit may know besides the frames.

    Attributes:
        register: register of the subject, None for links and lists.
        as_of: date of the batch; None where the caller has none, and then nothing is judged against today.
    """

    register: str | None = None
    as_of: date | None = None


@dataclass(frozen=True)
class Unit:
    """What one row stands for while a group of rules is asked: a file, a record, a household, a pair, a figure.

    Attributes:
        name: name within its subject.
        keys: columns that say which row it is; they go to the auditors' list, so never a name or an ID.
        build: makes the frame. A column `record` (and `register`, where the subject has several) is carried to the
            list of violations.
    """

    name: str
    keys: tuple[str, ...]
    build: Callable[[Frames, Scope], pl.DataFrame] = field(compare=False)


@dataclass(frozen=True)
class Rule:
    """One numbered rule about the data.

    Attributes:
        id: number (`Q303`); the same number asks the same of every register.
        subject: what it is asked of (`persons_dibao`).
        name: ASCII name, unique in the registry, used as the check's name.
        wording_key: key of its Chinese wording in `config/labels.yaml`.
        severity: critical stops the batch; warning and info are shown.
        unit: what one row is.
        condition: what is asked of a row.
        mostly: smallest share of the rows it applies to that must hold, between 0 and 1.
        detail: what else a reader must know when it is broken, in Chinese and without personal data.
        pointer: column of the unit that tells more of a row that breaks it: another record, or a code; never a cell.
    """

    id: str
    subject: str
    name: str
    wording_key: str
    severity: Severity
    unit: Unit
    condition: Condition = field(compare=False)
    mostly: float = 1.0
    detail: Callable[[Frames, Scope], str] | None = field(default=None, compare=False)
    pointer: str | None = None

    @property
    def blocking(self) -> bool:
        """Whether nothing downstream may run when it is broken."""
        return self.severity == "critical"


@dataclass(frozen=True)
class Question:
    """A rule before it is asked of a subject: one line of a stage's table.

    Attributes:
        number: number of the rule.
        slug: ASCII name within the stage, also the key of its wording.
        severity: `required` is critical for the registers a batch cannot do without and warning for the others.
        unit: what one row is.
        condition: what is asked of a row.
        mostly: smallest share that must hold.
        detail: what else a reader must know when it is broken.
        pointer: column of the unit that tells more of a row that breaks it.
    """

    number: str
    slug: str
    severity: Severity | Literal["required"]
    unit: Unit
    condition: Condition = field(compare=False)
    mostly: float = 1.0
    detail: Callable[[Frames, Scope], str] | None = field(default=None, compare=False)
    pointer: str | None = None

    def of(self, subject: str, prefix: str, required: bool) -> Rule:
        """The rule for one subject, its name beginning with `prefix`."""
        severity = self.severity
        if severity == "required":
            severity = "critical" if required else "warning"
        return Rule(
            id=self.number,
            subject=subject,
            name=f"{prefix}_{self.slug}",
            wording_key=f"expectations.rules.{self.slug}",
            severity=severity,
            unit=self.unit,
            condition=self.condition,
            mostly=self.mostly,
            detail=self.detail,
            pointer=self.pointer,
        )


def share(part: pl.Expr, whole: pl.Expr) -> pl.Expr:
    """`part / whole`, null where there is no whole."""
    return pl.when(whole > 0).then(part / whole)
