"""The registers read back as a person sees them, by means the generator does not use."""

import csv
import io
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

from python_calamine import CalamineWorkbook

NAMES = ("姓名",)
NUMBERS = ("身份证号", "身份证", "证件号码")


def sheets(path: Path) -> Mapping[str | None, Sequence[Sequence[object]]]:
    """All rows of all sheets, from row 1; text files have one sheet called None."""
    if path.suffix == ".csv":
        raw = path.read_bytes()
        encoding = "utf-8-sig" if raw.startswith(b"\xef\xbb\xbf") else "gb18030"
        return {
            None: [list(row) for row in csv.reader(io.StringIO(raw.decode(encoding), newline=""))]
        }
    book = CalamineWorkbook.from_path(str(path))
    return {
        name: book.get_sheet_by_name(name).to_python(skip_empty_area=False)
        for name in book.sheet_names
    }


@cache
def persons(folder: Path) -> dict[tuple[str, str | None, int], tuple[object, object]]:
    """Name and number of every person row below a folder, by file, sheet and row."""
    found = {}
    for path in sorted(folder.iterdir()):
        for sheet, rows in sheets(path).items():
            headers = [n for n, row in enumerate(rows[:6]) if any(cell in NUMBERS for cell in row)]
            if not headers:
                continue
            top = headers[-1]
            name = next(i for i, cell in enumerate(rows[top]) if cell in NAMES)
            number = next(i for i, cell in enumerate(rows[top]) if cell in NUMBERS)
            for place, row in enumerate(rows[top + 1 :], start=top + 2):
                signature = row[0] == "合计" or str(row[0]).startswith("填表人")
                if len(row) > max(name, number) and row[name] != "" and not signature:
                    found[path.name, sheet, place] = (row[name], row[number])
    return found
