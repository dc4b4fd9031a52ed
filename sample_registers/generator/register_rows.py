"""The rows of one register, county and batch with what is common to every register: place, person, household, truth.

Columns beginning with `_` never reach a register file: they are the truth beside it or help to lay it out.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from sample_registers.generator import wording
from sample_registers.generator.county_model import CountyModel
from sample_registers.generator.dice import Bools, Ints, scatter
from sample_registers.generator.listing import AGAIN, NEXT_COUNTY, OWN, Listing
from sample_registers.generator.places import PROVINCE, County
from sample_registers.generator.situations import person_cases
from sample_registers.generator.templates import SIZES, role_number

_CELL_CLASSES = ("id_", "name_")


@dataclass(frozen=True)
class Rows:
    """The rows of a batch, resolved.

    Attributes:
        listing, batch: what they were drawn from.
        person, family, unit, role: who each row is about, the true family, household and role on the register.
        county_code: code of the county whose list the row is on.
        marks: rows of the batch by class of mistake.
        size: rows of the row's household; head: place among the rows of its head, -1 where the head is not listed.
        frame: name, number, `_typed`, places and truth columns.
    """

    listing: Listing
    batch: int
    person: Ints
    family: Ints
    unit: Ints
    role: Ints
    county_code: Ints
    size: Ints
    head: Ints
    marks: dict[str, Bools]
    frame: pl.DataFrame

    @property
    def model(self) -> CountyModel:
        """The county."""
        return self.listing.model


def choose(options: Sequence[str], codes: Ints) -> pl.Series:
    """Texts by position."""
    return pl.Series(list(options), dtype=pl.String).gather(codes)


def by_person(rows: Rows, options: Sequence[str], salt: int) -> pl.Series:
    """One of the options for each person, always the same for the same person."""
    return choose(options, scatter(rows.person, salt=salt) % len(options))


def by_family(rows: Rows, options: Sequence[str], salt: int) -> pl.Series:
    """One of the options for each family."""
    return choose(options, scatter(rows.family, salt=salt) % len(options))


def whole(values: Ints) -> pl.Series:
    """Whole numbers as text."""
    return pl.Series(values).cast(pl.String)


def money(jiao: Ints) -> pl.Series:
    """Amounts of tenths of a yuan as text, without a point where they are whole."""
    yuan, rest = whole(jiao // 10), whole(jiao % 10)
    return pl.select(
        pl.when(pl.lit(rest) == "0").then(pl.lit(yuan)).otherwise(pl.lit(yuan) + "." + pl.lit(rest))
    ).to_series()


def days(values: Ints) -> pl.Series:
    """Days since 1970 as YYYY-MM-DD."""
    return pl.Series(values).cast(pl.Int32).cast(pl.Date).dt.strftime("%Y-%m-%d")


def resolve(listing: Listing, batch: int, neighbour: County | None) -> Rows:
    """The rows of one batch; rows for the next county need it as `neighbour` and fall away without it."""
    keep = listing.in_batch(batch)
    if neighbour is None:
        keep = keep & (listing.copy != NEXT_COUNTY)
    index = np.flatnonzero(keep)
    index = index[np.lexsort((index, listing.person[index], listing.village[index]))]
    person, unit, role = listing.person[index], listing.unit[index], listing.role[index]
    corrected = listing.corrected[index] & (batch == 1)
    marks = {
        name: rows[index] & ~corrected if name.startswith(_CELL_CLASSES) else rows[index]
        for name, rows in listing.marks.items()
    }
    moved = listing.copy[index] == NEXT_COUNTY
    size, head = _units(unit, role, listing.copy[index])
    frame = pl.concat(
        [
            _cells(listing, index, corrected),
            _places(listing, index, batch, neighbour, marks),
            _truth(listing, index, batch, marks),
        ],
        how="horizontal",
    )
    family = listing.model.people.family[person]
    code = np.where(moved, neighbour.code if neighbour else 0, listing.model.county.code)
    return Rows(listing, batch, person, family, unit, role, code, size, head, marks, frame)


def _units(unit: Ints, role: Ints, copy: Ints) -> tuple[Ints, Ints]:
    """Size of each row's household (copies not counted), and the place of its first head."""
    _, inverse = np.unique(unit, return_inverse=True)
    size = np.bincount(inverse, weights=copy != AGAIN).astype(np.int64)
    heads = np.full(len(size), -1, dtype=np.int64)
    is_head = np.flatnonzero((role == role_number("head")) & (copy != AGAIN))[::-1]
    heads[inverse[is_head]] = is_head
    return size[inverse], heads[inverse]


