"""How a trial and a comparison of releases look on the terminal: counts by list, rule and county, never a person.

What belongs here: tables. What does not: counting who moved (`reconciliation.policy.trial`, `reconciliation.ledger.difference`).
"""

from collections.abc import Mapping, Sequence

import polars as pl
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from reconciliation.ledger import difference
from reconciliation.policy import trial
from reconciliation.publishing.stored import StoredRelease
from reconciliation.registers.labels import Labels
from reconciliation.registers.schema import LISTS, REQUIRED

_PIPED_WIDTH = 160


class Layout:
    """Prints with the Chinese names of lists, registers and counties."""

    def __init__(self, labels: Labels, counties: Mapping[str, str]) -> None:
        """Take the wording.

        Args:
            labels: the wording.
            counties: comparable county → as offices write it.
        """
        self._labels = labels
        self._counties = counties
        self._lists = labels.mapping("lists")
        self._registers = labels.mapping("registers")
        console = Console(highlight=False)
        self._console = (
            console if console.is_terminal else Console(highlight=False, width=_PIPED_WIDTH)
        )

    def _text(self, key: str, **values: object) -> str:
        return self._labels(f"explain.{key}", **values)

    def trial(self, release: str, change: trial.Change, tried: pl.DataFrame) -> None:
        """What a changed threshold would do.

        Args:
            release: name of the release it was tried on.
            change: what was tried.
            tried: as `reconciliation.policy.trial.try_change` gives it.
        """
        names = self._labels.mapping("explain.thresholds")
        values = "、".join(f"{names[key]} {value:g}" for key, value in change.values.items())
        where = (
            self._text("every_county")
            if change.county is None
            else self._counties.get(change.county, change.county)
        )
        self._say(self._text("tried", release=release, where=where, values=values))
        self._sizes(tried)
        gone = trial.moved(tried)
        self._say(self._text("moved", people=gone.height, all=tried.height))
        if gone.is_empty():
            return
        self._moves(trial.moves(gone))
        self._moves(trial.moves(gone, "county"), by_county=True)

    def _sizes(self, tried: pl.DataFrame) -> None:
        """Every list before and after, by register."""
        rows = []
        for register in REQUIRED:
            mine = tried.filter(pl.col("register") == register)
            for name in LISTS:
                before = int((mine["disposition"] == name).sum())
                after = int((mine["new_disposition"] == name).sum())
                if before or after:
                    rows.append(
                        (self._registers[register], self._lists[name], f"{before:,}", f"{after:,}",
                         f"{after - before:+,}" if after != before else "")
                    )  # fmt: skip
        self._table(self._text("sizes"), ("register", "list", "before", "after", "change"), rows)

    def _moves(self, counted: pl.DataFrame, *, by_county: bool = False) -> None:
        rows = [
            (
                *([self._county(line["county"])] if by_county else []),
                self._registers[line["register"]],
                self._listed(line["disposition"], line["rule"]),
                self._listed(line["new_disposition"], line["new_rule"]),
                f"{line['people']:,}",
            )
            for line in counted.iter_rows(named=True)
        ]
        head = (*(["county"] if by_county else []), "register", "from", "to", "people")
        self._table(self._text("moves_by_county" if by_county else "moves"), head, rows)

    def difference(self, old: StoredRelease, now: StoredRelease, rows: pl.DataFrame) -> None:
        """Who changed list between two releases, and why.

        Args:
            old: the earlier release.
            now: the later one.
            rows: as `reconciliation.ledger.difference.difference` gives them.
        """
        self._say(self._text("compared", before=old.root.name, after=now.root.name))
        if old.config_hash != now.config_hash:
            self._say(self._text("other_config_between"))
        kinds = (difference.STAYED, difference.MOVED, difference.CAME, difference.LEFT)
        counts = [
            (
                self._registers[register],
                *(f"{rows.filter((pl.col('register') == register) & (pl.col('change') == kind)).height:,}" for kind in kinds),
            )
            for register in REQUIRED
        ]  # fmt: skip
        self._table(self._text("people_compared"), ("register", *kinds), counts)
        moved = difference.moves(rows)
        if moved.is_empty():
            self._say(self._text("nothing_changed"))
            return
        self._table(
            self._text("moves"),
            ("register", "from", "to", "people"),
            [
                (
                    self._registers[line["register"]],
                    self._listed(line["disposition_before"], line["rule_before"]),
                    self._listed(line["disposition"], line["rule"]),
                    f"{line['people']:,}",
                )
                for line in moved.iter_rows(named=True)
            ],
        )
        self._table(
            self._text("reasons"),
            ("register", "from", "to", "reason", "people"),
            [
                (
                    self._registers[line["register"]],
                    self._lists[line["disposition_before"]],
                    self._lists[line["disposition"]],
                    self._reason(line["kind"], line["name"]),
                    f"{line['people']:,}",
                )
                for line in difference.reasons(rows).iter_rows(named=True)
            ],
        )

    def _reason(self, kind: str, name: str | None) -> str:
        if kind == "value":
            names = self._labels.mapping("explain.columns") | self._labels.mapping("policy.columns")
            return self._text("reason.value", name=names[str(name)])
        return self._text(f"reason.{kind}", name=name)

    def _county(self, county: str | None) -> str:
        return self._labels("policy.unknown") if county is None else self._counties.get(county, county)  # fmt: skip

    def _listed(self, name: str | None, rule: str | None) -> str:
        """A list with the rule that led to it; a dash where somebody was on none."""
        return "—" if name is None else f"{self._lists[name]}（{rule}）"

    def _say(self, text: str) -> None:
        self._console.print(escape(text), soft_wrap=True)

    def _table(self, title: str, head: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
        numbers = {"people", "before", "after", "change", "stayed", "moved", "came", "left"}
        table = Table(title=title, title_justify="left")
        for key in head:
            right = key in numbers
            table.add_column(self._text(f"heads.{key}"), justify="right" if right else "left")
        for row in rows:
            table.add_row(*(escape(cell) for cell in row))
        self._console.print(table)
