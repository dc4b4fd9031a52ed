"""Several people in one cell: 家庭成员姓名 and 家庭成员身份证号 of a household file, taken apart."""

import re
from dataclasses import dataclass
from itertools import zip_longest

PACKED = r"[、，,;；/／|｜\r\n+＋]"
"""What stands between people in one cell; where none of these does, blanks."""
_SEPARATORS = re.compile(PACKED)
_BLANKS = re.compile(r"\s+")
_NUMBERING = re.compile(r"^[(（]?\d{1,2}(?:[.．、)）:：]\s*|\s+)(?=\S)|^[①-⑳]\s*")
_ONLY_NUMBERING = re.compile(r"[(（]?\d{1,2}[.．)）:：]?|[①-⑳]")
_COUNT = re.compile(r"[^0-9]")
_POINT = re.compile(r"[.．。·]")
_NUMBER = re.compile(
    r"(?<![0-9A-Za-z])[0-9]{17}[0-9Xx](?![0-9A-Za-z])|(?<![0-9A-Za-z])[0-9]{15}(?![0-9A-Za-z])"
)
_BRACKETS = re.compile(r"[(（\[【〔]\s*([^()（）\[\]【】〔〕]*?)\s*[)）\]】〕]")
_EMPTY_BRACKETS = re.compile(r"[(（\[【〔]\s*[)）\]】〕]")
_EDGES = " \t:：-—–"
_KINSHIP = re.compile(
    "之?[长次大小二三四五六独生养继外曾堂表亲孙子女儿婿媳妇父母公婆爷奶祖岳兄弟姐妹哥嫂叔伯姑舅姨侄甥夫妻丈]{1,6}"
    "|之?(?:户主|本人|配偶|爱人|老婆|其他)"
)
"""A word for what somebody is to the head; what it means is for the code table of relations."""


@dataclass(frozen=True)
class Member:
    """Somebody listed in a cell; what is not there is empty."""

    name: str
    number: str
    relation: str = ""


def split_ids(cell: str) -> list[str]:
    """The numbers in a cell, in order; nothing between two separators is somebody without a number."""
    if _SEPARATORS.search(cell):
        return _split(cell)
    parts = [_NUMBERING.sub("", part) for part in _BLANKS.split(cell.strip())]
    points = _POINT.split(cell.strip())
    if len(points) > 1 and all(_NUMBER.fullmatch(part.strip()) for part in points):
        return [part.strip() for part in points]
    return _uncounted(parts)


def split_names(cell: str) -> list[str]:
    """The names in a cell, in order.

    Where only blanks part them, single characters next to each other are one name (`张 三 李四` is 张三 and 李四).
    """
    if _SEPARATORS.search(cell):
        return _split(cell)
    names: list[str] = []
    open_name = False
    for part in _uncounted(_BLANKS.split(cell.strip())):
        name = _NUMBERING.sub("", part)
        if open_name and len(name) == 1:
            names[-1] += name
        else:
            names.append(name)
        open_name = len(name) == 1 and not (open_name and len(names[-1]) > 1)
    return names


def members(names: str, ids: str, head: Member) -> list[Member]:
    """The members of a household other than its head.

    Args:
        names: the cell of names; a name may have its number or its relation with it (田二（之子）, 田二 522…).
        ids: the cell of numbers; may hold fewer or more than there are names, paired by position.
        head: left out where the cells list the head as well.
    """
    called, numbers = _listed(names, ids, head)
    if not any(numbers) and any(person.number for person in called):
        return [person for person in called if not _is_head(person, head)]
    pairs = zip_longest(called, numbers, fillvalue=None)
    people = [
        Member(person.name if person else "", number or "", person.relation if person else "")
        for person, number in pairs
    ]
    return [
        person for person in people if (person.name or person.number) and not _is_head(person, head)
    ]


def is_uneven(names: str, ids: str, head: Member) -> bool:
    """Whether the cells list both names and numbers, but not as many of each; arguments as for `members`."""
    called, numbers = _listed(names, ids, head)
    return any(person.name for person in called) and any(numbers) and len(called) != len(numbers)


def _listed(names: str, ids: str, head: Member) -> tuple[list[Member], list[str]]:
    """The entries of both cells; where one of them may list the head and the other not, without the head."""
    called, numbers = _whole(split_names(names)), split_ids(ids)
    if len(called) == len(numbers):
        return called, numbers
    return _without_head(called, head), _without(head.number, numbers)


def _whole(entries: list[str]) -> list[Member]:
    """The entries of a cell of names as people; a number set off from its name by a blank goes to the name before it."""
    people: list[Member] = []
    for entry in entries:
        person = _read(entry)
        if person.number and not person.name and people and not people[-1].number:
            people[-1] = Member(people[-1].name, person.number, people[-1].relation)
        else:
            people.append(person)
    return people


def _read(entry: str) -> Member:
    """Name, number and relation of one entry; a bracket that is no relation stays with the name."""
    numbers = _NUMBER.findall(_spaced(entry))
    number = numbers[0] if len(numbers) == 1 else ""
    name = _EMPTY_BRACKETS.sub("", entry.replace(number, "")) if number else entry
    relation = next((text for text in _BRACKETS.findall(name) if _KINSHIP.fullmatch(text)), "")
    if relation:
        name = _BRACKETS.sub(lambda found: "" if found[1] == relation else found[0], name, count=1)
    return Member(name.strip(_EDGES if number or relation else " "), number, relation)


def _spaced(entry: str) -> str:
    return re.sub(r"[^0-9Xx]", " ", entry)


def _is_head(person: Member, head: Member) -> bool:
    if person.number and head.number:
        return person.number.upper() == head.number.upper()
    return person.name == head.name


def _without_head(people: list[Member], head: Member) -> list[Member]:
    names = [person.name.upper() for person in people]
    if not head.name or head.name.upper() not in names:
        return people
    at = names.index(head.name.upper())
    return people[:at] + people[at + 1 :]


def _without(number: str, listed: list[str]) -> list[str]:
    """The list without the first mention of a number."""
    folded = [entry.upper() for entry in listed]
    if not number or number.upper() not in folded:
        return listed
    at = folded.index(number.upper())
    return listed[:at] + listed[at + 1 :]


def _split(cell: str) -> list[str]:
    """The parts between separators."""
    parts = _uncounted([part.strip() for part in _SEPARATORS.split(cell)])
    parts = [_NUMBERING.sub("", part) for part in parts]
    while parts and not parts[-1]:
        parts.pop()
    return parts


def _uncounted(parts: list[str]) -> list[str]:
    """The parts without those that only count the people: 1、田二、2、田三."""
    counts, others = parts[::2], parts[1::2]
    numbered = [_COUNT.sub("", part) for part in counts] == [str(i + 1) for i in range(len(counts))]
    alone = all(map(_ONLY_NUMBERING.fullmatch, counts))
    people = len(others) == len(counts) and not any(map(_ONLY_NUMBERING.fullmatch, others))
    return others if numbered and alone and people else parts
