"""The rulebook as a document people read, and what it said of one person.

What belongs here: laying out, in Chinese and Markdown. What does not: asking the rules (`reconciliation.policy.trace`). The
document names nobody; the explanation names the record and the county, never a name or a number of a person.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from string import Formatter
from typing import Final

import polars as pl

from reconciliation.policy.columns import RECORD_COLUMNS, SHOWN_COLUMNS
from reconciliation.policy.grammar import Predicate, tokens
from reconciliation.policy.rules import Policy, Rule
from reconciliation.policy.thresholds import DATE_KEYS, EVERYWHERE, Threshold, Thresholds
from reconciliation.policy.trace import Asked, Trace
from reconciliation.registers.labels import Labels
from reconciliation.registers.schema import REQUIRED

_UNVERIFIED: Final = "unverified"
_SIGNS: Final = {"=": "is", "<>": "is_not", "!=": "is_not"}


class RulebookPage:
    """Words the rulebook; made once a document."""

    def __init__(self, labels: Labels) -> None:
        """Read the sections that are needed more than once."""
        self._labels = labels
        self._columns = labels.mapping("explain.columns") | labels.mapping("policy.columns")
        self._values = labels.mapping("policy.values")
        self._lists = labels.mapping("lists")
        self._registers = labels.mapping("registers")
        self._fields = labels.mapping("publishing.fields")

    def _text(self, key: str, **values: object) -> str:
        return self._labels(f"explain.{key}", **values)

    def document(self, policy: Policy, thresholds: Thresholds, digest: str) -> str:
        """The whole rulebook.

        Args:
            policy: the rules.
            thresholds: all of them, of all days.
            digest: SHA-256 over the config in effect.

        Returns:
            Markdown: how it is read, the order of precedence of either register, every rule, every threshold with its source.
        """
        parts = [
            f"# {self._text('title')}",
            self._text("intro", version=policy.version, digest=digest),
            f"## {self._text('precedence_title')}",
            *(self._precedence(policy, register) for register in REQUIRED),
            f"## {self._text('rules_title')}",
            *(self._rule(policy, rule) for rule in policy.rules),
            f"## {self._text('thresholds_title')}",
            self._thresholds(thresholds.rows),
        ]
        return "\n\n".join(parts) + "\n"

    def _precedence(self, policy: Policy, register: str) -> str:
        ranked: dict[tuple[int, str], list[str]] = {}
        for rule in policy.ranking(register):
            outcome = rule.outcomes[register]  # type: ignore[index]
            ranked.setdefault((outcome.precedence, outcome.list), []).append(rule.rule)
        rows = [
            (str(precedence), self._lists[name], "、".join(rules))
            for (precedence, name), rules in ranked.items()
        ]
        heading = f"### {self._registers[register]}"
        return f"{heading}\n\n{_table([self._text('precedence'), self._text('list'), self._text('rules')], rows)}"

    def _rule(self, policy: Policy, rule: Rule) -> str:
        predicate, exception = policy.predicate(rule), policy.exception(rule)
        told = [
            ("scope", self._text(f"scopes.{rule.scope}")),
            ("legal_basis", rule.legal_basis),
            ("severity", self._text(f"severities.{rule.severity}")),
            ("when", self.in_words(predicate)),
            ("sql", f"`{' '.join(predicate.text.split())}`"),
            ("unless", self.in_words(exception) if exception else ""),
            ("why", self._template(rule.why)),
            ("needs", "、".join([*map(self._needed, rule.needs), *(self._registers[name] for name in rule.needs_registers)])),
        ]  # fmt: skip
        lines = [f"- {self._text(key)}：{text}" for key, text in told if text]
        outcomes = [
            (
                self._registers[register],
                self._lists[outcome.list],
                str(outcome.precedence),
                self._text(f"owners.{outcome.owner}"),
                outcome.to_check,
            )
            for register, outcome in rule.outcomes.items()
        ]
        head = [self._text(key) for key in ("register", "list", "precedence", "owner", "to_check")]
        title = f"### {rule.rule} {rule.wording}"
        return f"{title}\n\n{chr(10).join(lines)}\n\n{_table(head, outcomes)}"

    def _needed(self, need: str) -> str:
        register, _, field = need.partition(".")
        return f"{self._registers[register]}·{self._fields.get(field, field)}"

    def _template(self, why: str) -> str:
        """The sentence of a finding with the names of what is filled in."""
        return "".join(
            text + (f"〔{self._columns.get(name, name)}〕" if name else "")
            for text, name, _, _ in Formatter().parse(why)
        )

    def in_words(self, predicate: Predicate) -> str:
        """A predicate with the Chinese names of columns, signs and codes."""
        words: list[str] = []
        column, between, negated = "", False, False
        for kind, token in tokens(predicate.text, ""):
            word = token.upper() if kind == "word" else token
            if kind == "word" and token in RECORD_COLUMNS:
                column = token
                words.append(f"「{self._columns[token]}」")
            elif kind == "sign":
                words.append(self._sign(token, column))
            elif kind == "text":
                words.append(self._code(column, token[1:-1]))
            elif word == "AND" and between:
                words.append(self._text("words.to"))
                between = False
            elif word == "IS":
                negated = False
            elif word == "NULL":
                words.append(self._text(f"words.{'known' if negated else 'unknown'}"))
            elif kind == "word":
                between = between or word == "BETWEEN"
                negated = word == "NOT"
                words.append(self._text(f"words.{word.lower()}"))
            else:
                words.append({"(": "（", ")": "）", ",": "、"}.get(token, token))
        return _joined(words)

    def _sign(self, sign: str, column: str) -> str:
        if sign in _SIGNS:
            return self._text(f"words.{_SIGNS[sign]}")
        kind = "dates" if RECORD_COLUMNS[column].dtype == pl.Date else "amounts"
        return self._text(
            f"words.{kind}.{ {'<': 'below', '<=': 'at_most', '>': 'above', '>=': 'at_least'}[sign] }"
        )

    def _code(self, column: str, code: str) -> str:
        if column == "proposed":
            return self._lists.get(code, self._text("words.none"))
        return self._values.get(f"{column}.{code}", code or self._text("words.none"))

    def _thresholds(self, rows: Sequence[Threshold]) -> str:
        told = [
            (
                self._text("everywhere") if row.county == EVERYWHERE else row.county,
                row.effective.isoformat(),
                self._text(f"thresholds.{row.key}"),
                f"`{row.key}`",
                _figure(row),
                self._source(row.source),
            )
            for row in sorted(rows, key=lambda row: (row.key, row.county, row.effective))
        ]
        head = ("county", "effective", "threshold", "key", "value", "source")
        return _table([self._text(key) for key in head], told)

    def _source(self, source: str) -> str:
        """Where a figure is from; whatever was not checked says so first."""
        if not source.lower().startswith(_UNVERIFIED):
            return source
        rest = source[len(_UNVERIFIED) :].lstrip(" :：")
        return self._text("unverified") + (f"（{rest}）" if rest else "")

    def explanation(self, found: Trace, release: str, counties: Mapping[str, str]) -> str:
        """What the rulebook said of one record.

        Args:
            found: the answers of all rules.
            release: name of the release.
            counties: comparable county → as offices write it.

        Returns:
            Markdown: the list, the rule that decided, the further ones, and for every other rule the values that kept it from
            holding. No name and no number of a person.
        """
        register = self._registers[found.register]
        head = self._text(
            "person", release=release, register=register, record=found.record,
            county=counties.get(found.county or "", found.county or self._labels("policy.unknown")),
        )  # fmt: skip
        parts = [
            f"# {head}",
            self._text("on_list", list=self._lists[found.disposition]),
        ]
        for state in ("decides", "held", "open", "excepted", "not", "off", "silent"):
            asked = [item for item in found.asked if item.state == state]
            if asked:
                lines = "\n".join(self._asked(item, found.register) for item in asked)
                parts.append(f"## {self._text(f'states.{state}')}\n\n{lines}")
        return "\n\n".join(parts) + "\n"

    def _asked(self, item: Asked, register: str) -> str:
        outcome = item.rule.outcomes[register]  # type: ignore[index]
        rule = f"- **{item.rule.rule}** {item.rule.wording}（{self._lists[outcome.list]}，{outcome.precedence}）"
        if item.state == "off":
            lacking = "、".join(self._lacking(name) for name in item.values)
            return f"{rule}\n  - {self._text('lacking')}：{lacking}"
        lines = [rule]
        if item.why:
            lines.append(f"  - {item.why}")
        if item.values:
            values = "；".join(
                f"{self._columns.get(column, column)}＝{self._said(column, value)}"
                for column, value in item.values.items()
            )
            lines.append(f"  - {self._text('decided_by')}：{values}")
        return "\n".join(lines)

    def _lacking(self, name: str) -> str:
        return self._needed(name) if "." in name else self._registers[name]

    def _said(self, column: str, value: str) -> str:
        """A value; lists and rules by their names."""
        if column == "proposed":
            return self._code(column, value)
        return value or self._text("words.none")


def missing_names(labels: Labels) -> set[str]:
    """Columns of the rulebook that have no Chinese name; none, if the labels are whole."""
    named = labels.mapping("explain.columns").keys() | labels.mapping("policy.columns").keys()
    return {*RECORD_COLUMNS, *SHOWN_COLUMNS} - named


def _figure(row: Threshold) -> str:
    if row.key in DATE_KEYS:
        return date.fromordinal(int(row.value)).isoformat()
    return f"{row.value:g}"


def _joined(words: Sequence[str]) -> str:
    """Words with a blank between them, none inside brackets and before a comma."""
    return " ".join(words).replace("（ ", "（").replace(" ）", "）").replace(" 、 ", "、")


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines: list[Sequence[str]] = [head, ["---"] * len(head), *rows]
    return "\n".join(
        f"| {' | '.join(str(cell).replace('|', '｜') for cell in line)} |" for line in lines
    )
