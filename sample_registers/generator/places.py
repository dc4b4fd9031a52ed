"""Counties, towns and villages of the province.

The counties are invented; their codes are codes of Guizhou counties in force in 2018 (GB/T 2260), because resident
IDs begin with them, and where a prefecture was recoded the code before it, because older IDs begin with that.
"""

from dataclasses import dataclass

import numpy as np

from sample_registers.generator import words
from sample_registers.generator.dice import Bools, Dice, Ints

PROVINCE = "贵州省"

_CODES: dict[str, tuple[tuple[int, int], ...]] = {
    "遵义市": (*((520320 + i, 522120 + i + 1) for i in range(2, 10)), (520302, 522101)),
    "安顺市": (*((520420 + i, 522520 + i + 4) for i in range(2, 6)), (520402, 522501)),
    "毕节市": (*((520520 + i, 522420 + i + 1) for i in range(1, 8)), (520502, 522401)),
    "铜仁市": (*((520620 + i, 522220 + i + 1) for i in range(1, 9)), (520602, 522201)),
    "黔西南布依族苗族自治州": tuple((522320 + i, 522320 + i) for i in range(3, 9)),
    "黔东南苗族侗族自治州": tuple((522620 + i, 522620 + i) for i in range(2, 17)),
    "黔南布依族苗族自治州": tuple((522720 + i, 522720 + i) for i in (2, 3, *range(5, 13))),
    "六盘水市": ((520221, 520221), (520281, 520222), (520203, 520203)),
    "贵阳市": (*((520120 + i, 520120 + i) for i in range(1, 4)), (520181, 520181)),
}

ELSEWHERE = (
    510502,
    510525,
    431227,
    431224,
    451222,
    451024,
    530325,
    530602,
    500233,
    500110,
    510181,
    430121,
    450305,
    530381,
)
"""County codes outside the province that married-in people's IDs begin with."""


def _codes_in_turn() -> list[tuple[str, int, int]]:
    """Prefecture, code and former code of every county, taking the prefectures in turn."""
    longest = max(len(codes) for codes in _CODES.values())
    return [
        (prefecture, *codes[turn])
        for turn in range(longest)
        for prefecture, codes in _CODES.items()
        if turn < len(codes)
    ]


COUNTY_CODES = _codes_in_turn()


@dataclass(frozen=True)
class County:
    """One county and what lies in it.

    Attributes:
        number: 0.. in the province.
        code, former_code: six digits; equal where the county was never recoded.
        towns, villages: names; `town_of` gives each village's town.
        recent: the same village names after the one renaming the second batch brings.
        renamed: the position of the renamed village.
        clans: the two dominant surnames of each village (codes), shape (villages, 2).
        clan_village: whether the village is one of clans; elsewhere surnames are mixed.
        dotted: whether minority names written with a middle dot occur there.
    """

    number: int
    prefecture: str
    name: str
    code: int
    former_code: int
    towns: tuple[str, ...]
    villages: tuple[str, ...]
    recent: tuple[str, ...]
    renamed: int
    town_of: Ints
    clans: Ints
    clan_village: Bools
    dotted: Bools


def county_name(number: int) -> str:
    """The invented name of county `number`."""
    first = words.COUNTY_FIRST[number % len(words.COUNTY_FIRST)]
    second = words.COUNTY_SECOND[
        (number * 5 + number // len(words.COUNTY_FIRST)) % len(words.COUNTY_SECOND)
    ]
    return f"{first}{second}{'市' if number % 11 == 7 else '县'}"


def _names(dice: Dice, first: str, second: str, size: int, taken: set[str]) -> list[str]:
    """`size` different two-character names none of which is in `taken`."""
    names: list[str] = []
    while len(names) < size:
        one, other = dice.below(len(first), 1)[0], dice.below(len(second), 1)[0]
        name = first[one] + second[other]
        if name[0] != name[1] and name not in taken:
            taken.add(name)
            names.append(name)
    return names


def make_county(seed: int, number: int, villages: int) -> County:
    """County `number` with `villages` villages, four to a town or more in large counties."""
    dice = Dice(seed, "places", number)
    prefecture, code, former = COUNTY_CODES[number]
    towns = max(2, villages // 4 if villages < 60 else villages // 12)
    town_of = np.arange(villages, dtype=np.int64) * towns // villages
    town_names = [
        name + ("乡" if number_of % 3 == 2 else "镇")
        for number_of, name in enumerate(
            _names(dice, words.TOWN_FIRST, words.TOWN_SECOND, towns, set())
        )
    ]
    village_names: list[str] = []
    for town in range(towns):
        size = int((town_of == town).sum())
        village_names += _names(dice, words.VILLAGE_FIRST, words.VILLAGE_SECOND, size, set())
    renamed = int(dice.below(villages, 1)[0])
    recent = [name + "村" for name in village_names]
    recent[renamed] = "新" + village_names[renamed][-1] + "和村"
    return County(
        number=number,
        prefecture=prefecture,
        name=county_name(number),
        code=code,
        former_code=former,
        towns=tuple(town_names),
        villages=tuple(name + "村" for name in village_names),
        recent=tuple(recent),
        renamed=renamed,
        town_of=town_of,
        clans=dice.pick(words.zipf(len(words.SURNAMES), 6), 2 * villages).reshape(villages, 2),
        clan_village=dice.chance(0.7, villages),
        dotted=dice.chance(0.12, villages),
    )
