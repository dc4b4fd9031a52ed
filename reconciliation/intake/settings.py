"""What a received file may be: sizes, times, and how many are parsed at once."""

import os

from pydantic import PositiveFloat, PositiveInt

from reconciliation.registers.base import FrozenModel


class IntakeSettings(FrozenModel):
    """`config/intake.yaml`. Sizes in bytes, times in seconds."""

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
    workers: PositiveInt | None = None

    @property
    def parallel(self) -> int:
        """How many files are parsed at the same time."""
        return self.workers or os.cpu_count() or 1
