"""Two batches typed by hand: three counties in two prefectures, one of which reports directly, and a ledger of eight findings."""

from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from reconciliation.ledger.states import LEDGER_SCHEMA
from reconciliation.publishing.coverage import COVERAGE
from reconciliation.publishing.place_figures import FIGURES as PLACE_FIGURES
from reconciliation.publishing.place_figures import MEASURES
from reconciliation.publishing.report.changes import RESTATED, compared
from reconciliation.publishing.report.content import Content
from reconciliation.publishing.report.figures import Tree, report_figures
from reconciliation.publishing.report.settings import ReportSettings
from tests.publishing.frames import LABELS

CONFIG = Path(__file__).parents[3] / "config"
SETTINGS = ReportSettings.load(CONFIG / "report.yaml")
FIRST, SECOND = "2018-08-15", "2018-08-30"
TREE = Tree(
    direct=pl.DataFrame({"county": ["仁怀", "红花"], "town": [None, "平桥"], "unit": ["仁怀市", "新区"]}),
    prefectures=pl.DataFrame({"county": ["仁怀", "红花", "绿水"], "prefecture": ["遵义市", "遵义市", "安顺市"]}),
    fold=lambda names: names.str.replace("[县市区]$", ""),
)  # fmt: skip


def place(level: str, *, prefecture: str | None = None, unit: str | None = None, county: str | None = None, **measures: int) -> dict[str, Any]:  # fmt: skip
    """A row of `place_figures`; what is not given is 0."""
    empty = dict.fromkeys(PLACE_FIGURES) | dict.fromkeys(MEASURES, 0)
    return (
        empty
        | {"level": level, "prefecture": prefecture, "unit": unit, "county": county}
        | measures
    )


def places(*rows: dict[str, Any]) -> pl.DataFrame:
    return pl.DataFrame(list(rows), schema=PLACE_FIGURES, orient="row")


def finding(case: str, county: str | None, state: str, **changes: Any) -> dict[str, Any]:
    """A row of the ledger: a proposed exit from dibao that has been sent out."""
    return (
        dict.fromkeys(LEDGER_SCHEMA)
        | {
            "case_key": case,
            "register": "dibao",
            "record": 1,
            "rule": "C7",
            "disposition": "exit_dibao",
            "state": state,
            "first_batch": FIRST,
            "last_batch": FIRST,
            "sent_on": FIRST,
            "county": county,
            "town": "平桥",
        }
        | changes
    )


def ledger(*rows: dict[str, Any]) -> pl.DataFrame:
    return pl.DataFrame(list(rows), schema=LEDGER_SCHEMA, orient="row")


FIRST_PLACES = places(
    place("province", dibao_exit_dibao=9, cut_fen=1_234_500_00, poverty_include_dibao=4, added_fen=80_050, added_unknown=1, dibao_people=100, dibao_matched=40),
    place("unit", unit="仁怀市", dibao_exit_dibao=5),
    place("unit", unit="安顺市", dibao_exit_dibao=4),
    place("prefecture", prefecture="遵义市", dibao_exit_dibao=5),
    place("prefecture", prefecture="安顺市", dibao_exit_dibao=4),
    place("county", prefecture="遵义市", county="仁怀市", dibao_exit_dibao=5),
    place("county", prefecture="安顺市", county="绿水县", dibao_exit_dibao=4),
)  # fmt: skip
SECOND_PLACES = places(
    place("province", dibao_exit_dibao=12, cut_fen=1_334_500_00, poverty_include_dibao=4, added_fen=70_050, added_unknown=2, dibao_people=90, dibao_matched=45),
    place("unit", unit="仁怀市", dibao_exit_dibao=5),
    place("unit", unit="新区", dibao_exit_dibao=7),
    place("prefecture", prefecture="遵义市", dibao_exit_dibao=12),
    place("county", prefecture="遵义市", county="仁怀区", dibao_exit_dibao=5),
    place("county", prefecture="遵义市", county="红花县", dibao_exit_dibao=7),
)  # fmt: skip
FIRST_LEDGER = ledger(
    finding("a", "仁怀", "raised"),
    finding("a", "仁怀", "raised", rule="C2", disposition="correct", sent_on=None),
    finding("b", "绿水", "raised"),
    finding("c", "绿水", "raised"),
)
_CONFIRMED = {"answer": "confirmed", "effect": "awaiting_notice"}
SECOND_LEDGER = ledger(
    finding("a", "仁怀", "overdue", last_batch=SECOND),
    finding("a", "仁怀", "overdue", rule="C2", disposition="correct", last_batch=SECOND),
    finding("b", "绿水", "closed", answer="confirmed", effect="in_effect"),
    finding("c", "绿水", "overdue", answer="pending"),
    finding("d", "红花", "raised", first_batch=SECOND, last_batch=SECOND, sent_on=SECOND),
    finding("e", "红花", "confirmed", first_batch=SECOND, last_batch=SECOND, town="别处", **_CONFIRMED),
    finding("f", None, "vanished", first_batch=SECOND, last_batch=SECOND),
)  # fmt: skip
FIRST_FIGURES = report_figures(FIRST_PLACES, FIRST_LEDGER, FIRST, TREE, None)
SECOND_FIGURES = report_figures(SECOND_PLACES, SECOND_LEDGER, SECOND, TREE, FIRST_FIGURES)
COVERED = pl.DataFrame(
    [
        {"register": "dibao", "county": "绿水县", "status": "nothing_received"},
        {"register": "poverty", "county": "仁怀市", "status": "received"},
        {"register": "deaths", "county": None, "status": "nothing_received"},
    ],
    schema=COVERAGE,
)


def content(number: int = 2, **changes: Any) -> Content:
    """The report of the first or the second batch."""
    made: dict[str, Any] = {
        "batch": date.fromisoformat((FIRST, SECOND)[number - 1]),
        "number": number,
        "province": "某省",
        "settings": SETTINGS,
        "texts": {},
        "labels": LABELS,
        "compared": compared(FIRST_FIGURES, None) if number == 1 else compared(SECOND_FIGURES, FIRST_FIGURES),
        "restated": pl.DataFrame(schema=RESTATED),
        "coverage": COVERED,
        "has_before": number > 1,
    }  # fmt: skip
    return Content(**(made | changes))
