"""Resident IDs (GB 11643): from what the cell holds to 18 characters, and what they say.

What belongs here: shape, check digit, birth date, sex and area of a number, and how far a damaged one can be trusted.
What does not: whether two numbers belong to one person (linkage).

Rows whose number is already well-formed, nearly all of them, take a fast path; only the others are cleaned.
"""

from functools import cache

import numpy as np
import numpy.typing as npt
import polars as pl

from reconciliation.identity.settings import NumberSettings
from reconciliation.registers.values import calendar_day

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
"""Weights of the first 17 digits, GB 11643."""
CHECK_DIGITS = "10X98765432"
"""Check digit by weighted sum modulo 11."""

GOOD_QUALITIES = ("valid", "upgraded_15")
"""Qualities of a number whose sex and birth date go before the fields'."""

_WELL_FORMED = r"^[1-9][0-9]{16}[0-9X]$"
_CERTIFICATE = r"^([1-9][0-9]{16}[0-9X])([1-7])([1-4])([0-9A-Z]{0,6})$"
_FIFTEEN = r"^[1-9][0-9]{14}$"
_SCIENTIFIC = r"^([1-9])(?:\.([0-9]*))?E\+?([0-9]{1,2})$"
_BRACKETED = r"[(\[【〔].*$"
_FILLING = r"[\s\p{Cf}\p{Cc}'\"`´‘’“”′,，.。;:\-_—–|~]"
_X_AT_THE_END = r"^([0-9]{17})[×*✕✖☓ХΧ╳]"
_EXCEL_DIGITS = 15
_EARLIEST_YEAR = 1850
# Destroyed numbers end in 000 and pass the check one time in eleven; among sound ones three in four thousand end so.
_DESTROYED_RATIO = 3

NUMBER_COLUMNS = (
    "id_number",
    "id_quality",
    "id_partial",
    "certificate_category",
    "certificate_grade",
    "sex_id",
    "birth_id",
    "id_area",
    "unread",
)


def read_numbers(cells: pl.DataFrame, settings: NumberSettings, year: int) -> pl.DataFrame:
    """What the ID cells say, row by row.

    Args:
        cells: `text` String (null: no such column, "": blank), `kind` String (cell kind, null allowed),
            `file` String (where it was received; only to recognise files whose numbers a spreadsheet destroyed).
        settings: placeholders and province codes.
        year: year of the as-of date; a later birth year is impossible.

    Returns:
        The columns of `NUMBER_COLUMNS`, same rows in the same order. `id_quality` is never null; `unread` is the
        cleaned text of a malformed number. The others: `persons_<register>` in docs/frames.md.
    """
    cleaned = _clean_cells(cells, settings)
    parsed = pl.concat([cells.select("file"), cleaned, _parse(cleaned["number"])], how="horizontal")
    return (
        parsed.with_columns(_exists=_possible(settings, year))
        .with_columns(id_quality=_quality())
        .pipe(_distrust_destroyed)
        .select(
            id_number=pl.when(pl.col("id_quality") != "precision_lost").then("number"),
            id_quality="id_quality",
            id_partial=_partial(settings, year),
            certificate_category="certificate_category",
            certificate_grade="certificate_grade",
            sex_id=_if_whole("_sex"),
            birth_id=_if_whole("_birth"),
            id_area=_if_whole("_area"),
            unread=pl.when(pl.col("id_quality") == "malformed").then("rest"),
        )
    )


