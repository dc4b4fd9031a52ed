"""Households within one register: who belongs together, and by what.

What belongs here: grouping the rows of one register. What does not: which household of the other register is the same
one (linkage). A row whose link to its household is damaged is tried by the next basis and joins a household only if
exactly one answers; else it stands by itself rather than with strangers.
"""

import polars as pl

from reconciliation.identity.numbers import GOOD_QUALITIES
from reconciliation.registers.values import by_distinct, normalised

PLACE = ("county", "town", "village")
_LONG_NUMBER = (
    9  # characters from which a household number is taken to be unique in the whole register
)
_EXCEL_DIGITS = 15
_UNREAD_LENGTH = 10  # characters from which a malformed head ID still tells households apart
_TOLERATED = (
    0.005  # share of numbers with two heads by which a wider scope may be worse than the best
)
_BY_NUMBER_FIRST = frozenset({"poverty"})

# Basis as reported, and the column that holds its key. The digits a spreadsheet left of a head's ID come last.
_HEAD_ID = ("head_id", "_head_key")
_HOUSEHOLD_NO = ("household_no", "_number_key")
_CERTIFICATE_NO = ("certificate_no", "_certificate_key")
_HEAD_NAME = ("head_name_place", "_name_key")
_HEAD_DIGITS = ("head_id", "_digits_key")
_DOUBTFUL_HEAD_ID = ("head_id", "_doubtful_key")


def group_households(rows: pl.DataFrame, register: str) -> pl.DataFrame:
    """Number the households of one register.

    Args:
        rows: `record` Int64; `id_number`, `relation`, `county`, `town`, `village`, `address` as in
            `persons_<register>`; `head_number`, `head_quality`, `head_unread`, `head_partial` (the head's ID read like an own one);
            `head_key` (comparison class of the head's name, for a head its own); `household_no`, `certificate_no` as
            received with `household_no_kind`, `certificate_no_kind`.
        register: decides whether the household number (poverty) or the head's ID (all others) is asked first.

    Returns:
        `household` Int64 (dense, from 1, by smallest record) and `household_basis` String; same rows, same order.
    """
    keyed = _with_keys(rows)
    first = (_HOUSEHOLD_NO, _HEAD_ID, _CERTIFICATE_NO)
    if register not in _BY_NUMBER_FIRST:
        first = (_HEAD_ID, _CERTIFICATE_NO, _HOUSEHOLD_NO)
    grouped = keyed.select(
        "record",
        pl.lit(None, pl.Int64).alias("_label"),
        pl.lit(None, pl.String).alias("household_basis"),
        "^_.*_key$",
    )
    for basis, key in (*first, _HEAD_NAME, _HEAD_DIGITS, _DOUBTFUL_HEAD_ID):
        grouped = _assign(grouped, basis, key)
    return grouped.select(
        household=pl.col("record")
        .min()
        .over(pl.coalesce("_label", "record"))
        .rank("dense")
        .cast(pl.Int64),
        household_basis=pl.col("household_basis").fill_null("alone"),
    )


def _assign(rows: pl.DataFrame, basis: str, key: str) -> pl.DataFrame:
    """Give a label (smallest record of the group) to the rows that have none yet and have this key.

    They join the household that already holds the key. Where several hold it, a number founds a household of its own,
    a name or a digit prefix founds none.
    """
    waiting = pl.col("_label").is_null() & pl.col(key).is_not_null()
    if not rows.select(waiting.any()).item():
        return rows
    held = (
        rows.filter(pl.col("_label").is_not_null() & pl.col(key).is_not_null())
        .group_by(key)
        .agg(_holder=pl.col("_label").min(), _holders=pl.col("_label").n_unique())
    )
    several_found = basis in ("certificate_no", "household_no")
    new = (
        rows.filter(waiting)
        .select("record", key)
        .with_columns(_founded=pl.col("record").min().over(key))
        .join(held, on=key, how="left")
        .select(
            "record",
            _new=pl.when(pl.col("_holders") == 1)
            .then("_holder")
            .when(pl.col("_holders").is_null() | pl.lit(several_found))
            .then("_founded"),
        )
    )
    return (
        rows.join(new, on="record", how="left", maintain_order="left")
        .with_columns(
            household_basis=pl.when(pl.col("_new").is_not_null())
            .then(pl.lit(basis))
            .otherwise("household_basis"),
            _label=pl.coalesce("_label", "_new"),
        )
        .drop("_new")
    )


