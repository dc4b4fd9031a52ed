"""How a row of the decision table becomes people on the registers.

A row is about one rule. Somebody on the list of that rule by that rule is one that must land there; any other outcome is a near
miss. All rows live in one small province and are judged at once, each in households of its own.
"""

from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

import polars as pl

from reconciliation.policy.evidence import ANSWERED, Evidence, Rulebook, Side
from reconciliation.policy.trial import Change
from tests.policy.world import BATCH, RULEBOOK, World

SILENT, INVERTED = "丁县", "戊县"
"""A county of which nothing came on the other register; one whose poverty line (4000) lies over its dibao line (3000)."""
Said = dict[str, Any]
_SHORT = {
    "income": "income_per_capita", "lift": "lift_status", "class": "class_tier", "kind": "household_type",
    "quality": "id_quality", "number": "id_number", "type": "assistance_type", "size": "household_size",
    "covered": "covered_size", "grade": "certificate_grade",
}  # fmt: skip


class Also(NamedTuple):
    """A further member of the household: the row on either register, linked where there are both."""

    dibao: Said | None = None
    poverty: Said | None = None
    tier: str = "certain"


class Row(NamedTuple):
    """One person.

    Attributes:
        rule: the rule the row is about.
        register: the register whose row is looked at.
        outcome: list and rule it lands on.
        dibao: what the row on dibao says besides the usual; None: there is none.
        poverty: likewise.
        tier: of the link, where the person is on both.
        listed: by evidence register what it says; `tier` and `who` (another name) of the link are said there too.
        also: further members.
        answered: rule and status of an answer that counts.
        copies: further rows of the same person on the register looked at.
    """

    rule: str
    register: Side
    outcome: str
    dibao: Said | None = None
    poverty: Said | None = None
    tier: str = "certain"
    listed: dict[str, Said] = {}  # noqa: RUF012
    also: tuple[Also, ...] = ()
    copies: int = 0
    answered: tuple[str, str] | None = None

    @property
    def expected(self) -> tuple[str, str]:
        """List and rule."""
        name, _, rule = self.outcome.partition(" ")
        return name, rule

    @property
    def must(self) -> bool:
        """Whether the rule the row is about decides."""
        return self.expected[1] == self.rule


@dataclass
class Province:
    """All rows of the table on two registers."""

    rows: tuple[Row, ...]
    world: World = field(default_factory=World)
    looked_at: list[tuple[Side, int]] = field(default_factory=list)

    def __post_init__(self) -> None:
        for number, row in enumerate(self.rows):
            self.looked_at.append((row.register, self._added(number, row)))

    def evidence(self) -> Evidence:
        """Its frames; a county of either register sent nothing."""
        silent = {"dibao": frozenset({SILENT}), "poverty": frozenset({SILENT})}
        said = [
            (*looked_at, *row.answered)
            for looked_at, row in zip(self.looked_at, self.rows, strict=True)
            if row.answered
        ]
        answered = pl.DataFrame(said, schema=ANSWERED, orient="row")
        return replace(self.world.evidence(), silent=silent, answered=answered)

    def rulebook(self) -> Rulebook:
        """The project's rules, with the inverted lines of one county."""
        lines = Change({"dibao_line": 3000, "poverty_line": 4000}, INVERTED)
        return replace(RULEBOOK, thresholds=lines.applied(RULEBOOK.thresholds, BATCH))

    def _added(self, number: int, row: Row) -> int:
        records = self._person(number, 0, Also(row.dibao, row.poverty, row.tier))
        record = records[row.register]
        for place, member in enumerate(row.also, start=1):
            self._person(number, place, member)
        for source, said in row.listed.items():
            self.world.listed(
                row.register, record, source, **({"source_file": f"{number}.csv"} | said)
            )
        if row.copies:
            said = {"dibao": row.dibao, "poverty": row.poverty}[row.register] or {}
            more = [
                self._row(row.register, number, 0, said | {"household": 10_000 + number})
                for _ in range(row.copies)
            ]
            self.world.same_person(row.register, record, *more)
        return record

    def _person(self, number: int, place: int, said: Also) -> dict[str, int]:
        records = {
            register: self._row(register, number, place, cells)
            for register, cells in (("dibao", said.dibao), ("poverty", said.poverty))
            if cells is not None
        }
        if len(records) == 2:
            self.world.link(records["dibao"], records["poverty"], said.tier)
        return records

    def _row(self, register: str, number: int, place: int, said: Said) -> int:
        usual: Said = {
            "household": number, "id_number": f"52010119800101{number:03d}{place}", "source_file": f"{register}.csv",
        }  # fmt: skip
        cells = {_SHORT.get(name, name): cell for name, cell in said.items()}
        if any(cell is None for name, cell in cells.items() if not name.startswith(("name", "id"))):
            usual["source_file"] = f"{number}.csv"
        return self.world.add(register, "张王李赵钱"[place] + "大山", **(usual | cells))


def outcomes(dispositions: pl.DataFrame, province: Province) -> list[tuple[str, str]]:
    """List and rule of the people looked at, row by row."""
    found = {
        (register, record): (name, rule)
        for register, record, name, rule in dispositions.select(
            "register", "record", "disposition", "rule"
        ).iter_rows()
    }
    return [found[key] for key in province.looked_at]
