"""`text.repost`: texts that repeat an earlier one, each with the first of its group.

How a repetition is told stands in models/text/reposts.py. A text is held against those of the days before it only, so
that a day's delivery is read beside no more than these.
"""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import polars as pl

from models.policy.loader import InForce
from models.text.reposts import repeats
from models.text.shingles import roots
from warehouse.catalog import contracts
from warehouse.engine import DuckDBEngine
from warehouse.text.increment import forget, reading

TABLE = "text.repost"
_SLAB_DAYS = 150  # read at once, beside the days before
_DIGITS = 6
_TEXTS = """
select cast(feed_id as varchar) as feed_id, text_id, known_at, event_date, body
from known.text_item where event_date between date '{first}' and date '{last}'
order by published_at, feed_id, text_id, known_at
"""
_FORGET = f"""
delete from {TABLE} where (feed_id, text_id, known_at) in (
    select (cast(feed_id as varchar), text_id, known_at) from known.text_item
    where event_date between date '{{first}}' and date '{{last}}')
"""


def write_reposts(engine: DuckDBEngine, policy: InForce, recipe: str) -> int:
    """Bring `text.repost` up to the texts in force and return its rows."""
    rule = policy.value("text.repost")
    reach = timedelta(days=int(rule["within_days"]))
    columns = {c.name: c.type for c in contracts("text")["repost"].columns}
    with reading(engine, TABLE, columns, recipe) as increment:
        forget(engine, TABLE, "text_gone")
        touched = engine.rows(
            "select event_date from text_new union select event_date from text_gone order by event_date"
        )
        for first, last in _slabs([day for (day,) in touched], reach):
            if not increment.is_whole:
                engine.run(_FORGET.format(first=first, last=last))
            texts = engine.frame(_TEXTS.format(first=first - reach, last=last))
            _tell(engine, texts, first, float(rule["least_similarity"]), reach.days)
        if touched:
            _gather(engine)
    return engine.count(TABLE)


def _slabs(days: list[date], reach: timedelta) -> list[tuple[date, date]]:
    """Days on which a text may repeat one of `days`, in stretches that fit into memory."""
    stretches: list[tuple[date, date]] = []
    for day in days:
        if stretches and day <= stretches[-1][1] + timedelta(days=1):
            stretches[-1] = (stretches[-1][0], day + reach)
        else:
            stretches.append((day, day + reach))
    step = timedelta(days=_SLAB_DAYS)
    return [
        (first + n * step, min(first + (n + 1) * step - timedelta(days=1), last))
        for first, last in stretches
        for n in range((last - first) // step + 1)
    ]


def _tell(engine: DuckDBEngine, texts: pl.DataFrame, first: date, least: float, days: int) -> None:
    """Tell what the texts from a day on repeat."""
    if texts.is_empty():
        return
    day = texts["event_date"].to_physical().to_numpy().astype(np.int64)
    found = repeats(texts["body"], day, least, days, since=(first - date(1970, 1, 1)).days)
    told = texts.select("feed_id", "text_id", "known_at", "event_date").with_columns(
        repeated_feed_id=texts["feed_id"].gather(found.parent),
        repeated_text_id=texts["text_id"].gather(found.parent),
        similarity=pl.Series(found.similarity).round(_DIGITS),
        is_repost=pl.Series(found.parent != np.arange(len(texts))),
    )
    told = told.filter("is_repost").with_columns(first_feed_id="repeated_feed_id", first_text_id="repeated_text_id")
    engine.append_frame(TABLE, told.select(c.name for c in contracts("text")["repost"].columns))


def _gather(engine: DuckDBEngine) -> None:
    """Name the first text of every group: chains of repetitions are followed to their end."""
    told = engine.frame(f"select * from {TABLE} order by feed_id, text_id, known_at")
    own = told.select("feed_id", "text_id", number=pl.int_range(pl.len(), dtype=pl.Int64))
    repeated = told.select(feed_id="repeated_feed_id", text_id="repeated_text_id")
    before = repeated.join(own, on=["feed_id", "text_id"], how="left", maintain_order="left")["number"]
    parent = before.fill_null(pl.Series(range(len(told)), dtype=pl.Int64)).to_numpy()
    end = roots(parent)
    firsts = told.with_columns(
        first_feed_id=told["repeated_feed_id"].gather(end), first_text_id=told["repeated_text_id"].gather(end)
    )
    # Not deleted and written again: a transaction that deletes rows of its own left 50 bytes for every text in memory.
    engine.load_frame(TABLE, firsts)
