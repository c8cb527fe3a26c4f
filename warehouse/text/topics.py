"""`text.event` and `text.event_item`: what many speak of these days, how hot it is, and the texts that show it.

Which texts are of one event stands in topic_stream.py; heat and labels in models/text.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import numpy as np
import polars as pl

from models.policy.loader import InForce
from models.text.events import Rule
from models.text.excerpt import excerpt
from models.text.heat import HeatRule, growth, heat
from models.text.label import Told
from models.text.terms import SIZE, Numbers, rarity
from warehouse.catalog import contracts
from warehouse.engine import DuckDBEngine
from warehouse.stamps import digest
from warehouse.text import topic_stream

READS = topic_stream.READS
_MOST_READ = 200  # texts of an event that its label is made from
# Every item of the last days with its event; a repost stands with the text that it repeats.
_LISTED = """
with placed as (
    select o.event_no, o.item_kind, o.feed_id, o.item_id, o.position, false as is_repost from delta.topic_item as o
    union all
    select o.event_no, 'text', r.feed_id, r.text_id, o.position, true
    from text.repost as r
    join delta.topic_item as o on o.item_kind = 'text' and o.feed_id = r.first_feed_id and o.item_id = r.first_text_id
),

said as (
    select 'text' as item_kind, cast(t.feed_id as varchar) as feed_id, t.text_id as item_id, t.event_date,
        t.district_code, l.entity_id, cast(null as varchar) as department_id, t.author_id,
        coalesce(t.like_count, 0) + coalesce(t.comment_count, 0) + coalesce(t.repost_count, 0) as engagement_count,
        t.body as said
    from known.text_item as t
    left join text.link as l
        on l.feed_id = t.feed_id and l.text_id = t.text_id and l.known_at = t.known_at and l.is_linked
    union all
    select 'case', cast(c.feed_id as varchar), c.case_id, c.event_date,
        c.district_code, c.entity_id, c.department_id, c.caller_id, 0, c.title
    from known.service_case as c
)

select p.event_no, p.item_kind, p.feed_id, p.item_id, p.is_repost, s.event_date,
    min(s.district_code) as district_code, min(s.entity_id) as entity_id, min(s.department_id) as department_id,
    min(coalesce(p.item_kind || s.author_id, p.item_id)) as person, max(s.engagement_count) as engagement_count,
    min(s.said) as said, min(p.position) as position
