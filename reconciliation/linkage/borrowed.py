"""One valid number under two names: a new name, or a number borrowed from somebody else?

Every pair with one unique valid number is either one person or a borrowed number. One person's names, sexes and relations agree
as those of the settled pairs do; a borrower and a lender agree as two people do who stand so to each other. How many
numbers are borrowed is the one thing unknown, and is learned by expectation and maximisation: borrowed numbers show the
wrong sex half the time, renamed people only where a sex column is wrong. Who borrows a number within the family usually
stands on the other register too, under the own name; whether such a row is there to be claimed is learned likewise.
"""

from dataclasses import dataclass

import numpy as np

from reconciliation.linkage.arrays import Bools, Floats, Ints
from reconciliation.linkage.evidence import GROUP_OF, Levels
from reconciliation.linkage.levels import Group, NameLevel, Standing
from reconciliation.linkage.settings import LinkageSettings, Sign
from reconciliation.linkage.strangers import StrangerShares
from reconciliation.linkage.true_pairs import TrueShares

_ROUNDS = 40
_UNLIKE_NAMES = (NameLevel.SURNAME_ONLY, NameLevel.OTHER)


@dataclass(frozen=True)
class Unique:
    """The settled pairs with one unique valid number, counted.

    Attributes:
        names: by `NameLevel`.
        groups: by `Group`.
    """

    names: Floats
    groups: Floats


@dataclass(frozen=True)
class Noticed:
    """What is seen of pairs beside their levels, one element each.

    Attributes:
        claimed: another row nearby, open too, bears the name of one of the two; where the households are linked, a row of them.
        dated: a birth date is written beside one of the numbers.
        birth_differs: and it is not the other row's.
    """

    claimed: Bools
    dated: Bools
    birth_differs: Bools


@dataclass(frozen=True)
class Shares:
    """What one person and two people look like beside the number: `TrueShares` and `StrangerShares`."""

    true: TrueShares
    strangers: StrangerShares


def one_person_odds(
    levels: Levels, noticed: Noticed, unique: Unique, shares: Shares, settings: LinkageSettings
) -> Floats:
    """Odds that each pair with one valid number under two names is one person all the same.

    Args:
        levels: the evidence of these pairs.
        noticed: what else is seen of them.
        unique: the pairs the same kind of number settled.
        shares: m and u of name, sex and relation.
        settings: what the learning starts from, and the most the odds may become.
    """
    rules = settings.name_differs
    group = GROUP_OF[levels.standing]
    fixed = _fixed_odds(levels, group, shares)
    linked = levels.standing == Standing.LINKED_HOUSEHOLD
    signs = (
        (noticed.claimed, ~linked, rules.signs.claimed_apart),
        (noticed.claimed, linked, rules.signs.claimed_linked),
        (noticed.birth_differs, noticed.dated, rules.signs.birth_differs),
    )
    starts = np.array(list(settings.true_pairs.name.values()))
    begin = np.array(list(rules.borrowed.values()))
    starts_place = list(settings.true_pairs.place.values())
    places = np.array([*starts_place[: Group.ELSEWHERE], sum(starts_place[Group.ELSEWHERE :])])
    one_person = np.full(len(group), 0.5)
    odds = np.ones(len(group))
    for _ in range(_ROUNDS):
        names = unique.names + np.bincount(levels.name, one_person, len(NameLevel))
        names = names + settings.true_pairs.trust * starts / starts.sum()
        lent = np.bincount(group, 1 - one_person, len(Group)) + rules.trust * begin
        true = unique.groups + np.bincount(group, one_person, len(Group)) + rules.trust * places
        odds = true[group] / lent[group] * (names / names.sum())[levels.name] * fixed
        for shown, known, start in signs:
            odds = odds * _sign_odds(shown, known, one_person, start, rules.sign_trust)
        one_person = odds / (1 + odds)
    unlike = np.isin(levels.name, _UNLIKE_NAMES) & (levels.standing >= Standing.TOWN)
    unlike |= (levels.name == NameLevel.ONE_HARD) & (levels.standing >= Standing.COUNTY)
    return np.asarray(np.where(unlike, np.minimum(odds, rules.most_odds_far), odds))


def _sign_odds(shown: Bools, known: Bools, one_person: Floats, start: Sign, trust: float) -> Floats:
    """What a sign says for one person; nothing where it cannot be seen."""
    shares = [
        (weights[known & shown].sum() + trust * begin) / (weights[known].sum() + trust)
        for weights, begin in ((one_person, start.one_person), (1 - one_person, start.borrowed))
    ]
    said = np.where(shown, shares[0] / shares[1], (1 - shares[0]) / (1 - shares[1]))
    return np.asarray(np.where(known, said, 1.0))


def _fixed_odds(levels: Levels, group: Ints, shares: Shares) -> Floats:
    """What sex and relation say, and the share of the name among two people."""
    true, strangers = shares.true, shares.strangers
    linked = (levels.standing == Standing.LINKED_HOUSEHOLD).astype(np.int64)
    sex = true.sex[levels.sex] / strangers.sex[group, levels.name, levels.sex]
    relation = (
        true.relation[linked, levels.relation]
        / strangers.relation[group, levels.name, levels.sex, levels.relation]
    )
    return np.asarray(sex * relation / strangers.name[group, levels.name])
