"""Source `text_item`: short public texts that praise, blame or mention an entity in keeping with its true tendency.

Not here: what the text models make of them. Phrases are in texts.yaml, what is planted in text_plants.py.
"""

from dataclasses import dataclass

import numpy as np
import polars as pl

from pipelines.feeds.simulated import days, phrases, text_plants
from pipelines.feeds.simulated.chance import Chance, Flags, Floats, Ints
from pipelines.feeds.simulated.complaints import appeal
from pipelines.feeds.simulated.delivery import Courier, Source, instant_column, record_ids
from pipelines.feeds.simulated.dirt import NAME
from pipelines.feeds.simulated.names import BRAND, MISSPELT, OFFICIAL, PLAIN, SHORT, SIGN, WIDTH
from pipelines.feeds.simulated.phrases import NEGATIVE, NEUTRAL, POLARITIES, POSITIVE
from pipelines.feeds.simulated.register import street
from pipelines.feeds.simulated.text_plants import Plants
from pipelines.feeds.simulated.traits import TOPICS, districts, industries
from pipelines.feeds.simulated.world import World

TEXT_ITEM = Source("text_item", "文本编号", "parquet")
_FULL_COUNT = 4_200_000
_MOST_AT_ONCE = 250_000  # rows of one file
_ANONYMOUS = 0.22  # texts that mean no entity that could be found
_TAGGED = 0.15  # texts about an entity whose platform page names it
_GEOTAGGED, _ELSEWHERE = 0.6, 0.03  # texts delivered with a district, and those of them with another than the entity's
_CHANNELS = pl.Series(["点评", "微博", "论坛", "短视频", "新闻跟帖"])
_FORMS = {OFFICIAL: 0.2, SHORT: 0.27, PLAIN: 0.17, BRAND: 0.16, SIGN: 0.15, WIDTH: 0.03, MISSPELT: 0.02}
_MENTIONS = {
    OFFICIAL: "official",
    SHORT: "short",
    WIDTH: "official",
    MISSPELT: "misspelt",
    PLAIN: "plain",
    BRAND: "brand",
    SIGN: "sign",
}
_HINTS = ("district", "street", "none")
_HOURS = np.array([3, 2, 1, 0.5, 0.5, 0.6, 1, 2, 3, 4, 4.5, 5, 6.5, 6, 4.5, 4, 4, 4.5, 6, 7, 8, 8.5, 7.5, 5])
_DAY = 86_400
_SMEARS = 4  # phrases that a brigade has between them
_APART = 1 << 40  # ids of brigades lie beyond those of rows


@dataclass(frozen=True)
class _Rows:
    """Who writes what about whom and when; of a repost: what the row says that it repeats. -1 where there is none."""

    row: Ints
    source: Ints
    entity: Ints
    polarity: Ints
    second: Ints  # local, since 1970
    said: Ints  # when what a repost repeats was written
    event: Ints
    brigade: Ints
    anonymous: Flags
    repeats: Flags

    def at(self, rows: Ints) -> "_Rows":
        """Some of the rows."""
        return _Rows(**{name: values[rows] for name, values in vars(self).items()})


@dataclass(frozen=True)
class _Plan:
    rows: _Rows
    events: Plants
    brigades: Plants


