"""`text.event` and `text.event_item`: what many speak of these days, how hot it is, and the texts that show it.

Which texts are of one event stands in topic_stream.py; heat and labels in models/text.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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
    topic_stream.bring_up(engine, rule, date(as_of.year - value["since_years"], 1, 1), recipe)
    listed = engine.frame(_LISTED.format(first=as_of.fromordinal(as_of.toordinal() - value["listed_days"]), last=as_of))
    listed = listed.with_columns(event_no=pl.Series(topic_stream.followed(engine, listed["event_no"]), dtype=pl.Int64))
    listed = listed.filter(pl.len().over("event_no") >= value["least_texts"])
    listed = listed.join(_begun(engine, listed["event_no"]), on="event_no", maintain_order="left")
    read = listed.filter(pl.int_range(pl.len()).over("event_no") < _MOST_READ)
    number = read["event_no"].to_numpy()
    told = Told.by(number, read["said"], _weights(engine, rule.common_share))
    labels = told.labels(number, read["said"])
    _load(engine, "event_item", _items(listed, told, value["shown_texts"], policy.value("text.excerpt")["letters"]))
    return _load(engine, "event", _counted(heat_rule, listed, as_of, value, labels))


def _begun(engine: DuckDBEngine, numbers: pl.Series) -> pl.DataFrame:
    """Of events their id, which is made of their first text, and the day on which that was told."""
    first = engine.frame(
        "select position as event_no, item_kind, feed_id, item_id, told_on from delta.topic_item"
        " where position = event_no"
    )
    first = first.filter(pl.col("event_no").is_in(numbers.unique().implode()))
    ids = [digest(*key)[:12] for key in first.select("item_kind", "feed_id", "item_id").iter_rows()]
    return first.select("event_no", "told_on", event_id=pl.Series(ids, dtype=pl.String))


def _weights(engine: DuckDBEngine, common_share: float) -> Numbers:
    seen = np.zeros(SIZE, dtype=np.int64)
    told = engine.frame(
        "select term, cast(sum(text_count) as bigint) as text_count from delta.topic_term group by term"
    )
    seen[told["term"].to_numpy()] = told["text_count"].to_numpy()
    return rarity(seen, engine.count("delta.topic_item"), common_share)


def _counted(
    rule: HeatRule, listed: pl.DataFrame, as_of: date, value: Mapping[str, Any], labels: Mapping[int, str]
) -> list[dict[str, Any]]:
    """Events with their counts, parts of the heat, and district, subject and department of most of their items."""
    days = range(value["listed_days"])
    age, event_date, weight = (pl.col(name) for name in ("age", "event_date", "weight"))
    aged = listed.with_columns(age=(pl.lit(as_of) - event_date).dt.total_days())
    decay = [rule.decay_micro(day) for day in days]
    aged = aged.with_columns(weight=age.replace_strict(list(days), decay, return_dtype=pl.Int64))
    counts = aged.group_by("event_no", maintain_order=True).agg(
        pl.col("event_id", "told_on").first(),
        first_on=event_date.min(),
        rose_on=event_date.sort().get(value["least_texts"] - 1),
        last_seen_on=event_date.max(),
        text_count=pl.len(),
        order_count=(pl.col("item_kind") == "case").sum(),
        repost_items=pl.col("is_repost").sum(),
        author_count=pl.col("person").n_unique(),
        engagement_count=pl.col("engagement_count").sum(),
        texts=weight.sum(),
        engaged=(weight * pl.col("engagement_count")).sum(),
    )
    people = dict(
        aged.group_by("event_no", "person").agg(weight.max()).group_by("event_no").agg(weight.sum()).iter_rows()
    )
    by_age = {
        (n, day): c for n, day, c in aged.group_by("event_no", "age").agg(pl.col("person").n_unique()).iter_rows()
    }
    most = {name: _most(listed, name) for name in ("district_code", "entity_id", "department_id")}
    events = []
    for row in counts.iter_rows(named=True):
        number = row["event_no"]
        rise = growth(rule, [by_age.get((number, day), 0) for day in days])
        measured = heat(rule, people[number], row["texts"], row["engaged"], rise)
        parts = {f"{name}_score": points / 100 for name, points in vars(measured).items()}
        of_most = {name: found.get(number) for name, found in most.items()}
        first = min(row["told_on"], row["first_on"])
        events.append({**row, **parts, **of_most, "event_label": labels[number], "first_seen_on": first})
    return events


def _most(listed: pl.DataFrame, name: str) -> dict[int, Any]:
    """Of each event the most frequent known value, the lowest of several."""
    known = listed.drop_nulls(name).group_by("event_no", name).len()
    known = known.sort("event_no", "len", name, descending=[False, True, False])
    return dict(known.unique("event_no", keep="first", maintain_order=True).select("event_no", name).iter_rows())


def _items(listed: pl.DataFrame, told: Told, shown: int, letters: int) -> list[dict[str, Any]]:
    """Every item of the events; the most typical ones of different people, originals first, with an excerpt."""
    close = told.closeness(listed["event_no"].to_numpy(), listed["said"])
    listed = listed.with_row_index("at").with_columns(close=close)
    typical = listed.sort("event_no", "is_repost", "close", "at", descending=[False, False, True, False])
    typical = typical.unique(["event_no", "person"], keep="first", maintain_order=True)
    typical = typical.with_columns(rank_no=pl.int_range(1, pl.len() + 1).over("event_no")).filter(
        pl.col("rank_no") <= shown
    )
    typical = typical.select("at", "rank_no", excerpt=excerpt(typical["said"], letters))
    return listed.join(typical, on="at", how="left", maintain_order="left").to_dicts()


def _load(engine: DuckDBEngine, name: str, rows: Sequence[dict[str, Any]]) -> int:
    columns = {c.name: c.type for c in contracts("text")[name].columns}
    return engine.load(f"text.{name}", columns, rows)
