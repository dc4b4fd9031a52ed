"""Files and folders only their owner can read.

Everything the pipeline writes holds personal data or could: files are 0600 and folders 0700 from the moment they
exist, whatever the umask of whoever started the run.
"""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

import polars as pl

FILE_MODE = 0o600
FOLDER_MODE = 0o700


def private_folder(path: Path) -> Path:
    """Make a folder 0700, and those above it that are missing; return it.

    Folders that were there already keep their mode: they may not be ours.
    """
    missing = [folder for folder in (path, *path.parents) if not folder.exists()]
    for folder in reversed(missing):
        folder.mkdir(mode=FOLDER_MODE, exist_ok=True)
    return path


def emptied(folder: Path) -> Path:
    """Make a folder 0700 with nothing in it, whatever an earlier, broken-off run left there; return it."""
    if folder.exists():
        shutil.rmtree(folder)
    return private_folder(folder)


@contextmanager
def private_file(path: Path) -> Iterator[BinaryIO]:
    """Open a file for writing, 0600 before its first byte; what it held before is gone."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, FILE_MODE)
    with os.fdopen(descriptor, "wb") as file:
        os.fchmod(file.fileno(), FILE_MODE)
        yield file


def write_text(path: Path, text: str) -> Path:
    """Write text as UTF-8 with the line ends it has; return the path."""
    with private_file(path) as file:
        file.write(text.encode("utf-8"))
    return path


def write_frame(path: Path, frame: pl.DataFrame) -> Path:
    """Write a frame as Parquet; the same rows in the same order give the same bytes. Return the path."""
    buffer = BytesIO()
    frame.write_parquet(buffer, compression="zstd", row_group_size=131_072)
    with private_file(path) as file:
        file.write(buffer.getbuffer())
    return path


def restrict(folder: Path) -> None:
    """Set a whole tree to 0600 and 0700 (for what other programs wrote into it).

    Raises:
        ValueError: a symbolic link or device lies in the tree; a release must be whole by itself.
    """
    folder.chmod(FOLDER_MODE)
    for path in tree(folder):
        if path.is_symlink() or not (path.is_dir() or path.is_file()):
            raise ValueError(f"{path.relative_to(folder)}: neither a file nor a folder")
        path.chmod(FOLDER_MODE if path.is_dir() else FILE_MODE)


def sync(folder: Path) -> None:
    """Wait until every file and folder of a tree is on the disk, so that a power cut cannot undo it."""
    for path in (*tree(folder), folder):
        descriptor = os.open(path, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def tree(folder: Path) -> list[Path]:
    """All files and folders below a folder, sorted by path (the folder itself is not among them)."""
    return sorted(folder.rglob("*"))
