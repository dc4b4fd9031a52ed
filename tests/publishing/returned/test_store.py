"""No answer is ever lost: wherever `apply` is cut off, the answers are as before or as after, and the same command ends it."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

from reconciliation.publishing import private_files
from reconciliation.publishing.returned.applying import apply_answers
from reconciliation.publishing.verification import verify_output
from tests.publishing.returned.books import (
    EXIT,
    FILLED,
    Office,
    fill,
    released,
    saved_again,
)


class Killed(BaseException):
    """Stands for the end of the process: nothing may catch it."""


class Disk:
    """The acts on the disk, counted; at the n-th one everything ends."""

    def __init__(self, last: int) -> None:
        self.acts: list[str] = []
        self._last = last

    def act(self, name: str) -> None:
        self.acts.append(name)
        if len(self.acts) == self._last:
            raise Killed

    def counted(self, name: str) -> Any:
        real = getattr(os, name)

        def run(*arguments: Any, **named: Any) -> Any:
            self.act(name)
            made = real(*arguments, **named)
            return Torn(made, self) if name == "fdopen" else made

        return run


class Torn:
    """A file of which only half may be written."""

    def __init__(self, file: Any, disk: Disk) -> None:
        self._file, self._disk = file, disk

    def __enter__(self) -> "Torn":
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def write(self, content: Any) -> None:
        half = len(content) // 2
        self._file.write(bytes(content)[:half])
        self._file.flush()
        self._disk.act("write")
        self._file.write(bytes(content)[half:])

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)


@contextmanager
def killed_at(call: int) -> Iterator[list[str]]:
    """End everything at the n-th act on the disk; half of what was to be written is written."""
    disk, patch = Disk(call), pytest.MonkeyPatch()
    for name in ("fsync", "open", "replace", "rename", "fdopen"):
        patch.setattr(os, name, disk.counted(name))
    try:
        yield disk.acts
    finally:
        patch.undo()


def test_cut_off_at_any_act_on_the_disk_the_answers_are_the_old_or_the_new(tmp_path: Path) -> None:
    output = tmp_path / "output"
    office = Office(output, released(output))
    office.apply(
        saved_again(
            office.book, tmp_path / "a.xlsx", lambda s: fill(s[EXIT], 1, 核实结果="属实", **FILLED)
        )
    )
    made = office.plan(
        saved_again(
            office.book, tmp_path / "b.xlsx", lambda s: fill(s[EXIT], 2, 核实结果="属实", **FILLED)
        )
    )
    path, trail = output / "answers" / "answers.parquet", output / "audit.jsonl"
    old, start = path.read_bytes(), trail.read_bytes()
    apply_answers(made, office.reception)
    new = path.read_bytes()
    seen = set()
    for call in range(1, 100):
        path.write_bytes(old)
        trail.write_bytes(start)
        with killed_at(call) as acts, suppress(Killed):
            apply_answers(made, office.reception)
        seen.add(path.read_bytes())
        assert path.read_bytes() in {old, new}, acts
        if len(acts) < call:
            break
        apply_answers(made, office.reception)
        assert path.read_bytes() == new
        assert [p for p in verify_output(output) if p.startswith("answers")] == []
    assert seen == {old, new}
    assert {"open", "fdopen", "write", "fsync", "replace"} <= set(acts)
    assert len(acts) > 8
    assert path.stat().st_mode & 0o777 == private_files.FILE_MODE


def test_answers_changed_by_hand_are_noticed(tmp_path: Path) -> None:
    output = tmp_path / "output"
    office = Office(output, released(output))
    back = saved_again(
        office.book, tmp_path / "a.xlsx", lambda s: fill(s[EXIT], 1, 核实结果="属实", **FILLED)
    )
    office.apply(back)
    path = output / "answers" / "answers.parquet"
    assert not [problem for problem in verify_output(output) if "answers" in problem]
    path.write_bytes(path.read_bytes() + b" ")
    assert [problem for problem in verify_output(output) if "answers" in problem]
    path.unlink()
    assert [problem for problem in verify_output(output) if "gone" in problem]
