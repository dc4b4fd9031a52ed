"""The header of a sheet: which of the first rows it is, whether it has one row or two, and what its columns are.

What belongs here: finding it, and describing the rows for a refusal. What does not: how headers are spelled
(`registers.headers`).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from reconciliation.intake.areas import with_areas
from reconciliation.intake.cells import BLANK, KINDS, NUMBER, TEXT
from reconciliation.intake.packed import PACKED
from reconciliation.intake.parsing import MergedRange, Sheet
from reconciliation.intake.refusals import RefusedError
from reconciliation.registers.headers import (
    FileKind,
    HeaderAliases,
    Matching,
    normalise_header,
)
from reconciliation.registers.labels import Labels
from reconciliation.registers.schema import Register

_FEWEST_FIELDS = 2
_DESCRIBED_ROWS = 100
_SHOWN_ROWS = 5
_SHOWN_CELLS = 10

Row = Sequence[str]


@dataclass(frozen=True)
class Header:
    """The header found in a sheet.

    Attributes:
        first: its (upper) row, counted from 0.
        last: its last row; the data begin below.
        texts: for each column of the sheet the header as a person would say it, "" where there is none.
        rows: the cells of its one or two rows as received, to recognise repetitions.
        kind: person or household file.
        matching: columns recognised.
    """

    first: int
    last: int
    texts: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    kind: FileKind
    matching: Matching

    @property
    def fields(self) -> Mapping[int, str]:
        """Column position to canonical field."""
        return self.matching.fields


class MissingColumnsError(RefusedError):
    """A header that lacks mandatory columns."""

    def __init__(
        self,
        row: int,
        missing: Sequence[tuple[str, ...]],
        found: frozenset[str],
        **values: object,
    ) -> None:
        """Say where the header is (counted from 1), which groups of fields it lacks and which fields it has."""
        super().__init__("missing_columns", row=row, **values)
        self.row = row
        self.missing = missing
        self.found = found


@dataclass(frozen=True)
class _Attempt:
    """One or two rows taken for a header, and how well that works."""

    first: int
    last: int
    variants: tuple[tuple[str, ...], ...]
    kind: FileKind
    fields: int
    joined: int

    @property
    def rank(self) -> tuple[int, int, int, int]:
        """More fields are better, then fields that need both rows, then one row, then the upper one."""
        return self.fields, self.joined, self.first - self.last, -self.first


def find_header(
    sheet: Sheet, register: Register, aliases: HeaderAliases, search_rows: int
) -> Header:
    """The header of a sheet, with everything a file of the register cannot do without.

    Args:
        sheet: a sheet that is not skipped.
        register: whose fields are looked for.
        aliases: spellings.
        search_rows: how many of the first rows may be the header.

    Raises:
        RefusedError: `no_header`.
        MissingColumnsError: a header, but without something the register cannot do without.
    """
    top = _texts(sheet.grid.head(search_rows + 1))
    attempts = _attempts(top, sheet.merged, register, aliases, search_rows)
    best = max(attempts, key=lambda attempt: attempt.rank, default=None)
    if best is None or best.fields < _FEWEST_FIELDS:
        raise RefusedError("no_header", rows=search_rows)
    kind, matching = best.kind, aliases.match(best.variants, register, best.kind)
    if kind == "household" and _one_member_a_row(sheet, best.last, matching):
        kind, matching = "person", aliases.match(best.variants, register, "person")
    missing = _missing(set(matching.fields.values()), register, kind)
    if missing:
        raise MissingColumnsError(best.last + 1, missing, frozenset(matching.fields.values()))
    texts = tuple(variants[0] if variants else "" for variants in best.variants)
    matching = with_areas(sheet, list(texts), best.last + 1, matching, aliases)
    rows = tuple(tuple(row) for row in top[best.first : best.last + 1])
    return Header(best.first, best.last, texts, rows, kind, matching)


def _one_member_a_row(sheet: Sheet, header_row: int, matching: Matching) -> bool:
    """Whether what is headed like a household file has one member a row: heads repeat and no cell holds several names."""
    columns = {field: f"t{column}" for column, field in matching.fields.items()}
    if "member_names" not in columns or "head_id" not in columns:
        return False
    rows = sheet.grid.slice(header_row + 1)
    heads = rows[columns["head_id"]].str.strip_chars().replace("", None).drop_nulls()
    packed = rows[columns["member_names"]].str.strip_chars().str.contains(PACKED)
    return not packed.any() and heads.n_unique() < heads.len()


def _texts(top: pl.DataFrame) -> list[list[str]]:
    columns = top.select(pl.col("^t[0-9]+$").fill_null("").str.strip_chars())
    return [list(row) for row in columns.iter_rows()]


def _attempts(
    top: Sequence[Row],
    merged: Sequence[MergedRange],
    register: Register,
    aliases: HeaderAliases,
    search_rows: int,
) -> Iterator[_Attempt]:
    for first, row in enumerate(top[:search_rows]):
        if sum(map(bool, row)) < _FEWEST_FIELDS:
            continue
        yield _attempt(
            first, first, tuple((text,) if text else () for text in row), register, aliases
        )
        if first + 1 < len(top):
            upper = _spread(top, first, merged)
            columns = zip(row, upper, top[first + 1], strict=True)
            variants = tuple(_two_rows(*column, aliases) for column in columns)
            yield _attempt(first, first + 1, variants, register, aliases)


def _attempt(
    first: int,
    last: int,
    variants: tuple[tuple[str, ...], ...],
    register: Register,
    aliases: HeaderAliases,
) -> _Attempt:
    kind = aliases.kind(variants, register)
    matching = aliases.match(variants, register, kind, similar=False)
    joined = sum(
        len(variants[column]) > 1
        and aliases.match([variants[column][:1]], register, kind, similar=False).fields
        == {0: field}
        and aliases.match([variants[column][1:]], register, kind, similar=False).fields
        != {0: field}
        for column, field in matching.fields.items()
    )
    return _Attempt(first, last, variants, kind, len(matching.fields), joined)


def _spread(top: Sequence[Row], row: int, merged: Sequence[MergedRange]) -> list[str]:
    """The upper row of a two-row header with each text over all the columns it stands above.

    By the merged ranges where the row has any; else (text files keep none) each text reaches right over the blanks that have a
    text below.
    """
    texts = list(top[row])
    ranges = [one for one in merged if one[0] == row and one[3] > one[1]]
    for _, left, _, right in ranges:
        for column in range(max(left, 0), min(right + 1, len(texts))):
            texts[column] = top[row][max(left, 0)]
    if not ranges:
        for column in range(1, len(texts)):
            if not texts[column] and top[row + 1][column]:
                texts[column] = texts[column - 1]
    return texts


def _two_rows(own: str, upper: str, lower: str, aliases: HeaderAliases) -> tuple[str, ...]:
    """What the header of a column may be: both rows together, or the lower one; the upper one where nothing is below it.

    What stands below another person's heading is never taken alone: 帮扶责任人 over 姓名 is not the name.
    """
    if not lower:
        return (own,) if own else ()
    if not upper:
        return (lower,)
    if aliases.is_other_person(upper):
        return (upper + lower,)
    return (upper + lower, lower)


def _missing(found: set[str], register: Register, kind: FileKind) -> list[tuple[str, ...]]:
    """The groups of fields of which the file has none; a household file needs the head's ID and nothing else."""
    groups = register.mandatory if kind == "person" else (("head_id",),)
    return [group for group in groups if not found & set(group)]


