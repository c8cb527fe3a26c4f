"""Which event every text and order belongs to, day by day as they became known; kept, so that a day is added to others.

How texts gather stands in models/text/events.py; what is told of events in topics.py. Days of the current or an earlier
month are gone through again, from its first day, where something came late.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import polars as pl

from models.text.alike import NONE
from models.text.events import Rule, Texts, become, gathered
from models.text.terms import SIZE, Ints, terms
from warehouse.engine import DuckDBEngine
from warehouse.stamps import Stamps, digest

READS = ("entity.district", "known.text_item", "known.service_case", "text.link", "text.repost")
_STAMP = "delta.topic_item recipe"
_ZONE_HOURS = 8  # days are those of Shanghai, instants UTC
# Reposts are left out: they count for the event of the text that they repeat, and make none themselves.
_ITEMS = f"""
create or replace temp table topic_now as
with linked as (
    select feed_id, text_id, known_at, arg_max(entity_id, (link_probability, -entity_id)) as entity_id
    from text.link where is_linked group by feed_id, text_id, known_at
),

told as (
    select 'text' as item_kind, cast(t.feed_id as varchar) as feed_id, t.text_id as item_id, t.known_at,
        t.published_at as said_at, t.district_code, l.entity_id, hash(t.body) as said_hash
    from known.text_item as t
    left join linked as l on l.feed_id = t.feed_id and l.text_id = t.text_id and l.known_at = t.known_at
    left join text.repost as r on r.feed_id = t.feed_id and r.text_id = t.text_id and r.known_at = t.known_at
    where r.text_id is null and t.known_at >= {{since}}
    union all
    select 'case', cast(c.feed_id as varchar), c.case_id, c.known_at, c.opened_at, c.district_code, c.entity_id,
        hash(c.title)
    from known.service_case as c
    where c.case_kind in ('hotline', 'message') and c.title is not null and c.known_at >= {{since}}
)

select
    t.* exclude (said_hash),
    cast(t.known_at + interval {_ZONE_HOURS} hour as date) as told_on,
    hash(t.known_at, t.said_at, t.district_code, t.entity_id, t.said_hash) as content_hash
from told as t
"""
# What was said, of the days that are gone through: of all of them it takes longer than a day does.
_SAID = """
create or replace temp table topic_said as
with told as (
    select n.*, t.body as said
    from topic_now as n
    join known.text_item as t on t.feed_id = n.feed_id and t.text_id = n.item_id and t.known_at = n.known_at
    where n.item_kind = 'text' and n.told_on >= date '{since}'
    union all
    select n.*, c.title
    from topic_now as n
    join known.service_case as c on c.feed_id = n.feed_id and c.case_id = n.item_id and c.known_at = n.known_at
    where n.item_kind = 'case' and n.told_on >= date '{since}'
)

select
    t.* replace (
        coalesce({named}, t.district_code) as district_code,
        case t.item_kind when 'case' then {bare} else t.said end as said
    )
