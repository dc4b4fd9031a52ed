"""Which canonical field a column is, by the spelling of its header.

What belongs here: making header texts comparable and matching them with the spellings of `config/headers.yaml`. What
does not: finding the header row in a sheet (`intake.header`).

A household file (one row a household) is matched with its own spellings, because its plain 身份证号 is the head's.
"""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal

from pydantic import PrivateAttr, model_validator
from rapidfuzz import fuzz, process

from reconciliation.registers.base import FrozenModel
from reconciliation.registers.schema import PLACE, REGISTERS, Register

FileKind = Literal["person", "household"]
MEMBER_FIELDS = ("member_names", "member_ids")
"""Columns of a household file that pack several people into one cell; no canonical fields."""

_LEFT = str.maketrans("[{【〔〈《「", "(((((((")
_RIGHT = str.maketrans("]}】〕〉》」", ")))))))")
_NOISE = re.compile(r"[\s*:#\u200b-\u200f\u2060\ufeff]+")
_UNIT = re.compile(r"\([^()]*\)$")
_DIGITS = re.compile(r"\d+|[一二三四五六七八九十]+(?=月)")
_NEAR = 82.0
"""How like a known header a text must be for the header to be suggested in a refusal."""
_IN_BRACKETS = re.compile(r"\(([^()]+)\)")


@lru_cache(maxsize=4096)
def normalise_header(text: str) -> str:
    """A header text made comparable: NFKC, no blanks, colons or asterisks, one kind of brackets, 帐→账, lower case."""
    folded = unicodedata.normalize("NFKC", text).translate(_LEFT).translate(_RIGHT)
    header = _NOISE.sub("", folded).replace("帐", "账").lower()
    bracketed = _IN_BRACKETS.fullmatch(header)
    return bracketed[1] if bracketed else header


def without_unit(header: str) -> str:
    """A normalised header without the brackets at its end: `年收入(元)` → `年收入`."""
    return _UNIT.sub("", header) or header


@dataclass(frozen=True)
class Spellings:
    """What the headers of one register and file kind can be.

    Attributes:
        exact: normalised spelling to (field, rank); rank 0 is the best spelling of its field.
        unitless: the same without a bracketed unit, where that is still one field.
    """

    exact: Mapping[str, tuple[str, int]]
    unitless: Mapping[str, tuple[str, int]]


@dataclass(frozen=True)
class Candidate:
    """One column that could be one field; the smaller, the better."""

    level: int
    distance: float
    rank: int
    column: int
    field: str

    @property
    def order(self) -> tuple[int, float, int, int]:
        """How good the candidate is: exact before unitless before similar, then by rank and position."""
        return self.level, self.distance, self.rank, self.column


@dataclass(frozen=True)
class Matching:
    """Columns recognised in one header.

    Attributes:
        fields: column position to canonical field (or member field of a household file); one-to-one.
        similar: positions recognised by likeness or by their values, to be named in the receipt.
    """

    fields: Mapping[int, str]
    similar: frozenset[int] = frozenset()


