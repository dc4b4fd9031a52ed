"""People as a clerk lists them: rows of one register with the mistakes of a case, as `persons_<register>` and its truth."""

from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import numpy.typing as npt
import polars as pl

from benchmarks.linkage.world import CHILD, CHILD_IN_LAW, WIDTH, People
from reconciliation.configuration import Configuration
from reconciliation.identity.names import NameReader
from reconciliation.identity.numbers import check_values, read_numbers
from reconciliation.identity.persons import PERSON_SCHEMA
from reconciliation.linkage.arrays import Bools, Ints
from reconciliation.registers.base import FrozenModel

_RELATIONS: Final = ("head", "spouse", "child", "child_in_law", "parent", "grandchild", "other")
_LETTER_X: Final = 10
_NICKNAMES: Final = ("老幺", "幺妹", "三妹", "老二", "毛毛", "小弟", "娃娃")
_LOOKS_APART: Final = 0.25
"""So many look-alikes are characters that no table knows to look alike."""


Codes = npt.NDArray[np.uint32]


class Mistakes(FrozenModel):
    """How often each mistake happens to a row, or to a household where it says so; shares of 0 to 1.

    The numbers: one digit wrong; two neighbours swapped; another day, valid check; another person's of the family, of the
    village; a second lawful number; another area, valid check; typed as a number; fifteen digits; none.
    """

    id_wrong_digit: float = 0.010
    id_swap: float = 0.004
    id_wrong_day: float = 0.002
    id_borrowed: float = 0.004
    id_stranger: float = 0.001
    id_reissued: float = 0.003
    id_area: float = 0.002
    id_lost: float = 0.004
    id_15: float = 0.010
    id_missing: float = 0.008
    name_sound: float = 0.022
    name_shape: float = 0.012
    name_missing: float = 0.006
    name_swapped: float = 0.004
    name_wildcard: float = 0.008
    name_remark: float = 0.006
    name_child_of: float = 0.005
    name_nickname: float = 0.005
    name_new: float = 0.004
    name_dots: float = 0.2
    other_village: float = 0.08
    no_village: float = 0.004
    household_split: float = 0.04
    household_mixed: float = 0.0
    alone: float = 0.0
    sex_wrong: float = 0.008
    relation_wrong: float = 0.02
    birth_wrong: float = 0.004
    copies: float = 0.004


ERRORS: Final = tuple(Mistakes.model_fields)


@dataclass(frozen=True)
class Listed:
    """One register: `persons_<register>`, and its truth by record: `record`, `person`, `errors`."""

    persons: pl.DataFrame
    truth: pl.DataFrame


