"""An invented province for the cases: villages of clans, families, names, birth dates and resident numbers, in arrays.

It shares no list, rate or line with `sample_registers`, so that a linkage made while looking at the one is judged on the other.
Every figure is invented; nothing here describes a real place or person.
"""

from dataclasses import dataclass, fields
from typing import Final, Self

import numpy as np

from reconciliation.linkage.arrays import Bools, Ints, mixed

WIDTH: Final = 9
"""Code points a name may have; shorter ones are filled with 0."""
HEAD, SPOUSE, CHILD, CHILD_IN_LAW, PARENT, GRANDCHILD = range(6)
LAST_YEAR: Final = 2018

_SURNAMES: Final = (
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏"
    "锺汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文庞樊兰殷施陶洪翟安颜倪"
    "严牛温芦季俞章鲁葛伍韦申尤毕聂焦向柳邢路岳齐梅莫庄辛管祝左涂谷祁时舒耿牟卜路詹关苗凌费纪靳盛童欧甄项曲成游阳裴"
)
_COMPOUND: Final = ("欧阳", "上官", "司马", "夏侯", "令狐", "皇甫")
_MALE: Final = (
    "国建文明华志军德光永忠林强平海云龙春生正成荣学兴金家玉庆世祥天福伟安东新俊勇波斌涛辉鹏杰浩宇凯超刚胜利民贵清良仁义"
    "礼智信发财宝才根树山水江河川石田顺启绍朝廷应承继宗祖孝先远达通开泰升高登举科第选贤能培植茂盛昌隆铭鑫磊森炎焱泽洋洪"
    "湘黔川滇京津沪健康乐喜庚寅辰戌亥子丑卯富裕丰满仓谷粮米双全友维治理政法律师守卫邦定乾坤元亨贞吉祯祺恒毅刚锋铁钢锐"
)
_FEMALE: Final = (
    "秀英芳兰玉珍梅桂花莲翠红霞燕琼素淑凤香菊丽萍艳美娟琴敏静慧群会仙先碧容蓉芬芝英莉娜婷雪莹倩瑶佳欣怡雨涵紫萱嘉悦诗"
    "云月银金珠宝翠巧小春夏秋冬晓晨曦昭明青兰贵福顺喜玲珑瑛琳璐珊妍媛婉娴姣妹姐彩霓虹丹朱绿黛蓝白露霜冰清洁净贤良温柔"
)
_SYLLABLES: Final = "阿木尔布果子石里克古吉曲拉日沙达依惹以支呷什尼各乌牛马海来热且俄莫色甲巴姆德卓央金才让扎西旺堆措"


@dataclass(frozen=True)
class Shape:
    """What kind of province: shares of 0 to 1 unless said otherwise.

    Attributes:
        households_a_village: mean number.
        clan: families of a village that bear one of its two to four clan names.
        generation_names: men of a clan who bear its generation character (women half as often).
        minority: families with dotted names.
        twins: children born with the child before them.
        namesakes: sons who bear the very name of their father.
        two_given: people with two given characters.
        tail: how steep the popularity of given characters is (Zipf's exponent).
    """

    households_a_village: float = 160.0
    clan: float = 0.75
    generation_names: float = 0.7
    minority: float = 0.06
    twins: float = 0.03
    namesakes: float = 0.002
    two_given: float = 0.8
    tail: float = 0.75


@dataclass(frozen=True)
class People:
    """Everybody, one element a person: families one after the other, their heads first.

    Attributes:
        family, village, role, sex (0 male, 1 female): whole numbers.
        birth: YYYYMMDD.
        name: code points, [person, WIDTH].
        surname: how many of them are the surname.
        body: the first seventeen digits of the number.
        town, county: of the village.
    """

    family: Ints
    village: Ints
    role: Ints
    sex: Ints
    birth: Ints
    name: Ints
    surname: Ints
    body: Ints
    town: Ints
    county: Ints

    def __len__(self) -> int:
        return len(self.family)

    def take(self, rows: Ints | Bools) -> Self:
        """Only these people."""
        return type(self)(**{field.name: getattr(self, field.name)[rows] for field in fields(self)})


