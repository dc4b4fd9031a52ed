"""u: how often two different people agree, counted among pairs that are surely two people.

A pair with one member settled with somebody else is surely two people. What is rare among them (the same name, the same
birth date) is counted over all of them by key, never from a sample: a sampled share of three hits is where bursts of
false matches come from. Only common levels come from a sample, and that is chosen by content, not by position.
"""

from dataclasses import dataclass, fields
from typing import Final

import numpy as np
import polars as pl

from reconciliation.linkage.arrays import NONE, Bools, Floats, Ints, mixed
from reconciliation.linkage.blocking import Pool
from reconciliation.linkage.circumstances import (
    Households,
    Settled,
    compare_relations,
    compare_sexes,
    stated_sexes,
)
from reconciliation.linkage.coding import Coded
from reconciliation.linkage.joins import keyed, pairs_by_key
from reconciliation.linkage.levels import NameLevel, RelationLevel, SexLevel
from reconciliation.linkage.names import FULL, compare_names
from reconciliation.linkage.settings import LinkageSettings, Strangers

_NAMES: Final = len(NameLevel)
_SAMPLE_TRUST: Final = 50.0
"""Sampled pairs that weigh as much as the share over all names, where a share is split by level of the name."""
_NAMESAKE_SAME_SEX: Final = 0.75
"""Names tell the sex: where the share of namesakes of one sex starts from."""


@dataclass(frozen=True)
class StrangerShares:
    """u; each array has the groups of `Group` as its first axis where it is stacked, and lacks it for one group.

    Attributes:
        name: share of each name level, [level].
        sex: share of each known sex level given the name level, [name level, sex level]; 1 where unknown.
        relation: share of each known relation level given the sex level, [sex level, relation level]; 1 where unknown.
        birth, year, area: share with the same birth date, year of birth, area of the number.
        namesake: how much likelier namesakes share a year of birth than strangers do.
    """

    name: Floats
    sex: Floats
    relation: Floats
    birth: Floats
    year: Floats
    area: Floats
    namesake: Floats


def count_strangers(
    pool: Pool, settled: Settled, households: Households, settings: LinkageSettings
) -> StrangerShares:
    """Count u among the sure non-pairs of two registers, stacked in the order of `Group`."""
    rules = settings.different_people
    village = _Tally(pool, settled, within_village=True)
    elsewhere = _Tally(pool, settled, within_village=False)
    groups = [
        _in_linked_households(pool, settled, households, settings),
        _by_place(village, _village_sample(pool, settled, settings), rules.village, settings),
        _by_place(elsewhere, _wide_sample(pool, settled, settings), rules.elsewhere, settings),
    ]
    return StrangerShares(
        **{
            field.name: np.array([getattr(group, field.name) for group in groups])
            for field in fields(StrangerShares)
        }
    )


@dataclass(frozen=True)
class _Tally:
    """Counts the sure non-pairs that share a key, without making them: in one village, or in two.

    Attributes:
        pool: the registers.
        settled: settled pairs.
        within_village: count pairs of one village; else all other pairs.
    """

    pool: Pool
    settled: Settled
    within_village: bool

    def sharing(self, left: Ints, right: Ints) -> float:
        """Pairs with the same key; rows whose key is `NONE` share with nobody."""
        village, village_right = self.pool.left.village, self.pool.right.village
        inside = self._products(_within(village, left), _within(village_right, right))
        return inside if self.within_village else max(self._products(left, right) - inside, 0.0)

    def knowing(self, left: Bools, right: Bools) -> float:
        """Pairs in which both sides know something."""
        return self.sharing(np.where(left, 0, NONE), np.where(right, 0, NONE))

    def _products(self, left: Ints, right: Ints) -> float:
        open_left = self.settled.partner_left == NONE
        open_right = self.settled.partner_right == NONE
        a, b = self.settled.pairs
        themselves = float(((left[a] == right[b]) & (left[a] != NONE)).sum())
        both_open = _pairs_sharing(left[open_left], right[open_right])
        return max(_pairs_sharing(left, right) - both_open - themselves, 0.0)


def _within(village: Ints, key: Ints) -> Ints:
    return np.where((village != NONE) & (key != NONE), mixed(village, key), NONE)


def _pairs_sharing(left: Ints, right: Ints) -> float:
    """Number of pairs with the same key."""
    sides = [
        pl.DataFrame({"key": keys[keys != NONE]}).group_by("key").agg(n=pl.len().cast(pl.Int64))
        for keys in (left, right)
    ]
    both = sides[0].join(sides[1], on="key")
    return float(both.select((pl.col("n") * pl.col("n_right")).sum()).item())


