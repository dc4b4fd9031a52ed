"""Rules about the other lists (subject `entitlements`).

Frames: `entitlements`, all lists one below the other (`list`, `register`, `record`, `rule`, `group`, `status`, `amount`, `why`);
`entitlement_totals`; `entitlement_tie_outs`; `links`; `duplicates`.
"""

import polars as pl

from expectations.conditions import Flag, OneOf
from expectations.rule import Frames, Question, Scope, Unit
from reconciliation.registers.schema import REQUIRED

FRAMES = ("entitlements", "entitlement_totals", "entitlement_tie_outs", "links", "duplicates")
STATUSES = ("entitled", "verify")

_KEY = ["list", "register", "record"]


def _rows(frames: Frames, _scope: Scope) -> pl.DataFrame:
    """One row a list row: whether it is explained, how often its record stands on the list, and whether it is listed again.

    `again`: entitled, as is another row of the list that is the same person: a copy in the same register, or the row certainly or
    probably linked in the other one.
    """
    rows = frames["entitlements"]
    entitled = rows.filter(pl.col("status") == "entitled").select(_KEY)
    again = pl.concat([_copies(entitled, frames), *_partners(entitled, frames["links"])])
    return (
        rows.select(
            *_KEY,
            "status",
            times=pl.len().over(_KEY),
            explained=pl.all_horizontal(
                pl.col(name).fill_null("").str.strip_chars() != "" for name in ("rule", "why")
            ),
        )
        .join(again.unique().with_columns(again=pl.lit(True)), on=_KEY, how="left")
        .with_columns(pl.col("again").fill_null(False))
    )


def _copies(entitled: pl.DataFrame, frames: Frames) -> pl.DataFrame:
    groups = frames["duplicates"].select("register", "record", "group")
    return (
        entitled.join(groups, on=["register", "record"])
        .filter(pl.len().over("list", "register", "group") > 1)
        .select(_KEY)
    )


def _partners(entitled: pl.DataFrame, links: pl.DataFrame) -> list[pl.DataFrame]:
    firm = links.filter(pl.col("tier") != "possible")
    sides = {
        register: entitled.filter(pl.col("register") == register)
        .select("list", pl.col("record").alias(f"{register}_record"))
        .unique()
        for register in REQUIRED
    }
    both = firm.join(sides["dibao"], on="dibao_record").join(
        sides["poverty"], on=["list", "poverty_record"]
    )
    return [
        both.select("list", register=pl.lit(register), record=f"{register}_record")
        for register in REQUIRED
    ]


def _groups(frames: Frames, _scope: Scope) -> pl.DataFrame:
    """One row a list, group and status: the province's figures beside those counted from the rows.

    Columns: `people`, `amount` (of the totals), `rows`, `rate` (yuan a person; null where there is none), `rates` (how many).
    """
    key = ["list", "group", "status"]
    counted = (
        frames["entitlements"]
        .group_by(key)
        .agg(rows=pl.len(), rate=pl.col("amount").first(), rates=pl.col("amount").n_unique())
    )
    return (
        frames["entitlement_totals"]
        .filter(pl.col("level") == "province")
        .select(*key, "people", "amount")
        .join(counted, on=key, how="full", coalesce=True)
    )


def _tie_outs(frames: Frames, _scope: Scope) -> pl.DataFrame:
    """One row an equation."""
    return frames["entitlement_tie_outs"].select("list", "tie_out", "expected", "found")


ROWS = Unit("entitlement_rows", ("list", "register", "record"), _rows)
GROUPS = Unit("entitlement_groups", ("list",), _groups)
EQUATIONS = Unit("entitlement_tie_outs", ("list", "tie_out"), _tie_outs)

_PEOPLE_TIMES_RATE = pl.when(pl.col("rate").is_null()).then(pl.col("amount").is_null()).otherwise(
    pl.col("amount") == pl.col("rows") * pl.col("rate")
)  # fmt: skip

QUESTIONS = (
    Question("Q601", "entitlement_listed_once", "critical", ROWS, Flag((pl.col("times") == 1) & ~pl.col("again"))),
    Question("Q602", "entitlement_explained", "critical", ROWS, Flag(pl.col("explained"))),
    Question("Q603", "entitlement_status_known", "critical", ROWS, OneOf("status", STATUSES)),
    Question("Q604", "entitlement_amounts", "critical", GROUPS, Flag((pl.col("people") == pl.col("rows")) & (pl.col("rates") == 1) & _PEOPLE_TIMES_RATE)),
    Question("Q605", "entitlement_tie_outs", "critical", EQUATIONS, Flag(pl.col("expected") == pl.col("found"))),
)  # fmt: skip
