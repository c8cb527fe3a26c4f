"""A warehouse of nothing but cases: facts by hand, the rules in force, and whatever tables a test asks for.

Not here: what the tables should hold.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from models.policy.loader import Policy
from tests.warehouse import small
from warehouse import catalog, metrics, parameters
from warehouse.engine import DuckDBEngine
from warehouse.known import create_known_view

ZONE = "Asia/Shanghai"
FEED = "f"
CASE_FACTS = (
    "service_case", "service_step", "case_pause", "case_dispatch", "case_rating", "case_document", "service_item",
    "service_topic", "publication", "complaint", "licence", "penalty", "inspection",
)  # fmt: skip
LONG_AGO = datetime(2000, 1, 1)
_EMPTY = (
    "known.entity",
    "known.warning_action",
    "mart.data_age",
    "entity.department",
    "entity.district",
    "entity.industry",
    "text.event",
    "text.event_item",
)


def at(text: str, zone: str = ZONE) -> datetime:
    """A local time as naive UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC).replace(tzinfo=None)


@contextmanager
def warehouse(
    as_of: date,
    facts: Mapping[str, Sequence[Mapping[str, Any]]],
    zone: str = ZONE,
    given: Mapping[str, Sequence[Mapping[str, Any]]] | None = None,
    path: Path | str = ":memory:",
) -> Iterator[DuckDBEngine]:
    """An engine with the given facts (known since long ago), `run`, `policy` and the views `known.*` as of a day.

    `given` holds further tables as they are, by name. A row's event_date follows from its first instant where it is not
    given.
    """
    known_by = datetime.combine(as_of + timedelta(days=1), time(), ZoneInfo(zone)).astimezone(UTC).replace(tzinfo=None)
    with small.opened(path) as engine:
        info = {"run_id": "r", "as_of": as_of, "known_by": known_by, "policy_version": "p", "code_version": "c"}
        info |= {"input_digest": "i", "built_at": known_by, "feeds": FEED}
        small.fill(engine, "run.info", [info])
        small.fill(engine, "run.feed", [{"feed_id": FEED, "code_system": "credit_code", "zone": zone}])
        for name, rows in (dict.fromkeys(_EMPTY, ()) | dict(given or {})).items():
            small.fill(engine, name, rows)
        for name in CASE_FACTS:
            small.fill(engine, f"fact.{name}", [_dated(row, zone) for row in facts.get(name, ())])
        small.fill(engine, "raw.service_case", [_dated(row, zone) for row in facts.get("service_case", ())])
        parameters.write_policy(engine, Policy.load(), as_of)
        for name in CASE_FACTS:
            create_known_view(engine, catalog.contracts("fact")[name], as_of, known_by)
        yield engine


def build(engine: DuckDBEngine, *names: str) -> None:
    """Build tables by name and all SQL tables of the stages `known` and `mart` that they read and that are not given."""
    there = set(engine.tables(("known", "mart")))
    for name in _needed(names, there):
        engine.build(name, catalog.sql_tables()[name].sql)


def measured(engine: DuckDBEngine, *metric_ids: str) -> dict[str, dict[str, Any]]:
    """The named metrics, each by its own SQL."""
    chosen = [m for m in metrics.metrics() if m.metric_id in metric_ids]
    assert {m.metric_id for m in chosen} == set(metric_ids)
    return {m.metric_id: engine.frame(m.sql).to_dicts()[0] for m in chosen}


def _needed(names: Sequence[str], there: set[str]) -> list[str]:
    tables, wanted, waiting = catalog.sql_tables(), set(), list(names)
    while waiting:
        name = waiting.pop()
        if name in tables and name not in wanted | there and name.partition(".")[0] in ("known", "mart"):
            wanted.add(name)
            waiting += tables[name].reads
    return [name for name in tables if name in wanted]


def _dated(row: Mapping[str, Any], zone: str) -> dict[str, Any]:
    instant = next((row[k] for k in ("opened_at", "started_at", "dispatched_at", "rated_at") if row.get(k)), None)
    day = instant.replace(tzinfo=UTC).astimezone(ZoneInfo(zone)).date() if instant else None
    return {"feed_id": FEED, "known_at": LONG_AGO, "event_date": day, "load_no": 1, "row_number": 1, **row}
