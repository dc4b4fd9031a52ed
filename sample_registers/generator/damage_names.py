"""The mistakes of name cells, one small function a class: the right name and a draw in, the cell's text out."""

from collections.abc import Callable
from dataclasses import dataclass

import polars as pl

from sample_registers.generator import words
from sample_registers.generator.confusions import (
    LIKE_SHAPE,
    MIDDLE_DOTS,
    NICKNAMES,
    REMARKS,
    SAME_SOUND,
    VARIANTS,
    WILDCARDS,
)


@dataclass(frozen=True)
class NameFacts:
    """What a mistake may draw on: the surname, the family head's name, and whether a boy or a girl."""

    surname: str
    head: str
    male: bool


Mistake = Callable[[str, float, NameFacts], str]


def _cut(draw: float, sides: int) -> int:
    return int(draw * sides)


def _confused(name: str, draw: float, table: dict[str, str]) -> str:
    """One character of the name replaced by one the table gives for it."""
    places = [place for place, character in enumerate(name) if character in table]
    place = places[_cut(draw, len(places))]
    others = table[name[place]]
    other = others[_cut(draw * len(places) % 1, len(others))]
    return name[:place] + other + name[place + 1 :]


def _homophone(name: str, draw: float, facts: NameFacts) -> str:
    return _confused(name, draw, SAME_SOUND)


def _look_alike(name: str, draw: float, facts: NameFacts) -> str:
    return _confused(name, draw, LIKE_SHAPE)


def _variant(name: str, draw: float, facts: NameFacts) -> str:
    return _confused(name, draw, VARIANTS)


def _missing_character(name: str, draw: float, facts: NameFacts) -> str:
    place = len(facts.surname) + _cut(draw, len(name) - len(facts.surname))
    return name[:place] + name[place + 1 :]


def _swapped(name: str, draw: float, facts: NameFacts) -> str:
    return name[:-2] + name[-1] + name[-2]


def _wildcard(name: str, draw: float, facts: NameFacts) -> str:
    place = 1 + _cut(draw, len(name) - 1)
    sign = WILDCARDS[_cut(draw * 97 % 1, len(WILDCARDS))]
    return name[:place] + sign + name[place + 1 :]


def _middle_dot(name: str, draw: float, facts: NameFacts) -> str:
    return name.replace("·", MIDDLE_DOTS[_cut(draw, len(MIDDLE_DOTS))])


def _remark(name: str, draw: float, facts: NameFacts) -> str:
    return name + REMARKS[_cut(draw, len(REMARKS))]


def _child_of(name: str, draw: float, facts: NameFacts) -> str:
    parent = facts.head if draw < 0.5 else f"{facts.head[:1]}某"
    return f"{parent}之{'子' if facts.male else '女'}"


def _nickname(name: str, draw: float, facts: NameFacts) -> str:
    return facts.surname + NICKNAMES[_cut(draw, len(NICKNAMES))]


def _new(name: str, draw: float, facts: NameFacts) -> str:
    characters = words.MALE if facts.male else words.FEMALE
    first = characters[_cut(draw, len(characters))]
    second = characters[_cut(draw * 991 % 1, len(characters))]
    new = facts.surname + first + (second if second != first else "")
    return new if new != name else facts.surname + second + first


def _inner_blank(name: str, draw: float, facts: NameFacts) -> str:
    return (" ", "\u3000", "  ")[_cut(draw, 3)].join(name)


MISTAKES: dict[str, Mistake] = {
    "name_homophone": _homophone,
    "name_look_alike": _look_alike,
    "name_variant": _variant,
    "name_missing_character": _missing_character,
    "name_swapped": _swapped,
    "name_wildcard": _wildcard,
    "name_middle_dot": _middle_dot,
    "name_remark": _remark,
    "name_child_of": _child_of,
    "name_nickname": _nickname,
    "name_new": _new,
    "name_inner_blank": _inner_blank,
}


def eligible() -> dict[str, pl.Expr]:
    """Who can suffer each class, over columns name, surname, age, is_head."""
    name = pl.col("name")
    dotted = name.str.contains("·", literal=True)
    plain_long = ~dotted & (name.str.len_chars() - pl.col("surname").str.len_chars() == 2)
    return {
        "name_homophone": ~dotted & name.str.contains_any(list(SAME_SOUND)),
        "name_look_alike": ~dotted & name.str.contains_any(list(LIKE_SHAPE)),
        "name_variant": ~dotted & name.str.contains_any(list(VARIANTS)),
        "name_missing_character": plain_long,
        "name_swapped": plain_long & (name.str.slice(-1) != name.str.slice(-2, 1)),
        "name_wildcard": ~dotted,
        "name_middle_dot": dotted,
        "name_child_of": (pl.col("age") < 12) & ~pl.col("is_head"),
        "name_nickname": ~dotted & (pl.col("age") < 16) & ~pl.col("is_head"),
        "name_new": ~dotted,
        "name_inner_blank": ~dotted & (name.str.len_chars() == 2),
    }
