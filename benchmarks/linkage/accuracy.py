"""How right the links are, against a truth that says who is who.

A link is right where its two records are one person. Recall counts people, not records: somebody who is on both registers is
found where any right link joins a record of theirs to another, so a copy within a register is neither a miss nor a
second find.
"""

import polars as pl

STEPS = {
    "certain": ("certain",),
    "certain_probable": ("certain", "probable"),
    "with_possible": ("certain", "probable", "possible"),
}
"""Tiers that count, step by step."""

ACCURACY_SCHEMA = {
    "tiers": pl.String,
    "error_class": pl.String,
    "links": pl.Int64,
    "right": pl.Int64,
    "precision": pl.Float64,
    "people": pl.Int64,
    "found": pl.Int64,
    "recall": pl.Float64,
}


def measure(
    links: pl.DataFrame, truth_dibao: pl.DataFrame, truth_poverty: pl.DataFrame
) -> pl.DataFrame:
    """Precision and recall by tier, and recall by error class.

    Args:
        links: `dibao_record`, `poverty_record`, `tier`.
        truth_dibao: `record`, `person` (equal for records of one person in either register), `errors` (List(String):
            what was damaged in that record).
        truth_poverty: the same of the other register.

    Returns:
        `tiers` (a key of STEPS), `error_class` (`all`, or a class: then only people with a record of that class count,
        and precision is null), `links`, `right`, `precision`, `people` (on both registers), `found`, `recall`; the
        steps in order, `all` first, then the classes in alphabetical order.
    """
    dibao = truth_dibao.select(dibao_record="record", dibao_person="person")
    poverty = truth_poverty.select(poverty_record="record", poverty_person="person")
    judged = links.join(dibao, on="dibao_record").join(poverty, on="poverty_record")
    both = truth_dibao.select("person").join(
        truth_poverty.select("person"), on="person", how="semi"
    )
    both = both.unique()
    classes = _classes(both, truth_dibao, truth_poverty)
    parts = []
    for step, tiers in STEPS.items():
        counted = judged.filter(pl.col("tier").is_in(tiers))
        right = counted.filter(pl.col("dibao_person") == pl.col("poverty_person"))
        found = right.select(person="dibao_person").unique().with_columns(found=pl.lit(True))
        parts.append(_overall(step, counted.height, right.height, both, found))
        parts.append(_by_class(step, classes, found))
    return pl.concat(parts)


def _overall(
    step: str, links: int, right: int, both: pl.DataFrame, found: pl.DataFrame
) -> pl.DataFrame:
    reached = both.join(found, on="person", how="semi").height
    row = {
        "tiers": step,
        "error_class": "all",
        "links": links,
        "right": right,
        "precision": right / links if links else None,
        "people": both.height,
        "found": reached,
        "recall": reached / both.height if both.height else None,
    }
    return pl.DataFrame([row], schema=ACCURACY_SCHEMA)


def _classes(
    both: pl.DataFrame, truth_dibao: pl.DataFrame, truth_poverty: pl.DataFrame
) -> pl.DataFrame:
    """`person`, `error_class`: each class a record of a person on both registers has; `none` for the undamaged."""
    rows = pl.concat([truth.select("person", "errors") for truth in (truth_dibao, truth_poverty)])
    damaged = rows.filter(pl.col("errors").list.len() > 0).explode("errors").drop_nulls("errors")
    named = damaged.select("person", error_class="errors").unique()
    undamaged = both.join(named, on="person", how="anti").with_columns(error_class=pl.lit("none"))
    return pl.concat([named.join(both, on="person", how="semi"), undamaged])


def _by_class(step: str, classes: pl.DataFrame, found: pl.DataFrame) -> pl.DataFrame:
    return (
        classes.join(found, on="person", how="left")
        .group_by("error_class")
        .agg(people=pl.len().cast(pl.Int64), found=pl.col("found").sum().cast(pl.Int64))
        .sort("error_class")
        .select(
            pl.lit(step).alias("tiers"),
            "error_class",
            pl.lit(None, dtype=pl.Int64).alias("links"),
            pl.lit(None, dtype=pl.Int64).alias("right"),
            pl.lit(None, dtype=pl.Float64).alias("precision"),
            "people",
            "found",
            (pl.col("found") / pl.col("people")).alias("recall"),
        )
    )
