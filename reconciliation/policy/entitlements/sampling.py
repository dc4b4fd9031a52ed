"""Drawing a sample of fixed size with unequal probabilities, the same whatever the order of the rows.

What belongs here: keyed random numbers, inclusion probabilities, the drawing. What does not: what is drawn and with what weights
(`field_check.py`).

Pareto sampling (B. Rosén, On sampling with probability proportional to size, J. Statist. Plann. Inference 62, 1997): each unit gets
a uniform number u; those with the smallest u/(1-u) · (1-p)/p are drawn. The size is exact and the inclusion probabilities are p up
to an error that vanishes with the size of the sample; units with p = 1 are always in.
"""

from hashlib import blake2b

import numpy as np
import polars as pl
from numpy.typing import NDArray

_DIGEST_BYTES = 8


def keyed_uniform(texts: pl.Series, key: str) -> NDArray[np.float64]:
    """A number between 0 and 1 (both excluded) for each text, by BLAKE2b keyed with `key`: the same text, the same number."""
    secret = blake2b(key.encode(), digest_size=32).digest()
    numbers = np.fromiter(
        (
            int.from_bytes(
                blake2b(text.encode(), digest_size=_DIGEST_BYTES, key=secret).digest(), "big"
            )
            for text in texts
        ),
        dtype=np.uint64,
        count=len(texts),
    )
    # 53 bits are what a float holds; a half keeps both ends out.
    drawn: NDArray[np.float64] = ((numbers >> np.uint64(11)).astype(np.float64) + 0.5) / 2.0**53
    return drawn


def inclusion_probabilities(weights: NDArray[np.float64], size: int) -> NDArray[np.float64]:
    """Probabilities proportional to the weights that add up to `size`; what would be more than 1 is 1.

    Args:
        weights: positive.
        size: how many are drawn; all, where there are no more.
    """
    if size >= len(weights):
        return np.ones(len(weights))
    certain = np.zeros(len(weights), dtype=bool)
    while True:
        rest = size - certain.sum()
        probabilities = np.where(certain, 1.0, rest * weights / weights[~certain].sum())
        more = (probabilities >= 1.0) & ~certain
        if not more.any():
            return probabilities
        certain |= more


def pareto_order(uniform: NDArray[np.float64], p: NDArray[np.float64]) -> NDArray[np.float64]:
    """The number by which units are drawn, the smallest first."""
    order: NDArray[np.float64] = uniform / (1.0 - uniform) * (1.0 - p) / p
    return order
