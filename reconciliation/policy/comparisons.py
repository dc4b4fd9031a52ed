"""Whether what a predicate compares can be compared: numbers with numbers, a code with the codes its column can hold.

What belongs here: the types of comparisons, read off the tokens of a predicate. What does not: which words are allowed
(`grammar.py`) and evaluation; that is polars' own. Polars by itself takes a date held against a number, a yes/no against 1, a
number as a condition and `= NULL`, and each of them gives an answer nobody meant.
"""

from collections.abc import Callable, Sequence
from typing import Final

import polars as pl

Token = tuple[str, str]
"""Kind (`text`, `number`, `word`, `sign`, `bracket`) and the token as written."""
TypeOf = Callable[[str], pl.DataType | type[pl.DataType]]
"""The type of a column a predicate may name."""
ValuesOf = Callable[[str], Sequence[str]]
"""The codes a column can hold; none where it is no code."""

_WORDS: Final = frozenset({"AND", "OR", "NOT", "IN", "BETWEEN", "IS"})
_EQUAL: Final = frozenset({"=", "<>", "!="})
_NAMES: Final = {"text": "text", "number": "number", "flag": "yes/no", "date": "date"}


class Comparisons:
    """Checks the tokens of one predicate."""

    def __init__(self, tokens: Sequence[Token], type_of: TypeOf, values_of: ValuesOf) -> None:
        """Take the tokens, all of allowed words and known columns."""
        self._tokens = [*tokens, ("end", "")]
        self._type_of = type_of
        self._values_of = values_of
        self._compared: set[int] = set()

    def problem(self) -> str | None:
        """What is wrong with the first comparison that makes no sense; None where all do."""
        for place, (kind, word) in enumerate(self._tokens):
            found = None
            if kind == "sign":
                found = self._pair(place - 1, word, place + 1)
            elif kind == "word" and word.upper() == "IN":
                found = self._list(self._subject(place), place + 1)
            elif kind == "word" and word.upper() == "BETWEEN":
                found = self._between(self._subject(place), place)
            elif kind == "word" and word.upper() == "IS":
                found = self._is_null(place)
            if found:
                return found
        return self._alone()

    def _subject(self, place: int) -> int:
        """Where the left side of IN, NOT IN, BETWEEN or NOT BETWEEN stands."""
        return place - 2 if self._is(place - 1, "NOT") else place - 1

    def _is(self, place: int, word: str) -> bool:
        return (
            0 <= place < len(self._tokens)
            and self._tokens[place][0] in ("word", "bracket")
            and (self._tokens[place][1].upper() == word)
        )

    def _kind(self, place: int) -> str | None:
        """What an operand is: a key of `_NAMES`, `null`; None where no operand stands there."""
        kind, word = self._tokens[place] if 0 <= place < len(self._tokens) else ("end", "")
        if kind in ("text", "number"):
            return kind
        if kind != "word" or word.upper() in _WORDS:
            return None
        if word.upper() == "NULL":
            return "null"
        if word.upper() in ("TRUE", "FALSE"):
            return "flag"
        dtype = self._type_of(word)
        if dtype == pl.Boolean:
            return "flag"
        return "text" if dtype == pl.String else "date" if dtype == pl.Date else "number"

    def _is_column(self, place: int) -> bool:
        kind, word = self._tokens[place]
        return kind == "word" and word.upper() not in ("TRUE", "FALSE", "NULL")

    def _pair(self, left: int, sign: str, right: int) -> str | None:
        kinds = self._kind(left), self._kind(right)
        if None in kinds:
            return f"{sign} needs a column or a value on either side, without brackets around it"
        self._compared |= {left, right}
        if "null" in kinds:
            return "an unknown value is asked for with IS NULL, not compared"
        if kinds[0] != kinds[1]:
            return self._differ(left, right)
        if not (self._is_column(left) or self._is_column(right)):
            return f"{sign} compares two fixed values"
        if sign not in _EQUAL and kinds[0] in ("text", "flag"):
            return f"{self._tokens[left][1]}: a {_NAMES[str(kinds[0])]} is only = or <>"
        return self._strange(left, right) or self._strange(right, left)

    def _list(self, subject: int, opening: int) -> str | None:
        place = opening + 1
        while place < len(self._tokens) - 1 and not self._is(place, ")"):
            if self._tokens[place][1] != ",":
                found = self._pair(subject, "=", place)
                if found:
                    return found
            place += 1
        return None

    def _between(self, subject: int, place: int) -> str | None:
        found = self._pair(subject, "<=", place + 1)
        return found or self._pair(subject, "<=", place + 3)

    def _is_null(self, place: int) -> str | None:
        asked = place + 2 if self._is(place + 1, "NOT") else place + 1
        if self._kind(asked) != "null" or self._kind(place - 1) is None:
            return "IS stands between a column and NULL or NOT NULL"
        self._compared |= {place - 1, asked}
        return None

    def _alone(self) -> str | None:
        """A column that is compared with nothing must be a condition itself."""
        for place in range(len(self._tokens)):
            kind = self._kind(place)
            if place not in self._compared and kind not in (None, "flag"):
                return f"{self._tokens[place][1]} is not a condition; compare it with something"
        return None

    def _differ(self, left: int, right: int) -> str:
        told = [
            f"{self._tokens[place][1]} ({_NAMES[str(self._kind(place))]})"
            for place in (left, right)
        ]
        return f"{' and '.join(told)} are not of one type"

    def _strange(self, column: int, value: int) -> str | None:
        """A text its column can never hold."""
        if not self._is_column(column) or self._tokens[value][0] != "text":
            return None
        name, text = self._tokens[column][1], self._tokens[value][1][1:-1]
        known = self._values_of(name)
        if text in known:
            return None
        return f"{name} cannot hold: {text}; it can hold {', '.join(filter(None, known))}"
