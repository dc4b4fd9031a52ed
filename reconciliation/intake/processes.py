"""The parsing processes as seen from this one: started, given one file at a time, ended in time.

What belongs here: their lives. What they do: `worker`. A file may kill its process; it cannot harm this one.
"""

import json
import os
import re
import selectors
import signal
import subprocess
import sys
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from threading import Lock
from typing import Any

from reconciliation.intake.refusals import RefusedError

_ROOT = Path(__file__).resolve().parents[2]
# One thread and one allocator arena a process: threads and arenas reserve address space, which is what is bounded.
_FRUGAL = {
    "ARROW_DEFAULT_MEMORY_POOL": "system",
    "ARROW_IO_THREADS": "1",
    "MALLOC_ARENA_MAX": "1",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "PYTHONDONTWRITEBYTECODE": "1",
}

_HANDED_ON = re.compile(r"PATH|LD_LIBRARY_PATH|HOME|TZ|LANG|LC_.*|PYTHONHOME|PYTHONUTF8")
"""What a parser needs to start and to find files by their names. Passwords of databases stand among the rest."""

_ATTEMPTS = 2
"""A file ends the copy that reads it, never the process it was copied from: where that is gone, somebody else ended it."""

Process = subprocess.Popen[bytes]


class ParsingProcess:
    """One parsing process, started when the first job comes and again when it had to be ended.

    A job is done by one thread at a time; `end` may be called by any.
    """

    def __init__(self) -> None:
        """Start nothing yet."""
        self._process: Process | None = None
        self._ended = False
        self._changing = Lock()
        self._busy = Lock()

    def do(self, job: Mapping[str, Any], seconds: float) -> None:
        """Have one file read, and wait until that is done or the copy that reads it has died of it.

        Args:
            job: `path`, `suffix`, `output`, `limits` as `worker.parse` takes them.
            seconds: how long it may take.

        Raises:
            RefusedError: `timeout`.
        """
        with self._busy:
            for _ in range(_ATTEMPTS):
                process = self._started()
                if process is None:
                    return
                in_time, done = _done(process, job, seconds)
                if done:
                    return
                self._drop()
                if not in_time:
                    raise RefusedError("timeout", limit=seconds)

    def end(self) -> None:
        """End the process with whatever it is doing; no other is started."""
        with self._changing:
            self._ended = True
            process = self._process
        if process is not None:
            _kill(process)
        with self._busy:
            self._drop()

    def _started(self) -> Process | None:
        with self._changing:
            if self._process is None and not self._ended:
                self._process = subprocess.Popen(
                    [sys.executable, "-P", "-m", "reconciliation.intake.worker"],
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.DEVNULL,
                    bufsize=0,
                    env={**_handed_on(), **_FRUGAL, "PYTHONPATH": str(_ROOT)},
                    process_group=0,
                )
            return self._process

    def _drop(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            _kill(process)
            for pipe in (process.stdin, process.stdout):
                assert pipe is not None
                pipe.close()


def _handed_on() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if _HANDED_ON.fullmatch(name)}


def _done(process: Process, job: Mapping[str, Any], seconds: float) -> tuple[bool, bool]:
    """Whether the process answered in time or died, and whether it lives and has done the job."""
    assert process.stdin is not None
    assert process.stdout is not None
    with suppress(BrokenPipeError):
        process.stdin.write(json.dumps(job).encode() + b"\n")
    with selectors.DefaultSelector() as answers:
        answers.register(process.stdout, selectors.EVENT_READ)
        in_time = bool(answers.select(seconds))
    return in_time, in_time and bool(process.stdout.read(1))


def _kill(process: Process) -> None:
    """Kill a process and the copy of it that has the file."""
    if process.poll() is None:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
    process.wait()
