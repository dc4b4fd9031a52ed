"""The `links` frame: every pair with a tier, its evidence level by level, and one sentence of why."""

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import polars as pl

from reconciliation.linkage.arrays import Bools, Floats, Ints, taken
from reconciliation.linkage.blocking import Pool
from reconciliation.linkage.evidence import Levels
from reconciliation.linkage.levels import (
    NameLevel,
    NumberLevel,
    PlaceLevel,
    RelationLevel,
    SexLevel,
    Standing,
    texts,
)
from reconciliation.linkage.rivals import best_rival
from reconciliation.linkage.scored import Scored
from reconciliation.linkage.settings import LinkageSettings
from reconciliation.linkage.tiers import CERTAIN, NO_TIER, published
from reconciliation.registers.labels import Labels
from reconciliation.registers.schema import TIERS

COMPARISONS: Final = ("name", "number", "sex", "relation", "place", "household", "rarity")
LINKS_SCHEMA: Final[dict[str, type[pl.DataType]]] = {
    "dibao_record": pl.Int64,
    "poverty_record": pl.Int64,
    "tier": pl.String,
    "probability": pl.Float64,
    "weight": pl.Float64,
    "stage": pl.String,
    **{
        f"{comparison}_{part}": kind
        for comparison in COMPARISONS
        for part, kind in (("level", pl.String), ("weight", pl.Float64))
    },
    "prior_weight": pl.Float64,
    "runner_up": pl.Float64,
    "margin": pl.Float64,
    "why": pl.String,
}
_STAGES: Final = ("exact", "exact_name_differs", "household", "scored")
_COMBINATION: Final = "combination"
_RARE_BITS: Final = 1.0
_RARITIES: Final = ["common", "usual", "rare"]
_HOUSEHOLDS: Final = ["linked", "apart"]
_LEVELS: Final = {
    "name": texts(NameLevel),
    "number": texts(NumberLevel),
    "sex": texts(SexLevel),
    "relation": texts(RelationLevel),
    "place": texts(PlaceLevel),
    "household": _HOUSEHOLDS,
}
_WHY_SAYS: Final = ("number", "name", "sex", "relation", "place", "household")


def exact_links(
    pool: Pool, pairs: tuple[Ints, Ints], levels: Levels, probability: float
) -> pl.DataFrame:
    """The links of the exact stage, without `why`: settled by the number, so no other comparison is weighed."""
    odds = float(np.log2(probability / (1 - probability)))
    size = len(pairs[0])
    return _frame(
        pool,
        pairs,
        _level_columns(levels, np.zeros(size, dtype=np.int64), np.zeros(size, dtype=np.int64)),
        {
            "tier": pl.repeat(TIERS[0], size, dtype=pl.String, eager=True),
            "probability": np.full(size, round(probability, 6)),
            "weight": np.full(size, round(odds, 3)),
            "stage": pl.repeat(_STAGES[0], size, dtype=pl.String, eager=True),
            "number_weight": np.full(size, round(odds, 3)),
            "runner_up": np.zeros(size),
            "margin": np.full(size, round(probability, 6)),
        },
    ).with_columns(rarity_level=pl.lit(None, dtype=pl.String))


def scored_links(pool: Pool, scored: Scored, tier: Ints, settings: LinkageSettings) -> pl.DataFrame:
    """The links among scored pairs, those without a tier left out, without `why`."""
    probability = published(scored.probability, settings)
    rival = best_rival(scored.pairs.a, scored.pairs.b, probability)
    rows = np.flatnonzero(tier != NO_TIER)
    weights = scored.weights
    linked = scored.levels.standing == Standing.LINKED_HOUSEHOLD
    stage = np.select([scored.name_differs, linked], [1, 2], 3)
    rarity = _bits(weights.rarity)
    rare = np.select([rarity > _RARE_BITS, rarity < -_RARE_BITS], [2, 0], 1)
    weighed = ~scored.name_differs
    columns: dict[str, Any] = {
        "tier": _words(TIERS, CERTAIN - tier[rows]),
        "probability": probability[rows],
        "weight": _bits(scored.odds)[rows],
        "stage": _words(_STAGES, stage[rows]),
        "runner_up": rival[rows],
        "margin": np.round(probability - rival, 6)[rows],
        "prior_weight": _where(weighed, np.full(len(stage), scored.prior), rows),
    }
    for comparison in COMPARISONS:
        columns[f"{comparison}_weight"] = _where(weighed, getattr(weights, comparison), rows)
    pairs = scored.pairs.a[rows], scored.pairs.b[rows]
    kind = (CERTAIN - tier[rows]) * len(_STAGES) + stage[rows]
    levels = _level_columns(taken(scored.levels, rows), rare[rows], kind)
    return _frame(pool, pairs, levels, columns)


