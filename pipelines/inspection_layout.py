"""One inspected file in full, laid out for a terminal of 80 columns and for a file.

What belongs here: the order of what is said, in tables and lines. What does not: what is said of a whole folder
(`inspection`).
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from reconciliation.intake.guessing import Fit
from reconciliation.intake.inspected_columns import Column, Missing
from reconciliation.intake.inspection import Contents, Inspection, SheetInspection
from reconciliation.registers.headers import MEMBER_FIELDS, HeaderAliases
from reconciliation.registers.labels import Labels

_SHOWN_FITS = 3
_THREE_ROWS_WIDTH = 90
"""From how many columns on three first rows stand beside each other without an ID being broken."""
_BREAKS = re.compile(r"\s*[\t\n\v\f\r\x85\u2028\u2029]\s*")
_NEAR = 60.0
"""How alike an unmapped header must be to a listed one for that to be worth saying."""

Fact = tuple[str, str | Text]
"""What a line is about, and what it says."""


@dataclass(frozen=True)
class Layout:
    """Prints one inspection.

    Attributes:
        labels: wording (section `inspection`).
        headers: what a group of missing fields is called.
        console: where it is printed.
    """

    labels: Labels
    headers: HeaderAliases
    console: Console

    def show(self, inspection: Inspection) -> None:
        """Print everything that is known of a file."""
        self._facts(self._about(inspection))
        shown: SheetInspection | None = None
        for sheet in inspection.sheets:
            self.console.print()
            self._sheet(sheet, shown)
            if sheet.columns and (shown is None or sheet.columns != shown.columns):
                shown = sheet
        self.console.print()

    def _about(self, inspection: Inspection) -> Iterator[Fact]:
        say = self._say
        parts = [inspection.file.path.name]
        if inspection.encoding:
            parts.append(inspection.encoding)
        if inspection.separator:
            parts.append(self.labels.mapping("inspection.separators")[inspection.separator])
        yield say("file"), " · ".join(parts)
        yield say("register"), self._register(inspection)
        if inspection.better:
            better = say("better", register=self._named(inspection.better))
            yield "", plain(better, style="yellow")
        if inspection.basis != "unknown":
            for fit in _worth_saying(inspection):
                yield say("fits") if fit is inspection.fits[0] else "", self._fit(fit)
        yield say("verdict"), self._verdict(inspection)
        if not inspection.accepted:
            yield say("why"), plain(reason(inspection, self.labels), "red")

    def _register(self, inspection: Inspection) -> str | Text:
        if inspection.basis == "unknown":
            return plain(self._say("unknown"), style="yellow")
        names = [self._named(register) for register in inspection.registers]
        if inspection.basis == "undecided":
            registers = self._say("choice").join(names)
            said = self._say("undecided", registers=registers, first=names[0])
            return plain(said, style="yellow")
        return f"{names[0]}，{self._say(f'basis.{inspection.basis}')}"

    def _named(self, register: str) -> str:
        return f"{self.labels(f'registers.{register}')} {register}"

    def _fit(self, fit: Fit) -> str:
        wording = "fit" if fit.sheets else "fit_refused"
        hints = (self._say("by_values") if fit.by_values else "") + (
            self._say("by_words") if fit.by_words else ""
        )
        return self._say(
            wording,
            register=self.labels(f"registers.{fit.register}"),
            name=fit.register,
            recognised=fit.recognised,
            columns=fit.columns,
            share=round(100 * fit.recognised / max(1, fit.columns)),
            hints=hints,
        )

    def _verdict(self, inspection: Inspection) -> Text:
        if not inspection.accepted:
            status = self._say(f"verdicts.{inspection.receipts[0]['status']}")
            return plain(f"✘ {status}", "red")
        rows, rejected = (
            sum(int(receipt[count]) for receipt in inspection.receipts)
            for count in ("rows_accepted", "rows_rejected")
        )
        wording = "accepted_rejecting" if rejected else "accepted" if rows else "accepted_none"
        said = self._say(f"verdicts.{wording}", rows=f"{rows:,}", rejected=f"{rejected:,}")
        return plain(f"✔ {said}", style="green" if rows else "yellow")

    def _sheet(self, sheet: SheetInspection, before: SheetInspection | None) -> None:
        if sheet.name is not None:
            self._line(self._say("sheet", sheet=sheet.name), "bold")
        if sheet.receipt and sheet.receipt["status"] == "skipped":
            self._line(self._say("sheet_skipped", why=sheet.receipt["message"]), "yellow")
            return
        if sheet.contents is None and sheet.columns:
            self._line(self._say("sheet_not_read"), "yellow")
        self._facts(self._shape(sheet))
        if before is not None and sheet.columns == before.columns:
            self._line(self._say("same_columns", sheet=before.name or ""))
        elif sheet.columns:
            self.console.print(self._columns(sheet.columns))
        self._facts(self._missing(sheet.missing))
        if sheet.contents is not None:
            self._facts(self._findings(sheet.contents))
            if sheet.contents.first_rows.height:
                self.console.print(self._first_rows(sheet.contents))

    def _shape(self, sheet: SheetInspection) -> Iterator[Fact]:
        yield self._say("header"), self._header(sheet)
        receipt = sheet.receipt
        if sheet.contents is None or receipt is None:
            return
        counts = {
            name: f"{receipt[f'rows_{name}']:,}"
            for name in ("read", "accepted", "rejected", "trailing", "blank")
        }
        yield self._say("rows"), self._say("row_counts", **counts)
        for reason, count in sheet.contents.rejected.items():
            yield self._say("rejected"), self._say("reason", count=f"{count:,}", reason=reason)
        if receipt["message"]:
            yield self._say("remark"), str(receipt["message"])

    def _header(self, sheet: SheetInspection) -> str:
        if sheet.header_rows is None:
            return self._say("no_header")
        first, last = sheet.header_rows
        wording = "header_one" if first == last else "header_several"
        rows = self._say(wording, first=first, last=last, rows=last - first + 1)
        merged = self._say("merged", merged=sheet.merged) if sheet.merged else ""
        kind = f" · {self.labels(f'publishing.kinds.{sheet.kind}')}" if sheet.kind else ""
        return rows + merged + kind

    def _columns(self, columns: Sequence[Column]) -> Table:
        table = _table(self._say("columns"))
        for heading in ("column", "as_written", "field", "certainty"):
            table.add_column(self._say(heading), overflow="fold")
        table.columns[0].no_wrap = True
        for column in columns:
            style = "yellow" if column.field is None and not column.counter else ""
            table.add_row(
                column.letter,
                plain(self._written(column)),
                f"{self._field(column.field)} {column.field}" if column.field else "",
                plain(self._certainty(column)),
                style=style,
            )
        return table

    def _written(self, column: Column) -> str:
        if column.header is None:
            return self._say("no_text")
        return column.header or self._say("unnamed")

    def _certainty(self, column: Column) -> str:
        if column.counter:
            return self._say("counter")
        score = round(column.nearest.score) if column.nearest else 0
        if column.certainty:
            return self._say(f"certainties.{column.certainty}", score=score)
        if column.nearest and column.nearest.score >= _NEAR:
            return self._say("unmapped_near", spelling=column.nearest.spelling, score=score)
        return self._say("unmapped")

    def _field(self, field: str) -> str:
        if field in MEMBER_FIELDS:
            return self._say(field)
        return self.labels(f"publishing.fields.{field}")

    def _missing(self, groups: Sequence[Missing]) -> Iterator[Fact]:
        for group in groups:
            fields = " / ".join(map(self.headers.spoken, group.fields))
            nearest = self._say("separator").join(map(self._near, group.nearest))
            wording = "missing_field" if nearest else "missing_alone"
            yield self._say("missing"), self._say(wording, fields=fields, nearest=nearest)

    def _near(self, column: Column) -> str:
        score = round(column.nearest.score) if column.nearest else 0
        header = self._written(column)
        return self._say("nearest", column=column.letter, header=header, score=score)

    def _findings(self, contents: Contents) -> Iterator[Fact]:
        for field, kinds in contents.kinds.items():
            typed = self._say("numbers_typed") if kinds.get("number") else ""
            counts = self._say("separator").join(
                self._say("kind_count", kind=self.labels(f"intake.kinds.{kind}"), count=f"{n:,}")
                for kind, n in kinds.items()
            )
            line = self._say("kind", field=self._field(field), kinds=counts + typed)
            yield self._say("kinds"), plain(line, style="yellow" if typed else "")
        for unknown in contents.unknown_codes:
            shown = [
                self._say("code_value", value=value, cells=f"{cells:,}")
                for value, cells in unknown.shown
            ]
            if len(shown) < unknown.distinct:
                shown.append(self._say("code_rest"))
            yield (
                self._say("codes"),
                self._say(
                    "code",
                    field=self._field(unknown.field),
                    cells=f"{unknown.cells:,}",
                    distinct=unknown.distinct,
                    shown="：" + self._say("separator").join(shown),
                ),
            )
        for name in ("unreadable", "private_use", "wildcards"):
            counts = self._counts(getattr(contents, name))
            if counts:
                yield self._say(name), counts

    def _counts(self, found: Mapping[str, int]) -> str:
        return self._say("separator").join(
            self._say("count", field=self._field(field), count=f"{count:,}")
            for field, count in found.items()
        )

    def _first_rows(self, contents: Contents) -> Table:
        narrow = self.console.width < _THREE_ROWS_WIDTH
        rows = contents.first_rows.head(2 if narrow else 3)
        table = _table(self._say("first_rows"))
        table.add_column(self._say("field"), no_wrap=True)
        for row in rows["source_row"]:
            table.add_column(self._say("row", row=row), overflow="fold")
        for field in rows.columns:
            if field != "source_row":
                table.add_row(self._field(field), *map(plain, rows[field]))
        return table

    def _facts(self, facts: Iterator[Fact]) -> None:
        """Lines in two columns; what several lines are about is said once."""
        table = Table.grid(padding=(0, 2, 0, 0))
        table.add_column(no_wrap=True, style="dim")
        table.add_column(overflow="fold")
        about = ""
        for name, said in facts:
            table.add_row(
                "" if name == about else name, plain(said) if isinstance(said, str) else said
            )
            about = name or about
        if table.row_count:
            self.console.print(table)

    def _line(self, text: str, style: str = "") -> None:
        self.console.print(plain(text, style=style), soft_wrap=True)

    def _say(self, key: str, **values: object) -> str:
        return self.labels(f"inspection.{key}", **values)


def reason(inspection: Inspection, labels: Labels) -> str:
    """Why a file is not taken, as its receipt says it, without its name in front."""
    receipt = inspection.receipts[0]
    where = labels("intake.file", file=receipt["source_file"])
    return str(receipt["message"] or "").removeprefix(where)


def plain(text: str, style: str = "") -> Text:
    """A text on one line that neither markup nor control characters of a received file can make into anything else."""
    line = _BREAKS.sub(" ", text)
    return Text("".join(c if c.isprintable() else f"\\x{ord(c):02x}" for c in line), style=style)


def _worth_saying(inspection: Inspection) -> Sequence[Fit]:
    """The registers that fit best, and the one the file was read for; of several equally good ones the first."""
    first = inspection.fits[: 1 if inspection.basis == "undecided" else _SHOWN_FITS]
    read = [fit for fit in inspection.fits if fit.register == inspection.registers[0]]
    return list(dict.fromkeys([*first, *read]))


def _table(title: str) -> Table:
    return Table(
        title=plain(title, style="bold"), title_justify="left", box=box.SIMPLE_HEAD, pad_edge=False
    )
