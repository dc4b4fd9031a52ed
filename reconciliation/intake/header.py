"""The header of a sheet: which of the first rows it is, whether it has one row or up to three, and what its columns are.

What belongs here: finding it, and describing the rows for a refusal. What does not: how headers are spelled
(`registers.headers`).
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from reconciliation.intake.areas import with_areas
from reconciliation.intake.cells import BLANK, KINDS, NUMBER, TEXT
from reconciliation.intake.other_tables import refuse_other_order, refuse_side_by_side
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
_MOST_ROWS = 3
_ABOUT = re.compile(r"(?:基本)?(?:信息|情况|资料)$")
"""What a heading over others may end in without saying more: 户主信息 over 姓名 is 户主姓名."""
_DESCRIBED_ROWS = 100
_SHOWN_ROWS = 5
_SHOWN_CELLS = 10
_ID_NUMBER = re.compile(r"\d{14}(?:\d|\d{3}[\dXx])")

Row = Sequence[str]


@dataclass(frozen=True)
class Header:
    """The header found in a sheet.

    Attributes:
        first: its (upper) row, counted from 0.
        last: its last row; the data begin below.
        texts: for each column of the sheet the header as a person would say it, "" where there is none.
        rows: the cells of its rows as received, to recognise repetitions.
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
    """One to three rows taken for a header, and how well that works.

    `mandatory`: for each group of fields the register cannot do without, the columns that hold one of them.
    """

    first: int
    last: int
    variants: tuple[tuple[str, ...], ...]
    kind: FileKind
    mandatory: tuple[tuple[int, ...], ...]
    fields: int
    others: int
    joined: int

    @property
    def complete(self) -> bool:
        """Whether nothing is missing."""
        return all(self.mandatory)

    @property
    def rank(self) -> tuple[bool, int, int, int, int]:
        """Better: nothing missing, then more columns understood, more fields that need several rows, fewer rows, upper ones.

        A column under another person's heading is understood too: without its heading it would be a field by mistake.
        """
        understood = self.fields + self.others
        return self.complete, understood, self.joined, self.first - self.last, -self.first


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
        RefusedError: `no_header`; `side_by_side` and `other_order` where a second table needs a header of its own.
        MissingColumnsError: a header, but without something the register cannot do without.
    """
    top = _texts(sheet.grid.head(1 if sheet.headed else search_rows + _MOST_ROWS - 1))
    merged = [area for area in sheet.merged if area[0] < len(top)]
    attempts = list(_attempts(top, merged, register, aliases, search_rows))
    best = _best(attempts, top, aliases)
    if best is None or best.fields < _FEWEST_FIELDS:
        raise RefusedError("no_header", rows=search_rows)
    kind = _kind(sheet, best, register, aliases)
    matching = aliases.match(best.variants, register, kind)
    texts = tuple(variants[0] if variants else "" for variants in best.variants)
    matching = with_areas(sheet, list(texts), best.last + 1, matching, aliases)
    missing = _missing(set(matching.fields.values()), register, kind)
    if missing:
        raise MissingColumnsError(best.last + 1, missing, frozenset(matching.fields.values()))
    refuse_side_by_side(sheet, texts, matching.fields, best.last + 1)
    refuse_other_order(
        sheet,
        matching.fields,
        best.last + 1,
        aliases,
        lambda headers: aliases.match(headers, register, kind, similar=False).fields,
    )
    rows = tuple(tuple(row) for row in top[best.first : best.last + 1])
    return Header(best.first, best.last, texts, rows, kind, matching)


def _best(
    attempts: Sequence[_Attempt], top: Sequence[Row], aliases: HeaderAliases
) -> _Attempt | None:
    """The attempt of the highest rank, unless people stand between it and one above: then it is a header repeated below them.

    A second part of a list may have more columns, or a merged header come again in one row; either would rank higher.
    """
    best = max(attempts, key=lambda attempt: attempt.rank, default=None)
    if best is None:
        return None
    above = [
        one
        for one in attempts
        if one.complete
        and any(_is_person(row, one, aliases) for row in top[one.last + 1 : best.first])
    ]
    return _best(above, top, aliases) or best


def _is_person(row: Row, header: _Attempt, aliases: HeaderAliases) -> bool:
    """Whether a row has, under a header, all that a person needs, and not another header."""
    return all(
        any(row[column] and not aliases.is_known(row[column]) for column in group)
        for group in header.mandatory
    )


def _kind(sheet: Sheet, best: _Attempt, register: Register, aliases: HeaderAliases) -> FileKind:
    """The kind of file by its header, unless its rows say otherwise.

    Both kinds have columns called 家庭成员: whether its cells hold one name or several is seen in them only.
    """
    if not register.household_fields:
        return "person"
    household = aliases.match(best.variants, register, "household", similar=False)
    columns = {field: f"t{column}" for column, field in household.fields.items()}
    if "member_names" not in columns or "head_id" not in columns:
        return best.kind
    rows = sheet.grid.slice(best.last + 1)
    if rows[columns["member_names"]].str.strip_chars().str.contains(PACKED).any():
        person = aliases.match(best.variants, register, "person", similar=False)
        own = {field: column for column, field in person.fields.items()}
        packed = f"t{own['name']}" == columns["member_names"] if "name" in own else True
        return "household" if packed else best.kind
    return "person" if _one_member_a_row(rows, columns) else best.kind


def _one_member_a_row(rows: pl.DataFrame, columns: Mapping[str, str]) -> bool:
    """Whether what is headed like a household file has one member a row: heads repeat, or stand beside the first member only."""
    filled = rows.select(
        pl.col(columns[field]).fill_null("").str.strip_chars().alias(field)
        for field in ("head_id", "member_names")
    )
    heads = filled["head_id"].replace("", None).drop_nulls()
    headless = filled.filter((pl.col("head_id") == "") & (pl.col("member_names") != ""))
    return heads.n_unique() < heads.len() or headless.height > heads.len()


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
        for last in range(first, min(first + _MOST_ROWS, len(top))):
            if any(map(_ID_NUMBER.fullmatch, top[last])):
                break  # a person; most of the first rows are, and each costs more than all of the header
            if last == first and sum(map(bool, row)) < _FEWEST_FIELDS:
                continue  # a title; but one heading over everything may be the top of a header
            columns = list(_columns(top, range(first, last + 1), merged))
            yield _attempt(range(first, last + 1), columns, register, aliases)


def _attempt(
    rows: range, columns: Sequence[tuple[str, ...]], register: Register, aliases: HeaderAliases
) -> _Attempt:
    variants = tuple(_variants(column, aliases) for column in columns)
    kind = aliases.kind(variants, register)
    matching = aliases.match(variants, register, kind, similar=False)
    joined = sum(
        len(variants[column]) > 1
        and aliases.match([variants[column][-1:]], register, kind, similar=False).fields
        != {0: field}
        for column, field in matching.fields.items()
    )
    others = sum(
        j not in matching.fields and bool(_other_people(column, aliases))
        for j, column in enumerate(columns)
    )
    mandatory = tuple(
        tuple(column for column, field in matching.fields.items() if field in group)
        for group in _mandatory(register, kind)
    )
    found = len(matching.fields)
    return _Attempt(rows[0], rows[-1], variants, kind, mandatory, found, others, joined)


def _columns(
    top: Sequence[Row], rows: range, merged: Sequence[MergedRange]
) -> Iterator[tuple[str, ...]]:
    """For each column what stands over its data, from top to bottom: what reaches over it counts where a text is below."""
    spread = [_spread(top, row, rows, merged) for row in rows[:-1]]
    for column in range(len(top[rows.start])):
        own = [top[row][column] for row in rows]
        depth = max((i for i, text in enumerate(own) if text), default=0)
        above = [upper[column] for upper in spread[:depth]]
        texts = [text for text in (*above, own[depth]) if text]
        yield tuple(text for i, text in enumerate(texts) if text not in texts[:i])


def _spread(top: Sequence[Row], row: int, rows: range, merged: Sequence[MergedRange]) -> list[str]:
    """An upper row of a header with each text over all the columns it stands above.

    By the merged ranges where the row has any; else (text files keep none) each text reaches right over the blanks that have a
    text below, as far as the heading above it does.
    """
    texts = list(top[row])
    ranges = [one for one in merged if one[0] == row and one[3] > one[1]]
    for _, left, _, right in ranges:
        for column in range(max(left, 0), min(right + 1, len(texts))):
            texts[column] = top[row][max(left, 0)]
    if not ranges:
        for column in range(1, len(texts)):
            bounded = row > rows.start and top[row - 1][column]
            below = any(top[lower][column] for lower in range(row + 1, rows.stop))
            if not texts[column] and below and not bounded:
                texts[column] = texts[column - 1]
    return texts


def _variants(column: tuple[str, ...], aliases: HeaderAliases) -> tuple[str, ...]:
    """What the header of a column may be: all its rows together, then fewer from the top; in three rows also without the middle.

    What stands below another person's heading is never taken alone: 帮扶责任人 over 姓名 is not the name.
    """
    if not column:
        return ()
    topics = _topics(column)
    others = _other_people(column, aliases)
    least = max(others, default=len(topics))
    joined = [
        "".join([*above[i:], column[-1]])
        for i in range(min(least + 1, len(topics)))
        for above in (column[:-1], topics)
    ]
    if not others:
        skipping = [topics[0] + column[-1]] if len(column) == _MOST_ROWS else []
        joined += [*skipping, column[-1]]
    return tuple(dict.fromkeys(joined))


def _topics(column: tuple[str, ...]) -> list[str]:
    """What the headings above the lowest text of a column are about."""
    return [_ABOUT.sub("", text) or text for text in column[:-1]]


def _other_people(column: tuple[str, ...], aliases: HeaderAliases) -> list[int]:
    """Which of the headings of a column are about somebody else than the person of the row."""
    return [i for i, topic in enumerate(_topics(column)) if aliases.is_other_person(topic)]


def _mandatory(register: Register, kind: FileKind) -> tuple[tuple[str, ...], ...]:
    """The groups of fields of which a file needs one each; a household file needs the head's ID and nothing else."""
    return register.mandatory if kind == "person" else (("head_id",),)


def _missing(found: set[str], register: Register, kind: FileKind) -> list[tuple[str, ...]]:
    """The groups of fields of which the file has none."""
    return [group for group in _mandatory(register, kind) if not found & set(group)]


def known_headers(sheet: Sheet, aliases: HeaderAliases, row: int) -> list[str]:
    """The known headers in one row (counted from 1), for a message."""
    texts = _texts(sheet.grid.slice(row - 1, 1))[0]
    return [text for text in texts if text and aliases.is_known(text)]


def describe_rows(sheet: Sheet, aliases: HeaderAliases, labels: Labels) -> str:
    """The first filled rows for a refusal: kind and length of each cell, its text only where it is a known header; else the known one that is near."""
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
    spoken, near = labels(f"intake.kinds.{shown}"), aliases.nearest(text)
    if near:
        return labels("intake.near_cell", kind=spoken, length=len(text), spelling=near)
    return labels("intake.cell", kind=spoken, length=len(text))
