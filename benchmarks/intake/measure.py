"""What a whole process costs, with all it starts."""

import resource
import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass

import psutil

_PAUSE = 0.02


@dataclass(frozen=True)
class Cost:
    """Cost of one process tree.

    Attributes:
        seconds: from its start to its end.
        cpu_seconds: of all its processes, user and system.
        peak_bytes: most resident memory of all its processes at one moment; what they share counts several times.
    """

    seconds: float
    cpu_seconds: float
    peak_bytes: int

    @property
    def cores(self) -> float:
        """How many cores were busy on average."""
        return self.cpu_seconds / self.seconds


def run(command: Sequence[str]) -> Cost:
    """Run a command to its end and measure it.

    Raises:
        subprocess.CalledProcessError: it failed.
    """
    before, start = _cpu_of_children(), time.perf_counter()
    process = subprocess.Popen(command)
    peak = 0
    while process.poll() is None:
        peak = max(peak, _resident(process.pid))
        time.sleep(_PAUSE)
    seconds = time.perf_counter() - start
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command)
    return Cost(seconds, _cpu_of_children() - before, peak)


def _cpu_of_children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _resident(pid: int) -> int:
    try:
        root = psutil.Process(pid)
        tree = [root, *root.children(recursive=True)]
    except psutil.NoSuchProcess:
        return 0
    total = 0
    for process in tree:
        try:
            total += process.memory_info().rss
        except psutil.NoSuchProcess:
            continue
    return total
