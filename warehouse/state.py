"""Human decisions (reveals, approvals, overrides, objections, …): append-only events in SQLite.

Not derived from anything, so never rebuilt; a refresh reads it like a feed and a backup takes it first.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from warehouse.audit import Audit

DRAWS = frozenset({"plan_freeze", "commit", "announce", "reveal", "refuse", "draw"})  # the others are decisions
UPDATE_TRIGGER = """create trigger if not exists event_no_update before update on event
begin select raise(abort, 'events are append-only'); end;"""
SCHEMA = f"""
create table if not exists event (
    event_no integer primary key autoincrement,
    at text not null,
    kind text not null,
    subject text not null,
    actor text not null check (actor <> ''),
    reason text not null check (reason <> ''),
    payload text not null
);
create index if not exists event_subject on event (kind, subject);
{UPDATE_TRIGGER}
create trigger if not exists event_no_replace before insert on event
when new.event_no in (select event_no from event)
begin select raise(abort, 'events are append-only'); end;
create trigger if not exists event_no_delete before delete on event
begin select raise(abort, 'events are append-only'); end;
"""


class OvertakenError(ValueError):
    """Somebody decided about the same subject after the person who asks had looked."""


@dataclass(frozen=True)
class Event:
    """One decision: who did what to which subject, when (UTC) and why."""

    event_no: int
    at: str
    kind: str
    subject: str
    actor: str
    reason: str
    payload: dict[str, Any]


class State:
    """The decisions of one home; `clock` tells the instant (with zone) at which one is made."""

    def __init__(self, path: Path, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._path, self._clock = path, clock
        with closing(self._connect()) as connection:
            connection.executescript(SCHEMA)

    def record(
        self,
        kind: str,
        subject: str,
        actor: str,
        reason: str,
        payload: Mapping[str, object],
        *,
        seen: int | None = None,
    ) -> int:
        """Append a decision and return its number. `actor` and `reason` must not be empty.

        `seen`: the number of the last event of this kind and subject that the actor has looked at, 0 for none.

        Raises:
            ValueError: the actor or the reason is empty.
            OvertakenError: there is an event after `seen`.
        """
        if not actor.strip() or not reason.strip():
            raise ValueError(f"a decision needs who and why; got actor={actor!r}, reason={reason!r}")
        at = self._clock().astimezone(UTC).replace(tzinfo=None).isoformat(timespec="seconds")
        with closing(self._connect()) as connection, connection:
            connection.execute("begin immediate")  # nobody writes between the look and the insert
            last = connection.execute(
                "select coalesce(max(event_no), 0) from event where kind = ? and subject = ?", (kind, subject)
            ).fetchone()[0]
            if seen is not None and last != seen:
                raise OvertakenError(f"{kind} {subject}: event {last} was recorded after event {seen}; look again")
            cursor = connection.execute(
                "insert into event (at, kind, subject, actor, reason, payload) values (?, ?, ?, ?, ?, ?)",
                (at, kind, subject, actor, reason, json.dumps(payload, ensure_ascii=False, sort_keys=True)),
            )
            number = int(cursor.lastrowid or 0)
        # By number only: what a decision is about can be erased, the audit cannot.
        done = "draw" if kind in DRAWS else "decision"
        Audit(self._path.with_name("audit.sqlite"), self._clock).record(
            done, actor, f"{kind} {number}", address="state"
        )
        return number

    def events(self, kind: str, subject: str | None = None) -> list[Event]:
        """Return the decisions of a kind (about one subject), in the order they were made."""
        where, values = "kind = ?", [kind]
        if subject is not None:
            where, values = "kind = ? and subject = ?", [kind, subject]
        with closing(self._connect()) as connection:
            rows = connection.execute(f"select * from event where {where} order by event_no", values).fetchall()
        return [
            Event(number, at, event_kind, about, actor, reason, json.loads(payload))
            for number, at, event_kind, about, actor, reason, payload in rows
        ]

    def digest(self) -> str:
        """Return a hash over every event: equal while nothing was decided and nothing redacted."""
        with closing(self._connect()) as connection:
            rows = connection.execute("select * from event order by event_no").fetchall()
        return hashlib.sha256(json.dumps(rows).encode()).hexdigest()

    def redact(self, change: Callable[[str], str]) -> int:
        """Rewrite subjects, actors, reasons and payloads where the law asks for it, and return the events changed.

        The one exception to append-only: all of it or nothing, and whoever asks records an event that says so.
        """
        with closing(self._connect()) as connection, connection:
            connection.execute("begin immediate")
            told = connection.execute("select event_no, subject, actor, reason, payload from event").fetchall()
            after = [(number, *map(change, texts)) for number, *texts in told]
            changed = [
                (*texts, number) for (number, *texts), old in zip(after, told, strict=True) if (number, *texts) != old
            ]
            connection.execute("drop trigger event_no_update")
            connection.executemany(
                "update event set subject = ?, actor = ?, reason = ?, payload = ? where event_no = ?", changed
            )
            connection.execute(UPDATE_TRIGGER)
        with closing(self._connect()) as connection:
            connection.execute("pragma wal_checkpoint(truncate)")
            connection.execute("vacuum")  # what was overwritten must not stay in free pages
        return len(changed)

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self._path, timeout=10)
        connection.execute("pragma journal_mode = wal")
        connection.execute("pragma synchronous = full")
        return connection
