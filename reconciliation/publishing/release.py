"""A release: what one batch published, written beside its place and put there in one step.

A release is never changed. A correction is a new revision (`<batch>.r2`, `<batch>.r3` …) that says what it replaces.
Until the last step everything lies in `OUTPUT/.staging/<batch>`, so that a crash at any point leaves the last
published batch whole.
"""

import fcntl
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from reconciliation.publishing.private_files import (
    FILE_MODE,
    private_folder,
    restrict,
    sync,
)
from reconciliation.registers.errors import UsageError

STAGING = ".staging"
LOCK = ".lock"
_RELEASE_NAME = re.compile(r"(\d{4}-\d{2}-\d{2})(?:\.r([1-9]\d*))?")


@dataclass(frozen=True)
class Release:
    """Where the parts of a release lie, in staging or published.

    Attributes:
        root: the folder of the release.
    """

    root: Path

    @property
    def manifest(self) -> Path:
        """What went in, with what, and the counts that came out."""
        return self.root / "manifest.json"

    @property
    def data(self) -> Path:
        """Frames for programs: records, persons, links, households, findings, dispositions, ledger."""
        return self.root / "data"

    @property
    def lists(self) -> Path:
        """The ten lists as Parquet."""
        return self.root / "lists"

    @property
    def entitlements(self) -> Path:
        """The other lists the notice asks for."""
        return self.root / "entitlements"

    @property
    def workbooks(self) -> Path:
        """A workbook a county."""
        return self.root / "workbooks"

    @property
    def home_visits(self) -> Path:
        """Books of home-visit forms, a page a household."""
        return self.root / "home_visits"

    @property
    def packages(self) -> Path:
        """A package an office: its own lists and fields."""
        return self.root / "packages"

    @property
    def reports(self) -> Path:
        """Pages: the summary without personal data, the mismatch report with names."""
        return self.root / "reports"

    @property
    def summary(self) -> Path:
        """The page to open first."""
        return self.reports / "summary.html"

    @property
    def mismatches(self) -> Path:
        """The mismatch report for auditors: one folder that can be copied to a stick."""
        return self.reports / "audit"

    @property
    def data_docs(self) -> Path:
        """The documentation of the checks, written by Great Expectations."""
        return self.root / "data_docs"

    def make_folders(self) -> "Release":
        """Make the folders of all parts but `data_docs`, which its own writer makes; return the release."""
        for folder in (self.data, self.lists, self.entitlements, self.workbooks, self.reports):
            private_folder(folder)
        return self


def staging_folder(output: Path, batch: str) -> Path:
    """The folder `OUTPUT/.staging/<batch>`, made if missing. What an earlier step left there stays."""
    return private_folder(output / STAGING / _checked(batch))


def clear_staging(output: Path, batch: str) -> None:
    """Remove what an earlier, broken-off run of this batch left in staging."""
    folder = output / STAGING / _checked(batch)
    if folder.exists():
        shutil.rmtree(folder)


def releases(output: Path, batch: str | None = None) -> list[Path]:
    """The published releases, oldest batch and revision first; of one batch, or of all."""
    if not output.is_dir():
        return []
    found = [
        (match[1], int(match[2] or 1), path)
        for path in output.iterdir()
        if path.is_dir() and (match := _RELEASE_NAME.fullmatch(path.name))
    ]
    return [path for key, _, path in sorted(found) if batch in (None, key)]


def latest_release(output: Path, batch: str) -> Path | None:
    """The newest revision of a batch, None where nothing of it is published."""
    return next(reversed(releases(output, _checked(batch))), None)


def published_name(output: Path, batch: str, revise: bool) -> str:
    """The name the next release of a batch gets: `<batch>`, or `<batch>.r2`, `.r3` … when revising.

    Raises:
        UsageError: the batch is published and this is no revision, or there is nothing to revise.
    """
    latest = latest_release(output, batch)
    if not revise:
        if latest is not None:
            raise UsageError(
                f"batch {batch} is published already ({latest.name}); "
                "a correction needs --revise with a reason"
            )
        return batch
    if latest is None:
        raise UsageError(f"batch {batch} has no release to revise; run it without --revise")
    match = _RELEASE_NAME.fullmatch(latest.name)
    assert match is not None
    return f"{batch}.r{int(match[2] or 1) + 1}"


def publish(staging: Path, destination: Path) -> Path:
    """Put a finished staging folder in its place, in one step; return the place.

    Permissions are set and everything is on the disk before the rename, so what stands under the published name is
    whole even after a power cut. Call it holding `output_lock`.

    Raises:
        UsageError: something stands at the destination; releases are never overwritten.
        FileNotFoundError: there is no staging folder.
    """
    if os.path.lexists(destination):
        raise UsageError(f"{destination.name} is published already and is never overwritten")
    if not staging.is_dir():
        raise FileNotFoundError(staging)
    restrict(staging)
    sync(staging)
    staging.rename(destination)
    _sync_entry(destination.parent)
    _sync_entry(staging.parent)
    return destination


@contextmanager
def output_lock(output: Path) -> Iterator[None]:
    """Hold an output folder for one run; the lock goes with the process, however it ends.

    Raises:
        UsageError: another run holds it.
    """
    private_folder(output)
    descriptor = os.open(output / LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, FILE_MODE)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise UsageError(
                f"another run is writing to {output}; wait until it has ended"
            ) from None
        yield
    finally:
        os.close(descriptor)


def _checked(batch: str) -> str:
    """A batch key as given, once it is sure to be a date and so safe as a folder name."""
    try:
        known = date.fromisoformat(batch).isoformat() == batch
    except ValueError:
        known = False
    if not known:
        raise UsageError("a batch is written YYYY-MM-DD")
    return batch


def _sync_entry(folder: Path) -> None:
    """Make a rename in this folder last."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
