"""`text.candidate`: which entities a text may speak of, by the names that were known when the text was.

How a text is judged stands in models/text/linking.py; which candidate counts in sql/text/link.sql.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import polars as pl

from models.policy.loader import InForce
from models.text.aliases import aliases, bare
from models.text.linking import Register, candidates, weighed
from warehouse.catalog import contracts
from warehouse.engine import DuckDBEngine
from warehouse.state import Event
from warehouse.text.increment import SEEN, forget, reading

TABLE = "text.candidate"
KIND = "text_link_review"
_AT_ONCE = 200_000  # texts
# Every way in which an entity stood in the register, and when it no longer did; a row counts from when it was known.
NAMES = """
with told as (
    select c.entity_id, r.name, r.district_code, r.industry_code, r.status,
        greatest(r.known_at, c.known_at) as known_at,
        replace(r.address, coalesce(d.district_name, '〇'), '') as place,
        nullif(regexp_extract(place, '([^市区县]{1,6}[路街巷道])[0-9]', 1), '') as street
    from raw.registration as r
    join entity.code as c on c.entity_code = r.entity_code
    left join entity.district as d on d.district_code = r.district_code
    cross join run.info as i
    where r.event_date <= i.as_of and r.known_at < i.known_by
)
select t.entity_id, t.name, t.district_code, t.industry_code, t.street, min(t.known_at) as known_at,
    any_value(e.ended_at) as ended_at
from told as t
left join (select entity_id, min(known_at) as ended_at from told where status <> 'active' group by entity_id) as e
    on e.entity_id = t.entity_id
group by t.entity_id, t.name, t.district_code, t.industry_code, t.street
"""
# What the register tells, and the instant from which it tells otherwise than when the table was made.
_TOLD = """
select entity_id, name, district_code, industry_code, street, known_at from {names}
union all select distinct entity_id, null, null, null, null, ended_at from {names} where ended_at is not null
"""
_NOW, _BEFORE = _TOLD.format(names="text_name_now"), _TOLD.format(names="delta.text_name")
_CHANGED = f"""
with now as ({_NOW}), before as ({_BEFORE})
select min(known_at) from ((from now except from before) union all (from before except from now)) as c
"""
_DELIVERED = f"""
insert into {TABLE}
select cast(k.feed_id as varchar), k.text_id, k.known_at, k.entity_id, 1.0, 'delivered'
from known.text_item as k
semi join text_new as n
    on n.feed_id = cast(k.feed_id as varchar) and n.text_id = k.text_id and n.known_at = k.known_at
where k.entity_id is not null
"""
_UNNAMED = """
create or replace temp table text_unnamed as
select row_number() over (order by n.known_at, n.feed_id, n.text_id) - 1 as text_no,
    n.feed_id, n.text_id, n.known_at, k.district_code, coalesce(k.title || '，', '') || k.body as text
from known.text_item as k
join text_new as n on n.feed_id = cast(k.feed_id as varchar) and n.text_id = k.text_id and n.known_at = k.known_at
where k.entity_id is null
"""


def write_candidates(engine: DuckDBEngine, policy: InForce, recipe: str) -> int:
    """Bring `text.candidate` up to the texts and names in force and return its rows.

    Only new texts are read, and those that were known when the register said otherwise than it does now.
    """
    columns = {c.name: c.type for c in contracts("text")["candidate"].columns}
    engine.run(f"create or replace temp table text_name_now as {NAMES}")
    with reading(engine, TABLE, columns, recipe) as increment:
        if not increment.is_whole:
            _read_again(engine, engine.rows(_CHANGED)[0][0])
        engine.run("create or replace table delta.text_name as from text_name_now")
        forget(engine, TABLE, "text_gone")
        engine.run(_DELIVERED)
        engine.run(_UNNAMED)
        _judge(engine, policy)
        engine.run("drop table text_unnamed")
    engine.run("drop table text_name_now")
    return engine.count(TABLE)


def _read_again(engine: DuckDBEngine, since: datetime | None) -> None:
    """Take the texts known since an instant for new; what was said of them goes."""
    if since is not None:
        late = f"where known_at >= timestamp '{since}'"
        for name in ("text_gone", "text_new"):
            engine.run(f"insert into {name} select * from {SEEN} {late} except from {name}")


def _judge(engine: DuckDBEngine, policy: InForce) -> None:
    """Add the candidates of the texts that no delivered name settles."""
    total = engine.count("text_unnamed")
    if not total:
        return
    weights = policy.value("matching.text_link_weight")
    found_in = register(engine, policy, weights)
    for first in range(0, total, _AT_ONCE):
        part = f"text_no between {first} and {first + _AT_ONCE - 1}"
        texts = engine.frame(f"select * from text_unnamed where {part} order by text_no").with_columns(
            bare(pl.col("text"))
        )
        found = candidates(weighed(found_in, texts), weights)
        keys = texts.select("feed_id", "text_id", "known_at", text_no=pl.int_range(pl.len(), dtype=pl.Int64))
        named = found.rename({"text": "text_no"}).join(keys, on="text_no", maintain_order="left")
        engine.append_frame(TABLE, named.select(c.name for c in contracts("text")["candidate"].columns))


def register(engine: DuckDBEngine, policy: InForce, weights: dict[str, Any]) -> Register:
    """The names of the temporary table `text_name_now` (made by NAMES), ready to be found in texts."""
    names = engine.frame("select * from text_name_now order by all")
    districts = engine.frame("select district_code as code, district_name as name from entity.district order by code")
    places = [*policy.value("matching.place_word"), *districts["name"]]
    patterns = aliases(names["name"], places, weights["least_plain"], weights["least_brand"])
    return Register(names, patterns, districts, weights["most_bearers"])


def write_verdicts(engine: DuckDBEngine, events: Sequence[Event]) -> int:
    """(Re)build `text.link_verdict` from the events of `KIND`, the last one of each pair, and return its rows."""
    last = {}
    for event in events:
        feed_id, text_id = event.subject.split("|", 1)
        row = {"feed_id": feed_id, "text_id": text_id, **event.payload, "actor": event.actor, "reason": event.reason}
        last[event.subject, int(event.payload["entity_id"])] = row | {"decided_at": event.at}
    columns = {c.name: c.type for c in contracts("text")["link_verdict"].columns}
    return engine.load("text.link_verdict", columns, [last[pair] for pair in sorted(last)])