def _with_keys(rows: pl.DataFrame) -> pl.DataFrame:
    is_head = (pl.col("relation") == "head").fill_null(False)
    numbered = (
        rows.with_columns(_is_head=is_head)
        .pipe(_with_document_number, "household_no")
        .pipe(_with_document_number, "certificate_no")
        .pipe(_with_place_number, PLACE, "_place")
        .pipe(_with_doubt)
    )
    scope = _scope(numbered, "_household_no")
    numbered = numbered.pipe(_with_place_number, scope, "_scope")
    long = pl.col("head_unread").str.len_chars() >= _UNREAD_LENGTH
    unread = _within(pl.when(long).then("head_unread"), "_place")
    certain = pl.when(~pl.col("_doubtful")).then(pl.coalesce("head_number", unread))
    head = pl.coalesce(certain, pl.when("_is_head").then("id_number"))
    digits = pl.coalesce(pl.col("head_partial"), pl.col("head_number").str.head(_EXCEL_DIGITS))
    whole_digits = pl.when(digits.str.len_chars() == _EXCEL_DIGITS).then(digits)
    village = pl.when(pl.col("village").is_not_null()).then(pl.col("_place").cast(pl.String))
    return numbered.with_columns(
        _head_key=head,
        _number_key=_scoped("_household_no", "_scope"),
        _certificate_key=_scoped("_certificate_no", "_place"),
        _name_key=pl.concat_str("head_key", pl.coalesce(village, "address"), separator="|"),
        _digits_key=_within(whole_digits, "_place"),
        _doubtful_key=pl.when("_doubtful").then(pl.coalesce("head_number", unread)),
    )


def _with_doubt(rows: pl.DataFrame) -> pl.DataFrame:
    """`_doubtful`: the row's head ID is damaged, no head carries it and nobody has it: a slip, asked last."""
    damaged = ~pl.col("head_quality").is_in(GOOD_QUALITIES)
    written = pl.coalesce("head_number", "head_unread")
    carried = rows.filter(damaged & pl.col("_is_head")).select(written).to_series()
    slips = rows.filter(damaged).select(written).to_series().drop_nulls().unique()
    owned = rows["id_number"].filter(rows["id_number"].is_in(slips.to_list()))
    known = pl.concat([carried, owned]).drop_nulls().unique().to_list()
    return rows.with_columns(
        _doubtful=(damaged & written.is_not_null() & ~written.is_in(known)).fill_null(False)
    )


def _with_place_number(rows: pl.DataFrame, place: tuple[str, ...], name: str) -> pl.DataFrame:
    """A number for each distinct place, so that keys need not carry its names."""
    numbers = rows.select(place).unique().sort(place).with_row_index(name)
    return rows.join(numbers, on=place, how="left", nulls_equal=True, maintain_order="left")


def _with_document_number(rows: pl.DataFrame, field: str) -> pl.DataFrame:
    """`_<field>`: the number without blanks and leading zeros; null where a spreadsheet destroyed it."""
    number = by_distinct(pl.col(field), normalised, _without_zeros, dtype=pl.String)
    typed = (pl.col(f"{field}_kind") == "number").fill_null(False)
    destroyed = typed & (pl.col(f"_{field}").str.len_chars() > _EXCEL_DIGITS)
    return rows.with_columns(number.alias(f"_{field}")).with_columns(
        pl.when(~destroyed).then(f"_{field}").alias(f"_{field}")
    )


def _without_zeros(text: pl.Expr) -> pl.Expr:
    number = text.str.to_uppercase().str.strip_chars_start("0")
    scientific = text.str.contains(r"^[0-9](\.[0-9]+)?[eE]\+?[0-9]+$")
    return pl.when(number.str.contains("[0-9]") & ~scientific).then(number)


def _scoped(column: str, place_number: str) -> pl.Expr:
    """Long numbers by themselves, short ones within a place."""
    number = pl.col(column)
    long = number.str.len_chars() >= _LONG_NUMBER
    return pl.when(long).then(number).otherwise(_within(number, place_number))


def _within(text: pl.Expr, place_number: str) -> pl.Expr:
    """The text together with the place it is unique in; null where the text is."""
    return pl.concat_str(text, place_number, separator="|")


def _scope(rows: pl.DataFrame, column: str) -> tuple[str, ...]:
    """The widest place inside which short household numbers hardly ever have two heads.

    Some systems number households through a county, some start again in each town or village. Without heads to go by:
    the village.
    """
    heads = rows.filter(
        pl.col("_is_head") & (pl.col(column).str.len_chars() < _LONG_NUMBER)
    ).select(column, *PLACE)
    if heads.is_empty():
        return PLACE
    shares = []
    for depth in range(1, len(PLACE) + 1):
        counts = heads.group_by(column, *PLACE[:depth]).len()["len"]
        shares.append(float((counts > 1).mean() or 0))  # type: ignore[arg-type]
    depth = next(n for n, share in enumerate(shares, 1) if share <= min(shares) + _TOLERATED)
    return PLACE[:depth]
