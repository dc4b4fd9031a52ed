"""The code location: all assets, the job, the schedule, the sensor, the resources.

What belongs here: putting the parts together. What does not: any part.
"""

import os
import warnings
from collections.abc import Mapping
from pathlib import Path

import dagster as dg

from assets import all_assets
from assets.workspace import BATCHES, CONFIG_VARIABLE, Workspace, campaign_in_effect
from pipelines.parquet_io import ParquetFrames
from pipelines.schedules import dispatch_schedule
from pipelines.sensors import ready_sensor

JOB = "reconcile"
PROJECT = Path(__file__).resolve().parents[1]

warnings.filterwarnings("ignore", category=dg.BetaWarning)
warnings.filterwarnings("ignore", category=dg.PreviewWarning)


def default_workspace() -> Workspace:
    """The folders of a run started from the UI, the schedule or the sensor: from the environment, else the project's."""
    return Workspace(
        registers=os.environ.get("SHUANGQING_REGISTERS", str(PROJECT / "sample_registers")),
        output=os.environ.get("SHUANGQING_OUTPUT", str(PROJECT / "output")),
        config=os.environ.get(CONFIG_VARIABLE, ""),
    )


def build_defs(
    workspace: Workspace | None = None,
    loggers: Mapping[str, dg.LoggerDefinition] | None = None,
) -> dg.Definitions:
    """Definitions over the given workspace; tests and the command line bring their own.

    The executor is in-process for everything: the steps are few and share their memory; a process a step took twenty
    times as long.
    """
    chosen = workspace or default_workspace()
    campaign = campaign_in_effect()
    job = dg.define_asset_job(
        JOB,
        selection=dg.AssetSelection.all(),
        partitions_def=BATCHES,
        description="一个批次的完整对账：接收、规范、匹配、判定、台账、发布",
    )
    return dg.Definitions(
        assets=all_assets(),
        jobs=[job],
        schedules=[dispatch_schedule(JOB, campaign, chosen.output_folder)],
        sensors=[ready_sensor(JOB, campaign, chosen.registers_folder, chosen.output_folder)],
        resources={"workspace": chosen, "io_manager": ParquetFrames(workspace=chosen)},
        executor=dg.in_process_executor,
        loggers=dict(loggers) if loggers else None,
    )


defs = build_defs()
