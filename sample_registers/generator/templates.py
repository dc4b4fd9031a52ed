"""The shapes families come in, and what each role in a family means.

What belongs here: which roles live together, how old each is beside the head, whose surname it bears, what either
register calls it. What does not: numbers of any one family.
"""

from dataclasses import dataclass

import numpy as np

from sample_registers.generator.dice import Ints


@dataclass(frozen=True)
class Role:
    """One place in a family.

    Attributes:
        sex: 1 male, 0 female, 2 the head's own, 3 the other than the head's.
        kin: which rule gives the age (see `people.ages`).
        surname: `clan` the family's, `own` from another village, `inlaw` the son-in-law's.
        generation: steps below the head's generation.
        dibao: relation as the dibao list writes it (coarse).
        poverty: relation as the poverty list writes it (fine).
    """

    sex: int
    kin: str
    surname: str
    generation: int
    dibao: str
    poverty: str


ROLES = {
    "head": Role(2, "head", "clan", 0, "户主", "户主"),
    "spouse": Role(3, "spouse", "own", 0, "配偶", "配偶"),
    "son": Role(1, "child", "clan", 1, "子/婿", "之子"),
    "daughter": Role(0, "child", "clan", 1, "女/媳", "之女"),
    "son's wife": Role(0, "child_in_law", "own", 1, "女/媳", "之儿媳"),
    "daughter's husband": Role(1, "child_in_law", "inlaw", 1, "子/婿", "之女婿"),
    "son's son": Role(1, "grandchild", "clan", 2, "孙子女", "之孙子"),
    "son's daughter": Role(0, "grandchild", "clan", 2, "孙子女", "之孙女"),
    "daughter's son": Role(1, "grandchild", "inlaw", 2, "孙子女", "之外孙子"),
    "daughter's daughter": Role(0, "grandchild", "inlaw", 2, "孙子女", "之外孙女"),
    "father": Role(1, "parent", "clan", -1, "父母/岳父母/公婆", "之父"),
    "mother": Role(0, "parent", "own", -1, "父母/岳父母/公婆", "之母"),
    "grandmother": Role(0, "grandparent", "own", -2, "祖父母", "之祖母"),
    "brother": Role(1, "sibling", "clan", 0, "兄弟姐妹", "之兄弟姐妹"),
    "sister": Role(0, "sibling", "clan", 0, "兄弟姐妹", "之兄弟姐妹"),
    "nephew": Role(1, "nephew", "clan", 1, "其他", "其他"),
}
ROLE_NAMES = tuple(ROLES)
DIBAO_RELATIONS = tuple(role.dibao for role in ROLES.values())
POVERTY_RELATIONS = tuple(role.poverty for role in ROLES.values())


@dataclass(frozen=True)
class Template:
    """A family shape: how common, how old its head, who lives in it, and which members go when it splits.

    Attributes:
        weight: relative frequency.
        head_ages: youngest and oldest head.
        head_female: share of female heads.
        members: roles, the head first; brothers and children in order of age.
        branch: positions of the members who form the new household if the family splits (拆户), its new head first.
    """

    weight: float
    head_ages: tuple[int, int]
    head_female: float
    members: tuple[str, ...]
    branch: tuple[int, ...]


def _family(
    weight: float, ages: tuple[int, int], female: float, members: str, *branch: int
) -> Template:
    return Template(weight, ages, female, tuple(members.split(", ")), branch)


TEMPLATES = (
    _family(11, (38, 86), 0.35, "head"),
    _family(11, (40, 84), 0.05, "head, spouse", 1),
    _family(6, (26, 52), 0.06, "head, spouse, son", 2),
    _family(5, (26, 52), 0.06, "head, spouse, daughter", 2),
    _family(10, (28, 56), 0.06, "head, spouse, son, daughter", 2),
    _family(8, (28, 56), 0.06, "head, spouse, son, son", 3),
    _family(5, (32, 58), 0.04, "head, spouse, son, son, daughter", 3),
    _family(4, (32, 58), 0.04, "head, spouse, daughter, daughter, son", 4),
    _family(4, (34, 56), 0.00, "head, mother", 1),
    _family(5, (34, 54), 0.03, "head, spouse, son, mother", 3),
    _family(6, (34, 54), 0.02, "head, spouse, son, daughter, father, mother", 4, 5),
    _family(5, (48, 66), 0.04, "head, spouse, son, son's wife, son's son", 2, 3, 4),
    _family(
        5, (50, 68), 0.04, "head, spouse, son, son's wife, son's son, son's daughter", 2, 3, 4, 5
    ),
    _family(3, (58, 80), 0.45, "head, son's son, son's daughter", 1, 2),
    _family(3, (58, 78), 0.05, "head, spouse, son's son", 1),
    _family(3, (36, 62), 0.00, "head, brother", 1),
    _family(
        2, (50, 68), 0.04, "head, spouse, daughter, daughter's husband, daughter's son", 2, 3, 4
    ),
    _family(3, (36, 54), 0.02, "head, spouse, son, son, son, mother", 5),
    _family(3, (30, 58), 0.95, "head, daughter", 1),
    _family(3, (30, 58), 0.95, "head, son, daughter", 1),
    _family(2, (30, 48), 0.02, "head, spouse, brother, son, daughter", 2),
    _family(1, (44, 64), 0.05, "head, nephew", 1),
    _family(1, (26, 44), 0.00, "head, sister, grandmother", 1),
    _family(1, (52, 70), 0.05, "head, spouse, daughter, daughter's daughter", 2, 3),
)
WEIGHTS = tuple(template.weight for template in TEMPLATES)
SIZES: Ints = np.array([len(template.members) for template in TEMPLATES], dtype=np.int64)

MEMBER_ROLES: Ints = np.full((len(TEMPLATES), int(SIZES.max())), -1, dtype=np.int64)
"""Role number by template and position, -1 beyond its end."""
BRANCH_ROLES: Ints = np.full(MEMBER_ROLES.shape, -1, dtype=np.int64)
"""Role in the split-off household by template and position, -1 where the member stays."""
CHILD_ORDER: Ints = np.zeros(MEMBER_ROLES.shape, dtype=np.int64)
"""How many members of the same kin stand before this one."""


def role_number(name: str) -> int:
    """The number of a role in `ROLE_NAMES`."""
    return ROLE_NAMES.index(name)


def _role_in_branch(name: str, head: str) -> str:
    """What a member of the split-off household is to its new head."""
    if ROLES[name].kin in ("child_in_law", "parent"):
        return "spouse"
    male = ROLES[name].sex == 1
    if ROLES[head].kin == "child":
        return "son" if male else "daughter"
    return "brother" if male else "sister"


def _fill() -> None:
    for number, template in enumerate(TEMPLATES):
        seen: dict[str, int] = {}
        for place, name in enumerate(template.members):
            MEMBER_ROLES[number, place] = role_number(name)
            CHILD_ORDER[number, place] = seen.get(ROLES[name].kin, 0)
            seen[ROLES[name].kin] = int(CHILD_ORDER[number, place]) + 1
        for place in template.branch:
            head = template.members[template.branch[0]]
            new = (
                "head"
                if place == template.branch[0]
                else _role_in_branch(template.members[place], head)
            )
            BRANCH_ROLES[number, place] = role_number(new)


_fill()
