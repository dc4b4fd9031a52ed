"""The recorded rows of a register with everything known of each by itself and opposite it.

What belongs here: one row a record; identity, attributes, partner, whether the row is rural dibao, who is served by 特困 or
urban dibao. What does not: the household as a whole (`households.py`).
"""

from typing import Final

import polars as pl

from reconciliation.identity.numbers import GOOD_QUALITIES
from reconciliation.policy.attributes import attributes
from reconciliation.policy.beside import beside
from reconciliation.policy.counterparts import evidence_rows, partners
from reconciliation.policy.evidence import OTHER, Evidence, Rulebook, Side

SERVED_TYPES: Final = (
    "five_guarantee",
    "five_guarantee_poor",
    "tekun",
    "tekun_poor",
    "tekun_lifted",
)
"""贫困户属性 that say the household is on 特困 (formerly 五保)."""

_IDENTITY: Final = (
    "record", "household", "is_head", "county", "name_key", "name_kind", "id_number", "id_quality",
    "birth_date", "birth_field", "birth_id", "certificate_grade",
)  # fmt: skip


def members(evidence: Evidence, rulebook: Rulebook) -> dict[Side, pl.DataFrame]:
    """The members of both registers.

    Args:
        evidence: the frames.
        rulebook: the codes, the thresholds and the as-of date are used.

    Returns:
        By register (`dibao`, `poverty`), one row a recorded row: the columns of `_IDENTITY`, of `partners` and of `attributes`; `income` (Float64, yuan a person and year; null where blank or
        older than allowed), `id_damaged`, `rural` (the row is rural dibao; true for the poverty list), `unit`
        (Int64: the rows that are judged together, those of one household and one `rural`), `linked` (a certain
        or probable partner, both rural), `link_certain`, `link_unsure` (a probable link, or any possible
        one), `partner_household`, `served`, `served_possibly`, `dual_listed`, `dual_certain`, `ground` (Boolean, grounds of single-person cover, null: unknown), `weak_labour`,
        `own_number_on_other` (a sound number that also stands on the other register, on a row of nobody this row is firmly linked to),
        `number_shared` (a sound number that also stands on another person's row of the same register), `name_missing`.
    """
    frames = {register: _alone(evidence, rulebook, register) for register in OTHER}
    return {
        register: _opposite(frame, frames[OTHER[register]], register)
        for register, frame in frames.items()
    }


def _alone(evidence: Evidence, rulebook: Rulebook, register: Side) -> pl.DataFrame:
    typed = attributes(
        evidence.records[register], register, codes=rulebook.codes, year=rulebook.batch.year
    )
    people = (
        evidence.persons[register]
        .select(_IDENTITY)
        .pipe(beside, partners(evidence, register))
        .pipe(beside, typed)
        .pipe(_with_current_income, rulebook, register)
        .pipe(_with_grade, evidence, rulebook, register)
        .pipe(_with_other_benefits, evidence, register)
        .pipe(_with_number_shared)
    )
    # A blank or missing 救助类型 is taken at the register's word: it is the register of rural dibao.
    rural = (
        (pl.col("assistance_type") == "rural_dibao").fill_null(True)
        if register == "dibao"
        else pl.lit(True)
    )
    return people.with_columns(
        rural=rural,
        unit=pl.col("household") * 2 + rural.cast(pl.Int64),
        id_damaged=pl.col("id_quality").is_in(GOOD_QUALITIES).not_(),
        name_missing=(pl.col("name_kind") == "missing").fill_null(False),
        ground=_ground(rulebook),
        weak_labour=_weak_labour(rulebook),
    )


def _with_current_income(people: pl.DataFrame, rulebook: Rulebook, register: Side) -> pl.DataFrame:
    stale = rulebook.thresholds.counties_with_stale_income(
        register, people["county"], rulebook.batch
    )
    old = pl.col("county").is_in(pl.Series(stale, dtype=pl.String).implode(), nulls_equal=True)
    return people.with_columns(income=pl.when(old.not_()).then("income_per_capita"))


def _with_grade(
    people: pl.DataFrame, evidence: Evidence, rulebook: Rulebook, register: Side
) -> pl.DataFrame:
    """The disability grade: as stated, as in the number in the ID column, else as on the linked certificate."""
    own = [pl.col("disability_grade")] if "disability_grade" in people.columns else []
    source = "disability_certificates"
    if source not in evidence.supplied:
        return people.with_columns(disability_grade=pl.coalesce(*own, "certificate_grade"))
    grades = attributes(
        evidence.records[source], source, codes=rulebook.codes, year=rulebook.batch.year
    ).join(evidence.persons[source].select("record", "certificate_grade"), on="record")
    found = (
        evidence_rows(evidence, register, source)
        .filter(pl.col("tier") != "possible")
        .join(grades, left_on="evidence_record", right_on="record")
        .select("record", grade_there=pl.coalesce("disability_grade", "certificate_grade"))
    )
    return (
        people.join(found, on="record", how="left", validate="1:1")
        .with_columns(disability_grade=pl.coalesce(*own, "certificate_grade", "grade_there"))
        .drop("grade_there")
    )


