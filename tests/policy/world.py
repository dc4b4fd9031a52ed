"""A small world typed in the test: two registers, their links, what evidence there is.

People are added a household at a time; what a test does not say is unremarkable: a sound number, both files with every
column, agreeing names, certain links.
"""

from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from reconciliation.configuration import Configuration
from reconciliation.policy.evidence import Evidence, Rulebook
from reconciliation.policy.judge import Judgement, judge
from reconciliation.policy.rules import Policy
from reconciliation.policy.thresholds import Thresholds
from reconciliation.registers.codes import CodeTables
from reconciliation.registers.labels import Labels
from reconciliation.registers.schema import REGISTERS

CONFIG = Path(__file__).resolve().parents[2] / "config"
BATCH = date(2018, 8, 15)
LABELS = Labels.load(CONFIG / "labels.yaml")
RULEBOOK = Rulebook(
    policy=Policy.load(CONFIG / "policy.yaml"),
    thresholds=Configuration.load().thresholds,
    codes=CodeTables.load(CONFIG / "codes.yaml"),
    labels=LABELS,
    batch=BATCH,
)

PERSON_SCHEMA = {
    "record": pl.Int64, "county": pl.String, "town": pl.String, "village": pl.String, "household": pl.Int64,
    "household_basis": pl.String, "is_head": pl.Boolean, "relation": pl.String, "name": pl.String, "name_key": pl.String,
    "name_kind": pl.String, "name_remark": pl.String, "id_number": pl.String, "id_quality": pl.String, "id_partial": pl.String,
    "certificate_category": pl.Int8, "certificate_grade": pl.Int8, "sex": pl.String, "sex_field": pl.String,
    "sex_id": pl.String, "birth_date": pl.Date, "birth_field": pl.Date, "birth_id": pl.Date, "id_area": pl.String,
    "address": pl.String,
}  # fmt: skip
_USUAL = {
    "dibao": {
        "assistance_type": "农村低保", "income_per_capita": "3000", "class_tier": "一般保障户", "flag_poverty": "是",
        "health": "健康", "labour": "有劳动能力", "disability_grade": "", "household_size": "", "covered_size": "",
        "disability_certificate": "",
    },
    "poverty": {
        "lift_status": "未脱贫", "income_per_capita": "3000", "flag_dibao": "是", "household_type": "低保贫困户", "health": "健康",
        "labour": "普通劳动力", "household_size": "",
    },
    "deaths": {"death_date": "2018-03-01"},
    "relocation": {"settlement_form": "集中安置", "hukou_moved": "是"},
    "moved_away": {"move_kind": "迁出"},
    "asset_hits": {"hit_kind": "车辆"},
    "disability_certificates": {"disability_grade": "二级"},
}  # fmt: skip
_PERSON_FIELDS = frozenset(PERSON_SCHEMA)