def check_values(digits: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """The check digit of each number's first 17 digits, 10 standing for X."""
    by_remainder = np.array([int(digit) if digit.isdigit() else 10 for digit in CHECK_DIGITS])
    return by_remainder[_weighted_sum(digits) % 11]


def _weighted_sum(digits: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    # Three look-ups (6 + 6 + 5 digits) instead of 17 divisions: 10 million numbers in 0.4 s.
    first, rest = np.divmod(digits, 10**11)
    middle, last = np.divmod(rest, 10**5)
    return _table(WEIGHTS[:6])[first] + _table(WEIGHTS[6:12])[middle] + _table(WEIGHTS[12:])[last]


@cache
def _table(weights: tuple[int, ...]) -> npt.NDArray[np.int64]:
    sums = np.zeros(1, dtype=np.int64)
    for weight in weights:
        sums = (sums[:, None] + weight * np.arange(10)[None, :]).ravel()
    return sums


def _clean_cells(cells: pl.DataFrame, settings: NumberSettings) -> pl.DataFrame:
    """The cells' numbers in one form.

    Returns:
        `number` (18 characters of the right shape, else null), `rest` (a cleaned text without that shape), `state`
        (`upgraded_15`, `precision_lost`, `malformed`, `missing`, else null), `certificate_category`,
        `certificate_grade`.
    """
    typed = (pl.col("kind") == "number").fill_null(False)
    rows = cells.with_row_index("_row").with_columns(
        _fast=(pl.col("text").str.contains(_WELL_FORMED) & ~typed).fill_null(False)
    )
    written = pl.col("text").is_not_null() & (pl.col("text") != "")
    slow = _slow_path(rows.filter(~pl.col("_fast") & written), settings.placeholders)
    return rows.join(slow, on="_row", how="left", maintain_order="left").select(
        number=pl.when("_fast").then("text").otherwise("number"),
        rest="rest",
        state=pl.when(written).then("state").otherwise(pl.lit("missing")),
        certificate_category="certificate_category",
        certificate_grade="certificate_grade",
    )


def _slow_path(rows: pl.DataFrame, placeholders: tuple[str, ...]) -> pl.DataFrame:
    """Clean the written cells that are not well-formed as they stand; columns as in `_clean_cells`, and `_row`."""
    # Step by step: within one step polars would compute the text again for every place that uses it.
    text = pl.col("_text")
    clean = pl.col("_clean")
    typed = (pl.col("kind") == "number").fill_null(False)
    states = (
        rows.with_columns(
            _text=pl.col("text")
            .str.normalize("NFKC")
            .str.to_uppercase()
            .str.replace_all(r"[\s']", "")
        )
        .with_columns(_scientific=text.str.contains(_SCIENTIFIC))
        .with_columns(_clean=pl.when("_scientific").then(text).otherwise(_without_filling(text)))
        .with_columns(
            _missing=~clean.str.contains("[0-9]")
            | text.is_in(placeholders)
            | clean.is_in(placeholders),
            _lost=pl.col("_scientific") | (typed & (clean.str.len_chars() > _EXCEL_DIGITS)),
            _whole=clean.str.contains(_WELL_FORMED),
            _certificate=clean.str.contains(_CERTIFICATE),
            _fifteen=clean.str.contains(_FIFTEEN),
        )
        .with_columns(state=_state())
    )
    certificate = pl.col("state").is_null() & pl.col("_certificate")
    fifteen = states.select(pl.when(pl.col("state") == "upgraded_15").then(clean)).to_series()
    return states.with_columns(_upgraded(fifteen).alias("_upgraded")).select(
        "_row",
        "state",
        number=pl.when(pl.col("state").is_null())
        .then(clean.str.slice(0, 18))
        .otherwise("_upgraded"),
        rest=pl.when(pl.col("state").is_in(["malformed", "precision_lost"])).then(clean),
        certificate_category=_certificate_digit(certificate, 2),
        certificate_grade=_certificate_digit(certificate, 3),
    )


def _without_filling(text: pl.Expr) -> pl.Expr:
    """Blanks, quotes, dashes and remarks out, ways of writing X and 0 folded."""
    return (
        text.str.replace_all(_FILLING, "")
        .str.replace(_X_AT_THE_END, "${1}X")
        .str.replace(r"([0-9XO])" + _BRACKETED, "${1}")
        .str.replace_all("O", "0", literal=True)
    )


def _state() -> pl.Expr:
    return (
        pl.when("_missing")
        .then(pl.lit("missing"))
        .when("_lost")
        .then(pl.lit("precision_lost"))
        .when("_fifteen")
        .then(pl.lit("upgraded_15"))
        .when(~(pl.col("_whole") | pl.col("_certificate")))
        .then(pl.lit("malformed"))
    )


def _certificate_digit(certificate: pl.Expr, group: int) -> pl.Expr:
    digit = pl.col("_clean").str.extract(_CERTIFICATE, group)
    return pl.when(certificate).then(digit.cast(pl.Int8))


def _upgraded(fifteen: pl.Series) -> pl.Series:
    """15 digits to 18: 19 after the sixth, check digit at the end (the practice since 1999)."""
    longer = fifteen.str.slice(0, 6) + "19" + fifteen.str.slice(6)
    digits = longer.cast(pl.Int64).fill_null(0).to_numpy()
    check = pl.Series(check_values(digits)).cast(pl.String)
    return longer + check.replace("10", "X")


def _parse(number: pl.Series) -> pl.DataFrame:
    """What the digits of numbers of 18 characters say; null for null.

    Returns:
        `_passes` Boolean, `_birth` Date (null where no such day exists), `_sex`, `_area` String.
    """
    digits = number.str.slice(0, 17).cast(pl.Int64)
    values = digits.fill_null(0).to_numpy()
    # X is the only last character that is no digit; it stands for 10.
    last = number.str.slice(17, 1).cast(pl.Int64, strict=False).fill_null(10).to_numpy()
    days, exists = _birth_days(values)
    known = pl.col("number").is_not_null()
    return pl.DataFrame(
        {
            "number": number,
            "passes": check_values(values) == last,
            "days": days,
            "exists": exists,
            "odd": values % 2 == 1,
        }
    ).select(
        _passes=pl.when(known).then("passes"),
        _birth=pl.when(known & pl.col("exists")).then(pl.col("days").cast(pl.Date)),
        _sex=pl.when(known).then(pl.when("odd").then(pl.lit("男")).otherwise(pl.lit("女"))),
        _area=pl.col("number").str.slice(0, 6),
    )


def _birth_days(
    digits: npt.NDArray[np.int64],
) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.bool_]]:
    """Days since 1970-01-01 of the birth date in the first 17 digits, and whether that day exists."""
    day_of = (digits // 1000 % 10**8).astype(np.int32)
    year, rest = np.divmod(day_of, 10_000)
    month, day = np.divmod(rest, 100)
    in_range = (year >= _EARLIEST_YEAR) & (month >= 1) & (month <= 12) & (day >= 1)
    months = np.where(in_range, (year - 1970) * 12 + month - 1, 0)
    first = months.astype("datetime64[M]").astype("datetime64[D]").astype(np.int32)
    following = (months + 1).astype("datetime64[M]").astype("datetime64[D]").astype(np.int32)
    days = first + day - 1
    return days, in_range & (days < following)


def _possible(settings: NumberSettings, year: int) -> pl.Expr:
    born = pl.col("_birth").dt.year().is_between(year - settings.oldest_age, year)
    province = pl.col("number").str.slice(0, 2).is_in(settings.provinces)
    return born.fill_null(False) & province


def _quality() -> pl.Expr:
    has_number = pl.col("number").is_not_null()
    return (
        pl.when(has_number & ~pl.col("_exists"))
        .then(pl.lit("impossible"))
        .when(pl.col("state").is_not_null())
        .then("state")
        .when(pl.col("_passes"))
        .then(pl.lit("valid"))
        .otherwise(pl.lit("check_failed"))
    )


def _distrust_destroyed(rows: pl.DataFrame) -> pl.DataFrame:
    """Numbers ending in 000 become `precision_lost` where their file shows that a spreadsheet wrote them.

    A single failing one was destroyed too: what else damages a number leaves no three zeros at the end.
    """
    zeros = pl.col("number").str.ends_with("000").fill_null(False)
    failing = zeros & (pl.col("id_quality") == "check_failed")
    passing = zeros & (pl.col("id_quality") == "valid")
    ending = rows.filter(zeros)
    if ending.is_empty():
        return rows
    destroyed = (
        ending.group_by("file")
        .agg(_failing=failing.sum(), _passing=passing.sum())
        .filter(pl.col("_failing") >= _DESTROYED_RATIO * pl.col("_passing"))
        .get_column("file")
    )
    lost = failing | (passing & pl.col("file").is_in(destroyed.to_list(), nulls_equal=True))
    return rows.with_columns(
        id_quality=pl.when(lost).then(pl.lit("precision_lost")).otherwise("id_quality"),
        rest=pl.when(lost).then("number").otherwise("rest"),
    )


def _partial(settings: NumberSettings, year: int) -> pl.Expr:
    """The leading digits that can be trusted of a number without its right shape.

    Precision lost: the 15 digits a spreadsheet keeps, or what the scientific notation shows less its rounded last
    digit. Malformed: the first 15 where area and birth date stand in their places, the area alone where it is
    plausible.
    """
    rest = pl.col("rest")
    mantissa = rest.str.extract(_SCIENTIFIC, 1) + rest.str.extract(_SCIENTIFIC, 2).fill_null("")
    shown = mantissa.str.head(-1).str.head(_EXCEL_DIGITS)
    short_area = pl.when(rest.str.extract(_SCIENTIFIC, 3) == "14").then(shown.str.head(6))
    from_scientific = pl.coalesce(short_area, shown)
    leading = rest.str.extract(r"^([1-9][0-9]{5})", 1)
    province = leading.str.head(2).is_in(settings.provinces)
    born = calendar_day(rest.str.slice(6, 4), rest.str.slice(10, 2), rest.str.slice(12, 2))
    placed = born.dt.year().is_between(year - settings.oldest_age, year).fill_null(False)
    fifteen = rest.str.extract(r"^([1-9][0-9]{13,14})", 1)
    from_malformed = (
        pl.when(province & placed & fifteen.is_not_null())
        .then(fifteen)
        .when(province)
        .then(leading)
    )
    partial = (
        pl.when(pl.col("id_quality") == "malformed")
        .then(from_malformed)
        .when(pl.col("id_quality") == "precision_lost")
        .then(pl.coalesce(from_scientific, rest.str.extract(r"^([1-9][0-9]{14})", 1)))
    )
    return pl.when(partial != "").then(partial)


def _if_whole(column: str) -> pl.Expr:
    """The value only where the number as a whole is kept; a birth date only where it is possible."""
    kept = pl.col("id_quality") != "precision_lost"
    if column == "_birth":
        kept = kept & pl.col("_exists")
    return pl.when(kept).then(column)
