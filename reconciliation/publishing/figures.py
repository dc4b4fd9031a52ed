"""The counts a reader sees: list sizes, places by lists, tiers, overlap rates. No frame here names a person."""

import polars as pl

from reconciliation.publishing.place_figures import LEVELS
from reconciliation.registers.schema import LISTS, REQUIRED, TIERS


def list_sizes(dispositions: pl.DataFrame) -> pl.DataFrame:
    """How many rows each list holds.

    Args:
        dispositions: `register`, `disposition`, `owner`.

    Returns:
        `register`, `disposition`, `owner`, `people` (Int64), sorted by register, then in the order of the lists.
    """
    keys = ["register", "disposition", "owner"]
    return (
        dispositions.group_by(keys)
        .agg(pl.len().cast(pl.Int64).alias("people"))
        .sort("register", _order("disposition", LISTS), "owner", nulls_last=True)
    )


def tier_sizes(links: pl.DataFrame) -> pl.DataFrame:
    """How many links each tier holds: `tier`, `links` (Int64), all tiers, in their order."""
    return pl.DataFrame(
        {"tier": TIERS, "links": [int((links["tier"] == tier).sum()) for tier in TIERS]},
        schema={"tier": pl.String, "links": pl.Int64},
    )


def place_table(figures: pl.DataFrame, level: str) -> pl.DataFrame:
    """People by place and list, at one level.

    Args:
        figures: `reconciliation.publishing.place_figures.place_figures`.
        level: of its `LEVELS`.

    Returns:
        `register`, the columns that name the level's places (null: unknown), `disposition`, `people` (Int64, never 0), sorted.
    """
    places = LEVELS[level]
    mine = figures.filter(pl.col("level") == level)
    tables = [
        mine.select(
            pl.lit(register).alias("register"),
            *places,
            pl.lit(name).alias("disposition"),
            people=f"{register}_{name}",
        ).filter(pl.col("people") != 0)
        for register in REQUIRED
        for name in LISTS
    ]
    return pl.concat(tables).sort(
        "register", *places, _order("disposition", LISTS), nulls_last=True
    )


def overlap_rates(links: pl.DataFrame, dibao: pl.DataFrame, poverty: pl.DataFrame) -> pl.DataFrame:
    """重合率: the people on both registers, over each of three denominators.

    Only certain and probable links count, and only distinct people: a row that is a further copy of a person counts
    neither above nor below the line.

    Args:
        links: `dibao_record`, `poverty_record`, `tier`.
        dibao: one row a distinct person of rural dibao: `record`.
        poverty: one row a distinct person of the poverty register: `record`, `unlifted` (Boolean, null: unknown).

    Returns:
        `denominator` (`dibao`, `poverty_unlifted`, `poverty`), `matched`, `people` (Int64), `rate` (Float64, null
        where nobody is in the denominator). For the un-lifted, the matched are the un-lifted matched.
    """
    both = on_both(links, dibao, poverty)
    matched_dibao = both["dibao_record"].n_unique()
    matched_poverty = both["poverty_record"].n_unique()
    unlifted = both.filter("unlifted")["poverty_record"].n_unique()
    return pl.DataFrame(
        [
            ("dibao", matched_dibao, dibao.height),
            ("poverty_unlifted", unlifted, poverty.filter("unlifted").height),
            ("poverty", matched_poverty, poverty.height),
        ],
        schema={"denominator": pl.String, "matched": pl.Int64, "people": pl.Int64},
        orient="row",
    ).with_columns(rate=pl.when(pl.col("people") > 0).then(pl.col("matched") / pl.col("people")))


def on_both(links: pl.DataFrame, dibao: pl.DataFrame, poverty: pl.DataFrame) -> pl.DataFrame:
    """The pairs that make the overlap; arguments as for `overlap_rates`.

    Returns:
        `dibao_record`, `poverty_record`, `unlifted`.
    """
    return (
        links.filter(pl.col("tier").is_in(["certain", "probable"]))
        .select("dibao_record", "poverty_record")
        .join(dibao.select(dibao_record="record"), on="dibao_record", how="semi")
        .join(poverty.select("unlifted", poverty_record="record"), on="poverty_record")
    )


def _order(column: str, values: tuple[str, ...]) -> pl.Expr:
    """Sort key: the place of a value in a fixed order; values not in it come last."""
    return pl.col(column).replace_strict(
        dict(zip(values, range(len(values)), strict=True)),
        default=len(values),
        return_dtype=pl.Int64,
    )
