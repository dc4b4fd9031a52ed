"""Text files as Excel saves them: comma separated, CRLF, GB18030 ("ANSI") or UTF-8 with a byte-order mark."""

import csv
import io
from collections.abc import Sequence
from pathlib import Path


def write_csv(
    path: Path, encoding: str, header: Sequence[str], rows: Sequence[Sequence[str]]
) -> None:
    """Write the header and the rows; `encoding` is a codec that can write every character of them."""
    path.parent.mkdir(parents=True, exist_ok=True)
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(header)
    writer.writerows(rows)
    path.write_bytes(text.getvalue().encode(encoding))
