"""Candidate → checks → CURRENT: the last asset of a run, and the draw bundle and status file beside the snapshot.

How a snapshot is written and replaced atomically stands in warehouse/serving.
"""

import logging
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import timedelta

import dagster as dg

from pipelines import checks, jobs, logs, progress
from pipelines.assets import all_assets
from pipelines.resources import Run
from pipelines.standing import WHOLE, tidy
from pipelines.tables import RUN_TABLES, key
from quality import reconcile, record
from warehouse import catalog, ledger, rules, status
from warehouse.serving import LINEAGE, Publisher
from warehouse.stamps import Stamps

_RENEWED_WITHIN = timedelta(hours=30)  # the daily refresh, and half a morning to mend it
PUBLISHED = dg.AssetKey(["published", "snapshot"])
# What is run of a refresh whose tables stand: its own id and instant, and the snapshot.
PUBLISHING = [*(key(name) for name in RUN_TABLES), PUBLISHED]


def publish_asset() -> dg.AssetsDefinition:
    """`published/snapshot`: everything pages and analysts may see, in one file that CURRENT names."""
    sources = [
        *RUN_TABLES,
        *(
            name
            for name in catalog.sql_tables()
            if name.split(".")[0] in ("entity", "known", "grade", "plan", "outcome", "mart")
        ),
        *(f"known.{name}" for name in catalog.contracts("fact")),
        "grade.contribution",
        "grade.score",
        "mart.metric_value",
        "plan.draw_plan",
        "plan.team",
        "quarantine.sample",
        "indicator.value",
    ]

    @dg.asset(
        key=PUBLISHED,
        deps=[key(name) for name in sorted(set(sources))],
        group_name="published",
        check_specs=[dg.AssetCheckSpec("reconcile", asset=PUBLISHED), *checks.specs(PUBLISHED)],
        description="published snapshot",
        freshness_policy=dg.FreshnessPolicy.time_window(fail_window=_RENEWED_WITHIN),
    )
    def build(
        context: dg.AssetExecutionContext, run: dg.ResourceParam[Run]
    ) -> Iterator[dg.AssetCheckResult | dg.MaterializeResult]:
        publisher = Publisher(run.home)
        with progress.measured("published", "snapshot") as step:
            candidate = publisher.build(run.engine, run.run_id, progress.watch().started)
            failures = reconcile.failures(run.engine)
            if failures:
                publisher.discard(candidate)
                raise dg.Failure("the candidate does not reconcile and is not published: " + "; ".join(failures))
            with publisher.writing(run.engine, candidate):
                run.engine.load("candidate.contract.lineage", LINEAGE, lineage())
                record.count_rows(run.engine, run.home.root, run.feed_names, run.as_of)
            step.rows = 1
        with progress.measured("published", "quality") as step:
            checked = checks.examine(run, candidate)
            step.rows = len(checked.results)
        yield from checks.results(checked, PUBLISHED)
        if checked.blocking:
            publisher.discard(candidate)
            broken = sorted({f"{result.rule.table} {result.rule.rule_id}" for result in checked.blocking})
            logs.tell("refused", level=logging.ERROR, run_id=run.run_id, checks=broken)
            raise dg.Failure(checks.refusal(checked.blocking))
        with publisher.writing(run.engine, candidate):
            record.write(run.engine, run.home.quality, checked)
        steps = progress.watch().steps
        is_whole = _is_whole(context) or Stamps(run.engine).get(WHOLE) is not None
        told = status.describe(run.engine) | {"made_from": run.made_from if is_whole else "", "stages": _stages(steps)}
        told["steps"] = [asdict(step) for step in steps]
        status.write(run.home, told)
        rules.keep(run.home, run.policy, run.policy.version(run.as_of))
        ledger.keep(run.home)  # the run before, had it been killed right after its publication
        if is_whole:
            Stamps(run.engine).put(WHOLE, run.made_from)
        final = publisher.publish(candidate)
        logs.tell("published", run_id=run.run_id, as_of=str(run.as_of), file=final.name, bytes=final.stat().st_size)
        tidy(run.home, run.feeds, run.run_id)
        context.log.info(f"published {final.name}")
        yield dg.AssetCheckResult(passed=True, check_name="reconcile", asset_key=PUBLISHED)
        yield dg.MaterializeResult(asset_key=PUBLISHED, metadata={"file": final.name, "bytes": final.stat().st_size})

    return build


def _is_whole(context: dg.AssetExecutionContext) -> bool:
    """Whether the run goes through every table; a backfill or a retry leaves what came for others unread."""
    is_part = context.run.asset_selection or context.run.parent_run_id
    return context.job_name == jobs.refresh.name and not is_part


def lineage() -> list[dict[str, str]]:
    """Return which table reads which: what the assets depend on, so that it is what really runs."""
    edges = {
        (".".join(made.path), ".".join(read.path))
        for asset in all_assets()
        for made, reads in asset.asset_deps.items()
        for read in reads
    }
    return [{"table_name": made, "reads": read} for made, read in sorted(edges)]


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
