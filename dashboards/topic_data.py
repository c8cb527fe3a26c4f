"""Named queries behind the page 热点话题: the hottest events, their days and the texts that show them.

Rows of the viewer's districts; what no district is known of is for viewers of the whole zone.
"""

from collections.abc import Sequence
from datetime import date, timedelta

import polars as pl

from dashboards.door import Door

WINDOWS = {"7": "近 7 日", "14": "近 14 日", "30": "近 30 日"}


def hottest(door: Door, districts: Sequence[str], days: int, most: int) -> pl.DataFrame:
    """The hottest events that were spoken of in the last days, the hottest first."""
    return door.frame(
        "select t.* from mart.topic as t cross join run.info as r"
        " where t.last_seen_on > r.as_of - cast($days as integer)"
        " and (len($chosen) = 0 or t.district_code = any($chosen))"
        " order by t.heat_score desc, t.event_id limit $most",
        {"days": days, "chosen": list(districts), "most": most},
    )


def by_day(door: Door, event_ids: Sequence[str]) -> pl.DataFrame:
    """Texts of events by day."""
    return door.frame(
        "select event_id, day, text_count from mart.topic_day where event_id = any($ids) order by 1, 2",
        {"ids": list(event_ids)},
    )


def shown(door: Door, event_ids: Sequence[str]) -> pl.DataFrame:
    """The texts that show best what events are about."""
    return door.frame(
        "select event_id, rank_no, item_kind, event_date, excerpt from mart.topic_text where event_id = any($ids)"
        " order by 1, 2",
        {"ids": list(event_ids)},
    )


def days(door: Door, count: int = 30) -> list[date]:
    """The last days up to the as-of day, oldest first."""
    last = door.frame("select max(as_of) as as_of from run.info").item()
    return [last - timedelta(days=back) for back in reversed(range(count))]
