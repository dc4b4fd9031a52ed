"""What `shuangqing inspect` says, on a terminal or into a file.

What belongs here: choosing what is inspected, wording it and laying it out. What does not: understanding a file
(`reconciliation.intake.inspection`) and masking (`reconciliation.publishing.masking`).

A file is told in full. A folder is told by a line a file and a list of what to send back.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from io import StringIO
from pathlib import Path

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from pipelines.inspection_layout import Layout, plain, reason
from reconciliation.configuration import Configuration
from reconciliation.intake.files import ReceivedFile, received_files
from reconciliation.intake.guessing import Knowledge
from reconciliation.intake.inspection import Inspection, Inspector
from reconciliation.intake.parsing import Parsed, parse_files
from reconciliation.publishing.masking import masked_rows
from reconciliation.registers.labels import Labels
from reconciliation.registers.schema import REGISTERS

_PIPED_WIDTH = 400
"""Wide enough that nothing is folded where no terminal says how wide it is."""


@dataclass(frozen=True)
class _Inspected:
    """An inspection, and whether the register came from the folder the file lies in."""

    inspection: Inspection
    by_folder: bool


def print_inspections(
    paths: Sequence[Path], register: str | None, configuration: Configuration
) -> bool:
    """Inspect files and folders, and print it as wide as the terminal; where there is none, as wide as it is.

    Arguments and result as for `inspect_paths`.
    """
    terminal = Console(highlight=False)
    if terminal.is_terminal:
        return inspect_paths(paths, register, configuration, terminal)
    taken = True
    for path in paths:
        page = Console(highlight=False, width=_PIPED_WIDTH, file=StringIO())
        taken &= inspect_paths([path], register, configuration, page)
        for line in page.file.getvalue().splitlines():  # type: ignore[attr-defined]
            click.echo(line.rstrip())
    return taken


def inspect_paths(
    paths: Sequence[Path], register: str | None, configuration: Configuration, console: Console
) -> bool:
    """Inspect files and folders, and print what was understood.

    Args:
        paths: each file in full, each folder by a line a file.
        register: the one the files are for; null: by the folder they lie in, else guessed.
        configuration: all of the config.
        console: where it is printed.

    Returns:
        Whether a batch would take every file.
    """
    inspector = _inspector(configuration)
    accepted = True
    for path in paths:
        if path.is_dir():
            found = list(_in_folder(path, register, inspector))
            _Overview(configuration.labels, console).show(path, found)
        else:
            file = ReceivedFile(path, path.name, None if path.is_file() else "not_a_file")
            found = list(_inspected([file], [register], inspector))
            for one in found:
                Layout(configuration.labels, configuration.headers, console).show(one.inspection)
        accepted &= all(one.inspection.accepted for one in found)
    return accepted


def _inspector(configuration: Configuration) -> Inspector:
    knowledge = Knowledge(
        headers=configuration.headers,
        settings=configuration.intake,
        codes=configuration.codes,
        year=configuration.campaign.batches[-1].year,
        labels=configuration.labels,
    )
    return Inspector(knowledge, configuration.identity.names.wildcards, masked_rows)


def _in_folder(folder: Path, register: str | None, inspector: Inspector) -> Iterator[_Inspected]:
    files = received_files(folder)
    registers = [register or _register_of(folder.resolve(), file) for file in files]
    progress = Progress(
        TextColumn("{task.description}"),
        BarColumn(bar_width=28),
        MofNCompleteColumn(),
        console=Console(stderr=True),
        transient=True,
    )
    with progress:
        inspected = _inspected(files, registers, inspector, by_folder=register is None)
        done = list(progress.track(inspected, total=len(files), description=folder.name))
    yield from sorted(done, key=lambda one: one.inspection.file.name)


def _register_of(folder: Path, file: ReceivedFile) -> str | None:
    """The register by the nearest folder that is called like one: of the file's folders below the given one, or that one."""
    below = Path(file.name).parts[:-1]
    named = [part for part in (folder.name, *below) if part in REGISTERS]
    return named[-1] if named else None


