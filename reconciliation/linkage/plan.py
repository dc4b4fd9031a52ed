"""The linkage from end to end: duplicates, exact numbers, two scored passes, one to one, tiers.

Read `link_registers` for the order of the steps; each is a function of its own module. Nothing here depends on the order of
the rows that come in: everything is sorted by `record`, every tie is broken by it, and every sum runs in that order.

The plan is here, in `passes` and in `scoring`: what is joined with what, and in which order. The kernels are elsewhere, functions of
arrays that ask nothing of the rows beside them: keys (`blocking`), comparisons (`names`, `numbers`, `circumstances`, put together by
`evidence.compare_rows`), weights (`evidence.weigh`). `batches` runs them over parts, `joins` is all that joins.
"""

from collections.abc import Callable
from dataclasses import dataclass
from operator import itemgetter
from typing import Final

import numpy as np
import polars as pl

from reconciliation.identity.characters import CharacterTable
from reconciliation.linkage.arrays import NONE, Ints
from reconciliation.linkage.blocking import BLOCKS, Pool
from reconciliation.linkage.circumstances import Households, Settled
from reconciliation.linkage.coding import Coded, Persons, code_registers
from reconciliation.linkage.duplicates import find_duplicates
from reconciliation.linkage.evidence import compare_households, compare_rows
from reconciliation.linkage.exact import SameNumber, same_number
from reconciliation.linkage.ground import Ground
from reconciliation.linkage.judgements import GivenJudgements, Judged, decide, marked
from reconciliation.linkage.links import LINKS_SCHEMA, exact_links, scored_links, with_reasons
from reconciliation.linkage.name_table import Names, gather_names
from reconciliation.linkage.passes import two_passes
from reconciliation.linkage.scored import Scored
from reconciliation.linkage.self_test import SelfTest, calibrated, self_test
from reconciliation.linkage.settings import LinkageSettings
from reconciliation.linkage.strangers import count_strangers
from reconciliation.linkage.tiers import NO_TIER, tiers
from reconciliation.linkage.true_pairs import learn_true_pairs
from reconciliation.linkage.unlinked import UNLINKED_SCHEMA, unlinked_people
from reconciliation.registers.labels import Labels

_NOBODY: Final = pl.DataFrame(schema=UNLINKED_SCHEMA)


@dataclass(frozen=True)
class Linkage:
    """What the linkage of two registers found.

    Attributes:
        links: `links` of docs/frames.md.
        duplicates: `duplicates` of docs/frames.md, both registers.
        blocks: `block`, `pairs` (candidates it proposed), `found` (links among them), `alone` (links no other block
            proposed), all Int64 but the first; in the order they run.
        unlinked: `unlinked` of docs/frames.md, both registers.
        quality: `quality` of docs/frames.md, what the self-test found.
        calibration: `calibration` of docs/frames.md.
        judgements: `judgements` of docs/frames.md, what people had decided and what became of it.
        summary: counts and estimates for the manifest.
    """

    links: pl.DataFrame
    duplicates: pl.DataFrame
    blocks: pl.DataFrame
    unlinked: pl.DataFrame
    quality: pl.DataFrame
    calibration: pl.DataFrame
    judgements: pl.DataFrame
    summary: dict[str, float | int]


def link_registers(  # noqa: PLR0913  the stage takes everything it knows by name
    dibao: Persons,
    poverty: Persons,
    *,
    settings: LinkageSettings,
    characters: CharacterTable,
    labels: Labels,
    judgements: GivenJudgements | None = None,
    on_step: Callable[[str], None] | None = None,
) -> Linkage:
    """Link the people of the two registers.

    Args:
        dibao: `persons_dibao` of docs/frames.md, in any row order; of a frame yet to be read a few columns are read at a time.
        poverty: `persons_poverty`.
        settings: `config/linkage.yaml`.
        characters: what is known about Chinese characters.
        labels: texts under `linkage`.
        judgements: what people have decided about pairs of records; None: nothing yet.
        on_step: told the (Chinese) name of each step as it begins.

    Returns:
        Links, duplicates, what each block found, and counts. Certain and probable links are one to one.
    """
    told = on_step or (lambda _: None)
    task = _Task(("dibao", "poverty"), settings, characters, labels, told, tested=True)
    return _linked(task, dibao, poverty, judgements or GivenJudgements.none())


