"""Received files parsed in processes of their own, several at a time.

What belongs here: starting, bounding and ending those processes, and taking their grids back. What they do: `worker`.
A file may kill its process; it cannot harm this one.
"""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import polars as pl

from reconciliation.intake.files import ReceivedFile, sha256
from reconciliation.intake.refusals import RefusedError
from reconciliation.intake.settings import IntakeSettings
from reconciliation.intake.worker import RESULT

_ROOT = Path(__file__).resolve().parents[2]
# One thread and one allocator arena a process: threads and arenas reserve address space, which is what is bounded.
_FRUGAL = {
    "ARROW_DEFAULT_MEMORY_POOL": "system",
    "ARROW_IO_THREADS": "1",
    "MALLOC_ARENA_MAX": "1",
    "OMP_NUM_THREADS": "1",
    "PYTHONDONTWRITEBYTECODE": "1",
}

MergedRange = tuple[int, int, int, int]
"""Top, left, bottom, right, counted from 0 in the grid."""


@dataclass(frozen=True)
class Sheet:
    """One sheet as received.

    Attributes:
        name: null for text and Parquet files.
        skipped: why it is not read (`hidden`, `chart`, `empty`), else null.
        grid: see `grids`; without columns where skipped.
        merged: merged ranges near the top.
    """

    name: str | None
    skipped: str | None = None
    grid: pl.DataFrame = field(default_factory=pl.DataFrame)
    merged: tuple[MergedRange, ...] = ()


@dataclass(frozen=True)
class Parsed:
    """One file as parsed: its sheets, or why there are none."""

    file: ReceivedFile
    sha256: str
    bytes: int
    encoding: str | None = None
    sheets: tuple[Sheet, ...] = ()
    refusal: RefusedError | None = None


def parse_files(files: Sequence[ReceivedFile], settings: IntakeSettings) -> Iterator[Parsed]:
    """Parse files, as many at a time as the settings say; each comes as it is done."""
    with ThreadPoolExecutor(settings.parallel) as pool:
        running: list[Future[Parsed]] = [pool.submit(parse_file, file, settings) for file in files]
        while running:
            done = next(as_completed(running))
            running.remove(done)
            yield done.result()


def parse_file(file: ReceivedFile, settings: IntakeSettings) -> Parsed:
    """Parse one file; a file that cannot be read is a refusal, never an error."""
    try:
        size = file.path.stat().st_size
        checksum = sha256(file.path)
    except OSError:
        return Parsed(file, "", 0, refusal=RefusedError("unreachable"))
    try:
        _check_size(size, settings)
        with tempfile.TemporaryDirectory(prefix="intake-") as folder:
            result = _run(file, Path(folder), settings)
            sheets = tuple(load_sheet(Path(folder), sheet) for sheet in result["sheets"])
    except RefusedError as error:
        return Parsed(file, checksum, size, refusal=error)
    return Parsed(file, checksum, size, result["encoding"], sheets)


def _check_size(size: int, settings: IntakeSettings) -> None:
    limit = settings.max_file_bytes
    if size == 0:
        raise RefusedError("no_bytes")
    if size > limit:
        raise RefusedError("too_large", found=size >> 20, limit=limit >> 20)


def _run(file: ReceivedFile, output: Path, settings: IntakeSettings) -> dict[str, Any]:
    """What the parsing process found.

    Raises:
        RefusedError: it refused the file, took too long, or died of it.
    """
    job = {
        "path": str(file.path.absolute()),
        "suffix": file.suffix,
        "output": str(output),
        "limits": settings.model_dump(),
    }
    environment = {**os.environ, **_FRUGAL, "PYTHONPATH": str(_ROOT), "TMPDIR": str(output)}
    try:
        subprocess.run(
            [sys.executable, "-P", "-m", "reconciliation.intake.worker"],
            input=json.dumps(job).encode(),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=environment,
            timeout=settings.timeout_seconds,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise RefusedError("timeout", limit=settings.timeout_seconds) from None
    report = output / RESULT
    if not report.exists():
        raise RefusedError("process_died", limit=settings.memory_bytes >> 20)
    result: dict[str, Any] = json.loads(report.read_text(encoding="utf-8"))
    if "reason" in result:
        raise RefusedError(result["reason"], **result["values"])
    return result


def load_sheet(folder: Path, about: dict[str, Any]) -> Sheet:
    """One sheet of a worker's result, with its grid from the folder the worker wrote to."""
    if about["skipped"]:
        return Sheet(about["name"], about["skipped"])
    grid = pl.read_ipc(folder / about["file"])
    merged = tuple((top, left, bottom, right) for top, left, bottom, right in about["merged"])
    return Sheet(about["name"], None, grid, merged)
