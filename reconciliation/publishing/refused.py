"""What is missing from a batch that went on without the files that were refused.

What belongs here: naming them wherever somebody might take the result for whole. What does not: whether a batch may go on (config
and checks) and what follows for the people concerned (`other_incomplete` of the policy).
"""

import polars as pl

from reconciliation.registers.labels import Labels
from reconciliation.registers.schema import REQUIRED


def refused_files(receipts: pl.DataFrame) -> pl.DataFrame:
    """The refused files.

    Args:
        receipts: docs/frames.md.

    Returns:
        `register`, `source_file`, `message`, sorted.
    """
    return (
        receipts.filter(pl.col("status") == "refused")
        .select("register", "source_file", "message")
        .sort("register", "source_file")
    )


def refused_note(receipts: pl.DataFrame, labels: Labels) -> str | None:
    """One sentence that names them and says what follows; None where no file was refused."""
    missing = refused_files(receipts)
    if missing.is_empty():
        return None
    names = "、".join(
        labels(
            "publishing.receipts.missing_file", register=labels(f"registers.{register}"), file=file
        )
        for register, file in missing.select("register", "source_file").iter_rows()
    )
    main = missing["register"].is_in(list(REQUIRED)).any()
    follows = labels(f"publishing.receipts.{'missing_main' if main else 'missing_evidence'}")
    return labels("publishing.receipts.missing_note", files=missing.height, names=names) + follows
