"""Who sent what: rows by register and county against what is expected and against the batch before (the notice wants all places covered).

What belongs here: counting what came and naming what did not. What does not: whether that stops a batch (config and checks),
and where a person lives (identity); the county is read here only to say whose rows are missing.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import polars as pl

from reconciliation.registers.labels import Labels
from reconciliation.registers.schema import PLACE, REGISTERS, REQUIRED

Fold = Callable[[pl.DataFrame], pl.DataFrame]
"""Comparable places of rows with the columns `PLACE`, as `identity.places.comparable_places` gives them."""

ARRIVALS: Final = {
    "before": pl.Boolean,
    "source_file": pl.String,
    "county": pl.String,
    "name": pl.String,
    "rows": pl.Int64,
}
"""Recorded rows of one register by file and county: of this batch or of the one `before`; the comparable county (null: the
rows do not say), how it was written, and how many rows."""

COVERAGE: Final = {
    "register": pl.String,
    "county": pl.String,
    "files": pl.Int64,
    "rows": pl.Int64,
    "rows_before": pl.Int64,
    "change": pl.Float64,
    "status": pl.String,
    "message": pl.String,
}
"""Columns of `coverage` (docs/frames.md)."""

PROBLEMS: Final = ("nothing_received", "refused", "cannot_tell", "fell_sharply", "rose_sharply")
"""The statuses somebody has to look into, the gravest first."""

FEWEST_ROWS: Final = 10
"""A difference of fewer rows is no sharp fall or rise, whatever its share."""

_SPEAKS_SHARE, _SPEAKS_ROWS = 0.05, 100
"""A county is taken to be one that reports where it has this share of a file's rows, or this many of them; fewer are people
registered elsewhere and slips of the pen, and nobody is asked for the register of a misspelled county."""

_WRITTEN_OUT: Final = r"[^0-9\s]"  # a place column may hold a code, which is no name
_DIRECTION: Final = "[东南西北]"
"""What behind a name makes it another one: 黔西南 is a prefecture, and not where 黔西 lies."""
_NO_ARRIVALS: Final = pl.DataFrame(schema=ARRIVALS)


@dataclass(frozen=True)
class Expected:
    """What should have come.

    Attributes:
        counties: comparable county → its name, where the config lists them; None: those that reported to the batch before
            or to either main register now.
        known: comparable county → its name, of all counties there are by the config; a file may be named after one.
        registers: optional registers that must come whether or not they came before.
        after_a_batch: whether there is a batch before to compare with.
        fell_by: share of the rows before whose loss is a sharp fall.
        rose_by: share of the rows before whose gain is a sharp rise.
    """

    counties: Mapping[str, str] | None
    known: Mapping[str, str]
    registers: tuple[str, ...]
    after_a_batch: bool
    fell_by: float
    rose_by: float


def arrivals(records: pl.DataFrame, fold: Fold, *, before: bool = False) -> pl.DataFrame:
    """Recorded rows by file and county.

    Args:
        records: `records_<register>`; `source_file`, `rejected` and the place columns are read.
        fold: makes places comparable.
        before: whether these are the records of the batch before.

    Returns:
        Columns of `ARRIVALS`, sorted.
    """
    units = [*PLACE[:3]]
    counted = (
        records.filter(pl.col("rejected").is_null())
        .group_by("source_file", *units)
        .agg(pl.len().cast(pl.Int64).alias("rows"))
    )
    nowhere = [pl.lit(None, pl.String).alias(name) for name in PLACE if name not in units]
    written = pl.col("county").str.strip_chars()
    return (
        counted.with_columns(
            fold(counted.select(*units, *nowhere))["county"].alias("comparable"),
            name=pl.when(written.str.contains(_WRITTEN_OUT)).then(written),
        )
        .group_by("source_file", county=pl.col("comparable"), name=pl.col("name"))
        .agg(pl.col("rows").sum())
        .with_columns(before=pl.lit(before))
        .select(pl.col(name).cast(dtype) for name, dtype in ARRIVALS.items())
        .sort(pl.all(), nulls_last=True)
    )


def arrivals_before(release: Path | None, register: str, fold: Fold) -> pl.DataFrame:
    """What the release before recorded of a register; nothing where there is no such release."""
    path = release / "data" / f"records_{register}.parquet" if release else None
    if path is None or not path.exists():
        return _NO_ARRIVALS
    records = pl.scan_parquet(path).select("source_file", "rejected", *PLACE).collect()
    return arrivals(records, fold, before=True)


def coverage(
    arrived: Mapping[str, pl.DataFrame], receipts: pl.DataFrame, expected: Expected, labels: Labels
) -> pl.DataFrame:
    """What came of each expected county and register.

    Args:
        arrived: by register, of those read so far, the columns of `ARRIVALS`, of both batches.
        receipts: docs/frames.md, of the same registers.
        expected: what should have come.
        labels: the wording.

    Returns:
        Columns of `COVERAGE` (docs/frames.md), by register in the order of `REGISTERS`, then by county. Rows that name no county
        count for the county their file is named after, where it is named after exactly one known one.
    """
    everything = pl.concat([_NO_ARRIVALS, *arrived.values()])
    names = county_names(everything, {**expected.known, **(expected.counties or {})})
    placed = {register: _placed(frame, names) for register, frame in arrived.items()}
    sent = {
        register: _Sent(register, placed[register], receipts, names, expected)
        for register in REGISTERS
        if register in placed
    }
    counties = set(expected.counties or ())
    if expected.counties is None:
        main = [one for register, one in sent.items() if register in REQUIRED]
        counties.update(*(one.reporting() for one in main))
    rows: list[dict[str, Any]] = []
    for register, one in sent.items():
        lines = one.by_county(counties) if register in REQUIRED else [one.as_a_whole()]
        rows += [line | {"message": _message(line, labels)} for line in lines]
    return pl.DataFrame(rows, schema=COVERAGE, orient="row")


def silent_counties(arrived: pl.DataFrame) -> frozenset[str]:
    """Comparable counties that were in the batch before and of which nothing came now.

    Who is not found on their register may well stand on it. Where some rows now name no county nobody is taken to be silent.

    Args:
        arrived: columns of `ARRIVALS`, of one register and both batches.
    """
    now = arrived.filter(~pl.col("before"))
    if now["county"].null_count():
        return frozenset()
    before = (
        arrived.filter(pl.col("before"))
        .drop_nulls("county")
        .group_by("county")
        .agg(pl.col("rows").sum())
        .filter(pl.col("rows") >= FEWEST_ROWS)
    )
    return frozenset(before.join(now, on="county", how="anti")["county"])


def county_names(arrived: pl.DataFrame, listed: Mapping[str, str]) -> dict[str, str]:
    """The usual spelling of every county: the one most rows have, of equally frequent ones the longest.

    Args:
        arrived: columns of `ARRIVALS`, of all registers and both batches.
        listed: names by comparable county, for those no row spells out.
    """
    spelled = (
        arrived.drop_nulls(["county", "name"])
        .group_by("county", "name")
        .agg(pl.col("rows").sum())
        .sort("rows", pl.col("name").str.len_chars(), "name", descending=[True, True, False])
        .unique("county", keep="first", maintain_order=True)
    )
    stems = {stem: stem for stem in arrived["county"].drop_nulls().unique()}
    return stems | dict(listed) | dict(spelled.select("county", "name").iter_rows())


def coverage_line(frame: pl.DataFrame, labels: Labels) -> str:
    """The main registers in one sentence: how many of the expected counties came, and which did not."""
    parts = []
    for register in REQUIRED:
        counties = frame.filter(
            pl.col("register") == register,
            pl.col("county").is_not_null(),
            pl.col("status") != "not_expected",
        )
        came = counties.filter(pl.col("rows") > 0)
        missing = counties.filter(pl.col("rows") == 0)["county"].to_list()
        said = labels(
            "publishing.coverage.line",
            register=labels(f"registers.{register}"),
            expected=counties.height,
            came=came.height,
        )
        if missing:
            said += labels("publishing.coverage.line_missing", counties="、".join(missing))
        parts.append(said)
    return "；".join(parts)


def problems_first(frame: pl.DataFrame) -> pl.DataFrame:
    """The same rows, those somebody has to look into in front, the gravest first."""
    rank = {status: place for place, status in enumerate(PROBLEMS)}
    grave = pl.col("status").replace_strict(rank, default=len(rank), return_dtype=pl.Int64)
    return frame.sort(grave, maintain_order=True)


def _placed(arrived: pl.DataFrame, names: Mapping[str, str]) -> pl.DataFrame:
    """Rows that name no county are put to the one their file is named after."""
    files = arrived["source_file"].unique().to_list()
    of_file = {file: county for file in files if (county := county_of_file(file, names))}
    named = pl.col("source_file").replace_strict(of_file, default=None, return_dtype=pl.String)
    return arrived.with_columns(pl.coalesce("county", named).alias("county"))


def county_of_file(file: str, names: Mapping[str, str]) -> str | None:
    """The one known county that a file or its folder is named after; None where it is none or several."""
    found = {
        stem
        for stem, name in names.items()
        if name in file or re.search(f"{re.escape(stem)}(?!{_DIRECTION})", file)
    }
    longest = [
        stem for stem in found if not any(stem != other and stem in other for other in found)
    ]
    return longest[0] if len(longest) == 1 else None


class _Sent:
    """What came of one register."""

    def __init__(
        self,
        register: str,
        placed: pl.DataFrame,
        receipts: pl.DataFrame,
        names: Mapping[str, str],
        expected: Expected,
    ) -> None:
        mine = receipts.filter(pl.col("register") == register)
        self._register, self._names, self._expected = register, names, expected
        self._placed = placed
        self._now, self._before = placed.filter(~pl.col("before")), placed.filter("before")
        self._files = {
            status: sorted(set(mine.filter(pl.col("status") == status)["source_file"]))
            for status in ("accepted", "refused")
        }
        refused = [county_of_file(file, names) for file in self._files["refused"]]
        self._refused = {county for county in refused if county is not None}
        self._anybodys = None in refused or self._has_a_nameless_file()

    def reporting(self) -> set[str]:
        """The counties with more than a few strays among the rows of a file, and those a refused file is named after."""
        spoken = (
            self._placed.drop_nulls("county")
            .group_by("before", "source_file", "county")
            .agg(pl.col("rows").sum())
            .join(
                self._placed.group_by("before", "source_file").agg(all=pl.col("rows").sum()),
                on=["before", "source_file"],
            )
            .filter(
                (pl.col("rows") >= pl.col("all") * _SPEAKS_SHARE) | (pl.col("rows") >= _SPEAKS_ROWS)
            )
        )
        return set(spoken["county"]) | self._refused

    def by_county(self, expected: set[str]) -> list[dict[str, Any]]:
        """A line a county, by name; rows of no known county come last."""
        rows = _sums(self._now)
        found = {county for county in rows if county is not None}
        counties = sorted(expected | found, key=lambda stem: (self._names[stem], stem))
        lines = [self._of_county(county, rows, known=county in expected) for county in counties]
        if None in rows:
            lines.append(self._line(None, rows[None], None, "unknown_county"))
        return lines

    def as_a_whole(self) -> dict[str, Any]:
        """One line for a register that is not asked for county by county."""
        files, rows = len(self._files["accepted"]), int(self._now["rows"].sum())
        before = int(self._before["rows"].sum()) if self._expected.after_a_batch else None
        wanted = self._register in self._expected.registers or bool(before)
        if self._files["refused"]:
            status = "refused"
        elif files:
            status = self._compared(rows, before)
        else:
            status = "nothing_received" if wanted else "not_expected"
        return self._line(None, (files, rows), before, status)

    def _of_county(
        self, county: str, rows: Mapping[str | None, tuple[int, int]], *, known: bool
    ) -> dict[str, Any]:
        found = rows.get(county, (0, 0))
        before = None
        if self._expected.after_a_batch:
            before = _sums(self._before).get(county, (0, 0))[1]
        if not known:
            status = "not_expected"
        elif county in self._refused:
            status = "refused"
        elif found[1]:
            status = self._compared(found[1], before)
        else:
            status = "cannot_tell" if self._anybodys else "nothing_received"
        return self._line(self._names[county], found, before, status)

    def _compared(self, rows: int, before: int | None) -> str:
        if not before or abs(rows - before) < FEWEST_ROWS:
            return "received"
        change = round(rows / before - 1, 6)
        if change <= -self._expected.fell_by:
            return "fell_sharply"
        return "rose_sharply" if change >= self._expected.rose_by else "received"

    def _has_a_nameless_file(self) -> bool:
        """Whether most rows of some file say nothing of their county: then whose they are cannot be told."""
        unknown = pl.col("rows").filter(pl.col("county").is_null()).sum()
        nameless = self._now.group_by("source_file").agg(most=unknown * 2 > pl.col("rows").sum())
        return bool(nameless["most"].any())

    def _line(
        self, county: str | None, found: tuple[int, int], before: int | None, status: str
    ) -> dict[str, Any]:
        files, rows = found
        return {
            "register": self._register,
            "county": county,
            "files": files,
            "rows": rows,
            "rows_before": before,
            "change": round(rows / before - 1, 6) if before else None,
            "status": status,
        }


def _sums(arrived: pl.DataFrame) -> dict[str | None, tuple[int, int]]:
    """Files and rows by county."""
    summed = arrived.group_by("county").agg(pl.col("source_file").n_unique(), pl.col("rows").sum())
    return {county: (files, rows) for county, files, rows in summed.iter_rows()}


def _message(line: Mapping[str, Any], labels: Labels) -> str | None:
    """What is to be said of a line, null where nothing is."""
    said = labels.mapping("publishing.coverage.said")
    status = line["status"]
    if line["county"] is None and f"{status}_register" in said:
        status = f"{status}_register"
    if status not in said or (line["county"] is None and line["status"] == "not_expected"):
        return None
    before = line["rows_before"]
    return said[status].format(
        register=labels(f"registers.{line['register']}"),
        county=line["county"] or "",
        rows=f"{line['rows']:,}",
        files=line["files"],
        before="" if before is None else labels("publishing.coverage.before", rows=f"{before:,}"),
        change="" if line["change"] is None else f"{abs(line['change']):.1%}",
    )
