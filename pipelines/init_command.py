"""The command `init`: a config folder for another province.

What belongs here: the arguments and what is said at the end. What does not: what is written (`reconciliation.new_province`).
"""

from pathlib import Path

import click

from pipelines.policy_commands import refusing


@click.command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@refusing
def init(folder: Path) -> None:
    """Write a commented config for another province into a new folder DIR, with blanks to be filled in.

    What is Guizhou's own is taken out. `shuangqing reconcile --config DIR` names the blanks that are left and runs once there are none.
    """
    from reconciliation.configuration import DEFAULT_FOLDER  # noqa: PLC0415
    from reconciliation.new_province import write_province  # noqa: PLC0415
    from reconciliation.registers.blanks import blanks  # noqa: PLC0415
    from reconciliation.registers.labels import Labels  # noqa: PLC0415

    labels = Labels.load(DEFAULT_FOLDER / "labels.yaml")
    write_province(folder, DEFAULT_FOLDER)
    click.echo(labels("explain.init_written", folder=folder))
    wanted: dict[tuple[str, str], int] = {}
    for file, _, name in blanks(folder):
        wanted[file, name] = wanted.get((file, name), 0) + 1
    for (file, name), times in wanted.items():
        click.echo(labels("explain.init_blank", file=file, name=name, times=times))
    click.echo(labels("explain.init_next", folder=folder))
