"""Cases of the linkage: two invented registers each, quickly made, with known truth.

`make(CASES["hard"], seed=1, families=20_000)` gives both registers as the linkage takes them, without files and intake. The cases
are for judging changes they were not made on; `python -m benchmarks.linkage.cases` measures them all.
"""

import time
from typing import Final

import click
import numpy as np
import polars as pl
from pydantic import Field

from benchmarks.linkage.accuracy import measure
from benchmarks.linkage.listed import Clerk, Listed, Mistakes, regrouped
from benchmarks.linkage.world import CHILD, People, Shape, populate
from reconciliation.configuration import Configuration
from reconciliation.linkage.arrays import Bools
from reconciliation.linkage.plan import link_registers
from reconciliation.registers.base import FrozenModel


class Case(FrozenModel):
    """One kind of two registers.

    Attributes:
        mistakes: of both registers.
        dibao: what is different on the dibao register.
        shape: what is different about the province.
        birth_column: whether the registers have a column of birth dates, (dibao, poverty).
        blanked: share of dibao people on both registers whose number and birth date are blank.
        years: years between the registers: births, deaths and marriages in between.
        families: shares of families on both registers and only on dibao; the others are only on the poverty list.
    """

    mistakes: dict[str, float] = Field(default_factory=dict)
    dibao: dict[str, float] = Field(default_factory=dict)
    shape: dict[str, float] = Field(default_factory=dict)
    birth_column: tuple[bool, bool] = (False, False)
    blanked: float = 0.0
    years: float = 0.0
    families: tuple[float, float] = (0.17, 0.10)


_WORSE: Final = {name: field.default * 2 for name, field in Mistakes.model_fields.items()}
CASES: Final = {
    "hard": Case(),
    "hard_births": Case(birth_column=(True, False)),
    "clean": Case(
        mistakes={name: field.default / 4 for name, field in Mistakes.model_fields.items()}
    ),
    "worse": Case(mistakes=_WORSE | {"name_dots": 0.4}),
    "year_between": Case(years=1.0, mistakes={"household_split": 0.08}),
    "regrouped": Case(
        dibao={"household_mixed": 0.25, "household_split": 0.15, "relation_wrong": 0.10}
    ),
    "fields_wrong": Case(mistakes={"sex_wrong": 0.04, "relation_wrong": 0.12, "id_area": 0.01}),
    "minority": Case(shape={"minority": 0.6}, mistakes={"name_dots": 0.5}),
    "clans": Case(shape={"clan": 0.95, "generation_names": 0.95, "twins": 0.08, "namesakes": 0.02}),
    "borrowed": Case(mistakes={"id_borrowed": 0.015, "id_stranger": 0.006, "name_new": 0.01}),
    "same_families": Case(families=(0.5, 0.2)),
    "few_shared": Case(families=(0.04, 0.16)),
    "blanked": Case(blanked=0.05),
    "mostly_blanked": Case(blanked=0.5),
    "singles": Case(dibao={"alone": 1.0, "relation_wrong": 0.12}),
}
"""What is judged, by name."""


def make(case: Case, seed: int, families: int, config: Configuration) -> tuple[Listed, Listed]:
    """The two registers of a case.

    Args:
        case: what kind.
        seed: same seed, same registers.
        families: how many families there are in all; about 0.27 of them are on dibao and 0.9 on the poverty list.
        config: how names and numbers are read.
    """
    people = populate(families, Shape(**case.shape), seed)
    dice = np.random.default_rng([seed, 2])
    on_dibao, on_poverty = registered(case, people, dice)
    person = np.arange(len(people))
    blank = person[on_dibao & on_poverty & (dice.random(len(people)) < case.blanked)]
    grown = people.birth // 10_000
    marrying = (people.role == CHILD) & (grown > 1988) & (grown < 1999)
    leaving = marrying & (dice.random(len(people)) < 0.08 * case.years)
    later = regrouped(people, leaving, person)
    registers = []
    for place, (crowd, who, listed) in enumerate(
        ((people, person, on_dibao), (*later, on_poverty[later[1]]))
    ):
        mistakes = Mistakes(**case.mistakes | (case.dibao if place == 0 else {}))
        clerk = Clerk(crowd.take(listed), who[listed], mistakes, [seed, 3, place])
        hidden = blank if place == 0 else blank[:0]
        registers.append(clerk.list(config, birth_column=case.birth_column[place], blank=hidden))
    return registers[0], registers[1]


def registered(case: Case, people: People, dice: np.random.Generator) -> tuple[Bools, Bools]:
    """Who is on the dibao register, and who on the poverty list."""
    lot = dice.random(int(people.family.max(initial=-1)) + 1)[people.family]
    both, dibao_only = case.families
    single = dice.random(len(people)) < 0.08
    on_dibao = (lot < both + dibao_only) & ~(single & (lot < both))
    on_poverty = (lot < both) | (lot >= both + dibao_only)
    grown = people.birth // 10_000
    gone = dice.random(len(people)) < np.where(grown < 1945, 0.05, 0.004) * case.years
    on_dibao &= ~((grown >= 2018) & (dice.random(len(people)) < case.years))
    return on_dibao, on_poverty & ~gone


def _row(name: str, seed: int, families: int, config: Configuration) -> pl.DataFrame:
    dibao, poverty = make(CASES[name], seed, families, config)
    start = time.perf_counter()
    linkage = link_registers(
        dibao.persons,
        poverty.persons,
        settings=config.linkage,
        characters=config.characters,
        labels=config.labels,
    )
    seconds = time.perf_counter() - start
    found = measure(linkage.links, dibao.truth, poverty.truth).filter(error_class="all")
    wide = {
        f"{step['tiers']}_{what}": step[what]
        for step in found.iter_rows(named=True)
        for what in ("precision", "recall")
    }
    queue = linkage.links.filter(tier="possible")["dibao_record"].n_unique()
    return pl.DataFrame(
        {
            "case": [name],
            "seed": [seed],
            "dibao": [dibao.persons.height],
            "poverty": [poverty.persons.height],
            **{key: [value] for key, value in wide.items()},
            "queue": [queue / max(dibao.persons.height, 1)],
            "seconds": [round(seconds, 2)],
        }
    )


@click.command()
@click.option("--families", default=20_000, help="Families in all.")
@click.option("--seed", default=1, help="Seed.")
@click.argument("names", nargs=-1, type=click.Choice(list(CASES)))
def main(families: int, seed: int, names: tuple[str, ...]) -> None:
    """Measure cases, all of them where none is named."""
    config = Configuration.load()
    rows = pl.concat(_row(name, seed, families, config) for name in names or CASES)
    with pl.Config(tbl_rows=40, tbl_cols=20, tbl_width_chars=200, float_precision=5):
        print(rows)


if __name__ == "__main__":
    main()
