"""The command `shuangqing`.

What belongs here: arguments, exit codes, and what is printed at the end. What does not: the work; a command calls one
function of the floors below.

Exit codes: 0 done; 1 nothing published (a blocking check failed, or something broke), or what was asked does not hold (a file
would not be taken, a hash is another); 2 bad usage or config.
"""

import os
import sys
from pathlib import Path

import click
from rich.console import Console

from pipelines import policy_commands
from pipelines.answers import answers
from pipelines.init_command import init
from reconciliation.registers.errors import UsageError
from reconciliation.registers.schema import REGISTERS

FOLDER = click.Path(file_okay=False, path_type=Path)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="shuangqing")
def main() -> None:
    """Reconcile the rural low-income register with the poverty registration list (双清双入双退)."""
    # Whatever is written from here on is for its owner alone, also by libraries that set no mode.
    os.umask(0o077)


@main.command()
@click.option(
    "--registers", type=FOLDER, required=True, help="Folder with <batch>/<register>/ below it."
)
@click.option("--batch", required=True, metavar="YYYY-MM-DD", help="The dispatch date.")
@click.option("--output", type=FOLDER, required=True, help="Where releases and receipts go.")
@click.option(
    "--config",
    type=FOLDER,
    envvar="SHUANGQING_CONFIG",
    help="Your own config folder; what it lacks is taken from the project's.",
)
@click.option(
    "--revise", metavar="REASON", help="Publish the batch again as a new revision, and why."
)
def reconcile(
    registers: Path, batch: str, output: Path, config: Path | None, revise: str | None
) -> None:
    """Run one batch: read, link, judge, check, publish."""
    console = Console()
    try:
        if revise is not None and not revise.strip():
            raise UsageError("--revise needs a reason")
        if config is not None:
            # The partitions are made when the definitions are loaded, before any resource exists.
            os.environ["SHUANGQING_CONFIG"] = str(config.resolve())
        code = _reconcile(
            console,
            batch,
            registers=str(registers.resolve()),
            output=str(output.resolve()),
            config=str(config.resolve()) if config else "",
            revise=revise or "",
        )
    except UsageError as error:
        _complain(error)
        code = 2
    sys.exit(code)


def _complain(error: UsageError) -> None:
    complaint = Console(stderr=True)
    complaint.print(f"shuangqing: {error}", style="red", markup=False, soft_wrap=True)


def _reconcile(console: Console, batch: str, **folders: str) -> int:
    # Dagster and the stages take seconds to import; a usage error or `--help` need not wait for them.
    from reconciliation.configuration import Configuration  # noqa: PLC0415

    # The definitions are made from the campaign when they are loaded: a config with mistakes is told before.
    Configuration.load(Path(folders["config"]) if folders["config"] else None)
    from assets.workspace import Workspace  # noqa: PLC0415
    from pipelines import summary  # noqa: PLC0415
    from pipelines.run import prepare_home, run_batch  # noqa: PLC0415

    workspace = Workspace(command="shuangqing reconcile", **folders)
    config, output = workspace.configuration, workspace.output_folder
    workspace.hold()
    name = workspace.release_name(batch)
    prepare_home(output)
    outcome = run_batch(workspace, batch, console)
    receipts = workspace.receipts_folder(batch, outcome.run_id)
    if outcome.success:
        summary.show_release(console, config.labels, output / name, receipts, outcome)
        return 0
    summary.show_failure(console, config.labels, receipts, outcome)
    return 1


@main.command()
@click.argument(
    "paths",
    metavar="FILE...",
    nargs=-1,
    required=True,
    type=click.Path(exists=True, path_type=Path),
)
@click.option("--register", type=click.Choice(list(REGISTERS)), help="The register it is for.")
@click.option(
    "--config",
    type=FOLDER,
    envvar="SHUANGQING_CONFIG",
    help="Your own config folder; what it lacks is taken from the project's.",
)
def inspect(paths: tuple[Path, ...], register: str | None, config: Path | None) -> None:
    """Say how a file would be understood, without running a batch and without showing a person.

    A FILE may be a folder: then a line a file and what to send back. Exit code 1 when something would not be taken.
    """
    from pipelines.inspection import print_inspections  # noqa: PLC0415
    from reconciliation.configuration import Configuration  # noqa: PLC0415

    try:
        configuration = Configuration.load(config)
        code = 0 if print_inspections(paths, register, configuration) else 1
    except UsageError as error:
        _complain(error)
        code = 2
    sys.exit(code)


@main.command()
@click.option("--output", type=FOLDER, required=True, help="The folder with the releases.")
def verify(output: Path) -> None:
    """Recompute the audit trail and the hashes of every release's files."""
    from reconciliation.publishing.verification import verify_output  # noqa: PLC0415

    console = Console()
    problems = verify_output(output)
    for problem in problems:
        console.print(problem, markup=False, highlight=False, soft_wrap=True)
    console.print("nothing was changed" if not problems else f"{len(problems)} problems")
    sys.exit(1 if problems else 0)


@main.command()
@click.option(
    "--output", type=FOLDER, required=True, help="Where <batch>/<register>/ and truth/ are written."
)
@click.option(
    "--people",
    type=click.IntRange(min=600),
    default=26_000,
    show_default=True,
    help="Rows of both registers together, about.",
)
@click.option("--seed", default=2018, show_default=True)
@click.option(
    "--profile", type=click.Choice(["sample", "hard"]), default="sample", show_default=True
)
@click.option(
    "--format",
    "file_format",
    type=click.Choice(["files", "parquet"]),
    default="files",
    show_default=True,
)
def sample(output: Path, people: int, seed: int, profile: str, file_format: str) -> None:
    """Make invented registers of any size, with known truth beside them."""
    from sample_registers.generator.write import write_sample  # noqa: PLC0415

    console = Console()
    write_sample(
        output,
        people=people,
        seed=seed,
        profile=profile,
        file_format=file_format,
        progress=console.print,
    )


main.add_command(answers)
main.add_command(init)
main.add_command(policy_commands.policy)
main.add_command(policy_commands.diff)
