"""The unit of the decision: the household, on one register or on both.

What belongs here: what the members say together: status, 脱贫属性, incomes, lines, cover, composition. What does not: which
cell of the table that is (`firing.py`).

A household of the dibao register with rows of another 救助类型 is two units: the rural one and the rest (`not_rural`).
"""

from typing import Final

import polars as pl

from reconciliation.policy.columns import LIFTED, UNLIFTED
from reconciliation.policy.evidence import Rulebook, Side

_ONLY_COMPARED: Final = ["poverty.income_per_capita"]
_GROUP: Final = dict.fromkeys(UNLIFTED, "unlifted") | dict.fromkeys(LIFTED, "lifted")


def households(members: dict[Side, pl.DataFrame], rulebook: Rulebook) -> dict[Side, pl.DataFrame]:
    """Both registers' households as units of the decision.

    Args:
        members: as `reconciliation.policy.members.members` gives them.
        rulebook: the thresholds and the as-of date are used.

    Returns:
        By register, one row a `unit` (with its `household` and `rural`), sorted: `county`, `members`, `linked_members`, `counterpart` (the
        other register's household with most linked members), the columns of `HOUSEHOLD_COLUMNS`, `dibao_income` and
        `poverty_income` (the household's figure in either register), `household_in_doubt`, `number_on_other`, `household_links_certain`,
        `composition_differs`, `single_cover_lawful`, `grace_months`, `severe_members` and `weak_labour` (how many), and `absent` (List(String): `register.field` columns that
        no file of the household has).
    """
    pairs = _pairs(members)
    dibao = _summed(members["dibao"], "dibao").pipe(_with_counterpart, pairs, "dibao")
    poverty = (
        _summed(members["poverty"], "poverty")
        .join(_lift_status(members["poverty"]), on="household", how="left", validate="m:1")
        .pipe(_with_counterpart, pairs, "poverty")
    )
    joined = _dibao_units(dibao, poverty, pairs).pipe(_with_lines, rulebook)
    return {
        "dibao": joined.sort("unit"),
        "poverty": _poverty_units(poverty, joined, rulebook).sort("unit"),
    }


def _pairs(members: dict[Side, pl.DataFrame]) -> pl.DataFrame:
    """Household pairs: `dibao_household`, `poverty_household`, how many people link them, how many not as copies.

    A further copy of a person ties its own household to the partner's, on either side.
    """
    sides: tuple[tuple[Side, str, str, str], ...] = (
        ("dibao", "household", "partner_household", "representative"),
        ("poverty", "partner_household", "household", "partner"),
    )
    ties = [
        members[register]
        .filter("linked")
        .select(
            pl.col(dibao).alias("dibao_household"),
            pl.col(poverty).alias("poverty_household"),
            pl.col(person).alias("person"),
            original=pl.col("record") == pl.col("representative"),
        )
        for register, dibao, poverty, person in sides
    ]
    return (
        pl.concat(ties)
        .group_by("dibao_household", "poverty_household")
        .agg(
            pl.col("person").n_unique().alias("linked_pairs"),
            pl.col("original").sum().alias("originals"),
        )
        .sort("dibao_household", "poverty_household")
    )


def _summed(people: pl.DataFrame, register: str) -> pl.DataFrame:
    """What the members of each unit say, the head first."""
    income = pl.col("income").drop_nulls()
    needs = ["income_per_capita", "class_tier" if register == "dibao" else "lift_status"]
    missing = pl.col("linked").not_() & pl.col("served").not_()
    absent = [
        pl.col("absent_fields").list.contains(field).all().alias(f"absent_{field}")
        for field in needs
    ]
    cover = (
        [
            pl.col("covered_size").max(),
            (pl.col("class_tier") == "long_term").any().alias("any_long_term"),
            pl.col("class_tier").drop_nulls().first().alias("class_tier"),
        ]
        if register == "dibao"
        else [(pl.col("household_type") == "partial_cover").any().alias("partial_cover")]
    )
    return (
        people.select(
            "unit", "household", "rural", "is_head", "record", "county", "representative", "linked", "household_size", "income",
            "possible_only", "link_unsure", "own_number_on_other", "served", "ground", "weak_labour", "absent_fields",
            *(["covered_size", "class_tier"] if register == "dibao" else ["household_type", "lift_status"]),
        )
        .sort("unit", pl.col("is_head").fill_null(False).not_(), "record")
        .group_by("unit")
        .agg(
            pl.col("household", "rural").first(),
            pl.col("county").drop_nulls().first(),
            pl.col("representative").n_unique().alias("members"),
            pl.col("representative").filter("linked").n_unique().alias("linked_members"),
            pl.col("household_size").max(),
            income.first().alias("own_income"),
            income.min().alias("own_lowest"),
            income.max().alias("own_highest"),
            pl.col("possible_only").any().alias("household_in_doubt"),
            pl.col("own_number_on_other").any().alias("number_on_other"),
            pl.col("link_unsure").not_().all().alias("household_links_certain"),
            missing.any().alias("some_missing"),
            pl.col("ground").sum().alias("severe_members"),
            pl.col("weak_labour").sum(),
            *cover,
            *absent,
        )
        .with_columns(
            absent=pl.concat_list(
                pl.when(pl.col(f"absent_{field}")).then(pl.lit(f"{register}.{field}"))
                for field in needs
            ).list.drop_nulls()
        )
        .sort("unit")
    )  # fmt: skip


