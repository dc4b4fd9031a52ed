"""Whether a batch may run at all, asked before anything is read.

What belongs here: questions about folders and releases. What does not: the content of files; that is intake's.
"""

from pathlib import Path

from reconciliation.intake.files import READY
from reconciliation.publishing.release import latest_release, published_name
from reconciliation.registers.campaign import Campaign
from reconciliation.registers.errors import UsageError
from reconciliation.registers.schema import REGISTERS, REQUIRED


def check_batch(
    campaign: Campaign, registers: Path, output: Path, batch: str, *, revise: bool
) -> str:
    """The name under which the batch's release will stand, if the batch may run.

    Raises:
        UsageError: unknown batch; no folder for it; a required register is missing; a folder that is no register, or a file
            that lies in none;
            a release that is already there; an earlier batch that has registers but no release.
    """
    if batch not in campaign.batch_keys:
        raise UsageError(
            f"unknown batch {batch}; the campaign has {', '.join(campaign.batch_keys)}"
        )
    folder = registers / batch
    if not folder.is_dir():
        raise UsageError(f"no folder for batch {batch}: {folder} is expected")
    missing = [name for name in REQUIRED if not has_files(folder / name)]
    if missing:
        raise UsageError(
            f"batch {batch} lacks the required register {' and '.join(missing)}: "
            f"put its files into {' and '.join(str(folder / name) for name in missing)}"
        )
    strangers = sorted(
        entry.name
        for entry in folder.iterdir()
        if entry.is_dir() and entry.name not in REGISTERS and not entry.name.startswith(".")
    )
    if strangers:
        raise UsageError(
            f"{folder}: {', '.join(strangers)} is no register; known are {', '.join(REGISTERS)}"
        )
    loose = sorted(
        entry.name
        for entry in folder.iterdir()
        if entry.is_file()
        and not entry.name.startswith((".", "~$"))
        and entry.suffix.lower() != READY
    )
    if loose:
        raise UsageError(
            f"{folder}: {', '.join(loose)} would not be read; move each file into the folder of its register: "
            f"{', '.join(f'{name}/' for name in REGISTERS)}"
        )
    waiting = earlier_without_release(campaign, registers, output, batch)
    if waiting:
        raise UsageError(
            f"batch {batch} cannot run before {', '.join(waiting)}: "
            "its registers are there but it has no release yet"
        )
    return published_name(output, batch, revise)


def earlier_without_release(
    campaign: Campaign, registers: Path, output: Path, batch: str
) -> list[str]:
    """Earlier batches that have registers and no release."""
    return [
        key
        for key in campaign.batch_keys
        if key < batch
        and any(has_files(registers / key / name) for name in REQUIRED)
        and latest_release(output, key) is None
    ]


def previous_release(campaign: Campaign, output: Path, batch: str) -> Path | None:
    """The newest release of the nearest earlier batch that has one."""
    for key in reversed([key for key in campaign.batch_keys if key < batch]):
        release = latest_release(output, key)
        if release is not None:
            return release
    return None


def has_files(folder: Path) -> bool:
    """Whether anything but hidden files lies in the folder or below it."""
    return folder.is_dir() and any(
        path.is_file() and not path.name.startswith((".", "~$")) for path in folder.rglob("*")
    )
