"""The levels of every comparison: the whole vocabulary of evidence in one visible table.

What belongs here: the levels and which of them mean what. What does not: how a level is found (`names`, `numbers`,
`circumstances`) and what it weighs (`evidence`). The text of a level is its name in lower case, in every output.
"""

from enum import IntEnum
from typing import Final


class NameLevel(IntEnum):
    """How two names compare; the first that holds."""

    EXACT = 0
    VARIANT = 1
    ONE_SOUND = 2
    ONE_SHAPE = 3
    WILDCARD = 4
    TWO_SOFT = 5
    ONE_HARD = 6
    MISSING_OR_SWAPPED = 7
    NICKNAME = 8
    SURNAME_ONLY = 9
    OTHER = 10
    MISSING = 11


COMPATIBLE_NAMES: Final = (
    NameLevel.EXACT,
    NameLevel.VARIANT,
    NameLevel.ONE_SOUND,
    NameLevel.ONE_SHAPE,
    NameLevel.WILDCARD,
    NameLevel.TWO_SOFT,
    NameLevel.MISSING_OR_SWAPPED,
)
"""Names that are one name written in two ways; ONE_HARD is not: brothers share surname and generation character."""


class NumberLevel(IntEnum):
    """How two resident numbers compare, by kind.

    EXPLAINED: a difference has an innocent reason (one fails its check, lost digits, is on several rows, or belongs to
    somebody already settled). BOTH_VALID: no such reason, so a difference is near proof of two people. MISSING: a
    side has no number; the birth dates are compared. ONE_PART: the order number agrees, and area and birth date but for
    one slip.
    """

    EQUAL = 0
    ONE_EDIT = 1
    TAIL_NEAR = 2
    ONE_PART = 3
    PARTIAL_EQUAL = 4
    AREA_BIRTH = 5
    AREA_YEAR_SEX = 6
    BIRTH_EQUAL = 7
    BIRTH_NEAR = 8
    YEAR_ONLY = 9
    DIFFERS = 10
    EQUAL_BOTH_VALID = 11
    ONE_EDIT_BOTH_VALID = 12
    TAIL_NEAR_BOTH_VALID = 13
    ONE_PART_BOTH_VALID = 14
    PARTIAL_EQUAL_BOTH_VALID = 15
    AREA_BIRTH_BOTH_VALID = 16
    AREA_YEAR_SEX_BOTH_VALID = 17
    BIRTH_EQUAL_BOTH_VALID = 18
    BIRTH_NEAR_BOTH_VALID = 19
    YEAR_ONLY_BOTH_VALID = 20
    DIFFERS_BOTH_VALID = 21
    MISSING_BIRTH_EQUAL = 22
    MISSING_BIRTH_NEAR = 23
    MISSING_BIRTH_DIFFERS = 24
    MISSING = 25


NUMBER_PARTS: Final = tuple(level.name.lower() for level in list(NumberLevel)[:11])
BOTH_VALID: Final = len(NUMBER_PARTS)
"""A level of two valid numbers is the explained one plus this."""

SHARES_SEX_DIGIT: Final = (
    NumberLevel.EQUAL,
    NumberLevel.ONE_EDIT,
    NumberLevel.PARTIAL_EQUAL,
    NumberLevel.AREA_YEAR_SEX,
    NumberLevel.EQUAL_BOTH_VALID,
    NumberLevel.AREA_YEAR_SEX_BOTH_VALID,
)
"""Levels that say already that the sex digits agree: that the sexes agree is no further evidence then."""


class RelationLevel(IntEnum):
    """How two relations to the household's head compare."""

    SAME_HEAD = 0
    SAME = 1
    CLOSE = 2
    HEAD_OR_NOT = 3
    DIFFERS = 4
    MISSING = 5


class SexLevel(IntEnum):
    """How two sexes compare."""

    SAME = 0
    DIFFERS = 1
    MISSING = 2


class PlaceLevel(IntEnum):
    """The narrowest place two records share."""

    VILLAGE = 0
    TOWN = 1
    COUNTY = 2
    ELSEWHERE = 3
    MISSING = 4


class Standing(IntEnum):
    """Where two records stand to each other: in linked households, else by place."""

    LINKED_HOUSEHOLD = 0
    VILLAGE = 1
    TOWN = 2
    COUNTY = 3
    ELSEWHERE = 4
    UNKNOWN = 5


class Group(IntEnum):
    """The three standings among which strangers are counted apart."""

    LINKED_HOUSEHOLD = 0
    VILLAGE = 1
    ELSEWHERE = 2


class Context(IntEnum):
    """Who else is in a record's household."""

    ALONE = 0
    ONE_OTHER = 1
    SEVERAL_OTHERS = 2
    SOMEONE_SETTLED = 3


def texts(levels: type[IntEnum]) -> list[str]:
    """The level texts in the order of their numbers."""
    return [level.name.lower() for level in levels]
