"""Grids kept from one run to the next, so that a file that has not changed is not parsed again.

What is kept is what the parsing process made of a file, under a key of all that it depends on: the file's content, its
extension, the limits, and the parser itself. Headers, rules and labels are not among it: a change of them takes effect at once.

A folder `FOLDER/grids/<key>` holds one file's grids and `entry.json`, whose first line is the checksum of the rest of it, and the rest
the parser's result and the checksum of every grid. What does not agree with its checksum is removed and read again. Folders
come into being below `FOLDER/work` and are put in their place by one rename, so that several runs may share a folder.

Everything here holds personal data and is for its owner alone.
"""

import fcntl
import hashlib
import json
import os
import platform
import shutil
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import cache
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory, mkdtemp
from typing import Any

from reconciliation.intake.files import sha256

FOLDER = ".intake"
"""What the folder is called beside the releases."""
PARSER = (
    "cells", "columnar", "contents", "delimited", "error_cells", "grids", "refusals", "spreadsheets", "worker",
)  # fmt: skip
"""The modules that a grid depends on."""
KEPT_DAYS = 45
"""Batches come twice a month: what neither the last two nor a revision of them asked for is removed."""

_LIBRARIES = ("python-calamine", "pyarrow")
_ENTRY = "entry.json"
_SECONDS_A_DAY = 86_400


@dataclass(frozen=True)
class Kept:
    """What is kept of one file.

    Attributes:
        folder: with the grids.
        result: of the parsing process.
    """

    folder: Path
    result: dict[str, Any]


@dataclass(frozen=True)
class GridStore:
    """The grids of earlier runs, and a place for those of this one.

    Attributes:
        work: a folder of this run alone.
        grids: where grids are kept, None where nothing is kept.
        made: keys of the grids this run has made itself.
    """

    work: Path
    grids: Path | None = None
    made: set[str] = field(default_factory=set)

    @contextmanager
    def workplace(self) -> Iterator[Path]:
        """An empty folder for one file, gone afterwards unless it was kept."""
        folder = Path(mkdtemp(dir=self.work))
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def find(self, key: str) -> Kept | None:
        """The grids of a key; None where there are none, or they are damaged: then they are removed."""
        if self.grids is None:
            return None
        folder = self.grids / key
        try:
            result = _checked(folder)
            os.utime(folder)
        except FileNotFoundError:
            if not folder.exists():
                return None
            result = None
        except (OSError, ValueError, KeyError, TypeError):
            result = None
        if result is None:
            _remove(folder, self.work)
            return None
        return Kept(folder, result)

    def keep(self, key: str, folder: Path, result: Mapping[str, Any]) -> None:
        """Keep what lies in a workplace; where somebody else has kept the same meanwhile, theirs stays.

        What cannot be kept (no room on the disk) is parsed again the next time, and nothing worse.
        """
        if self.grids is None:
            return
        try:
            _write_entry(folder, result)
            folder.rename(self.grids / key)
        except OSError:
            return
        self.made.add(key)

    def forget_unused(self) -> None:
        """Remove what no run has asked for in `KEPT_DAYS` days."""
        if self.grids is None:
            return
        oldest = time.time() - KEPT_DAYS * _SECONDS_A_DAY
        for folder in self.grids.iterdir():
            try:
                unused = folder.stat().st_mtime < oldest
            except FileNotFoundError:
                continue
            if unused:
                _remove(folder, self.work)


@contextmanager
def grid_store(folder: Path | None) -> Iterator[GridStore]:
    """The grids kept in a folder, which is made where missing; None: nothing is kept.

    What a run that was killed has left half done is removed first; what has long not been used, at the end of a run
    that went well.
    """
    if folder is None:
        with TemporaryDirectory(prefix="intake-", ignore_cleanup_errors=True) as work:
            yield GridStore(Path(work))
        return
    for place in (folder, folder / "grids", folder / "work"):
        place.mkdir(mode=0o700, exist_ok=True)
    with _own_work(folder / "work") as own:
        store = GridStore(own, folder / "grids")
        yield store
        store.forget_unused()


def grid_key(content: str, suffix: str, limits: Mapping[str, int]) -> str:
    """The key of a file's grids.

    Args:
        content: SHA-256 of the file.
        suffix: its extension, lower case.
        limits: `IntakeSettings.limits`.
    """
    parts = [content, suffix, sorted(limits.items()), _parser_digest()]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


@cache
def _parser_digest() -> str:
    """What stands for the parser: another version of it may read the same file differently."""
    digest = hashlib.sha256(platform.python_version().encode())
    for library in _LIBRARIES:
        digest.update(f"{library} {version(library)}\n".encode())
    for module in PARSER:
        digest.update(Path(__file__).with_name(f"{module}.py").read_bytes())
    return digest.hexdigest()


@contextmanager
def _own_work(work: Path) -> Iterator[Path]:
    """A folder for this run alone, held by a lock that goes with the process; those nobody holds are removed."""
    with ExitStack() as held:
        with _locked(work, fcntl.LOCK_EX):
            for left in work.iterdir():
                _remove_if_left(left)
            own = Path(mkdtemp(dir=work))
            held.enter_context(_locked(own, fcntl.LOCK_EX))
        try:
            yield own
        finally:
            shutil.rmtree(own, ignore_errors=True)


def _remove_if_left(folder: Path) -> None:
    try:
        with _locked(folder, fcntl.LOCK_EX | fcntl.LOCK_NB):
            shutil.rmtree(folder, ignore_errors=True)
    except OSError:
        return


@contextmanager
def _locked(folder: Path, how: int) -> Iterator[None]:
    descriptor = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
    try:
        fcntl.flock(descriptor, how)
        yield
    finally:
        os.close(descriptor)


def _write_entry(folder: Path, result: Mapping[str, Any]) -> None:
    files = {path.name: sha256(path) for path in sorted(folder.iterdir())}
    body = json.dumps({"result": result, "files": files}).encode()
    seal = hashlib.sha256(body).hexdigest().encode()
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
    with os.fdopen(os.open(folder / _ENTRY, flags, 0o600), "wb") as entry:
        entry.write(seal + b"\n" + body)


def _checked(folder: Path) -> dict[str, Any] | None:
    """The result of an entry, None where anything of it is not what was written."""
    seal, _, body = (folder / _ENTRY).read_bytes().partition(b"\n")
    if hashlib.sha256(body).hexdigest().encode() != seal:
        return None
    entry = json.loads(body)
    for name, digest in entry["files"].items():
        if sha256(folder / name) != digest:
            return None
    return dict(entry["result"])


def _remove(folder: Path, work: Path) -> None:
    """Take an entry away in one step, so that nobody finds half of it."""
    with TemporaryDirectory(dir=work, ignore_cleanup_errors=True) as aside:
        try:
            folder.rename(Path(aside, folder.name))
        except FileNotFoundError:
            return
