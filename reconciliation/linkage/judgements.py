"""What people have decided about two records: the same person, or two. It binds the linkage, in this batch and in later ones.

A judgement names two people by their case keys, which are carried from batch to batch however the rows change, so it needs no
number and no name. The newest judgement about a pair counts. Two that cannot both hold are reported and neither is followed:
nobody is chosen for the office that contradicts itself.

What belongs here: which judgements bind, and which rows of this linkage they bind. What does not: which record a case key is
in this batch (`ledger.known`), and what the linkage does about it (`plan`).
"""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final, Self

import numpy as np
import polars as pl

from reconciliation.linkage.arrays import Bools, Ints, taken, within
from reconciliation.linkage.coding import Coded
from reconciliation.linkage.exact import SameNumber
from reconciliation.registers.errors import ConfigurationError
from reconciliation.registers.labels import Labels

SAME, DIFFERENT = "same", "different"
JUDGEMENTS_FILE: Final = "judgements.parquet"
GIVEN_SCHEMA: Final = {
    "dibao_case": pl.String,
    "poverty_case": pl.String,
    "judgement": pl.String,
    "judged_by": pl.String,
    "judged_on": pl.Date,
}
"""The file of judgements, one row each, in any order, never deleted from."""

SIDES: Final = ("dibao", "poverty")
JUDGEMENTS_SCHEMA: Final = {
    **GIVEN_SCHEMA,
    "dibao_record": pl.Int64,
    "poverty_record": pl.Int64,
    "state": pl.String,
    "why": pl.String,
}
STATES: Final = ("applied", "superseded", "conflict", "not_found")

_RECORDS: Final = ["dibao_record", "poverty_record"]
_ORDER: Final = list(GIVEN_SCHEMA)


def read_judgements(folder: Path) -> pl.DataFrame:
    """The judgements given so far, `GIVEN_SCHEMA`; none where there is no file.

    Args:
        folder: where the applied answers lie.

    Raises:
        ConfigurationError: the file is not of this shape.
    """
    path = folder / JUDGEMENTS_FILE
    if not path.exists():
        return pl.DataFrame(schema=GIVEN_SCHEMA)
    given = pl.read_parquet(path)
    if dict(given.schema) != GIVEN_SCHEMA:
        raise ConfigurationError(f"{path.name}: expected the columns {', '.join(GIVEN_SCHEMA)}")
    odd = given.filter(
        ~pl.col("judgement").is_in([SAME, DIFFERENT]).fill_null(False)
        | pl.any_horizontal(pl.col(name).is_null() for name in GIVEN_SCHEMA)
    )
    if odd.height:
        raise ConfigurationError(
            f"{path.name}: {odd.height} rows with a blank cell or a judgement that is neither {SAME} nor {DIFFERENT}"
        )
    return given


def decide(
    given: pl.DataFrame, people: pl.DataFrame, duplicates: pl.DataFrame, labels: Labels
) -> pl.DataFrame:
    """Which judgements bind this batch, and which rows.

    Args:
        given: `GIVEN_SCHEMA`.
        people: `case_key`, `register`, `record` (of this batch); case keys that are not there have no row now.
        duplicates: `duplicates` of docs/frames.md: a row that is left out stands for the row that is linked.
        labels: texts under `linkage.judgement`.

    Returns:
        `judgements` of docs/frames.md, sorted by the columns of the file.
    """
    placed = given.unique().sort(_ORDER)
    for side in SIDES:
        placed = placed.join(_rows_of(side, people, duplicates), on=f"{side}_case", how="left")
    return (
        placed.with_columns(state=pl.lit("applied"))
        .pipe(_without_people)
        .pipe(_superseded)
        .pipe(_contradicting_verdicts)
        .pipe(_two_partners)
        .with_columns(
            why=pl.col("state").replace_strict(
                {state: labels(f"linkage.judgement.{state}") for state in STATES},
                return_dtype=pl.String,
            )
        )
        .select(*JUDGEMENTS_SCHEMA)
        .sort(_ORDER)
    )


def _rows_of(side: str, people: pl.DataFrame, duplicates: pl.DataFrame) -> pl.DataFrame:
    """`<side>_case`, `<side>_record`: the row that is linked for each person."""
    groups = duplicates.filter(register=side)
    linked = groups.filter(pl.col("representative")).select("group", linked="record")
    stand_ins = groups.join(linked, on="group").select("record", "linked")
    return (
        people.filter(register=side)
        .join(stand_ins, on="record", how="left")
        .select(
            pl.col("case_key").alias(f"{side}_case"),
            pl.coalesce("linked", "record").alias(f"{side}_record"),
        )
    )


def _applied() -> pl.Expr:
    return pl.col("state") == "applied"


def _now(state: str, holds: pl.Expr) -> pl.Expr:
    return pl.when(_applied() & holds).then(pl.lit(state)).otherwise("state").alias("state")


