"""The manifest of a release: what went in, with what it was made, and the counts that came out.

The same inputs, config and versions give the same manifest, byte for byte, apart from `seconds`. No personal data.
"""

import json
import platform
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import polars as pl

from reconciliation.policy.entitlements.totals import TOTALS
from reconciliation.publishing.figures import list_sizes, tier_sizes
from reconciliation.publishing.private_files import write_text
from reconciliation.publishing.refused import refused_files
from reconciliation.registers.schema import LISTS

_PACKAGES = (
    "shuangqing", "adbc-driver-manager", "adbc-driver-postgresql", "dagster", "great_expectations", "jinja2", "numpy", "polars", "pyarrow", "pydantic",
    "python-calamine", "rapidfuzz", "scipy", "xlsxwriter",
)  # fmt: skip
"""The packages whose version can change a result or how it is shown."""


@dataclass(frozen=True)
class ReleaseFacts:
    """Which release this is and what it was made with.

    Attributes:
        batch: `YYYY-MM-DD`.
        name: the published name; differs from the batch in a revision.
        config_hash: SHA-256 over the config in effect.
        policy_version: the version the rulebook gives itself.
        secret_fingerprint: `Secret.fingerprint`.
        previous: the release of the batch before, which the ledger goes on from.
        replaces: the release this one revises.
        reason: why it was revised.
        changes: how many findings of the ledger it changes, by kind of change (`ledger.revision`).
        seconds: run time by stage.
    """

    batch: str
    name: str
    config_hash: str
    policy_version: str
    secret_fingerprint: str
    previous: str | None = None
    replaces: str | None = None
    reason: str | None = None
    changes: Mapping[str, int] = field(default_factory=dict)
    seconds: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class ReleaseCounts:
    """The frames the manifest's counts are taken from.

    Attributes:
        receipts: docs/frames.md.
        records: `tie_outs.record_counts`.
        links: `tier`.
        quality: docs/frames.md.
        dispositions: `register`, `disposition`, `owner`.
        tie_outs: `tie_outs.tie_outs`.
        checks: a mapping a check, as its verdict is to be written (JSON values).
        switched_off: a mapping a rule switched off and file (JSON values).
        entitlements: `reconciliation.policy.entitlements.totals.TOTALS`.
        entitlement_tie_outs: a mapping a sum of the other lists (JSON values).
    """

    receipts: pl.DataFrame
    records: pl.DataFrame
    links: pl.DataFrame
    quality: pl.DataFrame
    dispositions: pl.DataFrame
    tie_outs: pl.DataFrame
    checks: Sequence[Mapping[str, Any]]
    switched_off: Sequence[Mapping[str, Any]]
    entitlements: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=TOTALS))
    entitlement_tie_outs: Sequence[Mapping[str, Any]] = ()


def build_manifest(facts: ReleaseFacts, counts: ReleaseCounts) -> dict[str, Any]:
    """The manifest as JSON values; see the keys below for what it holds."""
    return {
        "batch": facts.batch,
        "release": facts.name,
        "previous_release": facts.previous,
        "replaces": facts.replaces,
        "revision_reason": facts.reason,
        "revision_changes": dict(facts.changes),
        "config_sha256": facts.config_hash,
        "policy_version": facts.policy_version,
        "secret_fingerprint": facts.secret_fingerprint,
        "versions": versions(),
        "inputs": _inputs(counts.receipts),
        "refused_files": refused_files(counts.receipts).to_dicts(),
        "counts": {
            "intake": _intake(counts.records, counts.receipts),
            "links": dict(tier_sizes(counts.links).iter_rows()),
            "lists": _lists(counts.dispositions),
            "entitlements": _entitlements(counts.entitlements),
        },
        "linkage_quality": counts.quality.to_dicts(),
        "tie_outs": counts.tie_outs.to_dicts(),
        "entitlement_tie_outs": [dict(law) for law in counts.entitlement_tie_outs],
        "checks": [dict(check) for check in counts.checks],
        "switched_off": [dict(rule) for rule in counts.switched_off],
        "seconds": {stage: round(taken, 3) for stage, taken in facts.seconds.items()},
    }


def write_manifest(path: Path, manifest: Mapping[str, Any]) -> Path:
    """Write it as JSON: keys sorted, UTF-8, two blanks deep; return the path.

    Raises:
        ValueError: a number that JSON has no word for (NaN, infinity).
    """
    text = json.dumps(manifest, ensure_ascii=False, sort_keys=True, indent=2, allow_nan=False)
    return write_text(path, f"{text}\n")


def versions() -> dict[str, str | None]:
    """Versions of Python and of the packages that can change a result; null for one that is not installed."""
    return {"python": platform.python_version()} | {name: _version(name) for name in _PACKAGES}


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None


def _inputs(receipts: pl.DataFrame) -> list[dict[str, Any]]:
    """One entry a file; its sheets have the same hash and size."""
    keys = ["register", "source_file", "sha256", "bytes"]
    return receipts.select(keys).unique().sort(keys, nulls_last=True).to_dicts()


def _intake(records: pl.DataFrame, receipts: pl.DataFrame) -> dict[str, dict[str, int]]:
    """By register: `files` and the columns of `tie_outs.record_counts`."""
    files = dict(receipts.group_by("register").agg(pl.col("source_file").n_unique()).iter_rows())
    return {
        row["register"]: {"files": files.get(row["register"], 0)}
        | {name: count for name, count in row.items() if name != "register"}
        for row in records.sort("register").iter_rows(named=True)
    }


def _lists(dispositions: pl.DataFrame) -> dict[str, dict[str, int]]:
    """By list and register: how many rows. All ten lists are there, also those nobody is on."""
    registers = sorted(dispositions["register"].unique())
    sizes = {name: dict.fromkeys(registers, 0) for name in LISTS}
    for register, name, _, people in list_sizes(dispositions).iter_rows():
        sizes[name][register] += people
    return sizes


def _entitlements(totals: pl.DataFrame) -> dict[str, dict[str, dict[str, dict[str, int | None]]]]:
    """By list, group and status: people, households and yuan of the province."""
    found: dict[str, dict[str, dict[str, dict[str, int | None]]]] = {}
    for row in totals.filter(pl.col("level") == "province").iter_rows(named=True):
        groups = found.setdefault(row["list"], {})
        groups.setdefault(row["group"], {})[row["status"]] = {
            name: row[name] for name in ("people", "households", "amount")
        }
    return found