def known_headers(sheet: Sheet, aliases: HeaderAliases, row: int) -> list[str]:
    """The known headers in one row (counted from 1), for a message."""
    texts = _texts(sheet.grid.slice(row - 1, 1))[0]
    return [text for text in texts if text and aliases.is_known(text)]


def describe_rows(sheet: Sheet, aliases: HeaderAliases, labels: Labels) -> str:
    """The first filled rows for a refusal: kind and length of each cell, and its text only where it is a known header."""
    described: list[str] = []
    for number, row in enumerate(sheet.grid.head(_DESCRIBED_ROWS).iter_rows(named=True), 1):
        if len(described) == _SHOWN_ROWS:
            break
        width = sheet.grid.width // 2
        cells = [((row[f"t{j}"] or "").strip(), row[f"k{j}"]) for j in range(width)]
        if any(text for text, _ in cells):
            shown = [_describe_cell(text, kind, aliases, labels) for text, kind in cells]
            more = labels("intake.more_cells") if len(shown) > _SHOWN_CELLS else ""
            described.append(
                labels("intake.row", row=number, cells="、".join(shown[:_SHOWN_CELLS]) + more)
            )
    return "；".join(described)


def _describe_cell(text: str, kind: int, aliases: HeaderAliases, labels: Labels) -> str:
    if not text:
        return labels(f"intake.kinds.{KINDS[BLANK]}")
    if kind == TEXT and aliases.is_known(text):
        return labels("intake.known_cell", text=text)
    digits = normalise_header(text).isdigit()
    shown = KINDS[NUMBER] if kind == TEXT and digits else KINDS[kind]
    return labels("intake.cell", kind=labels(f"intake.kinds.{shown}"), length=len(text))
