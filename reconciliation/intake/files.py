"""The received files of one register folder.

Only plain files are read. A link may point out of the folder, and opening a pipe or a device may never end: both are received as
files that cannot be taken, never opened.
"""

import hashlib
import os
import re
import stat
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

READABLE = (".xlsx", ".xls", ".csv", ".parquet")
READY = ".ready"
"""The empty file that says a batch is complete."""
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufffe\uffff]")


@dataclass(frozen=True)
class ReceivedFile:
    """One file below a register folder.

    Attributes:
        path: where it lies.
        name: its path below the register folder, `/` between the parts, in printable characters.
        obstacle: why it must not be opened (`link`, `not_a_file`, `unreachable`: wordings of a refusal), null where it may be.
    """

    path: Path
    name: str
    obstacle: str | None = field(default=None, compare=False)

    @property
    def suffix(self) -> str:
        """The extension, lower case, with its dot."""
        return self.path.suffix.lower()

    @property
    def readable(self) -> bool:
        """Whether this stage answers for it: it is of a kind that is read, or something that may hide such a file."""
        return self.suffix in READABLE or self.obstacle is not None


def received_files(folder: Path) -> list[ReceivedFile]:
    """All files of a register, sub-folders included, by name; hidden files and the locks of Excel left out.

    Links and folders that cannot be listed come as files with an obstacle: what they hold is not known, so they may not be
    passed over in silence.
    """
    found = list(_found(folder))
    names = Counter(_name(path, folder) for path, _ in found)
    files = [
        ReceivedFile(path, _unique_name(path, folder, names), obstacle) for path, obstacle in found
    ]
    return sorted(files, key=lambda file: file.name)


def _found(folder: Path) -> Iterator[tuple[Path, str | None]]:
    unlisted: list[Path] = []

    def note(error: OSError) -> None:
        if Path(error.filename) != folder or folder.is_dir():
            unlisted.append(Path(error.filename))

    for parent, folders, names in os.walk(folder, onerror=note):
        folders[:] = [name for name in folders if not name.startswith(".")]
        for name in [*names, *folders]:
            path = Path(parent, name)
            hidden = name.startswith((".", "~$")) or path.suffix.lower() == READY
            if not hidden and (name not in folders or path.is_symlink()):
                yield path, _obstacle(path)
    yield from ((path, "unreachable") for path in unlisted)


def _obstacle(path: Path) -> str | None:
    try:
        mode = path.lstat().st_mode
    except OSError:
        return "unreachable"
    if stat.S_ISLNK(mode):
        return "link"
    return None if stat.S_ISREG(mode) else "not_a_file"


def _name(path: Path, folder: Path) -> str:
    """The path below the folder as people read it.

    An archive packed under a Chinese Windows leaves names in GB18030 when it is unpacked elsewhere.
    """
    raw = os.fsencode(path.relative_to(folder))
    for encoding in ("utf-8", "gb18030"):
        try:
            return _printable(raw.decode(encoding))
        except UnicodeDecodeError:
            continue
    return _printable(raw.decode("utf-8", "backslashreplace"))


def _printable(text: str) -> str:
    return _UNPRINTABLE.sub(lambda found: f"\\x{ord(found[0]):02x}", text)


def _unique_name(path: Path, folder: Path, names: Counter[str]) -> str:
    """The name, or the bytes of it spelled out where two files would be called the same."""
    name = _name(path, folder)
    if names[name] == 1:
        return name
    raw = os.fsencode(path.relative_to(folder))
    return _printable(raw.decode("ascii", "backslashreplace"))


def sha256(path: Path) -> str:
    """Checksum of a file's content, in hexadecimal.

    Raises:
        OSError: it cannot be opened, or it is no plain file.
    """
    with open(os.open(path, os.O_RDONLY | os.O_NONBLOCK), "rb") as content:  # noqa: PTH123
        if not stat.S_ISREG(os.fstat(content.fileno()).st_mode):
            raise OSError("not a plain file")
        return hashlib.file_digest(content, "sha256").hexdigest()
