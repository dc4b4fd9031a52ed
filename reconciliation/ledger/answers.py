"""What the counties have answered so far: one row an answer, only ever added to.

What belongs here: the shape of the answers, which of them count, and what they say about links. What does not: how they come
out of a workbook and onto the disk (`reconciliation.publishing.returned`).
"""

from pathlib import Path
from typing import Final

import polars as pl

from reconciliation.ledger.settings import JUDGEMENTS
from reconciliation.linkage.judgements import GIVEN_SCHEMA
from reconciliation.policy.evidence import ANSWERED
from reconciliation.registers.errors import ConfigurationError

FOLDER: Final = "answers"
FILE: Final = "answers.parquet"
FINDING: Final = ["case_key", "register", "rule"]
"""What an answer is about; the same over all batches."""
SAID: Final = {
    "status": pl.String,
    "reason": pl.String,
    "correct_value": pl.String,
    "verified_by": pl.String,
    "verified_on": pl.Date,
    "notice_served_on": pl.Date,
    "objection": pl.String,
}
"""What a clerk filled in."""
ANSWERS_SCHEMA: Final = {
    "sequence": pl.Int64,
    "case_key": pl.String,
    "register": pl.String,
    "rule": pl.String,
    "list": pl.String,
    "release": pl.String,
    **SAID,
    "counterpart_case": pl.String,
    "source_file": pl.String,
    "source_sha256": pl.String,
    "source_sheet": pl.String,
    "source_row": pl.Int64,
    "applied_by": pl.String,
    "applied_on": pl.Date,
}
_OTHER_SIDE: Final = {"dibao": "poverty", "poverty": "dibao"}


def read_answers(folder: Path) -> pl.DataFrame:
    """All answers applied so far, `ANSWERS_SCHEMA`, by `sequence`; none where nothing was ever applied.

    Args:
        folder: `OUTPUT/answers`.

    Raises:
        ConfigurationError: the file is not of this shape.
    """
    path = folder / FILE
    if not path.exists():
        return pl.DataFrame(schema=ANSWERS_SCHEMA)
    answers = pl.read_parquet(path)
    if dict(answers.schema) != ANSWERS_SCHEMA:
        raise ConfigurationError(f"{path.name}: expected the columns {', '.join(ANSWERS_SCHEMA)}")
    return answers.sort("sequence")


def current(answers: pl.DataFrame) -> pl.DataFrame:
    """The answer that counts of each finding: the one applied last; sorted by finding."""
    return answers.sort("sequence").unique(FINDING, keep="last", maintain_order=True).sort(FINDING)


def on_records(answers: pl.DataFrame, people: pl.DataFrame) -> pl.DataFrame:
    """The answers that count, with the row each is about in this batch.

    Args:
        answers: `ANSWERS_SCHEMA`.
        people: `case_key`, `register`, `record` (of this batch; `ledger.known.known_people`).

    Returns:
        `ANSWERS_SCHEMA` and `record` (null: no row of this batch is known to be that person), sorted by finding.
    """
    rows = people.select("case_key", "register", "record")
    return current(answers).join(rows, on=["case_key", "register"], how="left", validate="m:1")


def answered(answers: pl.DataFrame, people: pl.DataFrame) -> pl.DataFrame:
    """What was answered about people who are on a register in this batch, as the policy takes it.

    Args:
        answers: `ANSWERS_SCHEMA`.
        people: `case_key`, `register`, `record` (of this batch; `ledger.known.known_people`).

    Returns:
        `register`, `record`, `rule`, `status`, sorted; the answers that count.
    """
    return on_records(answers, people).drop_nulls("record").select(*ANSWERED).sort(*ANSWERED)


def judgements(answers: pl.DataFrame) -> pl.DataFrame:
    """The answers that count and say that two records are one person, or two: as the linkage takes them.

    Returns:
        `linkage.judgements.GIVEN_SCHEMA`, sorted. An answer that was taken back (another one came later) is no judgement.
    """
    said = current(answers).filter(
        pl.col("status").is_in(JUDGEMENTS), pl.col("counterpart_case").is_not_null()
    )
    newest = said.select(
        *(
            pl.when(pl.col("register") == side)
            .then("case_key")
            .otherwise("counterpart_case")
            .alias(f"{side}_case")
            for side in _OTHER_SIDE
        ),
        "sequence",
        judgement="status",
        judged_by=pl.coalesce("verified_by", "applied_by"),
        judged_on=pl.coalesce("verified_on", "applied_on"),
    )
    return (
        newest.sort("sequence")
        .unique(["dibao_case", "poverty_case"], keep="last", maintain_order=True)
        .select(*GIVEN_SCHEMA)
        .sort(*GIVEN_SCHEMA)
    )
