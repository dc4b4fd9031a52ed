"""The sample with its rows in another order and its files under other names: the same registers to anybody who reads them."""

import csv
import io
import random
import shutil
from pathlib import Path


def shuffled_copy(registers: Path, target: Path, *, seed: int) -> dict[str, str]:
    """Copy a batch folder, every file renamed, the data rows of every CSV file in another order.

    Workbooks are renamed and copied as they are: their rows stay in order, but the records of all files are numbered together.

    Returns:
        New name by old name, both below the batch folder.
    """
    dice = random.Random(seed)
    paths = sorted(path for path in registers.rglob("*") if path.is_file())
    numbers = list(range(len(paths)))
    dice.shuffle(numbers)
    names = {}
    for number, path in zip(numbers, paths, strict=True):
        copy = target / path.relative_to(registers).with_name(f"f{number:03}{path.suffix}")
        copy.parent.mkdir(parents=True, exist_ok=True)
        if path.suffix.lower() == ".csv":
            copy.write_bytes(_shuffled_lines(path.read_bytes(), dice))
        else:
            shutil.copyfile(path, copy)
        names[path.relative_to(registers).as_posix()] = copy.relative_to(target).as_posix()
    return names


def _shuffled_lines(content: bytes, dice: random.Random) -> bytes:
    """The rows below the header in another order, in the file's own encoding."""
    encoding = "utf-8-sig" if content.startswith(b"\xef\xbb\xbf") else _encoding(content)
    header, *rows = list(csv.reader(io.StringIO(content.decode(encoding), newline="")))
    dice.shuffle(rows)
    text = io.StringIO(newline="")
    csv.writer(text).writerows([header, *rows])
    return text.getvalue().encode(encoding)


def _encoding(content: bytes) -> str:
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return "gb18030"
    return "utf-8"
