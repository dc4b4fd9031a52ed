"""SHA-256 of the files of a release: what a manifest and the audit trail vouch for."""

import hashlib
from collections.abc import Mapping
from pathlib import Path

from reconciliation.publishing.private_files import tree


def file_hash(path: Path) -> str:
    """SHA-256 of one file, as 64 hex digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def file_hashes(folder: Path) -> dict[str, str]:
    """SHA-256 of every file of a tree, by its path below the folder (`/` between parts), sorted."""
    return {
        path.relative_to(folder).as_posix(): file_hash(path)
        for path in tree(folder)
        if path.is_file()
    }


def release_fingerprint(data: Path) -> str:
    """What ties a judgement to one release: SHA-256 over the hashes of its links and its cases, as 64 hex digits.

    Args:
        data: the folder `data` of the release, staged or published.
    """
    parts = [f"{name} {file_hash(data / name)}\n" for name in ("cases.parquet", "links.parquet")]
    return hashlib.sha256("".join(parts).encode("ascii")).hexdigest()


def changed_files(folder: Path, hashes: Mapping[str, str]) -> list[str]:
    """What differs between a tree and the hashes once taken of it, a line each; empty where nothing does."""
    found = file_hashes(folder)
    return [
        *(f"{name}: missing" for name in sorted(hashes.keys() - found.keys())),
        *(f"{name}: not of this release" for name in sorted(found.keys() - hashes.keys())),
        *(
            f"{name}: changed"
            for name in sorted(hashes.keys() & found.keys())
            if hashes[name] != found[name]
        ),
    ]