def _inspected(
    files: Sequence[ReceivedFile],
    registers: Sequence[str | None],
    inspector: Inspector,
    *,
    by_folder: bool = False,
) -> Iterator[_Inspected]:
    """Each file inspected as it is parsed; what is not read is not opened."""
    given = {file.path: register for file, register in zip(files, registers, strict=True)}
    unread = (Parsed(file, "", 0) for file in files if not file.readable)
    readable = [file for file in files if file.readable]
    for parsed in (*unread, *parse_files(readable, inspector.knowledge.settings)):
        register = given[parsed.file.path]
        yield _Inspected(inspector.inspect(parsed, register), by_folder and register is not None)


@dataclass(frozen=True)
class _Overview:
    """Prints a folder."""

    labels: Labels
    console: Console

    def show(self, folder: Path, found: Sequence[_Inspected]) -> None:
        """A line a file, totals, and what is to be sent back."""
        if not found:
            self._print(self.labels("inspection.nothing", folder=folder))
            return
        for one in found:
            self._print(self._line(one.inspection), style=_style(one.inspection))
        self._print("")
        self._print(self._totals([one.inspection for one in found]))
        back = [one.inspection for one in found if not one.inspection.accepted]
        if not back:
            self._print(self.labels("inspection.to_send_back_none"))
            return
        self._print(self.labels("inspection.to_send_back", files=len(back)))
        for inspection in back:
            self._print(f"  {inspection.file.name}：{self._why(inspection)}")
        self._print(self.labels("inspection.to_send_back_hint"))

    def _line(self, inspection: Inspection) -> str:
        mark = "✔" if inspection.accepted else "✘"
        said = self._taken(inspection) if inspection.accepted else self._status(inspection)
        return f"{mark} {inspection.file.name}：{said}"

    def _taken(self, inspection: Inspection) -> str:
        labels = self.labels
        rejected = _sum(inspection, "rows_rejected")
        numbers = _sum(inspection, "ids_typed_as_numbers")
        hidden = sum(receipt.get("left_aside") == "hidden" for receipt in inspection.receipts)
        undecided = inspection.basis == "undecided"
        register = (
            labels("inspection.line_undecided")
            if undecided
            else labels(f"registers.{inspection.registers[0]}")
        )
        rows = _sum(inspection, "rows_accepted")
        parts = [labels("inspection.line_accepted", register=register, rows=f"{rows:,}")]
        if rejected:
            parts.append(labels("inspection.line_rejected", rejected=f"{rejected:,}"))
        if numbers:
            parts.append(labels("inspection.line_numbers", numbers=f"{numbers:,}"))
        if hidden:
            parts.append(labels("inspection.line_hidden", sheets=hidden))
        if inspection.better:
            better = labels(f"registers.{inspection.better}")
            parts.append(labels("inspection.line_better", register=better))
        return "".join(parts)

    def _status(self, inspection: Inspection) -> str:
        return self.labels(f"inspection.verdicts.{inspection.receipts[0]['status']}")

    def _why(self, inspection: Inspection) -> str:
        """The first sentence: the others describe rows, which belongs to the file's own inspection."""
        return reason(inspection, self.labels).split("。")[0] + "。"

    def _totals(self, inspections: Sequence[Inspection]) -> str:
        statuses = [
            "accepted" if one.accepted else str(one.receipts[0]["status"]) for one in inspections
        ]
        return self.labels(
            "inspection.summary",
            files=len(inspections),
            accepted=statuses.count("accepted"),
            refused=statuses.count("refused"),
            skipped=statuses.count("skipped"),
            rows=f"{sum(_sum(one, 'rows_accepted') for one in inspections):,}",
            rejected=f"{sum(_sum(one, 'rows_rejected') for one in inspections):,}",
        )

    def _print(self, text: str, style: str = "") -> None:
        self.console.print(plain(text, style), soft_wrap=True)


def _style(inspection: Inspection) -> str:
    if not inspection.accepted:
        return "red"
    return "yellow" if inspection.better or inspection.basis == "undecided" else ""


def _sum(inspection: Inspection, count: str) -> int:
    return sum(int(receipt[count]) for receipt in inspection.receipts)
