"""The evidence of a pair: its level in every comparison, and what each level weighs.

Fellegi and Sunter's model: a level weighs log(m / u), where m is its share among pairs of one person and u its share among pairs
of two. The odds of a pair are the pairs still to be found, over the pairs there are, times all its weights.
"""

from dataclasses import dataclass
from typing import Final, Self

import numpy as np

from reconciliation.linkage.arrays import NONE, Bools, Floats, Ints, Small, repeated, within
from reconciliation.linkage.batches import by_batches
from reconciliation.linkage.blocking import Pool
from reconciliation.linkage.circumstances import (
    Households,
    Settled,
    compare_places,
    compare_relations,
    compare_sexes,
    contexts,
    standings,
    stated_sexes,
)
from reconciliation.linkage.coding import QUALITY_MISSING
from reconciliation.linkage.levels import (
    BOTH_VALID,
    COMPATIBLE_NAMES,
    NUMBER_PARTS,
    SHARES_SEX_DIGIT,
    Context,
    Group,
    NameLevel,
    NumberLevel,
    RelationLevel,
    SexLevel,
    Standing,
)
from reconciliation.linkage.names import compare_names
from reconciliation.linkage.numbers import compare_numbers
from reconciliation.linkage.settings import LinkageSettings
from reconciliation.linkage.strangers import StrangerShares
from reconciliation.linkage.true_pairs import TrueShares

GROUP_OF: Final = np.array(
    [Group.LINKED_HOUSEHOLD, Group.VILLAGE, *[Group.ELSEWHERE] * 4], dtype=np.int64
)
"""The `Group` of each `Standing`."""
_MOST_CONTEXT: Final = 3.0
_MOST_RARITY: Final = 5.0
"""Natural logs: neither the household around a pair nor a rare name may carry it alone."""
_LEAST_PAIRS: Final = 0.5
"""So many open pairs at least are taken to stand in every standing, lest one that is not there divide by nothing."""
_COHORT_NAMES: Final = (*COMPATIBLE_NAMES, NameLevel.ONE_HARD)
"""Names that share the generation character, and with it the generation."""


@dataclass(frozen=True)
class Likeness:
    """The levels of what two rows say by themselves, one element a pair."""

    name: Small
    number: Small
    sex: Small
    relation: Small
    place: Small

    def insert(self, at: Ints, more: Self) -> Self:
        """These pairs and more, each before the pair `at`."""
        return type(self)(
            **{name: np.insert(own, at, vars(more)[name]) for name, own in vars(self).items()}
        )


@dataclass(frozen=True)
class Levels(Likeness):
    """The level of every comparison, one element a pair, and the contexts of its two records."""

    standing: Small
    context_left: Small
    context_right: Small


@dataclass(frozen=True)
class Weights:
    """Natural logs of odds, one element a pair; `prior` holds for every pair alike."""

    name: Floats
    number: Floats
    sex: Floats
    relation: Floats
    place: Floats
    household: Floats
    rarity: Floats

    @property
    def total(self) -> Floats:
        """All comparisons together, without the prior."""
        return (
            self.name
            + self.number
            + self.sex
            + self.relation
            + self.place
            + self.household
            + self.rarity
        )


@dataclass(frozen=True)
class Openings:
    """How many pairs of open rows there are by standing, and how their numbers look.

    Attributes:
        pairs: by `Standing`.
        total: all of them.
        kinds: share of pairs with a number missing, with an explained difference, and with two valid numbers.
    """

    pairs: Floats
    total: float
    kinds: Floats


def explained_rows(pool: Pool, settled: Settled, doubted: tuple[Ints, Ints]) -> tuple[Bools, Bools]:
    """Rows whose number may well not be their own, by register.

    It stands on several rows, belongs to somebody settled, or is on the other register under another name (`doubted`: rows
    of both registers).
    """
    found = []
    for side, other, taken, rows in (
        (pool.left, pool.right, settled.partner_right, doubted[0]),
        (pool.right, pool.left, settled.partner_left, doubted[1]),
    ):
        shared = repeated(side.number) & (side.number != NONE)
        belongs = within(side.number, other.number[(taken != NONE) & (other.number != NONE)])
        explained = shared | belongs
        explained[rows] = True
        found.append(explained)
    return found[0], found[1]


