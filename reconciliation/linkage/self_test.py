"""Mask and relink: how good the linkage is, estimated on the real registers without anybody's labels.

The number says for nearly everybody who is who. It is hidden, with all that is read from it, for a share of those people; the
scored passes run again; what they find is compared with what the number said. Both kinds of people are masked: those whose
number is on the other register (is the partner found?) and those whose number is not (is nobody found?). People are chosen by
a hash of the number itself, so that the order of the rows plays no part and the next batch hides the same people. They are
those of the smaller register (dibao), whichever side it stands on, so that the links do not depend on the side either.

What belongs here: masking and judging. What does not: the passes (`passes`), the map fitted on it (`calibration`), the figures
(`quality`).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final, Self

import numpy as np
import polars as pl

from reconciliation.linkage.arrays import NONE, Bools, Floats, Ints, mixed, repeated, taken, within
from reconciliation.linkage.calibration import Calibrations, Trials
from reconciliation.linkage.circumstances import Settled
from reconciliation.linkage.coding import QUALITY_MISSING, Coded
from reconciliation.linkage.ground import Ground
from reconciliation.linkage.levels import Standing
from reconciliation.linkage.passes import two_passes
from reconciliation.linkage.quality import (
    CALIBRATION_SCHEMA,
    QUALITY_SCHEMA,
    Verdicts,
    calibration_frame,
    quality_frame,
)
from reconciliation.linkage.scored import Scored
from reconciliation.linkage.settings import LinkageSettings
from reconciliation.linkage.tiers import tiers

_NOBODY: Final = 0.01
"""Somebody with a candidate this probable may be on the other register after all, whatever the number says."""
_FOLDS: Final = 2


@dataclass(frozen=True)
class SelfTest:
    """What the self-test found.

    Attributes:
        quality: `quality` of docs/frames.md.
        calibration: `calibration` of docs/frames.md.
        fitted: the maps from what the linkage says to what it is worth, fitted on all the people hidden.
    """

    quality: pl.DataFrame
    calibration: pl.DataFrame
    fitted: Calibrations

    @classmethod
    def none(cls, certain: float) -> Self:
        """Nothing tested: empty frames, and a map that changes nothing."""
        return cls(
            pl.DataFrame(schema=QUALITY_SCHEMA),
            pl.DataFrame(schema=CALIBRATION_SCHEMA),
            Calibrations.identity(certain),
        )


def self_test(ground: Ground, scored: Scored) -> SelfTest:
    """Hide numbers, link again, compare.

    Args:
        ground: what the linkage stands on.
        scored: its second pass, which says who has no candidate at all.
    """
    settings, rules = ground.settings, ground.settings.self_test
    side = 0 if len(ground.pool.left) <= len(ground.pool.right) else 1
    part, alone = _some_counties(ground, _without_counterpart(ground, scored, side), side)
    partnered = _settled_by_number(part, side)
    rounds = _rounds(int(partnered.sum()), settings)
    relinked: list[tuple[_Masked, Scored]] = []
    for turn in range(rounds):
        lot = _lot(_register(part, side).number)
        drawn = (lot >= turn * rules.share) & (lot < (turn + 1) * rules.share)
        masked = _Masked.of(part, side, drawn & partnered, drawn & alone)
        if masked.partnered.any() or masked.alone.any():
            relinked.append((masked, two_passes(masked.ground, lambda _: None)))
    halves = [_fitted(relinked, settings, fold) for fold in range(_FOLDS)]
    verdicts = _joined([masked.judge(again, halves) for masked, again in relinked])
    people = sum(int(masked.partnered.sum()) for masked, _ in relinked)
    return SelfTest(
        quality=quality_frame(verdicts, people, rules.confidence),
        calibration=calibration_frame(verdicts, rules.confidence),
        fitted=_fitted(relinked, settings, None),
    )


def blanked(side: Coded, rows: Bools) -> Coded:
    """A register with the numbers and birth dates of some rows gone, and all that is read from them."""

    def without(values: Ints) -> Ints:
        return np.where(rows, NONE, values)

    return replace(
        side,
        number=without(side.number),
        prefix14=without(side.prefix14),
        prefix15=without(side.prefix15),
        quality=np.where(rows, QUALITY_MISSING, side.quality),
        birth=without(side.birth),
        other_birth=without(side.other_birth),
        birth_field=without(side.birth_field),
        sex=np.where(rows, side.sex_field, side.sex),
        sex_id=without(side.sex_id),
    )


@dataclass(frozen=True)
class _Masked:
    """The ground with the numbers of some people hidden.

    Attributes:
        ground: as the passes take it.
        side: the register whose rows are hidden, 0 left, 1 right; the next three have an element for each of its rows.
        partnered: rows hidden whose number is on the other register.
        alone: rows hidden whose number is not.
        partner: row of the other register by number.
    """

    ground: Ground
    side: int
    partnered: Bools
    alone: Bools
    partner: Ints

    @classmethod
    def of(cls, ground: Ground, side: int, partnered: Bools, alone: Bools) -> Self:
        """Hide these rows; their partners are free again."""
        pool, pairs = ground.pool, ground.settled.pairs
        kept = ~partnered[pairs[side]]
        sides, free = [pool.left, pool.right], [pool.open_left.copy(), pool.open_right.copy()]
        for opened, rows in zip(free, pairs, strict=True):
            opened[rows[~kept]] = True
        partner = (ground.settled.partner_left, ground.settled.partner_right)[side]
        sides[side] = blanked(sides[side], partnered | alone)
        hidden = replace(
            ground,
            pool=replace(
                pool, left=sides[0], right=sides[1], open_left=free[0], open_right=free[1]
            ),
            settled=Settled.of(len(sides[0]), len(sides[1]), pairs[0][kept], pairs[1][kept]),
        )
        return cls(hidden, side, partnered, alone, partner)

    def rows(self, scored: Scored) -> Ints:
        """The scored pairs of hidden people."""
        return np.flatnonzero((self.partnered | self.alone)[self._ends(scored)[0]])

    def verdicts(self, scored: Scored, rows: Ints) -> tuple[Bools, Bools]:
        """What the number says of these pairs: right, undecided.

        Two valid numbers are two people; where the other row has none, a number that is on one register only says nothing.
        """
        own, other = (end[rows] for end in self._ends(scored))
        right = self.partnered[own] & (self.partner[own] == other)
        return right, self.alone[own] & ~_register(self.ground, 1 - self.side).good[other]

    def folds(self, scored: Scored, rows: Ints) -> Ints:
        """Which half of the people each pair belongs to."""
        record = _register(self.ground, self.side).record
        return np.asarray(mixed(record[self._ends(scored)[0][rows]]) % _FOLDS)

    def _ends(self, scored: Scored) -> tuple[Ints, Ints]:
        """Rows of each pair: of the register whose rows are hidden, and of the other."""
        ends = scored.pairs.a, scored.pairs.b
        return ends[self.side], ends[1 - self.side]

    def judge(self, scored: Scored, halves: Sequence[Calibrations]) -> Verdicts:
        """The pairs of the hidden people with their tiers, each half calibrated by the other."""
        rows = self.rows(scored)
        right, undecided = self.verdicts(scored, rows)
        folds = self.folds(scored, rows)
        settings = self.ground.settings
        worth = [calibrated(scored, half) for half in halves]
        tier = np.array([tiers(half, settings)[rows] for half in worth])
        probability = np.array([half.probability[rows] for half in worth])
        own = folds, np.arange(len(rows))
        return Verdicts(probability[own], tier[own], right, undecided)


def calibrated(scored: Scored, calibrations: Calibrations) -> Scored:
    """The scores with probabilities as they are worth.

    One number under two names is left out: nobody of those hidden is such a pair, so nothing was learned of them.
    """
    worth = calibrations(scored.probability, _linked(scored))
    return replace(scored, probability=np.where(scored.name_differs, scored.probability, worth))


def _linked(scored: Scored) -> Bools:
    return np.asarray(scored.levels.standing == Standing.LINKED_HOUSEHOLD)


def _fitted(
    relinked: Sequence[tuple[_Masked, Scored]], settings: LinkageSettings, fold: int | None
) -> Calibrations:
    """The maps fitted on all pairs of hidden people, or on those outside a fold."""
    said, right, linked = [np.zeros(0)], [np.zeros(0, dtype=bool)], [np.zeros(0, dtype=bool)]
    for masked, scored in relinked:
        rows = masked.rows(scored)
        verdict, undecided = masked.verdicts(scored, rows)
        used = ~undecided
        if fold is not None:
            used &= masked.folds(scored, rows) != fold
        said.append(scored.probability[rows][used])
        right.append(verdict[used])
        linked.append(_linked(scored)[rows][used])
    trials = Trials(np.concatenate(said), np.concatenate(right), np.concatenate(linked))
    return Calibrations.fit(trials, settings.calibration, settings.tiers.certain)


def _joined(parts: Sequence[Verdicts]) -> Verdicts:
    nothing = np.zeros(0)
    empty = Verdicts(nothing, nothing.astype(np.int64), nothing > 0, nothing > 0)
    columns = {name: [vars(part)[name] for part in (empty, *parts)] for name in vars(empty)}
    return Verdicts(**{name: np.concatenate(values) for name, values in columns.items()})


def _lot(numbers: Ints) -> Floats:
    """A number between 0 and 1 for each resident number."""
    return np.asarray(mixed(numbers).view(np.uint64) / np.float64(2**64))


def _register(ground: Ground, side: int) -> Coded:
    return (ground.pool.left, ground.pool.right)[side]


def _settled_by_number(ground: Ground, side: int) -> Bools:
    """Rows whose valid number, on no other row, is on the other register under a compatible name."""
    same = ground.same
    sure = same.unique & same.settled & ground.settled.among(same.a, same.b)
    found = np.zeros(len(_register(ground, side)), dtype=bool)
    found[(same.a, same.b)[side][sure]] = True
    return found


def _without_counterpart(ground: Ground, scored: Scored, side: int) -> Bools:
    """Rows whose valid number, on no other row, is not on the other register, nor anybody like them."""
    own, other = _register(ground, side), _register(ground, 1 - side)
    partner = (ground.settled.partner_left, ground.settled.partner_right)[side]
    alone = own.good & ~repeated(own.number) & (partner == NONE)
    alone[(scored.pairs.a, scored.pairs.b)[side][scored.probability >= _NOBODY]] = False
    return np.asarray(alone & ~within(own.number, other.number))


def _rounds(people: int, settings: LinkageSettings) -> int:
    rules = settings.self_test
    wanted = np.ceil(rules.enough_people / max(people * rules.share, 1.0))
    return int(min(wanted, rules.most_rounds, np.floor(1 / rules.share)))


def _some_counties(ground: Ground, alone: Bools, side: int) -> tuple[Ground, Bools]:
    """Whole counties, chosen by hash, until there are enough rows: candidates hardly ever cross their borders.

    Args:
        ground: both registers.
        alone: a mark for each row of one register, to be cut down likewise.
        side: that register; its rows are counted.
    """
    left, right = ground.pool.left, ground.pool.right
    county = _register(ground, side).county
    codes, rows = np.unique(county, return_counts=True)
    enough = ground.settings.self_test.enough_rows
    if len(county) <= enough or len(codes) < 2:
        return ground, alone
    order = np.argsort(mixed(codes).view(np.uint64), kind="stable")
    before = np.cumsum(rows[order]) - rows[order]
    chosen = codes[order[before < enough]]
    keep = np.isin(left.county, chosen), np.isin(right.county, chosen)
    return _cut(ground, *keep), alone[keep[side]]


def _cut(ground: Ground, left: Bools, right: Bools) -> Ground:
    """The ground with only these rows; pairs that reach outside are left out."""
    to_left, to_right = np.cumsum(left) - 1, np.cumsum(right) - 1
    inside = _reaching(ground.settled.pairs, (left, right), (to_left, to_right))
    settled = Settled.of(int(left.sum()), int(right.sum()), *inside)
    same = taken(ground.same, left[ground.same.a] & right[ground.same.b])
    pool = ground.pool
    # A row whose partner lies outside has a counterpart nobody can find here: it stays closed.
    shut_left = left & (ground.settled.partner_left != NONE)
    shut_right = right & (ground.settled.partner_right != NONE)
    return replace(
        ground,
        pool=replace(
            pool,
            left=pool.left.take(left),
            right=pool.right.take(right),
            open_left=~shut_left[left],
            open_right=~shut_right[right],
        ),
        same=replace(same, a=to_left[same.a], b=to_right[same.b]),
        settled=settled,
        apart=_reaching(ground.apart, (left, right), (to_left, to_right)),
    )


def _reaching(
    pairs: tuple[Ints, Ints], kept: tuple[Bools, Bools], to: tuple[Ints, Ints]
) -> tuple[Ints, Ints]:
    """The pairs whose two rows are kept, by their new numbers."""
    inside = kept[0][pairs[0]] & kept[1][pairs[1]]
    return to[0][pairs[0][inside]], to[1][pairs[1][inside]]
