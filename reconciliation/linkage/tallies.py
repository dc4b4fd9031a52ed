"""Counting pairs of surely two people by what they share."""

from typing import Final

import numpy as np

from reconciliation.linkage.arrays import NONE, Bools, Floats, Ints, mixed
from reconciliation.linkage.blocking import Pool
from reconciliation.linkage.circumstances import Settled
from reconciliation.linkage.joins import UNCAPPED, Perhaps, keyed, pairs_by_key

_MOST_COUNTERS: Final = 1 << 24
"""Keys below this are counted in an array with a place for each."""


class Tally:
    """Counts the sure non-pairs that share a key: in one village, or in two.

    Those of two villages are counted without making them; those who sound alike in one village are few, and made.
    """

    def __init__(self, pool: Pool, settled: Settled) -> None:
        """Take the registers and the settled pairs."""
        self._villages = pool.left.village, pool.right.village
        self._settled = settled
        self._open = settled.partner_left == NONE, settled.partner_right == NONE
        sound = np.where(pool.names.key != NONE, pool.names.sound_key, NONE)
        left, right = self._within(sound[pool.left.name], sound[pool.right.name])
        a, b = pairs_by_key(keyed(left, left != NONE), keyed(right, right != NONE), UNCAPPED)
        sure = surely_two(a, b, settled)
        self._alike = a[sure], b[sure]

    def sharing(self, left: Ints, right: Ints) -> Floats:
        """Pairs with the same key, [in one village, in two]; rows whose key is `NONE` share with nobody."""
        return self._with_outside(self._sharing(*self._within(left, right)), left, right)

    def sharing_alike(self, left: Ints, right: Ints) -> Floats:
        """As `sharing`, where the same key goes with a name that sounds the same."""
        a, b = self._alike
        inside = float(((left[a] == right[b]) & (left[a] != NONE)).sum())
        return self._with_outside(inside, left, right)

    def _with_outside(self, inside: float, left: Ints, right: Ints) -> Floats:
        return np.array([inside, max(self._sharing(left, right) - inside, 0.0)])

    def _sharing(self, left: Ints, right: Ints) -> float:
        a, b = self._settled.pairs
        themselves = float(((left[a] == right[b]) & (left[a] != NONE)).sum())
        everybody = pairs_sharing(left, right)
        free = pairs_sharing(left[self._open[0]], right[self._open[1]])
        return max(everybody - free - themselves, 0.0)

    def _within(self, *keys: Ints) -> list[Ints]:
        """Keys that only the same keys in the same village have: small whole numbers where that can be."""
        villages = 1 + max(int(village.max(initial=0)) for village in self._villages)
        least = min(int(key.min(initial=0, where=key != NONE)) for key in keys)
        most = max(int(key.max(initial=0)) for key in keys)
        small = villages * (most - least + 1) <= _MOST_COUNTERS
        found = []
        for village, key in zip(self._villages, keys, strict=True):
            both = (key - least) * villages + village if small else mixed(village, key)
            found.append(np.where((village != NONE) & (key != NONE), both, NONE))
        return found


def surely_two(a: Ints, b: Ints, settled: Settled) -> Bools:
    """Whether each pair is surely of two people: one of them is settled, and not with the other."""
    someone = (settled.partner_left[a] != NONE) | (settled.partner_right[b] != NONE)
    return np.asarray(someone & ~settled.among(a, b))


def pairs_sharing(left: Ints, right: Ints) -> float:
    """Number of pairs with the same key."""
    left, right = left[left != NONE], right[right != NONE]
    least = int(min(left.min(initial=0), right.min(initial=0)))
    size = int(max(left.max(initial=0), right.max(initial=0))) + 1
    if least >= 0 and size <= _MOST_COUNTERS:
        return float(np.bincount(left, minlength=size) @ np.bincount(right, minlength=size))
    right = right[Perhaps.of(left).among(right)]
    left = left[Perhaps.of(right).among(left)]
    keys, rows = np.unique(left, return_counts=True)
    others, other_rows = np.unique(right, return_counts=True)
    at = np.searchsorted(others, keys)
    found = at < len(others)
    found[found] = others[at[found]] == keys[found]
    return float(rows[found] @ other_rows[at[found]])
