"""The code location: assembles assets, checks, jobs, schedule and sensor. Assembles only."""

from __future__ import annotations

import dagster as dg

from pipelines import assets, jobs, publish
from pipelines.resources import RunResource


def build_defs(run: RunResource | None = None) -> dg.Definitions:
    """Return the definitions, with another run resource for the command line and for tests."""
    return dg.Definitions(
        assets=[*assets.all_assets(), publish.publish_asset()],
        asset_checks=[jobs.missing_delivery],
        jobs=[jobs.refresh, jobs.graded, *jobs.backfills()],
        schedules=[jobs.daily],
        sensors=[jobs.landing],
        resources={"run": run or RunResource()},
        # One process and one engine connection: a process per asset costs forty times the CPU (docs/decisions.md).
        executor=dg.in_process_executor,
    )


@dg.definitions
def defs() -> dg.Definitions:
    """Return what Dagster's own processes load; put together when they ask, not when a refresh imports this."""
    return build_defs()
