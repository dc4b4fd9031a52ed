"""What both registers say of a person, each in its own words: sex, schooling, labour, the flag about the other one."""

import numpy as np
import polars as pl

from sample_registers.generator import wording
from sample_registers.generator.dice import Ints, scatter
from sample_registers.generator.listing import listed_people
from sample_registers.generator.register_rows import Rows, choose

WELL, SLIGHT, SEVERE, NOT_OF_AGE = 0, 1, 2, 3


def flag(rows: Rows, other: int) -> pl.Series:
    """是/否, whether the register says the person is on the `other` one.

    It is turned round where the row carries `flag_wrong`, empty where `flag_blank`.
    """
    truly = listed_people(rows.model, other)[rows.batch][rows.person]
    said = truly ^ rows.marks["flag_wrong"]
    return choose(("否", "是", ""), np.where(rows.marks["flag_blank"], 2, said))


def sex_field(rows: Rows) -> pl.Series:
    """男/女 as written."""
    return choose(
        ("女", "男"), rows.model.people.male[rows.person] ^ rows.marks["sex_contradiction"]
    )


def education(rows: Rows, age: Ints) -> pl.Series:
    """Highest schooling, little of it among the old."""
    free = np.array((0, 1, 1, 1, 2, 2, 2, 2, 3, 4))[scatter(rows.person, salt=67) % 10]
    level = np.select([age < 7, age < 13, age < 16, age > 60], [0, 1, 2, free % 2], free)
    return choose(wording.EDUCATION, level)


def labour(rows: Rows, age: Ints) -> Ints:
    """WELL, SLIGHT or SEVERE loss of working capacity; NOT_OF_AGE: a child, a schoolchild or old."""
    situations = rows.model.situations
    grade, ill = situations.grade[rows.person], situations.ill[rows.person]
    severe = (grade > 0) & (grade <= 2)
    return np.select(
        [(age < 16) | (age > 64), severe, (grade > 2) | ill], [NOT_OF_AGE, SEVERE, SLIGHT], WELL
    )
