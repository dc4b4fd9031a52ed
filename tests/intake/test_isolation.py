"""Parsing processes: a file may end its own; none outlives the run; and none leaves people lying about."""

import os
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from reconciliation.intake import processes
from reconciliation.intake.processes import ParsingProcess
from reconciliation.intake.register import read_register
from tests.intake.offices import (
    HEADERS,
    LABELS,
    LEAN,
    SETTINGS,
    person_id,
    read,
    receipt,
    text_file,
    workbook,
)
from tests.intake.test_refusals import far_cell

GOOD = [LEAN, [1, "田一苇", person_id(1), "农村低保", "A", ""]]
SECRET_NAME, SECRET_ID = "丰不识", person_id(23)
BOUNDED = SETTINGS.model_copy(update={"workers": 1, "memory_bytes": 1 << 30})
ROOT = Path(__file__).resolve().parents[2]
SOON = 60
"""Seconds that are plenty on a busy machine; what is waited for comes long before."""

READING = """
import signal, sys
from pathlib import Path
from tests.intake.offices import HEADERS, LABELS, SETTINGS
from reconciliation.intake.register import read_register
signal.signal(signal.SIGINT, signal.default_int_handler)  # whoever runs the tests may have it ignored
settings = SETTINGS.model_copy(update={"workers": 2})
read_register(Path(sys.argv[1]), "dibao", headers=HEADERS, settings=settings, labels=LABELS, grids=Path(sys.argv[2]))
"""


def wait_for(what: Callable[[], bool]) -> None:
    end = time.monotonic() + SOON
    while not what():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.02)


def alive(process: psutil.Process) -> bool:
    return bool(process.is_running() and process.status() != psutil.STATUS_ZOMBIE)


@pytest.fixture
def slow(tmp_path: Path) -> Path:
    """Three files that take much longer to read than any test lasts."""
    folder = tmp_path / "dibao"
    folder.mkdir()
    for name in "abc":
        (folder / f"{name}.csv").write_bytes(b"1,2\n" * 20_000_000 + name.encode())
    return folder


