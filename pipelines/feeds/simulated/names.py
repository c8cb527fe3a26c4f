"""Invented names of entities and the ways in which sources get them wrong.

Not here: names of persons (there are none) and of real firms: a name carries a mark of three characters drawn from
one fixed list. Kin share a mark, and so do a few namesakes that have nothing to do with each other.
"""

from dataclasses import dataclass

import numpy as np
import polars as pl

from pipelines.feeds.simulated.chance import Ints
from pipelines.feeds.simulated.entities import BRANCH, CONVERSION, COOPERATIVE, OTHER, PARTNERSHIP, SOLE, Entities
from pipelines.feeds.simulated.lives import States
from pipelines.feeds.simulated.traits import districts, industries

_MARKS = (
    "澄禾屿岚麦云鹿棠苒陌栖霖予沐泽晗笙翎溪澈芷黛茗沁萤砚榆桐槿菀芮琅珩玥瑜璟珞翊煦昀旻晞暄曜"
    "祺祉禧骁骊骅翮鸢鸥鹭鲲枫梓柠杉楸榛蔚蓁蘅荞荟葭筠箬篱簌绾绮缦纭络绫迦逸遥邈郁酩钰铭锦黎霁霏"
)
_MARK_COUNT = 89**3
_MARK_STEP = 120_121  # coprime with 89: numbers that follow each other get unlike marks
_VERSIONS = 4
_NAMESAKES = 0.02
# The last three only in texts: mark and trade without the place, the mark alone, the mark and where the shop is.
OFFICIAL, SHORT, WIDTH, MISSPELT, PLAIN, BRAND, SIGN = range(7)


@dataclass(frozen=True)
class Names:
    """Every name any entity ever bears, in all spellings; `row` names the one of each state."""

    texts: pl.Series
    count: int
    row: Ints

    def spelt(self, state: Ints, spelling: Ints | int) -> pl.Series:
        """Names of states in the given spelling."""
        return self.texts.gather(self.row[state] + np.asarray(spelling) * self.count)


def name(entities: Entities, states: States) -> Names:
    """Name all states."""
    pair, row = np.unique(states.entity * _VERSIONS + states.name_version % _VERSIONS, return_inverse=True)
    entity = pair // _VERSIONS
    parent = np.where(entities.form[entity] == BRANCH, entities.kin[entity], entity)
    parts = _parts(entities, parent, np.where(parent == entity, pair % _VERSIONS, 0))
    number = 1 + entities.chance.below("entity.branch_number", entity, 40)
    branch = pl.when(pl.Series(parent != entity)).then(pl.format("第{}分公司", pl.Series(number))).otherwise(pl.lit(""))
    parts = parts.with_columns(branch=branch)
    swapped = pl.col("mark").str.slice(0, 1) + pl.col("mark").str.slice(2, 1) + pl.col("mark").str.slice(1, 1)
    officially = pl.concat_str("head", "mark", "tail", "branch")
    spellings = parts.select(
        official=officially,
        short=pl.concat_str("mark", "shop"),
        width=pl.when(officially.str.contains("（"))
        .then(officially.str.replace_all("（", "(").str.replace_all("）", ")"))
        .otherwise(pl.concat_str("head", "mark", pl.lit(" "), "tail", "branch")),
        misspelt=pl.concat_str("head", swapped, "tail", "branch"),
        plain=pl.concat_str("mark", pl.col("tail").str.replace("（西安）", "", literal=True)),
        brand=pl.col("mark"),
        sign=pl.concat_str("mark", pl.Series(_site(entities, entity)), pl.lit("店")),
    )
    return Names(pl.concat([spellings[column] for column in spellings.columns]), len(pair), row)


def _site(entities: Entities, entity: Ints) -> pl.Series:
    """Where an entity first stood, as on a sign: a district without the word for it."""
    return districts().name.str.replace("(新区|港务区|[区县])$", "").gather(entities.district[entity])


def _parts(entities: Entities, entity: Ints, version: Ints) -> pl.DataFrame:
    """Head, mark, tail and shop word: head + mark + tail is the official name of an entity that is no branch."""
    trade, place, chance = industries(), districts(), entities.chance
    twin, forerunner = entities.twin[entity], entities.forerunner[entity]
    kept = np.where(entities.succession[entity] == CONVERSION, forerunner, -1)
    kept = np.where(twin >= 0, twin, kept)
    owner = np.where(kept >= 0, kept, entity)
    namesake = chance.happens("entity.is_namesake", owner, _NAMESAKES)
    owner = np.where(namesake, chance.below("entity.namesake", owner, entities.count), owner)
    number = (owner * _VERSIONS + version) * _MARK_STEP % _MARK_COUNT
    letters = pl.Series(list(_MARKS))
    mark = pl.concat_str(*(letters.gather(number // 89**k % 89).alias(str(k)) for k in range(3)))
    form = pl.Series(entities.form[entity])
    style = pl.Series(chance.choice("entity.name_style", owner, [0.56, 0.2, 0.12, 0.12]))
    area = place.name.gather(entities.district[entity])
    trade_of = entities.industry[entity]
    word, shop = trade.word.gather(trade_of), trade.shop.gather(trade_of)
    frame = pl.DataFrame({"form": form, "style": style, "area": area, "word": word, "shop": shop})
    local = pl.col("form").is_in([SOLE, COOPERATIVE])
    head = (
        pl.when(local)
        .then(pl.col("area"))
        .when(pl.col("style") == 0)
        .then(pl.lit("西安"))
        .when(pl.col("style") == 1)
        .then(pl.lit(""))
        .when(pl.col("style") == 2)
        .then(pl.lit("陕西"))
        .otherwise(pl.lit("西安市") + pl.col("area"))
    )
    tail = (
        pl.when(pl.col("form") == SOLE)
        .then(pl.col("shop"))
        .when(pl.col("form") == COOPERATIVE)
        .then(pl.col("word") + "农民专业合作社")
        .when(pl.col("form") == PARTNERSHIP)
        .then(pl.col("word") + "中心（有限合伙）")
        .when(pl.col("form") == OTHER)
        .then(pl.col("word") + "服务中心")
        .when(pl.col("style") == 1)
        .then(pl.lit("（西安）") + pl.col("word") + "有限公司")
        .when(pl.col("style") == 3)
        .then(pl.col("word") + "有限责任公司")
        .otherwise(pl.col("word") + "有限公司")
    )
    return frame.select(head=head, tail=tail, shop="shop", mark=mark)
