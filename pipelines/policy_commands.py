"""The commands about the policy: `policy explain`, `policy try` and `diff`.

What belongs here: their arguments and what is laid out on the terminal. What does not: the work (`reconciliation.policy`,
`reconciliation.ledger.difference`). Only counts and codes are printed, never a person; rows go into a file that is asked for.
"""

import re
import sys
from collections.abc import Callable, Sequence
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, ParamSpec

import click
import polars as pl
from rich.console import Console

from reconciliation.registers.errors import UsageError
from reconciliation.registers.schema import REQUIRED

if TYPE_CHECKING:
    from reconciliation.configuration import Configuration
    from reconciliation.publishing.rulebook_page import RulebookPage
    from reconciliation.publishing.stored import StoredRelease

_FOLDER = click.Path(file_okay=False, path_type=Path)
_P = ParamSpec("_P")
_RECORD = re.compile(r"[0-9]{1,18}")
"""Any longer number is no record's, and none a column of whole numbers can hold."""

CONFIG = click.option(
    "--config",
    type=_FOLDER,
    envvar="SHUANGQING_CONFIG",
    help="Your own config folder; what it lacks is taken from the project's.",
)
_OUT = click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write the rows behind the counts to this Parquet file (personal data).",
)


def refusing(command: Callable[_P, None]) -> Callable[_P, None]:
    """A command that tells bad usage in one line and exits with 2."""

    @wraps(command)
    def told(*args: _P.args, **kwargs: _P.kwargs) -> None:
        try:
            command(*args, **kwargs)
        except UsageError as error:
            complaint = Console(stderr=True)
            complaint.print(f"shuangqing: {error}", style="red", markup=False, soft_wrap=True)
            sys.exit(2)

    return told


@click.group()
def policy() -> None:
    """The rules: read them, ask what they said of a record, try another threshold."""


@policy.command()
@CONFIG
@click.option("--release", type=_FOLDER, help="A published batch, as OUTPUT/2018-08-15.")
@click.option("--output", type=_FOLDER, help="The folder with the releases; with --batch.")
@click.option("--batch", metavar="YYYY-MM-DD", help="The batch; its newest revision is taken.")
@click.option(
    "--record", metavar="REGISTER:NUMBER", help="As dibao:123, from the column `record` of a list."
)
@refusing
def explain(
    config: Path | None,
    release: Path | None,
    output: Path | None,
    batch: str | None,
    record: str | None,
) -> None:
    """Print the rules as a document, or what they said of one record of a release."""
    # polars, the config and the policy take a second to import; `--help` need not wait for them.
    from reconciliation.configuration import Configuration  # noqa: PLC0415
    from reconciliation.publishing.rulebook_page import RulebookPage  # noqa: PLC0415

    folder = _release_folder(release, output, batch)
    if (record is None) != (folder is None):
        raise UsageError(
            "a record is asked for with --record REGISTER:NUMBER and --release OUTPUT/<batch> together"
        )
    configuration = Configuration.load(config)
    page = RulebookPage(configuration.labels)
    if record is None or folder is None:
        click.echo(
            page.document(configuration.policy, configuration.thresholds, configuration.digest),
            nl=False,
        )
        return
    click.echo(_explained(configuration, page, folder, record), nl=False)


def _explained(
    configuration: "Configuration", page: "RulebookPage", folder: Path, record: str
) -> str:
    from reconciliation.policy.evidence import OTHER  # noqa: PLC0415
    from reconciliation.policy.trace import trace  # noqa: PLC0415
    from reconciliation.publishing.stored import StoredRelease  # noqa: PLC0415

    register, _, number = record.partition(":")
    if register not in OTHER or not _RECORD.fullmatch(number):
        raise UsageError(
            f"--record is written REGISTER:NUMBER, of {' or '.join(REQUIRED)}: dibao:123"
        )
    released = StoredRelease.open(folder)
    _warn_of_another_config(configuration, released)
    asked = {register: pl.Series("record", [int(number)], dtype=pl.Int64)}
    found = trace(
        released.evidence_around(asked),
        configuration.rulebook(released.batch),
        register,
        int(number),
    )
    text: str = page.explanation(found, folder.name, released.county_names())
    return text


