"""Whom a text means, asked of people: the open questions, and their answers in the state of the home.

Not here: how an answer becomes a link (sql/text/link.sql); an answer never edits data.
"""

from __future__ import annotations

from typing import Any

from warehouse.correction import ask
from warehouse.home import Home
from warehouse.linking.verdicts import VERDICTS
from warehouse.state import State
from warehouse.text.links import KIND

_OPEN = """
select r.review_id, r.rank_no, r.candidate_code, r.candidate_name, r.link_probability, r.evidence,
    t.published_at, t.title, t.body
from text.review as r
join known.text_item as t on t.feed_id = r.feed_id and t.text_id = r.text_id and t.known_at = r.known_at
order by t.published_at desc, r.review_id, r.rank_no limit ?
"""
_FIND = "select feed_id, text_id, candidate_entity_id from text.review where review_id = ? and candidate_code = ?"


def listed(home: Home, limit: int) -> list[dict[str, Any]]:
    """Return candidates that wait for a person, the latest texts first, with the text as it was published.

    Raises:
        HomeBusyError: a refresh is under way.
        CorrectionError: nothing was loaded yet.
    """
    return ask(home, _OPEN, [limit])


def decide(home: Home, review_id: str, candidate_code: str, verdict: str, actor: str, reason: str) -> int:
    """Record that a text speaks (same) or does not speak (different) of an entity; returns the number of the event.

    Raises:
        ValueError: no such open question or candidate, another verdict, or no actor or reason.
        HomeBusyError: a refresh is under way.
    """
    if verdict not in VERDICTS:
        raise ValueError(f"a verdict is {' or '.join(VERDICTS)}, not {verdict!r}")
    found = ask(home, _FIND, [review_id, candidate_code])
    if not found:
        raise ValueError(f"no open review {review_id} with candidate {candidate_code}; see `mingcha review texts`")
    subject = f"{found[0]['feed_id']}|{found[0]['text_id']}"
    answer = {"entity_id": found[0]["candidate_entity_id"], "verdict": verdict}
    return State(home.state).record(KIND, subject, actor, reason, answer)