def compare_rows(pool: Pool, pairs: tuple[Ints, Ints], explained: tuple[Bools, Bools]) -> Likeness:
    """What the two rows of each pair have in common, wherever their households stand."""
    left, right = pool.left, pool.right

    def likeness(a: Ints, b: Ints) -> Likeness:
        found = (
            compare_names(pool.names, left.name[a], right.name[b]),
            compare_numbers(left, right, a, b, explained[0][a] | explained[1][b]),
            compare_sexes(*stated_sexes(left, right, a, b)),
            compare_relations(left.relation[a], right.relation[b]),
            compare_places(left, right, a, b),
        )
        return Likeness(*(level.astype(np.int8) for level in found))

    return by_batches(likeness, *pairs)


def compare_households(
    likeness: Likeness, pairs: tuple[Ints, Ints], households: Households, settled: Settled
) -> Levels:
    """All levels of pairs whose rows are compared."""
    around = tuple(
        contexts(homes, partner != NONE).astype(np.int8)
        for homes, partner in (
            (households.left, settled.partner_left),
            (households.right, settled.partner_right),
        )
    )

    def standing(a: Ints, b: Ints, place: Ints) -> tuple[Small, Small, Small]:
        found = standings(place, households.linked(a, b, settled))
        return found.astype(np.int8), around[0][a], around[1][b]

    stands, left, right = by_batches(standing, *pairs, likeness.place)
    return Levels(**vars(likeness), standing=stands, context_left=left, context_right=right)


def count_openings(pool: Pool, households: Households, explained: tuple[Bools, Bools]) -> Openings:
    """Count the pairs of open rows by standing and by kind of number, without making them."""
    left, right = pool.left.take(pool.open_left), pool.right.take(pool.open_right)
    total = float(len(left)) * len(right)
    shared = [
        _sharing(getattr(left, level), getattr(right, level))
        for level in ("village", "town", "county")
    ]
    known = 1.0
    for side in (left, right):
        placed = (side.county != NONE) | (side.town != NONE) | (side.village != NONE)
        known *= float(placed.sum())
    village, town, county = shared[0], max(shared[:2]), max(shared)
    linked = _linked(pool, households)
    pairs = np.array(
        [linked, village - linked, town - village, county - town, known - county, total - known]
    )
    missing, explained_share = [], []
    for side, rows, doubted in (
        (left, pool.open_left, explained[0]),
        (right, pool.open_right, explained[1]),
    ):
        absent = side.quality == QUALITY_MISSING
        missing.append(float(absent.mean()) if len(side) else 0.0)
        excused = (doubted[rows] | ~side.good) & ~absent
        explained_share.append(float(excused.mean()) if len(side) else 0.0)
    none_missing = (1 - missing[0]) * (1 - missing[1])
    both_valid = max(1 - missing[0] - explained_share[0], 0.0) * max(
        1 - missing[1] - explained_share[1], 0.0
    )
    kinds = np.array([1 - none_missing, none_missing - both_valid, both_valid])
    return Openings(np.maximum(pairs, 0.0), max(total, 1.0), np.clip(kinds, 1e-6, 1.0))


def _sharing(left: Ints, right: Ints) -> float:
    size = int(max(left.max(initial=0), right.max(initial=0))) + 1
    one = np.bincount(left[left != NONE], minlength=size)
    return float(one @ np.bincount(right[right != NONE], minlength=size))


