"""Candidate → checks → CURRENT: the last asset of a run, and the draw bundle and status file beside the snapshot.

How a snapshot is written and replaced atomically stands in warehouse/serving.
"""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import timedelta

import dagster as dg

from pipelines import progress
from pipelines.resources import Run
from pipelines.tables import key
from quality import reconcile
from warehouse import catalog, drawing, status
from warehouse.serving import Publisher

_RENEWED_WITHIN = timedelta(hours=30)  # the daily refresh, and half a morning to mend it
PUBLISHED = dg.AssetKey(["published", "snapshot"])


def publish_asset() -> dg.AssetsDefinition:
    """`published/snapshot`: everything pages and analysts may see, in one file that CURRENT names."""
    sources = [
        *(name for name in catalog.sql_tables() if name.split(".")[0] in ("grade", "plan", "outcome", "mart", "known")),
        *(f"known.{name}" for name in catalog.contracts("fact")),
        "mart.metric_value",
        "plan.draw_plan",
        "indicator.value",
    ]

    @dg.asset(
        key=PUBLISHED,
        deps=[key(name) for name in sorted(set(sources))],
        group_name="published",
        check_specs=[dg.AssetCheckSpec("reconcile", asset=PUBLISHED)],
        description="published snapshot",
        freshness_policy=dg.FreshnessPolicy.time_window(fail_window=_RENEWED_WITHIN),
    )
    def build(context: dg.AssetExecutionContext, run: dg.ResourceParam[Run]) -> dg.MaterializeResult:
        publisher = Publisher(run.home)
        with progress.measured("published", "snapshot") as step:
            candidate = publisher.build(run.engine, run.run_id, progress.watch().started)
            failures = reconcile.failures(run.engine)
            if failures:
                publisher.discard(candidate)
                raise dg.Failure("the candidate does not reconcile and is not published: " + "; ".join(failures))
            drawing.write_bundle(run.engine, run.home.draws, run.run_id, run.revealed)
            step.rows = 1
        steps = progress.watch().steps
        told = status.describe(run.engine) | {"stages": _stages(steps), "steps": [asdict(step) for step in steps]}
        status.write(run.home, told)
        final = publisher.publish(candidate)
        context.log.info(f"published {final.name}")
        return dg.MaterializeResult(
            asset_key=PUBLISHED,
            metadata={"file": final.name, "bytes": final.stat().st_size},
            check_results=[dg.AssetCheckResult(passed=True, check_name="reconcile", asset_key=PUBLISHED)],
        )

    return build


def _stages(steps: Sequence[progress.Step]) -> dict[str, dict[str, float]]:
    """Sum the steps of each stage: seconds, CPU seconds, rows, and the peak memory seen by its end."""
    totals: dict[str, dict[str, float]] = {}
    for step in steps:
        total = totals.setdefault(step.stage, {"seconds": 0.0, "cpu_seconds": 0.0, "rows": 0, "peak_memory_bytes": 0})
        total["seconds"] = round(total["seconds"] + step.seconds, 3)
        total["cpu_seconds"] = round(total["cpu_seconds"] + step.cpu_seconds, 3)
        total["rows"] += step.rows
        total["peak_memory_bytes"] = max(total["peak_memory_bytes"], step.peak_memory_bytes)
    return totals
