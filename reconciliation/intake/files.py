"""The received files of one register folder."""

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path

READABLE = (".xlsx", ".xls", ".csv", ".parquet")
READY = ".ready"
"""The empty file that says a batch is complete."""


@dataclass(frozen=True)
class ReceivedFile:
    """One file below a register folder.

    Attributes:
        path: where it lies.
        name: its path below the register folder, `/` between the parts.
    """

    path: Path
    name: str

    @property
    def suffix(self) -> str:
        """The extension, lower case, with its dot."""
        return self.path.suffix.lower()

    @property
    def readable(self) -> bool:
        """Whether it is of a kind this stage reads."""
        return self.suffix in READABLE


def received_files(folder: Path) -> list[ReceivedFile]:
    """All files of a register, sub-folders included, by name; hidden files and the locks of Excel left out."""
    found: list[ReceivedFile] = []
    for parent, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith(".")]
        for name in names:
            path = Path(parent, name)
            if not name.startswith((".", "~$")) and path.suffix.lower() != READY:
                found.append(ReceivedFile(path, path.relative_to(folder).as_posix()))
    return sorted(found, key=lambda file: file.name)


def sha256(path: Path) -> str:
    """Checksum of a file's content, in hexadecimal."""
    with path.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()
