"""What people decide about one entity: repairs, overrides, objections and other requests, answers and withdrawals.

Recorded as events in the state of a home; the next refresh reads them like a feed (`known.decision`). A decision never
edits data, counts from the instant it was recorded and within its own validity, and whoever made it stays behind.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from warehouse.catalog import contracts
from warehouse.engine import DuckDBEngine
from warehouse.state import Event, State

EFFECTS = ("repair", "override")  # change a grade while they are valid
REQUESTS = ("objection", "human_review", "access", "rectification", "deletion")  # wait for an answer
KINDS = (*EFFECTS, *REQUESTS)
FOLLOW_UPS = ("answer", "withdrawal")  # about an earlier decision, by its number
OUTCOMES = ("granted", "partly_granted", "refused")
RECORD_KINDS = ("penalty", "abnormal_list")


@dataclass(frozen=True)
class Decision:
    """One decision and what became of it; days are legal days, instants naive UTC.

    It holds from `valid_from` to `valid_to`, both included (None is open). `pack_id` and `grade` belong to an override,
    `record_kind` and `record_id` to what a repair or an objection is about.
    """

    decision_no: int
    kind: str
    entity_id: int
    actor: str
    reason: str
    decided_at: datetime
    valid_from: date
    valid_to: date | None
    pack_id: str | None = None
    grade: str | None = None
    record_kind: str | None = None
    record_id: str | None = None
    outcome: str | None = None
    answered_at: datetime | None = None
    answered_by: str | None = None
    answer: str | None = None
    withdrawn_at: datetime | None = None

    def is_valid_on(self, day: date) -> bool:
        """Whether it is within its days and was not withdrawn."""
        within = self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)
        return within and self.withdrawn_at is None


def listed(state: State, known_by: datetime | None = None) -> list[Decision]:
    """Return every decision in the order made, as far as known before the instant `known_by` (UTC; None is now)."""
    events = sorted((e for kind in (*KINDS, *FOLLOW_UPS) for e in state.events(kind)), key=lambda e: e.event_no)
    known = [e for e in events if known_by is None or datetime.fromisoformat(e.at) < known_by]
    later: dict[int, dict[str, Any]] = {}
    for event in known:
        if event.kind in FOLLOW_UPS:
            later.setdefault(int(event.payload["decision_no"]), {}).update(_told(event))
    return [_decision(event, later.get(event.event_no, {})) for event in known if event.kind in KINDS]


def record(
    state: State,
    kind: str,
    entity_id: int,
    actor: str,
    reason: str,
    valid_from: date,
    valid_to: date | None = None,
    about: Mapping[str, str] | None = None,
) -> int:
    """Append a decision and return its number; `about` holds pack_id and grade, or record_kind and record_id.

    Raises:
        ValueError: the kind is unknown, the days are in the wrong order, what the kind needs is missing or empty.
    """
    about = dict(about or {})
    if kind not in KINDS:
        raise ValueError(f"a decision is one of {', '.join(KINDS)}, not {kind!r}")
    if valid_to is not None and valid_to < valid_from:
        raise ValueError(f"the decision would end on {valid_to}, before it begins on {valid_from}")
    if kind == "override" and (not about.get("pack_id") or not about.get("grade")):
        raise ValueError("an override names the scorecard (pack) and the grade")
    if kind == "override" and valid_to is None:
        raise ValueError("an override says until when it holds (--until)")
    if kind == "repair" and (about.get("record_kind") not in RECORD_KINDS or not about.get("record_id")):
        raise ValueError(f"a repair names the record: {' or '.join(RECORD_KINDS)}, and its id")
    days = {"valid_from": valid_from.isoformat(), "valid_to": valid_to.isoformat() if valid_to else None}
    return state.record(kind, str(entity_id), actor, reason, {**days, **about})


def answer(state: State, decision_no: int, outcome: str, actor: str, reason: str) -> int:
    """Append the answer to a request and return its number.

    Raises:
        ValueError: there is no such open request, the outcome is unknown, or who asked would answer themselves.
    """
    asked = _find(state, decision_no)
    if asked.kind not in REQUESTS:
        raise ValueError(f"decision {decision_no} is a {asked.kind} and waits for no answer")
    if asked.outcome is not None:
        raise ValueError(f"decision {decision_no} was answered at {asked.answered_at} ({asked.outcome})")
    if outcome not in OUTCOMES:
        raise ValueError(f"an outcome is one of {', '.join(OUTCOMES)}, not {outcome!r}")
    if actor.strip() == asked.actor.strip():
        raise ValueError(f"{actor} recorded decision {decision_no}; somebody else has to answer it")
    return state.record("answer", str(asked.entity_id), actor, reason, {"decision_no": decision_no, "outcome": outcome})


def withdraw(state: State, decision_no: int, actor: str, reason: str) -> int:
    """End a decision from now on (earlier days keep it) and return the number of the withdrawal.

    Raises:
        ValueError: there is no such decision, or it was withdrawn before.
    """
    found = _find(state, decision_no)
    return state.record("withdrawal", str(found.entity_id), actor, reason, {"decision_no": decision_no})


def write_decisions(engine: DuckDBEngine, decisions: Sequence[Decision]) -> int:
    """(Re)build `known.decision` from decisions that were not withdrawn, without who and why, and return its rows."""
    columns = {c.name: c.type for c in contracts("known")["decision"].columns}
    rows = [
        {
            "decision_no": d.decision_no,
            "decision_kind": d.kind,
            "entity_id": d.entity_id,
            "valid_from": d.valid_from,
            "valid_to": d.valid_to,
            "decided_at": d.decided_at,
            "pack_id": d.pack_id,
            "decided_grade": d.grade,
            "record_kind": d.record_kind,
            "record_id": d.record_id,
            "decision_outcome": d.outcome,
        }
        for d in decisions
        if d.withdrawn_at is None
    ]
    return engine.load("known.decision", columns, rows)


def _find(state: State, decision_no: int) -> Decision:
    found = next((d for d in listed(state) if d.decision_no == decision_no), None)
    if found is None or found.withdrawn_at is not None:
        raise ValueError(f"there is no decision {decision_no} in force; see `mingcha decisions`")
    return found


def _told(event: Event) -> dict[str, Any]:
    at = datetime.fromisoformat(event.at)
    if event.kind == "withdrawal":
        return {"withdrawn_at": at}
    return {
        "outcome": event.payload["outcome"],
        "answered_at": at,
        "answered_by": event.actor,
        "answer": event.reason,
    }


def _decision(event: Event, later: Mapping[str, Any]) -> Decision:
    payload = event.payload
    return Decision(
        event.event_no,
        event.kind,
        int(event.subject),
        event.actor,
        event.reason,
        datetime.fromisoformat(event.at),
        date.fromisoformat(payload["valid_from"]),
        date.fromisoformat(payload["valid_to"]) if payload["valid_to"] else None,
        *(payload.get(name) for name in ("pack_id", "grade", "record_kind", "record_id")),
        **later,
    )
