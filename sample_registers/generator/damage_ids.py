"""The mistakes of ID cells, one small function a class: the right number and a draw in, the cell's text out."""

from collections.abc import Callable
from dataclasses import dataclass

import polars as pl

from sample_registers.generator.confusions import PLACEHOLDERS

_FULL_WIDTH = str.maketrans("0123456789X", "０１２３４５６７８９Ｘ")


@dataclass(frozen=True)
class NumberFacts:
    """What a mistake may draw on besides the number itself.

    Attributes:
        relative: a number of another member of the family, empty where there is none.
        reissued: the person's other valid number.
        certificate: category and grade digits of the disabled, empty for others.
    """

    relative: str
    reissued: str
    certificate: str


Mistake = Callable[[str, float, NumberFacts], str]


def _cut(draw: float, sides: int) -> tuple[int, float]:
    """A whole number in [0, sides), and what is left of the draw for the next."""
    scaled = draw * sides
    return int(scaled), scaled - int(scaled)


def _other_digit(number: str, place: int, draw: float) -> str:
    """The number with another digit at `place`."""
    digit = (int(number[place]) + 1 + _cut(draw, 9)[0]) % 10
    return f"{number[:place]}{digit}{number[place + 1 :]}"


def _wrong_digit(number: str, draw: float, facts: NumberFacts) -> str:
    choice, rest = _cut(draw, 9)
    return _other_digit(number, (2, 3, 4, 5, 14, 15, 16, 14, 15)[choice], rest)


def _wrong_birth_year(number: str, draw: float, facts: NumberFacts) -> str:
    choice, rest = _cut(draw, 2)
    return _other_digit(number, 8 + choice, rest)


def _adjacent_swap(number: str, draw: float, facts: NumberFacts) -> str:
    places = [place for place in range(2, 16) if number[place] != number[place + 1]]
    place = places[_cut(draw, len(places))[0]]
    return f"{number[:place]}{number[place + 1]}{number[place]}{number[place + 2 :]}"


def _bad_check_digit(number: str, draw: float, facts: NumberFacts) -> str:
    others = [character for character in "0123456789X" if character != number[17]]
    return number[:17] + others[_cut(draw, 10)[0]]


def _blank(number: str, draw: float, facts: NumberFacts) -> str:
    return ""


def _placeholder(number: str, draw: float, facts: NumberFacts) -> str:
    return PLACEHOLDERS[_cut(draw, len(PLACEHOLDERS))[0]]


def _borrowed(number: str, draw: float, facts: NumberFacts) -> str:
    return facts.relative


def _reissued(number: str, draw: float, facts: NumberFacts) -> str:
    return facts.reissued


def _typed_as_number(number: str, draw: float, facts: NumberFacts) -> str:
    """What Excel keeps of it; workbooks hold the number itself, text files this text or the rounded form."""
    return number[:15] + "000"


def _fifteen(number: str, draw: float, facts: NumberFacts) -> str:
    return number[:6] + number[8:17]


def _certificate_form(number: str, draw: float, facts: NumberFacts) -> str:
    return number + facts.certificate + ("", "B1", "B2", "")[_cut(draw, 4)[0]]


def _blanks(number: str, draw: float, facts: NumberFacts) -> str:
    inner = f"{number[:6]} {number[6:14]} {number[14:]}"
    return (f" {number}", f"{number} ", inner, f"{number}\u3000")[_cut(draw, 4)[0]]


def _apostrophe(number: str, draw: float, facts: NumberFacts) -> str:
    return ("'", "‘", "`")[_cut(draw, 3)[0]] + number


def _full_width(number: str, draw: float, facts: NumberFacts) -> str:
    return number.translate(_FULL_WIDTH)


def _letter_o(number: str, draw: float, facts: NumberFacts) -> str:
    places = [place for place, digit in enumerate(number) if digit == "0"]
    place = places[_cut(draw, len(places))[0]]
    return f"{number[:place]}{'Oo'[draw * 100 % 1 > 0.7]}{number[place + 1 :]}"


def _lower_x(number: str, draw: float, facts: NumberFacts) -> str:
    return number[:17] + "x"


def _star_for_x(number: str, draw: float, facts: NumberFacts) -> str:
    return number[:17] + "*×"[_cut(draw, 2)[0]]


MISTAKES: dict[str, Mistake] = {
    "id_wrong_digit": _wrong_digit,
    "id_wrong_birth_year": _wrong_birth_year,
    "id_adjacent_swap": _adjacent_swap,
    "id_bad_check_digit": _bad_check_digit,
    "id_blank": _blank,
    "id_placeholder": _placeholder,
    "id_borrowed": _borrowed,
    "id_reissued": _reissued,
    "id_typed_as_number": _typed_as_number,
    "id_15_digits": _fifteen,
    "id_certificate_form": _certificate_form,
    "id_blanks": _blanks,
    "id_apostrophe": _apostrophe,
    "id_full_width": _full_width,
    "id_letter_o": _letter_o,
    "id_lower_x": _lower_x,
    "id_star_for_x": _star_for_x,
}

CHECK_FAILS = frozenset(
    {"id_wrong_digit", "id_wrong_birth_year", "id_adjacent_swap", "id_bad_check_digit"}
)
"""Classes whose number has 18 characters and a check digit that fails."""


def eligible() -> dict[str, pl.Expr]:
    """Who can suffer each class that not everybody can, over columns id, relative, certificate."""
    ends_in_x = pl.col("id").str.ends_with("X")
    return {
        "id_borrowed": pl.col("relative") != "",
        "id_typed_as_number": ~ends_in_x,
        "id_15_digits": pl.col("id").str.slice(6, 2) == "19",
        "id_certificate_form": pl.col("certificate") != "",
        "id_letter_o": pl.col("id").str.contains("0", literal=True),
        "id_lower_x": ends_in_x,
        "id_star_for_x": ends_in_x,
    }