def _by_place(
    tally: _Tally, sample: tuple[Ints, Ints], start: Strangers, settings: LinkageSettings
) -> StrangerShares:
    """Shares among the pairs of one village, or of two."""
    left, right = tally.pool.left, tally.pool.right
    sampled = _sampled(tally.pool, sample, settings)
    years = left.birth // 10_000, right.birth // 10_000
    areas = left.prefix14 // 10**8, right.prefix14 // 10**8
    born = tally.knowing(left.birth != NONE, right.birth != NONE)
    numbered = tally.knowing(areas[0] != NONE, areas[1] != NONE)
    year = _blended(tally.sharing(*years), born, start.same_year, start.trust)
    return StrangerShares(
        name=_name_shares(tally, sampled, start),
        sex=_with_namesakes(tally, sampled.sex),
        relation=sampled.relation,
        birth=_blended(tally.sharing(left.birth, right.birth), born, start.same_birth, start.trust),
        year=year,
        area=_blended(tally.sharing(*areas), numbered, start.same_area, start.trust),
        namesake=_namesakes(tally, years, year, settings),
    )


def _blended(hits: float, of: float, start: float, trust: float) -> Floats:
    """A share that starts at `start` and follows the counts once they outnumber `trust`."""
    return np.asarray((hits + trust * start) / (of + trust))


@dataclass(frozen=True)
class _Sampled:
    """What a sample of sure non-pairs says: counts of name levels, and the shares of sex and relation."""

    names: Floats
    sex: Floats
    relation: Floats


def _sampled(pool: Pool, sample: tuple[Ints, Ints], settings: LinkageSettings) -> _Sampled:
    a, b = sample
    left, right = pool.left, pool.right
    name = compare_names(pool.names, left.name[a], right.name[b])
    sex = compare_sexes(*stated_sexes(left, right, a, b))
    relation = compare_relations(left.relation[a], right.relation[b])
    starts = settings.different_people
    by_name = np.zeros((_NAMES, len(SexLevel)))
    np.add.at(by_name, (name, sex), 1)
    by_sex = np.zeros((len(SexLevel), len(RelationLevel)))
    np.add.at(by_sex, (sex, relation), 1)
    overall_sex = _shares(by_name.sum(axis=0), np.array(list(starts.sex.values())))
    overall_relation = _shares(by_sex.sum(axis=0), np.array(list(starts.relation.values())))
    return _Sampled(
        names=np.bincount(name, minlength=_NAMES).astype(np.float64),
        sex=np.array([_shares(row, overall_sex[:-1]) for row in by_name]),
        relation=np.array([_shares(row, overall_relation[:-1]) for row in by_sex]),
    )


def _shares(found: Floats, start: Floats) -> Floats:
    """Shares of the known levels, the last level (unknown) standing at 1."""
    known = found[:-1] + _SAMPLE_TRUST * start / start.sum()
    return np.append(known / known.sum(), 1.0)


def _name_shares(tally: _Tally, sampled: _Sampled, start: Strangers) -> Floats:
    """Namesakes and same-sounding names counted in full, the other levels as in the sample."""
    pool = tally.pool
    left, right, names = pool.left, pool.right, pool.names
    total = tally.knowing(np.ones(len(left), dtype=bool), np.ones(len(right), dtype=bool))
    full = names.kind == FULL
    text, key, sound = (
        tally.sharing(*(np.where(full, value, NONE)[side.name] for side in (left, right)))
        for value in (names.text, names.key, names.sound_key)
    )
    size = sampled.names.sum()
    hits = sampled.names * (total / size if size else 0.0)
    hits[NameLevel.EXACT] = text
    hits[NameLevel.VARIANT] = max(key - text, 0.0)
    hits[NameLevel.ONE_SOUND] = max(sound - key, 0.0)
    reliable = np.full(_NAMES, size)
    reliable[: NameLevel.ONE_SOUND + 1] = total
    starts = np.array([start.name[level.name.lower()] for level in NameLevel])
    scaled = hits * np.divide(reliable, total) if total else hits
    return np.asarray((scaled + start.trust * starts) / (reliable + start.trust))


def _with_namesakes(tally: _Tally, sex: Floats) -> Floats:
    """The shares of sex by name level, those of namesakes counted in full."""
    left, right, names = tally.pool.left, tally.pool.right, tally.pool.names
    keys = [np.where(side.sex != NONE, names.key[side.name], NONE) for side in (left, right)]
    with_sex = [
        np.where(key != NONE, mixed(key, side.sex), NONE)
        for key, side in zip(keys, (left, right), strict=True)
    ]
    same = float(
        _blended(tally.sharing(*with_sex), tally.sharing(*keys), _NAMESAKE_SAME_SEX, _SAMPLE_TRUST)
    )
    sex = sex.copy()
    sex[: NameLevel.VARIANT + 1] = [same, 1 - same, 1.0]
    return sex