def _linked(pool: Pool, households: Households) -> float:
    one = np.bincount(households.left[pool.open_left], minlength=1)
    other = np.bincount(households.right[pool.open_right], minlength=1)
    linked = households.pairs()
    left, right = linked["left"].to_numpy(), linked["right"].to_numpy()
    one = np.append(one, np.zeros(max(int(left.max(initial=0)) + 1 - len(one), 0), dtype=np.int64))
    other = np.append(
        other, np.zeros(max(int(right.max(initial=0)) + 1 - len(other), 0), dtype=np.int64)
    )
    return float((one[left] * other[right]).sum())


@dataclass(frozen=True)
class Model:
    """Everything a level's weight comes from.

    Attributes:
        true, strangers: m and u.
        numbers: m of the number levels among pairs no exact number settled.
        strange_numbers: u of the number levels; see `number_shares`.
        openings: the pairs of open rows.
        rarity: share of people with a name, by name; `usual` is the mean over people.
        open_contexts: share of each context among open rows, [side, context].
    """

    true: TrueShares
    strangers: StrangerShares
    numbers: Floats
    strange_numbers: Floats
    openings: Openings
    rarity: Floats
    usual: float
    open_contexts: Floats


def weigh(
    model: Model, pool: Pool, pairs: tuple[Ints, Ints], levels: Levels, settings: LinkageSettings
) -> Weights:
    """What each level of each pair weighs, in natural logs."""
    group = GROUP_OF[levels.standing]
    linked = levels.standing == Standing.LINKED_HOUSEHOLD
    place, household = _standing_weights(model, levels)
    # Numbers that agree in the sex digit leave nothing for sexes that agree; those that differ all the same still tell.
    sex_counts = ~np.isin(levels.number, SHARES_SEX_DIGIT) | (levels.sex == SexLevel.DIFFERS)
    sex = model.true.sex[levels.sex] / model.strangers.sex[group, levels.name, levels.sex]
    relation = (
        model.true.relation[linked.astype(np.int64), levels.relation]
        / model.strangers.relation[group, levels.name, levels.sex, levels.relation]
    )
    return Weights(
        name=np.log(model.true.name[levels.name] / model.strangers.name[group, levels.name]),
        number=_number_weights(model, levels, group),
        sex=np.where(sex_counts, np.log(sex), 0.0),
        relation=np.log(relation),
        place=place,
        household=household,
        rarity=_rarity_weights(model, pool, pairs, levels, settings),
    )


def _standing_weights(model: Model, levels: Levels) -> tuple[Floats, Floats]:
    """Place and household: where true pairs stand, over where open pairs stand."""
    openings = model.openings
    unknown = openings.pairs[Standing.UNKNOWN] / openings.total
    true = np.append(model.true.standing * (1 - min(unknown, 1.0)), unknown)
    shares = np.maximum(openings.pairs, _LEAST_PAIRS) / openings.total
    by_standing = np.log(np.maximum(true, 1e-9) / shares)
    by_standing[Standing.UNKNOWN] = 0.0
    weight = by_standing[levels.standing]
    linked = levels.standing == Standing.LINKED_HOUSEHOLD
    around = np.log(
        model.true.context_left[levels.context_left]
        / model.open_contexts[0, levels.context_left]
        * model.true.context_right[levels.context_right]
        / model.open_contexts[1, levels.context_right]
    )
    around = np.clip(around, -_MOST_CONTEXT, _MOST_CONTEXT)
    return np.where(linked, 0.0, weight), np.where(linked, weight, around)


def _rarity_weights(
    model: Model, pool: Pool, pairs: tuple[Ints, Ints], levels: Levels, settings: LinkageSettings
) -> Floats:
    """How much rarer a shared name is than the usual one; of two spellings the commoner counts."""
    exponents = settings.rarity_exponents
    by_group = np.array([exponents.linked_household, exponents.village, exponents.elsewhere])
    share = np.maximum(
        model.rarity[pool.left.name[pairs[0]]], model.rarity[pool.right.name[pairs[1]]]
    )
    weight = by_group[GROUP_OF[levels.standing]] * np.log(model.usual / share)
    counted = np.isin(levels.name, COMPATIBLE_NAMES)
    return np.where(counted, np.clip(weight, -_MOST_RARITY, _MOST_RARITY), 0.0)


