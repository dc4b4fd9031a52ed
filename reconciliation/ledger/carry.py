"""Who of this batch is who of the last one, within one register.

What belongs here: key joins from sure to less sure, each taking only pairs that are unique on both sides among those left.
What does not: links between registers. A row keeps its person although its number, its name or its place was corrected, as
long as the rest still says who it is; where two could be meant, nobody is carried and a new case begins.
"""

from typing import Final

import polars as pl

from reconciliation.identity.numbers import GOOD_QUALITIES

_PLACE: Final = ("county", "town", "village")
_STEPS: Final[tuple[tuple[str, ...], ...]] = (
    ("number", "name_key", *_PLACE),
    ("number", "name_key"),
    ("number", "county", "town"),
    ("number", "surname"),
    ("name_key", *_PLACE, "birth_date", "relation"),
    ("name_key", "county", "birth_date"),
    ("name_key", "same_household", "relation"),
    ("name_key", "same_household"),
    ("birth_date", "same_household", "relation"),
    ("unsound_number", "same_household"),
    ("name_key", *_PLACE, "doubtful"),
    ("said",),
)
"""What has to agree at each step, null never agreeing. `number` is a sound resident number, `unsound_number` one that fails
its check; `same_household` is the household of the last batch most carried members of this one come from; `doubtful` asks
that on one side at least no sound number speaks against it; `said` is all that the row says of the person, blanks included, so that
an unchanged row of a bare list (a name and nothing else) keeps its case where no other row says the same."""


def carry(before: pl.DataFrame, now: pl.DataFrame) -> pl.DataFrame:
    """Match this batch's persons of a register to the last batch's.

    Args:
        before: `persons_<register>` of the last batch.
        now: the same of this batch.

    Returns:
        `record` (of this batch), `record_before`; one-to-one; sorted by `record`. Exact copies of a person are carried in
        the order of their records.
    """
    left, right = _prepared(before), _prepared(now)
    carried = pl.DataFrame(schema={"record": pl.Int64, "record_before": pl.Int64})
    households: pl.DataFrame | None = None
    for step in _STEPS:
        if "same_household" in step and households is None:
            households = _same_households(_prepared(before), _prepared(now), carried)
            left = left.with_columns(same_household="household")
            right = right.join(households, on="household", how="left", maintain_order="left")
        found = _matched(left, right, step)
        carried = pl.concat([carried, found])
        left = left.join(found, left_on="record", right_on="record_before", how="anti")
        right = right.join(found, on="record", how="anti")
    return carried.sort("record")


def _prepared(persons: pl.DataFrame) -> pl.DataFrame:
    sound = pl.col("id_quality").is_in(GOOD_QUALITIES)
    return persons.select(
        "record",
        "household",
        *_PLACE,
        "relation",
        "birth_date",
        name_key=pl.when(pl.col("name_kind") != "missing").then("name_key"),
        surname=pl.col("name_key").str.head(1),
        number=pl.when(sound).then("id_number"),
        unsound_number=pl.when(sound.not_()).then("id_number"),
        said=pl.when(pl.col("name_kind") != "missing").then(
            pl.concat_str(
                pl.col("name_key", *_PLACE, "relation", "birth_date", "id_number", "id_partial")
                .cast(pl.String)
                .fill_null(""),
                separator="|",
            )
        ),
    )


def _matched(left: pl.DataFrame, right: pl.DataFrame, step: tuple[str, ...]) -> pl.DataFrame:
    """The pairs of one step.

    Rows with the same sound number and name are one person, so they pair in order; else a key that stands twice on a side
    pairs nobody.
    """
    keys = [key for key in step if key != "doubtful"]
    is_person = step[:2] == ("number", "name_key")
    own, theirs = _keyed(left, keys, numbered=is_person), _keyed(right, keys, numbered=is_person)
    pairs = theirs.join(own, on=[*keys, "place_in_key"], suffix="_before")
    if "doubtful" in step:
        pairs = pairs.filter(
            pl.col("number").is_null()
            | pl.col("number_before").is_null()
            | (pl.col("birth_date") == pl.col("birth_date_before"))
        )
    return pairs.select("record", "record_before")


def _keyed(rows: pl.DataFrame, keys: list[str], *, numbered: bool) -> pl.DataFrame:
    """The rows whose key is complete, with their number within it; unless `numbered`, only keys that stand once."""
    known = rows.drop_nulls(keys)
    if numbered:
        return known.sort("record").with_columns(
            place_in_key=pl.col("record").cum_count().over(keys)
        )
    once = known.filter(pl.len().over(keys) == 1)
    return once.with_columns(place_in_key=pl.lit(1, dtype=pl.UInt32))


def _same_households(
    before: pl.DataFrame, now: pl.DataFrame, carried: pl.DataFrame
) -> pl.DataFrame:
    """`household` of this batch → `same_household`: where most of its carried members were, the smaller number of equals."""
    moved = (
        carried.join(now.select("record", "household"), on="record")
        .join(before.select(record_before="record", same_household="household"), on="record_before")
        .group_by("household", "same_household")
        .len()
    )
    return (
        moved.sort("household", "len", "same_household", descending=[False, True, False])
        .unique("household", keep="first", maintain_order=True)
        .select("household", "same_household")
    )
