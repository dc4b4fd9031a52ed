"""The language of predicates: a small part of SQL, checked before polars compiles it.

Allowed: column names, numbers, 'texts', TRUE and FALSE, = <> != < <= > >=, IN, BETWEEN, IS [NOT] NULL, AND, OR, NOT and
brackets. Nothing else: no functions, no CASE or COALESCE, no arithmetic, so that a rule can be read by somebody who knows
no SQL and can never hide an unknown value. Logic is three-valued: a comparison with an unknown value is unknown.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl
from polars.exceptions import PolarsError

from reconciliation.policy.comparisons import Comparisons, Token
from reconciliation.registers.errors import ConfigurationError

_TOKEN = re.compile(
    r"""\s*(?:(?P<text>'[^']*')|(?P<number>[0-9]+(?:\.[0-9]+)?)|(?P<word>[A-Za-z_][A-Za-z0-9_]*)
    |(?P<sign><=|>=|<>|!=|=|<|>)|(?P<bracket>[(),]))""",
    re.VERBOSE,
)
_ASKED_FOR = re.compile(r"\b(\w+)\s+IS\b", re.IGNORECASE)
_KEYWORDS = frozenset({"AND", "OR", "NOT", "IN", "BETWEEN", "IS", "NULL", "TRUE", "FALSE"})


@dataclass(frozen=True)
class Column:
    """A column a predicate may name.

    Attributes:
        dtype: its polars type.
        values: the texts it can hold; empty where it is no code.
    """

    dtype: pl.DataType | type[pl.DataType]
    values: tuple[str, ...] = ()


@dataclass(frozen=True)
class Predicate:
    """A checked condition.

    Attributes:
        text: as written.
        columns: names of the columns it reads, in alphabetical order.
        expression: Boolean; null is unknown.
    """

    text: str
    columns: tuple[str, ...]
    expression: pl.Expr


def asked_for(*predicates: Predicate) -> frozenset[str]:
    """The columns some predicates ask whether they are known (IS NULL, IS NOT NULL)."""
    return frozenset(word for part in predicates for word in _ASKED_FOR.findall(part.text))


def compile_predicate(text: str, columns: Mapping[str, Column], rule: str) -> Predicate:
    """Check and compile a predicate.

    Args:
        text: the predicate.
        columns: what it may name.
        rule: number of the rule, for the message.

    Raises:
        ConfigurationError: anything outside the language, an unknown column, values of two types compared, a text its column
            cannot hold, or a predicate that is not true or false.
    """
    _check_words(text, columns, rule)
    try:
        expression = pl.sql_expr(text)
        names = tuple(sorted(set(expression.meta.root_names())))
        empty = pl.DataFrame(schema={name: columns[name].dtype for name in names})
        dtype = empty.lazy().select(expression.alias("is")).collect_schema()["is"]
        # The schema does not show every type error; running it on no rows does.
        empty.select(expression.alias("is"))
    except PolarsError as error:
        reason = str(error).splitlines()[0]
        raise ConfigurationError(f"rule {rule}: the predicate cannot be read: {reason}") from None
    if dtype != pl.Boolean:
        raise ConfigurationError(f"rule {rule}: the predicate is not a condition")
    return Predicate(text, names, expression)


def _check_words(text: str, columns: Mapping[str, Column], rule: str) -> None:
    words = tokens(text, rule)
    named = [word for kind, word in words if kind == "word" and word.upper() not in _KEYWORDS]
    for (kind, word), (_, following) in zip(words, [*words[1:], ("end", "")], strict=True):
        if kind == "word" and word.upper() not in _KEYWORDS and following == "(":
            raise ConfigurationError(f"rule {rule}: functions are not allowed: {word}")
    unknown = sorted(set(named) - set(columns))
    if unknown:
        raise ConfigurationError(
            f"rule {rule}: unknown column or word: {', '.join(unknown)}; "
            "the columns are listed in reconciliation/policy/columns.py"
        )
    problem = Comparisons(
        words, lambda name: columns[name].dtype, lambda name: columns[name].values
    ).problem()
    if problem:
        raise ConfigurationError(f"rule {rule}: {problem}")


def tokens(text: str, rule: str) -> list[Token]:
    """The words of a predicate: kind (`text`, `number`, `word`, `sign`, `bracket`) and the word as written.

    Raises:
        ConfigurationError: something that is none of these, or nothing at all.
    """
    found, position = [], 0
    stripped = text.strip()
    while position < len(stripped):
        match = _TOKEN.match(stripped, position)
        if match is None:
            raise ConfigurationError(
                f"rule {rule}: only comparisons, IN, BETWEEN, IS NULL, AND, OR and NOT are allowed "
                f"(character {position + 1})"
            )
        kind = match.lastgroup or ""
        found.append((kind, match.group(kind)))
        position = match.end()
    if not found:
        raise ConfigurationError(f"rule {rule}: the predicate is empty")
    return found
