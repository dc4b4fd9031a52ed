"""Rules about people made comparable (subject `persons_<register>`; frames `persons` and `records`).

The shares (`mostly`) are warning levels: they say that a register is in worse order than registers usually are, so that a
clerk looks at the export before the lists go out. They never stop a batch.
"""

from datetime import date

import polars as pl

from expectations.conditions import Flag, NotNull
from expectations.rule import Frames, Question, Scope, Unit
from reconciliation.registers.schema import REGISTERS

FRAMES = ("persons", "records")

EARLIEST_BIRTH = date(1895, 1, 1)
"""Nobody older is alive in the campaign's year; an earlier date is a slip of the pen."""

LARGEST_HOUSEHOLD = 15
"""More members than this usually means that several households were thrown together."""

_HEAD_FIELDS = ("relation", "head_id", "head_name")
_GOOD_ID = ("valid", "upgraded_15")


def _recorded(frames: Frames, _scope: Scope) -> pl.DataFrame:
    """One row a record number found in either frame: `in_records`, `in_persons` (how often)."""
    taken = frames["records"].filter(pl.col("rejected").is_null())
    return (
        _times(taken, "in_records")
        .join(
            _times(frames["persons"], "in_persons"),
            on="record",
            how="full",
            coalesce=True,
            nulls_equal=True,
        )
        .with_columns(pl.col("in_records", "in_persons").fill_null(0))
    )


def _times(frame: pl.DataFrame, name: str) -> pl.DataFrame:
    return frame.group_by("record").agg(pl.len().alias(name))


def _persons(frames: Frames, scope: Scope) -> pl.DataFrame:
    """One row a person: key and answers only; neither name nor ID nor birth date leaves this function."""
    good = pl.col("id_quality").is_in(_GOOD_ID).fill_null(False)
    number = pl.when(good).then(pl.col("id_number"))
    return frames["persons"].select(
        "record",
        "household",
        "id_quality",
        id_present=pl.col("id_quality") != "missing",
        id_good=good,
        number_known=number.is_not_null(),
        number_alone=~number.is_duplicated(),
        sexes_known=good & pl.col("sex_field").is_not_null() & pl.col("sex_id").is_not_null(),
        sexes_agree=pl.col("sex_field") == pl.col("sex_id"),
        births_known=good & pl.col("birth_field").is_not_null() & pl.col("birth_id").is_not_null(),
        births_agree=pl.col("birth_field") == pl.col("birth_id"),
        birth_known=pl.col("birth_date").is_not_null(),
        birth_plausible=_plausible(pl.col("birth_date"), scope.as_of),
        name_present=pl.col("name").is_not_null() & (pl.col("name_kind") != "missing"),
        name_full=pl.col("name_kind") == "full",
        county_known=pl.col("county").is_not_null(),
    )


def _plausible(birth: pl.Expr, as_of: date | None) -> pl.Expr:
    early = birth >= pl.lit(EARLIEST_BIRTH)
    return early if as_of is None else early & (birth <= pl.lit(as_of))


def _households(frames: Frames, _scope: Scope) -> pl.DataFrame:
    """One row a household: smallest `record`, `members`, `heads`, `head_told` (its file has a column about heads)."""
    fields = [name for name in _HEAD_FIELDS if name in frames["records"].columns]
    told = frames["records"].select(
        "record",
        head_told=pl.any_horizontal(pl.col(name).is_not_null() for name in fields)
        if fields
        else pl.lit(False),
    )
    return (
        frames["persons"]
        .select("record", "household", "is_head", together=pl.col("household_basis") != "alone")
        .join(told, on="record", how="left")
        .group_by("household")
        .agg(
            pl.col("record").min(),
            members=pl.len().cast(pl.Int64),
            heads=pl.col("is_head").fill_null(False).sum().cast(pl.Int64),
            head_told=(pl.col("head_told") & pl.col("together")).fill_null(False).any(),
        )
    )


RECORDED = Unit("recorded", ("record",), _recorded)
PERSONS = Unit("persons", ("record",), _persons)
HOUSEHOLDS = Unit("households", ("household",), _households)


_ONE_ROW = (pl.col("in_records") > 0) & (pl.col("in_persons") == 1)
_SIZE = pl.col("members").is_between(1, LARGEST_HOUSEHOLD)


def _asks(answer: str, applies: str | None = None) -> Flag:
    """The column `answer` is true wherever the column `applies` is."""
    return Flag(pl.col(answer), None if applies is None else pl.col(applies))


QUESTIONS = (
    Question("Q301", "person_per_record", "critical", RECORDED, Flag(_ONE_ROW)),
    Question("Q302", "household_not_null", "critical", PERSONS, NotNull("household")),
    Question("Q303", "id_not_blank", "warning", PERSONS, _asks("id_present"), 0.95),
    Question("Q304", "id_good", "warning", PERSONS, _asks("id_good", "id_present"), 0.9, pointer="id_quality"),
    Question("Q305", "sex_agrees_with_id", "warning", PERSONS, _asks("sexes_agree", "sexes_known"), 0.98),
    Question("Q306", "birth_agrees_with_id", "warning", PERSONS, _asks("births_agree", "births_known"), 0.97),
    Question("Q307", "birth_date_plausible", "warning", PERSONS, _asks("birth_plausible", "birth_known"), 0.999),
    Question("Q308", "birth_date_known", "warning", PERSONS, _asks("birth_known"), 0.95),
    Question("Q309", "name_present", "warning", PERSONS, _asks("name_present"), 0.99),
    Question("Q310", "name_full", "info", PERSONS, _asks("name_full", "name_present"), 0.98),
    Question("Q311", "id_not_repeated", "warning", PERSONS, _asks("number_alone", "number_known"), 0.98),
    Question("Q312", "county_known", "warning", PERSONS, _asks("county_known"), 0.95),
)  # fmt: skip

HOUSEHOLD_QUESTIONS = (
    Question("Q313", "one_head_per_household", "warning", HOUSEHOLDS, Flag(pl.col("heads") == 1, pl.col("head_told")), 0.95, pointer="heads"),
    Question("Q314", "household_size_plausible", "warning", HOUSEHOLDS, Flag(_SIZE), 0.999, pointer="members"),
)  # fmt: skip
"""Asked only of registers whose rows can tell who belongs to whom."""


def tells_households(register: str) -> bool:
    """Whether the register has a column about heads and relations at all."""
    return not set(_HEAD_FIELDS).isdisjoint(REGISTERS[register].columns)
