"""Figures put into words: the province's figures in the sentences of `config/report.yaml`.

What belongs here: how a figure, a change, an amount, a share and a list of counties read. What does not: which sentences there are.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from reconciliation.publishing.report.figures import ALL_RATES
from reconciliation.publishing.report.settings import Sentence
from reconciliation.registers.labels import Labels

_TEN_THOUSAND_YUAN = 1_000_000
"""In fen."""


@dataclass(frozen=True)
class Put:
    """A figure that knows how to put itself.

    Format specs: none, the number; `change UNIT`, the difference to the batch before in brackets; `yuan`, an amount of fen; `change yuan`.

    Attributes:
        value: now.
        before: in the batch before; None: nothing was said of it then.
        labels: the wording.
    """

    value: int
    before: int | None
    labels: Labels

    def __bool__(self) -> bool:
        """Whether it is not 0."""
        return self.value != 0

    def __format__(self, spec: str) -> str:
        """The figure in words."""
        if spec == "yuan":
            return yuan(self.value, self.labels)
        if spec.startswith("change "):
            return self._change(spec.removeprefix("change "))
        if spec:
            raise ValueError(f"no such kind of figure: {spec}")
        return f"{self.value:,}"

    def _change(self, unit: str) -> str:
        if self.before is None:
            return ""
        change = self.value - self.before
        if change == 0:
            return self.labels("publishing.report.unchanged")
        amount = yuan(abs(change), self.labels) if unit == "yuan" else f"{abs(change):,}{unit}"
        return self.labels(f"publishing.report.{'more' if change > 0 else 'less'}", amount=amount)


@dataclass(frozen=True)
class Share:
    """A share; null where nobody is below the line. Its only format spec is `rate`."""

    above: int
    below: int

    def __bool__(self) -> bool:
        """Whether it is more than 0."""
        return self.above > 0

    def __format__(self, spec: str) -> str:
        """In per cent, one place."""
        if spec != "rate":
            raise ValueError(f"no such kind of share: {spec}")
        return f"{self.above / self.below:.1%}" if self.below else "—"


@dataclass(frozen=True)
class Names:
    """Places named one after the other; the format spec says how many at most."""

    names: Sequence[str]
    labels: Labels

    def __bool__(self) -> bool:
        """Whether there are any."""
        return bool(self.names)

    def __format__(self, spec: str) -> str:
        """The first of them, and how many there are where some are left out."""
        most = int(spec) if spec else len(self.names)
        text = self.labels("publishing.report.separator").join(self.names[:most])
        if len(self.names) <= most:
            return text
        return self.labels("publishing.report.among", names=text, count=len(self.names))


Figure = Put | Share | Names
Province = Mapping[str, Figure]


def province(
    compared: pl.DataFrame, labels: Labels, extra: Mapping[str, Figure]
) -> dict[str, Figure]:
    """What the sentences may state.

    Args:
        compared: as `changes.compared` gives it.
        labels: the wording.
        extra: what is no figure of the province.
    """
    whole = compared.filter(pl.col("level") == "province")
    figures: dict[str, Figure] = {
        measure: Put(value, before, labels)
        for measure, value, before in whole.select("measure", "value", "before").iter_rows()
    }
    values = dict(whole.select("measure", "value").iter_rows())
    shares: dict[str, Figure] = {
        name: Share(values[above], values[below]) for name, (above, below) in ALL_RATES.items()
    }
    return figures | shares | dict(extra)


def told(sentences: Iterable[Sentence], figures: Province) -> str:
    """The sentences that stand, filled."""
    return "".join(
        sentence.text.format_map(figures) for sentence in sentences if _stands(sentence, figures)
    )


def _stands(sentence: Sentence, figures: Province) -> bool:
    if sentence.if_any and not any(figures[name] for name in sentence.if_any):
        return False
    return not any(figures[name] for name in sentence.if_none)


def yuan(fen: int, labels: Labels) -> str:
    """An amount as it is read: to the fen below ten thousand yuan, above in ten thousands with two places."""
    if fen < _TEN_THOUSAND_YUAN:
        return labels("publishing.report.yuan", amount=f"{fen / 100:,.2f}")
    return labels("publishing.report.ten_thousand_yuan", amount=f"{fen / _TEN_THOUSAND_YUAN:,.2f}")


def overdue(compared: pl.DataFrame, labels: Labels) -> Names:
    """The counties with overdue findings, the most first, with how many."""
    late = compared.filter(
        pl.col("level") == "county", pl.col("measure") == "state_overdue", pl.col("value") > 0
    ).sort(pl.col("value"), pl.col("place"), descending=[True, False], nulls_last=True)
    unknown = labels("publishing.report.unknown_place")
    return Names(
        [
            labels("publishing.report.overdue_county", name=name or unknown, count=f"{count:,}")
            for name, count in late.select("name", "value").iter_rows()
        ],
        labels,
    )


def missing(coverage: pl.DataFrame, labels: Labels) -> Names:
    """The registers that have not come, or not whole, with the county.

    Args:
        coverage: docs/frames.md.
        labels: the wording.
    """
    statuses = labels.mapping("publishing.report.missing")
    rows = coverage.filter(pl.col("status").is_in(list(statuses)))
    return Names(
        [
            labels(
                "publishing.report.missing_county"
                if county
                else "publishing.report.missing_register",
                county=county,
                register=labels(f"registers.{register}"),
                status=statuses[status],
            )
            for register, county, status in rows.select("register", "county", "status").iter_rows()
        ],
        labels,
    )
