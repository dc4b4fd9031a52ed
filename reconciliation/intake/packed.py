"""Several people in one cell: 家庭成员姓名 and 家庭成员身份证号 of a household file, taken apart."""

import re
from itertools import zip_longest

PACKED = r"[、，,;；/|\r\n]"
"""What stands between people in one cell; where none of these does, blanks."""
_SEPARATORS = re.compile(PACKED)
_BLANKS = re.compile(r"\s+")

Member = tuple[str, str]
"""Name and ID number; either may be empty."""


def split_ids(cell: str) -> list[str]:
    """The numbers in a cell, in order; nothing between two separators is somebody without a number."""
    return _split(cell) if _SEPARATORS.search(cell) else _BLANKS.split(cell.strip())


def split_names(cell: str) -> list[str]:
    """The names in a cell, in order.

    Where only blanks part them, single characters next to each other are one name (`张 三 李四` is 张三 and 李四).
    """
    if _SEPARATORS.search(cell):
        return _split(cell)
    names: list[str] = []
    open_name = False
    for part in _BLANKS.split(cell.strip()):
        if open_name and len(part) == 1:
            names[-1] += part
        else:
            names.append(part)
        open_name = len(part) == 1 and not (open_name and len(names[-1]) > 1)
    return names


def members(names: str, ids: str, head: Member) -> list[Member]:
    """The members of a household other than its head.

    Args:
        names: the cell of names.
        ids: the cell of numbers; may hold fewer or more than there are names, paired by position.
        head: left out where the cells list the head as well.
    """
    called, numbers = split_names(names), split_ids(ids)
    if len(called) != len(numbers):
        # One of the cells may list the head and the other not: only without the head the positions agree.
        called = _without(head[0], called)
        numbers = _without(head[1], numbers)
    pairs = zip_longest(called, numbers, fillvalue="")
    return [pair for pair in pairs if any(pair) and not _is_head(pair, head)]


def _is_head(person: Member, head: Member) -> bool:
    name, number = person
    if number and head[1]:
        return number.upper() == head[1].upper()
    return name == head[0]


def _without(person: str, listed: list[str]) -> list[str]:
    """The list without the first mention of a person."""
    folded = [entry.upper() for entry in listed]
    if not person or person.upper() not in folded:
        return listed
    at = folded.index(person.upper())
    return listed[:at] + listed[at + 1 :]


def _split(cell: str) -> list[str]:
    parts = [part.strip() for part in _SEPARATORS.split(cell)]
    while parts and not parts[-1]:
        parts.pop()
    return parts
