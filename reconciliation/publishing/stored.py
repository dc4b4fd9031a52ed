"""A published release read back, for whoever asks again what it was judged from.

What belongs here: finding a release's frames and putting together the evidence of the policy. What does not: judging it anew
(`reconciliation.policy`) and making a release (`release.py`). Nothing is written here.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

import polars as pl

from reconciliation.ledger.difference import Published
from reconciliation.policy.attributes import FIELDS
from reconciliation.policy.evidence import ANSWERED, OTHER, Evidence, Side
from reconciliation.policy.neighbourhood import KEYS, neighbourhood
from reconciliation.publishing.coverage import silent_counties
from reconciliation.publishing.release import Release
from reconciliation.registers.errors import UsageError
from reconciliation.registers.schema import LINEAGE, REGISTERS, REQUIRED

_LINKED: Final = ("links", "evidence_links", "duplicates")


def gathered(frames: Mapping[str, pl.DataFrame]) -> Evidence:
    """The frames of a batch as the policy takes them: registers of which no file was accepted are left out.

    A list that came and names nobody is there: that nobody died is something else than that nobody said who died.

    Args:
        frames: `records_…`, `persons_…` and `receipts_…` of every register, `counties_…` of the main ones, `links`,
            `evidence_links`, `duplicates`; `answered`, where anything was.
    """
    supplied = _of_status(frames, "accepted")
    return Evidence(
        records={name: frames[f"records_{name}"] for name in supplied},
        persons={name: frames[f"persons_{name}"] for name in supplied},
        links=frames["links"],
        evidence_links=frames["evidence_links"],
        duplicates=frames["duplicates"],
        incomplete=frozenset(_of_status(frames, "refused")),
        answered=frames.get("answered", pl.DataFrame(schema=ANSWERED)),
        silent={name: silent_counties(frames[f"counties_{name}"]) for name in REQUIRED},
    )


def _of_status(frames: Mapping[str, pl.DataFrame], status: str) -> list[str]:
    """The registers of which some file has a status."""
    return [name for name in REGISTERS if (frames[f"receipts_{name}"]["status"] == status).any()]


@dataclass(frozen=True)
class StoredRelease:
    """A release on the disk.

    Attributes:
        root: its folder.
        batch: its as-of date.
        config_hash: SHA-256 of the config it was made with.
    """

    root: Path
    batch: date
    config_hash: str

    @classmethod
    def open(cls, folder: Path) -> "StoredRelease":
        """Open a release's folder.

        Raises:
            UsageError: the folder holds no release.
        """
        path = Release(folder).manifest
        try:
            manifest = json.loads(path.read_text(encoding="utf-8"))
            return cls(
                folder, date.fromisoformat(manifest["batch"]), str(manifest["config_sha256"])
            )
        except (OSError, ValueError, KeyError, TypeError):
            raise UsageError(
                f"{folder} is no release: it has no readable manifest.json; give the folder of a published batch, "
                "as OUTPUT/2018-08-15"
            ) from None

    def frame(self, name: str) -> pl.DataFrame:
        """A frame of docs/frames.md.

        Raises:
            UsageError: the release does not have it.
        """
        return self._scan(name).collect()

    def _scan(self, name: str) -> pl.LazyFrame:
        path = Release(self.root).data / f"{name}.parquet"
        if not path.is_file():
            raise UsageError(
                f"{self.root} lacks data/{name}.parquet: the release is damaged, or an earlier version made it"
            )
        return pl.scan_parquet(path)

    def evidence(self) -> Evidence:
        """All that the release was judged from."""
        names = [f"{kind}_{register}" for kind in ("records", "persons") for register in REGISTERS]
        return gathered(self._said() | {name: self.frame(name) for name in (*names, *_LINKED)})

    def evidence_around(self, asked: Mapping[Side, pl.Series]) -> Evidence:
        """As much of it as decides about some records: the outcome for them is that of the whole.

        Args:
            asked: the records, by register.
        """
        links, further, duplicates = (self.frame(name) for name in _LINKED)
        people = {
            side: self._scan(f"persons_{side}").select(KEYS).collect() for side in OTHER
        }  # fmt: skip
        inside: dict[str, pl.Series] = dict(neighbourhood(asked, people, links, duplicates).items())
        near = _of_records(further, inside)
        for register in REGISTERS:
            if register not in inside:
                mine = near.filter(pl.col("evidence_register") == register)
                inside[register] = mine.get_column("evidence_record").unique()
        frames = {
            f"{kind}_{register}": self._rows(kind, register, inside[register])
            for kind in ("records", "persons")
            for register in REGISTERS
        }
        either = pl.col("dibao_record").is_in(inside["dibao"].implode()) | pl.col(
            "poverty_record"
        ).is_in(inside["poverty"].implode())
        return gathered(
            self._said()
            | frames
            | {
                "links": links.filter(either),
                "evidence_links": near,
                "duplicates": _of_records(duplicates, inside),
            }
        )

    def published(self) -> Published:
        """What it says of everybody, for a comparison with another release."""
        return Published(
            dispositions=self.frame("dispositions"),
            households=self.frame("households"),
            links=self.frame("links"),
            cases=self.frame("cases"),
            persons={side: self.frame(f"persons_{side}") for side in sorted(OTHER)},
        )

    def county_names(self) -> dict[str, str]:
        """Comparable county → as offices write it: the name most rows have, of equals the first."""
        counted = pl.concat(self.frame(f"counties_{register}") for register in REQUIRED)
        names = (
            counted.drop_nulls(["county", "name"])
            .group_by("county", "name")
            .agg(pl.col("rows").sum())
            .sort("county", "rows", "name", descending=[False, True, False])
            .unique("county", keep="first", maintain_order=True)
        )
        return dict(names.select("county", "name").iter_rows())

    def with_sources(self, rows: pl.DataFrame, suffix: str = "") -> pl.DataFrame:
        """Rows with the file, sheet and row each record was received in, after its number.

        Args:
            rows: `register` and `record` with the suffix (null: not in this release).
            suffix: of the record's column, and of the columns added.
        """
        sources = pl.concat(
            self._scan(f"records_{side}")
            .select(
                pl.lit(str(side)).alias("register"),
                pl.col("record").alias(f"record{suffix}"),
                *(pl.col(column).alias(f"{column}{suffix}") for column in LINEAGE),
            )
            .collect()
            for side in sorted(OTHER)
        )
        found = rows.join(
            sources,
            on=["register", f"record{suffix}"],
            how="left",
            validate="m:1",
            maintain_order="left",
        )
        place = rows.columns.index(f"record{suffix}") + 1
        added = [f"{column}{suffix}" for column in LINEAGE]
        return found.select(*rows.columns[:place], *added, *rows.columns[place:])

    def _said(self) -> dict[str, pl.DataFrame]:
        """What came, in files and by county: small, and always whole."""
        names = [f"receipts_{name}" for name in REGISTERS]
        names += [f"counties_{name}" for name in REQUIRED]
        # A release made before answers were heard has none.
        if (Release(self.root).data / "answered.parquet").is_file():
            names.append("answered")
        return {name: self.frame(name) for name in names}

    def _rows(self, kind: str, register: str, records: pl.Series) -> pl.DataFrame:
        """Some rows; of the records also those that show which columns a file has."""
        rows = self._scan(f"{kind}_{register}")
        if kind == "records":
            records = pl.concat([records, _witnesses(rows, register)]).unique()
        return rows.filter(pl.col("record").is_in(records.implode())).collect()


def _witnesses(records: pl.LazyFrame, register: str) -> pl.Series:
    """Of each file a row for every policy column that is filled somewhere: without it the file would seem to lack it."""
    there = records.collect_schema().names()
    fields = [field for field in FIELDS.get(register, ()) if field in there]
    if not fields:
        return pl.Series("record", [], dtype=pl.Int64)
    filled = records.group_by(LINEAGE[0]).agg(
        pl.col("record").filter(pl.col(field).is_not_null()).min().alias(field) for field in fields
    )
    found = filled.select(fields).unpivot(value_name="record").collect()
    return found.get_column("record").drop_nulls()


def _of_records(frame: pl.DataFrame, inside: Mapping[str, pl.Series]) -> pl.DataFrame:
    """The rows of a frame that are about some records (`register`, `record`)."""
    about = [
        (pl.col("register") == register) & pl.col("record").is_in(records.implode())
        for register, records in inside.items()
    ]
    return frame.filter(pl.any_horizontal(about))
