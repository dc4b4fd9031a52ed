"""Household files (one row a household) brought together with the persons of the same register.

Where the persons of a household are there, its row fills what theirs leave blank. Where they are not, the people named in the
row become records. Whether they are there is judged generously, because a slip in the head's number must not double a family:
a household is made into records only where nothing says that its people came in another file.
"""

from dataclasses import dataclass

import polars as pl
from rapidfuzz.distance import Levenshtein

from reconciliation.intake.cells import EXACT_DIGITS, KINDS, NUMBER, TEXT
from reconciliation.intake.packed import PACKED, Member, is_uneven, members, split_ids
from reconciliation.intake.records import aligned, kind_column
from reconciliation.registers.schema import HOUSEHOLD_FIELDS, Register

_HEAD = "户主"
_SLIPS = 2
_NUMBER = r"[0-9]{17}[0-9X]|[0-9]{15}"
_FILE = ["source_file", "source_sheet"]


@dataclass(frozen=True)
class Joined:
    """Persons and households brought together.

    Attributes:
        records: the persons, filled, and the records made of households; columns of the register's records but `record`.
        remarks: `source_file`, `source_sheet`, `disagreements` (household rows times fields that say otherwise than a person's
            row), `made_households`, `made_records`, `uneven` (of those, households with more names than numbers of members or
            the other way round, paired in their order), `not_joined` (households whose head is there under another number), `absent`
            (members of joined households whom no person file has; they may be people who get nothing).
    """

    records: pl.DataFrame
    remarks: pl.DataFrame


def join_households(persons: pl.DataFrame, households: pl.DataFrame, register: Register) -> Joined:
    """Fill the persons of a register from its household files, and make records of households without persons.

    Args:
        persons: rows of the person files, columns of the register's records but `record`.
        households: rows of the household files: the same columns with the head as `head_name` and `head_id`, and
            `member_names`, `member_ids`, `member_ids_kind`.
        register: decides which columns there are.
    """
    keyed = households.with_row_index("household").with_columns(
        _reliable("head_id").alias("key"), _normalised("head_id").alias("head_key")
    )
    people = persons.with_columns(
        pl.coalesce(_reliable("head_id"), _reliable("id_number")).alias("key")
    )
    known = keyed.filter(pl.col("key").is_in(people["key"].drop_nulls().to_list()))
    others = keyed.join(known, on="household", how="anti")
    elsewhere = set(_found_otherwise(others, persons))
    unseen = others.filter(~pl.col("household").is_in(elsewhere))
    made = _made(unseen, register)
    differing = _disagreements(known, people, register)
    remarks = (
        keyed.join(differing, on="household", how="left")
        .join(made.group_by("household").len("made"), on="household", how="left")
        .join(_absent(known, people), on="household", how="left")
        .group_by(_FILE)
        .agg(
            pl.col("disagreements").sum().cast(pl.Int64),
            pl.col("made").is_not_null().sum().cast(pl.Int64).alias("made_households"),
            pl.col("made").sum().cast(pl.Int64).alias("made_records"),
            (pl.col("made").is_not_null() & _uneven()).sum().cast(pl.Int64).alias("uneven"),
            pl.col("household").is_in(elsewhere).sum().cast(pl.Int64).alias("not_joined"),
            pl.col("absent").sum().cast(pl.Int64),
        )
    )
    filled = people.pipe(_fill, known, register)
    records = pl.concat([aligned(filled, register), aligned(made, register)])
    return Joined(records, remarks.sort(_FILE))


def _normalised(field: str) -> pl.Expr:
    """A number as it is compared: widths folded, without apostrophes, blanks and hyphens; a blank cell → null."""
    text = pl.col(field).str.normalize("NFKC").str.replace_all(r"[\s'‘’`\-]", "").str.to_uppercase()
    return pl.when(text != "").then(text)


def _reliable(field: str) -> pl.Expr:
    """An ID number to join on: whole, not a placeholder, and not a number that lost its last digits."""
    text = _normalised(field)
    lost = (pl.col(kind_column(field)) == KINDS[NUMBER]) & (text.str.len_chars() > EXACT_DIGITS)
    whole = text.str.len_chars() >= EXACT_DIGITS
    return pl.when(whole & ~lost.fill_null(value=False)).then(text)


