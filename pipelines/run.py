"""One refresh from start to end in this process, and what it left: status and exported grades.

The order of work stands in the Dagster definitions; drawing on the terminal in console.
"""

from __future__ import annotations

import logging
import os
from pathlib import Path
from typing import Any

import dagster as dg

from models.policy.loader import Policy
from pipelines import progress
from pipelines.definitions import build_defs
from pipelines.resources import FEEDS, RunResource
from warehouse import query, status
from warehouse.feed import load_feed
from warehouse.home import Home

_INSTANCE = "telemetry:\n  enabled: false\n"
_GRADES = """
select g.entity_id, e.entity_code as source_key, e.name, g.credit_score, g.credit_grade, g.risk_score, g.risk_grade
from grade.grade as g join known.entity as e on e.entity_id = g.entity_id
order by e.entity_code
"""


class RefreshError(RuntimeError):
    """The run failed; CURRENT is as it was before."""


def refresh_once(
    home: Home,
    feeds: list[str],
    data: Path | None,
    as_of: str,
    policy: Path | None,
    memory_limit: str,
    watch: progress.Watch,
) -> dict[str, Any]:
    """Run the refresh job in this process, record it in the home's Dagster instance and return its status.

    Raises:
        FeedError, PolicyError: a pack or a policy folder cannot be used.
        HomeBusyError: another refresh holds the home.
        RefreshError: a table or a check failed; the message names it.
    """
    os.environ["DAGSTER_HOME"] = str(home.dagster)
    os.environ.setdefault("DAGSTER_DISABLE_TELEMETRY", "yes")
    (home.dagster / "dagster.yaml").write_text(_INSTANCE)

    for name in feeds:
        load_feed(FEEDS / name)
    Policy.load(policy)
    with home.writing():
        pass
    resource = RunResource(
        home=str(home.root),
        feeds=feeds,
        data=str(data or ""),
        as_of=as_of,
        policy=str(policy or ""),
        memory_limit=memory_limit,
    )
    logging.getLogger("dagster").setLevel(logging.ERROR)
    progress.current.set(watch)
    with dg.DagsterInstance.get() as instance:
        job = build_defs(resource).resolve_job_def("refresh")
        quiet = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}
        result = job.execute_in_process(instance=instance, raise_on_error=False, run_config=quiet)
    if not result.success:
        raise RefreshError("\n".join(_causes(result)))
    found = status.published(home)
    if found is None:
        raise RefreshError("the run succeeded but published nothing; see the Dagster log")
    return found


def _causes(result: dg.ExecuteInProcessResult) -> list[str]:
    """Name what failed: broken contracts with the rows that break them, then the root error of each failed table."""
    causes = [
        f"{check.asset_key.to_user_string()}: "
        + ", ".join(f"{name} in {count.value} rows" for name, count in check.metadata.items())
        for check in result.get_asset_check_evaluations()
        if not check.passed and check.severity == dg.AssetCheckSeverity.ERROR
    ]
    for event in result.filter_events(lambda e: e.is_step_failure):
        error = event.step_failure_data.error
        while error is not None and error.cause is not None:
            error = error.cause
        if error is not None and "CheckFailed" not in error.message:
            causes.append(f"{event.step_key}: {error.message.strip()}")
    return causes or ["the run failed; see the Dagster log"]


def export_grades(home: Home, out: Path, as_of: str) -> int:
    """Write the grades of the snapshot as CSV and return the rows.

    Raises:
        ValueError: the snapshot is of another day than `as_of`.
    """
    if as_of:
        answer = query.ask(home, "select as_of from run.info", 1)
        if str(answer.rows[0][0]) != as_of:
            raise ValueError(
                f"the snapshot is of {answer.rows[0][0]}, not {as_of}; run `mingcha refresh --as-of {as_of}` first"
            )
    return query.export_csv(home, _GRADES, out)
