"""How frames pass between assets: Parquet in the batch's staging folder.

What belongs here: writing and reading one frame an asset. What does not: published lists and reports, which their assets
write by hand. No row ever reaches the event log: the metadata is a path, a count and the schema.
"""

from pathlib import Path

import dagster as dg
import polars as pl

from assets.boundary import safe_errors
from assets.wording import column_meaning
from assets.workspace import Workspace
from reconciliation.publishing.private_files import private_folder, write_frame


class ParquetFrames(dg.ConfigurableIOManager):
    """One `data/<asset>.parquet` a batch and asset, written whole or not at all."""

    workspace: dg.ResourceDependency[Workspace]

    def handle_output(self, context: dg.OutputContext, obj: pl.DataFrame) -> None:
        """Write a frame to a temporary name and put it in place."""
        with safe_errors():
            path = self._path(context)
            private_folder(path.parent)
            draft = path.with_suffix(".part")
            write_frame(draft, obj)
            draft.replace(path)
        columns = [
            dg.TableColumn(name, str(dtype), column_meaning(name))
            for name, dtype in obj.schema.items()
        ]
        context.add_output_metadata(
            {
                "path": dg.MetadataValue.path(path),
                "dagster/row_count": obj.height,
                "dagster/column_schema": dg.TableSchema(columns),
            }
        )

    def load_input(self, context: dg.InputContext) -> pl.DataFrame:
        """Read a frame.

        Raises:
            dagster.Failure: the frame is not in staging (its batch was published, or its asset has not run).
        """
        with safe_errors():
            path = self._path(context)
            if not path.exists():
                raise dg.Failure(
                    description=f"{path.name} is not in staging: run the whole job for batch {context.partition_key}",
                    allow_retries=False,
                )
            return pl.read_parquet(path)

    def _path(self, context: dg.InputContext | dg.OutputContext) -> Path:
        return self.workspace.data(context.partition_key, context.asset_key.path[-1])