def _cells(listing: Listing, index: Ints, corrected: Bools) -> pl.DataFrame:
    """Name and number as written, and as they truly are."""
    model, person = listing.model, listing.person[index]
    right = pl.DataFrame(
        {"name": model.names.gather(person), "number": model.numbers.gather(person)}
    )
    put_right = pl.lit(pl.Series(corrected))
    written = listing.text[index]
    return pl.select(
        name=pl.when(put_right).then(pl.lit(right["name"])).otherwise(pl.lit(written["name"])),
        number=pl.when(put_right)
        .then(pl.lit(right["number"]))
        .otherwise(pl.lit(written["number"])),
        _typed=~put_right & pl.lit(written["typed"]),
        _true_number=pl.lit(right["number"]),
    )


def _places(
    listing: Listing, index: Ints, batch: int, neighbour: County | None, marks: dict[str, Bools]
) -> pl.DataFrame:
    """Prefecture, county, town and village as written; `_town` numbers the town in its county."""
    county, village = listing.model.county, listing.village[index]
    moved = listing.copy[index] == NEXT_COUNTY
    here = _place_names(county, village, batch, marks["place_renamed"])
    if neighbour is not None:
        there_village = scatter(listing.person[index], salt=31) % len(neighbour.villages)
        there = _place_names(neighbour, there_village, batch, np.zeros(len(index), dtype=bool))
        here = here.with_columns(
            pl.when(pl.lit(pl.Series(moved))).then(pl.lit(there[name])).otherwise(name).alias(name)
            for name in here.columns
        )
    suffix = choose(
        wording.SUFFIXES, scatter(listing.person[index], salt=5) % len(wording.SUFFIXES)
    )
    other = pl.lit(pl.Series(marks["place_suffix"]))
    stem = pl.col("village").str.strip_suffix("村")
    return here.with_columns(
        village=pl.when(other).then(stem + pl.lit(suffix)).otherwise("village"),
        _village=pl.col("village"),
        province=pl.lit(PROVINCE),
    )


def _place_names(county: County, village: Ints, batch: int, other_name: Bools) -> pl.DataFrame:
    now, then = (county.recent, county.villages) if batch else (county.villages, county.recent)
    size = len(village)
    other = pl.lit(pl.Series(other_name))
    return pl.DataFrame(
        {
            "prefecture": pl.repeat(county.prefecture, size, eager=True),
            "county": pl.repeat(county.name, size, eager=True),
            "town": choose(county.towns, county.town_of[village]),
            "village": pl.select(
                pl.when(other)
                .then(pl.lit(choose(then, village)))
                .otherwise(pl.lit(choose(now, village)))
            ).to_series(),
            "_county": pl.repeat(county.number, size, dtype=pl.Int64, eager=True),
            "_town": county.town_of[village],
        }
    )


def _truth(listing: Listing, index: Ints, batch: int, marks: dict[str, Bools]) -> pl.DataFrame:
    """True person and household, classes of mistakes, and the planned case."""
    model, person = listing.model, listing.person[index]
    case = person_cases(model.situations, model.people, batch)[person]
    doubled = np.zeros(len(model.people), dtype=bool)
    doubled[person[listing.copy[index] != OWN]] = True
    case = np.where(doubled[person] & (case != "C8"), "C11", case)
    return pl.DataFrame(
        {
            "_person": model.first_person + person,
            "_household": model.first_family + model.people.family[person],
            "_errors": _error_lists(marks, len(index)),
            "_case": case.tolist(),
        }
    )


def _error_lists(marks: dict[str, Bools], size: int) -> pl.Series:
    """The classes of each row, in the order of their names."""
    found = [(name, np.flatnonzero(rows)) for name, rows in sorted(marks.items())]
    pairs = pl.DataFrame(
        {
            "row": np.concatenate([places for _, places in found]),
            "class": np.repeat(np.arange(len(found)), [len(places) for _, places in found]),
        },
        schema={"row": pl.Int64, "class": pl.Int64},
    )
    texts = pl.Series([name for name, _ in found])
    lists = (
        pairs.sort("row", "class")
        .with_columns(errors=pl.lit(texts).gather(pl.col("class")))
        .group_by("row", maintain_order=True)
        .agg("errors")
    )
    every = pl.DataFrame({"row": np.arange(size)})
    return (
        every.join(lists, on="row", how="left", maintain_order="left")["errors"]
        .fill_null(pl.lit([], dtype=pl.List(pl.String)))
        .alias("_errors")
    )


def family_sizes(rows: Rows) -> Ints:
    """Members of each row's true family."""
    return SIZES[rows.model.families.template][rows.family]
