"""The server of the tests says what it needs and leaves nothing behind."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests import postgres as server_module
from tests.postgres import programs


def test_a_missing_server_fails_and_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(server_module, "INSTALLED", tmp_path)
    with pytest.raises(pytest.fail.Exception, match="postgresql"):
        programs()


def test_a_killed_test_run_leaves_no_server_behind(tmp_path: Path) -> None:
    (tmp_path / "test_it.py").write_text(
        "import os, pathlib, signal\npytest_plugins = ['tests.postgres']\n"
        "def test_it(postgres):\n"
        "    pathlib.Path('where').write_text(str(postgres.log.parent))\n"
        "    os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    project = Path(__file__).parents[1]
    ran = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_it.py"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(project)},
        capture_output=True,
        check=False,
    )
    assert ran.returncode == -9, ran.stdout
    folder = Path((tmp_path / "where").read_text())
    until = time.monotonic() + 20
    while folder.exists():
        assert time.monotonic() < until
        time.sleep(0.1)
