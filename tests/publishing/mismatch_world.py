"""Two counties of invented people with every kind of row the mismatch report has, and the report made of them."""

import random
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from reconciliation.linkage.links import LINKS_SCHEMA
from reconciliation.publishing.manifest import ReleaseFacts
from reconciliation.publishing.mismatches.pages import Report, write_report
from reconciliation.publishing.mismatches.rows import Material, Mismatches, mismatches
from reconciliation.publishing.mismatches.totals import county_totals, report_tie_outs
from reconciliation.registers.schema import LISTS
from tests.publishing.frames import LABELS, receipt, receipts

HOSTILE = "<img src=x onerror=alert(1)>"
FINGERPRINT = "f0" * 32
TEXTS = (
    "register", "source_file", "source_sheet", "county", "town", "village", "name", "relation", "rule", "owner", "severity",
    "why", "evidence", "tier", "dibao_flag_poverty", "dibao_assistance_type", "dibao_class_tier", "dibao_health",
    "dibao_labour", "poverty_flag_dibao", "poverty_household_type", "poverty_lift_status", "poverty_health", "poverty_labour",
)  # fmt: skip
LIST_SCHEMA: dict[str, Any] = {
    **dict.fromkeys(TEXTS, pl.String),
    **dict.fromkeys(("record", "source_row", "household", "counterpart_record"), pl.Int64),
    **dict.fromkeys(("dibao_income", "poverty_income"), pl.Float64),
    "other_rules": pl.List(pl.String),
}


def case(register: str, record: int) -> str:
    """A case key; its first 16 characters tell people apart."""
    return f"{record:04d}{'d' if register == 'dibao' else 'e'}{'0' * 59}"


def listed(register: str, record: int, **changes: Any) -> dict[str, Any]:
    """A row of a list; nobody across unless `counterpart_record` is given."""
    return {
        "register": register, "record": record, "county": "甲溪县", "town": "花桥镇", "village": "大坪村", "household": record,
        "name": "张三", "relation": "head", "rule": "C3", "other_rules": [], "owner": "civil_affairs", "severity": "high",
        "why": "收入低于低保标准", "evidence": "家庭人均年收入：2000", "counterpart_record": None, "source_file": "甲溪县.xlsx",
        "source_sheet": "花桥镇", "source_row": record + 2, "dibao_income": 2000.0, "poverty_income": 2100.5,
    } | changes  # fmt: skip


def person(record: int, **changes: Any) -> dict[str, Any]:
    return {
        "record": record, "id_number": "522101199001011234", "id_partial": None, "id_quality": "valid", "sex": "男",
        "birth_date": date(1990, 1, 1), "county": "甲溪",
    } | changes  # fmt: skip


ROWS: dict[str, list[dict[str, Any]]] = {
    "verify": [
        listed("dibao", 1, name="李建国", counterpart_record=1, rule="C18d", other_rules=["C2", "C1"], why="无法确认：与另一名册只有存疑匹配"),
        listed("poverty", 1, name="李健国", counterpart_record=1, rule="C18d", village="小坪村"),
    ],
    "exit_dibao": [listed("dibao", 2, name="王五", rule="C8", town="新场乡", why="死亡名单确定匹配")],
    "include_dibao": [listed("poverty", 2, name=HOSTILE), listed("poverty", 3, name="=1+1", county="乙山县", town=None, village=None)],
    "correct": [listed("dibao", 3, name="赵小六", counterpart_record=4, rule="C2", county="乙山县", source_sheet=None)],
    "keep": [
        listed("poverty", 4, name="赵六", rule="C1", counterpart_record=3, county="乙山县"),
        listed("dibao", 4, name="孙七", rule="C1", counterpart_record=5, town="新场乡"),
        listed("poverty", 5, name="孙七", rule="C1", counterpart_record=4, town="新场乡"),
        listed("dibao", 5, name="周八", rule="C1", counterpart_record=6),
        listed("poverty", 6, name="周八", rule="C1", counterpart_record=5),
    ],
    "no_action": [listed("dibao", 6, name="吴九", rule="C4")],
}  # fmt: skip
PERSONS = {
    "dibao": [
        person(1),
        person(2),
        person(3, id_number=None, id_quality="missing", county="乙山"),
        *map(person, (4, 5, 6)),
    ],
    "poverty": [
        person(1, id_number="522101199101011284", birth_date=date(1991, 1, 1)),
        *map(person, range(2, 7)),
    ],
}
LEDGER = [
    ("dibao", 1, "C18d", "raised"), ("dibao", 1, "C2", "sent"), ("poverty", 1, "C18d", "reopened"), ("dibao", 2, "C8", "sent"),
    ("poverty", 2, "C3", "raised"), ("poverty", 3, "C3", "raised"), ("dibao", 3, "C2", "sent"), ("dibao", 6, "C5", "vanished"),
    ("dibao", 1, "C3", "vanished"), ("dibao", 9, "C3", "vanished"),
]  # fmt: skip


def link(dibao: int, poverty: int, **changes: Any) -> dict[str, Any]:
    levels = {"name": "exact", "number": "differs", "sex": "same", "relation": "same_head", "place": "village", "household": "linked", "rarity": "usual"}  # fmt: skip
    weights = {"name": 8.0, "number": -2.5, "sex": 1.0, "relation": 1.5, "place": 0.0, "household": 12.0, "rarity": 0.25}  # fmt: skip
    return {
        "dibao_record": dibao, "poverty_record": poverty, "tier": "certain", "probability": 0.998, "weight": 2.25, "stage": "household",
        "prior_weight": -18.0, "runner_up": 0.015, "margin": 0.983, "why": "结合同户其他成员已匹配的情况综合评分；判为确定。",
        **{f"{name}_level": level for name, level in levels.items()},
        **{f"{name}_weight": weight for name, weight in weights.items()},
    } | changes  # fmt: skip


