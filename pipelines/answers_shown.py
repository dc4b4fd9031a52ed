"""What returned workbooks change, printed: a line a file, why rows are returned, what the new answers say."""

import polars as pl
from rich.console import Console
from rich.table import Table
from rich.text import Text

from reconciliation.publishing.returned.planning import Plan
from reconciliation.registers.labels import Labels


def show_plan(console: Console, made: Plan, labels: Labels, *, done: bool) -> None:
    """Print what books change: a line a file, why rows are returned, what the new answers say.

    Args:
        console: where it is printed.
        made: the plan.
        labels: texts under `publishing.returned`.
        done: whether it was applied.
    """
    wording = labels.mapping("publishing.returned.plan")
    counts = ("answered", "new", "superseding", "unchanged", "refused", "outstanding")
    rows: list[tuple[str, ...]] = []
    for book in made.books:
        if book.book.refusal is not None:
            console.print(f"{book.book.name}：{book.book.refusal}", markup=False, soft_wrap=True)
            continue
        numbers = (
            *(book.answered, book.new, book.superseding, book.unchanged, book.refused.height),
            "" if book.outstanding is None else book.outstanding,
        )
        rows.append((book.book.name, *(str(number) for number in numbers)))
    _table(console, wording["title"], [wording[name] for name in ("file", *counts)], rows)
    reasons = labels.mapping("publishing.returned.row")
    refused = pl.concat(
        [book.refused.select("refused") for book in made.books if book.refused.width]
        or [pl.DataFrame(schema={"refused": pl.String})]
    )
    told = refused.group_by("refused").len().sort("len", "refused", descending=[True, False])
    _table(
        console,
        wording["reasons"],
        [wording["refused"], wording["rows"]],
        [(reasons[reason], str(count)) for reason, count in told.iter_rows()],
    )
    said = made.added.group_by("list", "status").len().sort("list", "status")
    statuses = labels.mapping("ledger.answers")
    _table(
        console,
        wording["statuses"],
        [wording[name] for name in ("list", "status", "rows")],
        [
            (labels(f"lists.{name}"), statuses[status], str(count))
            for name, status, count in said.iter_rows()
        ],
    )
    superseding = sum(book.superseding for book in made.books)
    ending = "nothing" if made.added.is_empty() else "done" if done else "would"
    line = wording[ending].format(added=made.added.height, superseding=superseding)
    console.print(line, markup=False, highlight=False, soft_wrap=True)


def _table(console: Console, title: str, headings: list[str], rows: list[tuple[str, ...]]) -> None:
    if not rows:
        return
    table = Table(title=title, title_justify="left")
    for number, heading in enumerate(headings):
        table.add_column(heading, justify="left" if number == 0 else "right", overflow="fold")
    for row in rows:
        table.add_row(*(Text(cell) for cell in row))
    console.print(table)