def _namesakes(
    tally: _Tally, years: tuple[Ints, Ints], year: Floats, settings: LinkageSettings
) -> Floats:
    """How much likelier namesakes are of one year of birth than strangers.

    Estimated from namesakes one and two years apart, who are surely two people.
    """
    left, right, names = tally.pool.left, tally.pool.right, tally.pool.names
    keys = [
        np.where(values != NONE, names.key[side.name], NONE)
        for values, side in zip(years, (left, right), strict=True)
    ]
    everyone = tally.sharing(*keys)
    apart = 0.0
    for gap in (-2, -1, 1, 2):
        shifted = np.where(keys[1] != NONE, mixed(keys[1], years[1] + gap), NONE)
        apart += tally.sharing(np.where(keys[0] != NONE, mixed(keys[0], years[0]), NONE), shifted)
    expected = everyone * float(year)
    trust = settings.name_birth_dependence_trust * float(year)
    factor = (apart / 4 + trust * settings.name_birth_dependence) / (expected + trust)
    return np.asarray(np.clip(factor, 1.0, 30.0))


def _in_linked_households(
    pool: Pool, settled: Settled, households: Households, settings: LinkageSettings
) -> StrangerShares:
    """Shares among the members of linked households who are surely two people; these pairs are made."""
    start = settings.different_people.linked_household
    left, right = pool.left, pool.right
    a, b = _household_sample(households, settled, left, settings.sample_pairs)
    sampled = _sampled(pool, (a, b), settings)
    starts = np.array([start.name[level.name.lower()] for level in NameLevel])
    born = (left.birth[a] != NONE) & (right.birth[b] != NONE)
    areas = left.prefix14[a] // 10**8, right.prefix14[b] // 10**8
    numbered = (areas[0] != NONE) & (areas[1] != NONE)

    def share(same: Bools, known: Bools, begin: float) -> Floats:
        return _blended(float((same & known).sum()), float(known.sum()), begin, start.trust)

    return StrangerShares(
        name=(sampled.names + start.trust * starts) / (len(a) + start.trust),
        sex=sampled.sex,
        relation=sampled.relation,
        birth=share(left.birth[a] == right.birth[b], born, start.same_birth),
        year=share(left.birth[a] // 10_000 == right.birth[b] // 10_000, born, start.same_year),
        area=share(areas[0] == areas[1], numbered, start.same_area),
        namesake=np.asarray(1.0),
    )


def _household_sample(
    households: Households, settled: Settled, left: Coded, limit: int
) -> tuple[Ints, Ints]:
    members = np.bincount(households.right, minlength=households.size)
    size = float(members[households.keys % households.size].sum()) * 3
    chosen = _thinned(left.record, limit / max(size, 1.0))
    rows = keyed(households.left, chosen)
    others = keyed(households.right, np.ones(len(households.right), dtype=bool))
    linked = households.pairs()
    pairs = (
        rows.rename({"key": "left", "row": "a"})
        .join(linked, on="left")
        .join(others.rename({"key": "right", "row": "b"}), on="right")
    )
    return _sure(pairs["a"].to_numpy(), pairs["b"].to_numpy(), settled)


def _village_sample(pool: Pool, settled: Settled, settings: LinkageSettings) -> tuple[Ints, Ints]:
    left, right = pool.left, pool.right
    size = _pairs_sharing(left.village, right.village)
    chosen = _thinned(left.record, settings.sample_pairs / max(size, 1.0))
    pairs = pairs_by_key(
        keyed(left.village, chosen & (left.village != NONE)),
        keyed(right.village, right.village != NONE),
        10**12,
    )
    return _sure(*pairs, settled)


def _wide_sample(pool: Pool, settled: Settled, settings: LinkageSettings) -> tuple[Ints, Ints]:
    left, right = pool.left, pool.right
    each = float(np.sqrt(settings.sample_pairs))
    a = np.flatnonzero(_thinned(left.record, each / max(len(left), 1)))
    b = np.flatnonzero(_thinned(right.record, each / max(len(right), 1)))
    a, b = np.repeat(a, len(b)), np.tile(b, len(a))
    apart = (left.village[a] != right.village[b]) | (left.village[a] == NONE)
    return _sure(a[apart], b[apart], settled)


def _thinned(record: Ints, share: float) -> Bools:
    """Rows chosen by their key: the same ones in whatever order they came."""
    lot = mixed(record).view(np.uint64) / np.float64(2**64)
    return np.asarray(lot < share)


def _sure(a: Ints, b: Ints, settled: Settled) -> tuple[Ints, Ints]:
    """Only pairs of surely two people, sorted."""
    someone = (settled.partner_left[a] != NONE) | (settled.partner_right[b] != NONE)
    keep = someone & ~settled.among(a, b)
    a, b = a[keep], b[keep]
    order = np.lexsort((b, a))
    return a[order], b[order]
