"""One package an office: its own lists, and of each row only the fields it needs.

What belongs here: dividing the lists between civil affairs and the poverty office, and writing each share with a manifest of its own.
What does not: which fields an office needs (`config/reporting.yaml`) and how a workbook is written (`workbooks.py`).

The sentences `why` and `evidence` name the values that decided, of either register; no other cell of the other register is there.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import polars as pl

from reconciliation.publishing.answer_sheets import Sending
from reconciliation.publishing.hashes import file_hashes
from reconciliation.publishing.private_files import emptied, private_folder, write_frame, write_text
from reconciliation.publishing.reporting import PackageFields, Reporting
from reconciliation.publishing.workbooks import write_county_workbooks

ASKED = ("case_key", "counterpart_case", "state")
"""What the workbooks need besides to be answered (`reconciliation.ledger.asked`); random keys and the state of the finding."""


@dataclass(frozen=True)
class Package:
    """One office's share.

    Attributes:
        owner: `civil_affairs` or `poverty_office`.
        fields: the columns of its rows.
        lists: its rows by list.
    """

    owner: str
    fields: tuple[str, ...]
    lists: Mapping[str, pl.DataFrame]


def divide(lists: Mapping[str, pl.DataFrame], reporting: Reporting) -> list[Package]:
    """The rows of each office.

    Args:
        lists: the lists somebody acts on by name, with `owner` (`civil_affairs`, `poverty_office`, `both`) and the columns of
            `reconciliation.policy.lists.COLUMNS`, and those of `ASKED`.
        reporting: which lists and fields an office gets.

    Returns:
        One package an owner, in the order of the config. A row that both own is in both; its own lists are there even where
        nobody is on them, any other list only where a rule makes a row of it the office's.
    """
    packages = []
    for owner, chosen in reporting.packages.items():
        shares = {name: _share(rows, owner, chosen) for name, rows in lists.items()}
        own = {name: rows for name, rows in shares.items() if name in chosen.lists or rows.height}
        packages.append(Package(owner, chosen.columns, own))
    return packages


def write_packages(folder: Path, packages: list[Package], sending: Sending) -> list[Path]:
    """Write `<folder>/<owner>/`: `lists/`, `workbooks/` and `package.json`; the same rows give the same bytes.

    Args:
        folder: where they go; emptied first.
        packages: as `divide` gives them.
        sending: what the workbooks are sent out with.

    Returns:
        The folders.
    """
    emptied(folder)
    return [
        _write(private_folder(folder / package.owner), package, sending) for package in packages
    ]


def _share(rows: pl.DataFrame, owner: str, chosen: PackageFields) -> pl.DataFrame:
    mine = rows.filter(pl.col("owner").is_in([owner, "both"]))
    return mine.select(*chosen.columns, *(name for name in ASKED if name in rows.columns))


def _write(folder: Path, package: Package, sending: Sending) -> Path:
    labels = sending.labels
    lists = private_folder(folder / "lists")
    for name, rows in package.lists.items():
        write_frame(lists / f"{name}.parquet", rows.select(package.fields))
    office = labels(f"publishing.owners.{package.owner}")
    facts = ((labels("publishing.packages.owner"), office), *sending.facts)
    write_county_workbooks(folder / "workbooks", package.lists, replace(sending, facts=facts))
    manifest = {
        "owner": package.owner,
        "office": office,
        "batch": sending.batch.isoformat(),
        "release": sending.release,
        "run": sending.run,
        "fields": package.fields,
        "lists": {name: rows.height for name, rows in package.lists.items()},
        "files": file_hashes(folder),
    }
    text = json.dumps(manifest, ensure_ascii=False, sort_keys=True, indent=2)
    write_text(folder / "package.json", f"{text}\n")
    return folder