@policy.command(name="try")
@CONFIG
@click.option("--release", type=_FOLDER, help="A published batch, as OUTPUT/2018-08-15.")
@click.option("--output", type=_FOLDER, help="The folder with the releases; with --batch.")
@click.option("--batch", metavar="YYYY-MM-DD", help="The batch; its newest revision is taken.")
@click.option(
    "--threshold", "thresholds", metavar="NAME=VALUE", multiple=True, required=True,
    help="As dibao_line=4200; may be given several times.",
)  # fmt: skip
@click.option("--county", help="Try it for this county alone; else for every county.")
@_OUT
@refusing
def try_thresholds(  # noqa: PLR0913, PLR0917
    config: Path | None,
    release: Path | None,
    output: Path | None,
    batch: str | None,
    thresholds: tuple[str, ...],
    county: str | None,
    out: Path | None,
) -> None:
    """Say what another threshold would do to a published batch, without publishing anything."""
    from pipelines.policy_layout import Layout  # noqa: PLC0415
    from reconciliation.configuration import Configuration  # noqa: PLC0415
    from reconciliation.policy.trial import Change, moved, try_change  # noqa: PLC0415
    from reconciliation.publishing.private_files import write_frame  # noqa: PLC0415
    from reconciliation.publishing.stored import StoredRelease  # noqa: PLC0415

    folder = _release_folder(release, output, batch)
    if folder is None:
        raise UsageError("which batch? --release OUTPUT/<batch>")
    values = _thresholds(thresholds)
    configuration = Configuration.load(config)
    released = StoredRelease.open(folder)
    _check_out(out, folder)
    comparable = None if county is None else configuration.comparable_county(county)
    if county is not None and comparable is None:
        raise UsageError("--county says nothing; name a county as offices do, or its code")
    change = Change(values, comparable)
    rules = configuration.rulebook(released.batch)
    # Asked before the frames are read: a wrong name need not wait for them.
    change.applied(rules.thresholds, released.batch)
    _warn_of_another_config(configuration, released)
    tried = try_change(released.evidence(), rules, change)
    Layout(configuration.labels, released.county_names()).trial(folder.name, change, tried)
    if out is not None:
        write_frame(out, released.with_sources(moved(tried)))


@click.command()
@click.argument("before", type=_FOLDER)
@click.argument("after", type=_FOLDER)
@CONFIG
@_OUT
@refusing
def diff(before: Path, after: Path, config: Path | None, out: Path | None) -> None:
    """Say who changed list between two releases, and why: counts here, the rows with --out."""
    from pipelines.policy_layout import Layout  # noqa: PLC0415
    from reconciliation.configuration import Configuration  # noqa: PLC0415
    from reconciliation.ledger.difference import STAYED, difference  # noqa: PLC0415
    from reconciliation.publishing.private_files import write_frame  # noqa: PLC0415
    from reconciliation.publishing.stored import StoredRelease  # noqa: PLC0415

    labels = Configuration.load(config).labels
    old, now = StoredRelease.open(before), StoredRelease.open(after)
    _check_out(out, before, after)
    rows = difference(old.published(), now.published())
    Layout(labels, now.county_names()).difference(old, now, rows)
    if out is not None:
        changed = rows.filter(pl.col("change") != STAYED)
        write_frame(out, now.with_sources(old.with_sources(changed, suffix="_before")))


def _release_folder(release: Path | None, output: Path | None, batch: str | None) -> Path | None:
    """The release that is meant, however it is named; None where none is."""
    from reconciliation.publishing.release import latest_release  # noqa: PLC0415

    if release is not None:
        if output is not None or batch is not None:
            raise UsageError("--release names the batch already; leave out --output and --batch")
        return release
    if (output is None) != (batch is None):
        raise UsageError("--output and --batch go together; or use --release OUTPUT/<batch>")
    if output is None or batch is None:
        return None
    found = latest_release(output, batch)
    if found is None:
        raise UsageError(f"{output} has no release of batch {batch}")
    return found


def _thresholds(given: Sequence[str]) -> dict[str, float]:
    values = {}
    for text in given:
        name, _, figure = text.partition("=")
        try:
            value = float(figure)
        except ValueError:
            value = -1.0
        if not name or not 0 <= value < float("inf"):
            raise UsageError(f"{text}: a threshold is written NAME=VALUE, as dibao_line=4200")
        if name in values:
            raise UsageError(f"{name} is given twice")
        values[name] = value
    return values


def _check_out(out: Path | None, *releases: Path) -> None:
    """Refuse a file that is there, lies in a release, or has no folder."""
    if out is None:
        return
    place = out.resolve()
    if place.exists():
        raise UsageError(f"{out} is there already; name another file")
    if not place.parent.is_dir():
        raise UsageError(f"{out}: there is no folder {out.parent}")
    if any(release.resolve() in place.parents for release in releases):
        raise UsageError(
            f"{out} lies in a release, and a release is never changed; name another place"
        )


def _warn_of_another_config(configuration: "Configuration", released: "StoredRelease") -> None:
    """A release is told under the config of today; say so where it was made under another."""
    if configuration.digest != released.config_hash:
        notice = Console(stderr=True)
        notice.print(configuration.labels("explain.other_config"), markup=False, soft_wrap=True)
