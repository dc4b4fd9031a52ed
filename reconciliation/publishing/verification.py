"""Whether what was published is still what was published: the audit trail and every file of every release."""

from pathlib import Path

from reconciliation.publishing import audit
from reconciliation.publishing.hashes import changed_files
from reconciliation.publishing.release import releases

TRAIL = "audit.jsonl"


def verify_output(output: Path) -> list[str]:
    """What is wrong in an output folder, a line each; empty where nothing is.

    The trail's chain is recomputed, and every release's files are compared with the hashes its entry holds.
    """
    trail = output / TRAIL
    problems = [f"{TRAIL}: {problem}" for problem in audit.verify(trail)]
    published = {entry["release"]: entry["outputs"] for entry in audit.entries(trail)}
    for folder in releases(output):
        hashes = published.pop(folder.name, None)
        if hashes is None:
            problems.append(f"{folder.name}: no entry in {TRAIL}")
        else:
            problems += [f"{folder.name}/{change}" for change in changed_files(folder, hashes)]
    return [*problems, *(f"{name}: published, but gone" for name in sorted(published))]