def _number_weights(model: Model, levels: Levels, group: Ints) -> Floats:
    """The number, m over u; namesakes are of one generation, so a shared year says less of them."""
    namesakes = np.isin(levels.name, _COHORT_NAMES).astype(np.int64)
    u = model.strange_numbers[namesakes, group, levels.number]
    return np.log(model.numbers[levels.number] / u)


def number_shares(
    strangers: StrangerShares, openings: Openings, settings: LinkageSettings
) -> Floats:
    """The number levels of strangers, u, [namesakes or not, group, level]."""
    nobody = np.ones(len(Group))
    same_sex = strangers.sex[:, NameLevel.EXACT, SexLevel.SAME]
    return np.array(
        [
            _number_shares((strangers, openings), nobody, nobody / 2, settings),
            _number_shares((strangers, openings), strangers.namesake, same_sex, settings),
        ]
    )


def _number_shares(
    counted: tuple[StrangerShares, Openings],
    cohort: Floats,
    same_sex: Floats,
    settings: LinkageSettings,
) -> Floats:
    """The number levels of strangers, u, [group, level]: counted birth dates, years and areas put together."""
    rules = settings.different_people
    strangers, openings = counted
    shares = np.zeros((len(Group), len(NumberLevel)))
    for group in Group:
        birth = min(float(strangers.birth[group] * cohort[group]), 0.2)
        year = min(float(strangers.year[group] * cohort[group]), 0.5)
        area = float(strangers.area[group])
        near = min(birth * rules.near_dates, 0.3)
        both = area * birth
        parts = {
            "equal": both * rules.equal_share,
            "one_edit": both * rules.one_edit_share,
            "tail_near": both * rules.tail_near_share,
            "one_part": (birth * (1 - area) + near * area) * rules.same_order_share,
            "partial_equal": both * rules.partial_equal_share,
            "area_birth": both,
            "area_year_sex": area * year * float(same_sex[group]),
            "birth_equal": birth * (1 - area),
            "birth_near": near,
            "year_only": year * (1 - area / 2),
        }
        differs = max(1 - sum(parts.values()), 0.05)
        present = np.array([*(parts[part] for part in NUMBER_PARTS[:-1]), differs])
        missing = np.array([birth, near, max(1 - birth - near, 0.05)])
        of_kind = openings.kinds
        shares[group, :BOTH_VALID] = of_kind[1] * present
        shares[group, BOTH_VALID : 2 * BOTH_VALID] = of_kind[2] * present
        shares[group, NumberLevel.MISSING_BIRTH_EQUAL : NumberLevel.MISSING] = of_kind[0] * missing
        shares[group, NumberLevel.MISSING] = of_kind[0]
    return shares


def open_contexts(pool: Pool, households: Households, settled: Settled) -> Floats:
    """Share of each context among the open rows of each side, [side, context]."""
    found = []
    for homes, partner, rows in (
        (households.left, settled.partner_left, pool.open_left),
        (households.right, settled.partner_right, pool.open_right),
    ):
        context = contexts(homes, partner != NONE)[rows]
        tally = np.bincount(context, minlength=len(Context)) + 5.0
        found.append(tally / tally.sum())
    return np.array(found)


def sure_without_number(levels: Levels) -> Bools:
    """Pairs that are sure whatever their numbers say: same name, linked household, same relation, no other sex."""
    return np.asarray(
        (levels.name == NameLevel.EXACT)
        & (levels.standing == Standing.LINKED_HOUSEHOLD)
        & ((levels.relation == RelationLevel.SAME) | (levels.relation == RelationLevel.SAME_HEAD))
        & (levels.sex != SexLevel.DIFFERS)
    )
