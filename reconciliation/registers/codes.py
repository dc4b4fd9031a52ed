"""What coded values mean: texts and bare numbers to canonical English codes.

What belongs here: look-ups driven by `config/codes.yaml`. A text means the same in every register; a bare number means
something only by a code table that names the registers and the years it holds for. A number without a table is
refused (null), never guessed: the codes of 贫困户属性 changed meaning, and sex codes differ between systems.
"""

import re
import unicodedata
from typing import Self

import polars as pl
from pydantic import Field, field_validator, model_validator

from reconciliation.registers.base import FrozenModel
from reconciliation.registers.values import by_distinct

_BRACKETS = str.maketrans("[]{}〔〕【】〈〉《》", "()()()()()()")
_SEPARATORS = r"[,，、;；|｜/／+＋\s]+"


class CodeTable(FrozenModel):
    """A numbering that held for some registers during some years.

    Attributes:
        registers: registers whose files use it; empty: all.
        first_year: first year of the as-of date it holds for; null: always did.
        last_year: last such year; null: still does.
        codes: the number as written → canonical code. Leading zeros do not matter.
        source: where this is known from.
    """

    registers: tuple[str, ...] = ()
    first_year: int | None = None
    last_year: int | None = None
    codes: dict[str, str]
    source: str

    def holds(self, register: str, year: int) -> bool:
        """Whether this table explains the numbers of a register in a year."""
        return (
            (not self.registers or register in self.registers)
            and (self.first_year is None or self.first_year <= year)
            and (self.last_year is None or year <= self.last_year)
        )


class CodeField(FrozenModel):
    """The meanings of one field.

    Attributes:
        texts: canonical code → the texts that say so.
        patterns: canonical code → regular expressions, tried in order on texts that are not listed.
        tables: numberings, see `CodeTable`.
    """

    texts: dict[str, tuple[str, ...]]
    patterns: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    tables: tuple[CodeTable, ...] = ()

    @field_validator("patterns")
    @classmethod
    def _compile(cls, patterns: dict[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
        for expressions in patterns.values():
            for expression in expressions:
                _check_pattern(expression)
        return patterns

    @model_validator(mode="after")
    def _one_meaning_each(self) -> Self:
        seen: dict[str, str] = {}
        for code, texts in self.texts.items():
            for text in texts:
                if seen.setdefault(look_up_form(text), code) != code:
                    raise ValueError(f"'{text}' stands under two codes")
        used = {code for table in self.tables for code in table.codes.values()}
        unknown = sorted((used | set(self.patterns)) - set(self.texts))
        if unknown:
            raise ValueError(f"codes without texts: {', '.join(unknown)}")
        return self

    def meanings(self, register: str, year: int) -> dict[str, str]:
        """Text in look-up form → canonical code, for one register and year."""
        found = {look_up_form(text): code for code, texts in self.texts.items() for text in texts}
        for table in self.tables:
            if table.holds(register, year):
                for number, code in table.codes.items():
                    found[number] = code
                    found[number.lstrip("0") or "0"] = code
        return found

    def meaning_of(self, text: str | None, meanings: dict[str, str]) -> str | None:
        """The canonical code of one text; null where it has none."""
        if text is None:
            return None
        form = look_up_form(text)
        if form in meanings:
            return meanings[form]
        for code, expressions in self.patterns.items():
            if any(re.search(expression, form) for expression in expressions):
                return code
        return None


class CodeTables(FrozenModel):
    """`config/codes.yaml`: field → meanings."""

    fields: dict[str, CodeField]

    def decode(self, field: str, column: pl.Expr, *, register: str, year: int) -> pl.Expr:
        """The canonical code of each cell (String); null where blank, absent or without a meaning.

        Args:
            field: a key of `config/codes.yaml`.
            column: String column as received.
            register: register the column comes from.
            year: year of the as-of date, which decides the code table for bare numbers.
        """
        known = self.fields[field]
        meanings = known.meanings(register, year)

        def code(text: pl.Expr) -> pl.Expr:
            return text.map_elements(
                lambda cell: known.meaning_of(cell, meanings), return_dtype=pl.String
            )

        return by_distinct(column, code, dtype=pl.String)

    def decode_set(self, field: str, column: pl.Expr, *, register: str, year: int) -> pl.Expr:
        """The canonical codes of a cell with several values (List(String), sorted, each once).

        Values may be joined by comma, 、, ;, /, | or blanks, in any order. Null where nothing in the cell has a
        meaning. Arguments as for `decode`.
        """
        known = self.fields[field]
        meanings = known.meanings(register, year)

        def parts(cell: str) -> list[str] | None:
            found = {known.meaning_of(part, meanings) for part in re.split(_SEPARATORS, cell)}
            return sorted(code for code in found if code is not None) or None

        def codes(text: pl.Expr) -> pl.Expr:
            return text.map_elements(parts, return_dtype=pl.List(pl.String))

        return by_distinct(column, codes, dtype=pl.List(pl.String))


def look_up_form(text: str) -> str:
    """A text as it is looked up: NFKC, one kind of bracket, no blanks, upper-case letters."""
    folded = unicodedata.normalize("NFKC", text).translate(_BRACKETS).upper()
    return "".join(
        character for character in folded if character.isprintable() and not character.isspace()
    )


def _check_pattern(expression: str) -> None:
    try:
        re.compile(expression)
    except re.error as error:
        raise ValueError(f"not a regular expression: {error}") from None
