"""Whatever a file looks like: read = accepted + rejected, and no row about anybody is lost."""

import tempfile
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reconciliation.intake.files import ReceivedFile
from reconciliation.intake.parsing import Parsed, load_sheet
from reconciliation.intake.sheets import Reader, read_parsed
from reconciliation.intake.worker import parse
from reconciliation.registers.schema import REGISTERS
from tests.intake.offices import HEADERS, LABELS, LEAN, SETTINGS, person_id, text_file, workbook

text = st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), max_size=8)
name = st.sampled_from(
    ["田一苇", "罗 二月", "合欢", "共生", "注册", "审核人", "*", "幺妹", "王某之子"]
)
number = st.integers(0, 500).map(person_id)
person = st.tuples(st.just("person"), name, number, text)
nobody = st.tuples(st.just("nobody"), st.just(""), st.sampled_from(["", "无", "0"]), st.just("残"))
unnumbered = st.tuples(st.just("name"), st.sampled_from(["田三", "罗四"]), st.just(""), text)
blank = st.just(("blank", "", "", ""))
total = st.tuples(
    st.just("trailing"),
    st.sampled_from(["合计", "小 计", "填表人：甲", "注：共三人"]),
    st.just(""),
    st.just(""),
)
rows = st.lists(st.one_of(person, person, unnumbered, nobody, blank, total), max_size=25)
titles = st.lists(st.sampled_from(["甲县名册", "单位：乙镇", ""]), max_size=4)


def parsed_here(path: Path) -> Parsed:
    """As the parsing process does it, in this one: a process for each example would take minutes."""
    with tempfile.TemporaryDirectory() as folder:
        result: dict[str, Any] = parse(path, path.suffix, Path(folder), SETTINGS.model_dump())
        sheets = tuple(load_sheet(Path(folder), sheet) for sheet in result["sheets"])
    return Parsed(ReceivedFile(path, path.name), "", 0, result["encoding"], sheets)


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(rows=rows, above=titles, suffix=st.sampled_from([".csv", ".xlsx"]))
def test_every_row_is_accounted_for(
    rows: list[tuple[str, str, str, str]], above: list[str], suffix: str
) -> None:
    table = [[title] for title in above] + [list(LEAN)]
    table += [
        ["", who, no, "农村低保" if kind == "person" else "", "", remark]
        for kind, who, no, remark in rows
    ]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, f"a{suffix}")
        if suffix == ".csv":
            text_file(path, table, "utf-8")
        else:
            workbook(path, {"Sheet1": table})
        parsed = parsed_here(path)
    reader = Reader(REGISTERS["dibao"], HEADERS, SETTINGS, LABELS)
    [sheet], [receipt] = read_parsed(parsed, reader)
    assert receipt["status"] == "accepted"
    assert receipt["rows_read"] == receipt["rows_accepted"] + receipt["rows_rejected"]
    assert receipt["rows_read"] == sheet.frame.height
    first = len(above) + 2
    received = dict(sheet.frame.select("source_row", "rejected").iter_rows())
    for offset, (kind, *_) in enumerate(rows):
        at = first + offset
        if kind in ("person", "name"):
            assert received[at] is None, (kind, at)
        elif kind == "nobody":
            assert received[at]
        else:
            assert at not in received
    counted = [kind for kind, *_ in rows]
    assert receipt["rows_trailing"] == counted.count("trailing")
    last_filled = max((i for i, kind in enumerate(counted, 1) if kind != "blank"), default=0)
    assert receipt["rows_blank"] in (
        counted.count("blank"),
        counted[:last_filled].count("blank"),  # a workbook ends with its last filled row
    )
