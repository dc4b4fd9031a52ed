"""Who is not linked, and why not: the best candidate on the other register, how probable, and what speaks against it.

What belongs here: one row a person without any link. What does not: copies within a register (`duplicates`), and whom somebody
must look at (possible `links`).
"""

from typing import Final

import numpy as np
import polars as pl

from reconciliation.linkage.arrays import NONE, Bools, Floats, Ints
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
from reconciliation.linkage.scored import Scored
from reconciliation.linkage.settings import LinkageSettings
from reconciliation.linkage.tiers import NO_TIER, POSSIBLE, SAYS_TWO_PEOPLE, published
from reconciliation.registers.labels import Labels

UNLINKED_SCHEMA: Final = {
    "register": pl.String,
    "record": pl.Int64,
    "candidate": pl.Int64,
    "probability": pl.Float64,
    "reason": pl.String,
    "why": pl.String,
}
REASONS: Final = ("nobody", "taken", "two_numbers", "unlikely")
"""Nobody on the other register is like them; the candidate is linked with somebody else; two valid numbers; too unlikely."""

_COMPARED: Final = {
    "number": NumberLevel,
    "name": NameLevel,
    "sex": SexLevel,
    "relation": RelationLevel,
    "place": PlaceLevel,
}


def unlinked_people(
    pool: Pool, scored: Scored, tier: Ints, settings: LinkageSettings, labels: Labels
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Everybody without a link, of each register.

    Args:
        pool: both registers.
        scored: the scored pairs.
        tier: their tiers.
        settings: what is the most that is published as a probability.
        labels: texts under `linkage.unlinked` and `linkage.why`.

    Returns:
        For the left and for the right register the columns of `UNLINKED_SCHEMA` but `register`, sorted by record: `candidate` is
        the record of the other register that is likest, null where nobody is.
    """
    a, b = scored.pairs.a, scored.pairs.b
    linked = tier != NO_TIER
    probability = published(scored.probability, settings)
    texts_of = _Sentences(scored.levels, labels)
    frames = []
    for rows, others, side, other, open_rows in (
        (a, b, pool.left, pool.right, pool.open_left),
        (b, a, pool.right, pool.left, pool.open_right),
    ):
        unseen = open_rows.copy()
        unseen[rows[linked]] = False
        firm = np.zeros(len(other), dtype=bool)
        firm[others[tier > POSSIBLE]] = True
        best = _best(rows, others, probability, unseen)
        people = np.flatnonzero(unseen)
        candidate = np.full(len(side), NONE)
        candidate[rows[best]] = best
        pair = candidate[people]
        reason = _reasons(scored.levels, pair, firm, others)
        frames.append(
            pl.DataFrame(
                {
                    "record": side.record[people],
                    "candidate": _where(pair, other.record, others),
                    "probability": _where(pair, probability, np.arange(len(probability))),
                    **texts_of(pair, reason),
                },
                schema={name: kind for name, kind in UNLINKED_SCHEMA.items() if name != "register"},
            )
        )
    return frames[0], frames[1]


def _best(rows: Ints, others: Ints, probability: Floats | Ints, unseen: Bools) -> Ints:
    """The likeliest pair of each row that is unseen; of equal ones that with the smaller other row."""
    pairs = np.flatnonzero(unseen[rows])
    order = pairs[np.lexsort((others[pairs], -probability[pairs], rows[pairs]))]
    first = np.ones(len(order), dtype=bool)
    first[1:] = rows[order][1:] != rows[order][:-1]
    return order[first]


def _reasons(levels: Levels, pair: Ints, firm: Bools, others: Ints) -> Ints:
    """Index in REASONS; `pair` is NONE where there is no candidate."""
    if not len(levels.name):
        return np.zeros(len(pair), dtype=np.int64)
    at = np.maximum(pair, 0)
    two = np.isin(levels.number[at], SAYS_TWO_PEOPLE)
    return np.select([pair == NONE, firm[others[at]], two], [0, 1, 2], 3).astype(np.int64)


def _where(pair: Ints, values: Floats | Ints, of_pair: Ints) -> pl.Series:
    """The value each pair points to, null without a pair."""
    if not len(of_pair):
        return pl.Series([None] * len(pair), dtype=pl.Float64)
    found = pl.Series(values[of_pair[np.maximum(pair, 0)]])
    return pl.select(pl.when(pl.lit(pl.Series(pair != NONE))).then(pl.lit(found))).to_series()


class _Sentences:
    """One Chinese sentence for each combination of reason and levels, made once."""

    def __init__(self, levels: Levels, labels: Labels) -> None:
        columns = [getattr(levels, name) for name in _COMPARED]
        self._linked = (levels.standing == Standing.LINKED_HOUSEHOLD).astype(np.int64)
        self._key = self._linked.copy()
        for column, kind in zip(columns, _COMPARED.values(), strict=True):
            self._key = self._key * len(kind) + column
        self._labels = labels
        self._because = [labels(f"linkage.unlinked.reason.{reason}") for reason in REASONS]
        self._words = [
            [labels(f"linkage.why.{name}.{level}") for level in texts(kind)]
            for name, kind in _COMPARED.items()
        ]
        self._homes = [labels(f"linkage.why.household.{home}") for home in ("linked", "apart")]
        self._separator = labels("linkage.why.separator")

    def __call__(self, pair: Ints, reason: Ints) -> dict[str, pl.Series]:
        at = np.maximum(pair, 0)
        key = self._key[at] if len(self._key) else np.zeros(len(pair), dtype=np.int64)
        key = np.where(pair == NONE, NONE, key)
        rows = pl.DataFrame({"key": key, "reason": reason})
        distinct = rows.unique().sort("key", "reason")
        said = [self._sentence(*row) for row in distinct.iter_rows()]
        told = rows.join(
            distinct.with_columns(why=pl.Series(said, dtype=pl.String)),
            on=["key", "reason"],
            how="left",
            maintain_order="left",
        )
        words = pl.Series(REASONS, dtype=pl.String)
        return {"reason": words.gather(reason), "why": told["why"]}

    def _sentence(self, key: int, reason: int) -> str:
        because = self._because[reason]
        if key == NONE:
            return because
        levels = []
        for words in reversed(self._words):
            key, level = divmod(key, len(words))
            levels.append(words[level])
        said = [self._homes[0 if key else 1], *levels]
        evidence = self._separator.join(text for text in reversed(said) if text)
        return self._labels("linkage.unlinked.sentence", evidence=evidence, because=because)
