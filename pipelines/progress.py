"""A run's progress on the terminal, read from Dagster's own events.

What belongs here: turning events into a line a stage and a bar. What does not: deciding what is reported; assets say so
by their log messages.
"""

import logging
from collections.abc import Mapping
from typing import Any

import dagster as dg
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

NAME = "terminal"


class TerminalProgress:
    """A bar over the steps of a run, the current step and what it last said beside it."""

    def __init__(
        self, stages: Mapping[str, str], wording: Mapping[str, str], console: Console
    ) -> None:
        """Take the stage (asset group) of every step and the Chinese wording of the stages."""
        self.progress = Progress(
            TextColumn("{task.description:<18}"),
            BarColumn(bar_width=28),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            TextColumn("[dim]{task.fields[detail]}"),
            console=console,
        )
        self._stages = stages
        self._wording = wording
        self._task = self.progress.add_task("", total=len(stages), detail="")
        self._stage = ""

    def started(self, step: str) -> None:
        """A step begins; a new stage gets a line of its own, so that a log file shows the stages too."""
        stage = self._stages.get(step, "")
        if stage and stage != self._stage:
            self._stage = stage
            self.progress.console.print(f"[bold]▸ {self._wording.get(stage, stage)}")
        self.progress.update(self._task, description=self._wording.get(stage, step), detail=step)

    def said(self, message: str) -> None:
        """An asset reports something worth a line."""
        self.progress.console.print(f"  {message}", markup=False)

    def finished(self) -> None:
        """A step has ended."""
        self.progress.advance(self._task)


class _EventHandler(logging.Handler):
    def __init__(self, terminal: TerminalProgress) -> None:
        super().__init__()
        self._terminal = terminal

    def emit(self, record: logging.LogRecord) -> None:
        meta: dict[str, Any] = getattr(record, "dagster_meta", None) or {}
        event = meta.get("dagster_event")
        step = str(meta.get("step_key") or "")
        if event is None:
            if logging.INFO <= record.levelno < logging.ERROR and step:
                self._terminal.said(str(meta.get("orig_message", "")))
        elif event.event_type is dg.DagsterEventType.STEP_START:
            self._terminal.started(step)
        elif event.event_type in {
            dg.DagsterEventType.STEP_SUCCESS,
            dg.DagsterEventType.STEP_FAILURE,
            dg.DagsterEventType.STEP_SKIPPED,
        }:
            self._terminal.finished()


def terminal_logger(terminal: TerminalProgress) -> dg.LoggerDefinition:
    """A Dagster logger that drives `terminal`."""

    @dg.logger(config_schema={}, description="Progress on the terminal")
    def logger(_: dg.InitLoggerContext) -> logging.Logger:
        made = logging.Logger(NAME, logging.DEBUG)
        made.addHandler(_EventHandler(terminal))
        return made

    return logger
