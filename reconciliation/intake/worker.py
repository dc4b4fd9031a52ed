"""The parsing process: one received file in, its sheets as Arrow files out.

Started by `intake.parsing` as `python -m reconciliation.intake.worker`; the job comes as JSON on standard input. It bounds its
own memory first, because a hostile sheet ends the process rather than raising. It imports neither polars nor pydantic, to
start in a fraction of a second, and says nothing on its outputs, where a library might print a cell.
"""

import importlib
import json
import os
import resource
import sys
from pathlib import Path
from typing import Any

from reconciliation.intake.refusals import RefusedError

RESULT = "result.json"


def main() -> None:
    """Read the job, parse the file, write the result beside the grids."""
    job = json.load(sys.stdin)
    limits = job["limits"]
    resource.setrlimit(resource.RLIMIT_AS, (limits["memory_bytes"], limits["memory_bytes"]))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # a core file would hold the register
    os.umask(0o077)
    output = Path(job["output"])
    try:
        result = parse(Path(job["path"]), job["suffix"], output, limits)
    except RefusedError as error:
        result = {"reason": error.reason, "values": error.values}
    except MemoryError:
        result = {"reason": "memory", "values": {"limit": limits["memory_bytes"] >> 20}}
    except BaseException as error:  # a panic of a native parser is no Exception
        result = {"reason": "unreadable", "values": {"error": type(error).__name__}}
    (output / RESULT).write_text(json.dumps(result), encoding="utf-8")


def parse(path: Path, suffix: str, output: Path, limits: dict[str, int]) -> dict[str, Any]:
    """The sheets of one file, written as grids; only the parser that is needed is imported.

    Args:
        path: the received file.
        suffix: its extension, lower case.
        output: folder for the grids.
        limits: of `IntakeSettings`.

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