def _fill(people: pl.DataFrame, known: pl.DataFrame, register: Register) -> pl.DataFrame:
    """Blank and absent fields from the one row, or the agreeing rows, of the household."""
    fields = [f for f in register.columns if f not in ("name", "id_number")]
    of_heads = known.group_by("key").agg(_agreed(field, register) for field in fields)
    joined = people.join(of_heads, on="key", how="left", suffix="_of_household")
    is_head = (_normalised("id_number") == pl.col("key")).fill_null(value=False)
    return joined.with_columns(
        expression
        for field in fields
        for expression in _filled(
            field, register, pl.lit(True) if field in HOUSEHOLD_FIELDS else is_head
        )
    )


def _agreed(field: str, register: Register) -> pl.Expr:
    """Text and kind of the value on which all rows of a household agree; blank where they do not, null where absent."""
    kind = pl.col(kind_column(field)) if field in register.identifiers else pl.lit(KINDS[TEXT])
    filled = pl.col(field).filter(pl.col(field) != "")
    return pl.struct(
        pl.when(pl.col(field).is_null().all())
        .then(None)
        .when(filled.n_unique() == 1)
        .then(filled.min())
        .otherwise(pl.lit(""))
        .alias("text"),
        kind.filter(pl.col(field) != "").min().alias("kind")
        if field in register.identifiers
        else pl.lit(KINDS[TEXT]).alias("kind"),
    ).alias(field)


def _filled(field: str, register: Register, applies: pl.Expr) -> list[pl.Expr]:
    text = pl.col(f"{field}_of_household").struct.field("text")
    kind = pl.col(f"{field}_of_household").struct.field("kind")
    take = applies & text.is_not_null() & (pl.col(field).fill_null("") == "")
    expressions = [pl.when(take).then(text).otherwise(pl.col(field)).alias(field)]
    if field in register.identifiers:
        own = pl.col(kind_column(field))
        taken = pl.when(text == "").then(pl.lit("blank")).otherwise(kind)
        expressions.append(pl.when(take).then(taken).otherwise(own).alias(kind_column(field)))
    return expressions


def _disagreements(known: pl.DataFrame, people: pl.DataFrame, register: Register) -> pl.DataFrame:
    """`household`, `disagreements`: fields in which any person of the household says otherwise."""
    fields = sorted(HOUSEHOLD_FIELDS & set(register.columns) - {"head_id"})
    pairs = known.select("household", "key", *fields).join(
        people.select("key", *fields), on="key", suffix="_of_person"
    )
    return (
        pairs.group_by("household")
        .agg(_differs(field).any() for field in fields)
        .select("household", pl.sum_horizontal(fields).cast(pl.Int64).alias("disagreements"))
    )


def _differs(field: str) -> pl.Expr:
    """Both filled, and neither the same text nor the same number."""
    own, other = pl.col(field), pl.col(f"{field}_of_person")
    same = own.cast(pl.Float64, strict=False) == other.cast(pl.Float64, strict=False)
    filled = (own != "") & (other != "")
    return (filled & (own != other) & ~same.fill_null(value=False)).fill_null(value=False)


def _absent(known: pl.DataFrame, people: pl.DataFrame) -> pl.DataFrame:
    """`household`, `absent`: the packed members who are neither there by their number nor in the household by their name."""
    numbers = set(people.select(_normalised("id_number"))["id_number"].drop_nulls())
    called = set(people.select("key", _unspaced("name")).drop_nulls().iter_rows())
    listed = known.filter(
        pl.any_horizontal(pl.col("member_names", "member_ids").fill_null("") != ""),
        ~_all_there(numbers),
    )
    counts = [
        (
            row["household"],
            sum(
                person.number.upper() not in numbers
                and (row["key"], "".join(person.name.split())) not in called
                for person in members(
                    row["member_names"] or "",
                    row["member_ids"] or "",
                    Member(row["head_name"] or "", row["head_id"] or ""),
                )
            ),
        )
        for row in listed.iter_rows(named=True)
    ]
    return pl.DataFrame(counts, schema={"household": pl.UInt32, "absent": pl.Int64}, orient="row")