def _with_counterpart(units: pl.DataFrame, pairs: pl.DataFrame, register: str) -> pl.DataFrame:
    """The household across with most linked members (the smaller number of equal ones), and whether there are several."""
    other = "poverty" if register == "dibao" else "dibao"
    main = (
        pairs.sort(
            f"{register}_household",
            "linked_pairs",
            f"{other}_household",
            descending=[False, True, False],
        )
        .group_by(f"{register}_household", maintain_order=True)
        .agg(
            pl.col(f"{other}_household").first().alias("counterpart"),
            # A further copy of a person in another household does not divide the family.
            ((pl.col("originals") > 0).sum() > 1).alias("split"),
        )
    )
    joined = units.join(main, left_on="household", right_on=f"{register}_household", how="left")
    rural = pl.col("rural")
    return joined.with_columns(
        counterpart=pl.when(rural).then("counterpart"),
        split=(pl.col("split") & rural).fill_null(False),
    )


def _lift_status(poverty: pl.DataFrame) -> pl.DataFrame:
    """脱贫属性 of each poverty household: `household`, `lift_status`.

    Members struck off do not speak for those who are not. Members who contradict each other (lifted and not lifted) leave
    it unknown; of several that mean the same the alphabetically first is named.
    """
    words = sorted(_GROUP)
    place = dict(zip(words, range(len(words)), strict=True))
    spoken = pl.col("lift_status").replace_strict(place, default=None, return_dtype=pl.Int8)
    lifted = pl.col("lift_status").replace_strict(
        {word: group == "lifted" for word, group in _GROUP.items()},
        default=None,
        return_dtype=pl.Boolean,
    )
    agree = pl.col("lifted_most") == pl.col("lifted_least")
    said = pl.col("spoken").replace_strict(
        dict(enumerate(words)), default=None, return_dtype=pl.String
    )
    # Small numbers in place of the words: several times faster to group.
    return (
        poverty.select(
            "household", spoken=spoken, lifted=lifted, struck=pl.col("lift_status") == "cancelled"
        )
        .group_by("household")
        .agg(
            pl.col("spoken").min(),
            pl.col("lifted").max().alias("lifted_most"),
            pl.col("lifted").min().alias("lifted_least"),
            pl.col("struck").any(),
        )
        .filter(pl.col("struck") | pl.col("spoken").is_not_null())
        .select(
            "household",
            lift_status=pl.when(pl.col("spoken").is_null())
            .then(pl.lit("cancelled"))
            .when(agree)
            .then(said),
        )
    )


