"""Whether a batch may run at all, asked before anything is read.

What belongs here: questions about folders and releases. What does not: the content of files and tables; that is intake's.

A batch comes by its folder, also where its registers lie in a database: a table cannot say whether it is complete.
"""

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from reconciliation.intake.files import READY
from reconciliation.publishing.release import latest_release, published_name, releases
from reconciliation.publishing.secret import load_secret
from reconciliation.registers.campaign import Campaign
from reconciliation.registers.errors import UsageError
from reconciliation.registers.schema import REGISTERS, REQUIRED


@dataclass(frozen=True)
class Received:
    """Where the registers of all batches are received.

    Attributes:
        folder: `<batch>/<register>/` below it.
        in_database: registers that lie in a database instead (`config/databases.yaml`).
    """

    folder: Path
    in_database: Collection[str] = ()

    def lacks(self, batch: str, register: str) -> bool:
        """Whether a register can come neither from a database nor from the batch's folder."""
        return register not in self.in_database and not has_files(self.folder / batch / register)

    def has_come(self, batch: str) -> bool:
        """Whether a batch has registers: files of a required one, or its folder where a database holds them all."""
        if any(has_files(self.folder / batch / name) for name in REQUIRED):
            return True
        return set(REQUIRED) <= set(self.in_database) and (self.folder / batch).is_dir()


def check_batch(
    campaign: Campaign, received: Received, output: Path, batch: str, *, revise: bool
) -> str:
    """The name under which the batch's release will stand, if the batch may run.

    Raises:
        UsageError: unknown batch; no folder for it; a required register is missing, or a register lies both in its folder and
            in a database; a folder that is no register, or a file that lies in none; a release that is already there; an
            earlier batch that has registers but no release; releases whose secret is gone or cannot be used.
    """
    if batch not in campaign.batch_keys:
        raise UsageError(
            f"unknown batch {batch}; the campaign has {', '.join(campaign.batch_keys)}"
        )
    _check_registers(received, batch)
    _check_entries(received.folder / batch)
    waiting = earlier_without_release(campaign, received, output, batch)
    if waiting:
        raise UsageError(
            f"batch {batch} cannot run before {', '.join(waiting)}: "
            "its registers are there but it has no release yet"
        )
    name = published_name(output, batch, revise)
    if releases(output):
        load_secret(output / ".secret", releases_exist=True)
    return name


def _check_registers(received: Received, batch: str) -> None:
    """Refuse a batch without its folder, without a required register, or with one that lies in two places."""
    folder = received.folder / batch
    if not folder.is_dir():
        raise UsageError(f"no folder for batch {batch}: {folder} is expected")
    missing = [name for name in REQUIRED if received.lacks(batch, name)]
    if missing:
        raise UsageError(
            f"batch {batch} lacks the required register {' and '.join(missing)}: "
            f"put its files into {' and '.join(str(folder / name) for name in missing)}"
        )
    twice = [
        name for name in REGISTERS if name in received.in_database and has_files(folder / name)
    ]
    if twice:
        raise UsageError(
            f"batch {batch}: {' and '.join(twice)} has files in {' and '.join(str(folder / name) for name in twice)} "
            "and stands in databases.yaml too; choose one: take the files away or the entry out"
        )


def _check_entries(folder: Path) -> None:
    """Refuse what lies in the folder of a batch and would not be read."""
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


def earlier_without_release(
    campaign: Campaign, received: Received, output: Path, batch: str
) -> list[str]:
    """Earlier batches that have registers and no release."""
    return [
        key
        for key in campaign.batch_keys
        if key < batch and received.has_come(key) and latest_release(output, key) is None
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
