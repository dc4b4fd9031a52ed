"""The command as a user runs it: another process, real files, an instance of its own."""

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
SAMPLE = PROJECT / "sample_registers"


@dataclass(frozen=True)
class Ran:
    """A finished command: exit code and what it printed (both streams, in order)."""

    code: int
    text: str


def shuangqing(*arguments: str | Path, home: Path) -> Ran:
    """Run `shuangqing` with the given arguments; `home` is its DAGSTER_HOME."""
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith("SHUANGQING")
    }
    done = subprocess.run(
        [str(Path(sys.executable).parent / "shuangqing"), *map(str, arguments)],
        env=environment | {"DAGSTER_HOME": str(home), "COLUMNS": "160"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        stdin=subprocess.DEVNULL,
        text=True,
        encoding="utf-8",
        check=False,
    )
    return Ran(done.returncode, done.stdout)


def reconcile(registers: Path, batch: str, output: Path, *more: str | Path) -> Ran:
    """Run one batch; the Dagster instance lies beside the output."""
    return shuangqing(
        "reconcile", "--registers", registers, "--batch", batch, "--output", output, *more,
        home=output.parent / "dagster_home",
    )  # fmt: skip