class HeaderAliases(FrozenModel):
    """`config/headers.yaml`: spellings by canonical field, in common, by register and for household files."""

    counters: tuple[str, ...]
    other_people: tuple[str, ...]
    areas: tuple[str, ...]
    area_levels: dict[str, str]
    similarity: float
    similarity_margin: float
    common: dict[str, tuple[str, ...]]
    registers: dict[str, dict[str, tuple[str, ...]]]
    household: dict[str, tuple[str, ...]]

    _spellings: dict[tuple[str, FileKind], Spellings] = PrivateAttr(default_factory=dict)
    _known: frozenset[str] = PrivateAttr(default=frozenset())
    _counters: frozenset[str] = PrivateAttr(default=frozenset())
    _others: frozenset[str] = PrivateAttr(default=frozenset())
    _areas: frozenset[str] = PrivateAttr(default=frozenset())

    @model_validator(mode="after")
    def _known_fields(self) -> "HeaderAliases":
        every = {field for register in REGISTERS.values() for field in register.columns}
        unknown = set(self.common) ^ every
        unknown |= set(self.area_levels) - set(PLACE)
        unknown |= set(self.household) - every - set(MEMBER_FIELDS)
        for name, fields in self.registers.items():
            unknown |= set(fields) - set(REGISTERS[name].columns) if name in REGISTERS else {name}
        if unknown:
            raise ValueError(
                f"unknown or missing registers or fields: {', '.join(sorted(unknown))}"
            )
        return self

    def model_post_init(self, context: Any) -> None:
        """Look-up tables, made once."""
        for register in REGISTERS.values():
            person = self._layers(register)
            self._spellings[register.name, "person"] = _tables(person)
            if register.household_fields:
                people = {"name", "id_number"}
                of_household = [
                    (field, spellings) for field, spellings in person if field not in people
                ]
                self._spellings[register.name, "household"] = _tables(
                    [*self.household.items(), *of_household]
                )
        self._counters = frozenset(map(normalise_header, self.counters))
        self._others = frozenset(map(normalise_header, self.other_people))
        self._areas = frozenset(map(normalise_header, self.areas))
        self._known = self._counters.union(
            self._areas, *(table.exact for table in self._spellings.values())
        )

    def _layers(self, register: Register) -> list[tuple[str, tuple[str, ...]]]:
        own = self.registers.get(register.name, {})
        common = [(field, self.common[field]) for field in register.columns if field in self.common]
        return [*own.items(), *common]

    def spoken(self, field: str) -> str:
        """What people call a field: its best spelling."""
        return (self.common.get(field) or self.household[field])[0]

    def is_known(self, text: str) -> bool:
        """Whether a text is the header of any register: only such texts may be shown in a message."""
        header = normalise_header(text)
        return header in self._known or without_unit(header) in self._known

    def nearest(self, text: str) -> str | None:
        """The known header, in its normalised spelling, that a text is like without being it; null where none is."""
        found = process.extractOne(
            normalise_header(text), sorted(self._known), scorer=fuzz.ratio, score_cutoff=_NEAR
        )
        return str(found[0]) if found else None

    def is_counter(self, text: str) -> bool:
        """Whether a column only numbers the rows of the list."""
        header = normalise_header(text)
        return header in self._counters or without_unit(header) in self._counters

    def is_other_person(self, text: str) -> bool:
        """Whether an upper header says that the columns below it are about somebody else."""
        return normalise_header(text) in self._others

    def is_area(self, text: str) -> bool:
        """Whether a column holds places of a level that only its values tell."""
        return normalise_header(text) in self._areas

    def kind(self, headers: Sequence[Sequence[str]], register: Register) -> FileKind:
        """Whether a header is that of a person file or of a household file.

        Args:
            headers: for each column, its possible texts, the best first.
            register: only registers with household fields have household files.
        """
        if not register.household_fields:
            return "person"
        person = self.match(headers, register, "person", similar=False)
        fields = set(person.fields.values())
        packed = self._packed_names(headers, person)
        if "name" in fields and (not packed or "relation" in fields):
            return "person"
        household = set(self.match(headers, register, "household", similar=False).fields.values())
        return "household" if household & {"head_name", "head_id"} else "person"

    def match(
        self,
        headers: Sequence[Sequence[str]],
        register: Register,
        kind: FileKind,
        *,
        similar: bool = True,
    ) -> Matching:
        """The fields of the columns: exact spelling first, then without a unit, then by likeness where it is clear.

        Args:
            headers: for each column, its possible texts, the best first (a two-row header gives several).
            register: whose fields are looked for.
            kind: person or household spellings.
            similar: whether likeness (rapidfuzz ratio) may decide at all.
        """
        spellings = self._spellings[register.name, kind]
        candidates = [
            candidate
            for column, texts in enumerate(headers)
            for candidate in _listed(column, [normalise_header(text) for text in texts], spellings)
        ]
        chosen = _assign(sorted(candidates, key=lambda candidate: candidate.order), {})
        if not similar:
            return Matching(chosen)
        listed = {candidate.column for candidate in candidates}
        alike = [
            candidate
            for column, texts in enumerate(headers)
            if column not in listed and texts and not self.is_counter(texts[-1])
            for candidate in self._alike(column, normalise_header(texts[-1]), spellings)
        ]
        complete = _assign(sorted(alike, key=lambda candidate: candidate.order), chosen)
        return Matching(complete, frozenset(complete) - frozenset(chosen))

    def _alike(self, column: int, header: str, spellings: Spellings) -> list[Candidate]:
        """The one field whose spelling is alike enough while no other field comes near."""
        best: dict[str, float] = {}
        digits = _DIGITS.findall(header)
        for spelling, (field, _) in spellings.unitless.items():
            if digits != _DIGITS.findall(spelling):
                continue  # 成员2姓名 and 2月保障金 are columns of their own
            score = fuzz.ratio(without_unit(header), spelling)
            best[field] = max(score, best.get(field, 0.0))
        ranked = sorted(best.items(), key=lambda item: (-item[1], item[0]))
        (field, score), (_, runner_up) = [*ranked, ("", 0.0), ("", 0.0)][:2]
        clear = score >= self.similarity and score - runner_up >= self.similarity_margin
        return [Candidate(2, -score, 0, column, field)] if clear else []

    def _packed_names(self, headers: Sequence[Sequence[str]], matching: Matching) -> bool:
        """Whether the only column of names is one that household files use for all their members."""
        packed = {normalise_header(text) for text in self.household.get("member_names", ())}
        return any(
            field == "name" and any(normalise_header(text) in packed for text in headers[column])
            for column, field in matching.fields.items()
        )


def _tables(layers: Sequence[tuple[str, Sequence[str]]]) -> Spellings:
    """Look-up tables of some layers of spellings; an earlier layer wins a spelling, and ranks before a later one."""
    exact: dict[str, tuple[str, int]] = {}
    ranks: dict[str, int] = {}
    for field, spellings in layers:
        for spelling in spellings:
            rank = ranks.get(field, 0)
            ranks[field] = rank + 1
            exact.setdefault(normalise_header(spelling), (field, rank))
    unitless: dict[str, tuple[str, int]] = {}
    for spelling, (field, rank) in exact.items():
        unitless.setdefault(
            without_unit(spelling), exact.get(without_unit(spelling), (field, rank))
        )
    return Spellings(exact, unitless)


def _listed(column: int, texts: Sequence[str], spellings: Spellings) -> list[Candidate]:
    """The field of a column by a listed spelling, with its unit or without; the first text that has one decides."""
    for level, table, fold in ((0, spellings.exact, str), (1, spellings.unitless, without_unit)):
        for text in texts:
            found = table.get(fold(text))
            if found:
                return [Candidate(level, 0.0, found[1], column, found[0])]
    return []


def _assign(ordered: Sequence[Candidate], taken: Mapping[int, str]) -> dict[int, str]:
    """One field a column and one column a field, best candidates first."""
    chosen = dict(taken)
    for candidate in ordered:
        if candidate.field not in chosen.values() and candidate.column not in chosen:
            chosen[candidate.column] = candidate.field
    return chosen
