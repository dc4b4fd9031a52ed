"""`config/identity.yaml`: how people, numbers and places are written.

What belongs here: the checked settings. What they are used for stands in `numbers.py`, `names.py`, `places.py` and
`characters.py`.
"""

import re
from typing import Annotated

from pydantic import AfterValidator, Field

from reconciliation.registers.base import FrozenModel


def _compiles(expression: str) -> str:
    try:
        re.compile(expression)
    except re.error as error:
        raise ValueError(f"not a regular expression: {error}") from None
    return expression


Pattern = Annotated[str, AfterValidator(_compiles)]
Likeness = Annotated[float, Field(ge=0, le=1)]


class NumberSettings(FrozenModel):
    """Resident IDs.

    Attributes:
        placeholders: cells that say there is no number.
        provinces: first two digits that were ever given out.
        oldest_age: years; a birth date further back is impossible.
    """

    placeholders: tuple[str, ...]
    provinces: tuple[str, ...]
    oldest_age: int


class NameSettings(FrozenModel):
    """Personal names.

    Attributes:
        placeholders: cells that say there is no name.
        wildcards: characters that stand for one unknown position.
        dots: code points used as a middle dot.
        remarks: words beside a name that are not part of it.
        child_of: patterns of "child of …" names (whole name).
        nicknames: patterns of names that name nobody for sure (whole name).
    """

    placeholders: tuple[str, ...]
    wildcards: tuple[str, ...]
    dots: tuple[str, ...]
    remarks: tuple[str, ...]
    child_of: tuple[Pattern, ...]
    nicknames: tuple[Pattern, ...]


class PlaceSettings(FrozenModel):
    """Names of places.

    Attributes:
        village_suffixes: patterns taken off the end of a village name, repeatedly.
        town_suffixes: likewise for towns.
        county_suffixes: likewise for counties.
        nationalities: nationality names taken out in front of a suffix.
    """

    village_suffixes: tuple[Pattern, ...]
    town_suffixes: tuple[Pattern, ...]
    county_suffixes: tuple[Pattern, ...]
    nationalities: tuple[str, ...]


class Mergers(FrozenModel):
    """Syllables that sound alike in the region.

    Attributes:
        strong: (pattern, replacement) applied in order to a toneless syllable.
        weak: further ones, applied after the strong.
        strong_likeness: how alike two syllables are that only the strong mergers make equal, 0 to 1.
        weak_likeness: likewise for the weak.
    """

    strong: tuple[tuple[Pattern, str], ...]
    weak: tuple[tuple[Pattern, str], ...]
    strong_likeness: Likeness
    weak_likeness: Likeness

    def strong_class(self, syllable: str) -> str:
        """The syllable after the strong mergers."""
        return _apply(self.strong, syllable)

    def weak_class(self, syllable: str) -> str:
        """The syllable after the strong and the weak mergers."""
        return _apply(self.weak, self.strong_class(syllable))


class IdentitySettings(FrozenModel):
    """The whole of `config/identity.yaml`."""

    numbers: NumberSettings
    names: NameSettings
    places: PlaceSettings
    mergers: Mergers


def _apply(rules: tuple[tuple[str, str], ...], syllable: str) -> str:
    for pattern, replacement in rules:
        syllable = re.sub(pattern, replacement, syllable)
    return syllable