@dataclass
class World:
    """Collects rows and links; `evidence()` makes the frames."""

    rows: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    people: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    links: list[dict[str, Any]] = field(default_factory=list)
    evidence_links: list[dict[str, Any]] = field(default_factory=list)
    duplicates: list[dict[str, Any]] = field(default_factory=list)
    _judged: tuple[Any, Judgement] | None = None

    def add(self, register: str, who: str, *, household: int = 1, **said: Any) -> int:
        """One row; `said` holds fields of the record (None: the file has no such column) or of the person.

        Returns:
            Its record number.
        """
        rows = self.rows.setdefault(register, [])
        people = self.people.setdefault(register, [])
        record = len(rows) + 1
        cells = dict.fromkeys(REGISTERS[register].columns, "") | _USUAL.get(register, {})
        cells |= {name: cell for name, cell in said.items() if name not in _PERSON_FIELDS}
        file = cells.pop("source_file", f"{register}.csv")
        rows.append(
            {
                "record": record,
                "source_file": file,
                "source_sheet": None,
                "source_row": record + 1,
                "rejected": None,
                **cells,
            }
        )
        namesakes = sum(person["name"] == who for person in people)
        number = f"52{sum(map(ord, who)) % 10**4:04d}1980{namesakes:04d}{len(who):03d}X"
        first = all(person["household"] != household for person in people)
        usual = {
            "record": record, "county": "甲县", "town": "乙镇", "village": "丙", "household": household,
            "household_basis": "head_id", "is_head": first, "relation": "head" if first else "child", "name": who,
            "name_key": said.get("name", who), "name_kind": "full", "id_number": number, "id_quality": "valid",
            "birth_date": date(1980, 1, 1), "birth_id": date(1980, 1, 1),
        }  # fmt: skip
        own = {name: value for name, value in said.items() if name in _PERSON_FIELDS}
        people.append(dict.fromkeys(PERSON_SCHEMA) | usual | own)
        return record

    def link(self, dibao: int, poverty: int, tier: str = "certain") -> None:
        """A link between the two registers."""
        self.links.append(
            {"dibao_record": dibao, "poverty_record": poverty, "tier": tier, "probability": 0.9}
        )

    def listed(
        self, register: str, record: int, source: str, tier: str = "certain", **said: Any
    ) -> None:
        """A row on an evidence register, linked to a record."""
        who = self.people[register][record - 1]["name"]
        said = {"household": len(self.rows.get(source, [])) + 1} | said
        there = self.add(source, said.pop("who", who), **said)
        self.evidence_links.append(
            {
                "register": register,
                "record": record,
                "evidence_register": source,
                "evidence_record": there,
                "tier": tier,
                "probability": 0.9,
            }
        )

    def same_person(self, register: str, *records: int, basis: str = "same_number") -> None:
        """Rows of one register that are one person; the first is linked in their place."""
        self.duplicates += [
            {
                "register": register,
                "record": record,
                "group": min(records),
                "representative": record == records[0],
                "basis": basis,
                "why": "同一身份证号的多条记录",
            }
            for record in records
        ]

    def evidence(self) -> Evidence:
        """The frames of docs/frames.md, as far as the policy reads them."""
        for register in ("dibao", "poverty"):
            self.rows.setdefault(register, [])
            self.people.setdefault(register, [])
        base = {
            "record": pl.Int64,
            "source_file": pl.String,
            "source_sheet": pl.String,
            "source_row": pl.Int64,
            "rejected": pl.String,
        }
        return Evidence(
            records={
                register: pl.DataFrame(
                    rows,
                    schema=base | dict.fromkeys(REGISTERS[register].columns, pl.String),
                    orient="row",
                )
                for register, rows in self.rows.items()
            },
            persons={
                register: pl.DataFrame(people, schema=PERSON_SCHEMA, orient="row")
                for register, people in self.people.items()
            },
            links=pl.DataFrame(
                self.links,
                schema={
                    "dibao_record": pl.Int64, "poverty_record": pl.Int64, "tier": pl.String, "probability": pl.Float64,
                },
                orient="row",
            ),
            evidence_links=pl.DataFrame(
                self.evidence_links,
                schema={
                    "register": pl.String, "record": pl.Int64, "evidence_register": pl.String,
                    "evidence_record": pl.Int64, "tier": pl.String, "probability": pl.Float64,
                },
                orient="row",
            ),
            duplicates=pl.DataFrame(
                self.duplicates,
                schema={
                    "register": pl.String, "record": pl.Int64, "group": pl.Int64, "representative": pl.Boolean,
                    "basis": pl.String, "why": pl.String,
                },
                orient="row",
            ),
        )  # fmt: skip

    def judge(self, rulebook: Rulebook = RULEBOOK) -> Judgement:
        """The policy applied to this world; asked again without a change, the same judgement."""
        parts = (*self.rows.values(), self.links, self.evidence_links, self.duplicates)
        state = (id(rulebook), *map(len, parts))
        if self._judged is None or self._judged[0] != state:
            self._judged = (state, judge(self.evidence(), rulebook))
        return self._judged[1]

    def outcome(self, register: str, record: int, rulebook: Rulebook = RULEBOOK) -> tuple[str, str]:
        """List and deciding rule of one record."""
        row = self.row(register, record, rulebook)
        return row["disposition"], row["rule"]

    def row(self, register: str, record: int, rulebook: Rulebook = RULEBOOK) -> dict[str, Any]:
        """The disposition of one record."""
        return self.judge(rulebook).dispositions.row(
            by_predicate=(pl.col("register") == register) & (pl.col("record") == record), named=True
        )


def pair(
    world: World, who: str = "张三", *, household: int = 1, tier: str = "certain", **said: Any
) -> tuple[int, int]:
    """Somebody on both registers; `dibao_…` and `poverty_…` go to one side each."""
    sides = {
        side: {
            key.removeprefix(f"{side}_"): value
            for key, value in said.items()
            if key.startswith(f"{side}_")
        }
        for side in ("dibao", "poverty")
    }
    a = world.add("dibao", who, household=household, **sides["dibao"])
    b = world.add("poverty", who, household=household, **sides["poverty"])
    world.link(a, b, tier)
    return a, b


def with_lines(dibao: float, poverty: float) -> Rulebook:
    """The rulebook with other lines."""
    values = {"dibao_line": dibao, "poverty_line": poverty}
    rows = tuple(
        replace(row, value=values.get(row.key, row.value)) for row in RULEBOOK.thresholds.rows
    )
    return replace(RULEBOOK, thresholds=Thresholds(rows))
