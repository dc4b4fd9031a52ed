"""What `config/linkage.yaml` may say: tiers, caps, and where the learned shares start from."""

from collections.abc import Callable, Iterable
from enum import IntEnum
from typing import Annotated, Self

from pydantic import AfterValidator, Field, model_validator

from reconciliation.linkage.levels import (
    NUMBER_PARTS,
    Context,
    Group,
    NameLevel,
    RelationLevel,
    SexLevel,
    Standing,
    texts,
)
from reconciliation.registers.base import FrozenModel

Share = Annotated[float, Field(gt=0, lt=1)]


def _exactly(levels: Iterable[str]) -> Callable[[dict[str, float]], dict[str, float]]:
    """A mapping must name exactly these levels; it is kept in their order, whatever the file's."""
    wanted = list(levels)

    def checked(shares: dict[str, float]) -> dict[str, float]:
        if set(shares) != set(wanted):
            raise ValueError(f"expected exactly the levels {', '.join(wanted)}")
        return {level: shares[level] for level in wanted}

    return checked


def _known(levels: type[IntEnum]) -> AfterValidator:
    return AfterValidator(_exactly(texts(levels)[:-1]))


NameShares = Annotated[dict[str, Share], AfterValidator(_exactly(texts(NameLevel)))]
RelationShares = Annotated[dict[str, Share], _known(RelationLevel)]
SexShares = Annotated[dict[str, Share], _known(SexLevel)]
PlaceShares = Annotated[dict[str, Share], _known(Standing)]
ContextShares = Annotated[dict[str, Share], AfterValidator(_exactly(texts(Context)))]
NumberShares = Annotated[dict[str, Share], AfterValidator(_exactly(NUMBER_PARTS))]
KindShares = Annotated[
    dict[str, Share], AfterValidator(_exactly(("missing", "explained", "both_valid")))
]
MissingShares = Annotated[
    dict[str, Share], AfterValidator(_exactly(("birth_equal", "birth_near", "birth_differs")))
]
BorrowedShares = Annotated[dict[str, Share], AfterValidator(_exactly(texts(Group)))]


LEAST_CERTAIN = 0.9
"""What the checks of the links ask of a certain one."""


class Tiers(FrozenModel):
    """The least probability of each tier; `certain_alone` where neither a linked household nor the same number speaks for it."""

    certain: float = Field(gt=0.5, lt=1)
    certain_alone: float = Field(gt=0.5, lt=1)
    probable: float = Field(gt=0.5, lt=1)
    possible: float = Field(gt=0, lt=1)

    @model_validator(mode="after")
    def _falling(self) -> Self:
        if self.certain < LEAST_CERTAIN:
            raise ValueError(
                f"certain must be at least {LEAST_CERTAIN}: exits and inclusions rest on certain links"
            )
        if not self.certain_alone >= self.certain > self.probable > self.possible:
            raise ValueError(
                "certain must lie above probable, probable above possible, certain_alone not below certain"
            )
        return self


class BlockCaps(FrozenModel):
    """How many pairs one value of a blocking key may make before it is passed over."""

    linked_household: int = Field(gt=0)
    number_part: int = Field(gt=0)
    rare_name: int = Field(gt=0)
    name_birth: int = Field(gt=0)
    village_birth: int = Field(gt=0)
    village_characters: int = Field(gt=0)
    town_sound: int = Field(gt=0)


class RarityExponents(FrozenModel):
    """How far the rarity of a name counts, by where the two records stand (0: not at all, 1: in full)."""

    linked_household: float = Field(ge=0, le=1)
    village: float = Field(ge=0, le=1)
    elsewhere: float = Field(ge=0, le=1)


