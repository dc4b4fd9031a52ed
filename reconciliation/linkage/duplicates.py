"""Rows of one register that are one person, found before the registers meet.

A copy left in would be matched to a brother. Only strong grounds count: the same number under names that are one name, or
the same name in the same household where no number or birth date speaks against it.
"""

from functools import partial
from typing import Final

import numpy as np
import polars as pl
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from reconciliation.linkage.arrays import NONE, Bools, Floats, Ints, mixed, repeated
from reconciliation.linkage.batches import by_batches
from reconciliation.linkage.coding import (
    QUALITY_DOUBTFUL,
    QUALITY_GOOD,
    QUALITY_MISSING,
    QUALITY_PARTIAL,
    Coded,
)
from reconciliation.linkage.joins import keyed, pairs_by_key
from reconciliation.linkage.levels import COMPATIBLE_NAMES, NameLevel, NumberLevel
from reconciliation.linkage.name_table import FULL, Names
from reconciliation.linkage.names import compare_names
from reconciliation.linkage.numbers import compare_numbers
from reconciliation.registers.labels import Labels

DUPLICATES_SCHEMA: Final = {
    "register": pl.String,
    "record": pl.Int64,
    "group": pl.Int64,
    "representative": pl.Boolean,
    "basis": pl.String,
    "why": pl.String,
}
_BASES: Final = ("copy", "same_number", "cross_county", "same_household")
_COPY, _SAME_NUMBER, _CROSS_COUNTY, _SAME_HOUSEHOLD = range(4)
_BEST_FIRST: Final = {QUALITY_GOOD: 0, QUALITY_DOUBTFUL: 1, QUALITY_PARTIAL: 2, QUALITY_MISSING: 3}


def find_duplicates(
    register: str, persons: Coded, names: Names, most_rows: int, labels: Labels
) -> tuple[pl.DataFrame, Bools]:
    """Group the rows of one register that are one person.

    Args:
        register: name of the register.
        persons: the register.
        names: the table of names.
        most_rows: a number on more rows than this is a placeholder.
        labels: texts under `linkage.duplicate`.

    Returns:
        The `duplicates` frame (only groups of two and more), and for each person whether it is the row to be linked.
    """
    a, b, basis = _same_number(persons, names, most_rows)
    c, d = _same_household(persons, names)
    group = _groups(len(persons), np.concatenate([a, c]), np.concatenate([b, d]))
    mixed_up = _holds_two_numbers(persons, group)
    apart = mixed_up[group[c]] if len(c) else np.zeros(0, dtype=bool)
    c, d = c[~apart], d[~apart]
    group = _groups(len(persons), np.concatenate([a, c]), np.concatenate([b, d]))
    chosen = _representatives(persons, group)
    found = np.full(len(persons), len(_BASES), dtype=np.int64)
    for rows, kinds in ((a, basis), (b, basis), (c, _SAME_HOUSEHOLD), (d, _SAME_HOUSEHOLD)):
        np.minimum.at(found, rows, kinds)
    frame = _described(persons, group, found, labels).select(
        pl.lit(register).alias("register"),
        "record",
        "group",
        pl.Series("representative", chosen).filter(_in_groups(group)),
        "basis",
        "why",
    )
    return frame.sort("record"), chosen


def _same_number(persons: Coded, names: Names, most_rows: int) -> tuple[Ints, Ints, Ints]:
    rows = keyed(persons.number, repeated(persons.number) & (persons.number != NONE))
    a, b = pairs_by_key(rows, rows, most_rows**2)
    a, b = a[a < b], b[a < b]
    level = by_batches(partial(compare_names, names), persons.name[a], persons.name[b])
    together = persons.household[a] == persons.household[b]
    one_name = np.isin(level, COMPATIBLE_NAMES) | (together & (level == NameLevel.NICKNAME))
    # A daughter under the number of her father, by her nickname or a name much like his, has borrowed it.
    one_name &= ~(together & (level > NameLevel.VARIANT) & _told_apart(persons, a, b))
    sure = (persons.quality[a] == QUALITY_GOOD) | (level <= NameLevel.VARIANT)
    keep = one_name & sure
    a, b, level = a[keep], b[keep], level[keep]
    counties = persons.county[a], persons.county[b]
    basis = np.select(
        [
            (counties[0] != counties[1]) & (counties[0] != NONE) & (counties[1] != NONE),
            (level == NameLevel.EXACT) & _same_cells(persons, a, b),
        ],
        [_CROSS_COUNTY, _COPY],
        _SAME_NUMBER,
    )
    return a, b, basis.astype(np.int64)


