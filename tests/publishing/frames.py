"""Small invented frames the publishing tests share."""

from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from reconciliation.identity.place_names import LEVELS
from reconciliation.ledger.settings import AnswerSettings
from reconciliation.publishing.answer_sheets import Sending
from reconciliation.publishing.located import Units, locate
from reconciliation.publishing.place_figures import on_lists, place_figures
from reconciliation.registers.labels import Labels
from reconciliation.registers.schema import LISTS, REQUIRED

LABELS = Labels.load(Path(__file__).parents[2] / "config" / "labels.yaml")
BATCH = date(2018, 8, 15)
SENDING = Sending(
    labels=LABELS,
    batch=BATCH,
    release="2018-08-15",
    run="2018-08-15 0",
    secret=b"0" * 32,
    settings=AnswerSettings.load(Path(__file__).parents[2] / "config" / "answers.yaml"),
    facts=(("低保数据截止", "2018-07-31"),),
)
HOSTILE = (
    "<script>alert(1)</script>",
    "=cmd|' /C calc'!A0",
    "+1+1",
    "@SUM(A1)",
    "-2",
    "{=1+1}",
    "&C&A",
)


def list_row(record: int, **changes: Any) -> dict[str, Any]:
    """One row of a list frame; `changes` overwrite what it holds."""
    return {
        "register": "dibao",
        "record": record,
        "source_file": "甲溪县.xlsx",
        "source_sheet": "花桥镇",
        "source_row": record + 3,
        "rule": "C3",
        "why": "收入低于低保标准，未享受低保",
        "other_rules": ["C2", "C13"],
        "owner": "civil_affairs",
        "county": "甲溪县",
        "town": "花桥镇",
        "village": "大坪",
        "household": record,
        "name": "张三",
        "id_number": "522101199001011234",
        "relation": "head",
        "case_key": f"{record:064x}",
        "counterpart_case": None,
        "state": "raised",
    } | changes


def list_frame(*rows: dict[str, Any]) -> pl.DataFrame:
    """A list frame; without rows, an empty one of the same columns."""
    shape = pl.DataFrame([list_row(1)], schema_overrides={"counterpart_case": pl.String})
    return pl.DataFrame(list(rows), schema=shape.schema) if rows else shape.clear()


def receipt(**changes: Any) -> dict[str, Any]:
    """One row of `receipts`."""
    return {
        "register": "dibao",
        "source_file": "甲溪县.xlsx",
        "source_sheet": "花桥镇",
        "kind": "person",
        "status": "accepted",
        "left_aside": None,
        "message": None,
        "sha256": "ab" * 32,
        "bytes": 1000,
        "encoding": None,
        "header_row": 3,
        "rows_read": 10,
        "rows_accepted": 8,
        "rows_rejected": 2,
        "rows_trailing": 1,
        "rows_blank": 0,
        "ids_typed_as_numbers": 1,
        "duplicates": 0,
        "disagreements": 0,
        "fields": ["name", "id_number"],
        "unmapped_headers": ["奇怪的列"],
    } | changes


def receipts(*rows: dict[str, Any]) -> pl.DataFrame:
    """A receipts frame."""
    text = dict.fromkeys(
        ("source_sheet", "kind", "left_aside", "message", "encoding", "sha256"), pl.String
    )
    return pl.DataFrame(list(rows), schema_overrides=text)


def records(*reasons: str | None) -> pl.DataFrame:
    """A records frame with one row a reason (null: recorded)."""
    count = len(reasons)
    return pl.DataFrame(
        {
            "record": range(1, count + 1),
            "source_file": ["甲溪县.xlsx"] * count,
            "source_sheet": ["花桥镇"] * count,
            "source_row": range(4, count + 4),
            "rejected": list(reasons),
            "name": ["赵秘密"] * count,
        },
        schema_overrides={"rejected": pl.String},
    )


def dispositions(*rows: tuple[str, int, str]) -> pl.DataFrame:
    """Dispositions from (register, record, list)."""
    return pl.DataFrame(
        [(*row, "civil_affairs") for row in rows],
        schema={
            "register": pl.String,
            "record": pl.Int64,
            "disposition": pl.String,
            "owner": pl.String,
        },
        orient="row",
    )


def lists_of(made: pl.DataFrame) -> dict[str, pl.DataFrame]:
    """The ten lists of some dispositions."""
    return {name: made.filter(pl.col("disposition") == name) for name in LISTS}


def figures_of(made: pl.DataFrame, persons: pl.DataFrame) -> pl.DataFrame:
    """The figures of dispositions alone; `persons` have `register`, `record` and whichever places they know."""
    nowhere = {
        level: pl.lit(None, dtype=pl.String) for level in LEVELS if level not in persons.columns
    }
    by_register = {
        register: persons.filter(register=register).with_columns(**nowhere) for register in REQUIRED
    }
    no_names = {
        level: pl.DataFrame(schema=dict.fromkeys((*LEVELS[: place + 1], "name"), pl.String))
        for place, level in enumerate(LEVELS)
    }
    units = Units(
        direct=pl.DataFrame(schema=dict.fromkeys(("county", "town", "unit"), pl.String)),
        prefectures=pl.DataFrame(schema=dict.fromkeys(("county", "prefecture"), pl.String)),
        deep={
            level: pl.DataFrame(schema=dict.fromkeys(LEVELS[: place + 1], pl.String))
            for place, level in enumerate(LEVELS)
        },
        names=no_names,
    )
    return place_figures(
        locate(by_register, units), {register: on_lists(made, register) for register in REQUIRED}
    )