def _dibao_units(dibao: pl.DataFrame, poverty: pl.DataFrame, pairs: pl.DataFrame) -> pl.DataFrame:
    """The dibao units with what their counterparts add."""
    across = poverty.select(
        counterpart="household",
        there_lift="lift_status",
        there_income="own_income",
        there_lowest="own_lowest",
        there_highest="own_highest",
        there_members="members",
        there_missing="some_missing",
        there_split="split",
        there_partial="partial_cover",
        there_absent="absent",
    )
    joined = (
        dibao.join(across, on="counterpart", how="left", validate="m:1")
        .join(_lift_of_all(pairs, poverty), on="household", how="left", validate="m:1")
        .with_columns(
            status=pl.when(pl.col("rural").not_())
            .then(pl.lit("not_rural"))
            .when(pl.col("counterpart").is_not_null())
            .then(pl.lit("both"))
            .otherwise(pl.lit("dibao_only")),
        )
    )
    known = pl.col("own_income").is_not_null()
    both = pl.col("status") == "both"
    class_absent = pl.col("absent").list.contains("dibao.class_tier")
    single = _single_cover()
    return joined.with_columns(
        lift_status=pl.when(both & (pl.col("lift_groups") == 1)).then(
            pl.coalesce("there_lift", "any_lift")
        ),
        income="own_income",
        lowest_income=pl.when(known).then(pl.min_horizontal("own_lowest", "there_lowest")),
        highest_income=pl.when(known).then(pl.max_horizontal("own_highest", "there_highest")),
        dibao_income="own_income",
        poverty_income="there_income",
        long_term=pl.when(class_absent).then(False).otherwise(_long_term()),
        single_cover=single,
        single_cover_lawful=single
        & ((pl.col("severe_members") > 0) & pl.col("there_lift").is_in(UNLIFTED)).fill_null(False),
        absent=pl.when(both)
        # The dibao figure decides there; the other is only held against it.
        .then(pl.concat_list("absent", pl.col("there_absent").list.set_difference(_ONLY_COMPARED)))
        .otherwise("absent"),
    ).with_columns(
        composition_differs=both
        & (
            pl.col("some_missing")
            | pl.col("split")
            | pl.col("there_split").fill_null(False)
            | (pl.col("there_missing").fill_null(False) & pl.col("single_cover_lawful").not_())
        ),
    )


def _lift_of_all(pairs: pl.DataFrame, poverty: pl.DataFrame) -> pl.DataFrame:
    """Over all poverty households a dibao household is linked to: how many kinds of 脱贫属性, and one of them."""
    status = pl.col("lift_status")
    return (
        pairs.join(
            poverty.select(poverty_household="household", lift_status="lift_status"),
            on="poverty_household",
        )
        .group_by(household="dibao_household")
        .agg(
            status.replace(_GROUP).drop_nulls().n_unique().alias("lift_groups"),
            status.min().alias("any_lift"),
        )
    )


def _long_term() -> pl.Expr:
    """The class belongs to the household: one member's word is enough either way, all blank leaves it unknown."""
    stated = pl.col("class_tier").is_not_null()
    return pl.when(stated).then(pl.col("any_long_term").fill_null(False))


def _single_cover() -> pl.Expr:
    """One person of a larger household is covered, or the poverty list says so (低保(部分)贫困户)."""
    one = pl.coalesce(pl.col("covered_size"), pl.col("members").cast(pl.Int64)) == 1
    family = pl.max_horizontal("household_size", "members", "there_members")
    return pl.col("rural") & ((one & (family > 1)) | pl.col("there_partial").fill_null(False))


def _poverty_units(poverty: pl.DataFrame, dibao: pl.DataFrame, rulebook: Rulebook) -> pl.DataFrame:
    """The poverty units: on both as their counterpart has it, else by themselves."""
    shared = (
        "lift_status", "income", "lowest_income", "highest_income", "dibao_line", "poverty_line", "dibao_income", "poverty_income",
        "long_term", "single_cover", "single_cover_lawful", "composition_differs", "grace_months",
    )  # fmt: skip
    both = pl.col("counterpart").is_not_null()
    taken = dibao.filter("rural").select(
        pl.col("household").alias("counterpart"),
        pl.lit("both").alias("status"),
        pl.col("absent").alias("absent_across"),
        *(pl.col(name) for name in shared),
    )
    own_absent = pl.col("absent")
    on_both = (
        poverty.filter(both)
        .drop("lift_status")
        .join(taken, on="counterpart", how="left", validate="m:1")
        .with_columns(absent=pl.col("absent_across").fill_null([]))
    )
    alone = (
        poverty.filter(both.not_())
        .with_columns(
            status=pl.lit("poverty_only"),
            income="own_income",
            lowest_income="own_lowest",
            highest_income="own_highest",
            dibao_income=pl.lit(None, dtype=pl.Float64),
            poverty_income="own_income",
            long_term=pl.lit(False),
            single_cover=pl.lit(False),
            single_cover_lawful=pl.lit(False),
            composition_differs=pl.lit(False),
            absent=own_absent,
        )
        .pipe(_with_lines, rulebook)
    )
    return pl.concat([on_both, alone], how="diagonal")


def _with_lines(units: pl.DataFrame, rulebook: Rulebook) -> pl.DataFrame:
    """The lines in force in each unit's county."""
    lines = rulebook.thresholds.of_counties(units["county"], rulebook.batch).select(
        "county", "dibao_line", "poverty_line", "grace_months"
    )
    return units.join(lines, on="county", how="left", nulls_equal=True, validate="m:1")
