"""The figures a report states: those of every place, and where the findings of the ledger stand. Nobody is named.

What belongs here: counting the ledger by place, and the shape in which a release keeps its figures for the reports after it. What does
not: what has changed (`changes.py`) and how figures are put (`sentences.py`, `annex.py`).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import polars as pl

from reconciliation.ledger.states import STATES
from reconciliation.publishing.place_figures import MEASURES, RATES

LEVELS: Final = ("province", "unit", "prefecture", "county")
FIGURES: Final[dict[str, Any]] = {
    "level": pl.String,
    "place": pl.String,
    "name": pl.String,
    "prefecture": pl.String,
    "measure": pl.String,
    "value": pl.Int64,
}
"""`place`: the key over batches (a county comparable, since offices change how they write it); `name`: as it is shown. Both null: the
province, or unknown. `prefecture`: of a county."""
KEY: Final = ("level", "place", "measure")
PROPOSALS: Final = ("include_dibao", "exit_dibao", "include_poverty", "exit_poverty")
_ANSWERED: Final = pl.col("answer").is_not_null() & (pl.col("answer") != "pending")
_CONFIRMED: Final = (pl.col("answer") == "confirmed").fill_null(False)
OF_FINDINGS: Final[Mapping[str, pl.Expr]] = {
    "findings": pl.col("rule").is_not_null(),
    "new": pl.col("first_batch") == pl.col("batch"),
    "asked": pl.col("sent_on").is_not_null() | pl.col("answer").is_not_null(),
    "answered": _ANSWERED,
    **{f"state_{state}": pl.col("state") == state for state in STATES},
}
"""Measure → which rows of the ledger it counts."""
OF_PEOPLE: Final[Mapping[str, pl.Expr]] = {
    "people": pl.col("rule").is_not_null(),
    **{f"confirmed_{name}": _CONFIRMED & (pl.col("disposition") == name) for name in PROPOSALS},
    **{
        f"settled_{name}": _CONFIRMED
        & (pl.col("disposition") == name)
        & (pl.col("state") == "closed")
        for name in PROPOSALS
    },
    "exits_in_effect": pl.col("effect") == "in_effect",
    "exits_awaiting_notice": pl.col("effect") == "awaiting_notice",
}
"""Measure → the rows of the ledger whose people it counts, everybody once."""
ALL_MEASURES: Final = (*OF_FINDINGS, *OF_PEOPLE, *MEASURES)
ALL_RATES: Final[Mapping[str, tuple[str, str]]] = {
    **RATES,
    "answer_rate": ("answered", "asked"),
    "closing_rate": ("state_closed", "findings"),
}
"""Share → the measures above and below the line."""
_PLACE: Final = ("level", "place", "name", "prefecture")


@dataclass(frozen=True)
class Tree:
    """Where places belong.

    Attributes:
        direct: `county`, `town` (null: the whole county), `unit`, comparable (`Reporting.units`).
        prefectures: `county` (comparable), `prefecture` (`Reporting.known_prefectures`).
        fold: names of counties as offices write them → comparable.
    """

    direct: pl.DataFrame
    prefectures: pl.DataFrame
    fold: Callable[[pl.Series], pl.Series]


def report_figures(
    places: pl.DataFrame, ledger: pl.DataFrame, batch: str, tree: Tree, before: pl.DataFrame | None
) -> pl.DataFrame:
    """All figures of a batch, in the shape in which its release keeps them.

    Args:
        places: `place_figures` of docs/frames.md.
        ledger: docs/frames.md.
        batch: `YYYY-MM-DD`.
        tree: where places belong.
        before: `FIGURES` of the batch before, whose places stay even where nothing of them is left; None: no such release.

    Returns:
        `FIGURES`, a row a place and each of `ALL_MEASURES` (0 where there is nothing). Sorted by level, place (in the
        order of the codes, unknown ones last) and measure.
    """
    of_places = _of_places(places, tree)
    earlier = pl.DataFrame(schema=FIGURES) if before is None else before
    known = _known_counties(of_places, earlier, tree)
    counted = pl.concat([of_places, _of_ledger(ledger, batch, tree, known)])
    everywhere = (
        pl.concat([counted.select(_PLACE), earlier.select(_PLACE)])
        .unique(["level", "place"], keep="first", maintain_order=True)
        .join(pl.DataFrame({"measure": ALL_MEASURES}), how="cross")
    )
    values = counted.group_by(KEY).agg(pl.col("value").sum())
    return (
        everywhere.join(values, on=KEY, how="left", nulls_equal=True, validate="1:1")
        .with_columns(pl.col("value").fill_null(0))
        .select(*FIGURES)
        .sort(
            _rank("level", LEVELS),
            _rank("place", _official(tree)),
            "place",
            _rank("measure", ALL_MEASURES),
            nulls_last=True,
        )
    )


def _official(tree: Tree) -> list[str]:
    """Places in the order of the codes, units that report directly behind the prefectures."""
    columns = (tree.prefectures["prefecture"], tree.direct["unit"], tree.prefectures["county"])
    return list(dict.fromkeys(pl.concat(columns).drop_nulls().to_list()))


def _rank(column: str, order: Sequence[str]) -> pl.Expr:
    """The place of a value in an order; others come last."""
    ranks = {name: place for place, name in enumerate(order)}
    return pl.col(column).replace_strict(ranks, default=len(ranks), return_dtype=pl.Int64)


def _of_places(places: pl.DataFrame, tree: Tree) -> pl.DataFrame:
    """The figures of the places, long; a county by its comparable name."""
    rows = places.filter(pl.col("level").is_in(LEVELS))
    county = pl.col("level") == "county"
    named = rows.with_columns(
        name=pl.when(county).then("county").otherwise(pl.coalesce("unit", "prefecture")),
        prefecture=pl.when(county).then("prefecture"),
    )
    folded = tree.fold(named["county"])
    keyed = named.with_columns(place=pl.when(county).then(folded).otherwise("name"))
    return keyed.unpivot(
        on=MEASURES, index=_PLACE, variable_name="measure", value_name="value"
    ).select(*FIGURES)


def _known_counties(of_places: pl.DataFrame, earlier: pl.DataFrame, tree: Tree) -> pl.DataFrame:
    """`county` (comparable), `name`, `prefecture`: as this batch has them, else the one before, else the codes."""
    shown = [
        frame.filter(pl.col("level") == "county").select("name", "prefecture", county="place")
        for frame in (of_places, earlier)
    ]
    coded = tree.prefectures.select("prefecture", "county", name="county")
    return (
        pl.concat([*shown, coded], how="diagonal")
        .drop_nulls("county")
        .unique("county", keep="first", maintain_order=True)
    )


def _of_ledger(ledger: pl.DataFrame, batch: str, tree: Tree, known: pl.DataFrame) -> pl.DataFrame:
    """Where the findings stand, long; each level counted from the rows and not from the level below."""
    located = (
        ledger.with_columns(batch=pl.lit(batch))
        .pipe(_one_place_a_person)
        .pipe(_with_units, tree, known)
    )
    return pl.concat(_at(level, located) for level in LEVELS)


def _one_place_a_person(ledger: pl.DataFrame) -> pl.DataFrame:
    """All findings of a person where the person was seen last, so that people add up over places too."""
    person, place = ["register", "case_key"], ["county", "town"]
    last = (
        ledger.sort("last_batch", *place, "rule", nulls_last=False)
        .unique(person, keep="last", maintain_order=True)
        .select(*person, *place)
    )
    return ledger.drop(place).join(last, on=person, validate="m:1")


def _with_units(rows: pl.DataFrame, tree: Tree, known: pl.DataFrame) -> pl.DataFrame:
    """The town decides before the county, the county before the prefecture; nobody knows where an unknown county lies."""
    whole = tree.direct.filter(pl.col("town").is_null()).select("county", whole="unit")
    part = tree.direct.filter(pl.col("town").is_not_null()).select("county", "town", part="unit")
    return (
        rows.join(known, on="county", how="left", validate="m:1")
        .join(whole, on="county", how="left", validate="m:1")
        .join(part, on=["county", "town"], how="left", validate="m:1")
        .with_columns(
            unit=pl.coalesce("part", "whole", "prefecture"), name=pl.coalesce("name", "county")
        )
    )


def _at(level: str, located: pl.DataFrame) -> pl.DataFrame:
    nothing = pl.lit(None, dtype=pl.String)
    place = {"province": nothing}.get(level, pl.col(level))
    is_county = level == "county"
    who = pl.struct("register", "case_key")
    return (
        located.with_columns(
            level=pl.lit(level),
            place=place,
            name=pl.col("name") if is_county else place,
            prefecture=pl.col("prefecture") if is_county else nothing,
        )
        .group_by(_PLACE)
        .agg(
            *(there.fill_null(False).sum().alias(name) for name, there in OF_FINDINGS.items()),
            *(
                who.filter(there.fill_null(False)).n_unique().alias(name)
                for name, there in OF_PEOPLE.items()
            ),
        )
        .unpivot(on=[*OF_FINDINGS, *OF_PEOPLE], index=_PLACE, variable_name="measure")
        .select(pl.col(name).cast(dtype) for name, dtype in FIGURES.items())
    )
