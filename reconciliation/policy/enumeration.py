"""The enumerated table: every combination of codes and values at which the rulebook is tried when it is loaded.

What belongs here: what a column can hold (each code, yes and no, amounts below, at and above each threshold and each figure a
predicate names, unknown), and the search for a row for which two rules of equal precedence hold: which of them decides would
be the accident of their place in the file. What does not: whether the household table has gaps (`coverage.py`).

Rows are put together a column at a time. A combination that already makes one of the rules false is dropped: what is not put
in yet counts as unknown, and putting it in cannot turn false into true. Columns asked for with IS NULL, for which that does
not hold, are put in first.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import combinations, product
from typing import Final

import polars as pl

from reconciliation.policy.columns import HOUSEHOLD_COLUMNS, RECORD_COLUMNS
from reconciliation.policy.grammar import Predicate, asked_for
from reconciliation.registers.errors import ConfigurationError

LINES: Final = (
    (3000.0, 2000.0), (2000.0, 3000.0), (2500.0, 2500.0), (None, 2000.0), (2000.0, None),
)  # fmt: skip
"""Dibao line and poverty line: D > V, V > D, equal, either unknown."""
_INCOMES: Final = (0.0, 1999.99, 2000.0, 2500.0, 2999.99, 3000.0, 5000.0)
"""Below, on, between and above every line."""
_AS_OF: Final = date(2018, 8, 15)
_DEATHS: Final = (_AS_OF - timedelta(1), _AS_OF, _AS_OF + timedelta(1), None)
_AMOUNTS: Final = ("income", "lowest_income", "highest_income", "dibao_line", "poverty_line")
_DATES: Final = ("death_date", "as_of")
_OUTCOME: Final = ("household_rule", "proposed")
_ALWAYS_KNOWN: Final = frozenset({"status", "single_cover", "linked", *_OUTCOME})
_FIGURE: Final = re.compile(r"(?<![\w'])[0-9]+(?:\.[0-9]+)?(?![\w'])")
_WIDEST: Final = 200_000
"""More rows than this at once: the two rules are told apart by their precedence instead."""


@dataclass(frozen=True)
class Claim:
    """One rule's claim to decide for a record of one register.

    Attributes:
        rule: its number.
        precedence: of its outcome.
        when: the condition under which it holds.
        unless: the exception, where it has one.
    """

    rule: str
    precedence: int
    when: Predicate
    unless: Predicate | None


def amount_rows(predicates: Sequence[str]) -> list[tuple[float | None, ...]]:
    """Incomes and lines together, in the order `income`, `lowest_income`, `highest_income`, `dibao_line`, `poverty_line`.

    Args:
        predicates: as written; every figure in them is tried too: below it, on it and above it.
    """
    figures = {float(figure) for text in predicates for figure in _FIGURE.findall(text)}
    tried = {figure + step for figure in figures for step in (-0.01, 0.0, 0.01)}
    incomes = sorted({*_INCOMES, *(figure for figure in tried if figure >= 0)})
    spans: list[tuple[float | None, float | None]] = [
        (low, high) for low, high in product(incomes, incomes) if low <= high
    ]
    return [
        (low, low, high, *lines) for (low, high), lines in product([*spans, (None, None)], LINES)
    ]


def check_equal_precedence(
    claims: Sequence[Claim], register: str, proposed: Mapping[str, str]
) -> None:
    """Assert that no two rules of equal precedence hold for one record.

    Args:
        claims: of the rules that concern the register, in the rulebook's order.
        register: its name, for the message.
        proposed: number of a household rule → the list it leads this register to ("" → "" for none).

    Raises:
        ConfigurationError: names both rules and the row.
    """
    for one, other in combinations(claims, 2):
        if one.precedence != other.precedence:
            continue
        where = _common_row(one, other, proposed)
        if where is not None:
            raise ConfigurationError(
                f"rule {other.rule}: it has the precedence {one.precedence} of rule {one.rule} for {register}, and both hold "
                f"{where}; give one of them another precedence, or let one predicate leave out what the other takes"
            )


def _common_row(one: Claim, other: Claim, proposed: Mapping[str, str]) -> str | None:
    """Where both rules hold, in words; None where they never do."""
    conditions = [claim.when for claim in (one, other)]
    exceptions = [claim.unless for claim in (one, other) if claim.unless is not None]
    both = pl.all_horizontal(
        *(condition.expression for condition in conditions),
        *(exception.expression.fill_null(False).not_() for exception in exceptions),
    )
    named = {column for part in (*conditions, *exceptions) for column in part.columns}
    texts = [part.text for part in (*conditions, *exceptions)]
    excepting = {column for exception in exceptions for column in exception.columns}
    first = named & (asked_for(*conditions, *exceptions) | excepting | _ALWAYS_KNOWN)
    rows = pl.DataFrame([{"": 0}])
    waiting = {column: pl.lit(None, RECORD_COLUMNS[column].dtype) for column in sorted(named)}
    for columns, values in _parts(named, first, texts, proposed):
        rows = rows.join(values, how="cross")
        for column in columns:
            waiting.pop(column, None)
        if first & set(waiting):
            continue
        held = rows.with_columns(**waiting).select(both.alias("both"))["both"]
        if held.any(ignore_nulls=True):
            return _told(rows.filter(held).row(0, named=True), named)
        rows = rows.filter(held.is_null())
        if rows.height > _WIDEST:
            return "for all that can be told in reasonable time"
    return None


def _parts(
    named: set[str], first: set[str], texts: Sequence[str], proposed: Mapping[str, str]
) -> list[tuple[tuple[str, ...], pl.DataFrame]]:
    """What is put in, one part after the other: columns that belong together, and their values."""
    parts: list[tuple[tuple[str, ...], list[tuple[object, ...]]]] = []
    for group, rows in (
        (_OUTCOME, [*proposed.items()]),
        (_DATES, [(day, _AS_OF) for day in _DEATHS]),
        (_AMOUNTS, amount_rows(texts)),
    ):
        if named & set(group):
            parts.append((group, [*rows]))
    grouped = {column for group, _ in parts for column in group}
    parts += [((column,), [(value,) for value in _values(column)]) for column in sorted(named - grouped)]  # fmt: skip
    ordered = sorted(parts, key=lambda part: not first & set(part[0]))
    return [
        (
            columns,
            pl.DataFrame(
                rows,
                schema={column: RECORD_COLUMNS[column].dtype for column in columns},
                orient="row",
            )
            .select(sorted(named & set(columns)))
            .unique(maintain_order=True),
        )
        for columns, rows in ordered
    ]


def _values(column: str) -> tuple[object, ...]:
    """What a column can hold; unknown last."""
    kind = RECORD_COLUMNS[column]
    known: tuple[object, ...] = (True, False) if kind.dtype == pl.Boolean else kind.values
    return known if column in _ALWAYS_KNOWN else (*known, None)


def _told(row: Mapping[str, object], named: set[str]) -> str:
    """The values of a row that are put in; the others may be anything."""
    told = ", ".join(
        f"{column} is {'unknown' if value is None else value if value != '' else 'empty'}"
        for column, value in sorted(row.items())
        if column in named
    )
    return f"where {told}" if told else "always"


def cells(predicates: Sequence[str], statuses: Sequence[str], lifts: Sequence[str]) -> pl.DataFrame:
    """The household table: one row a combination that can occur, with the columns of `HOUSEHOLD_COLUMNS`.

    Args:
        predicates: of the rules of scope `household`, as written.
        statuses: the codes of `status`.
        lifts: the codes of `lift_status`.
    """
    amounts = amount_rows(predicates)
    rows = [
        (status, lift, *figures, long_term, single)
        for status, lift, figures, long_term, single in product(
            statuses, (*lifts, None), amounts, (True, False, None), (True, False)
        )
        # A household on dibao alone has no 脱贫属性, one on the poverty list alone no class of cover.
        if (lift is None or status in ("both", "poverty_only"))
        and ((long_term, single) == (False, False) or status in ("both", "dibao_only"))
    ]
    schema = {name: column.dtype for name, column in HOUSEHOLD_COLUMNS.items()}
    return pl.DataFrame(rows, schema=schema, orient="row")
