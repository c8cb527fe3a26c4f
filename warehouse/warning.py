"""What people do with warnings: take them on, settle them, turn them into suggested inspections.

Events in the state of a home; the next refresh reads them (`known.warning_action`, `known.suggested_inspection`).
Not here: which warnings there are (sql/mart/warning.sql).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

import polars as pl

from warehouse.catalog import contracts
from warehouse.engine import DuckDBEngine
from warehouse.serving import ServingReader
from warehouse.state import Event, State

KIND = "warning"
SUGGESTED = "suggested"
HANDED_OVER = "handed_over"
ENDS = ("settled", "dismissed")
ACTIONS = ("acknowledged", HANDED_OVER, *ENDS, SUGGESTED)
MOST_SUGGESTED = 20  # entities, unless somebody asks for another number
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


@dataclass(frozen=True)
class Standing:
    """What became of one warning: its last event, what that did and when (UTC, naive), who owns it and whom to visit.

    `department_id` is the department it was last handed to, None where nobody handed it on; `entity_ids` are those
    suggested to be inspected, none once the warning is settled or dismissed.
    """

    event_no: int
    action: str
    decided_at: datetime
    department_id: str | None
    entity_ids: tuple[int, ...]


def standings(made: Iterable[Event]) -> dict[str, Standing]:
    """Return what became of each warning, by its id, from events in the order made."""
    found: dict[str, Standing] = {}
    for event in made:
        before, told = found.get(event.subject), event.payload
        action, suggested = told["action"], before.entity_ids if before else ()
        found[event.subject] = Standing(
            event.event_no,
            action,
            datetime.fromisoformat(event.at),
            told.get("department_id") or (before.department_id if before else None),
            () if action in ENDS else tuple(told.get("entity_ids", suggested)),
        )
    return found


def act(
    state: State,
    reader: ServingReader,
    warning_id: str,
    action: str,
    actor: str,
    reason: str,
    *,
    department_id: str | None = None,
    seen: int | None = None,
) -> int:
    """Append what was done with a published warning and return the number of the event.

    `department_id`: whom it is handed to; `seen`: the last event that the actor has looked at (see State.record).

    Raises:
        ValueError: no such warning is published, the action is unknown (`suggest` makes suggestions), or it is handed
            over to no department, or not handed over to one.
        OvertakenError: somebody acted on it after `seen`.
    """
    if action not in ACTIONS or action == SUGGESTED:
        raise ValueError(f"an action is one of {', '.join(a for a in ACTIONS if a != SUGGESTED)}, not {action!r}")
    if (action == HANDED_OVER) is not bool(department_id):
        raise ValueError(f"{HANDED_OVER} names the department that takes the warning over, no other action does")
    _find(reader, warning_id)
    payload = {"action": action}
    if department_id:
        if reader.query("select 1 from entity.department where department_id = ?", [department_id]).is_empty():
            raise ValueError(f"there is no department {department_id}")
        payload["department_id"] = department_id
    return state.record(KIND, warning_id, actor, reason, payload, seen=seen)


def suggest(
    state: State,
    reader: ServingReader,
    warning_id: str,
    most: int,
    actor: str,
    reason: str,
    *,
    seen: int | None = None,
) -> tuple[int, list[str]]:
    """Suggest the inspection of up to `most` entities behind a warning; return the number of the event and their codes.

    Raises:
        ValueError: no such warning is published, or it concerns no entity that could be inspected.
        OvertakenError: somebody acted on it after `seen`.
    """
    _find(reader, warning_id)
    found = reader.query(_BEHIND, [warning_id, most])
    if found.is_empty():
        raise ValueError(f"warning {warning_id} concerns no registered entity: there is nobody to inspect")
    payload = {"action": SUGGESTED, "entity_ids": found["entity_id"].to_list()}
    number = state.record(KIND, warning_id, actor, reason, payload, seen=seen)
    return number, found["entity_code"].to_list()


def write_actions(engine: DuckDBEngine, made: Sequence[Event]) -> int:
    """(Re)build `known.warning_action`, the last action on each warning without who and why, and return its rows."""
    rows: list[dict[str, object]] = [
        {
            "warning_id": warning_id,
            "warning_action": one.action,
            "decided_at": one.decided_at,
            "department_id": one.department_id,
        }
        for warning_id, one in sorted(standings(made).items())
    ]
    return _load(engine, "warning_action", rows)


def write_suggestions(engine: DuckDBEngine, made: Sequence[Event]) -> int:
    """(Re)build `known.suggested_inspection`: entities that a warning suggests to inspect, until it is settled."""
    rows: list[dict[str, object]] = [
        {"warning_id": warning_id, "entity_id": entity_id, "decided_at": one.decided_at}
        for warning_id, one in sorted(standings(made).items())
        for entity_id in one.entity_ids
    ]
    return _load(engine, "suggested_inspection", rows)


def _load(engine: DuckDBEngine, name: str, rows: list[dict[str, object]]) -> int:
    columns = {c.name: c.type for c in contracts("known")[name].columns}
    return engine.load(f"known.{name}", columns, rows)


def _find(reader: ServingReader, warning_id: str) -> None:
    if reader.query("select 1 from mart.warning where warning_id = ?", [warning_id]).is_empty():
        raise ValueError(f"no warning {warning_id} is published; see `mingcha warning list`")
