"""A batch is published whole or not at all, and never twice."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from reconciliation.publishing import release
from reconciliation.publishing.release import (
    Release,
    clear_staging,
    latest_release,
    output_lock,
    publish,
    published_name,
    releases,
    staging_folder,
)
from reconciliation.registers.errors import UsageError

BATCH = "2018-08-15"


def staged(output: Path, text: str = "new") -> Path:
    staging = staging_folder(output, BATCH)
    Release(staging).make_folders()
    (staging / "data" / "links.parquet").write_text(text)
    return staging


def modes(folder: Path) -> set[tuple[bool, int]]:
    return {(path.is_dir(), path.stat().st_mode & 0o777) for path in (folder, *folder.rglob("*"))}


def test_published_release_holds_what_was_staged_and_nobody_else_can_read_it(
    tmp_path: Path,
) -> None:
    staging = staged(tmp_path)
    (staging / "data").chmod(0o755)
    (staging / "data" / "links.parquet").chmod(0o666)
    destination = publish(staging, tmp_path / published_name(tmp_path, BATCH, revise=False))
    assert destination == tmp_path / BATCH
    assert (destination / "data" / "links.parquet").read_text() == "new"
    assert not staging.exists()
    assert modes(destination) == {(True, 0o700), (False, 0o600)}


@pytest.mark.parametrize("standing", ["folder", "empty folder", "file", "dangling link"])
def test_what_stands_at_the_destination_is_never_overwritten(tmp_path: Path, standing: str) -> None:
    destination = tmp_path / BATCH
    if standing == "file":
        destination.write_text("old")
    elif standing == "dangling link":
        destination.symlink_to(tmp_path / "nowhere")
    else:
        destination.mkdir()
        if standing == "folder":
            (destination / "old").touch()
    with pytest.raises(UsageError, match="never overwritten"):
        publish(staged(tmp_path), destination)
    assert (staging_folder(tmp_path, BATCH) / "data" / "links.parquet").exists()


def test_a_failed_step_leaves_the_last_release_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(staged(tmp_path, "first"), tmp_path / BATCH)
    name = published_name(tmp_path, BATCH, revise=True)
    staging = staged(tmp_path, "second")

    def full_disk(folder: Path) -> None:
        raise OSError("no space left")

    monkeypatch.setattr(release, "sync", full_disk)
    with pytest.raises(OSError, match="no space"):
        publish(staging, tmp_path / name)
    assert latest_release(tmp_path, BATCH) == tmp_path / BATCH
    assert (tmp_path / BATCH / "data" / "links.parquet").read_text() == "first"


@pytest.mark.parametrize("step", ["restrict", "sync"])
def test_a_killed_run_leaves_the_last_release_whole_and_the_next_one_can_start(
    tmp_path: Path, step: str
) -> None:
    publish(staged(tmp_path, "first"), tmp_path / BATCH)
    staged(tmp_path, "second")
    program = (
        "import os, signal, sys\n"
        "from pathlib import Path\n"
        "from reconciliation.publishing import release\n"
        f"release.{step} = lambda folder: os.kill(os.getpid(), signal.SIGKILL)\n"
        "output = Path(sys.argv[1])\n"
        "with release.output_lock(output):\n"
        f"    release.publish(release.staging_folder(output, '{BATCH}'), output / '{BATCH}.r2')\n"
    )
    killed = subprocess.run([sys.executable, "-c", program, str(tmp_path)], check=False)
    assert killed.returncode == -signal.SIGKILL
    assert releases(tmp_path) == [tmp_path / BATCH]
    assert (tmp_path / BATCH / "data" / "links.parquet").read_text() == "first"
    with output_lock(tmp_path):
        clear_staging(tmp_path, BATCH)
        publish(staged(tmp_path, "third"), tmp_path / published_name(tmp_path, BATCH, revise=True))
    assert (tmp_path / f"{BATCH}.r2" / "data" / "links.parquet").read_text() == "third"


def test_a_release_with_a_link_out_of_it_is_refused(tmp_path: Path) -> None:
    staging = staged(tmp_path)
    (staging / "data" / "elsewhere").symlink_to(tmp_path)
    with pytest.raises(ValueError, match="data/elsewhere"):
        publish(staging, tmp_path / BATCH)
    assert not (tmp_path / BATCH).exists()


def test_revisions_are_numbered_from_two_and_the_newest_is_the_latest(tmp_path: Path) -> None:
    assert latest_release(tmp_path, BATCH) is None
    assert published_name(tmp_path, BATCH, revise=False) == BATCH
    with pytest.raises(UsageError, match="no release to revise"):
        published_name(tmp_path, BATCH, revise=True)
    (tmp_path / BATCH).mkdir()
    with pytest.raises(UsageError, match="published already"):
        published_name(tmp_path, BATCH, revise=False)
    assert published_name(tmp_path, BATCH, revise=True) == f"{BATCH}.r2"
    for number in range(2, 11):
        (tmp_path / f"{BATCH}.r{number}").mkdir()
    (tmp_path / "2018-08-30").mkdir()
    (tmp_path / f"{BATCH}.old").mkdir()
    assert published_name(tmp_path, BATCH, revise=True) == f"{BATCH}.r11"
    assert latest_release(tmp_path, BATCH) == tmp_path / f"{BATCH}.r10"
    assert [path.name for path in releases(tmp_path)][-2:] == [f"{BATCH}.r10", "2018-08-30"]


@pytest.mark.parametrize("batch", ["../2018-08-15", "2018-8-15", "2018-13-01", "", "20180815"])
def test_only_a_date_names_a_folder(tmp_path: Path, batch: str) -> None:
    with pytest.raises(UsageError, match="YYYY-MM-DD"):
        staging_folder(tmp_path / "output", batch)
    assert not (tmp_path / "output").exists()


def test_two_runs_do_not_write_to_one_output(tmp_path: Path) -> None:
    output = tmp_path / "output"
    program = (
        "import sys\nfrom pathlib import Path\n"
        "from reconciliation.publishing.release import output_lock\n"
        "from reconciliation.registers.errors import UsageError\n"
        "try:\n    output_lock(Path(sys.argv[1])).__enter__()\n"
        "except UsageError:\n    sys.exit(7)\n"
    )
    command = [sys.executable, "-c", program, str(output)]
    with output_lock(output):
        assert subprocess.run(command, check=False).returncode == 7
        with pytest.raises(UsageError, match="another run"), output_lock(output):
            pass
    assert subprocess.run(command, check=False).returncode == 0


def test_the_umask_of_the_caller_does_not_matter(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        with output_lock(tmp_path / "output"):
            staging = staging_folder(tmp_path / "output", BATCH)
    finally:
        os.umask(before)
    assert modes(tmp_path / "output") == {(True, 0o700), (False, 0o600)}
    assert staging.is_dir()
