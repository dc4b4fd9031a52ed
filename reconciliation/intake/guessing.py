"""Which register a file belongs to, told by its columns, and where those leave it open by its values and titles.

What belongs here: how well each register fits one parsed file. What does not: reading the file (`sheets`), and what follows
from a guess; the pipeline itself never guesses, a file belongs to the register in whose folder it lies.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import polars as pl

from reconciliation.intake.header import Header, MissingColumnsError, find_header
from reconciliation.intake.parsing import Parsed, Sheet
from reconciliation.intake.refusals import RefusedError
from reconciliation.intake.settings import IntakeSettings
from reconciliation.registers.codes import CodeTables
from reconciliation.registers.headers import HeaderAliases
from reconciliation.registers.labels import Labels
from reconciliation.registers.schema import REGISTERS, Register

ASSISTANCE: Final = "assistance_type"
_REGISTER_OF: Final = {"rural_dibao": "dibao", "urban_dibao": "urban_dibao", "tekun": "tekun"}
"""The registers whose exports have the same columns and differ in 救助类型."""
_SHORTEST_WORD: Final = 4


@dataclass(frozen=True)
class Knowledge:
    """The parts of the config that say what a file means.

    Attributes:
        headers: spellings of headers.
        settings: how far down a header is looked for.
        codes: what coded values mean.
        year: year of the as-of date, which decides the code tables.
        labels: names of the registers, wording of refusals.
    """

    headers: HeaderAliases
    settings: IntakeSettings
    codes: CodeTables
    year: int
    labels: Labels


@dataclass(frozen=True)
class Fit:
    """How well one register fits a file.

    Attributes:
        register: its name.
        sheets: sheets with a header that has what the register cannot do without.
        recognised: columns of all sheets with a header that are fields of the register.
        columns: columns of those sheets that have a header, but for running numbers.
        by_values: whether most cells of 救助类型 name this register.
        by_words: whether the file's name, a sheet's name or a title names it.
    """

    register: str
    sheets: int
    recognised: int
    columns: int
    by_values: bool
    by_words: bool

    @property
    def rank(self) -> tuple[int, int, bool, bool]:
        """Readable before unreadable, then by columns recognised, values, words."""
        return self.sheets, self.recognised, self.by_values, self.by_words


def fits(parsed: Parsed, knowledge: Knowledge) -> tuple[Fit, ...]:
    """How well every register fits a file, best first; equally good ones in the order of the registers."""
    every = [_fit(parsed, register, knowledge) for register in REGISTERS.values()]
    return tuple(sorted(every, key=lambda fit: fit.rank, reverse=True))


def best(ranked: Sequence[Fit]) -> tuple[str, ...]:
    """The register that fits best; several where they fit equally well; none where no column is recognised."""
    return tuple(fit.register for fit in ranked if fit.rank == ranked[0].rank and fit.recognised)


def better_than(given: str, ranked: Sequence[Fit]) -> str | None:
    """The one register that fits better than the one a file was given for."""
    likely = best(ranked)
    return likely[0] if len(likely) == 1 and likely[0] != given else None


def _fit(parsed: Parsed, register: Register, knowledge: Knowledge) -> Fit:
    sheets = recognised = columns = 0
    headers: list[tuple[Sheet, Header]] = []
    for sheet in parsed.sheets:
        if sheet.skipped:
            continue
        try:
            header = find_header(
                sheet, register, knowledge.headers, knowledge.settings.header_search_rows
            )
        except MissingColumnsError as error:
            recognised += len(error.found)
            columns += _filled(_row(sheet, error.row - 1), knowledge.headers)
        except RefusedError:
            continue
        else:
            sheets += 1
            recognised += len(header.fields)
            columns += _filled(header.texts, knowledge.headers)
            headers.append((sheet, header))
    return Fit(
        register.name,
        sheets,
        recognised,
        columns,
        by_values=_named_by_values(headers, knowledge) == register.name,
        by_words=_named_by_words(parsed, headers, _words(register.name, knowledge)),
    )


def _row(sheet: Sheet, row: int) -> list[str]:
    cells = sheet.grid.slice(row, 1).select(pl.col("^t[0-9]+$").fill_null("").str.strip_chars())
    return [str(cell) for cell in cells.row(0)]


def _filled(texts: Sequence[str], headers: HeaderAliases) -> int:
    return sum(bool(text) and not headers.is_counter(text) for text in texts)


def _named_by_values(headers: Sequence[tuple[Sheet, Header]], knowledge: Knowledge) -> str | None:
    """The register that most of the readable cells of 救助类型 name; null where there are none."""
    counts = dict.fromkeys(_REGISTER_OF, 0)
    for sheet, header in headers:
        for column, field in header.fields.items():
            if field == ASSISTANCE:
                for code, count in _counted(sheet, column, header, knowledge).items():
                    counts[code] = counts.get(code, 0) + count
    most = max(counts.values())
    named = [code for code, count in counts.items() if count == most and code in _REGISTER_OF]
    return _REGISTER_OF[named[0]] if most and len(named) == 1 else None


def _counted(sheet: Sheet, column: int, header: Header, knowledge: Knowledge) -> Mapping[str, int]:
    cells = sheet.grid.slice(header.last + 1).select(
        knowledge.codes.decode(
            ASSISTANCE, pl.col(f"t{column}"), register="dibao", year=knowledge.year
        ).alias("code")
    )
    return dict(cells.drop_nulls().group_by("code").len().iter_rows())


def _words(register: str, knowledge: Knowledge) -> frozenset[str]:
    """What people call a register: its name in the labels, and the wordings of its kind of assistance."""
    texts = knowledge.codes.fields[ASSISTANCE].texts
    wordings = [
        text for code, named in _REGISTER_OF.items() if named == register for text in texts[code]
    ]
    return frozenset(
        word
        for word in (knowledge.labels(f"registers.{register}"), *wordings)
        if len(word) >= _SHORTEST_WORD
    )


def _named_by_words(
    parsed: Parsed, headers: Sequence[tuple[Sheet, Header]], words: frozenset[str]
) -> bool:
    return any(word in text for text in _titles(parsed, headers) for word in words)


def _titles(parsed: Parsed, headers: Sequence[tuple[Sheet, Header]]) -> Iterator[str]:
    """The names of file and sheets, and the texts above the headers."""
    yield parsed.file.path.name
    for sheet, header in headers:
        yield sheet.name or ""
        for row in range(header.first):
            yield from _row(sheet, row)
