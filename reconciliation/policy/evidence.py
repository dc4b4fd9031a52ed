"""What the policy is given: the frames of the stages before it, and the rulebook in effect."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Final, Literal

import polars as pl

from reconciliation.policy.rules import Policy
from reconciliation.policy.thresholds import Thresholds
from reconciliation.registers.codes import CodeTables
from reconciliation.registers.labels import Labels

Side = Literal["dibao", "poverty"]
OTHER: dict[Side, Side] = {"dibao": "poverty", "poverty": "dibao"}
"""The register across."""


ANSWERED: Final[dict[str, type[pl.DataType]]] = {
    "register": pl.String, "record": pl.Int64, "rule": pl.String, "status": pl.String,
}  # fmt: skip
"""What was answered about a finding on a row of this batch."""


@dataclass(frozen=True)
class Evidence:
    """The frames of docs/frames.md.

    Attributes:
        records: `records_<register>` by register; an optional register that was not supplied has no entry.
        persons: `persons_<register>` by register, likewise.
        links: pairs of the two registers.
        evidence_links: pairs of the two registers with the optional ones.
        duplicates: rows of one register that are one person.
        incomplete: the registers of which a file was refused: not to be found there proves nothing.
        answered: the answers of the counties that count: `register`, `record`, `rule` (of the finding), `status`.
        silent: by register the comparable counties that were in the batch before and of which nothing came: likewise.
    """

    records: Mapping[str, pl.DataFrame]
    persons: Mapping[str, pl.DataFrame]
    links: pl.DataFrame
    evidence_links: pl.DataFrame
    duplicates: pl.DataFrame
    incomplete: frozenset[str] = frozenset()
    silent: Mapping[str, frozenset[str]] = field(default_factory=dict)
    answered: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=ANSWERED))

    @property
    def supplied(self) -> frozenset[str]:
        """The registers there are."""
        return frozenset(self.persons)


@dataclass(frozen=True)
class Rulebook:
    """Everything that decides besides the frames.

    Attributes:
        policy: the rules.
        thresholds: lines and grades by county and date.
        codes: what coded cells mean.
        labels: the wording.
        batch: as-of date.
    """

    policy: Policy
    thresholds: Thresholds
    codes: CodeTables
    labels: Labels
    batch: date