LINKS = [
    link(1, 1, tier="possible", probability=0.6, name_level="one_sound"),
    link(3, 4),
    link(4, 5),
    link(5, 6, stage="exact", prior_weight=None, **{f"{name}_weight": None for name in ("name", "sex", "relation", "place", "household", "rarity")}),
]  # fmt: skip


def material() -> Material:
    """What the report is made from."""
    lists = {name: pl.DataFrame(ROWS.get(name, []), schema=LIST_SCHEMA).lazy() for name in LISTS}
    keys = ["case_key", "register", "record", "rule", "state", "first_batch", "why", "county"]
    ledger = pl.DataFrame(
        [(case(side, record), side, None if state == "vanished" else record, rule, state, "2018-08-15", "以前的理由", "乙山") for side, record, rule, state in LEDGER],
        schema=dict.fromkeys(keys, pl.String) | {"record": pl.Int64}, orient="row",
    )  # fmt: skip
    cases = pl.DataFrame(
        [(case(side, row["record"]), side, row["record"]) for side, rows in PERSONS.items() for row in rows],
        schema={"case_key": pl.String, "register": pl.String, "record": pl.Int64}, orient="row",
    )  # fmt: skip
    kinds: dict[str, Any] = {"id_number": pl.String, "id_partial": pl.String}
    return Material(
        lists=lists,
        persons={
            side: pl.DataFrame(rows, schema_overrides=kinds) for side, rows in PERSONS.items()
        },
        links=pl.DataFrame(LINKS, schema=LINKS_SCHEMA),
        duplicates=pl.DataFrame(
            schema={
                "register": pl.String,
                "record": pl.Int64,
                "group": pl.Int64,
                "representative": pl.Boolean,
            }
        ),
        ledger=ledger,
        cases=cases,
    )


def report(made_of: Material | None = None) -> Report:
    """The report over it: 甲溪县 lies in 东州, of 乙山县 nobody says where it lies."""
    given = made_of or material()
    found = mismatches(given)
    areas = pl.DataFrame({"county": ["甲溪县"], "prefecture": ["东州"]})
    totals = county_totals(found.rows, found.pairs, areas)
    return Report(
        title="农村低保专项治理",
        province="贵州省",
        facts=ReleaseFacts("2018-08-30", "2018-08-30", "ab" * 32, "7", "0123456789abcdef"),
        release_sha256=FINGERPRINT,
        data_dates={"dibao": "2018-07-31"},
        receipts=receipts(receipt(sha256="cd" * 32)),
        mismatches=found,
        totals=totals,
        tie_outs=report_tie_outs(
            totals, {name: len(ROWS.get(name, [])) for name in LISTS}, given.ledger
        ),
        rulebook={
            "C8": ("死亡的退出",),
            "C8 dibao": ("死亡的退出", "黔民发〔2018〕19号", "核实死亡日期"),
        },
    )


def written(folder: Path, **changes: Any) -> list[Path]:
    """The pages of the report in a folder."""
    return write_report(folder, replace(report(), **changes), LABELS)


def crowded(size: int) -> Mismatches:
    """A county with many rows: dibao and poverty rows by turns, each two a pair, with names, cases, incomes and weights that vary."""
    chance = random.Random(7)
    found = mismatches(material())
    characters = [chr(0x4E00 + chance.randrange(3000)) for _ in range(600)]
    half = size // 2
    numbers = pl.DataFrame({"turn": range(half)}).with_columns(
        name=pl.Series(["人" + "".join(chance.choices(characters, k=2)) for _ in range(half)]),
        income=pl.Series([round(chance.uniform(500, 9000), 1) for _ in range(half)]),
        village=pl.Series(sorted(f"{chance.randrange(200)}村" for _ in range(half))),
        **{side: pl.Series([f"{chance.getrandbits(64):016x}" for _ in range(half)]) for side in ("dibao", "poverty")},
    )  # fmt: skip
    tables: dict[str, list[pl.DataFrame]] = {"rows": [], "people": []}
    for side in ("dibao", "poverty"):
        for name, frames in tables.items():
            one = getattr(found, name).filter(pl.col("register") == side, pl.col("record") == 1)
            more = one.drop("case", "village", "record", strict=False).join(numbers, how="cross", suffix="_new")  # fmt: skip
            changed = more.with_columns(record="turn", case=side, counterpart_record="turn")  # fmt: skip
            if name == "people":
                changed = changed.with_columns(name="name_new", income="income_new")
            frames.append(changed.select(getattr(found, name).columns))
    weights = [name for name in found.pairs.columns if name.endswith("weight")]
    pair = found.pairs.filter(pl.col("dibao_record") == 1).drop("dibao_record", "poverty_record")
    pairs = pair.join(numbers, how="cross").with_columns(
        *(pl.Series(name, [round(chance.uniform(-9, 9), 3) for _ in range(half)]) for name in weights),
        dibao_record="turn",
        poverty_record="turn",
    )  # fmt: skip
    return Mismatches(
        pl.concat(tables["rows"]).sort("village", "record", "register"),
        pl.concat(tables["people"]).sort("register", "record"),
        pairs.select(found.pairs.columns).sort("dibao_record"),
    )
