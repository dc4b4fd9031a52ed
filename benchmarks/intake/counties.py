"""Read the two registers of 88 counties as a process of its own: `python -m benchmarks.intake.counties FOLDER WORKERS [GRIDS]`."""

import sys
from pathlib import Path

from benchmarks.intake.readers import read
from reconciliation.registers.schema import REQUIRED


def main(folder: Path, workers: int, grids: Path | None) -> None:
    """Print how many records and receipts came of them."""
    taken = [read(folder / register, register, workers, grids) for register in REQUIRED]
    print(
        sum(intake.records.height for intake in taken),
        sum(intake.receipts.height for intake in taken),
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3]) if len(sys.argv) > 3 else None)
