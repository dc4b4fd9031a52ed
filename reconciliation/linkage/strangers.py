"""u: how often two different people agree, counted among pairs that are surely two people.

A pair with one member settled with somebody else is surely two people. What is rare among them (the same name, the same
birth date) is counted over all of them by key, never from a sample: a sampled share of three hits is where bursts of
false matches come from. Only common levels come from a sample, and that is chosen by content, not by position.
"""

from collections.abc import Callable
from dataclasses import dataclass, fields
from functools import partial
from typing import Final

import numpy as np

from reconciliation.linkage.arrays import NONE, Bools, Floats, Ints, mixed
from reconciliation.linkage.batches import by_batches
from reconciliation.linkage.blocking import Pool
from reconciliation.linkage.circumstances import (
    Households,
    Settled,
    compare_relations,
    compare_sexes,
    stated_sexes,
)
from reconciliation.linkage.coding import Coded
from reconciliation.linkage.joins import UNCAPPED, keyed, meeting, pairs_by_key
from reconciliation.linkage.levels import NameLevel, RelationLevel, SexLevel
from reconciliation.linkage.name_table import FULL
from reconciliation.linkage.names import compare_names
from reconciliation.linkage.packing import numbered
from reconciliation.linkage.settings import LinkageSettings, Strangers
from reconciliation.linkage.tallies import Tally, pairs_sharing, surely_two

_NAMES: Final = len(NameLevel)
_YEARS: Final = 4096
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
        relation: share of each known relation level given name and sex, [name level, sex level, relation level]; 1 where
            unknown. Names tell the relation too: brothers are both children, and share surname and generation character.
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
    village, elsewhere = _count(pool, Tally(pool, settled))
    near, far = (
        _sampled(pool, sample(pool, settled, settings), settings)
        for sample in (_village_sample, _wide_sample)
    )
    groups = [
        _in_linked_households(pool, settled, households, settings),
        _by_place(village, near, rules.village, settings),
        _by_place(elsewhere, far, rules.elsewhere, settings),
    ]
    return StrangerShares(
        **{
            field.name: np.array([getattr(group, field.name) for group in groups])
            for field in fields(StrangerShares)
        }
    )


@dataclass(frozen=True)
class _Shared:
    """How many of the sure non-pairs of one place share what.

    Attributes:
        everyone: all of them.
        text, key, sound: the name as written, its comparison class, its sound.
        sexed, same_sex: the comparison class, both sexes known; and the sex too.
        born, birth, year: both birth dates known; the same birth date; the same year of birth.
        numbered, area: both areas of the number known; the same area.
        namesakes, years_apart: the comparison class, both birth dates known; and born one or two years apart.
    """

    everyone: float
    text: float
    key: float
    sound: float
    sexed: float
    same_sex: float
    born: float
    birth: float
    year: float
    numbered: float
    area: float
    namesakes: float
    years_apart: float


def _count(pool: Pool, tally: Tally) -> tuple[_Shared, _Shared]:
    """What the pairs of one village, and those of two, share."""
    sides, names = (pool.left, pool.right), pool.names
    full = names.kind == FULL

    def by(key: Callable[[Coded], Ints]) -> Floats:
        return tally.sharing(key(sides[0]), key(sides[1]))

    def known(values: Callable[[Coded], Ints]) -> Floats:
        return by(lambda side: np.where(values(side) != NONE, 0, NONE))

    def named(values: Ints) -> Floats:
        of_name = numbered(np.where(full, values, NONE))[1]
        return tally.sharing_alike(of_name[sides[0].name], of_name[sides[1].name])

    def area(side: Coded) -> Ints:
        return side.prefix14 // 10**8

    def year(side: Coded) -> Ints:
        return side.birth // 10_000

    def namesake(side: Coded, of: Ints, more: Ints | int = 0, most: int = 1) -> Ints:
        """The name and something below `most` where `of` is known."""
        key = names.key[side.name]
        return np.where((key != NONE) & (of != NONE), key * most + more, NONE)

    def namesakes(of: Callable[[Coded], Ints]) -> Floats:
        return tally.sharing_alike(*(namesake(side, of(side)) for side in sides))

    apart = [
        tally.sharing_alike(
            namesake(sides[0], sides[0].birth, year(sides[0]), _YEARS),
            namesake(sides[1], sides[1].birth, year(sides[1]) + gap, _YEARS),
        )
        for gap in (-2, -1, 1, 2)
    ]
    counted = {
        "everyone": by(lambda side: np.zeros(len(side), dtype=np.int64)),
        "text": named(names.text),
        "key": named(names.key),
        "sound": named(names.sound_key),
        "sexed": namesakes(lambda side: side.sex),
        "same_sex": tally.sharing_alike(*(namesake(side, side.sex, side.sex, 2) for side in sides)),
        "born": known(lambda side: side.birth),
        "birth": by(lambda side: side.birth),
        "year": by(year),
        "numbered": known(area),
        "area": by(area),
        "namesakes": namesakes(lambda side: side.birth),
        "years_apart": np.sum(apart, axis=0),
    }
    village, elsewhere = (
        _Shared(**{name: float(found[place]) for name, found in counted.items()})
        for place in range(2)
    )
    return village, elsewhere