from placed as p
join said as s on s.item_kind = p.item_kind and s.feed_id = p.feed_id and s.item_id = p.item_id
where s.event_date > date '{first}' and s.event_date <= date '{last}'
group by all
order by position, is_repost, item_id
"""


def write_topics(engine: DuckDBEngine, policy: InForce, as_of: date, recipe: str) -> int:
    """(Re)build both tables as of a day and return the number of events."""
    value = policy.value("text.topic")
    rule, heat_rule = Rule.of(value), HeatRule.of(policy.value("text.heat"))
    letters = policy.value("text.excerpt")["letters"]
    topic_stream.bring_up(engine, rule, date(as_of.year - value["since_years"], 1, 1), recipe)
    listed = engine.frame(_LISTED.format(first=as_of.fromordinal(as_of.toordinal() - value["listed_days"]), last=as_of))
    listed = listed.with_columns(event_no=pl.Series(topic_stream.followed(engine, listed["event_no"]), dtype=pl.Int64))
    listed = listed.filter(pl.len().over("event_no") >= value["least_texts"])
    listed = listed.with_columns(age=(pl.lit(as_of) - pl.col("event_date")).dt.total_days())
    first = engine.frame(
        "select position as event_no, item_kind, feed_id, item_id, told_on from delta.topic_item"
        " where position = event_no"
    )
    first = first.join(listed.select("event_no").unique(), on="event_no", how="semi")
    ids = {r["event_no"]: digest(r["item_kind"], r["feed_id"], r["item_id"])[:12] for r in first.iter_rows(named=True)}
    began = dict(first.select("event_no", "told_on").iter_rows())
    weights = _weights(engine, rule.common_share)
    events, items = [], []
    for (number,), of_event in listed.group_by("event_no", maintain_order=True):
        event_id = ids[number]
        told = Told.by(of_event["said"].head(_MOST_READ), weights)
        events.append(
            {
                "event_id": event_id,
                "event_label": told.label(of_event["said"].head(_MOST_READ)),
                "first_seen_on": min(began[number], of_event["event_date"].min()),
                "rose_on": of_event["event_date"].sort()[value["least_texts"] - 1],
                **_counted(heat_rule, of_event, value["listed_days"]),
            }
        )
        items += _items(event_id, of_event, told, value["shown_texts"], letters)
    _load(engine, "event_item", items)
    return _load(engine, "event", events)


def _weights(engine: DuckDBEngine, common_share: float) -> Numbers:
    seen = np.zeros(SIZE, dtype=np.int64)
    told = engine.frame(
        "select term, cast(sum(text_count) as bigint) as text_count from delta.topic_term group by term"
    )
    seen[told["term"].to_numpy()] = told["text_count"].to_numpy()
    return rarity(seen, engine.count("delta.topic_item"), common_share)


def _counted(rule: HeatRule, items: pl.DataFrame, days: int) -> dict[str, Any]:
    """Counts, parts of the heat, district, subject and department of the items of an event."""
    decay = [rule.decay_micro(age) for age in range(days)]
    aged = items.with_columns(weight=pl.col("age").replace_strict(range(days), decay, return_dtype=pl.Int64))
    people = aged.group_by("person").agg(pl.col("weight").max())["weight"]
    engaged = aged["weight"] * aged["engagement_count"]
    by_day = dict(items.group_by("age").agg(pl.col("person").n_unique()).iter_rows())
    rise = growth(rule, [by_day.get(age, 0) for age in range(days)])
    measured = heat(rule, int(people.sum()), int(aged["weight"].sum()), int(engaged.sum()), rise)
    return {
        "last_seen_on": items["event_date"].max(),
        "district_code": _most(items["district_code"]),
        "entity_id": _most(items["entity_id"]),
        "department_id": _most(items["department_id"]),
        "text_count": len(items),
        "order_count": int((items["item_kind"] == "case").sum()),
        "repost_items": int(items["is_repost"].sum()),
        "author_count": items["person"].n_unique(),
        "engagement_count": int(items["engagement_count"].sum()),
        "people_score": measured.people / 100,
        "texts_score": measured.texts / 100,
        "engagement_score": measured.engagement / 100,
        "growth_score": measured.growth / 100,
        "heat_score": measured.heat / 100,
    }


def _most(values: pl.Series) -> Any:
    """The most frequent known value, the lowest of several; None where none is known."""
    known = values.drop_nulls().value_counts().sort("count", values.name, descending=[True, False])
    return known[values.name][0] if len(known) else None


def _items(event_id: str, items: pl.DataFrame, told: Told, shown: int, letters: int) -> list[dict[str, Any]]:
    """Every item of an event; the most typical ones of different people, originals first, with an excerpt."""
    rank: dict[int, int] = {}
    people: set[str] = set()
    person, is_repost = items["person"].to_list(), items["is_repost"].to_list()
    for at in sorted(told.typical(items["said"]).tolist(), key=is_repost.__getitem__):
        if len(rank) == shown:
            break
        if person[at] not in people:
            people.add(person[at])
            rank[at] = len(rank) + 1
    excerpts = excerpt(items["said"], letters)
    return [
        {name: row[name] for name in ("item_kind", "feed_id", "item_id", "event_date", "is_repost")}
        | {"event_id": event_id, "rank_no": rank.get(at), "excerpt": excerpts[at] if at in rank else None}
        for at, row in enumerate(items.iter_rows(named=True))
    ]


def _load(engine: DuckDBEngine, name: str, rows: Sequence[dict[str, Any]]) -> int:
    columns = {c.name: c.type for c in contracts("text")[name].columns}
    return engine.load(f"text.{name}", columns, rows)
