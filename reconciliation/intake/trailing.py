"""Rows that are not about anybody: totals, signatures, page footers, and headers and titles repeated on every page.

Only rows without an ID number come here, so that no person with one can be dropped.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from reconciliation.registers.headers import HeaderAliases, normalise_header

_TOTAL = re.compile(
    r"(?:[本全该].{0,3})?(?:合\s*计|总\s*计|小\s*计|共\s*计|累\s*计|总\s*数)|.{0,12}(?:小计|合计|总计)\s*[:：]?$"
    r"|共\s*\d+\s*[人户条名]|\d+\s*户[\s,，、]*\d+\s*[人口]|第\s*\d+\s*页|共\s*\d+\s*页"
)
_SIGNATURE = re.compile(
    r"(?:填\s*表|填\s*报|制\s*表|制\s*作|审\s*核|审\s*批|复\s*核|校\s*对|经\s*办|统\s*计|打\s*印|导\s*出|录\s*入|上\s*报|报\s*送|签\s*字|签\s*章|盖\s*章)"
    r"(?:人员?|单位|部门|机关|日期|时间|意见|领导|负责人)?(?:\s*[(（].{0,8}[)）])?\s*(?:[:：]|$)"
    r"|(?:单位|部门|分管|主管|主要)?\s*(?:负责人|领导|联系人|联系电话|单位|日期|时间)(?:\s*[(（].{0,8}[)）])?\s*(?:签字|签章|盖章)?\s*[:：]"
    r"|(?:附?注|备注|说明|填表说明|注意)\s*\d?\s*[:：]|以[上下](?:人员|名单|对象|情况|空白|均|各|\d)"
)
_OFFICE = re.compile(
    r".{0,12}(?:主任|书记|主席|组长|[县镇乡村局科站所]长|代表|人员?|员|电话|日期|签[名字章]|办公室|[政民]办)(?:\s*[(（].{0,8}[)）])?\s*[:：]"
)
"""Who signs, before a name in the next cell. With a colon only: a 组 or 村 may stand before a person."""
_SECTION = re.compile(
    r"(?:[一二三四五六七八九十]{1,3}[、.．]|[(（][一二三四五六七八九十]{1,3}[)）]).+"
    r"|(?:.{2,12}(?:村|社区|村委会|居委会|镇|乡|街道|街道办|办事处)|第?[一二三四五六七八九十\d]{1,3}(?:村民)?小?组)"
    r"(?:\s*[(（].{0,12}[)）])?\s*[:：]?"
)
"""The heading of a part of the list: 一、天河村, 天河村（12户）, 第三组."""
_COLUMN_MARK = re.compile(r"[(（]?(?:\d{1,2}|[A-Za-z]|[甲乙丙丁戊己庚辛壬癸]|[①-⑳])[)）]?")
_UNIT = re.compile(r"[(（].{1,6}[)）]")
_FEWEST_MARKS = 3
_CONTINUED = re.compile(r"\(?续表?[一二三四五六七八九十\d]*\)?$")
_NO_NAME = re.compile(r"[\d\s.,，、/()（）人户名条元-]*$")
_LONGEST_NAME = 20


@dataclass(frozen=True)
class Surroundings:
    """What stands around the rows of a sheet.

    Attributes:
        header: the cells of the header's rows.
        above: texts of the rows above the header, normalised.
        aliases: what a header can be.
    """

    header: tuple[tuple[str, ...], ...]
    above: frozenset[str]
    aliases: HeaderAliases


def is_trailing(cells: Sequence[str], name: str, around: Surroundings) -> bool:
    """Whether a row without an ID number is about nobody.

    Args:
        cells: all cells of the row, trimmed.
        name: the one in the column of names.
        around: header and titles of the sheet.
    """
    filled = [cell for cell in cells if cell]
    return bool(filled) and (
        _is_repeated(cells, filled, around)
        or _is_header_again(cells, filled, name, around)
        or _is_below_the_header(filled)
        or (len(filled) == 1 and bool(_SECTION.fullmatch(filled[0])))
        or _is_marked(_TOTAL, filled, name)
        or _is_marked(_SIGNATURE, filled, name)
        or (filled[0] != name and bool(_OFFICE.fullmatch(filled[0])))
        or (filled == [name] and len(name) > _LONGEST_NAME)
    )


def _is_repeated(cells: Sequence[str], filled: Sequence[str], around: Surroundings) -> bool:
    if all(_CONTINUED.sub("", normalise_header(cell)) in around.above for cell in filled):
        return True
    return any(
        all(not cell or cell == header for cell, header in zip(cells, row, strict=True))
        for row in around.header
        if len(filled) > 1
    )


def _is_header_again(
    cells: Sequence[str], filled: Sequence[str], name: str, around: Surroundings
) -> bool:
    """Every cell is a header, in the column's own spelling or in another that is known; the name's among them."""
    known = around.aliases.is_known
    return (
        len(filled) > 1
        and known(name)
        and all(
            not cell or known(cell) or any(_same(cell, row[j]) for row in around.header)
            for j, cell in enumerate(cells)
        )
    )


def _same(one: str, other: str) -> bool:
    return normalise_header(one) == normalise_header(other)


def _is_below_the_header(filled: Sequence[str]) -> bool:
    """The marks (1 2 3, 甲 乙 1 2) or units （元） that forms print below the names of their columns."""
    marks = len(filled) >= _FEWEST_MARKS and len(set(filled)) == len(filled)
    return (marks and all(map(_COLUMN_MARK.fullmatch, filled))) or all(map(_UNIT.fullmatch, filled))


def _is_marked(mark: re.Pattern[str], filled: Sequence[str], name: str) -> bool:
    """The first filled cell says so (no person's row begins like that), or any cell of a row without a name."""
    nameless = bool(_NO_NAME.match(name) or mark.match(name))
    return bool(mark.match(filled[0])) or (nameless and any(map(mark.match, filled)))
