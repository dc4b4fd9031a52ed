"""Records to persons: what identifies somebody, made comparable.

What belongs here: putting together what `numbers.py`, `names.py`, `places.py` and `households.py` read into the frame
`persons_<register>` of docs/frames.md. Nothing received is changed; nothing is judged.
"""

import polars as pl

from reconciliation.identity.characters import CharacterTable
from reconciliation.identity.households import group_households
from reconciliation.identity.names import NameReader
from reconciliation.identity.numbers import GOOD_QUALITIES, read_numbers
from reconciliation.identity.places import Places, comparable_places
from reconciliation.identity.settings import IdentitySettings
from reconciliation.registers.codes import CodeTables
from reconciliation.registers.values import blank_to_null, date

PERSON_SCHEMA: dict[str, pl.DataType | type[pl.DataType]] = {
    "record": pl.Int64,
    "county": pl.String,
    "town": pl.String,
    "village": pl.String,
    "household": pl.Int64,
    "household_basis": pl.String,
    "is_head": pl.Boolean,
    "relation": pl.String,
    "name": pl.String,
    "name_key": pl.String,
    "name_kind": pl.String,
    "name_remark": pl.String,
    "id_number": pl.String,
    "id_quality": pl.String,
    "id_partial": pl.String,
    "certificate_category": pl.Int8,
    "certificate_grade": pl.Int8,
    "sex": pl.String,
    "sex_field": pl.String,
    "sex_id": pl.String,
    "birth_date": pl.Date,
    "birth_field": pl.Date,
    "birth_id": pl.Date,
    "id_area": pl.String,
    "address": pl.String,
}
"""Columns of `persons_<register>`, in order."""

_TEXT_FIELDS = (
    "source_file", "rejected", "name", "id_number", "id_number_kind", "head_id", "head_id_kind", "head_name",
    "relation", "sex", "birth_date", "province", "prefecture", "county", "town", "village", "address",
    "household_no", "household_no_kind", "certificate_no", "certificate_no_kind", "disability_certificate",
    "disability_certificate_kind",
)  # fmt: skip
_BY_CERTIFICATE = frozenset({"disability_certificates", "disability_payments"})


def identify(  # noqa: PLR0913  the stage takes everything it knows by name
    records: pl.DataFrame,
    register: str,
    *,
    settings: IdentitySettings,
    codes: CodeTables,
    characters: CharacterTable,
    places: Places,
    year: int,
) -> pl.DataFrame:
    """Make the persons of one register comparable.

    Args:
        records: `records_<register>`; fields the register does not have may be missing.
        register: its name.
        settings: `config/identity.yaml`.
        codes: `config/codes.yaml`.
        characters: character classes.
        places: known counties.
        year: year of the as-of date.

    Returns:
        `persons_<register>` (columns and types of `PERSON_SCHEMA`), recorded rows only, sorted by `record`.
    """
    rows = _wanted(records)
    if register in _BY_CERTIFICATE:
        rows = _number_from_certificate(rows)
    names = NameReader(settings.names, characters.variant_map)
    numbers = read_numbers(_number_cells(rows, "id_number"), settings.numbers, year)
    heads = read_numbers(_number_cells(rows, "head_id"), settings.numbers, year)
    where = comparable_places(rows, settings.places, places, characters.variant_map)
    persons = pl.concat(
        [
            rows.select(
                "record",
                codes.decode("relation", pl.col("relation"), register=register, year=year),
                sex_field=codes.decode("sex", pl.col("sex"), register=register, year=year),
                birth_field=date(pl.col("birth_date")),
                address=blank_to_null(pl.col("address")),
            ),
            where,
            names.read(rows["name"]),
            numbers.drop("unread"),
        ],
        how="horizontal",
    )
    head_names = names.read(rows["head_name"])
    persons = persons.pipe(_with_head, heads["id_number"], head_names)
    households = group_households(
        pl.concat(
            [
                persons,
                heads.select(
                    head_number="id_number",
                    head_quality="id_quality",
                    head_unread="unread",
                    head_partial="id_partial",
                ),
                rows.select(
                    "household_no", "household_no_kind", "certificate_no", "certificate_no_kind"
                ),
            ],
            how="horizontal",
        ),
        register,
    )
    return (
        pl.concat([persons, households], how="horizontal")
        .with_columns(
            sex=_from_good_number("sex_id", "sex_field"),
            birth_date=_from_good_number("birth_id", "birth_field"),
        )
        .select(pl.col(name).cast(dtype) for name, dtype in PERSON_SCHEMA.items())
        .sort("record")
    )


def _wanted(records: pl.DataFrame) -> pl.DataFrame:
    """The recorded rows with every field this stage reads, null where the register has no such field."""
    present = [pl.col(name).cast(pl.String) for name in _TEXT_FIELDS if name in records.columns]
    absent = [pl.lit(None, pl.String).alias(n) for n in _TEXT_FIELDS if n not in records.columns]
    return records.select("record", *present, *absent).filter(pl.col("rejected").is_null())


def _number_from_certificate(rows: pl.DataFrame) -> pl.DataFrame:
    """Lists of certificate holders often carry the ID only inside the certificate number."""
    blank = blank_to_null(pl.col("id_number")).is_null()
    return rows.with_columns(
        pl.when(blank)
        .then(f"disability_certificate{suffix}")
        .otherwise(f"id_number{suffix}")
        .alias(f"id_number{suffix}")
        for suffix in ("", "_kind")
    )


def _number_cells(rows: pl.DataFrame, field: str) -> pl.DataFrame:
    return rows.select(text=field, kind=f"{field}_kind", file="source_file")


def _with_head(
    persons: pl.DataFrame, head_number: pl.Series, head_names: pl.DataFrame
) -> pl.DataFrame:
    """`is_head`, `relation` completed for heads, and `head_key`, the comparison class of the head's name.

    A stated relation decides: a member who carries the head's ID (borrowed) is no head. Where none is stated, the
    head is who has the head's ID or, lacking that, the head's name.
    """
    own_is_head = pl.col("id_number") == pl.col("_head_number")
    named_head = (
        pl.col("_head_number").is_null()
        & (pl.col("name_key") == pl.col("_head_key"))
        & (pl.col("name_kind") == "full")
    )
    by_evidence = own_is_head.fill_null(False) | named_head.fill_null(False)
    is_head = (
        pl.when(pl.col("relation").is_null())
        .then(by_evidence)
        .otherwise(pl.col("relation") == "head")
    )
    return (
        persons.with_columns(
            head_number.alias("_head_number"), head_names["name_key"].alias("_head_key")
        )
        .with_columns(is_head=is_head)
        .with_columns(
            relation=pl.when("is_head").then(pl.lit("head")).otherwise("relation"),
            head_key=pl.when("is_head").then("name_key").otherwise("_head_key"),
        )
        .drop("_head_number", "_head_key")
    )


def _from_good_number(of_number: str, of_field: str) -> pl.Expr:
    good = pl.col("id_quality").is_in(GOOD_QUALITIES)
    return pl.coalesce(pl.when(good).then(of_number), of_field)