def _all_there(numbers: set[str]) -> pl.Expr:
    """As many numbers as names, and all of them known: most households, which need not be taken apart one by one."""
    listed = pl.col("member_ids").fill_null("").str.to_uppercase().str.extract_all(_NUMBER)
    names = pl.col("member_names").fill_null("").str.count_matches(PACKED) + 1
    known = listed.list.eval(pl.element().is_in(sorted(numbers))).list.all()
    return known & (listed.list.len() >= names)


def _unspaced(field: str) -> pl.Expr:
    return pl.col(field).str.replace_all(r"\s", "")


def _found_otherwise(households: pl.DataFrame, persons: pl.DataFrame) -> list[int]:
    """Households whose head's number leads to nobody, while something else says that their people are there."""
    numbers = pl.concat(
        [persons.select(_normalised(f).alias("n")) for f in ("id_number", "head_id")]
    )
    present = set(numbers["n"].drop_nulls().to_list())
    called = _called(persons)
    certified = set(persons.select("certificate_no", "head_name").drop_nulls().iter_rows()) | set(
        persons.select("certificate_no", "name").drop_nulls().iter_rows()
    )
    return [
        int(row["household"])
        for row in households.iter_rows(named=True)
        if (row["head_key"] or "") in present
        or _member_present(row["member_ids"], present)
        or (row["certificate_no"] and (row["certificate_no"], row["head_name"]) in certified)
        or _head_called(row["head_name"], row["head_key"], called)
    ]


def _called(persons: pl.DataFrame) -> dict[str, set[str]]:
    """The numbers under which each name came, as a person's and as a head's; "" for none."""
    called: dict[str, set[str]] = {}
    for name, number in (("name", "id_number"), ("head_name", "head_id")):
        pairs = persons.select(pl.col(name), _normalised(number).fill_null("").alias("n"))
        for text, digits in pairs.filter(pl.col(name) != "").unique().iter_rows():
            called.setdefault(text, set()).add(digits)
    return called


def _member_present(cell: str | None, present: set[str]) -> bool:
    return any(number.upper() in present for number in split_ids(cell or "") if number)


def _head_called(name: str | None, number: str | None, called: dict[str, set[str]]) -> bool:
    """Whether somebody of the head's name is there with nearly the head's number, or where one side has no whole number."""
    numbers = called.get(name or "", set())
    if not number or len(number) < EXACT_DIGITS:
        return bool(numbers)
    return any(
        other[:EXACT_DIGITS] == number[:EXACT_DIGITS]
        or Levenshtein.distance(other, number, score_cutoff=_SLIPS) <= _SLIPS
        for other in numbers
    )


def _uneven() -> pl.Expr:
    """Whether a household lists as many names as numbers, where it lists both."""

    def differs(cells: dict[str, str]) -> bool:
        head = Member(cells["head_name"] or "", cells["head_id"] or "")
        return is_uneven(cells["member_names"] or "", cells["member_ids"] or "", head)

    columns = pl.struct("member_names", "member_ids", "head_name", "head_id")
    return columns.map_elements(differs, return_dtype=pl.Boolean)


def _made(households: pl.DataFrame, register: Register) -> pl.DataFrame:
    """The head and the packed members of each household as rows."""
    people: list[tuple[int, str, str, str, str | None]] = []
    for row in households.iter_rows(named=True):
        head = Member(row["head_name"] or "", row["head_id"] or "")
        household = int(row["household"])
        people.append((household, head.name, head.number, row["head_id_kind"], _HEAD))
        typed = KINDS[NUMBER] if row["member_ids_kind"] == KINDS[NUMBER] else KINDS[TEXT]
        for person in members(row["member_names"] or "", row["member_ids"] or "", head):
            kind = typed if person.number else "blank"
            people.append((household, person.name, person.number, kind, person.relation or None))
    schema = {
        "household": pl.UInt32,
        "name": pl.String,
        "id_number": pl.String,
        "id_number_kind": pl.String,
        "relation": pl.String,
    }
    made = pl.DataFrame(people, schema=schema, orient="row")
    rest = households.drop("name", "id_number", "id_number_kind", "relation")
    own = [f for f in register.columns if f not in HOUSEHOLD_FIELDS and f in rest.columns]
    kinds = [kind_column(f) for f in own if f in register.identifiers]
    return made.join(rest, on="household", how="left").with_columns(
        pl.when(pl.col("relation") == _HEAD).then(pl.col(column)).alias(column)
        for column in (*own, *kinds)
    )
