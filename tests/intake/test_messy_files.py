"""Whatever a file looks like: read = accepted + rejected, and no row about anybody is lost."""

import tempfile
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reconciliation.intake.files import ReceivedFile
from reconciliation.intake.parsing import Parsed
from reconciliation.intake.sheets import Reader, read_parsed
from reconciliation.registers.schema import REGISTERS
from tests.intake.offices import (
    HEADERS,
    LABELS,
    LEAN,
    SETTINGS,
    parse_here,
    person_id,
    text_file,
    workbook,
)

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
repeated = st.tuples(
    st.just("header"), st.sampled_from(["姓名", "姓 名"]), st.just("身份证号码"), st.just("备注")
)
section = st.tuples(
    st.just("trailing"),
    st.sampled_from(["一、天河村", "（二）龙村", "天河村（3户）", "第三组", "第 2 页"]),
    st.just(""),
    st.just(""),
)
longer = st.tuples(st.just("longer"), name, number, text)
rows = st.lists(
    st.one_of(person, person, unnumbered, nobody, blank, total, repeated, section, longer),
    max_size=25,
)
titles = st.lists(st.sampled_from(["甲县名册", "单位：乙镇", ""]), max_size=6)
LAYOUTS: tuple[tuple[tuple[str, ...], ...], ...] = (
    (LEAN,),
    (("NO.", "【姓 名】", "公民身份\n号码", "救助类型", "分档类型", "备注（说明）"),),
    (
        ("序号", "人员信息", "", "低保情况", "", "备注"),
        ("", "姓名", "身份证号", "低保类型", "低保类别", ""),
    ),
    (
        ("甲表", "低保对象", "", "", "", ""),
        ("序号", "人员", "", "低保情况", "", "备注"),
        ("", "姓名", "身份证", "类型", "低保类别", ""),
    ),
)
ENCODINGS = ("utf-8", "utf-8-sig", "gb18030", "utf-16")
files = st.one_of(
    st.tuples(st.just(".csv"), st.sampled_from(ENCODINGS), st.sampled_from([",", "\t", ";"])),
    st.just((".xlsx", "", "")),
)


def parsed_here(path: Path) -> Parsed:
    """As the parsing process does it, in this one: a process for each example would take minutes."""
    return next(parse_here([ReceivedFile(path, path.name)], SETTINGS))


def written(folder: str, table: list[list[str]], how: tuple[str, str, str]) -> Path:
    """The table as a file of the given kind, encoding and separator."""
    suffix, encoding, separator = how
    path = Path(folder, f"a{suffix}")
    if suffix == ".csv":
        return text_file(path, table, encoding, separator)
    return workbook(path, {"Sheet1": table})


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(rows=rows, above=titles, how=files, layout=st.sampled_from(LAYOUTS))
def test_every_row_is_accounted_for(
    rows: list[tuple[str, str, str, str]],
    above: list[str],
    how: tuple[str, str, str],
    layout: tuple[tuple[str, ...], ...],
) -> None:
    table = [[title] for title in above] + [list(row) for row in layout]
    table += [
        ["", who, no, "农村低保" if kind in ("person", "longer") else "", "", remark]
        + (["又及", "再及"] if kind == "longer" else [])
        for kind, who, no, remark in rows
    ]
    with tempfile.TemporaryDirectory() as folder:
        parsed = parsed_here(written(folder, table, how))
    reader = Reader(REGISTERS["dibao"], HEADERS, SETTINGS, LABELS)
    [sheet], [receipt] = read_parsed(parsed, reader)
    assert receipt["status"] == "accepted"
    assert receipt["header_row"] == len(above) + len(layout)
    assert receipt["rows_read"] == receipt["rows_accepted"] + receipt["rows_rejected"]
    assert receipt["rows_read"] == sheet.frame.height
    first = len(above) + len(layout) + 1
    received = dict(sheet.frame.select("source_row", "rejected").iter_rows())
    for offset, (kind, *_) in enumerate(rows):
        at = first + offset
        if kind in ("person", "name", "longer"):
            assert received[at] is None, (kind, at)
        elif kind == "nobody":
            assert received[at]
        else:
            assert at not in received, kind
    counted = [kind for kind, *_ in rows]
    assert receipt["rows_trailing"] == counted.count("trailing") + counted.count("header")
    last_filled = max((i for i, kind in enumerate(counted, 1) if kind != "blank"), default=0)
    assert receipt["rows_blank"] in (
        counted.count("blank"),
        counted[:last_filled].count("blank"),  # a workbook ends with its last filled row
    )


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data(), how=files)
def test_whatever_stands_in_the_cells_no_row_is_lost(
    data: st.DataObject, how: tuple[str, str, str]
) -> None:
    """Read = accepted + rejected, and with what is dropped it is every row below the header."""
    cell = st.one_of(
        text,
        name,
        number,
        st.sampled_from([*LEAN, "合计", "户主", "5.2E+17", "'1", "无", "—", "2018.1"]),
    )
    # Names of both columns in one row are a second header, whose file goes back (`test_other_tables`).
    row = st.lists(cell, max_size=9).filter(lambda cells: not {"姓名", "身份证"} <= set(cells))
    body = data.draw(st.lists(row, max_size=20))
    with tempfile.TemporaryDirectory() as folder:
        parsed = parsed_here(written(folder, [["名册"], list(LEAN), *body], how))
    reader = Reader(REGISTERS["dibao"], HEADERS, SETTINGS, LABELS)
    _, [receipt] = read_parsed(parsed, reader)
    assert receipt["status"] == "accepted"
    assert receipt["rows_read"] == receipt["rows_accepted"] + receipt["rows_rejected"]
    dropped = receipt["rows_trailing"] + receipt["rows_blank"]
    last = max((i for i, row in enumerate(body, 1) if any(row)), default=0)
    assert last <= receipt["rows_read"] + dropped + receipt["header_row"] - 2 <= len(body)
