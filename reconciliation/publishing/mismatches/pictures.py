"""What a picture of the report is, and what the pictures are drawn from. Drawing them is `charts.py`, which is slow to load."""

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl
from markupsafe import Markup


@dataclass(frozen=True)
class Chart:
    """A picture with what stands above it. `svg` is ours, made of numbers and labels that are escaped."""

    title: str
    note: str
    svg: Markup


@dataclass(frozen=True)
class Pictured:
    """What the pictures are drawn from (docs/frames.md).

    Attributes:
        links: `tier`, `stage`, `weight`.
        calibration: as written.
        records: `record_counts`.
        lists: `register`, `disposition`, `people`.
        history: `batch`, `list`, `people`: rows of each list in each batch published so far and in this one.
        thresholds: least probability of each tier.
    """

    links: pl.DataFrame
    calibration: pl.DataFrame
    records: pl.DataFrame
    lists: pl.DataFrame
    history: pl.DataFrame
    thresholds: Mapping[str, float]
