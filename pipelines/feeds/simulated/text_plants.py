"""What is planted among invented texts: events that many write about, brigades of a few against one firm, and reposts.

Not here: how a text reads (texts.py).
"""

from dataclasses import dataclass

import numpy as np
import polars as pl

from pipelines.feeds.simulated import days
from pipelines.feeds.simulated.chance import Chance, Flags, Floats, Ints
from pipelines.feeds.simulated.delivery import day_column, record_ids
from pipelines.feeds.simulated.phrases import matters
from pipelines.feeds.simulated.traits import districts
from pipelines.feeds.simulated.world import World

_EVENTS, _BRIGADES = 300, 150  # at full scale
_BLOCK = 64  # texts of one block repeat each other
_REPOSTED, _VIRAL = 0.07, 0.03


@dataclass(frozen=True)
class Plants:
    """Planted events or brigades and the rows of their texts; `entity` is -1 where there is none."""

    prefix: str
    row: Ints  # of each text
    of: Ints  # which plant, of each text
    first: Ints
    length: Ints
    entity: Ints
    texts: Ints
    matter: Ints
    state: Ints  # where an event is: at the address of this state
    authors: Ints  # of a brigade

    def ids(self) -> pl.Series:
        """Numbers of the plants."""
        return record_ids(self.prefix, np.arange(len(self.first)), 5)

    def answer(self, world: World) -> pl.DataFrame:
        """What each plant truly is."""
        code = world.entities.code.gather(np.maximum(self.entity, 0))
        return pl.DataFrame(
            {
                "plant_id": self.ids(),
                "first_date": day_column(self.first),
                "last_date": day_column(np.minimum(self.first + self.length - 1, days.LAST)),
                "entity_code": pl.select(pl.when(pl.Series(self.entity >= 0)).then(code)).to_series(),
                "matter": pl.Series([name for name, _ in matters()]).gather(self.matter),
                "district_code": districts().code.gather(world.states.district[self.state]),
                "texts": self.texts,
                "authors": self.authors,
            }
        )


def events(world: World, weight: Floats, end: int) -> Plants:
    """Events, their texts in the last rows before `end`."""
    about = np.array([of_entity for _, of_entity in matters()])
    planted = _planted(world, "event", "SJ", _EVENTS, weight, end, 40, 120)
    matter = world.chance.below("event.matter", np.arange(len(planted.first)), len(about))
    entity = np.where(about[matter], planted.entity, -1)
    return Plants(**(planted.__dict__ | {"matter": matter, "entity": entity, "authors": planted.texts}))


def brigades(world: World, weight: Floats, end: int) -> Plants:
    """Brigades, their texts in the last rows before `end`."""
    return _planted(world, "brigade", "SD", _BRIGADES, weight, end, 24, 90)


def _planted(
    world: World, stream: str, prefix: str, full: int, weight: Floats, end: int, least: int, more: int
) -> Plants:
    chance = world.chance
    ids = np.arange(max(min(max(world.rows(full), 4), end // 400), 1))
    entity = world.entities.weighted(f"{stream}.entity", ids, weight)
    first = world.entities.day_of_life(f"{stream}.day", ids, entity)
    texts = np.minimum(least + chance.below(f"{stream}.texts", ids, more), max(end // len(ids) // 4, 1))
    length = 2 + chance.below(f"{stream}.length", ids, 4)
    of = np.repeat(ids, texts)
    return Plants(
        prefix, np.arange(end - len(of), end), of, np.minimum(first, days.LAST - length), length, entity, texts,
        np.zeros_like(ids), world.states.at(entity, first), 3 + chance.below(f"{stream}.authors", ids, 5),
    )  # fmt: skip


def reposts(chance: Chance, row: Ints, day: Ints) -> tuple[Flags, Ints]:
    """Which rows repeat another one of their block, and which one each says again; in some blocks most do."""
    block = row // _BLOCK
    share = np.where(chance.happens("text.is_viral", block, _VIRAL), 0.7, _REPOSTED)
    wants = chance.happens("text.is_repost", row, share)
    source = block * _BLOCK + (chance.unit("text.repost_of", row) ** 3 * _BLOCK).astype(np.int64)
    source = np.minimum(source, len(row) - 1)
    repeats = wants & ~wants[source] & (day[source] + 6 < days.LAST)
    return repeats, np.where(repeats, source, row)


def altered(chance: Chance, body: pl.Series, row: Ints, repeats: Flags) -> pl.Series:
    """Texts as people pass them on: a mark before, commas lost, the end cut off, an address after."""
    frame = pl.DataFrame(
        {
            "body": body,
            "mark": pl.Series(["转发：", "转：", "//", "看看这个 ", "【转】", "@", ""]).gather(
                chance.choice("text.repost_mark", row, [2, 1, 1, 1, 1, 3, 2])
            ),
            "whom": record_ids("网友", chance.below("text.repost_whom", row, 10_000), 4),
            "kept": np.where(chance.happens("text.is_cut", row, 0.3), 62 + chance.below("text.cut", row, 34), 100),
            "bare": chance.happens("text.is_bare", row, 0.2),
            "link": chance.happens("text.has_link", row, 0.2),
            "page": chance.below("text.page", row, 1 << 24).astype(str),
        }
    )
    whole = pl.col("body")
    cut = pl.when(pl.col("kept") < 100).then(
        whole.str.slice(0, whole.str.len_chars() * pl.col("kept") // 100) + "…"
    ).otherwise(whole)  # fmt: skip
    bare = pl.when("bare").then(cut.str.replace_all("[，。]", " ")).otherwise(cut)
    mark = pl.when(pl.col("mark") == "@").then(pl.lit("好的//@") + pl.col("whom") + "：").otherwise("mark")
    link = pl.when("link").then(pl.lit(" http://t.example/") + pl.col("page")).otherwise(pl.lit(""))
    again = pl.concat_str(mark, bare, link)
    return frame.select(pl.when(pl.Series(repeats)).then(again).otherwise(whole).alias("body"))["body"]
