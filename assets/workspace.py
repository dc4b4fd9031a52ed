"""Where a run reads and writes: the one resource every asset takes."""

import os
from pathlib import Path

import dagster as dg

from reconciliation.configuration import DEFAULT_FOLDER, Configuration
from reconciliation.preflight import previous_release
from reconciliation.publishing.release import releases, staging_folder
from reconciliation.publishing.secret import Secret, load_secret
from reconciliation.registers.campaign import Campaign

CONFIG_VARIABLE = "SHUANGQING_CONFIG"


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

    def register_folder(self, batch: str, register: str) -> Path:
        """Where the files of one register of one batch are expected."""
        return self.registers_folder / batch / register

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
