"""The joined person-household frame that the rules of scope `record` are applied to.

What belongs here: the columns of `RECORD_COLUMNS`, each a plain fact of the record. What does not: what follows from them.
"""

import polars as pl

from reconciliation.policy.attributes import FIELDS, attributes
from reconciliation.policy.columns import RECORD_COLUMNS
from reconciliation.policy.corrections import COMPARED, with_corrections
from reconciliation.policy.counterparts import evidence_rows
from reconciliation.policy.evidence import OTHER, Evidence, Rulebook, Side

_OF_UNIT = (
    "status", "income", "lowest_income", "highest_income", "dibao_line", "poverty_line", "dibao_income", "poverty_income",
    "long_term", "single_cover", "single_cover_lawful", "household_in_doubt", "number_on_other", "household_links_certain",
    "composition_differs", "grace_months", "household_rule", "undetermined", "missing", "household_why",
    "household_evidence",
)  # fmt: skip

_LISTED = {
    "moved_away": "moved_listed",
    "asset_hits": "asset_listed",
    "relocation": "relocation_listed",
    "officials_kin": "kin_listed",
}
_NO_RECORDS = pl.DataFrame(
    schema={"record": pl.Int64, "source_file": pl.String, "rejected": pl.String}
)


def circumstances(
    evidence: Evidence,
    members: dict[Side, pl.DataFrame],
    units: dict[Side, pl.DataFrame],
    rulebook: Rulebook,
    register: Side,
) -> pl.DataFrame:
    """One row a record with every column a rule may name or show.

    Args:
        evidence: the evidence registers are read.
        members: of both registers.
        units: the households with their outcome (`household_rule`, `undetermined`, `missing`).
        rulebook: the outcomes' lists, the codes and the as-of date are used.
        register: `dibao` or `poverty`.

    Returns:
        The members with `RECORD_COLUMNS` and the values that are only shown.
    """
    lists = {
        rule.rule: rule.outcomes[register].list
        for rule in rulebook.policy.of("household")
        if register in rule.outcomes
    }
    own_status = pl.col("lift_status") if register == "poverty" else pl.lit(None, dtype=pl.String)
    people = members[register].with_columns(own_lift_status=own_status)
    joined = (
        people.drop("lift_status", "income", strict=False)
        .join(
            units[register].select("unit", "lift_status", *_OF_UNIT),
            on="unit",
            how="left",
            validate="m:1",
        )
        .with_columns(
            proposed=pl.col("household_rule").replace_strict(
                lists, default="", return_dtype=pl.String
            ),
            missing_on_other=_missing_on_other(register),
            other_incomplete=_incomplete(evidence, OTHER[register]),
            single_cover_ground=pl.col("ground"),
            as_of=pl.lit(rulebook.batch),
            confirmed_out=pl.col("record").is_in(
                confirmed_out(evidence, rulebook, register).implode()
            ),
        )
        .pipe(with_corrections, members[OTHER[register]], register)
        .drop(COMPARED, "birth_field", "birth_id")
        .pipe(_joined, deaths(evidence, rulebook, register), "death_listed", "death_certain")
        .pipe(_with_listed, evidence, rulebook, register)
    )
    return joined.select(*RECORD_COLUMNS, pl.exclude(*RECORD_COLUMNS))


def confirmed_out(evidence: Evidence, rulebook: Rulebook, register: Side) -> pl.Series:
    """Records of the poverty list of whom a county answered that they were identified wrongly, or have moved away.

    An answer about somebody's other finding says nothing of that, and on dibao an exit has its own procedure.
    """
    wrong = (pl.col("status") == "confirmed") & pl.col("rule").is_in(rulebook.policy.means_out)
    out = evidence.answered.filter(
        pl.col("register") == register, (pl.col("status") == "moved") | wrong
    )
    return (out if register == "poverty" else out.clear()).get_column("record").unique().sort()


def _incomplete(evidence: Evidence, other: Side) -> pl.Expr:
    """Not to be found on the other register proves nothing: a file of it was refused, or nothing came of the county."""
    silent = pl.col("county").is_in(sorted(evidence.silent.get(other, ()))).fill_null(value=False)
    return pl.lit(other in evidence.incomplete) | silent