def populate(families: int, shape: Shape, seed: int) -> People:
    """Invent the people of so many families."""
    dice = np.random.default_rng([seed, 1])
    villages = max(int(families / shape.households_a_village), 1)
    home = np.sort(dice.integers(0, villages, families))
    family, role, order = _members(families, dice)
    sex, birth = _sexes_and_births(family, role, order, shape, dice)
    village = home[family]
    surname = _surnames(home, (family, role, sex), shape, dice)
    name, length = _names((village, family, role, sex, birth), surname, shape, dice)
    county = village // 180
    area = _areas(county, dice)
    return People(
        family=family,
        village=village,
        role=role,
        sex=sex,
        birth=birth,
        name=name,
        surname=length,
        body=bodies(area, birth, sex),
        town=village // 12,
        county=county,
    )


def bodies(area: Ints, birth: Ints, sex: Ints) -> Ints:
    """Seventeen digits a person; those of one area, day and sex are numbered on, so twins get neighbouring numbers."""
    day = (area * 10**8 + birth) * 2 + sex
    order = np.argsort(day, kind="stable")
    ranked = day[order]
    first = np.searchsorted(ranked, ranked)
    rank = np.empty(len(day), dtype=np.int64)
    rank[order] = np.arange(len(day)) - first
    offset = (mixed(day // 2).view(np.uint64) % np.uint64(200)).astype(np.int64)
    number = ((offset + rank) * 2 + 1 - sex) % 1000
    return np.asarray((area * 10**8 + birth) * 1000 + number)


def _members(families: int, dice: np.random.Generator) -> tuple[Ints, Ints, Ints]:
    """Family, role and order within the role of everybody, sorted by family and role."""
    counted = {
        HEAD: np.ones(families, dtype=np.int64),
        SPOUSE: (dice.random(families) < 0.7).astype(np.int64),
        CHILD: dice.choice(6, families, p=[0.22, 0.25, 0.31, 0.15, 0.05, 0.02]),
        CHILD_IN_LAW: (dice.random(families) < 0.12).astype(np.int64),
        PARENT: dice.choice(3, families, p=[0.78, 0.16, 0.06]),
        GRANDCHILD: dice.choice(3, families, p=[0.86, 0.09, 0.05]),
    }
    parts = []
    for role, many in counted.items():
        family = np.repeat(np.arange(families), many)
        order = np.arange(len(family)) - np.repeat(np.cumsum(many) - many, many)
        parts.append(np.stack([family, np.full(len(family), role), order]))
    members = np.concatenate(parts, axis=1)
    members = members[:, np.lexsort((members[2], members[1], members[0]))]
    return members[0], members[1], members[2]


def _sexes_and_births(
    family: Ints, role: Ints, order: Ints, shape: Shape, dice: np.random.Generator
) -> tuple[Ints, Ints]:
    size, families = len(family), int(family.max(initial=-1)) + 1
    head_sex = (dice.random(families) < 0.17).astype(np.int64)
    head_year = dice.integers(1928, 1992, families)
    coin = dice.integers(0, 2, size)
    sex = np.select(
        [role == HEAD, role == SPOUSE, role == PARENT],
        [head_sex[family], 1 - head_sex[family], (order + 1) % 2],
        coin,
    )
    gap = np.select(
        [role == HEAD, role == SPOUSE, role == CHILD, role == CHILD_IN_LAW, role == PARENT],
        [
            0,
            dice.integers(-4, 8, size),
            22 + 3 * order + dice.integers(0, 6, size),
            dice.integers(20, 34, size),
            -dice.integers(19, 33, size),
        ],
        dice.integers(43, 60, size),
    )
    year = np.clip(head_year[family] + gap, 1912, LAST_YEAR)
    birth = year * 10_000 + dice.integers(1, 13, size) * 100 + dice.integers(1, 29, size)
    twin = (role == CHILD) & (order > 0) & (dice.random(size) < shape.twins)
    rows = np.flatnonzero(twin)
    birth[rows] = birth[rows - 1]
    return sex.astype(np.int64), birth


def _surnames(
    home: Ints, members: tuple[Ints, Ints, Ints], shape: Shape, dice: np.random.Generator
) -> Ints:
    """The surname of everybody as a number: from 1000 on the compound ones, -1 for a dotted name."""
    family, role, sex = members
    known = np.arange(len(_SURNAMES))
    weights = 1 / (known + 8.0)
    weights /= weights.sum()
    villages = int(home.max(initial=0)) + 1
    clans = dice.choice(known, (villages, 4), p=weights)

    def drawn(village: Ints, clan: float) -> Ints:
        size = len(village)
        which = np.minimum(dice.geometric(0.5, size) - 1, 3)
        any_name = dice.choice(known, size, p=weights)
        rare = dice.random(size) < 0.006
        any_name = np.where(rare, 1000 + dice.integers(0, len(_COMPOUND), size), any_name)
        return np.where(dice.random(size) < clan, clans[village, which], any_name)

    line = drawn(home, shape.clan)
    line[dice.random(len(line)) < shape.minority] = -1
    married_in = (role == SPOUSE) | (role == CHILD_IN_LAW) | ((role == PARENT) & (sex == 1))
    own = drawn(home[family], 0.25)
    own[line[family] == -1] = -1
    return np.where(married_in, own, line[family])


def _names(
    people: tuple[Ints, Ints, Ints, Ints, Ints],
    surname: Ints,
    shape: Shape,
    dice: np.random.Generator,
) -> tuple[Ints, Ints]:
    village, family, role, sex, birth = people
    size = len(surname)
    first, second = (_given(sex, shape, dice) for _ in range(2))
    generation = birth // 10_000 // 24
    clan = mixed(village, surname, generation)
    line = (role == HEAD) | (role == CHILD) | (role == GRANDCHILD) | (role == PARENT)
    follows = line & (dice.random(size) < np.where(sex == 0, 1.0, 0.5) * shape.generation_names)
    pool = np.array([ord(character) for character in _MALE])
    shared = pool[(clan.view(np.uint64) % np.uint64(len(pool))).astype(np.int64)]
    first = np.where(follows, shared, first)
    second = np.where(follows | (dice.random(size) < shape.two_given), second, 0)
    name = np.zeros((size, WIDTH), dtype=np.int64)
    compound = surname >= 1000
    single = np.array([ord(character) for character in _SURNAMES])
    double = np.array([[ord(character) for character in text] for text in _COMPOUND])
    name[:, 0] = single[np.where(compound, 0, np.maximum(surname, 0))]
    name[:, 1], name[:, 2] = first, second
    rows = np.flatnonzero(compound)
    name[rows, :2] = double[surname[rows] - 1000]
    name[rows, 2], name[rows, 3] = first[rows], second[rows]
    dotted = np.flatnonzero(surname == -1)
    name[dotted] = _dotted(family[dotted], dice)
    length = np.where(compound, 2, 1)
    length[dotted] = 2
    head_row = np.flatnonzero(role == HEAD)
    father = head_row[family]
    same = (role == CHILD) & (sex == 0) & (sex[father] == 0) & (dice.random(size) < shape.namesakes)
    name[same] = name[father[same]]
    return name, length


def _given(sex: Ints, shape: Shape, dice: np.random.Generator) -> Ints:
    found = np.zeros(len(sex), dtype=np.int64)
    for one, pool in enumerate((_MALE, _FEMALE)):
        weights = (np.arange(len(pool)) + 3.0) ** -shape.tail
        rows = np.flatnonzero(sex == one)
        codes = np.array([ord(character) for character in pool])
        found[rows] = codes[dice.choice(len(pool), len(rows), p=weights / weights.sum())]
    return found


def _dotted(family: Ints, dice: np.random.Generator) -> Ints:
    """Names such as two syllables of the clan, a dot, two or three of one's own."""
    pool = np.array([ord(character) for character in _SYLLABLES])
    name = np.zeros((len(family), WIDTH), dtype=np.int64)
    for place in (0, 1):
        lot = mixed(family // 5, np.full(len(family), place)).view(np.uint64)
        name[:, place] = pool[(lot % np.uint64(len(pool))).astype(np.int64)]
    name[:, 2] = ord("·")
    name[:, 3:6] = pool[dice.integers(0, len(pool), (len(family), 3))]
    name[dice.random(len(family)) < 0.5, 5] = 0
    return name


def _areas(county: Ints, dice: np.random.Generator) -> Ints:
    """Six digits: most people's of their county, some of another."""
    elsewhere = dice.random(len(county)) < 0.08
    other = dice.integers(0, 88, len(county))
    which = np.where(elsewhere, other, county % 88)
    return np.asarray(520_000 + (which // 11 + 1) * 100 + (which % 11 + 1) + 20)