def link_evidence(  # noqa: PLR0913  the stage takes everything it knows by name
    persons: pl.DataFrame,
    evidence: pl.DataFrame,
    *,
    register: str,
    evidence_register: str,
    settings: LinkageSettings,
    characters: CharacterTable,
    labels: Labels,
) -> pl.DataFrame:
    """Link the people of a register to the rows of an evidence register (deaths, tekun, relocation …).

    Args:
        persons: persons of the register.
        evidence: persons of the evidence register; it may lack relations, and everybody may live alone.
        register: name of the register.
        evidence_register: name of the evidence register.
        settings: `config/linkage.yaml`.
        characters: what is known about Chinese characters.
        labels: texts under `linkage`.

    Returns:
        `evidence_links` of docs/frames.md, sorted by record and evidence record. Rows of the evidence register that are one
        person (two cars, two payments) are all linked to whom the first of them is linked to.
    """
    if persons.is_empty() or evidence.is_empty():
        # Most evidence registers do not come with every batch, and preparing the names takes longer than all else.
        found = pl.DataFrame(schema=LINKS_SCHEMA)
    else:
        registers = register, evidence_register
        task = _Task(registers, settings, characters, labels, lambda _: None, tested=False)
        linkage = _linked(task, persons, evidence, GivenJudgements.none())
        found = _with_copies(linkage.links, linkage.duplicates, evidence_register)
    return found.select(
        pl.lit(register).alias("register"),
        pl.col("dibao_record").alias("record"),
        pl.lit(evidence_register).alias("evidence_register"),
        pl.col("poverty_record").alias("evidence_record"),
        pl.exclude("dibao_record", "poverty_record"),
    ).sort("record", "evidence_record")


def _with_copies(links: pl.DataFrame, duplicates: pl.DataFrame, register: str) -> pl.DataFrame:
    """The links, and the same links for the other rows of each person of the evidence register."""
    rows = duplicates.filter(pl.col("register") == register)
    linked = rows.filter("representative").select("group", poverty_record="record")
    others = rows.filter(~pl.col("representative")).select("group", other="record")
    further = (
        links.join(linked, on="poverty_record")
        .join(others, on="group")
        .with_columns(poverty_record="other")
        .select(links.columns)
    )
    return pl.concat([links, further])


@dataclass(frozen=True)
class _Task:
    """What a linkage is told beside the persons.

    Names of the two registers, config, whom to tell of each step, and whether they are the main ones, for which the linkage tests
    itself and says of everybody unlinked why.
    """

    registers: tuple[str, str]
    settings: LinkageSettings
    characters: CharacterTable
    labels: Labels
    on_step: Callable[[str], None]
    tested: bool

    def begin(self, step: str) -> None:
        """Say that a step begins."""
        self.on_step(self.labels(f"linkage.step.{step}"))


def _linked(task: _Task, left: Persons, right: Persons, judgements: GivenJudgements) -> Linkage:
    settings = task.settings
    task.begin("duplicates")
    names = gather_names(left, right, task.characters, settings.same_shape)
    sides, duplicates = _distinct_people(task, left, right, names)
    task.begin("exact")
    decided = decide(judgements.given, judgements.people, duplicates, task.labels)
    judged = Judged.of(decided, *sides)
    same = judged.bind(same_number(*sides, names, settings.most_rows_of_a_number))
    settled = Settled.of(
        len(sides[0]),
        len(sides[1]),
        np.concatenate([judged.same[0], same.a[same.settled]]),
        np.concatenate([judged.same[1], same.b[same.settled]]),
    )
    pool = Pool(
        *sides,
        names,
        settled.partner_left == NONE,
        settled.partner_right == NONE,
        settings.block_caps,
    )
    task.begin("learn")
    ground = _ground(pool, same, settled, settings, judged.different)
    second = two_passes(ground, task.begin)
    tested = SelfTest.none(settings.tiers.certain)
    if task.tested:
        task.begin("self_test")
        tested = self_test(ground, second)
    second = calibrated(second, tested.fitted)
    task.begin("choose")
    tier = tiers(second, settings)
    links = marked(_links(ground, second, tier, task.labels), decided, task.labels)
    return Linkage(
        links=links,
        duplicates=duplicates,
        blocks=_blocks(second, tier),
        unlinked=_unlinked(task, pool, second, tier) if task.tested else _NOBODY,
        quality=tested.quality,
        calibration=tested.calibration,
        judgements=decided,
        summary=_summary(links, duplicates, ground, second),
    )


