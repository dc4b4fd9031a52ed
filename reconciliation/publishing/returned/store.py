"""The answers on the disk: added to in one step, so that whoever reads them sees them as before or as after, never between.

The new file is written beside the old one, brought to the disk, and put in its place by a rename (POSIX `rename(2)` replaces a file
as one act); then the folder is brought to the disk too, so that a power cut cannot undo it.
"""

import os
from io import BytesIO
from pathlib import Path

import polars as pl

from reconciliation.ledger.answers import ANSWERS_SCHEMA, FILE
from reconciliation.publishing.private_files import private_file, private_folder


def answers_bytes(answers: pl.DataFrame) -> bytes:
    """The file as it is written; the same rows give the same bytes."""
    buffer = BytesIO()
    answers.select(*ANSWERS_SCHEMA).sort("sequence").write_parquet(buffer, compression="zstd")
    return buffer.getvalue()


def replace_answers(folder: Path, content: bytes) -> Path:
    """Put the answers in their place; return the file. To be called by whoever holds the output folder.

    Args:
        folder: `OUTPUT/answers`, made if missing.
        content: all answers, the earlier ones among them.
    """
    return replace_file(folder / FILE, content)


def replace_file(path: Path, content: bytes) -> Path:
    """Put a file in its place in one step, 0600; return it.

    Args:
        path: the file; its folder is made if missing.
        content: all it is to hold.
    """
    folder = private_folder(path.parent)
    draft = folder / f".{path.name}.part"
    with private_file(draft) as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    return path