def _told_apart(persons: Coded, a: Ints, b: Ints) -> Bools:
    """Pairs whose columns of relation or sex differ."""
    differs = np.zeros(len(a), dtype=bool)
    for column in (persons.relation, persons.sex_field):
        differs |= (column[a] != column[b]) & (column[a] != NONE) & (column[b] != NONE)
    return differs


def _same_cells(persons: Coded, a: Ints, b: Ints) -> Bools:
    same = np.ones(len(a), dtype=bool)
    for column in ("household", "town", "village", "relation", "sex", "birth"):
        values = getattr(persons, column)
        same &= values[a] == values[b]
    return same


def _same_household(persons: Coded, names: Names) -> tuple[Ints, Ints]:
    key = names.key[persons.name]
    full = names.kind[persons.name] == FULL
    home_and_name = mixed(persons.household, key)
    rows = keyed(home_and_name, full & repeated(home_and_name))
    a, b = pairs_by_key(rows, rows, 100)
    keep = (a < b) & (persons.household[a] == persons.household[b]) & (key[a] == key[b])
    a, b = a[keep], b[keep]
    both_good = persons.good[a] & persons.good[b]
    level = compare_numbers(persons, persons, a, b, np.ones(len(a), dtype=bool))
    against = np.isin(
        level,
        [NumberLevel.DIFFERS, NumberLevel.YEAR_ONLY, NumberLevel.MISSING_BIRTH_DIFFERS],
    )
    keep = ~both_good & ~against & ~_two_people(persons, a, b)
    return a[keep], b[keep]


def _two_people(persons: Coded, a: Ints, b: Ints) -> Bools:
    """Pairs of one name in one household that are told apart: brother and sister, father and son.

    The sexes differ, or the relations do and no equal birth date says that one of them is mistaken.
    """
    sex, relation, birth = persons.sex, persons.relation, persons.birth
    sexes_differ = (sex[a] != NONE) & (sex[b] != NONE) & (sex[a] != sex[b])
    relations_differ = (relation[a] != NONE) & (relation[b] != NONE) & (relation[a] != relation[b])
    one_birth = (birth[a] != NONE) & (birth[a] == birth[b])
    return np.asarray(sexes_differ | (relations_differ & ~one_birth))


def _groups(size: int, a: Ints, b: Ints) -> Ints:
    """The component of each row, numbered by its smallest row."""
    group = np.arange(size)
    rows, place = np.unique(np.concatenate([a, b]), return_inverse=True)
    one, other = place[: len(a)], place[len(a) :]
    graph = coo_array((np.ones(len(a)), (one, other)), shape=(len(rows), len(rows)))
    component = connected_components(graph, directed=False)[1]
    smallest = np.full(len(rows), size, dtype=np.int64)
    np.minimum.at(smallest, component, rows)
    group[rows] = smallest[component]
    return group


def _holds_two_numbers(persons: Coded, group: Ints) -> Bools:
    """By group (numbered by its smallest row): whether two different valid numbers have met in it."""
    good = persons.good & _in_groups(group)
    distinct = np.unique(np.stack([group[good], persons.number[good]]), axis=1)[0]
    return np.asarray(np.bincount(distinct, minlength=len(persons)) > 1)


def _representatives(persons: Coded, group: Ints) -> Bools:
    """One row a group: the best number, then the most known fields, then the smallest record."""
    several = np.flatnonzero(_in_groups(group))
    quality = np.array([_BEST_FIRST[kind] for kind in range(4)])[persons.quality[several]]
    known: Floats = np.zeros(len(several))
    for column in ("birth", "sex", "village", "relation"):
        known = known - (getattr(persons, column)[several] != NONE)
    order = np.lexsort((persons.record[several], known, quality, group[several]))
    ranked = group[several][order]
    first = np.ones(len(order), dtype=bool)
    first[1:] = ranked[1:] != ranked[:-1]
    chosen = np.ones(len(persons), dtype=bool)
    chosen[several[order[~first]]] = False
    return chosen


def _in_groups(group: Ints) -> Bools:
    """Rows whose group holds two and more."""
    return np.asarray(np.bincount(group)[group] > 1) if len(group) else np.zeros(0, dtype=bool)


def _described(persons: Coded, group: Ints, basis: Ints, labels: Labels) -> pl.DataFrame:
    several = np.flatnonzero(_in_groups(group))
    texts = [labels(f"linkage.duplicate.{name}") for name in _BASES]
    return pl.DataFrame(
        {
            "record": persons.record[several],
            "group": persons.record[group[several]],
            "basis": [_BASES[kind] for kind in basis[several]],
            "why": [texts[kind] for kind in basis[several]],
        },
        schema={name: DUPLICATES_SCHEMA[name] for name in ("record", "group", "basis", "why")},
    )
