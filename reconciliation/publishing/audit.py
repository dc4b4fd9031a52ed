"""The audit trail: who did what, when, with which inputs, and what came out.

`audit.jsonl` is only ever added to. Every entry carries the hash of the line before it (`previous`) and of itself
(`hash`), so that a changed, removed or inserted line shows. What a chain cannot show by itself is that its last
entries were cut off; keep a copy of the last `hash` elsewhere to see that too.
"""

import fcntl
import hashlib
import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from reconciliation.publishing.private_files import FILE_MODE, private_folder

REQUIRED = ("who", "when", "command", "inputs", "outputs", "counts", "profile")
"""What every event says; it may say more. Hashes and counts only, never a name or an ID."""

_START = "0" * 64


def append(path: Path, event: Mapping[str, Any]) -> str:
    """Add one event to the trail, on the disk when this returns; return the entry's hash.

    Args:
        path: `audit.jsonl`, made if missing.
        event: JSON values by name; all of `REQUIRED` (`when`: ISO 8601 with its offset; `inputs` and `outputs`:
            SHA-256 by name).

    Raises:
        ValueError: a required key is missing, or one of the trail's own keys is given.
    """
    missing = [key for key in REQUIRED if key not in event]
    reserved = sorted({"previous", "hash"} & event.keys())
    if missing or reserved:
        raise ValueError(f"audit event: missing {missing}, reserved {reserved}")
    private_folder(path.parent)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, FILE_MODE)
    with os.fdopen(descriptor, "rb+") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        file.seek(0)
        last, whole = _last_line(file.read())
        entry = {**event, "previous": _line_hash(last)}
        entry["hash"] = _entry_hash(entry)
        # A line cut off by a crash is closed and kept: `verify` reports it, and the chain goes on from it.
        file.write((b"" if whole else b"\n") + _canonical(entry) + b"\n")
        file.flush()
        os.fsync(file.fileno())
    return str(entry["hash"])


def verify(path: Path) -> list[str]:
    """What is wrong with a trail, a line each; empty where the chain is whole (or not begun)."""
    if not path.exists():
        return []
    content = path.read_bytes()
    problems = []
    before: bytes | None = None
    for number, line in enumerate(content.split(b"\n")[:-1], start=1):
        problems += [f"line {number}: {problem}" for problem in _line_problems(line, before)]
        before = line
    if content and not content.endswith(b"\n"):
        problems.append("the last line is cut off")
    return problems


def entries(path: Path) -> list[dict[str, Any]]:
    """The events of a trail, oldest first, leaving out lines that are not whole."""
    lines = path.read_bytes().split(b"\n")[:-1] if path.exists() else []
    return [entry for line in lines if (entry := _parsed(line)) is not None]


def _line_problems(line: bytes, before: bytes | None) -> list[str]:
    entry = _parsed(line)
    if entry is None:
        return ["is no entry"]
    problems = []
    if entry.get("hash") != _entry_hash(entry) or line != _canonical(entry):
        problems.append("was changed")
    if entry.get("previous") != _line_hash(before):
        problems.append("does not follow the line before it")
    return problems


def _parsed(line: bytes) -> dict[str, Any] | None:
    try:
        entry = json.loads(line)
    except ValueError:
        return None
    return entry if isinstance(entry, dict) else None


def _last_line(content: bytes) -> tuple[bytes | None, bool]:
    """The last line, None for an empty trail, and whether it was written to its end."""
    if not content:
        return None, True
    return content.removesuffix(b"\n").rsplit(b"\n", 1)[-1], content.endswith(b"\n")


def _line_hash(line: bytes | None) -> str:
    return _START if line is None else hashlib.sha256(line).hexdigest()


def _entry_hash(entry: Mapping[str, Any]) -> str:
    return hashlib.sha256(
        _canonical({key: value for key, value in entry.items() if key != "hash"})
    ).hexdigest()


def _canonical(entry: Mapping[str, Any]) -> bytes:
    text = json.dumps(entry, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return text.encode("utf-8")
