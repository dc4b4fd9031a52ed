"""What a received file may be: sizes, times, and how many are parsed at once."""

import os

from pydantic import PositiveFloat, PositiveInt

from reconciliation.registers.base import FrozenModel

_LIMITS = {
    "max_unpacked_bytes", "max_zip_entries", "zip_ratio", "max_rows", "max_columns", "max_cell_characters", "memory_bytes",
    "hidden_sheets",
}  # fmt: skip


class IntakeSettings(FrozenModel):
    """`config/intake.yaml`. Sizes in bytes, times in seconds, `rows_…_by` as shares of the batch before.

    `hidden_sheets` is for our own workbooks when they come back: what they are stands on a hidden sheet.
    """

    max_file_bytes: PositiveInt
    max_unpacked_bytes: PositiveInt
    max_zip_entries: PositiveInt
    zip_ratio: PositiveInt
    max_rows: PositiveInt
    max_columns: PositiveInt
    max_cell_characters: PositiveInt
    memory_bytes: PositiveInt
    timeout_seconds: PositiveFloat
    header_search_rows: PositiveInt
    hidden_sheets: bool = False
    workers: PositiveInt | None = None
    refused_file_blocks: bool = True
    coverage_blocks: bool = False
    rows_fell_by: PositiveFloat = 0.2
    rows_rose_by: PositiveFloat = 0.3

    @property
    def parallel(self) -> int:
        """How many files are parsed at the same time."""
        return self.workers or len(os.sched_getaffinity(0))

    @property
    def limits(self) -> dict[str, int]:
        """What the parsing process must know."""
        return self.model_dump(include=_LIMITS)
