"""Frames made small enough to travel inside a page: columns, each by dictionary or by steps, gzipped, in base64."""

import base64
import gzip
import json
from collections.abc import Mapping
from typing import Any, Final

import polars as pl

_REPEATED: Final = 0.8
"""With more distinct values than this share of the rows, numbering them costs more than it saves."""


def packed(frames: Mapping[str, pl.DataFrame], values: Mapping[str, Any]) -> str:
    """Frames and JSON values as one text of base64 letters; the same content gives the same text.

    A page turns it back by `atob`, `DecompressionStream("gzip")` and `JSON.parse`. Of each frame there is `size` and, by name,
    every column: a column of texts that repeat is `{"d": distinct values, "i": which of them}`, of integers `{"s": step
    from the one before}` where none is null, everything else `{"v": values}`.

    Args:
        frames: by name; String, integer and Float64 columns.
        values: further keys of the JSON object.
    """
    content = {
        **values,
        **{
            name: {"size": frame.height}
            | {column.name: _column(column) for column in frame.get_columns()}
            for name, frame in frames.items()
        },
    }
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return base64.b64encode(gzip.compress(text.encode("utf-8"), 9, mtime=0)).decode("ascii")


def _column(column: pl.Series) -> dict[str, list[Any]]:
    if column.dtype == pl.String and column.n_unique() <= len(column) * _REPEATED:
        distinct = column.unique().sort(nulls_last=True)
        places = pl.DataFrame({"value": distinct}).with_row_index("place")
        found = column.to_frame("value").join(
            places, on="value", how="left", nulls_equal=True, maintain_order="left"
        )
        return {"d": distinct.to_list(), "i": found["place"].to_list()}
    if column.dtype.is_integer() and not column.null_count():
        steps = column.cast(pl.Int64).diff()
        return {"s": [int(column[0]), *steps[1:].to_list()] if len(column) else []}
    return {"v": column.to_list()}
