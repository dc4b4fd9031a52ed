"""What both scored passes stand on, found once: the open rows, what was learned, and what no pass changes about them."""

from dataclasses import dataclass
from typing import Self

import numpy as np

from reconciliation.linkage.arrays import Bools, Floats, Ints
from reconciliation.linkage.blocking import Candidates, Pool, candidates_by_key
from reconciliation.linkage.borrowed import Unique
from reconciliation.linkage.circumstances import (
    Households,
    Settled,
    compare_places,
    standings,
)
from reconciliation.linkage.evidence import GROUP_OF, Likeness, compare_rows, explained_rows
from reconciliation.linkage.exact import SameNumber, under_two_names
from reconciliation.linkage.levels import Group, NameLevel
from reconciliation.linkage.name_table import frequencies
from reconciliation.linkage.openness import RowKinds
from reconciliation.linkage.settings import LinkageSettings
from reconciliation.linkage.strangers import StrangerShares
from reconciliation.linkage.true_pairs import TrueShares


@dataclass(frozen=True)
class Ground:
    """What both passes stand on: the open rows, the settled pairs, and what was learned from them.

    `apart` are pairs that somebody has judged to be two people.
    """

    pool: Pool
    same: SameNumber
    settled: Settled
    true: TrueShares
    strangers: StrangerShares
    settings: LinkageSettings
    apart: tuple[Ints, Ints]


@dataclass(frozen=True)
class Scene:
    """The ground, and what is found on it once for both passes.

    Attributes:
        ground: open rows and learned shares.
        two_names: the open pairs with one valid number under two names.
        by_key: the candidates that do not hang on linked households.
        explained: rows whose number may well not be their own, by register.
        likeness: the levels of these candidates that hang on no household.
        unique: the settled pairs with one unique number, counted.
        kinds: what kind of open row each row is.
        rarity: share of people with a name, by name; `usual` is the mean over people.
    """

    ground: Ground
    two_names: tuple[Ints, Ints]
    by_key: Candidates
    explained: tuple[Bools, Bools]
    likeness: Likeness
    unique: Unique
    kinds: RowKinds
    rarity: Floats
    usual: float

    @classmethod
    def of(cls, ground: Ground) -> Self:
        """Look at the open rows."""
        pool = ground.pool
        two_names = under_two_names(ground.same, ground.settled)
        people = np.concatenate([pool.left.name, pool.right.name])
        by_key = candidates_by_key(pool, two_names)
        explained = explained_rows(pool, ground.settled, _doubted(two_names, ground.apart))
        usual_name = ground.settings.different_people.elsewhere.name["exact"]
        rarity = frequencies(pool.names, people, usual_name)
        return cls(
            ground=ground,
            two_names=two_names,
            by_key=by_key,
            explained=explained,
            likeness=compare_rows(pool, (by_key.a, by_key.b), explained),
            unique=_unique(ground),
            kinds=RowKinds.of(pool, ground.settled, explained),
            rarity=rarity,
            usual=float(rarity[people].mean()) if len(people) else 1.0,
        )


def _doubted(extra: tuple[Ints, Ints], apart: tuple[Ints, Ints]) -> tuple[Ints, Ints]:
    """Whose number may not be their own: under another name on the other register, or on somebody judged to be another."""
    return np.concatenate([extra[0], apart[0]]), np.concatenate([extra[1], apart[1]])


def _unique(ground: Ground) -> Unique:
    """The settled pairs with one unique number, counted by name and by standing."""
    same, pool = ground.same, ground.pool
    rows = same.unique & same.settled
    a, b = same.a[rows], same.b[rows]
    households = Households.of(pool.left, pool.right, ground.settled)
    standing = standings(
        compare_places(pool.left, pool.right, a, b), households.linked(a, b, ground.settled)
    )
    return Unique(
        names=np.bincount(same.name[rows], minlength=len(NameLevel)).astype(np.float64),
        groups=np.bincount(GROUP_OF[standing], minlength=len(Group)).astype(np.float64),
    )
