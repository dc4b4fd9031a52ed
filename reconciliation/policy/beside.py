"""Frames of the same records put side by side."""

import polars as pl


def beside(left: pl.DataFrame, right: pl.DataFrame) -> pl.DataFrame:
    """The columns of both; nothing is looked up where the records are in one order, as the stages before write them.

    Args:
        left: `record` and others; its rows and their order stay.
        right: `record`, each once, and columns of other names.
    """
    if left["record"].equals(right["record"]):
        return left.hstack(right.drop("record"))
    return left.join(right, on="record", how="left", maintain_order="left", validate="1:1")
