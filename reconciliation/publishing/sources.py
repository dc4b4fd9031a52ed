"""Where a row of a result was received: file, sheet and row, joined on for the release."""

import polars as pl

from reconciliation.registers.schema import LINEAGE


def with_sources(links: pl.DataFrame, dibao: pl.DataFrame, poverty: pl.DataFrame) -> pl.DataFrame:
    """Links with the source columns of both sides.

    Args:
        links: `dibao_record`, `poverty_record` and more (docs/frames.md).
        dibao: `records_dibao`: `record` and the source columns.
        poverty: `records_poverty`.

    Returns:
        The links in their order, `dibao_source_file`, … `poverty_source_row` after the two keys.

    Raises:
        ValueError: a link names a record that was not received.
    """
    keys = ["dibao_record", "poverty_record"]
    rest = [name for name in links.columns if name not in keys]
    joined = links.pipe(_join, dibao, "dibao_").pipe(_join, poverty, "poverty_")
    sources = [f"{side}_{name}" for side in ("dibao", "poverty") for name in LINEAGE]
    return joined.select(*keys, *sources, *rest)


def with_register_sources(frame: pl.DataFrame, records: dict[str, pl.DataFrame]) -> pl.DataFrame:
    """A frame keyed by `register` and `record` (dispositions, findings, duplicates) with its source columns.

    Args:
        frame: `register` (String), `record` (Int64) and more.
        records: `records_<register>` by register.

    Returns:
        The frame in its order, the source columns after the two keys.

    Raises:
        ValueError: a row names a record that was not received.
    """
    keys = ["register", "record"]
    sources = pl.concat(
        received.select(pl.lit(register).alias("register"), "record", *LINEAGE)
        for register, received in sorted(records.items())
    )
    joined = frame.join(sources, on=keys, how="left", validate="m:1", maintain_order="left")
    rest = [name for name in frame.columns if name not in keys]
    return joined.pipe(_all_found, "source_file").select(*keys, *LINEAGE, *rest)


def _join(links: pl.DataFrame, records: pl.DataFrame, prefix: str) -> pl.DataFrame:
    sources = records.select(pl.col("record", *LINEAGE).name.prefix(prefix))
    key = f"{prefix}record"
    return links.join(sources, on=key, how="left", validate="m:1", maintain_order="left").pipe(
        _all_found, f"{prefix}source_file"
    )


def _all_found(joined: pl.DataFrame, column: str) -> pl.DataFrame:
    strangers = joined[column].null_count()
    if strangers:
        raise ValueError(f"{strangers} rows name a record that was not received ({column})")
    return joined
