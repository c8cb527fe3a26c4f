"""What people do with warnings: take them on, settle them, turn them into suggested inspections.

Events in the state of a home; the next refresh reads them (`known.warning_action`, `known.suggested_inspection`).
Not here: which warnings there are (sql/mart/warning.sql).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import polars as pl

from warehouse.catalog import contracts
from warehouse.engine import DuckDBEngine
from warehouse.serving import ServingReader
from warehouse.state import Event, State

KIND = "warning"
SUGGESTED = "suggested"
ACTIONS = ("acknowledged", "settled", "dismissed", SUGGESTED)
_BEHIND = (
    "select entity_id, entity_code from mart.warning_entity where warning_id = ? and rank_no <= ? order by rank_no"
)
_LISTED = (
    "select warning_id, warning_level, warning_kind, subject_name, evidence_zh, department_name, days_left,"
    " warning_state from mart.warning where level_no <= ? order by level_no, warning_kind, subject_id"
)
_SUGGESTED = (
    "select s.warning_id, w.warning_level, w.subject_name, s.entity_id, e.entity_code, e.name, e.district_code,"
    " s.decided_at from known.suggested_inspection as s join known.entity as e on e.entity_id = s.entity_id"
    " left join mart.warning as w on w.warning_id = s.warning_id order by s.warning_id, s.entity_id"
)


def listed(reader: ServingReader, level_no: int) -> pl.DataFrame:
    """Return the published warnings up to a level (1 is the most urgent), most urgent first."""
    return reader.query(_LISTED, [level_no])


def suggested(reader: ServingReader) -> pl.DataFrame:
    """Return the entities that warnings suggest to inspect, as of the last refresh."""
    return reader.query(_SUGGESTED)


def events(state: State, known_by: datetime | None = None) -> list[Event]:
    """Return what was done with warnings before the instant `known_by` (UTC; None is now), in the order made."""
    return [e for e in state.events(KIND) if known_by is None or datetime.fromisoformat(e.at) < known_by]


def act(state: State, reader: ServingReader, warning_id: str, action: str, actor: str, reason: str) -> int:
    """Append what was done with a published warning and return the number of the event.

    Raises:
        ValueError: no such warning is published, or the action is unknown (`suggest` makes suggestions).
    """
    if action not in ACTIONS or action == SUGGESTED:
        raise ValueError(f"an action is one of {', '.join(a for a in ACTIONS if a != SUGGESTED)}, not {action!r}")
    _find(reader, warning_id)
    return state.record(KIND, warning_id, actor, reason, {"action": action})


def suggest(
    state: State, reader: ServingReader, warning_id: str, most: int, actor: str, reason: str
) -> tuple[int, list[str]]:
    """Suggest the inspection of up to `most` entities behind a warning; return the number of the event and their codes.

    Raises:
        ValueError: no such warning is published, or it concerns no entity that could be inspected.
    """
    _find(reader, warning_id)
    found = reader.query(_BEHIND, [warning_id, most])
    if found.is_empty():
        raise ValueError(f"warning {warning_id} concerns no registered entity: there is nobody to inspect")
    number = state.record(
        KIND, warning_id, actor, reason, {"action": SUGGESTED, "entity_ids": found["entity_id"].to_list()}
    )
    return number, found["entity_code"].to_list()


def write_actions(engine: DuckDBEngine, made: Sequence[Event]) -> int:
    """(Re)build `known.warning_action`, the last action on each warning without who and why, and return its rows."""
    last = {event.subject: event for event in made}
    rows = [
        {"warning_id": warning_id, "warning_action": event.payload["action"], "decided_at": event.at}
        for warning_id, event in sorted(last.items())
    ]
    return _load(engine, "warning_action", rows)


def write_suggestions(engine: DuckDBEngine, made: Sequence[Event]) -> int:
    """(Re)build `known.suggested_inspection`: entities that a warning suggests to inspect, until it is settled."""
    last = {event.subject: event for event in made}
    rows = [
        {"warning_id": warning_id, "entity_id": entity_id, "decided_at": event.at}
        for warning_id, event in sorted(last.items())
        if event.payload["action"] == SUGGESTED
        for entity_id in event.payload["entity_ids"]
    ]
    return _load(engine, "suggested_inspection", rows)


def _load(engine: DuckDBEngine, name: str, rows: list[dict[str, object]]) -> int:
    columns = {c.name: c.type for c in contracts("known")[name].columns}
    return engine.load(f"known.{name}", columns, rows)


def _find(reader: ServingReader, warning_id: str) -> None:
    if reader.query("select 1 from mart.warning where warning_id = ?", [warning_id]).is_empty():
        raise ValueError(f"no warning {warning_id} is published; see `mingcha warning list`")