from told as t
"""
_KEY = "item_kind, feed_id, item_id"
_SAME = " and ".join(f"n.{name} = o.{name}" for name in (*_KEY.split(", "), "content_hash"))
_TABLES = {
    "topic_item": "position bigint, item_kind varchar, feed_id varchar, item_id varchar, told_on date,"
    " content_hash ubigint, event_no bigint",
    "topic_merge": "event_no bigint, into_no bigint, told_on date",
    "topic_term": "month date, term integer, text_count bigint",
}


@dataclass
class _Stream:
    """Terms seen in the texts so far, how many these are, and the events of the texts of the window."""

    seen: Ints
    texts: int
    event: Ints


def bring_up(engine: DuckDBEngine, rule: Rule, since: date, recipe: str) -> None:
    """Put every item known since a day into its event: `delta.topic_item`, `delta.topic_merge`."""
    districts = engine.rows(
        "select district_code, district_name from entity.district order by length(district_name) desc, 1"
    )
    engine.run(_ITEMS.format(since=f"timestamp '{since}' - interval {_ZONE_HOURS} hour"))
    rest = f"{recipe} since {since} in {digest(districts)}"
    stamps = Stamps(engine)
    kept = stamps.get(_STAMP)
    with engine.transaction():
        if kept is None or kept.stamp != rest or not engine.exists("delta.topic_item"):
            for name, columns in _TABLES.items():
                engine.run(f"create or replace table delta.{name} ({columns})")
        first = _first_day(engine)
        if first is not None:
            for name, column in (("topic_item", "told_on"), ("topic_merge", "told_on"), ("topic_term", "month")):
                engine.run(f"delete from delta.{name} where {column} >= date '{first}'")
            engine.run(_said(districts, first - timedelta(days=rule.window_days)))
            _go_through(engine, rule, first)
            engine.run("drop table topic_said")
        stamps.put(_STAMP, rest)
    engine.run("drop table topic_now")


def _said(districts: Sequence[tuple[str, str]], since: date) -> str:
    """What to gather of the days from one on: the district that a text names stands above where it was sent from.

    Titles of orders all name one, so that it says nothing there about the matter. `districts`: the longest name first.
    """
    named, bare = "null", "t.said"
    for _, name in districts:
        bare = f"replace({bare}, '{name}', '，')"
    for code, name in reversed(districts):
        named = f"case when contains(t.said, '{name}') then '{code}' else {named} end"
    return _SAID.format(named=named, bare=bare, since=since)


def _first_day(engine: DuckDBEngine) -> date | None:
    """The first day to go through: of items that are new, or the month of those that changed, left or came late."""
    new, gone, last = engine.rows(
        f"select (select min(n.told_on) from topic_now as n anti join delta.topic_item as o on {_SAME}),"
        f" (select min(o.told_on) from delta.topic_item as o anti join topic_now as n on {_SAME}),"
        " (select max(told_on) from delta.topic_item)"
    )[0]
    if new is not None and gone is None and (last is None or new > last):
        return date(new.year, new.month, new.day)
    found = [day for day in (new, gone) if day is not None]
    return min(found).replace(day=1) if found else None


def _go_through(engine: DuckDBEngine, rule: Rule, first: date) -> None:
    """Put the items of the days from `first` on into events."""
    ((texts, position),) = engine.rows("select count(*), coalesce(max(position) + 1, 0) from delta.topic_item")
    seen = np.zeros(SIZE, dtype=np.int64)
    told = engine.frame(
        "select term, cast(sum(text_count) as bigint) as text_count from delta.topic_term group by term"
    )
    seen[told["term"].to_numpy()] = told["text_count"].to_numpy()
    window = _window(engine, first - timedelta(days=rule.window_days))
    stream = _Stream(seen, texts, window["event_no"].to_numpy().astype(np.int64))
    for month in _months(engine, first):
        frame = engine.frame(
            f"select * from topic_said where told_on >= date '{first}'"
            f" and date_trunc('month', told_on) = date '{month}' order by told_on, said_at, {_KEY}"
        )
        frame = frame.with_columns(position=pl.int_range(position, position + len(frame), dtype=pl.Int64))
        position += len(frame)
        window = _month(engine, rule, stream, window, frame, month)


def _month(
    engine: DuckDBEngine, rule: Rule, stream: _Stream, window: pl.DataFrame, frame: pl.DataFrame, month: date
) -> pl.DataFrame:
    """Go through the days of (the rest of) a month; returns the window after it."""
    shared = [c for c in window.columns if c != "event_no"]
    whole = pl.concat([window.select(shared), frame.select(shared)])
    found = terms(whole["said"])
    texts = Texts.of(found, _numbers(whole["district_code"]), _numbers(whole["entity_id"]))
    day = whole["told_on"].to_physical().to_numpy()
    event = np.concatenate([stream.event, np.full(len(frame), NONE)])
    given, merges = event.copy(), []
    for start, end in _days(day, len(window)):
        since = int(np.searchsorted(day, day[start] - rule.window_days + 1))
        first = int(whole["position"][start])
        both = texts.rows(since, end)
        event[start:end], merged = gathered(rule, both, event[since:start], first, stream.seen, stream.texts)
        given[start:end] = event[start:end]
        event[since:start] = become(event[since:start], merged)
        merges += [(younger, older, whole["told_on"][start]) for younger, older in merged.items()]
        np.add.at(stream.seen, found.indices[found.indptr[start] : found.indptr[end]], 1)
        stream.texts += end - start
    fresh = np.bincount(found[len(window) :].indices, minlength=SIZE)
    engine.append_frame(
        "delta.topic_item",
        frame.select("position", *_KEY.split(", "), "told_on", "content_hash").with_columns(
            event_no=pl.Series(given[len(window) :])
        ),
    )
    engine.append_frame(
        "delta.topic_merge",
        pl.DataFrame(merges, schema={"event_no": pl.Int64, "into_no": pl.Int64, "told_on": pl.Date}, orient="row"),
    )
    at = np.flatnonzero(fresh)
    engine.append_frame(
        "delta.topic_term",
        pl.DataFrame({"month": pl.Series([month] * len(at), dtype=pl.Date), "term": at, "text_count": fresh[at]}),
    )
    kept = int(np.searchsorted(day, day[-1] - rule.window_days + 1))
    stream.event = event[kept:]
    return whole[kept:]


def _window(engine: DuckDBEngine, since: date) -> pl.DataFrame:
    """The items kept since a day, with the event that each belongs to by now."""
    frame = engine.frame(
        f"select o.position, n.told_on, n.district_code, n.entity_id, n.said, o.event_no from delta.topic_item as o"
        f" join topic_said as n on {_SAME} where o.told_on >= date '{since}' order by o.position"
    )
    return frame.with_columns(event_no=pl.Series(followed(engine, frame["event_no"]), dtype=pl.Int64))


def followed(engine: DuckDBEngine, event_no: pl.Series) -> Ints:
    """The events that events became one with, at the end of every chain."""
    merges = dict(engine.rows("select event_no, into_no from delta.topic_merge order by told_on, event_no"))
    found = []
    for number in event_no.to_list():
        end = number
        while end in merges:
            end = merges[end]
        found.append(end)
    return np.array(found, dtype=np.int64)


def _months(engine: DuckDBEngine, first: date) -> list[date]:
    found = engine.rows(
        "select distinct cast(date_trunc('month', told_on) as date) from topic_said"
        f" where told_on >= date '{first}' order by 1"
    )
    return [month for (month,) in found]


def _days(day: Ints, start: int) -> Iterator[tuple[int, int]]:
    """First and last row (exclusive) of each day from a row on."""
    starts = start + np.flatnonzero(np.diff(day[start:], prepend=-1))
    yield from zip(starts.tolist(), [*starts[1:].tolist(), len(day)], strict=True)


def _numbers(values: pl.Series) -> Ints:
    """Numbers that stand for values, in their order; NONE where there is none."""
    distinct = values.drop_nulls().unique().sort()
    return (
        values.replace_strict(distinct, range(len(distinct)), default=NONE, return_dtype=pl.Int64)
        .fill_null(NONE)
        .to_numpy()
    )