def _missing_on_other(register: str) -> pl.Expr:
    """The record has nobody across though its household has. On 特困 or urban dibao one is rightly not on rural dibao."""
    missing = (pl.col("status") == "both") & pl.col("linked").not_()
    return missing if register == "dibao" else missing & pl.col("served").not_()


def deaths(evidence: Evidence, rulebook: Rulebook, register: str) -> pl.DataFrame:
    """Records with a row on the list of the dead, from files that state a day.

    Returns:
        `record`, `death_date` (the cremation's where no other is stated; null: the cell cannot be read, or may mean the as-of
        month as a whole), `death_certain` (certain link, names agree, and both rows state a number: a list of names and
        birth dates takes nobody's income away unasked), `death_listed` (true), `months_after_death` (Int64, whole calendar
        months up to the as-of date; null where it is not certain or lies ahead).
    """
    no_day = pl.col("absent_fields").list.set_intersection(
        list(FIELDS["deaths"])
    ).list.len() == len(FIELDS["deaths"])
    dates = _typed(evidence, rulebook, "deaths").filter(no_day.not_())
    passed = _months(pl.lit(rulebook.batch)) - _months(pl.col("death_date"))
    ahead = pl.col("death_date") > rulebook.batch
    return (
        evidence_rows(evidence, register, "deaths")
        .join(dates, left_on="evidence_record", right_on="record", validate="m:1")
        .join(_numbered(evidence, register), on="record", how="left")
        .join(
            _numbered(evidence, "deaths"),
            left_on="evidence_record",
            right_on="record",
            how="left",
            suffix="_there",
        )
        .select(
            "record",
            death_date=pl.coalesce(
                _decided("death_date", rulebook), _decided("cremation_date", rulebook)
            ),
            death_certain=(pl.col("tier") == "certain")
            & pl.col("name_agrees")
            & pl.col("numbered")
            & pl.col("numbered_there"),
            death_listed=pl.lit(True),
        )
        .with_columns(
            months_after_death=pl.when(pl.col("death_certain") & ahead.not_()).then(passed)
        )
    )


def _numbered(evidence: Evidence, register: str) -> pl.DataFrame:
    """`record`, `numbered`: whether a number stands in the row; nobody where the register was not supplied."""
    persons = evidence.persons.get(register)
    if persons is None:
        return pl.DataFrame(schema={"record": pl.Int64, "numbered": pl.Boolean})
    return persons.select("record", numbered=pl.col("id_quality") != "missing")


def _decided(column: str, rulebook: Rulebook) -> pl.Expr:
    """The day; null where it closes the as-of month ahead of the as-of date: a month alone leaves open which came first."""
    day = pl.col(column)
    this_month = _months(day) == _months(pl.lit(rulebook.batch))
    unclear = this_month & (day == day.dt.month_end()) & (day > rulebook.batch)
    return pl.when(unclear.not_()).then(day)


def _months(day: pl.Expr) -> pl.Expr:
    """Months since the year 0."""
    return day.dt.year().cast(pl.Int64) * 12 + day.dt.month().cast(pl.Int64)


def _with_listed(
    people: pl.DataFrame, evidence: Evidence, rulebook: Rulebook, register: str
) -> pl.DataFrame:
    """Which of the other evidence registers the record is on by a certain or probable link, and what they say.

    A rule that needs columns its file lacks is off for that file: such rows do not count as listed.
    """
    for source, flag in _LISTED.items():
        said = _typed(evidence, rulebook, source)
        if source == "relocation":
            said = said.filter(pl.col("absent_fields").list.len() == 0)
        found = (
            evidence_rows(evidence, register, source)
            .filter(pl.col("tier") != "possible")
            .join(said, left_on="evidence_record", right_on="record", validate="m:1")
            .select("record", pl.lit(True).alias(flag), *FIELDS.get(source, ()))
        )
        people = _joined(people, found, flag)
    return people


def _typed(evidence: Evidence, rulebook: Rulebook, source: str) -> pl.DataFrame:
    """The attributes of an evidence register; no rows where it was not supplied."""
    records = evidence.records.get(source, _NO_RECORDS)
    return attributes(records, source, codes=rulebook.codes, year=rulebook.batch.year)


def _joined(people: pl.DataFrame, found: pl.DataFrame, *flags: str) -> pl.DataFrame:
    return people.join(
        found, on="record", how="left", maintain_order="left", validate="1:1"
    ).with_columns(pl.col(flag).fill_null(False) for flag in flags)
