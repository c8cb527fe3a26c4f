"""Queries that people keep and share (events of the state), and what they asked before (the audit).

Who runs a shared query reads by their own scope; sharing shares the text only.
"""

from dataclasses import dataclass
from typing import Any

from flask import current_app

from dashboards.auditing import CONFIG_KEY as AUDIT
from warehouse.audit import Audit
from warehouse.home import Home
from warehouse.state import State

KIND = "saved_query"
LONGEST_TITLE = 60
ASKED = 40  # entries of the history


class SaveError(ValueError):
    """A query cannot be kept; the message is for whoever wanted to."""


@dataclass(frozen=True)
class Saved:
    """A kept query: its number, whose, under what title, and whether others see it."""

    number: int
    owner: str
    title: str
    sql: str
    is_shared: bool


def save(home: Home, owner: str, title: str, sql: str, *, is_shared: bool) -> None:
    """Keep a query under a title; an earlier one of that title and owner stands behind it. Raises SaveError."""
    named = title.strip()
    if not named or len(named) > LONGEST_TITLE:
        raise SaveError(f"请写 1 至 {LONGEST_TITLE} 个字的名称")
    if not sql.strip():
        raise SaveError("没有可保存的语句")
    _record(home, owner, named, {"sql": sql, "is_shared": is_shared}, "保存查询")


def remove(home: Home, owner: str, number: int) -> None:
    """Take a query of one's own off the list; what it said stays in the events. Another's stays."""
    for one in listed(home, owner):
        if one.number == number and one.owner == owner:
            _record(home, owner, one.title, {"is_removed": True}, "删除查询")


def listed(home: Home, owner: str) -> list[Saved]:
    """One's own queries and those that others share, by title."""
    latest: dict[str, Saved] = {}
    for event in State(home.state).events(KIND):
        if event.payload.get("is_removed"):
            latest.pop(event.subject, None)
        else:
            title, told = event.subject.partition("/")[2], event.payload
            latest[event.subject] = Saved(event.event_no, event.actor, title, told["sql"], told["is_shared"])
    found = [one for one in latest.values() if one.owner == owner or one.is_shared]
    return sorted(found, key=lambda one: (one.owner != owner, one.title, one.owner))


def asked(person: str) -> list[dict[str, Any]]:
    """The statements a person asked last, newest first, each once; nothing where no audit is kept."""
    audit: Audit | None = current_app.config.get(AUDIT)
    if audit is None:
        return []
    found: dict[str, dict[str, Any]] = {}
    for entry in audit.entries(kind="query", actor=person, limit=5 * ASKED):
        found.setdefault(entry.subject, {"sql": entry.subject, "at": entry.at, "result": entry.result, **entry.details})
    return list(found.values())[:ASKED]


def _record(home: Home, owner: str, title: str, payload: dict[str, object], why: str) -> None:
    State(home.state).record(KIND, f"{owner}/{title}", owner, why, payload)
