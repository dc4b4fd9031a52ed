"""The workbooks of the other lists hold every row once, in one book or, where a list is long, one a county."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import polars as pl
import pytest
from python_calamine import CalamineWorkbook

from reconciliation.policy.entitlements.totals import TOTALS
from reconciliation.policy.switches import SCHEMA as SWITCHED_OFF
from reconciliation.publishing import entitlements
from reconciliation.publishing.entitlements import Content, write_entitlement_books
from reconciliation.publishing.summary_page import entitlement_rows
from tests.publishing.frames import LABELS
from tests.publishing.test_summary_page import data

BATCH = date(2018, 8, 15)
TITLES = {"relief": "一次性救助", "aid": "医疗救助", "nobody": "没有人"}


def listed(size: int) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "register": ["poverty"] * size,
            "record": range(size),
            "county": ["甲县" if number % 3 else None for number in range(size)],
            "town": ["一镇"] * size,
            "name": ["=1+1"] * size,
            "status": ["entitled"] * size,
            "amount": [1500] * size,
            "tier": pl.Series([None] * size, dtype=pl.String),
            "inclusion_probability": [0.012345] * size,
        },
        schema_overrides={"county": pl.String, "town": pl.String},
    )


def totals() -> pl.DataFrame:
    return pl.DataFrame(
        [
            ("county", "relief", "moved", "2018年搬迁", "entitled", None, "甲县", 6, 5, 9000),
            ("province", "relief", "moved", "2018年搬迁", "entitled", None, None, 9, 8, 13500),
            ("province", "relief", "moved", "2018年搬迁", "verify", None, None, 1, 1, 1500),
            ("province", "aid", "old", "老年人", "entitled", None, None, 4, 4, None),
        ],
        schema=TOTALS,
        orient="row",
    )


def content() -> Content:
    return Content({"relief": listed(9), "aid": listed(4), "nobody": listed(0)}, totals(), TITLES)


def sheets(path: Path) -> dict[str, list[list[object]]]:
    book = CalamineWorkbook.from_path(path)
    return {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}


def test_short_lists_stand_in_one_book_behind_their_totals(tmp_path: Path) -> None:
    (path,) = write_entitlement_books(tmp_path, content(), labels=LABELS, batch=BATCH)
    found = sheets(path)
    assert list(found) == ["合计", "一次性救助", "医疗救助"]
    assert [len(rows) - 1 for rows in found.values()] == [4, 9, 4]
    header, first, *_ = found["一次性救助"]
    assert "匹配等级" not in header, "a column with nothing in it is not shown"
    assert first[header.index("姓名")] == "=1+1"
    assert (first[header.index("结果")], first[header.index("入样概率")]) == ("应享受", "0.0123")
    assert found["合计"][1][3] == "全省"
    assert path.stat().st_mode & 0o077 == 0


def test_a_long_list_is_divided_and_no_row_is_lost(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(entitlements, "ROWS_A_BOOK", 5)
    paths = write_entitlement_books(tmp_path, content(), labels=LABELS, batch=BATCH)
    assert len(paths) > 2 and list(sheets(paths[0])) == ["合计"]
    found = [sheets(path) for path in paths[1:]]
    for title, size in (("一次性救助", 9), ("医疗救助", 4)):
        records = [row for book in found for row in book.get(title, [[]])[1:]]
        assert len(records) == size


def test_the_same_lists_give_the_same_bytes(tmp_path: Path) -> None:
    one, two = (
        write_entitlement_books(tmp_path / name, content(), labels=LABELS, batch=BATCH)[0]
        for name in ("a", "b")
    )
    assert one.read_bytes() == two.read_bytes()


def test_the_page_adds_up_the_province_and_tells_lists_without_people_from_lists_nobody_asked() -> (
    None
):
    rules = dict(zip(TITLES, (("E1",), ("E3", "E3b"), ("E5", "E5b")), strict=True))
    off = pl.DataFrame(
        [("tekun", None, None, ["E3", "E5"]), ("dibao", "甲.xlsx", "age", ["E1", "E5b"])],
        schema=SWITCHED_OFF,
        orient="row",
    )
    made = replace(
        data(),
        entitlements=totals(),
        entitlement_titles=TITLES,
        entitlement_rules=rules,
        switched_off=off,
    )
    relief = {"title": "一次性救助", "off": False, "entitled": 9, "verify": 1, "amount": 13500}
    aid = {"title": "医疗救助", "off": False, "entitled": 4, "verify": 0, "amount": None}
    nobody = {"title": "没有人", "off": False, "entitled": 0, "verify": 0, "amount": None}
    # One rule of the last list is off for lack of a column in one file only: it was asked of the others.
    assert entitlement_rows(made) == [relief, aid, nobody]
    silent = off.with_columns(rules=pl.Series([["E3", "E5", "E5b"], ["E1"]]))
    assert entitlement_rows(replace(made, switched_off=silent))[-1] == nobody | {"off": True}