def _distinct_people(
    task: _Task, left: Persons, right: Persons, names: Names
) -> tuple[tuple[Coded, Coded], pl.DataFrame]:
    """Both registers with one row a person, and the rows left out."""
    frames, people = [], []
    coded = code_registers(left, right, names.rows)
    for register, side in zip(task.registers, coded, strict=True):
        most = task.settings.most_rows_of_a_number
        frame, chosen = find_duplicates(register, side, names, most, task.labels)
        frames.append(frame)
        people.append(side.take(chosen))
    return (people[0], people[1]), pl.concat(frames).sort("register", "record")


def _ground(
    pool: Pool,
    same: SameNumber,
    settled: Settled,
    settings: LinkageSettings,
    apart: tuple[Ints, Ints],
) -> Ground:
    households = Households.of(pool.left, pool.right, settled)
    return Ground(
        pool=pool,
        same=same,
        settled=settled,
        true=learn_true_pairs(pool, same, settled, households, settings),
        strangers=count_strangers(pool, settled, households, settings),
        settings=settings,
        apart=apart,
    )


def _links(ground: Ground, scored: Scored, tier: Ints, labels: Labels) -> pl.DataFrame:
    pool, pairs = ground.pool, ground.settled.pairs
    nobody = np.zeros(len(pool.left), dtype=bool), np.zeros(len(pool.right), dtype=bool)
    households = Households.of(pool.left, pool.right, ground.settled)
    likeness = compare_rows(pool, pairs, nobody)
    levels = compare_households(likeness, pairs, households, ground.settled)
    exact = exact_links(pool, pairs, levels, ground.settings.exact_probability)
    return with_reasons(
        pl.concat([exact, scored_links(pool, scored, tier, ground.settings)]), labels
    )


def _unlinked(task: _Task, pool: Pool, scored: Scored, tier: Ints) -> pl.DataFrame:
    """In the order of the registers' names. There are millions: nothing is sorted that is in order."""
    found = unlinked_people(pool, scored, tier, task.settings, task.labels)
    return pl.concat(
        people.select(pl.lit(register).alias("register"), pl.all())
        for register, people in sorted(zip(task.registers, found, strict=True), key=itemgetter(0))
    )


def _blocks(scored: Scored, tier: Ints) -> pl.DataFrame:
    linked = scored.pairs.blocks[tier != NO_TIER]
    rows = [
        {
            "block": block,
            "pairs": int(((scored.proposed >> bit) & 1).sum()),
            "found": int(((linked >> bit) & 1).sum()),
            "alone": int((linked == 1 << bit).sum()),
        }
        for bit, block in enumerate(BLOCKS)
    ]
    return pl.DataFrame(
        rows,
        schema={"block": pl.String, "pairs": pl.Int64, "found": pl.Int64, "alone": pl.Int64},
    )


def _summary(
    links: pl.DataFrame, duplicates: pl.DataFrame, ground: Ground, scored: Scored
) -> dict[str, float | int]:
    counted = {
        f"{column}_{value}": int(count)
        for column in ("tier", "stage")
        for value, count in links[column].value_counts().sort(column).iter_rows()
    }
    return {
        "dibao_people": len(ground.pool.left),
        "poverty_people": len(ground.pool.right),
        "duplicate_rows": int((~duplicates["representative"]).sum()),
        "candidates": len(scored.proposed),
        "expected_beyond_exact": round(scored.expected, 1),
        **counted,
    }
