"""The figures of every place: lists, 重合率, 漏保/错保 suspects with their denominators, money. No frame here names a person.

What belongs here: what is counted and for which units. What does not: where people are (`located.py`), what a person is worth
(`money.py`), how figures are shown (`figure_books.py`).
"""

from collections.abc import Mapping
from typing import Any, Final

import polars as pl

from reconciliation.publishing.located import DEEP_LEVELS, Located
from reconciliation.publishing.money import MONEY
from reconciliation.registers.schema import LISTS, REQUIRED

LEVELS: Final[Mapping[str, tuple[str, ...]]] = {
    "province": (),
    "unit": ("unit",),
    "prefecture": ("prefecture",),
    "county": ("prefecture", "county"),
    "town": ("prefecture", "county", "town"),
    "village": ("prefecture", "county", "town", "village"),
}
"""Every level → the columns that name its places. The units partition the province; the others are the plain tree."""
PLACES: Final = ("unit", "prefecture", "county", "town", "village")
ON_LIST: Final = tuple(f"{register}_{name}" for register in REQUIRED for name in LISTS)
OVERLAP: Final = (
    "dibao_people", "poverty_people", "unlifted_people", "dibao_matched", "poverty_matched", "unlifted_matched",
)  # fmt: skip
OF_MONEY: Final = tuple(f"{kind}_{what}" for kind in MONEY for what in ("fen", "people", "unknown"))
MEASURES: Final = (*(f"{register}_records" for register in REQUIRED), *ON_LIST, *OVERLAP, *OF_MONEY)
"""What is added up. `<register>_<list>`, `<register>_records`: rows; `…_people`, `…_matched`: distinct people; `<money>_people` are
those the sum in fen is of, `<money>_unknown` those it leaves out."""
RATES: Final[Mapping[str, tuple[str, str]]] = {
    "dibao_overlap": ("dibao_matched", "dibao_people"),
    "unlifted_overlap": ("unlifted_matched", "unlifted_people"),
    "poverty_overlap": ("poverty_matched", "poverty_people"),
    "missed_dibao": ("poverty_include_dibao", "poverty_records"),
    "wrong_dibao": ("dibao_exit_dibao", "dibao_records"),
    "missed_poverty": ("dibao_include_poverty", "dibao_records"),
    "wrong_poverty": ("poverty_exit_poverty", "poverty_records"),
}
"""Shares (Float64; null where nobody is in the denominator): 重合率 over three denominators; 疑似漏保, 错保, 漏评, 错评 over the rows of
the register that was searched."""
FIGURES: Final[dict[str, Any]] = {
    "level": pl.String,
    **dict.fromkeys(PLACES, pl.String),
    **dict.fromkeys(MEASURES, pl.Int64),
    **dict.fromkeys(RATES, pl.Float64),
}


def place_figures(located: Located, counted: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """The figures of every place at every level.

    Args:
        located: where the people of both registers are.
        counted: by register, one row a record and measure: `record`, `measure` (of `MEASURES`), `value` (Int64).

    Returns:
        `level` (of `LEVELS`, or of `DEEP_LEVELS`: the units of deep poverty alone), `PLACES` (null: unknown, or above or beside that
        level), `MEASURES` (Int64), `RATES` (Float64). Sorted by level and place. A level always has the unknown places too.
    """
    cells = pl.concat(
        rows.join(located.people[register], on="record")
        .group_by("place", "measure")
        .agg(pl.col("value").sum())
        for register, rows in counted.items()
    ).join(located.places, on="place", validate="m:1")
    whole = [_level(cells, level, LEVELS[level]) for level in LEVELS]
    deep = [
        _level(cells.filter(name), name, LEVELS[name.removeprefix("deep_")]) for name in DEEP_LEVELS
    ]
    return pl.concat([*whole, *deep]).with_columns(
        pl.when(pl.col(below) > 0).then(pl.col(above) / pl.col(below)).alias(name)
        for name, (above, below) in RATES.items()
    )


def on_lists(dispositions: pl.DataFrame, register: str) -> pl.DataFrame:
    """The measures of one register's records: on the register, and on a list."""
    mine = dispositions.filter(pl.col("register") == register)
    return pl.concat(
        [
            mine.select("record", measure=pl.lit(f"{register}_records")),
            mine.select("record", measure=pl.concat_str(pl.lit(f"{register}_"), "disposition")),
        ]
    ).with_columns(value=pl.lit(1, dtype=pl.Int64))


def of_overlap(people: pl.DataFrame, both: pl.DataFrame, register: str) -> pl.DataFrame:
    """The measures of 重合率 of one register.

    Args:
        people: its distinct people: `record`, and of the poverty register `unlifted`.
        both: as `reconciliation.publishing.figures.on_both` gives them.
        register: `dibao` or `poverty`.
    """
    matched = both.select(record=f"{register}_record").unique()
    found = {
        f"{register}_people": people,
        f"{register}_matched": people.join(matched, on="record", how="semi"),
    }
    if register == "poverty":
        found |= {
            measure.replace("poverty", "unlifted"): frame.filter("unlifted")
            for measure, frame in found.items()
        }
    return pl.concat(
        frame.select("record", measure=pl.lit(measure), value=pl.lit(1, dtype=pl.Int64))
        for measure, frame in found.items()
    )


def of_money(kind: str, amounts: pl.DataFrame) -> pl.DataFrame:
    """The measures of one kind of money: `amounts` has `record`, `fen` (null: unknown)."""
    known = pl.col("fen").is_not_null()
    one = pl.lit(1, dtype=pl.Int64)
    return pl.concat(
        [
            amounts.filter(known).select("record", measure=pl.lit(f"{kind}_fen"), value="fen"),
            amounts.filter(known).select("record", measure=pl.lit(f"{kind}_people"), value=one),
            amounts.filter(~known).select("record", measure=pl.lit(f"{kind}_unknown"), value=one),
        ]
    )


def _level(cells: pl.DataFrame, level: str, keys: tuple[str, ...]) -> pl.DataFrame:
    sums = [
        pl.col("value").filter(pl.col("measure") == measure).sum().alias(measure)
        for measure in MEASURES
    ]
    table = cells.group_by(keys).agg(sums) if keys else cells.select(sums)
    return table.select(
        pl.lit(level).alias("level"),
        *(
            pl.col(name) if name in keys else pl.lit(None, dtype=pl.String).alias(name)
            for name in PLACES
        ),
        *MEASURES,
    ).sort(PLACES, nulls_last=True)