def _among(values: pl.Expr) -> pl.Expr:
    """A value within the group of rows about one pair that still count."""
    return values.over([*_RECORDS, "state"])


def _without_people(placed: pl.DataFrame) -> pl.DataFrame:
    missing = pl.any_horizontal(pl.col(name).is_null() for name in _RECORDS)
    return placed.with_columns(_now("not_found", missing))


def _superseded(placed: pl.DataFrame) -> pl.DataFrame:
    """Of the judgements about one pair the newest counts, and of equal ones the first."""
    older = pl.col("judged_on") < _among(pl.col("judged_on").max())
    newest = placed.with_columns(_now("superseded", older))
    again = pl.struct(*_RECORDS, "state", "judgement").is_first_distinct().not_()
    return newest.with_columns(_now("superseded", again))


def _contradicting_verdicts(placed: pl.DataFrame) -> pl.DataFrame:
    return placed.with_columns(_now("conflict", _among(pl.col("judgement").n_unique()) > 1))


def _two_partners(placed: pl.DataFrame) -> pl.DataFrame:
    """Somebody who is said to be the same as two people is neither."""
    same = _applied() & (pl.col("judgement") == SAME)
    torn = pl.any_horizontal(pl.len().over([name, same.alias("counts")]) > 1 for name in _RECORDS)
    return placed.with_columns(_now("conflict", same & torn))


def marked(links: pl.DataFrame, report: pl.DataFrame, labels: Labels) -> pl.DataFrame:
    """The links with the stage `judgement` and its reason where somebody has judged the two records to be one person.

    Args:
        links: `links` of docs/frames.md; every binding judgement of that kind is among its settled pairs.
        report: what `decide` found.
        labels: texts under `linkage`.
    """
    said = report.filter(pl.col("state") == "applied", pl.col("judgement") == SAME)
    why = [
        labels("linkage.why.judgement", by=by, on=on.isoformat())
        for by, on in said.select("judged_by", "judged_on").iter_rows()
    ]
    judged = said.select(*_RECORDS, said=pl.Series(why, dtype=pl.String))
    is_judged = pl.col("said").is_not_null()
    return (
        links.join(judged, on=_RECORDS, how="left", maintain_order="left")
        .with_columns(
            stage=pl.when(is_judged).then(pl.lit("judgement")).otherwise("stage"),
            number_weight=pl.when(~is_judged).then("number_weight"),
            why=pl.coalesce("said", "why"),
        )
        .drop("said")
    )


@dataclass(frozen=True)
class GivenJudgements:
    """The judgements so far, and who they are about.

    Attributes:
        given: `GIVEN_SCHEMA`.
        people: `case_key`, `register`, `record`: which row each case is in this batch.
    """

    given: pl.DataFrame
    people: pl.DataFrame

    @classmethod
    def none(cls) -> Self:
        """Nobody has judged anything."""
        people = {"case_key": pl.String, "register": pl.String, "record": pl.Int64}
        return cls(pl.DataFrame(schema=GIVEN_SCHEMA), pl.DataFrame(schema=people))


@dataclass(frozen=True)
class Judged:
    """The binding judgements as rows of the two registers, one row a person.

    Attributes:
        same: rows (a, b) that are one person.
        different: rows (a, b) that are two.
        report: `judgements` of docs/frames.md.
    """

    same: tuple[Ints, Ints]
    different: tuple[Ints, Ints]
    report: pl.DataFrame

    @classmethod
    def of(cls, report: pl.DataFrame, left: Coded, right: Coded) -> Self:
        """Find the rows of the judged records."""
        binding = report.filter(pl.col("state") == "applied")

        def rows(judgement: str) -> tuple[Ints, Ints]:
            chosen = binding.filter(judgement=judgement).sort(_RECORDS)
            a, b = (chosen[name].to_numpy() for name in _RECORDS)
            return np.searchsorted(left.record, a), np.searchsorted(right.record, b)

        return cls(rows(SAME), rows(DIFFERENT), report)

    def bind(self, same: SameNumber) -> SameNumber:
        """The pairs with the same number as far as nobody has judged otherwise.

        Pairs judged to be two people are gone; nobody who is judged to be the same as somebody is settled with another.
        """
        kept = taken(same, ~among(same.a, same.b, self.different))
        elsewhere = np.isin(kept.a, self.same[0]) | np.isin(kept.b, self.same[1])
        elsewhere &= ~among(kept.a, kept.b, self.same)
        return replace(kept, settled=kept.settled & ~elsewhere)


def among(a: Ints, b: Ints, pairs: tuple[Ints, Ints]) -> Bools:
    """Whether each pair (a, b) is one of the given pairs."""
    size = int(max(b.max(initial=0), pairs[1].max(initial=0))) + 1
    return within(a * size + b, pairs[0] * size + pairs[1])