def deliver_texts(world: World, courier: Courier) -> dict[str, pl.DataFrame]:
    """Write the texts; returns what each truly says of whom, and what was planted, for the answer files."""
    plan = _plan(world)
    truth = []
    day = plan.rows.second // _DAY
    year = days.year_of(day)
    order = np.argsort(day, kind="stable")
    for part in np.unique(year).tolist():
        rows = order[year[order] == part]
        files = max(-(-len(rows) // _MOST_AT_ONCE), 1)
        for number, row in enumerate(np.array_split(rows, files)):
            frame, true = _written(world, plan, plan.rows.at(row))
            name = f"text_item_{part}" + (f"_{number:02}" if files > 1 else "")
            courier.deliver_part(TEXT_ITEM, name, frame, row, day[row])
            truth.append(true)
    return {
        "text_truth": pl.concat(truth),
        "text_event": plan.events.answer(world).rename({"plant_id": "event_id"}),
        "text_brigade": plan.brigades.answer(world).drop("matter").rename({"plant_id": "brigade_id"}),
    }


def _plan(world: World) -> _Plan:
    chance, entities = world.chance, world.entities
    row = np.arange(world.rows(_FULL_COUNT))
    weight = appeal(world) * np.sqrt(entities.size[: entities.count] + 0.2)
    entity = entities.weighted("text.entity", row, weight)
    day = entities.day_of_life("text.day", row, entity)
    anonymous = chance.happens("text.anonymous", row, _ANONYMOUS)
    polarity = _polarity(chance, row, entities.tendency[entity])

    brigades = text_plants.brigades(world, weight, len(row))
    events = text_plants.events(world, weight, len(row) - len(brigades.row))
    of = [np.full(len(row), -1), np.full(len(row), -1)]
    for plants, index in zip((events, brigades), of, strict=True):
        index[plants.row] = plants.of
        entity[plants.row] = plants.entity[plants.of]
        anonymous[plants.row] = plants.entity[plants.of] < 0
        polarity[plants.row] = NEGATIVE
        after = chance.below("text.planted_after", plants.row, plants.length[plants.of])
        day[plants.row] = plants.first[plants.of] + after

    repeats, source = text_plants.reposts(chance, row, day)
    repeats &= (of[0] < 0) & (of[1] < 0) & (of[0][source] < 0) & (of[1][source] < 0)
    source = np.where(repeats, source, row)
    second = day * _DAY + chance.choice("text.hour", row, _HOURS) * 3600 + chance.below("text.second", row, 3600)
    after = 300 + (chance.unit("text.repost_after", row) ** 2 * 5 * _DAY).astype(np.int64)
    later = np.where(repeats, second[source] + after, second)
    rows = _Rows(
        row, source, entity[source], polarity[source], later, second[source], of[0], of[1], anonymous[source], repeats
    )
    return _Plan(rows, events, brigades)


def _polarity(chance: Chance, row: Ints, tendency: Floats) -> Ints:
    bad = np.minimum(0.14 + 0.16 * tendency, 0.85)
    good = (1 - bad) * 0.55
    draw = chance.unit("text.polarity", row)
    return np.where(draw < bad, NEGATIVE, np.where(draw < bad + good, POSITIVE, NEUTRAL))


def _written(world: World, plan: _Plan, rows: _Rows) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The delivered frame of some rows, and what is true of them."""
    chance, entities, row, source = world.chance, world.entities, rows.row, rows.source
    entity, event, brigade = rows.entity, np.maximum(rows.event, 0), np.maximum(rows.brigade, 0)
    state = world.states.at(np.maximum(entity, 0), rows.said // _DAY)
    state = np.where((rows.event >= 0) & rows.anonymous, plan.events.state[event], state)
    form = np.array(list(_FORMS))[chance.choice("text.form", source, list(_FORMS.values()))]
    hint = chance.choice("text.hint", source, [0.4, 0.2, 0.4])
    body = _body(world, plan, rows, state, form, hint)
    key = record_ids("WB", row, 9)
    tagged = chance.happens("text.tagged", source, _TAGGED) & ~rows.anonymous & (rows.brigade < 0)
    elsewhere = chance.happens("text.elsewhere", row, _ELSEWHERE)
    strange = chance.below("text.other_district", row, len(districts().code))
    district = np.where(elsewhere, strange, world.states.district[state])
    writers = len(plan.rows.row) // 4 + 1
    few = writers + brigade * 8 + chance.below("text.brigade_author", row, plan.brigades.authors[brigade])
    author = np.where(rows.brigade >= 0, few, chance.below("text.author", row, writers))
    seen = np.exp(1.2 * chance.normal("text.seen", row) + np.where(rows.event >= 0, 1.5, 0.0))
    frame = pl.DataFrame(
        {
            "文本编号": key,
            "渠道": _CHANNELS.gather(chance.choice("text.channel", row, [40, 22, 12, 16, 10])),
            NAME: _kept(world.names.spelt(state, OFFICIAL), tagged),
            "区划代码": _kept(districts().code.gather(district), chance.happens("text.geotag", row, _GEOTAGGED)),
            "标题": _title(chance, source, rows.polarity),
            "正文": text_plants.altered(chance, body, row, rows.repeats),
            "作者标识": record_ids("YH", author, 7),
            "点赞数": (seen * 2).astype(np.int64),
            "评论数": (seen * 0.7).astype(np.int64),
            "转发数": (seen * 0.3).astype(np.int64),
            "发布时间": instant_column(rows.second),
        }
    )
    true = pl.DataFrame(
        {
            "text_id": key,
            "entity_code": _kept(entities.code.gather(np.maximum(entity, 0)), ~rows.anonymous),
            "polarity": pl.Series(POLARITIES).gather(rows.polarity),
            "repost_of": _kept(record_ids("WB", source, 9), rows.repeats),
            "mention": _kept(pl.Series([_MENTIONS[n] for n in range(len(_FORMS))]).gather(form), ~rows.anonymous),
            "hint": pl.Series(_HINTS).gather(hint),
            "event_id": _kept(plan.events.ids().gather(event), rows.event >= 0),
            "brigade_id": _kept(plan.brigades.ids().gather(brigade), rows.brigade >= 0),
        }
    )
    return frame, true


def _kept(values: pl.Series, there: Flags) -> pl.Series:
    return pl.select(pl.when(pl.Series(there)).then(values).alias(values.name)).to_series()


def _body(world: World, plan: _Plan, rows: _Rows, state: Ints, form: Ints, hint: Ints) -> pl.Series:
    """Opening, place, what happened, what followed and an ending; a repost draws by the row that it repeats."""
    chance, source, brigade, polarity = world.chance, rows.source, rows.brigade, rows.polarity
    topic = industries().topic[world.entities.industry[np.maximum(rows.entity, 0)]]
    matter = plan.events.matter[np.maximum(rows.event, 0)]
    plain = len(POLARITIES) * len(TOPICS)
    cell = np.where(rows.event >= 0, plain + matter, polarity * len(TOPICS) + topic)
    cell = np.where(brigade >= 0, plain + len(phrases.matters()), cell)
    shared = _APART + brigade * _SMEARS
    say, tell = (
        np.where(brigade >= 0, shared + chance.below(f"text.{name}", source, _SMEARS), source)
        for name in ("smear", "smear_told")
    )
    area, road = districts().name.gather(world.states.district[state]), street(world, state)
    stranger, _ = phrases.generic("stranger").drawn(chance, "text.stranger", source, 0)
    before, after = phrases.happenings().drawn(chance, "text.phrase", say, cell)
    by_polarity = {
        name: phrases.generic(name).drawn(chance, f"text.{name}", ids, polarity)[0]
        for name, ids in (("told", tell), ("felt", source))
    }
    more, _ = phrases.generic("told").drawn(chance, "text.more", source, polarity)
    more = _kept(more, chance.happens("text.goes_on", source, 0.6)).fill_null("")
    opening, ending = (
        phrases.generic(name).drawn(chance, f"text.{name}", source, 0)[0] for name in ("opening", "ending")
    )
    where = [phrases.generic(name).drawn(chance, f"text.{name}", source, 0) for name in ("place", "street")]
    frame = pl.DataFrame(
        {
            "anonymous": rows.anonymous,
            "is_event": rows.event >= 0,
            "called": world.names.spelt(state, form),
            "stranger": stranger,
            "area": area,
            "spot": area + road,
            "hint": hint,
            "in_district": where[0][0] + area + where[0][1],
            "in_street": where[1][0] + road + where[1][1],
        }
    )
    is_placed = ~(pl.col("is_event") & pl.col("anonymous"))
    placed = (
        pl.when(is_placed & (pl.col("hint") == 0))
        .then("in_district")
        .when(is_placed & (pl.col("hint") == 1))
        .then("in_street")
        .otherwise(pl.lit(""))
    )
    who = pl.when(~pl.col("anonymous")).then("called").when("is_event").then("spot").otherwise("stranger")
    parts = frame.select(placed.alias("placed"), who.alias("who"))
    return pl.select(
        pl.concat_str(
            opening.alias("a"),
            parts["placed"],
            before.alias("b"),
            parts["who"],
            after.alias("c"),
            by_polarity["told"].alias("d"),
            more.alias("more"),
            by_polarity["felt"].alias("e"),
            ending.alias("f"),
        )
    ).to_series()


def _title(chance: Chance, source: Ints, polarity: Ints) -> pl.Series:
    text, _ = phrases.generic("title").drawn(chance, "text.title", source, polarity)
    return _kept(text, chance.happens("text.has_title", source, 0.4))
