"""The receipt (接收回执) of each sheet and file: what was read, what was not, and why, in Chinese.

A receipt never holds a name, a number or any other text of a person's cell.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl

from reconciliation.intake.body import Body
from reconciliation.intake.header import Header
from reconciliation.intake.parsing import Parsed
from reconciliation.intake.records import RECEIPT_SCHEMA
from reconciliation.intake.refusals import RefusedError
from reconciliation.registers.headers import HeaderAliases
from reconciliation.registers.labels import Labels

Receipt = dict[str, Any]
_COUNTS = (
    "rows_read", "rows_accepted", "rows_rejected", "rows_trailing", "rows_blank", "ids_typed_as_numbers",
    "duplicates", "disagreements",
)  # fmt: skip


@dataclass(frozen=True)
class Receipts:
    """Writes the receipts of one register.

    Attributes:
        register: its name.
        headers: what people call a field.
        labels: wording.
    """

    register: str
    headers: HeaderAliases
    labels: Labels

    def accepted(self, parsed: Parsed, sheet: str | None, header: Header, body: Body) -> Receipt:
        """The receipt of a sheet that was read.

        Rows read are what the sheet has, less what is about nobody; those taken and rejected are counted by themselves, so
        that a row lost in between shows.
        """
        return self._receipt(parsed, sheet, "accepted", self._remarks(header, body)) | {
            "kind": header.kind,
            "header_row": header.last + 1,
            "rows_read": body.below - body.trailing - body.blank,
            "rows_accepted": body.rows["rejected"].is_null().sum(),
            "rows_rejected": body.rows["rejected"].is_not_null().sum(),
            "rows_trailing": body.trailing,
            "rows_blank": body.blank,
            "ids_typed_as_numbers": body.ids_as_numbers,
            "fields": [
                header.fields[j]
                for j in sorted(header.fields)
                if not header.fields[j].startswith("member_")
            ],
            "unmapped_headers": list(body.unmapped),
        }

    def skipped(self, parsed: Parsed, sheet: str | None, reason: str) -> Receipt:
        """The receipt of a sheet or file that was left aside."""
        message = self.labels(f"intake.skipped.{reason}")
        return self._receipt(parsed, sheet, "skipped", message) | {"left_aside": reason}

    def refused(
        self, parsed: Parsed, sheet: str | None, refusal: RefusedError, rows: str = ""
    ) -> Receipt:
        """The one receipt of a file that was refused.

        Args:
            parsed: the file.
            sheet: the sheet that was the reason, if one was.
            refusal: why.
            rows: the first rows as `header.describe_rows` puts them.
        """
        values = {
            **refusal.values,
            "sheet": self.labels("intake.sheet", sheet=sheet) if sheet else "",
            "rows_seen": rows,
        }
        message = self.labels(f"intake.refused.{refusal.reason}", **values)
        where = self.labels("intake.file", file=parsed.file.name)
        return self._receipt(parsed, sheet, "refused", where + message)

    def _receipt(self, parsed: Parsed, sheet: str | None, status: str, message: str) -> Receipt:
        return {
            "register": self.register,
            "source_file": parsed.file.name,
            "source_sheet": sheet,
            "status": status,
            "message": message or None,
            "sha256": parsed.sha256,
            "bytes": parsed.bytes,
            "reused": parsed.reused,
            "encoding": parsed.encoding,
            **dict.fromkeys(_COUNTS, 0),
            "fields": [],
            "unmapped_headers": [],
        }

    def _remarks(self, header: Header, body: Body) -> str:
        similar = "、".join(
            self.labels(
                "intake.remarks.similar_header",
                header=header.texts[j],
                field=self.headers.spoken(header.fields[j]),
            )
            for j in sorted(header.matching.similar)
        )
        counts = {
            "similar": similar,
            "no_rows": 0 if body.rows.height else 1,
            "rejected": body.rows["rejected"].is_not_null().sum(),
            "ids_as_numbers": body.ids_as_numbers,
            **body.remarks,
        }
        return "".join(
            self.labels(f"intake.remarks.{key}", found=found)
            for key, found in counts.items()
            if found
        )


def receipts_frame(receipts: Iterable[Mapping[str, Any]]) -> pl.DataFrame:
    """Receipts as a frame, sorted by file and sheet."""
    frame = pl.DataFrame(list(receipts), schema=RECEIPT_SCHEMA, orient="row")
    return frame.sort("source_file", "source_sheet", "status", nulls_last=False)


def files_read(receipts: pl.DataFrame) -> tuple[int, int]:
    """How many files (not tables) were opened in this run, and how many were taken as an earlier run had read them."""
    files = (
        receipts.filter(pl.col("sha256") != "", pl.col("left_aside").ne_missing("other_format"))
        .group_by("register", "source_file")
        .agg(pl.col("reused").any())
    )
    reused = int(files["reused"].sum())
    return files.height - reused, reused