class TruePairs(FrozenModel):
    """m: among true matches, what proportion of them have this level? Each mapping is a starting value.

    Attributes:
        trust: how many observed pairs weigh as much as the starting values.
        name, relation, sex, place, context: over all true pairs.
        number_trust: as `trust`, for the four below.
        number_kinds: over the true pairs an exact number did not settle: is a number missing, is one of the two
            known to be unreliable, or are both valid and nobody else's?
        number_explained, number_both_valid, number_missing: within each of these kinds.
    """

    trust: float = Field(gt=0)
    name: NameShares
    relation: RelationShares
    sex: SexShares
    place: PlaceShares
    context: ContextShares
    number_trust: float = Field(gt=0)
    number_kinds: KindShares
    number_explained: NumberShares
    number_both_valid: NumberShares
    number_missing: MissingShares


class Strangers(FrozenModel):
    """u where two people stand in one relation of place: among pairs of two different people, what proportion …?

    Attributes:
        trust: how many counted pairs weigh as much as these starting values.
        name: the levels of the name.
        same_birth, same_year, same_area: the same birth date, year of birth, first six digits of the number.
    """

    trust: float = Field(gt=0)
    name: NameShares
    same_birth: Share
    same_year: Share
    same_area: Share


class DifferentPeople(FrozenModel):
    """u for the three places two different people can stand in, and what is rarer than can be counted."""

    relation: RelationShares
    sex: SexShares
    linked_household: Strangers
    village: Strangers
    elsewhere: Strangers
    equal_share: Share
    one_edit_share: Share
    tail_near_share: Share
    same_order_share: Share
    partial_equal_share: Share
    near_dates: float = Field(gt=0)


class Sign(FrozenModel):
    """How often a sign shows."""

    one_person: Share
    borrowed: Share


class Signs(FrozenModel):
    """Signs by which one person and a borrowed number are told apart."""

    claimed_apart: Sign
    claimed_linked: Sign
    birth_differs: Sign


class NameDiffers(FrozenModel):
    """What is taken to hold of one valid number under two names until the registers say otherwise.

    Attributes:
        trust: pairs with one number, from which on the registers' own counts outweigh `borrowed`.
        borrowed: share of all pairs with one valid number that are two people, by where they stand.
        sign_trust: as `trust`, for `signs`.
        signs: share of one person's pairs, and of borrowed numbers, that show a sign. `claimed_apart`, `claimed_linked`:
            another open row nearby bears the name of one of the two, where their households are apart or linked;
            `birth_differs`: a birth date written beside the number is not the other row's.
        most_odds_far: the most odds of one person where the names are unlike and neither village nor household agrees.
    """

    trust: float = Field(gt=0)
    borrowed: BorrowedShares
    sign_trust: float = Field(gt=0)
    signs: Signs
    most_odds_far: float = Field(gt=0)


class SelfTestSettings(FrozenModel):
    """Mask and relink: how many numbers are hidden, and how sure the intervals are."""

    share: float = Field(gt=0, lt=0.5)
    enough_rows: int = Field(gt=0)
    enough_people: int = Field(gt=0)
    most_rounds: int = Field(gt=0)
    confidence: float = Field(gt=0.5, lt=1)


class CalibrationSettings(FrozenModel):
    """The map from what was said to what it is worth: pairs that weigh as much as the start, in each bin."""

    trust: float = Field(gt=0)


class LinkageSettings(FrozenModel):
    """`config/linkage.yaml`; the file says of every number what it means."""

    tiers: Tiers
    exact_probability: float = Field(gt=0.995, lt=1)
    household_probability: float = Field(gt=0.5, lt=1)
    most_rows_of_a_number: int = Field(gt=1)
    same_shape: float = Field(gt=0, le=1)
    block_caps: BlockCaps
    rarity_exponents: RarityExponents
    sample_pairs: int = Field(gt=0)
    message_rounds: int = Field(gt=0)
    expectation_rounds: int = Field(gt=0)
    leftover_trust: float = Field(gt=0)
    name_birth_dependence: float = Field(ge=1)
    name_birth_dependence_trust: float = Field(gt=0)
    true_pairs: TruePairs
    different_people: DifferentPeople
    name_differs: NameDiffers
    self_test: SelfTestSettings
    calibration: CalibrationSettings
