"""Rules about the files of a register (subject `receipts_<register>`; frame `receipts`)."""

import polars as pl

from expectations.conditions import Between, Flag
from expectations.rule import Frames, Question, Scope, Unit

FRAMES = ("receipts",)


def _of_register(frames: Frames, scope: Scope) -> pl.DataFrame:
    """One row a file and sheet of this register."""
    return frames["receipts"].filter(pl.col("register") == scope.register)


def _facts(frames: Frames, scope: Scope) -> pl.DataFrame:
    """One row: `register`, `accepted_files`.

    A household file counts: where no person file came, its people become records.
    """
    accepted = pl.col("status") == "accepted"
    return _of_register(frames, scope).select(
        register=pl.lit(scope.register), accepted_files=accepted.sum().cast(pl.Int64)
    )


def _refused(frames: Frames, scope: Scope) -> str:
    """The refused files and why, as intake put it (its messages name sheet and row, never a cell)."""
    refused = _of_register(frames, scope).filter(pl.col("status") == "refused").sort("source_file")
    return "；".join(
        message if file in message else f"{file}（{message}）"
        for file, message in refused.select("source_file", _SAID).iter_rows()
    )


def _unread(frames: Frames, scope: Scope) -> str:
    """The files and sheets left aside unseen, and what intake said of them."""
    return _named(_of_register(frames, scope).filter(~_NOBODY_UNREAD))


def _nothing_taken(frames: Frames, scope: Scope) -> str:
    """What came instead of a list that can be read; what was refused is named by the rule about refused files."""
    return _named(_of_register(frames, scope).filter(pl.col("status") == "skipped"))


def _named(sheets: pl.DataFrame) -> str:
    """Files, their sheets, and what intake said of them."""
    return "；".join(
        f"{file}“{sheet}”（{message}）" if sheet else f"{file}（{message}）"
        for file, sheet, message in sheets.sort("source_file", "source_sheet")
        .select("source_file", "source_sheet", _SAID)
        .iter_rows()
    )


FILES = Unit("files", ("source_file", "source_sheet"), _of_register)
FACTS = Unit("facts", ("register",), _facts)


_ACCEPTED = pl.col("status") == "accepted"
_SAID = pl.col("message").fill_null("").str.strip_chars_end("。")
"""What intake said, to stand within a sentence."""
_NOBODY_UNREAD = pl.col("left_aside").is_null() | pl.col("left_aside").is_in(
    ["empty", "chart", "no_people"]
)
"""Nothing was left aside but sheets that were looked at and hold nobody; hidden sheets and other formats were not."""
_ROWS_ADD_UP = pl.col("rows_read") == pl.col("rows_accepted") + pl.col("rows_rejected")

QUESTIONS = (
    Question("Q101", "no_file_refused", "critical", FILES, Flag(pl.col("status").is_in(["accepted", "skipped"])), detail=_refused),
    Question("Q102", "file_accepted", "required", FACTS, Between("accepted_files", low=1), detail=_nothing_taken),
    Question("Q103", "file_rows_add_up", "critical", FILES, Flag(_ROWS_ADD_UP, _ACCEPTED)),
    Question("Q104", "accepted_file_has_rows", "warning", FILES, Flag(pl.col("rows_accepted") > 0, _ACCEPTED)),
    Question("Q105", "ids_typed_as_text", "info", FILES, Flag(pl.col("ids_typed_as_numbers") == 0, _ACCEPTED)),
    Question("Q106", "nobody_left_aside", "warning", FILES, Flag(_NOBODY_UNREAD), detail=_unread),
)  # fmt: skip