@pytest.fixture
def reading(slow: Path, tmp_path: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A run in the middle of its files: two parsing processes, each with a copy that has a file."""
    process = subprocess.Popen(
        [sys.executable, "-c", READING, str(slow), str(tmp_path / ".intake")],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    try:
        run = psutil.Process(process.pid)
        wait_for(lambda: len(run.children(recursive=True)) == 4 or not alive(run))
        yield process
    finally:
        process.kill()
        process.communicate()


def test_each_file_has_a_process_of_its_own_and_as_many_are_read_at_once_as_were_asked_for(
    reading: subprocess.Popen[bytes],
) -> None:
    run = psutil.Process(reading.pid)
    starters = run.children()
    assert len(starters) == 2
    assert [len(starter.children()) for starter in starters] == [1, 1]


def test_when_the_run_is_killed_its_parsing_processes_die_with_it(
    reading: subprocess.Popen[bytes], tmp_path: Path
) -> None:
    helpers = psutil.Process(reading.pid).children(recursive=True)
    work = tmp_path / ".intake" / "work"
    assert list(work.iterdir())
    reading.send_signal(signal.SIGKILL)
    wait_for(lambda: not any(map(alive, helpers)))
    # What it had begun is still there, and gone with the next run.
    assert list(work.iterdir())
    other = tmp_path / "other"
    text_file(other / "a.csv", GOOD)
    subprocess.run(
        [sys.executable, "-c", READING, str(other), str(tmp_path / ".intake")], cwd=ROOT, check=True
    )
    assert list(work.iterdir()) == []


def test_ctrl_c_ends_the_run_and_all_it_started_at_once(
    reading: subprocess.Popen[bytes], tmp_path: Path
) -> None:
    helpers = psutil.Process(reading.pid).children(recursive=True)
    reading.send_signal(signal.SIGINT)
    said = reading.communicate(timeout=SOON)[0].decode()
    assert "KeyboardInterrupt" in said
    assert not any(map(alive, helpers))
    assert list((tmp_path / ".intake" / "work").iterdir()) == []


def test_an_error_in_the_run_ends_the_parsing_at_once(slow: Path) -> None:
    for name in "bc":
        (slow / f"{name}.csv").unlink()
    workbook(slow / "good.xlsx", {"Sheet1": GOOD})
    before = {child.pid for child in psutil.Process().children(recursive=True)}

    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    settings = SETTINGS.model_copy(update={"workers": 2})
    with pytest.raises(KeyboardInterrupt) as caught:
        read_register(
            slow, "dibao", headers=HEADERS, settings=settings, labels=LABELS, on_file=stop
        )
    assert {child.pid for child in psutil.Process().children(recursive=True)} <= before
    assert (
        caught.tb is not None
    )  # whoever holds the traceback holds the frames, and keeps nothing running


def test_a_file_that_ends_its_process_leaves_the_next_one_unharmed(tmp_path: Path) -> None:
    workbook(tmp_path / "good.xlsx", {"Sheet1": GOOD})
    far_cell(tmp_path / "far.xlsx")
    text_file(tmp_path / "good.csv", GOOD)
    (tmp_path / "broken.xls").write_bytes(bytes.fromhex("D0CF11E0A1B11AE1") + b"\0" * 9000)
    got = read(tmp_path, settings=BOUNDED)
    status = dict(got.receipts.select("source_file", "status").iter_rows())
    assert status == {
        "broken.xls": "refused",
        "far.xlsx": "refused",
        "good.csv": "accepted",
        "good.xlsx": "accepted",
    }
    assert "内存上限1024MB" in receipt(got, "far.xlsx")["message"]


def test_a_file_that_takes_too_long_leaves_the_next_one_unharmed(slow: Path) -> None:
    for name in "bc":
        (slow / f"{name}.csv").unlink()
    workbook(slow / "good.xlsx", {"Sheet1": GOOD})
    hasty = SETTINGS.model_copy(update={"workers": 1, "timeout_seconds": 2})
    got = read(slow, settings=hasty)
    assert "2秒" in receipt(got, "a.csv")["message"]
    assert receipt(got, "good.xlsx")["status"] == "accepted"


def test_a_parsing_process_that_somebody_ended_is_started_again(tmp_path: Path) -> None:
    path = text_file(tmp_path / "a.csv", GOOD)
    limits = SETTINGS.limits
    parser = ParsingProcess()
    try:
        for turn in ("1", "2"):
            output = tmp_path / turn
            output.mkdir()
            job = {"path": str(path), "suffix": ".csv", "output": str(output), "limits": limits}
            parser.do(job, SOON)
            assert (output / "0.arrow").exists()
            for child in psutil.Process().children():
                if "reconciliation.intake.worker" in child.cmdline():
                    child.kill()
                    child.wait(SOON)
    finally:
        parser.end()


def test_what_parses_received_files_is_not_told_how_to_reach_the_database(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file that takes over its parser finds no password there."""
    monkeypatch.setenv("SHUANGQING_DATABASE", "postgresql://reader:geheim@db/register")
    monkeypatch.setenv("LC_TIME", "C.UTF-8")
    path = text_file(tmp_path / "a.csv", GOOD)
    job = {"path": str(path), "suffix": ".csv", "output": str(tmp_path), "limits": SETTINGS.limits}
    parser = ParsingProcess()
    try:
        parser.do(job, SOON)
        assert (tmp_path / "0.arrow").exists()
        (found,) = (
            child.environ()
            for child in psutil.Process().children()
            if "reconciliation.intake.worker" in child.cmdline()
        )
    finally:
        parser.end()
    assert not any("geheim" in value for value in found.values())
    assert found["LC_TIME"] == "C.UTF-8"


def test_parsing_says_nothing_where_a_library_might_print_a_cell(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever a parser prints or raises stays inside: only the type of an error comes out."""
    shadow = tmp_path / "shadow" / "reconciliation"
    (shadow / "intake").mkdir(parents=True)
    for package in (shadow, shadow / "intake"):
        package.joinpath("__init__.py").touch()
    for name in ("worker", "refusals"):
        source = (ROOT / "reconciliation" / "intake" / f"{name}.py").read_bytes()
        (shadow / "intake" / f"{name}.py").write_bytes(source)
    (shadow / "intake" / "spreadsheets.py").touch()
    (shadow / "intake" / "delimited.py").write_text(
        textwrap.dedent(
            """
            import os, sys
            def read_text(path, output, limits):
                text = path.read_text(encoding="utf-8")
                print(text, flush=True)
                os.write(2, text.encode())
                raise ValueError(text)
            """
        ),
        encoding="utf-8",
    )
    monkeypatch.setattr(processes, "_ROOT", tmp_path / "shadow")
    folder = tmp_path / "dibao"
    text_file(folder / "a.csv", [LEAN, [1, SECRET_NAME, SECRET_ID, "", "", ""]], "utf-8")
    sink = (tmp_path / "said").open("wb")
    kept = [os.dup(stream) for stream in (1, 2)]
    try:
        for stream in (1, 2):
            os.dup2(sink.fileno(), stream)
        got = read(folder, settings=BOUNDED)
    finally:
        for stream, old in zip((1, 2), kept, strict=True):
            os.dup2(old, stream)
            os.close(old)
        sink.close()
    message = receipt(got, "a.csv")["message"]
    assert "ValueError" in message
    for said in (message, (tmp_path / "said").read_text(encoding="utf-8")):
        assert SECRET_NAME not in said
        assert SECRET_ID not in said
