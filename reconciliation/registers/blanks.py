"""Blanks of a config that somebody still has to fill in: 【待填：省名】.

What belongs here: how a blank is written and found. What does not: which blanks there are (`reconciliation.new_province`).
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from reconciliation.registers.errors import ConfigurationError

_BLANK: Final = re.compile("【待填：([^】]*)】")
_TEXTS: Final = (".yaml", ".csv")


def blank(name: str) -> str:
    """A blank as it stands in a file."""
    return f"【待填：{name}】"


def blanks(folder: Path) -> Iterator[tuple[str, int, str]]:
    """Every blank of a config folder: file (below the folder), line, what is wanted; by file and line. Comments hold none."""
    for path in sorted(folder.rglob("*")):
        if path.suffix not in _TEXTS or not path.is_file():
            continue
        lines = path.read_text(encoding="utf-8-sig", errors="replace").splitlines()
        for number, line in enumerate(lines, start=1):
            told = "" if line.lstrip().startswith("#") else line.split(" #")[0]
            for name in _BLANK.findall(told):
                yield path.relative_to(folder).as_posix(), number, name


def refuse_blanks(folder: Path) -> None:
    """Refuse a config with blanks.

    Raises:
        ConfigurationError: names each file and line, and what is wanted there; the same blank of a file once.
    """
    places: dict[tuple[str, str], list[int]] = {}
    for file, number, name in blanks(folder):
        places.setdefault((file, name), []).append(number)
    if not places:
        return
    told = [
        f"{file} line {lines[0]}: {name}"
        + (f" (and on {len(lines) - 1} more lines)" if len(lines) > 1 else "")
        for (file, name), lines in places.items()
    ]
    raise ConfigurationError(
        f"{folder}: blanks are still to be filled in: {'; '.join(told)}. Put what is wanted in place of each 【待填：…】"
    )
