"""Where a run reads and writes: the one resource every asset takes."""

import os
from contextlib import ExitStack
from pathlib import Path

import dagster as dg

from reconciliation.configuration import DEFAULT_FOLDER, Configuration
from reconciliation.intake.cache import FOLDER as GRIDS
from reconciliation.intake.database import BatchOfTables
from reconciliation.preflight import Received, check_batch, previous_release
from reconciliation.publishing.private_files import write_text
from reconciliation.publishing.release import (
    clear_staging,
    latest_release,
    output_lock,
    releases,
    staging_folder,
)
from reconciliation.publishing.secret import Secret, load_secret
from reconciliation.registers.campaign import Campaign
from reconciliation.registers.errors import UsageError

CONFIG_VARIABLE = "SHUANGQING_CONFIG"
_OWNER = ".run"
_HELD: dict[str, ExitStack] = {}
"""Locks of this process by output folder; they go with the process."""


class Workspace(dg.ConfigurableResource):  # type: ignore[type-arg]
    """Folders of one run.

    Attributes:
        registers: folder with `<batch>/<register>/` below it.
        output: folder the releases, receipts and answers are kept in.
        config: an office's own config folder; empty for the project's.
        revise: why a batch that has a release is published again; empty for a first release.
        command: what started the run, for the audit log.
    """

    registers: str
    output: str
    config: str = ""
    revise: str = ""
    command: str = "dagster"

    @property
    def configuration(self) -> Configuration:
        """The checked config (cached while its files do not change)."""
        return Configuration.load(Path(self.config) if self.config else None)

    @property
    def output_folder(self) -> Path:
        """`output` as a path."""
        return Path(self.output)

    @property
    def registers_folder(self) -> Path:
        """`registers` as a path."""
        return Path(self.registers)

    def begin(self, context: dg.AssetExecutionContext) -> str:
        """Clear the batch's staging folder for this run; return the batch."""
        batch = str(context.partition_key)
        self.hold()
        clear_staging(self.output_folder, batch)
        write_text(self.staging(batch) / _OWNER, self._owner(context))
        return batch

    def batch_of(self, context: dg.AssetExecutionContext) -> str:
        """The batch of a run, once it is sure that what lies in its staging folder is this run's, under this config.

        Raises:
            UsageError: another run, or this one under another config, has been there; the batch must be run from its start.
        """
        batch = str(context.partition_key)
        self.hold()
        owner = self.staging(batch) / _OWNER
        if not owner.exists() or owner.read_text(encoding="utf-8") != self._owner(context):
            raise UsageError(self.configuration.labels("assets.another_run"))
        return batch

    def finish(self, batch: str) -> None:
        """Take the mark of the run off a batch that is about to be published."""
        (self.staging(batch) / _OWNER).unlink()

    def _owner(self, context: dg.AssetExecutionContext) -> str:
        """What tells runs apart; a run that goes on after a failure is the same one."""
        return f"{context.run.root_run_id or context.run_id} {self.configuration.digest}\n"

    def hold(self) -> None:
        """Hold the output folder for the rest of this process, whoever started it: command line, UI, schedule or sensor.

        Raises:
            UsageError: another process holds it.
        """
        if self.output not in _HELD:
            lock = ExitStack()
            lock.enter_context(output_lock(self.output_folder))
            _HELD[self.output] = lock

    def register_folder(self, batch: str, register: str) -> Path:
        """Where the files of one register of one batch are expected."""
        return self.registers_folder / batch / register

    def register_tables(self, batch: str, register: str) -> BatchOfTables | None:
        """What to read of a register that lies in a database; None for one that is files."""
        source = self.configuration.databases.registers.get(register)
        return BatchOfTables(source, batch) if source else None

    @property
    def grids(self) -> Path:
        """Where parsed files are kept for the next run, beside the releases."""
        return self.output_folder / GRIDS

    def staging(self, batch: str) -> Path:
        """Where a batch is put together before it is published."""
        return staging_folder(self.output_folder, batch)

    def data(self, batch: str, name: str) -> Path:
        """The Parquet file of the frame `name` in the batch's staging folder."""
        return self.staging(batch) / "data" / f"{name}.parquet"

    def secret(self) -> Secret:
        """The secret behind case keys, kept beside the releases; made before the first release and never again."""
        output = self.output_folder
        return load_secret(output / ".secret", releases_exist=bool(releases(output)))

    def previous_release(self, batch: str) -> Path | None:
        """The release the batch goes on from."""
        return previous_release(self.configuration.campaign, self.output_folder, batch)

    def replaced_release(self, batch: str) -> Path | None:
        """The release that a revision of the batch replaces, None for a first release."""
        return latest_release(self.output_folder, batch)

    def release_name(self, batch: str) -> str:
        """The name the batch's release gets, asked anew so that one that came meanwhile is noticed.

        Raises:
            UsageError: the batch may not run (any more).
        """
        return check_batch(
            self.configuration.campaign,
            Received(self.registers_folder, tuple(self.configuration.databases.registers)),
            self.output_folder,
            batch,
            revise=bool(self.revise),
        )

    def run_receipts(self, context: dg.AssetExecutionContext) -> Path:
        """The receipts folder of a run; one that goes on after a failure has that of the first."""
        run = context.run.root_run_id or context.run_id
        return self.receipts_folder(str(context.partition_key), run)

    def receipts_folder(self, batch: str, run_id: str) -> Path:
        """Where a run's intake receipts go, published or not."""
        return self.output_folder / "receipts" / batch / run_id


def campaign_in_effect() -> Campaign:
    """The campaign that the partitions, schedule and sensor are made from, known when definitions are loaded."""
    own = os.environ.get(CONFIG_VARIABLE)
    if own and (Path(own) / "campaign.yaml").exists():
        return Campaign.load(Path(own) / "campaign.yaml")
    return Campaign.load(DEFAULT_FOLDER / "campaign.yaml")


BATCHES = dg.StaticPartitionsDefinition(campaign_in_effect().batch_keys)
"""One partition a dispatch date. They are listed, not computed: the dates follow no rule."""
