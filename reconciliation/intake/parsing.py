"""Received files parsed in processes of their own, several at a time.

What belongs here: which file is parsed when, and taking its grids back, from the process or from an earlier run. The processes
themselves: `processes`; what they do: `worker`; what is kept: `cache`.
"""

import json
import os
from collections import deque
from collections.abc import Generator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path
from queue import SimpleQueue
from typing import Any

import polars as pl

from reconciliation.intake.cache import GridStore, grid_key, grid_store
from reconciliation.intake.files import ReceivedFile, sha256
from reconciliation.intake.processes import ParsingProcess
from reconciliation.intake.refusals import RefusedError
from reconciliation.intake.settings import IntakeSettings
from reconciliation.intake.worker import RESULT

_AHEAD = 2
"""Files begun or waiting to be taken, for each one parsed at a time."""
_PASSING = frozenset({"memory", "unreadable"})
"""Refusals that may have other reasons than the file."""

MergedRange = tuple[int, int, int, int]
"""Top, left, bottom, right, counted from 0 in the grid."""


@dataclass(frozen=True)
class Sheet:
    """One sheet as received.

    Attributes:
        name: null for text and Parquet files.
        skipped: why it is not read (`hidden`, `chart`, `empty`), else null.
        grid: see `grids`; without columns where skipped.
        merged: merged ranges.
        left: the blank columns of the sheet before the grid's first one.
        headed: whether the first row is known to be the header, and the only one (a database table).
    """

    name: str | None
    skipped: str | None = None
    grid: pl.DataFrame = field(default_factory=pl.DataFrame)
    merged: tuple[MergedRange, ...] = ()
    left: int = 0
    headed: bool = False


@dataclass(frozen=True)
class Parsed:
    """One file as parsed: its sheets, or why there are none; `reused` where an earlier run parsed it."""

    file: ReceivedFile
    sha256: str
    bytes: int
    encoding: str | None = None
    sheets: tuple[Sheet, ...] = ()
    refusal: RefusedError | None = None
    reused: bool = False


def parse_files(
    files: Sequence[ReceivedFile], settings: IntakeSettings, store: GridStore | None = None
) -> Generator[Parsed, None, None]:
    """Parse files, as many at a time as the settings say; each comes as it is done.

    The largest are begun first, so that none of them is left for the end, and only a few are parsed ahead of whoever takes
    them, so that a province does not lie in the memory. A file that cannot be read is a refusal, never an error. Closing the
    generator, or an error while it waits (Ctrl-C), ends all parsing at once.

    Args:
        files: what was received.
        settings: `config/intake.yaml`.
        store: where grids are kept; without one nothing is.
    """
    with ExitStack() as stack:
        store = store or stack.enter_context(grid_store(None))
        parser = _Parser(settings, store, [ParsingProcess() for _ in range(settings.parallel)])
        pool = stack.enter_context(ThreadPoolExecutor(settings.parallel))
        stack.callback(parser.end)
        stack.callback(pool.shutdown, wait=False, cancel_futures=True)
        waiting = deque(sorted(files, key=lambda file: (-_size(file), file.name)))
        running: set[Future[Parsed]] = set()
        while waiting or running:
            while waiting and len(running) < _AHEAD * settings.parallel:
                running.add(pool.submit(parser.parse, waiting.popleft()))
            done, running = wait(running, return_when=FIRST_COMPLETED)
            for future in done:
                yield future.result()


def _size(file: ReceivedFile) -> int:
    try:
        return file.path.lstat().st_size
    except OSError:
        return 0


class _Parser:
    """Parses one file a time and thread."""

    def __init__(
        self, settings: IntakeSettings, store: GridStore, processes: Sequence[ParsingProcess]
    ) -> None:
        """Take a process for each thread."""
        self._settings, self._store, self._processes = settings, store, processes
        self._free: SimpleQueue[ParsingProcess] = SimpleQueue()
        for process in processes:
            self._free.put(process)

    def parse(self, file: ReceivedFile) -> Parsed:
        """One file as parsed, now or in an earlier run."""
        if file.obstacle:
            return Parsed(file, "", 0, refusal=RefusedError(file.obstacle))
        try:
            before = file.path.stat()
            checksum = sha256(file.path)
        except OSError:
            return Parsed(file, "", 0, refusal=RefusedError("unreachable"))
        received = Parsed(file, checksum, before.st_size)
        try:
            _check_size(before.st_size, self._settings)
            key = grid_key(checksum, file.suffix, self._settings.limits)
            return self._kept(key, received) or self._new(key, received, before)
        except RefusedError as error:
            return replace(received, refusal=error)

    def end(self) -> None:
        """End all processes, whatever they are doing."""
        for process in self._processes:
            process.end()

    def _kept(self, key: str, received: Parsed) -> Parsed | None:
        kept = self._store.find(key)
        if kept is None:
            return None
        try:
            parsed = _loaded(received, kept.folder, kept.result)
        except OSError:  # another run removed it this moment
            return None
        return replace(parsed, reused=key not in self._store.made)

    def _new(self, key: str, received: Parsed, before: os.stat_result) -> Parsed:
        with self._store.workplace() as folder:
            result = self._run(received.file, folder)
            _check_unchanged(received.file.path, before)
            parsed = _loaded(received, folder, result)
            if result.get("reason") not in _PASSING:
                self._store.keep(key, folder, result)
        return parsed

    def _run(self, file: ReceivedFile, output: Path) -> dict[str, Any]:
        """What the parsing process found.

        Raises:
            RefusedError: it took too long, or died of the file.
        """
        job = {
            "path": str(file.path.absolute()),
            "suffix": file.suffix,
            "output": str(output.absolute()),
            "limits": self._settings.limits,
        }
        process = self._free.get()
        try:
            process.do(job, self._settings.timeout_seconds)
        finally:
            self._free.put(process)
        report = output / RESULT
        if not report.exists():
            raise RefusedError("process_died", limit=self._settings.memory_bytes >> 20)
        result: dict[str, Any] = json.loads(report.read_text(encoding="utf-8"))
        report.unlink()
        return result


def _loaded(received: Parsed, folder: Path, result: dict[str, Any]) -> Parsed:
    """A file with the sheets that were found in it, or with the reason why it was refused."""
    if "reason" in result:
        return replace(received, refusal=RefusedError(result["reason"], **result["values"]))
    sheets = tuple(load_sheet(folder, sheet) for sheet in result["sheets"])
    return replace(received, encoding=result["encoding"], sheets=sheets)


def _check_size(size: int, settings: IntakeSettings) -> None:
    limit = settings.max_file_bytes
    if size == 0:
        raise RefusedError("no_bytes")
    if size > limit:
        raise RefusedError("too_large", found=size >> 20, limit=limit >> 20)


def _check_unchanged(path: Path, before: os.stat_result) -> None:
    """A file that is still being copied has a checksum that is not that of what was read."""
    try:
        now = path.stat()
    except OSError:
        raise RefusedError("changed") from None
    if any(getattr(now, of) != getattr(before, of) for of in ("st_size", "st_mtime_ns", "st_ino")):
        raise RefusedError("changed")


def load_sheet(folder: Path, about: dict[str, Any]) -> Sheet:
    """One sheet of a worker's result, with its grid from the folder the worker wrote to."""
    if about["skipped"]:
        return Sheet(about["name"], about["skipped"])
    grid = pl.concat([pl.read_ipc(folder / file) for file in about["files"]])
    merged = tuple((top, left, bottom, right) for top, left, bottom, right in about["merged"])
    return Sheet(about["name"], None, grid, merged, about.get("left", 0))