def _bits(values: Floats) -> Floats:
    return np.asarray(np.round(values / np.log(2.0), 3)) + 0.0


def _where(weighed: Bools, values: Floats, rows: Ints) -> pl.Series:
    """Weights in bits, null where the stage does not weigh."""
    bits = pl.Series(_bits(values)[rows], dtype=pl.Float64)
    kept = pl.Series(weighed[rows], dtype=pl.Boolean)
    return pl.select(pl.when(pl.lit(kept)).then(pl.lit(bits))).to_series()


def _words(words: Sequence[str], numbers: Ints) -> pl.Series:
    return pl.Series(words, dtype=pl.String).gather(numbers)


def _level_columns(levels: Levels, rarity: Ints, kind: Ints) -> dict[str, Any]:
    """The levels in words, and `_COMBINATION`: a number for all of them (but rarity) and for `kind`, of stage and tier."""
    household = np.where(levels.standing == Standing.LINKED_HOUSEHOLD, 0, 1)
    combination = kind
    columns: dict[str, Any] = {"rarity_level": _words(_RARITIES, rarity)}
    for name, words in _LEVELS.items():
        numbers = household if name == "household" else getattr(levels, name)
        columns[f"{name}_level"] = _words(words, numbers)
        combination = combination * len(words) + numbers
    columns[_COMBINATION] = combination
    return columns


def _frame(
    pool: Pool, pairs: tuple[Ints, Ints], levels: dict[str, Any], columns: dict[str, Any]
) -> pl.DataFrame:
    given = {
        "dibao_record": pool.left.record[pairs[0]],
        "poverty_record": pool.right.record[pairs[1]],
        **levels,
        **columns,
    }
    series = []
    schema: dict[str, type[pl.DataType]] = {**LINKS_SCHEMA, _COMBINATION: pl.Int64}
    for name, kind in schema.items():
        if name == "why":
            continue
        values = given.get(name)
        if values is None:
            series.append(pl.Series(name, [None] * len(pairs[0]), dtype=kind))
        elif isinstance(values, pl.Series):
            series.append(values.alias(name))
        else:
            series.append(pl.Series(name, values, dtype=kind, strict=False))
    return pl.DataFrame(series)


def with_reasons(links: pl.DataFrame, labels: Labels) -> pl.DataFrame:
    """Add `why`, one sentence for each combination of levels, tier and stage, from the labels."""
    distinct = links.unique(_COMBINATION, keep="any")
    reasons = [_reason(row, labels) for row in distinct.iter_rows(named=True)]
    why = distinct.select(_COMBINATION, why=pl.Series(reasons, dtype=pl.String))
    return (
        links.join(why, on=_COMBINATION, how="left")
        .drop(_COMBINATION)
        .sort("dibao_record", "poverty_record")
    )


def _reason(row: dict[str, str], labels: Labels) -> str:
    said = [labels(f"linkage.why.{name}.{row[f'{name}_level']}") for name in _WHY_SAYS]
    return labels(
        "linkage.why.sentence",
        stage=labels(f"linkage.why.stage.{row['stage']}"),
        evidence=labels("linkage.why.separator").join(text for text in said if text),
        tier=labels(f"tiers.{row['tier']}"),
    )
