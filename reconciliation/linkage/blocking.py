"""Candidates: which pairs of open rows are worth comparing, by several keys each of which may fail.

Each key is a function from a register to a key a row; `_KEYS` is the whole table of them. A pair keeps the note of every
block that proposed it.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Final

import numpy as np
import polars as pl

from reconciliation.linkage.arrays import NONE, Bools, Ints, mixed
from reconciliation.linkage.circumstances import Households
from reconciliation.linkage.coding import Coded
from reconciliation.linkage.joins import Perhaps, keyed, pairs_by_key
from reconciliation.linkage.name_table import ABSENT, Names
from reconciliation.linkage.settings import BlockCaps

Keys = tuple[Ints, Bools]
"""A key a row, and whether the row has it."""

_MONTH_DAY: Final = 10**4
_BIRTH: Final = 10**8
_TAIL: Final = 11 * 1000


@dataclass(frozen=True)
class Pool:
    """What candidates are drawn from: two registers, their names, which rows are still open, and the caps."""

    left: Coded
    right: Coded
    names: Names
    open_left: Bools
    open_right: Bools
    caps: BlockCaps


@dataclass(frozen=True)
class Candidates:
    """Pairs to compare: rows `a` and `b`, sorted, each pair once; bit i of `blocks` is BLOCKS[i]."""

    a: Ints
    b: Ints
    blocks: Ints

    def __len__(self) -> int:
        return len(self.a)


def candidates_by_key(pool: Pool, extra: tuple[Ints, Ints]) -> Candidates:
    """Every pair a block proposes by what stands in the rows themselves; these hold for both passes.

    Args:
        pool: the open rows.
        extra: pairs (a, b) to compare in any case, with no block to their name.
    """
    found = [(extra[0], extra[1], 0)]
    for position, (block, key_of) in enumerate(_KEYS.items(), start=1):
        cap = getattr(pool.caps, _CAPS.get(block, block))
        found.append((*_by_key(pool, key_of, cap), 1 << position))
    position = BLOCKS.index("village_characters")
    found.append((*_by_characters(pool, pool.caps.village_characters), 1 << position))
    return _joined(found, len(pool.right))


@dataclass(frozen=True)
class Added:
    """Pairs to be put among sorted candidates: rows `a` and `b`, each before the candidate `at`."""

    a: Ints
    b: Ints
    at: Ints


def with_households(
    by_key: Candidates, pool: Pool, households: Households
) -> tuple[Candidates, Added]:
    """The candidates by key, and the open rows of linked households.

    Args:
        by_key: of `candidates_by_key`.
        pool: the open rows.
        households: linked households.

    Returns:
        All candidates, and those of them that no key had proposed.
    """
    size = max(len(pool.right), 1)
    a, b = _linked_household(pool, households, pool.caps.linked_household)
    more, key = np.unique(a * size + b), by_key.a * size + by_key.b
    at = np.searchsorted(key, more)
    known = at < len(key)
    known[known] = key[at[known]] == more[known]
    blocks = by_key.blocks.copy()
    blocks[at[known]] |= 1
    at, more = at[~known], more[~known]
    added = Added(more // size, more % size, at)
    together = Candidates(
        np.insert(by_key.a, at, added.a),
        np.insert(by_key.b, at, added.b),
        np.insert(blocks, at, 1),
    )
    return together, added


def _joined(found: Sequence[tuple[Ints, Ints, int]], rights: int) -> Candidates:
    """Each pair once, with the notes of all its blocks."""
    size = max(rights, 1)
    together = (
        pl.concat(
            pl.LazyFrame({"key": a.astype(np.int64) * size + b}).with_columns(
                bits=pl.lit(bits, dtype=pl.Int64)
            )
            for a, b, bits in found
        )
        .group_by("key")
        .agg(pl.col("bits").bitwise_or())
        .sort("key")
        .collect()
    )
    key = together["key"].to_numpy()
    return Candidates(key // size, key % size, together["bits"].to_numpy())


def _by_key(pool: Pool, key: Callable[[Pool, Coded], Keys], cap: int) -> tuple[Ints, Ints]:
    left, has_left = key(pool, pool.left)
    right, has_right = key(pool, pool.right)
    return pairs_by_key(
        keyed(left, has_left & pool.open_left), keyed(right, has_right & pool.open_right), cap
    )


def _linked_household(pool: Pool, households: Households, cap: int) -> tuple[Ints, Ints]:
    """Open rows of two households that a settled member links: nine in ten of what is left to find."""
    linked = households.pairs()
    left = keyed(households.left, pool.open_left).rename({"key": "left", "row": "a"})
    right = keyed(households.right, pool.open_right).rename({"key": "right", "row": "b"})
    sizes = linked.join(left.group_by("left").len("n"), on="left").join(
        right.group_by("right").len("m"), on="right"
    )
    kept = sizes.filter(pl.col("n").cast(pl.Int64) * pl.col("m") <= cap).select("left", "right")
    pairs = kept.join(left, on="left").join(right, on="right")
    return pairs["a"].to_numpy(), pairs["b"].to_numpy()


def _number_start(_: Pool, side: Coded) -> Keys:
    """Area and birth date of the number: all errors behind them."""
    return side.prefix14, side.prefix14 != NONE


def _number_area_day_tail(_: Pool, side: Coded) -> Keys:
    """Area, day and last four: a wrong year or month, also two digits swapped across their border."""
    area, day = side.prefix14 // _BIRTH, side.prefix14 % 100
    return mixed(area, day, side.number % _TAIL), side.number != NONE


def _number_area_year_tail(_: Pool, side: Coded) -> Keys:
    """Area, year and last four: a wrong month or day."""
    return mixed(side.prefix14 // _MONTH_DAY, side.number % _TAIL), side.number != NONE


def _number_birth_tail(_: Pool, side: Coded) -> Keys:
    """Birth date and last four: a wrong area."""
    return mixed(side.prefix14 % _BIRTH, side.number % _TAIL), side.number != NONE


def _rare_name(pool: Pool, side: Coded) -> Keys:
    """A name few people of both registers bear, settled ones counted."""
    bearers = [
        np.bincount(pool.names.key[register.name] + 1, minlength=len(pool.names) + 2)
        for register in (pool.left, pool.right)
    ]
    key = pool.names.key[side.name]
    few = bearers[0] * bearers[1] <= pool.caps.rare_name
    return key, (key != NONE) & few[key + 1] & (pool.names.kind[side.name] != ABSENT)


def _name_birth(pool: Pool, side: Coded) -> Keys:
    """The same name and birth date, anywhere."""
    key = pool.names.key[side.name]
    return mixed(key, side.birth), (key != NONE) & (side.birth != NONE)


def _village_birth(_: Pool, side: Coded) -> Keys:
    """The same village and birth date: a name that is wholly different, a child without papers."""
    return mixed(side.village, side.birth), (side.village != NONE) & (side.birth != NONE)


def _town_sound(pool: Pool, side: Coded) -> Keys:
    """A name that sounds the same within the town."""
    known = (side.town != NONE) & (pool.names.kind[side.name] != ABSENT)
    return mixed(side.town, pool.names.sound_key[side.name]), known


def _by_characters(pool: Pool, cap: int) -> tuple[Ints, Ints]:
    """Two characters of the name within the village, in any order and place."""
    left = _character_pairs(pool, pool.left, pool.open_left, None)
    right = _character_pairs(pool, pool.right, pool.open_right, Perhaps.of(left["key"].to_numpy()))
    return pairs_by_key(left, right, cap)


def _character_pairs(pool: Pool, side: Coded, rows: Bools, known: Perhaps | None) -> pl.DataFrame:
    """`key`, `row` of every two characters of a name; only those that may be `known`."""
    chosen = np.flatnonzero(rows & (side.village != NONE))
    village = side.village[chosen]
    characters = pool.names.characters[:, :4][side.name[chosen]]
    found = [pl.DataFrame(schema={"key": pl.Int64, "row": pl.Int64})]
    for i, j in combinations(range(characters.shape[1]), 2):
        one, other = characters[:, i], characters[:, j]
        has = np.flatnonzero(other)
        one, other = one[has], other[has]
        key = mixed(village[has], np.minimum(one, other), np.maximum(one, other))
        part = pl.DataFrame({"key": key, "row": chosen[has]})
        found.append(part if known is None else part.filter(pl.Series(known.among(key))))
    return pl.concat(found).unique()


_KEYS: Final[dict[str, Callable[[Pool, Coded], Keys]]] = {
    "number_start": _number_start,
    "number_area_day_tail": _number_area_day_tail,
    "number_area_year_tail": _number_area_year_tail,
    "number_birth_tail": _number_birth_tail,
    "rare_name": _rare_name,
    "name_birth": _name_birth,
    "village_birth": _village_birth,
    "town_sound": _town_sound,
}

_CAPS: Final = {block: "number_part" for block in _KEYS if block.startswith("number_")}

BLOCKS: Final = ("linked_household", *_KEYS, "village_characters")
