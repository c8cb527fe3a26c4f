"""What people decided about candidates: recorded in the state of a home, read by the next refresh.

Not here: how a verdict becomes a link (sql/entity/link.sql); a verdict never edits data.
"""

from __future__ import annotations

from collections.abc import Sequence

from warehouse.catalog import contracts
from warehouse.engine import DuckDBEngine
from warehouse.serving import ServingReader
from warehouse.state import Event, State

KIND = "link_review"
VERDICTS = ("same", "different")
OPEN = """
select review_id, entity_code, entity_name, district_code, candidate_code, candidate_name, link_probability, evidence
from entity.review order by mention_key, rank_no
"""
_FIND = "select mention_key, candidate_entity_id from entity.review where review_id = ? and candidate_code = ?"


def find(reader: ServingReader, review_id: str, candidate_code: str) -> tuple[str, int]:
    """Return the mention and the entity of an open review in the published snapshot.

    Raises:
        ValueError: there is no such open review, or the code is none of its candidates.
        NotPublishedError: nothing was published yet.
    """
    rows = reader.query(_FIND, [review_id, candidate_code]).rows()
    reader.close()
    if not rows:
        raise ValueError(f"no open review {review_id} with candidate {candidate_code}; see `mingcha review list`")
    mention_key, entity_id = rows[0]
    return mention_key, entity_id


def decide(state: State, mention_key: str, entity_id: int, verdict: str, actor: str, reason: str) -> int:
    """Record that a mention is (not) an entity and return the number of the event.

    Raises:
        ValueError: the verdict is neither same nor different, or the actor or the reason is empty.
    """
    if verdict not in VERDICTS:
        raise ValueError(f"a verdict is {' or '.join(VERDICTS)}, not {verdict!r}")
    return state.record(KIND, mention_key, actor, reason, {"entity_id": entity_id, "verdict": verdict})


def write_verdicts(engine: DuckDBEngine, events: Sequence[Event]) -> int:
    """(Re)build `entity.link_verdict` from the events of `KIND`, the last one of each pair, and return its rows."""
    last = {
        (event.subject, int(event.payload["entity_id"])): {
            "mention_key": event.subject,
            "entity_id": int(event.payload["entity_id"]),
            "verdict": event.payload["verdict"],
            "actor": event.actor,
            "reason": event.reason,
            "decided_at": event.at,
        }
        for event in events
    }
    columns = {c.name: c.type for c in contracts("entity")["link_verdict"].columns}
    return engine.load("entity.link_verdict", columns, [last[pair] for pair in sorted(last)])
