"""List sizes over the batches: what earlier releases said of themselves, never recomputed."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import polars as pl

from reconciliation.publishing.release import Release

HISTORY: Final = {"batch": pl.String, "list": pl.String, "people": pl.Int64}
"""Rows of each list in each batch."""


def earlier_lists(releases: Sequence[Path], batch: str) -> pl.DataFrame:
    """The sizes of the lists in the batches before one, from their manifests.

    Args:
        releases: release folders, oldest batch and revision first; of a batch the last one counts.
        batch: `YYYY-MM-DD`.

    Returns:
        `HISTORY`, sorted by batch and list.
    """
    latest = {path.name[: len(batch)]: path for path in releases if path.name[: len(batch)] < batch}
    rows = [
        (name, list_name, sum(sizes.values()))
        for name, path in latest.items()
        for list_name, sizes in _lists(path).items()
    ]
    return pl.DataFrame(rows, schema=HISTORY, orient="row").sort("batch", "list")


def _lists(release: Path) -> dict[str, dict[str, int]]:
    manifest = json.loads(Release(release).manifest.read_text(encoding="utf-8"))
    found: dict[str, dict[str, int]] = manifest["counts"]["lists"]
    return found
