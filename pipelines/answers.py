"""`shuangqing answers`: what the counties send back.

What belongs here: arguments and exit codes. What does not: what is printed (`answers_shown`); reading, checking and keeping the
answers (`reconciliation.publishing.returned`).
"""

import sys
from pathlib import Path

import click
from rich.console import Console

from reconciliation.registers.errors import UsageError

_FOLDER = click.Path(file_okay=False, path_type=Path)
_FILES = click.argument(
    "files",
    metavar="FILE...",
    nargs=-1,
    required=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
)
_OUTPUT = click.option(
    "--output", type=_FOLDER, required=True, help="The folder with the releases."
)
_CONFIG = click.option(
    "--config",
    type=_FOLDER,
    envvar="SHUANGQING_CONFIG",
    help="Your own config folder; what it lacks is taken from the project's.",
)
_NOBODY = "plan"


@click.group()
def answers() -> None:
    """Take the workbooks that the counties send back."""


@answers.command(name="plan")
@_FILES
@_OUTPUT
@_CONFIG
def plan_command(files: tuple[Path, ...], output: Path, config: Path | None) -> None:
    """Show what returned workbooks would change; nothing is written.

    Exit code 1 when a whole file would not be taken.
    """
    sys.exit(_run(files, output, config, None))


@answers.command(name="apply")
@_FILES
@_OUTPUT
@click.option("--by", required=True, metavar="NAME", help="Who applies them.")
@_CONFIG
def apply_command(files: tuple[Path, ...], output: Path, by: str, config: Path | None) -> None:
    """Add the answers of returned workbooks to OUTPUT/answers, which the next batch reads.

    Rows that cannot be taken are named in a return slip below OUTPUT/answers/return_slips; the others are taken. Exit code 1
    when a whole file was not taken.
    """
    sys.exit(_run(files, output, config, by))


def _run(files: tuple[Path, ...], output: Path, config: Path | None, by: str | None) -> int:
    from pipelines.answers_shown import show_plan  # noqa: PLC0415
    from pipelines.reviews_shown import show_reviews  # noqa: PLC0415
    from reconciliation.configuration import Configuration  # noqa: PLC0415
    from reconciliation.publishing.release import output_lock  # noqa: PLC0415
    from reconciliation.publishing.returned import applying, reviews  # noqa: PLC0415

    console = Console()
    try:
        if by is not None and not by.strip():
            raise UsageError("--by needs a name")
        configuration = Configuration.load(config)
        if not output.is_dir():
            raise UsageError(f"{output}: no such folder")
        reception = applying.Reception(
            output=output,
            by=(by or _NOBODY).strip(),
            labels=configuration.labels,
            intake=configuration.intake,
            settings=configuration.answers,
            time_zone=configuration.campaign.time_zone,
        )
        judged = [path for path in files if path.suffix.lower() == reviews.SUFFIX]
        books = [path for path in files if path not in judged]
        with output_lock(output):
            made = applying.plan_answers(books, reception)
            said = reviews.plan_reviews(judged, reception)
            slips = () if by is None else applying.apply_answers(made, reception)
            if by is not None:
                reviews.apply_reviews(said, reception)
    except UsageError as error:
        Console(stderr=True).print(
            f"shuangqing: {error}", style="red", markup=False, soft_wrap=True
        )
        return 2
    if books:
        show_plan(console, made, configuration.labels, done=by is not None)
    show_reviews(console, said, configuration.labels, done=by is not None)
    for slip in slips:
        line = configuration.labels("publishing.returned.plan.slip", path=slip)
        console.print(line, markup=False, highlight=False, soft_wrap=True)
    refusals = [*(book.book.refusal for book in made.books), *(review.refusal for review in said)]
    return 1 if any(refusal is not None for refusal in refusals) else 0
