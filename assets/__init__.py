"""What exists: thin Dagster assets, one module a stage, in the order of the stages; no logic of their own."""

import dagster as dg

from assets import (
    coverage,
    defects,
    entitlements,
    identity,
    intake,
    ledger,
    linkage,
    mismatches,
    policy,
    publishing,
    report,
)


def all_assets() -> list[dg.AssetsDefinition]:
    """Every asset of the project, in the order of the stages."""
    return [
        asset
        for stage in (
            intake,
            coverage,
            identity,
            linkage,
            defects,
            policy,
            ledger,
            entitlements,
            mismatches,
            report,
            publishing,
        )
        for asset in stage.ASSETS
    ]
