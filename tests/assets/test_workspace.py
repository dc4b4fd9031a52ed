"""What lies in staging belongs to one run under one config; nobody else writes into it or publishes it."""

import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import dagster as dg
import pytest

from assets.workspace import Workspace
from reconciliation.registers.errors import UsageError

BATCH = "2018-08-15"


def context(run: str, root: str | None = None) -> dg.AssetExecutionContext:
    """As much of a run's context as the workspace asks for."""
    made = SimpleNamespace(
        partition_key=BATCH, run_id=run, run=SimpleNamespace(root_run_id=root, run_id=run)
    )
    return cast(dg.AssetExecutionContext, made)


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return Workspace(registers=str(tmp_path / "registers"), output=str(tmp_path / "output"))


def test_a_run_goes_on_with_what_it_began(workspace: Workspace) -> None:
    assert workspace.begin(context("one")) == BATCH
    assert workspace.batch_of(context("one")) == BATCH


def test_a_run_that_goes_on_after_a_failure_is_the_same_run(workspace: Workspace) -> None:
    workspace.begin(context("one"))
    assert workspace.batch_of(context("two", root="one")) == BATCH


def test_another_run_is_refused(workspace: Workspace) -> None:
    workspace.begin(context("one"))
    with pytest.raises(UsageError, match="从头运行"):
        workspace.batch_of(context("two"))


def test_a_config_changed_on_the_way_is_refused(workspace: Workspace, tmp_path: Path) -> None:
    workspace.begin(context("one"))
    own = tmp_path / "config"
    own.mkdir()
    (own / "labels.yaml").write_text("lists: {verify: 须入户核实}\n", encoding="utf-8")
    changed = workspace.model_copy(update={"config": str(own)})
    with pytest.raises(UsageError, match="从头运行"):
        changed.batch_of(context("one"))


def test_what_an_earlier_run_left_is_gone_when_a_run_begins(workspace: Workspace) -> None:
    workspace.begin(context("one"))
    leftover = workspace.staging(BATCH) / "left.part"
    leftover.touch()
    workspace.begin(context("two"))
    assert not leftover.exists()


def test_another_process_is_refused_while_the_output_is_held(workspace: Workspace) -> None:
    workspace.hold()
    workspace.hold()
    code = (
        "from pathlib import Path; from reconciliation.publishing.release import output_lock\n"
        f"with output_lock(Path({workspace.output!r})): pass"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "another run is writing" in done.stderr
