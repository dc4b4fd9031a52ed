"""What a changed threshold would do: the same people judged twice, and who comes onto another list.

What belongs here: the changed thresholds and the comparison. What does not: the judge, which is the one of every release, and
writing anything.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

import polars as pl

from reconciliation.policy.evidence import OTHER, Evidence, Rulebook
from reconciliation.policy.judge import judge
from reconciliation.policy.thresholds import EVERYWHERE, KEYS, Threshold, Thresholds
from reconciliation.registers.errors import UsageError

_KEY: Final = ["register", "record"]
_SAID: Final = ("disposition", "rule", "why")
TRIED: Final = "tried"
"""The source of a threshold that only a trial has."""


@dataclass(frozen=True)
class Change:
    """Thresholds to be tried.

    Attributes:
        values: key of a threshold → its figure.
        county: as the persons frames have it; None: every county, whatever its own row says.
    """

    values: Mapping[str, float]
    county: str | None = None

    def applied(self, thresholds: Thresholds, day: date) -> Thresholds:
        """The thresholds with the change in force from a day on.

        Raises:
            UsageError: a key that is no threshold.
        """
        unknown = sorted(set(self.values) - set(KEYS))
        if unknown:
            raise UsageError(
                f"no such threshold: {', '.join(unknown)}; known are {', '.join(KEYS)}"
            )
        kept = tuple(
            row
            for row in thresholds.rows
            if row.key not in self.values
            or (self.county is not None and not _replaced(row, self.county, day))
        )
        tried = tuple(
            Threshold(self.county or EVERYWHERE, day, key, float(value), TRIED)
            for key, value in self.values.items()
        )
        return replace(thresholds, rows=kept + tried)


def _replaced(row: Threshold, county: str, day: date) -> bool:
    """A row of the county and the very day would stand beside the tried one."""
    return row.county == county and row.effective == day


def try_change(evidence: Evidence, rulebook: Rulebook, change: Change) -> pl.DataFrame:
    """Judge as it is and as it would be.

    Args:
        evidence: what a release was judged from.
        rulebook: as it is.
        change: what is tried.

    Returns:
        Everybody, one row a `register` and `record`: `county` (as the persons frames have it), `household`, `disposition`,
        `rule`, `why` as it is, and `new_disposition`, `new_rule`, `new_why`; sorted by register and record.

    Raises:
        UsageError: no such threshold; nobody lives in the county.
    """
    if change.county is not None and not any(
        (evidence.persons[register]["county"] == change.county).any() for register in OTHER
    ):
        raise UsageError("nobody on either register lives in that county; name it as offices do")
    tried = change.applied(rulebook.thresholds, rulebook.batch)
    before = judge(evidence, rulebook).dispositions
    after = judge(evidence, replace(rulebook, thresholds=tried)).dispositions
    people = pl.concat(
        evidence.persons[register].select(
            pl.lit(str(register)).alias("register"), "record", "county", "household"
        )
        for register in sorted(OTHER)
    )
    return (
        before.select(*_KEY, *_SAID)
        .join(
            after.select(*_KEY, *(pl.col(name).alias(f"new_{name}") for name in _SAID)),
            on=_KEY,
            validate="1:1",
        )
        .join(people, on=_KEY, validate="1:1")
        .select(*_KEY, "county", "household", *_SAID, *(f"new_{name}" for name in _SAID))
        .sort(_KEY)
    )


def moved(tried: pl.DataFrame) -> pl.DataFrame:
    """Those who come onto another list, or onto the same one by another rule."""
    return tried.filter(
        (pl.col("disposition") != pl.col("new_disposition")) | (pl.col("rule") != pl.col("new_rule"))
    )  # fmt: skip


def moves(rows: pl.DataFrame, *by: str) -> pl.DataFrame:
    """How many come from which list and rule onto which.

    Args:
        rows: `register`, `disposition`, `rule`, `new_disposition`, `new_rule`, and the columns `by`.
        by: counted apart.

    Returns:
        `by`, `register`, `disposition`, `rule`, `new_disposition`, `new_rule`, `people` (Int64); the most first, then sorted.
    """
    keys = [*by, "register", "disposition", "rule", "new_disposition", "new_rule"]
    return (
        rows.group_by(keys)
        .agg(pl.len().cast(pl.Int64).alias("people"))
        .sort(*by, "people", *keys[len(by) :], descending=[*[False] * len(by), True, *[False] * 5])
    )
