"""The other lists drawn up from a small typed world."""

from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

import polars as pl

from reconciliation.configuration import Configuration
from reconciliation.policy.entitlements.draw_up import Before, DrawnUp, draw_up, no_history
from reconciliation.policy.entitlements.settings import Entitlements
from reconciliation.policy.evidence import Rulebook
from tests.policy.world import RULEBOOK, World

ENTITLEMENTS = Configuration.load().entitlements
ENTITLED, VERIFY = "entitled", "verify"
CASES = {
    "case_key": pl.String, "register": pl.String, "record": pl.Int64, "first_batch": pl.String, "look_up": pl.String,
}  # fmt: skip
NOT_JUDGED = World().judge()
"""What the main rules say of nobody."""


@dataclass
class Office(World):
    """A world that can be asked for its other lists."""

    cases: list[dict[str, Any]] = field(default_factory=list)

    def relocated(
        self, record: int, tier: str = "certain", register: str = "poverty", **said: Any
    ) -> None:
        """A row on the relocation list: 2018, in town, hukou moved, not paid yet."""
        usual = {"relocation_year": "2018", "relief_paid": "否"}
        self.listed(register, record, "relocation", tier, **(usual | said))

    def draw_up(
        self,
        *names: str,
        entitlements: Entitlements = ENTITLEMENTS,
        rulebook: Rulebook = RULEBOOK,
        history: pl.DataFrame | None = None,
    ) -> DrawnUp:
        """The named lists of this world; all of them where none is named. Only some need what the main rules say."""
        wanted = entitlements
        if names:
            lists = tuple(made for made in wanted.lists if made.list in names)
            wanted = replace(wanted, lists=lists, field_check=None)
        judged = self.judge(rulebook) if not names or "tekun_candidates" in names else NOT_JUDGED
        return draw_up(
            self.evidence(),
            judged,
            wanted,
            rulebook,
            Before(
                history=no_history() if history is None else history,
                cases=pl.DataFrame(self.cases, schema=CASES, orient="row"),
            ),
        )

    def on(self, name: str, made: DrawnUp | None = None) -> dict[tuple[str, int], tuple[str, str]]:
        """Who is on a list: (register, record) → (group, status)."""
        rows = (made or self.draw_up(name)).lists[name]
        keys = rows.select("register", "record").rows()
        assert len(set(keys)) == len(keys)
        return dict(zip(keys, rows.select("group", "status").rows(), strict=True))

    def row(  # type: ignore[override]
        self, name: str, register: str, record: int, made: DrawnUp | None = None
    ) -> dict[str, Any]:
        """A row of a list."""
        rows = (made or self.draw_up(name)).lists[name]
        return rows.row(
            by_predicate=(pl.col("register") == register) & (pl.col("record") == record), named=True
        )


def born(age: int) -> dict[str, Any]:
    """Somebody of that age on the as-of date."""
    day = RULEBOOK.batch
    return {"birth_date": date(day.year - age, day.month, day.day)}
