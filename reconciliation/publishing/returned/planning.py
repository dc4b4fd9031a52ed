"""What returned books would change: which answers are new, which replace an earlier one, which say nothing new, which are returned.

What belongs here: the plan over several books in the order given. What does not: doing it (`applying`).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import polars as pl

from reconciliation.ledger.answers import ANSWERS_SCHEMA, FINDING, SAID, current
from reconciliation.ledger.asked import with_findings
from reconciliation.publishing.release import Release, releases
from reconciliation.publishing.returned.checking import SENT, Desk, checked
from reconciliation.publishing.returned.reading import ReturnedBook
from reconciliation.publishing.row_keys import row_keys
from reconciliation.registers.schema import ACTIONABLE

_FROM: list[str] = ["source_sha256", "source_sheet", "source_row"]


@dataclass(frozen=True)
class BookPlan:
    """What one book would change.

    Attributes:
        book: the file.
        answered: its rows that hold an answer.
        new: answers to findings nobody has answered.
        superseding: answers that replace another.
        unchanged: answers that were applied before.
        refused: rows that are returned: `sheet`, `row`, `town`, `village`, `name`, `refused`.
        outstanding: rows that were sent in this book and are not answered; null where the book does not say.
    """

    book: ReturnedBook
    answered: int = 0
    new: int = 0
    superseding: int = 0
    unchanged: int = 0
    refused: pl.DataFrame = field(default_factory=pl.DataFrame)
    outstanding: int | None = None


@dataclass(frozen=True)
class Plan:
    """What a call of `answers` would change.

    Attributes:
        books: a plan a book, in the order given.
        added: the answers to be added, `ANSWERS_SCHEMA`.
        answers: all answers with them.
    """

    books: tuple[BookPlan, ...]
    added: pl.DataFrame
    answers: pl.DataFrame


def taken_releases(output: Path, earlier_batches: int) -> list[Path]:
    """The releases whose books are taken: all of the newest batch, and of as many batches before it as the config says."""
    found = releases(output)
    batches = sorted({path.name[:10] for path in found})[-1 - earlier_batches :]
    return [path for path in found if path.name[:10] in batches]


def sent_rows(folders: Iterable[Path], secret: bytes) -> pl.DataFrame:
    """Every row that some releases asked about, `SENT`.

    Args:
        folders: the releases.
        secret: key of the HMACs.
    """
    parts = [pl.DataFrame(schema=SENT)]
    for folder in folders:
        release = Release(folder)
        ledger, cases = (
            pl.read_parquet(release.data / f"{name}.parquet") for name in ("ledger", "cases")
        )
        for name in ACTIONABLE:
            rows = pl.read_parquet(release.lists / f"{name}.parquet")
            asked = with_findings(rows, ledger, cases)
            keyed = asked.with_columns(key=row_keys(asked, folder.name, secret), list=pl.lit(name))
            parts.append(keyed.select(*SENT))
    return pl.concat(parts).unique("key", keep="first", maintain_order=True)


def plan(books: Iterable[ReturnedBook], desk: Desk, applied_by: str) -> Plan:
    """Say what books would change, the later ones after the earlier ones.

    Args:
        books: as they came back.
        desk: what their rows are held against.
        applied_by: who applies them.
    """
    answers, plans = desk.answers, []
    for book in books:
        made, added = _planned(book, replace(desk, answers=answers), applied_by)
        plans.append(made)
        answers = pl.concat([answers, added])
    return Plan(tuple(plans), answers[desk.answers.height :], answers)


def _planned(book: ReturnedBook, desk: Desk, applied_by: str) -> tuple[BookPlan, pl.DataFrame]:
    nothing = pl.DataFrame(schema=ANSWERS_SCHEMA)
    if book.refusal is not None:
        return BookPlan(book), nothing
    rows = checked(book.rows, desk)
    good = rows.filter(pl.col("refused").is_null()).with_columns(
        source_file=pl.lit(book.name),
        source_sha256=pl.lit(book.sha256),
        source_sheet="sheet",
        source_row="row",
        applied_by=pl.lit(applied_by),
        applied_on=pl.lit(desk.today),
    )
    before = current(desk.answers)
    again = good.join(desk.answers, on=_FROM, how="semi", nulls_equal=True)
    same = good.join(before, on=[*FINDING, *SAID], how="semi", nulls_equal=True)
    known = pl.concat([again, same]).select("key").unique()
    fresh = good.join(known, on="key", how="anti", maintain_order="left")
    superseding = fresh.join(before, on=FINDING, how="semi").height
    last = int(desk.answers["sequence"].max() or 0)  # type: ignore[arg-type]
    added = fresh.with_row_index("sequence", offset=last + 1).select(
        pl.col(name).cast(dtype) for name, dtype in ANSWERS_SCHEMA.items()
    )
    made = BookPlan(
        book=book,
        answered=rows.height,
        new=fresh.height - superseding,
        superseding=superseding,
        unchanged=good.height - fresh.height,
        refused=rows.filter(pl.col("refused").is_not_null()).select(
            "sheet", "row", "town", "village", "name", "refused"
        ),
        outstanding=_outstanding(book.meta, good),
    )
    return made, added


def _outstanding(meta: Mapping[str, str], good: pl.DataFrame) -> int | None:
    sent = meta.get("rows", "")
    return max(int(sent) - good["key"].n_unique(), 0) if sent.isdecimal() else None