def _with_other_benefits(people: pl.DataFrame, evidence: Evidence, register: Side) -> pl.DataFrame:
    """Links to 特困 and urban dibao, of either or both."""
    for source in ("tekun", "urban_dibao"):
        found = evidence_rows(evidence, register, source).select(
            "record", pl.col("tier").alias(f"{source}_tier")
        )
        people = people.join(found, on="record", how="left", validate="1:1")
    tiers = (pl.col("tekun_tier"), pl.col("urban_dibao_tier"))

    def any_is(*wanted: str) -> pl.Expr:
        return pl.any_horizontal(tier.is_in(wanted).fill_null(False) for tier in tiers)

    by_type = (
        pl.col("household_type").is_in(SERVED_TYPES).fill_null(False)
        if register == "poverty"
        else pl.lit(False)
    )
    return people.with_columns(
        served=any_is("certain", "probable") | by_type,
        served_possibly=any_is("possible"),
        dual_listed=any_is("certain", "probable", "possible"),
        dual_certain=any_is("certain"),
    )


def _ground(rulebook: Rulebook) -> pl.Expr:
    """Grounds of lawful single-person cover: disability of grade 1-2 or serious illness.

    Unknown where the health cell is blank, or says disabled and no grade is known. Where the file has no health column only
    a known grade counts.
    """
    grade = pl.col("disability_grade")
    worst = rulebook.thresholds.by_county("single_cover_max_grade", rulebook.batch)
    health, no_column = pl.col("health"), pl.col("absent_fields").list.contains("health")
    severe = health.list.contains("severe").fill_null(False)
    disabled = health.list.contains("disabled")
    return (
        pl.when(severe | (grade <= worst).fill_null(False))
        .then(True)
        .when(grade.is_not_null() & (health.is_not_null() | no_column))
        .then(False)
        .when(no_column | disabled.not_().fill_null(False))
        .then(False)
    )


def _weak_labour(rulebook: Rulebook) -> pl.Expr:
    """Lost or partly lost labour at a working age; 无劳动力 is what children and the old are called and says nothing."""
    day = rulebook.batch
    born = pl.col("birth_date")
    had_birthday = born.dt.month().cast(pl.Int32) * 100 + born.dt.day() <= day.month * 100 + day.day
    age = day.year - born.dt.year() - had_birthday.not_().cast(pl.Int32)
    first = rulebook.thresholds.by_county("working_age_from", day)
    last = rulebook.thresholds.by_county("working_age_to", day)
    working = age.is_between(first, last)
    return (pl.col("labour").is_in(["lost", "partial"]) & working).fill_null(False)


def _opposite(own: pl.DataFrame, other: pl.DataFrame, register: Side) -> pl.DataFrame:
    """What the partner adds: its household, and whether both rows are rural dibao and poverty list."""
    across = other.select(
        partner="record",
        partner_household="household",
        partner_rural="rural",
        partner_ground="ground",
    )
    joined = own.join(across, on="partner", how="left", maintain_order="left").pipe(
        _with_number_across, other
    )
    linked = (pl.col("rural") & pl.col("partner_rural")).fill_null(False)
    elsewhere = pl.col("partner_rural").not_().fill_null(False)
    is_dibao = pl.lit(register == "dibao")
    return joined.with_columns(
        linked=linked,
        link_certain=(pl.col("tier") == "certain").fill_null(False),
        link_unsure=(pl.col("tier") == "probable").fill_null(False)
        | pl.col("possible_partner").is_not_null(),
        # A partner on the dibao register under another 救助类型 is on 特困 or urban dibao.
        served=pl.col("served") | (elsewhere & ~is_dibao),
        dual_listed=pl.col("dual_listed") & pl.col("rural") & is_dibao,
        dual_certain=pl.col("dual_certain") & pl.col("rural") & is_dibao,
        partner_household=pl.when(linked).then("partner_household"),
        ground=pl.col("ground") | pl.when(linked).then("partner_ground").otherwise(False),
    ).drop("partner_rural", "partner_ground")


def _with_number_shared(people: pl.DataFrame) -> pl.DataFrame:
    """`number_shared`: rows of one number that are not one duplicates group; at most one of them is the number's owner."""
    repeated = people.select(
        "representative", id_number=pl.when(_sound_number()).then("id_number")
    ).filter(pl.col("id_number").is_duplicated() & pl.col("id_number").is_not_null())
    owners = repeated.group_by("id_number").agg(pl.col("representative").n_unique().alias("owners"))
    doubtful = owners.filter(pl.col("owners") > 1).get_column("id_number")
    return people.with_columns(
        number_shared=(_sound_number() & pl.col("id_number").is_in(doubtful.implode())).fill_null(
            False
        )
    )


def _sound_number() -> pl.Expr:
    return pl.col("id_quality").is_in(GOOD_QUALITIES) & pl.col("id_number").is_not_null()


def _with_number_across(own: pl.DataFrame, other: pl.DataFrame) -> pl.DataFrame:
    """`own_number_on_other`: two rows of one number that are not linked are one person or a wrong number, nobody knows which."""
    sound = _sound_number()
    numbers = other.filter(sound).select("id_number", partner="representative")
    mine = own.filter(sound).select("record", "id_number", "partner")
    doubtful = (
        mine.join(numbers, on="id_number", how="semi")
        .join(numbers, on=["id_number", "partner"], how="anti")
        .get_column("record")
    )
    return own.with_columns(own_number_on_other=pl.col("record").is_in(doubtful.implode()))
