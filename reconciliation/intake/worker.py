"""The parsing process: received files in, their sheets as Arrow files out, each file in a process of its own.

Started by `intake.processes`; jobs come as lines of JSON on standard input. For each job it makes a copy of itself, which has the
parsers loaded already: that takes milliseconds where starting anew takes longer than most files. The copy bounds its memory,
because a hostile sheet ends a process rather than raising, reads its one file and ends; then a line goes out on standard
output. Nothing of a file is ever in the memory of the process that is copied. It imports neither polars nor pydantic, and says
nothing on its outputs, where a library might print a cell.
"""

import ctypes
import importlib
import json
import os
import resource
import signal
import sys
from pathlib import Path
from typing import Any

from reconciliation.intake.refusals import RefusedError

RESULT = "result.json"
_PR_SET_PDEATHSIG = 1
_LIBC = ctypes.CDLL(None)


def main() -> None:
    """Read jobs until there are no more, each by a copy of this process."""
    _die_with(os.getppid())
    _parser("spreadsheets")
    me = os.getpid()
    for turn, line in enumerate(sys.stdin.buffer):
        if turn == 1:
            _parser(
                "delimited"
            )  # slow to load: worth it from the second file on, one loads it while it reads
        copy = os.fork()
        if not copy:
            _do_and_end(json.loads(line), me)
        os.waitpid(copy, 0)
        os.write(sys.stdout.fileno(), b"\n")


def _die_with(parent: int) -> None:
    """End this process when its parent ends, however that ends (`prctl(2)`; the thread that started it counts as the parent)."""
    _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)


def _do_and_end(job: dict[str, Any], parent: int) -> None:
    """Do one job and end this process; nothing returns from here."""
    try:
        _die_with(parent)
        nothing = os.open(os.devnull, os.O_RDWR)
        for stream in (0, 1, 2):
            os.dup2(nothing, stream)
        output = Path(job["output"])
        os.environ["TMPDIR"] = job["output"]
        os.umask(0o077)
        result = _bounded(job, output)
        written = output / f"{RESULT}.part"
        written.write_text(json.dumps(result), encoding="utf-8")
        written.rename(output / RESULT)
    finally:
        os._exit(0)  # without taking a large sheet apart cell by cell


def _bounded(job: dict[str, Any], output: Path) -> dict[str, Any]:
    limits = job["limits"]
    resource.setrlimit(resource.RLIMIT_AS, (limits["memory_bytes"], limits["memory_bytes"]))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # a core file would hold the register
    try:
        return parse(Path(job["path"]), job["suffix"], output, limits)
    except RefusedError as error:
        return {"reason": error.reason, "values": error.values}
    except MemoryError:
        return {"reason": "memory", "values": {"limit": limits["memory_bytes"] >> 20}}
    except BaseException as error:  # a panic of a native parser is no Exception
        return {"reason": "unreadable", "values": {"error": type(error).__name__}}


def parse(path: Path, suffix: str, output: Path, limits: dict[str, int]) -> dict[str, Any]:
    """The sheets of one file, written as grids; only the parser that is needed is imported.

    Args:
        path: the received file.
        suffix: its extension, lower case.
        output: folder for the grids.
        limits: `IntakeSettings.limits`.

    Raises:
        RefusedError: the file cannot be taken.
    """
    if suffix == ".csv":
        result = _parser("delimited").read_text(path, output, limits)
    elif suffix == ".parquet":
        result = _parser("columnar").read_parquet(path, output, limits)
    else:
        result = _parser("spreadsheets").read_workbook(path, suffix, output, limits)
    return dict(result)


def _parser(module: str) -> Any:
    return importlib.import_module(f"reconciliation.intake.{module}")


if __name__ == "__main__":
    main()
