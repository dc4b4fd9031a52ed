"""What a run cost: seconds since it began and peak memory of its process, written as JSON."""

import json
import resource
import time
from pathlib import Path


def write_spent(path: Path, start: float) -> None:
    """Write `seconds` since `start` (`time.perf_counter`) and `peak_mib` of this process."""
    spent = {
        "seconds": round(time.perf_counter() - start, 2),
        "peak_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }
    path.write_text(json.dumps(spent), encoding="utf-8")
