"""Whether what was published is still what was published: the audit trail and every file of every release."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from reconciliation.ledger.answers import FILE, FOLDER
from reconciliation.linkage.judgements import JUDGEMENTS_FILE
from reconciliation.publishing import audit
from reconciliation.publishing.hashes import changed_files, file_hash
from reconciliation.publishing.release import releases

TRAIL = "audit.jsonl"


def verify_output(output: Path) -> list[str]:
    """What is wrong in an output folder, a line each; empty where nothing is.

    The trail's chain is recomputed, and every release's files and the answers are compared with the hashes their entries hold.
    """
    trail = output / TRAIL
    problems = [f"{TRAIL}: {problem}" for problem in audit.verify(trail)]
    entries = audit.entries(trail)
    published = {entry["release"]: entry["outputs"] for entry in entries if "release" in entry}
    for folder in releases(output):
        hashes = published.pop(folder.name, None)
        if hashes is None:
            problems.append(f"{folder.name}: no entry in {TRAIL}")
        else:
            problems += [f"{folder.name}/{change}" for change in changed_files(folder, hashes)]
    problems += [f"{name}: published, but gone" for name in sorted(published)]
    return [*problems, *_answers(output, entries), *_judgements(output, entries)]


def _judgements(output: Path, entries: Sequence[Mapping[str, Any]]) -> list[str]:
    """Whether the judgements that came as files are those the last `answers apply` left."""
    name = f"{FOLDER}/{JUDGEMENTS_FILE}"
    hashes = [entry["outputs"][name] for entry in entries if name in entry["outputs"]]
    path = output / name
    if not hashes:
        return []
    if not path.exists():
        return [f"{name}: applied, but gone"]
    if file_hash(path) != hashes[-1]:
        return [f"{name}: is not what the last `answers apply` wrote; apply the last files again"]
    return []


def _answers(output: Path, entries: Sequence[Mapping[str, Any]]) -> list[str]:
    """Whether the answers are those the last `answers apply` left."""
    name = f"{FOLDER}/{FILE}"
    hashes = [entry["outputs"][name] for entry in entries if name in entry["outputs"]]
    path = output / FOLDER / FILE
    if not path.exists():
        return [f"{name}: applied, but gone"] if hashes else []
    if not hashes:
        return [f"{name}: no entry in {TRAIL}"]
    if file_hash(path) != hashes[-1]:
        return [f"{name}: is not what the last `answers apply` wrote; apply the last files again"]
    return []
