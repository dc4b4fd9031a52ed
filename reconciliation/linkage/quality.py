"""What a self-test has found, in figures: precision and recall by tier, and what a stated probability is worth.

What belongs here: counting verdicts. What does not: how they come about (`self_test`).
"""

from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final

import numpy as np
import polars as pl
from scipy.stats import norm

from reconciliation.linkage.arrays import Bools, Floats, Ints
from reconciliation.linkage.tiers import CERTAIN, POSSIBLE, PROBABLE

STEPS: Final = {
    "certain": (CERTAIN,),
    "certain_probable": (CERTAIN, PROBABLE),
    "with_possible": (CERTAIN, PROBABLE, POSSIBLE),
}
"""Tiers that count, step by step."""

QUALITY_SCHEMA: Final = {
    "tier": pl.String,
    "links": pl.Int64,
    "right": pl.Int64,
    "precision": pl.Float64,
    "precision_low": pl.Float64,
    "precision_high": pl.Float64,
    "people": pl.Int64,
    "found": pl.Int64,
    "recall": pl.Float64,
    "recall_low": pl.Float64,
    "recall_high": pl.Float64,
    "undecided": pl.Int64,
}
CALIBRATION_SCHEMA: Final = {
    "band": pl.String,
    "pairs": pl.Int64,
    "right": pl.Int64,
    "said": pl.Float64,
    "share": pl.Float64,
    "low": pl.Float64,
    "high": pl.Float64,
}
BANDS: Final = (0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99, 0.995, 1.0)


@dataclass(frozen=True)
class Verdicts:
    """The pairs of people whose number was hidden, one element each.

    Attributes:
        probability: as the plan would publish it.
        tier: likewise.
        right: whether the two records are one person, by the number.
        undecided: the number does not say; such a pair is neither right nor wrong.
    """

    probability: Floats
    tier: Ints
    right: Bools
    undecided: Bools


def wilson(hits: int, of: int, confidence: float) -> tuple[float | None, float | None]:
    """The score interval of a share (Wilson 1927): honest also near 0 and 1; nothing where nothing was tried."""
    if not of:
        return None, None
    z = float(norm.ppf((1 + confidence) / 2))
    share, spread = hits / of, z * z / of
    middle = (share + spread / 2) / (1 + spread)
    half = z / (1 + spread) * float(np.sqrt(share * (1 - share) / of + spread / (4 * of)))
    return round(max(middle - half, 0.0), 6), round(min(middle + half, 1.0), 6)


def quality_frame(verdicts: Verdicts, people: int, confidence: float) -> pl.DataFrame:
    """The `quality` frame of docs/frames.md.

    Args:
        verdicts: the pairs of hidden people.
        people: how many of the hidden people are on both registers.
        confidence: of the intervals.
    """
    rows = []
    for step, counted in STEPS.items():
        linked = np.isin(verdicts.tier, counted)
        decided = linked & ~verdicts.undecided
        links, right = int(decided.sum()), int((decided & verdicts.right).sum())
        rows.append(
            {
                "tier": step,
                "links": links,
                "right": right,
                **_share("precision", right, links, confidence),
                "people": people,
                "found": right,
                **_share("recall", right, people, confidence),
                "undecided": int((linked & verdicts.undecided).sum()),
            }
        )
    return pl.DataFrame(rows, schema=QUALITY_SCHEMA)


def _share(name: str, hits: int, of: int, confidence: float) -> dict[str, float | None]:
    low, high = wilson(hits, of, confidence)
    return {name: round(hits / of, 6) if of else None, f"{name}_low": low, f"{name}_high": high}


def calibration_frame(verdicts: Verdicts, confidence: float) -> pl.DataFrame:
    """The `calibration` frame of docs/frames.md: of the pairs said to be so probable, how many are right.

    Args:
        verdicts: the pairs of hidden people.
        confidence: of the intervals.
    """
    said = verdicts.probability
    rows: list[dict[str, Any]] = []
    for low, high in pairwise(BANDS):
        top = said <= high if high == BANDS[-1] else said < high
        inside = (said >= low) & top & ~verdicts.undecided
        pairs, right = int(inside.sum()), int((inside & verdicts.right).sum())
        share = _share("share", right, pairs, confidence)
        rows.append(
            {
                "band": f"{low:g}-{high:g}",
                "pairs": pairs,
                "right": right,
                "said": round(float(said[inside].mean()), 6) if pairs else None,
                "share": share["share"],
                "low": share["share_low"],
                "high": share["share_high"],
            }
        )
    return pl.DataFrame(rows, schema=CALIBRATION_SCHEMA)