def _by_place(
    shared: _Shared, sampled: "_Sampled", start: Strangers, settings: LinkageSettings
) -> StrangerShares:
    """Shares among the pairs of one village, or of two."""
    year = _blended(shared.year, shared.born, start.same_year, start.trust)
    return StrangerShares(
        name=_name_shares(shared, sampled, start),
        sex=_with_namesakes(shared, sampled.sex),
        relation=sampled.relation,
        birth=_blended(shared.birth, shared.born, start.same_birth, start.trust),
        year=year,
        area=_blended(shared.area, shared.numbered, start.same_area, start.trust),
        namesake=_namesakes(shared, year, settings),
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
    name = by_batches(partial(compare_names, pool.names), left.name[a], right.name[b])
    sex = compare_sexes(*stated_sexes(left, right, a, b))
    relation = compare_relations(left.relation[a], right.relation[b])
    starts = settings.different_people
    by_name = np.zeros((_NAMES, len(SexLevel)))
    np.add.at(by_name, (name, sex), 1)
    together = np.zeros((_NAMES, len(SexLevel), len(RelationLevel)))
    np.add.at(together, (name, sex, relation), 1)
    by_sex = together.sum(axis=0)
    overall_sex = _shares(by_name.sum(axis=0), np.array(list(starts.sex.values())))
    overall_relation = _shares(by_sex.sum(axis=0), np.array(list(starts.relation.values())))
    starts_by_sex = [_shares(row, overall_relation[:-1]) for row in by_sex]
    return _Sampled(
        names=np.bincount(name, minlength=_NAMES).astype(np.float64),
        sex=np.array([_shares(row, overall_sex[:-1]) for row in by_name]),
        relation=np.array(
            [
                [_shares(row, start[:-1]) for row, start in zip(rows, starts_by_sex, strict=True)]
                for rows in together
            ]
        ),
    )


def _shares(found: Floats, start: Floats) -> Floats:
    """Shares of the known levels, the last level (unknown) standing at 1."""
    known = found[:-1] + _SAMPLE_TRUST * start / start.sum()
    return np.append(known / known.sum(), 1.0)


def _name_shares(shared: _Shared, sampled: _Sampled, start: Strangers) -> Floats:
    """Namesakes and same-sounding names counted in full, the other levels as in the sample."""
    total, size = shared.everyone, sampled.names.sum()
    hits = sampled.names * (total / size if size else 0.0)
    hits[NameLevel.EXACT] = shared.text
    hits[NameLevel.VARIANT] = max(shared.key - shared.text, 0.0)
    hits[NameLevel.ONE_SOUND] = max(shared.sound - shared.key, 0.0)
    reliable = np.full(_NAMES, size)
    reliable[: NameLevel.ONE_SOUND + 1] = total
    starts = np.array([start.name[level.name.lower()] for level in NameLevel])
    scaled = hits * np.divide(reliable, total) if total else hits
    return np.asarray((scaled + start.trust * starts) / (reliable + start.trust))


def _with_namesakes(shared: _Shared, sex: Floats) -> Floats:
    """The shares of sex by name level, those of namesakes counted in full."""
    same = float(_blended(shared.same_sex, shared.sexed, _NAMESAKE_SAME_SEX, _SAMPLE_TRUST))
    sex = sex.copy()
    sex[: NameLevel.VARIANT + 1] = [same, 1 - same, 1.0]
    return sex


def _namesakes(shared: _Shared, year: Floats, settings: LinkageSettings) -> Floats:
    """How much likelier namesakes are of one year of birth than strangers.

    Estimated from namesakes one and two years apart, who are surely two people.
    """
    expected = shared.namesakes * float(year)
    trust = settings.name_birth_dependence_trust * float(year)
    apart = shared.years_apart / 4 + trust * settings.name_birth_dependence
    return np.asarray(np.clip(apart / (expected + trust), 1.0, 30.0))


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
    linked = households.pairs()
    others = meeting(
        keyed(households.right, np.ones(len(households.right), dtype=bool)),
        linked.select(key="right"),
    )
    pairs = (
        rows.rename({"key": "left", "row": "a"})
        .join(linked, on="left")
        .join(others.rename({"key": "right", "row": "b"}), on="right")
    )
    return _sure(pairs["a"].to_numpy(), pairs["b"].to_numpy(), settled)


def _village_sample(pool: Pool, settled: Settled, settings: LinkageSettings) -> tuple[Ints, Ints]:
    left, right = pool.left, pool.right
    size = pairs_sharing(left.village, right.village)
    # Rows of the smaller register are drawn, whichever side it stands on, so that the sample does not depend on the side.
    share = settings.sample_pairs / max(size, 1.0)
    shares = (1.0, share) if len(right) < len(left) else (share, 1.0)
    rows = [
        keyed(side.village, _thinned(side.record, part) & (side.village != NONE))
        for side, part in zip((left, right), shares, strict=True)
    ]
    pairs = pairs_by_key(rows[0], rows[1], UNCAPPED)
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
    keep = surely_two(a, b, settled)
    a, b = a[keep], b[keep]
    order = np.lexsort((b, a))
    return a[order], b[order]
