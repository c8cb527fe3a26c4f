"""Source `text_item`: short public texts that praise, blame or mention an entity in keeping with its true tendency.

Not here: what the text models make of them. Phrases are in texts.yaml; authors are numbers.
"""

from functools import cache
from typing import Any

import numpy as np
import polars as pl
import yaml

from pipelines.feeds.simulated import days
from pipelines.feeds.simulated.chance import Chance, Flags, Floats, Ints
from pipelines.feeds.simulated.complaints import appeal
from pipelines.feeds.simulated.delivery import Courier, Source, instant_column, record_ids
from pipelines.feeds.simulated.dirt import NAME
from pipelines.feeds.simulated.names import OFFICIAL, SHORT
from pipelines.feeds.simulated.traits import PACK, TOPICS, districts, industries
from pipelines.feeds.simulated.world import World

TEXT_ITEM = Source("text_item", "文本编号", "jsonl", by_year=True)
POLARITIES = ("negative", "positive", "neutral")
NEGATIVE, POSITIVE, NEUTRAL = range(3)
_FULL_COUNT = 200_000
_ANONYMOUS = 0.22  # texts that mean no entity that could be found
_TAGGED = 0.25  # texts about an entity whose platform page names it
_REPOSTED = 0.04
_CHANNELS = pl.Series(["点评", "微博", "论坛", "短视频", "新闻跟帖"])
_HOURS = np.array([3, 2, 1, 0.5, 0.5, 0.6, 1, 2, 3, 4, 4.5, 5, 6.5, 6, 4.5, 4, 4, 4.5, 6, 7, 8, 8.5, 7.5, 5])


@cache
def _phrases() -> dict[str, Any]:
    phrases: dict[str, Any] = yaml.safe_load((PACK / "texts.yaml").read_text(encoding="utf-8"))
    return phrases


def deliver_texts(world: World, courier: Courier) -> pl.DataFrame:
    """Write the texts; returns what each truly says of whom, for the answer files."""
    chance, entities = world.chance, world.entities
    row = np.arange(world.rows(_FULL_COUNT))
    entity = entities.weighted("text.entity", row, appeal(world) * np.sqrt(entities.size[: entities.count] + 0.2))
    day = entities.day_of_life("text.day", row, entity)
    anonymous = chance.happens("text.anonymous", row, _ANONYMOUS)
    polarity = _polarity(chance, row, entities.tendency[entity])

    source = np.maximum(row - 1 - chance.below("text.repost_of", row, 40), 0)
    wants = chance.happens("text.is_repost", row, _REPOSTED) & (row > 0)
    repost = wants & ~wants[source] & (day[source] + 2 < days.LAST)
    source = np.where(repost, source, row)
    entity, anonymous, polarity = entity[source], anonymous[source], polarity[source]
    day = np.where(repost, day[source] + chance.below("text.repost_after", row, 3), day)
    state = world.states.at(entity, day[source])
    hour = chance.choice("text.hour", row, _HOURS)
    second = day * 86400 + hour * 3600 + chance.below("text.second", row, 3600)

    body = _body(world, source, state, industries().topic[entities.industry[entity]], polarity, anonymous)
    again = pl.Series(["转发：", "转：", "//", "看看这个 "]).gather(chance.below("text.repost_mark", row, 4))
    body = pl.select(pl.when(pl.Series(repost)).then(again + body.alias("body")).otherwise(body)).to_series()
    key = record_ids("WB", row, 9)
    tagged = pl.Series(chance.happens("text.tagged", source, _TAGGED) & ~anonymous)
    frame = pl.DataFrame(
        {
            "文本编号": key,
            "渠道": _CHANNELS.gather(chance.choice("text.channel", row, [40, 22, 12, 16, 10])),
            NAME: pl.select(pl.when(tagged).then(world.names.spelt(state, OFFICIAL)).otherwise(None)).to_series(),
            "区划代码": districts().code.gather(world.states.district[state]),
            "标题": _title(chance, source, polarity),
            "正文": body,
            "作者标识": record_ids("YH", chance.below("text.author", row, max(len(row) // 4, 1)), 7),
            "发布时间": instant_column(second),
        }
    )
    courier.deliver(TEXT_ITEM, frame, row, day)
    original = pl.when(pl.Series(repost)).then(record_ids("WB", source, 9)).otherwise(None)
    code = pl.when(pl.Series(anonymous)).then(None).otherwise(entities.code.gather(entity))
    return pl.select(text_id=key, entity_code=code, polarity=pl.Series(POLARITIES).gather(polarity), repost_of=original)


def _polarity(chance: Chance, row: Ints, tendency: Floats) -> Ints:
    bad = np.minimum(0.14 + 0.16 * tendency, 0.85)
    good = (1 - bad) * 0.55
    draw = chance.unit("text.polarity", row)
    return np.where(draw < bad, NEGATIVE, np.where(draw < bad + good, POSITIVE, NEUTRAL))


def _body(world: World, source: Ints, state: Ints, topic: Ints, polarity: Ints, anonymous: Flags) -> pl.Series:
    """Opening, place, what happened and an ending; a repost hashes the row it repeats, so it says the same."""
    chance, phrases = world.chance, _phrases()
    cells = [phrases[POLARITIES[p]][TOPICS[t]] for p in range(len(POLARITIES)) for t in range(len(TOPICS))]
    count = np.array([len(cell) for cell in cells])
    cell = polarity * len(TOPICS) + topic
    told = pl.Series([phrase for listed in cells for phrase in listed])
    what = told.gather((np.cumsum(count) - count)[cell] + chance.below("text.phrase", source, count[cell]))
    short = chance.happens("text.short_name", source, 0.6)
    called = world.names.spelt(state, np.where(short, SHORT, OFFICIAL))
    stranger = pl.Series(phrases["stranger"]).gather(chance.below("text.stranger", source, len(phrases["stranger"])))
    area = districts().name.gather(world.states.district[state])
    parts = {
        name: pl.Series(phrases[name]).gather(chance.below(f"text.{name}", source, len(phrases[name])))
        for name in ("opening", "place", "ending")
    }
    frame = pl.DataFrame(
        {**parts, "what": what, "called": called, "stranger": stranger, "area": area, "anonymous": pl.Series(anonymous)}
    )
    who = pl.when("anonymous").then("stranger").otherwise("called")
    return frame.select(
        pl.concat_str(
            "opening",
            _filled("place", "{d}", pl.col("area")),
            _filled("what", "{e}", who),
            "ending",
        ).alias("body")
    )["body"]


def _filled(column: str, mark: str, by: pl.Expr) -> pl.Expr:
    """The text of a column with its one mark replaced by another column."""
    halves = pl.col(column).str.split_exact(mark, 1)
    first, second = halves.struct.field("field_0"), halves.struct.field("field_1")
    return pl.when(second.is_null()).then(pl.col(column)).otherwise(first + by + second)


def _title(chance: Chance, source: Ints, polarity: Ints) -> pl.Series:
    titles = _phrases()["title"]
    listed = pl.Series([title for name in POLARITIES for title in titles[name]])
    count = np.array([len(titles[name]) for name in POLARITIES])
    text = listed.gather((np.cumsum(count) - count)[polarity] + chance.below("text.title", source, count[polarity]))
    has_title = pl.Series(chance.happens("text.has_title", source, 0.4))
    return pl.select(pl.when(has_title).then(text).otherwise(None)).to_series()
