"""One refresh from start to end in this process, and what it left: status and exported grades.

The order of work stands in the Dagster definitions; drawing on the terminal in console.
"""

from __future__ import annotations

import logging
import os
from pathlib import Path
from typing import Any

import dagster as dg
from sqlalchemy.exc import SQLAlchemyError

from pipelines import logs, progress
from pipelines.definitions import build_defs
from pipelines.options import RefreshError
from pipelines.publish import PUBLISHED, PUBLISHING
from pipelines.resources import RunResource
from pipelines.standing import FEEDS, Standing, has_tables
from warehouse import query, room, rules, status
from warehouse.engine import MEMORY_LIMIT
from warehouse.feed import load_feed
from warehouse.home import Home, HomeBusyError

_INSTANCE = """\
telemetry: {{enabled: false}}
event_log_storage:
  module: pipelines.event_log
  class: KeptEngineEventLogStorage
  config: {{base_dir: {runs}}}
"""
_GRADES = """
select g.entity_id, e.entity_code as source_key, e.name, g.credit_score, g.credit_grade, g.risk_score, g.risk_grade
from grade.grade as g join known.entity as e on e.entity_id = g.entity_id
order by e.entity_code
"""


@logs.errors_told()
def refresh_once(
    home: Home,
    feeds: list[str],
    data: Path | None,
    as_of: str,
    policy: Path | None,
    watch: progress.Watch,
    memory_limit: str = MEMORY_LIMIT,
    stands: Standing | None = None,
) -> dict[str, Any]:
    """Run the refresh job in this process, record it in the home's Dagster instance and return its status.

    Of a run that `stands` only the publication is run.

    Raises:
        RefreshError: a table or a check failed; the message names it. Others: see `_run`.
    """
    _run("refresh", home, feeds, data, as_of, policy, watch, memory_limit, stands)
    found = status.published(home)
    if found is None:
        raise RefreshError("the run succeeded but published nothing; see the Dagster log")
    return found


@logs.errors_told()
def grade_once(
    home: Home, feeds: list[str], data: Path | None, as_of: str, policy: Path | None, watch: progress.Watch
) -> None:
    """Refresh as far as the grades of a past day and publish nothing: for a home that only back-tests and fits read.

    Raises: see `_run`.
    """
    _run("graded", home, feeds, data, as_of, policy, watch, MEMORY_LIMIT)


def _run(
    job_name: str,
    home: Home,
    feeds: list[str],
    data: Path | None,
    as_of: str,
    policy: Path | None,
    watch: progress.Watch,
    memory_limit: str,
    stands: Standing | None = None,
) -> None:
    """Run a job in this process.

    Raises:
        FeedError, PolicyError: a pack or a policy folder cannot be used.
        HomeBusyError: another refresh holds the home.
        NoRoomError: the disk is too full to begin.
        RefreshError: a table or a check failed; the message names it.
    """
    logs.start(home)
    os.environ["DAGSTER_HOME"] = str(home.dagster)
    os.environ.setdefault("DAGSTER_DISABLE_TELEMETRY", "yes")
    (home.dagster / "dagster.yaml").write_text(_INSTANCE.format(runs=home.dagster / "history" / "runs"))

    rules.of_run([load_feed(FEEDS / name) for name in feeds], policy)
    with home.writing():
        room.require(home, data or home.landing)
        only_published = stands if stands and has_tables(home, stands) else None
    resource = RunResource(
        home=str(home.root),
        feeds=feeds,
        data=str(data or ""),
        as_of=as_of,
        policy=str(policy or ""),
        made_from=only_published.made_from if only_published else "",
        memory_limit=memory_limit,
    )
    logging.getLogger("dagster").setLevel(logging.ERROR)
    progress.current.set(watch)
    try:
        with dg.DagsterInstance.get() as instance:
            job = build_defs(resource).resolve_job_def(job_name)
            quiet = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}
            only = PUBLISHING if only_published else None
            result = job.execute_in_process(
                instance=instance, raise_on_error=False, run_config=quiet, asset_selection=only
            )
    except (OSError, SQLAlchemyError) as broken:
        cause = getattr(broken, "orig", broken)
        raise RefreshError(
            f"Dagster cannot write its records in {home.dagster}: {cause}; is the disk full?"
        ) from broken
    if not result.success:
        told = "\n".join(_causes(result))
        # Another refresh may have begun between the look above and the start of the run.
        error = _unopened(result)
        raise (HomeBusyError if error and error.cls_name == HomeBusyError.__name__ else RefreshError)(told)


def _causes(result: dg.ExecuteInProcessResult) -> list[str]:
    """Name what failed: broken contracts with the rows that break them, then the root error of each failed table.

    The checks of the snapshot are told by the error of its publication.
    """
    causes = [
        f"{check.asset_key.to_user_string()}: "
        + ", ".join(f"{name} in {count.value} rows" for name, count in check.metadata.items())
        for check in result.get_asset_check_evaluations()
        if not check.passed and check.severity == dg.AssetCheckSeverity.ERROR and check.asset_key != PUBLISHED
    ]
    if (error := _unopened(result)) is not None:
        causes.append(error.message.strip().partition(": ")[2])
    for event in result.filter_events(lambda e: e.is_step_failure):
        error = event.step_failure_data.error
        while error is not None and error.cause is not None:
            error = error.cause
        if error is not None and "CheckFailed" not in error.message:
            causes.append(f"{event.step_key}: {error.message.strip()}")
    return causes or ["the run failed; see the Dagster log"]


def _unopened(result: dg.ExecuteInProcessResult) -> Any:
    """Return why the run could not begin: no data folder, no delivered file, no room, a home held by another."""
    failed = dg.DagsterEventType.RESOURCE_INIT_FAILURE
    return next((e.engine_event_data.error for e in result.filter_events(lambda e: e.event_type == failed)), None)


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
    return query.export(home, _GRADES, out)
