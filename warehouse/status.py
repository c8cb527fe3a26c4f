"""What a run left: rows per table, loads, grades, drawn, outcomes; a file beside the snapshot.

Seconds and memory come from whoever ran it; showing it is the console's work.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import duckdb

from warehouse import catalog
from warehouse.engine import DuckDBEngine
from warehouse.home import Home
from warehouse.serving import NotPublishedError, ServingReader


def describe(engine: DuckDBEngine) -> dict[str, Any]:
    """Return run id, as-of day, versions, rows per table, loads, grade counts, drawn entities, later outcomes."""
    info = engine.frame("select * from run.info").to_dicts()[0]
    return {
        **info,
        "tables": {name: engine.count(name) for name in engine.tables(catalog.STAGES)},
        "loads": loads(engine),
        "credit_grades": dict(engine.rows("select credit_grade, count(*) from grade.grade group by 1 order by 1")),
        "risk_grades": dict(engine.rows("select risk_grade, count(*) from grade.grade group by 1 order by 1")),
        "drawn": engine.count("plan.drawn"),
        "outcomes": engine.frame(
            "select * from outcome.inspection_by_grade order by pack_id, scorecard_grade"
        ).to_dicts(),
    }


def loads(engine: DuckDBEngine) -> list[dict[str, Any]]:
    """Return all loads of the run; none when the engine answers nothing any more (a full disk ends it)."""
    try:
        return engine.frame("select * from run.load order by feed_id, source_id, file_name").to_dicts()
    except duckdb.Error:
        return []


def broken_loads(found: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the loads that could not be read and that no later delivery of the same source and name made good."""
    good: dict[tuple[str, str, str], int] = {}
    for load in found:
        if not load["load_error"]:
            good[_name(load)] = max(good.get(_name(load), 0), load["load_no"])
    return [load for load in found if load["load_error"] and load["load_no"] > good.get(_name(load), 0)]


def _name(load: dict[str, Any]) -> tuple[str, str, str]:
    return load["feed_id"], load["source_id"], load["file_name"]


def write(home: Home, status: dict[str, Any]) -> None:
    """Keep the status of a run beside its snapshot."""
    path = home.serving / f"status-{status['run_id']}.json"
    path.write_text(json.dumps(status, ensure_ascii=False, indent=1, default=_plain), encoding="utf-8")


def published(home: Home) -> dict[str, Any] | None:
    """Return the status of the published run; None when nothing is published."""
    try:
        name = ServingReader(home.root).current()
    except NotPublishedError:
        return None
    path = home.serving / name.replace("serving-", "status-").replace(".duckdb", ".json")
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found


def _plain(value: object) -> object:
    if isinstance(value, date | datetime):
        return value.isoformat()
    if isinstance(value, Decimal):
        return float(value)
    raise TypeError(f"{type(value).__name__} cannot stand in a status file")