class Clerk:
    """Lists people; every mistake made is noted in `errors`, a bit for each of ERRORS."""

    def __init__(self, people: People, person: Ints, mistakes: Mistakes, seed: list[int]) -> None:
        """Take the people to list, who they are, and how often the clerk is mistaken."""
        dice = np.random.default_rng(seed)
        rows = np.arange(len(people))
        copies = rows[dice.random(len(rows)) < mistakes.copies]
        rows = np.sort(np.concatenate([rows, copies]))
        self.dice, self.mistakes = dice, mistakes
        self.people, self.person = people.take(rows), person[rows]
        self.errors = np.zeros(len(rows), dtype=np.int64)

    def _hit(self, error: str) -> Ints:
        """The rows to which a mistake happens; it is noted."""
        rows = np.flatnonzero(self.dice.random(len(self.people)) < getattr(self.mistakes, error))
        self.errors[rows] |= 1 << ERRORS.index(error)
        return rows

    def list(self, config: Configuration, *, birth_column: bool, blank: Ints) -> Listed:
        """The register.

        Args:
            config: how names and numbers are read.
            birth_column: whether the register has a column of birth dates.
            blank: persons whose number and birth date are left blank.
        """
        people, size = self.people, len(self.people)
        texts, typed = self._numbers()
        names = self._names(Confusions.of(config))
        village, town, county = self._places()
        household, relation = self._households()
        sex, birth = people.sex.copy(), people.birth.copy()
        rows = self._hit("sex_wrong")
        sex[rows] = 1 - sex[rows]
        rows = self._hit("birth_wrong")
        birth[rows] = _other_day(birth[rows], self.dice)
        hidden = np.isin(self.person, blank)
        known = np.full(size, birth_column) & ~hidden
        number = pl.select(pl.when(pl.lit(pl.Series(~hidden))).then(pl.lit(texts))).to_series()
        kind = pl.Series(np.where(typed, "number", "text"))
        cells = pl.DataFrame({"text": number, "kind": kind}).with_columns(file=pl.lit("made.csv"))
        read = read_numbers(cells, config.identity.numbers, 2018).drop("unread")
        name = NameReader(config.identity.names, config.characters.variant_map).read(names)
        frame = pl.DataFrame(
            {
                "record": self.dice.permutation(size) + 1,
                "county": _labelled("县", county),
                "town": _labelled("镇", town),
                "village": _labelled("村", village),
                "household": household,
                "relation": pl.Series(np.array(_RELATIONS)[np.maximum(relation, 0)]),
                "sex_field": pl.Series(np.array(["男", "女"])[sex]),
                "birth_field": _dates(np.where(known, birth, -1)),
                "person": self.person,
                "errors": self.errors,
            }
        ).with_columns(household_basis=pl.lit("household_no"), is_head=pl.col("relation") == "head")
        frame = pl.concat([frame, read, name], how="horizontal")
        good = pl.col("id_quality").is_in(["valid", "upgraded_15"])
        persons = frame.with_columns(
            sex=pl.when(good).then("sex_id").otherwise("sex_field"),
            birth_date=pl.when(good).then("birth_id").otherwise("birth_field"),
        )
        absent = {column: kind for column, kind in PERSON_SCHEMA.items() if column not in persons}
        persons = persons.with_columns(
            pl.lit(None, kind).alias(column) for column, kind in absent.items()
        )
        return Listed(
            persons.select(
                pl.col(column).cast(kind) for column, kind in PERSON_SCHEMA.items()
            ).sort("record"),
            frame.select("record", "person", "errors").pipe(_spelled).sort("record"),
        )

    def _numbers(self) -> tuple[pl.Series, Bools]:
        """The text of each number cell, and whether it was typed as a number."""
        people, dice, size = self.people, self.dice, len(self.people)
        body = people.body.copy()
        lender = self._relatives()
        rows = self._hit("id_borrowed")
        body[rows] = people.body[lender[rows]]
        near = np.clip(np.arange(size) + dice.integers(-60, 61, size), 0, size - 1)
        rows = self._hit("id_stranger")
        body[rows] = people.body[near[rows]]
        rows = self._hit("id_reissued")
        body[rows] = (
            body[rows] // 1000 * 1000 + (body[rows] + 2 * dice.integers(1, 400, len(rows))) % 1000
        )
        rows = self._hit("id_wrong_day")
        day = _other_day(body[rows] // 1000 % 10**8, dice)
        body[rows] = body[rows] // 10**11 * 10**11 + day * 1000 + body[rows] % 1000
        rows = self._hit("id_area")
        body[rows] = (520_101 + dice.integers(0, 700, len(rows))) * 10**11 + body[rows] % 10**11
        text = _written(body)
        typed = np.zeros(size, dtype=bool)
        for error, spoil in (("id_wrong_digit", _wrong_digit), ("id_swap", _swapped_digits)):
            rows = self._hit(error)
            text[rows] = spoil(text[rows], dice)
        rows = self._hit("id_15")
        short = (text[rows, 6] == ord("1")) & (text[rows, 7] == ord("9"))
        rows = rows[short]
        kept = [place for place in range(17) if place not in (6, 7)]
        cut = np.zeros((len(rows), 18), dtype=np.uint32)
        cut[:, :15] = text[rows][:, kept]
        text[rows] = cut
        rows = self._hit("id_lost")
        text[rows, 15:] = ord("0")
        typed[rows] = True
        text[self._hit("id_missing")] = 0
        return pl.Series(np.ascontiguousarray(text).view("<U18").ravel()), typed

    def _relatives(self) -> Ints:
        """Another row of each one's family, the head's more often than not; one's own where there is none."""
        family, size = self.people.family, len(self.people)
        step = self.dice.integers(1, 4, size) * self.dice.choice([-1, 1], size)
        other = np.clip(np.arange(size) + step, 0, size - 1)
        first = np.searchsorted(family, family)
        other = np.where(self.dice.random(size) < 0.6, first, other)
        return np.where(family[other] == family, other, first)

    def _names(self, confusions: "Confusions") -> pl.Series:
        people, dice = self.people, self.dice
        code = people.name.astype(np.uint32)
        length = (code != 0).sum(axis=1)
        rows = self._hit("name_new")
        given = code[dice.permutation(len(code))[: len(rows)]]
        single = people.surname[rows] == 1
        code[rows[single], 1:] = given[single, 1:]
        for error, confused in (
            ("name_sound", confusions.sound),
            ("name_shape", confusions.shape),
        ):
            rows = self._hit(error)
            place = (dice.random(len(rows)) * length[rows]).astype(np.int64)
            code[rows, place] = confused(code[rows, place], dice)
        rows = self._hit("name_missing")
        rows = rows[length[rows] >= 3]
        code[rows, length[rows] - 1] = 0
        rows = self._hit("name_swapped")
        rows = rows[length[rows] >= 3]
        last = length[rows] - 1
        code[rows, last], code[rows, last - 1] = code[rows, last - 1], code[rows, last]
        rows = self._hit("name_wildcard")
        code[rows, np.maximum(length[rows] - 1 - dice.integers(0, 2, len(rows)), 1)] = ord("?")
        rows = self._hit("name_dots")
        code[rows] = np.where(code[rows] == ord("·"), ord("."), code[rows])
        text = pl.Series(np.ascontiguousarray(code).view(f"<U{WIDTH}").ravel())
        return self._called(text)

    def _called(self, text: pl.Series) -> pl.Series:
        """Remarks, names by a parent, nicknames."""
        people = self.people
        head = text.gather(np.searchsorted(people.family, people.family))
        surname = text.str.slice(0, 1)
        marks = {
            error: _marked(len(text), self._hit(error))
            for error in ("name_remark", "name_child_of", "name_nickname")
        }
        marks["name_child_of"] &= pl.Series((people.role == CHILD) & (people.birth > 20050101))
        nick = pl.Series(np.array(_NICKNAMES)[self.dice.integers(0, len(_NICKNAMES), len(text))])
        columns = pl.DataFrame(
            {"text": text, "head": head, "surname": surname, "nick": nick, **marks}
        )
        return columns.select(
            pl.when("name_child_of")
            .then(pl.col("head") + "之子")
            .when("name_nickname")
            .then(pl.col("surname") + pl.col("nick"))
            .when("name_remark")
            .then(pl.col("text") + "(外出)")
            .otherwise("text")
        ).to_series()

    def _places(self) -> tuple[Ints, Ints, Ints]:
        people, dice = self.people, self.dice
        village, town, county = people.village.copy(), people.town.copy(), people.county.copy()
        rows = self._hit("other_village")
        size = int(village.max(initial=0)) + 1
        near = village[rows] // 12 * 12 + dice.integers(0, 12, len(rows))
        moved = np.where(dice.random(len(rows)) < 0.7, near, dice.integers(0, size, len(rows)))
        village[rows], town[rows], county[rows] = moved, moved // 12, moved // 180
        rows = self._hit("no_village")
        village[rows] = -1
        return village, town, county

    def _households(self) -> tuple[Ints, Ints]:
        """The household and the relation of each row."""
        people, dice, size = self.people, self.dice, len(self.people)
        relation = people.role.copy()
        families = int(people.family.max(initial=0)) + 1
        household = people.family.copy()
        for error, wide in (("household_split", 1), ("household_mixed", 4)):
            torn = dice.random(families // wide + 1) < getattr(self.mistakes, error)
            rows = torn[people.family // wide] & (dice.random(size) < 0.5)
            household = np.where(rows, families * wide + people.family // wide, household)
            relation = np.where(
                rows & (dice.random(size) < 0.5), dice.integers(0, 7, size), relation
            )
            self.errors[rows] |= 1 << ERRORS.index(error)
        rows = self._hit("alone")
        household[rows] = int(household.max(initial=0)) + 1 + np.arange(len(rows))
        rows = self._hit("relation_wrong")
        relation[rows] = dice.integers(0, 7, len(rows))
        return household, relation


@dataclass(frozen=True)
class Confusions:
    """Which character is written for which, among the 3,755 of the first level of GB 2312."""

    sounds: dict[int, list[int]]
    shapes: dict[int, list[int]]
    all: Ints

    @classmethod
    def of(cls, config: Configuration) -> "Confusions":
        """From the character tables."""
        common = [
            bytes([high, low]).decode("gb2312")
            for high in range(0xB0, 0xD8)
            for low in range(0xA1, 0xFF)
            if (high, low) < (0xD7, 0xFA)
        ]
        known = config.characters.characters.filter(pl.col("character").is_in(common))
        by_sound = known.group_by("sound").agg("character").sort("sound")
        sounds: dict[int, list[int]] = {}
        for members in by_sound["character"].to_list():
            codes = sorted(ord(member) for member in members)
            sounds |= {code: [other for other in codes if other != code] for code in codes}
        shapes: dict[int, list[int]] = {}
        looks = config.characters.looks.filter(
            pl.col("a").is_in(common) & pl.col("b").is_in(common)
        )
        for a, b in looks.sort("a", "b").select("a", "b").iter_rows():
            shapes.setdefault(ord(a), []).append(ord(b))
            shapes.setdefault(ord(b), []).append(ord(a))
        return cls(sounds, shapes, np.array(sorted(ord(character) for character in common)))

    def sound(self, codes: Ints, dice: np.random.Generator) -> Ints:
        """Characters that sound like these."""
        return self._other(codes, self.sounds, dice)

    def shape(self, codes: Ints, dice: np.random.Generator) -> Ints:
        """Characters that look like these."""
        unknown = dice.random(len(codes)) < _LOOKS_APART
        strange = self.all[dice.integers(0, len(self.all), len(codes))]
        return np.where(unknown, strange, self._other(codes, self.shapes, dice))

    @staticmethod
    def _other(codes: Ints, table: dict[int, list[int]], dice: np.random.Generator) -> Ints:
        draws = dice.random(len(codes))
        found = [
            others[int(draw * len(others))] if (others := table.get(int(code), [])) else int(code)
            for code, draw in zip(codes, draws, strict=True)
        ]
        return np.array(found, dtype=np.int64)


def regrouped(people: People, leaving: Bools, person: Ints) -> tuple[People, Ints]:
    """The same people after some have married: each joins the next family, as son- or daughter-in-law."""
    family = np.where(
        leaving, np.minimum(people.family + 1, int(people.family.max(initial=0))), people.family
    )
    role = np.where(leaving, CHILD_IN_LAW, people.role)
    order = np.lexsort((person, role, family))
    moved = replace(people, family=family, role=role).take(order)
    return moved, person[order]


def _written(body: Ints) -> Codes:
    """Numbers as code points, [row, 18]."""
    check = check_values(body)
    text = np.empty((len(body), 18), dtype=np.uint32)
    for place in range(17):
        text[:, place] = body // 10 ** (16 - place) % 10 + ord("0")
    text[:, 17] = np.where(check == _LETTER_X, ord("X"), check + ord("0"))
    return text


def _wrong_digit(text: Codes, dice: np.random.Generator) -> Codes:
    place = dice.integers(0, 17, len(text))
    row = np.arange(len(text))
    digit = text[row, place] - ord("0")
    text[row, place] = (digit + dice.integers(1, 10, len(text))) % 10 + ord("0")
    return text


def _swapped_digits(text: Codes, dice: np.random.Generator) -> Codes:
    place = dice.integers(0, 16, len(text))
    row = np.arange(len(text))
    text[row, place], text[row, place + 1] = text[row, place + 1].copy(), text[row, place].copy()
    return text


def _other_day(day: Ints, dice: np.random.Generator) -> Ints:
    """One of year, month and day is another."""
    part = dice.integers(0, 3, len(day))
    year, month, date = day // 10_000, day // 100 % 100, day % 100
    year = np.where(part == 0, np.maximum(year - dice.integers(1, 12, len(day)), 1905), year)
    month = np.where(part == 1, month % 12 + 1, month)
    date = np.where(part == 2, date % 28 + 1, date)
    return np.asarray(year * 10_000 + month * 100 + date)


def _marked(size: int, rows: Ints) -> pl.Series:
    marks = np.zeros(size, dtype=bool)
    marks[rows] = True
    return pl.Series(marks)


def _labelled(what: str, numbers: Ints) -> pl.Series:
    series = pl.Series(numbers)
    return pl.select(
        pl.when(pl.lit(series) >= 0).then(pl.lit(what) + pl.lit(series).cast(pl.String))
    ).to_series()


def _dates(day: Ints) -> pl.Series:
    series = pl.Series(day)
    return pl.select(
        pl.when(pl.lit(series) > 0).then(
            pl.date(pl.lit(series) // 10_000, pl.lit(series) // 100 % 100, pl.lit(series) % 100)
        )
    ).to_series()


def _spelled(truth: pl.DataFrame) -> pl.DataFrame:
    """The bits of `errors` as a list of names."""
    distinct = truth.select("errors").unique()
    names = [
        [error for bit, error in enumerate(ERRORS) if mask >> bit & 1]
        for mask in distinct["errors"].to_list()
    ]
    spelled = distinct.with_columns(names=pl.Series(names, dtype=pl.List(pl.String)))
    return truth.join(spelled, on="errors", how="left").select("record", "person", errors="names")
