"""What people say a text is: corrections of the models' answers, kept as events, read by the trainer as labels.

Not here: learning. An event names the text by its id, so that its wording stays where it was delivered.
"""

from __future__ import annotations

import json
from datetime import datetime

from models.text.own import KINDS, Labelled
from warehouse.engine import DuckDBEngine
from warehouse.serving import ServingReader
from warehouse.state import Event, State

KIND = "text_label"
# Which fact holds the texts of a kind, its id, and its wording.
SOURCES = {
    "category": ("service_case", "case_id", "title"),
    "sentiment": ("text_item", "text_id", "coalesce(title || '。', '') || body"),
}


def record(state: State, kind: str, feed_id: str, about: str, label: str, actor: str, reason: str) -> int:
    """Append a correction and return its number.

    Raises:
        ValueError: the kind is unknown, or actor or reason is empty.
    """
    if kind not in KINDS:
        raise ValueError(f"a kind is one of {', '.join(KINDS)}, not {kind!r}")
    return state.record(KIND, about, actor, reason, {"kind": kind, "feed_id": feed_id, "label": label})


def find(reader: ServingReader, kind: str, about: str, label: str) -> str:
    """Return the feed pack of a text of the published snapshot.

    Raises:
        ValueError: the snapshot has no such text, several packs have one, or the model in use knows no such label.
    """
    table, key, _ = SOURCES[kind]
    told = reader.query("select model_card from mart.text_model where model_kind = $kind", {"kind": kind})
    if label not in (known := json.loads(told["model_card"][0])["classes"]):
        raise ValueError(f"{label!r} is no label of {kind}; it has {', '.join(sorted(known))}")
    found = reader.query(
        f"select distinct feed_id from known.{table} where {key} = $about order by feed_id", {"about": about}
    )
    if len(found) != 1:
        raise ValueError(f"{len(found)} texts of the published data have the id {about!r}; exactly one is needed")
    return str(found["feed_id"][0])


def listed(state: State, known_by: datetime) -> list[Event]:
    """Return the corrections known before an instant (UTC); of several about one text the last."""
    known = [event for event in state.events(KIND) if datetime.fromisoformat(event.at) < known_by]
    last = {(e.payload["kind"], e.payload["feed_id"], e.subject): e for e in known}
    return sorted(last.values(), key=lambda event: event.event_no)


def labelled(engine: DuckDBEngine, kind: str, events: list[Event]) -> list[Labelled]:
    """Return the texts that corrections of a kind are about, with their labels; a text that is gone teaches nothing."""
    table, key, text = SOURCES[kind]
    made = []
    for event in (e for e in events if e.payload["kind"] == kind):
        rows = engine.rows(
            f"select {text} from fact.{table} where feed_id = ? and {key} = ? and superseded_at is null"
            " order by known_at",
            [event.payload["feed_id"], event.subject],
        )
        if rows and rows[-1][0]:
            made.append(Labelled(rows[-1][0], event.payload["label"], event.at[:10]))
    return made
