"""When a batch runs by its files: once a batch folder holds a `.ready` marker."""

import hashlib
import json
from pathlib import Path

import dagster as dg

from reconciliation.publishing.release import latest_release
from reconciliation.registers.campaign import Campaign

READY = ".ready"


def content_hash(folder: Path) -> str:
    """SHA-256 over the names and contents of all files of a batch folder, in the order of their names."""
    digest = hashlib.sha256()
    for path in _files(folder):
        digest.update(path.relative_to(folder).as_posix().encode())
        with path.open("rb") as file:
            digest.update(hashlib.file_digest(file, "sha256").digest())
    return digest.hexdigest()


def listing(folder: Path) -> str:
    """Names, sizes and times of all files: cheap to compare, so that contents are read only when they may differ."""
    stats = [
        (path.relative_to(folder).as_posix(), path.stat().st_size, path.stat().st_mtime_ns)
        for path in _files(folder)
    ]
    return hashlib.sha256(json.dumps(stats).encode()).hexdigest()


def ready_sensor(
    job: str, campaign: Campaign, registers: Path, output: Path
) -> dg.SensorDefinition:
    """The sensor that asks for a run of every batch whose folder is marked ready, has changed since, and is not published.

    What is published is only revised by somebody who says why.
    """

    @dg.sensor(
        name="batch_folder_ready",
        job_name=job,
        minimum_interval_seconds=60,
        description="批次文件夹中出现 .ready 标记后运行对账",
    )
    def batch_folder_ready(context: dg.SensorEvaluationContext) -> dg.SensorResult | dg.SkipReason:
        seen: dict[str, str] = json.loads(context.cursor or "{}")
        requests, waiting = [], []
        for key in campaign.batch_keys:
            if latest_release(output, key) is not None:
                continue
            folder = registers / key
            if not (folder / READY).is_file():
                waiting.append(key)
                continue
            now = listing(folder)
            if seen.get(key) != now:
                seen[key] = now
                run_key = f"{key}:{content_hash(folder)}"
                requests.append(dg.RunRequest(run_key=run_key, partition_key=key))
        if not requests:
            missing = "、".join(waiting) or "无"
            return dg.SkipReason(
                f"没有新的就绪批次（已发布的批次更正须用 --revise）；缺少 {READY} 标记的批次：{missing}"
            )
        return dg.SensorResult(run_requests=requests, cursor=json.dumps(seen))

    return batch_folder_ready


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())
