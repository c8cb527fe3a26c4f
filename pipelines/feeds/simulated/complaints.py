"""Source `complaint`: complaints and reports, with or without a known entity.

Not here: hotline orders (hotline.py).
"""

import numpy as np
import polars as pl

from pipelines.feeds.simulated import days
from pipelines.feeds.simulated.chance import Floats, Ints
from pipelines.feeds.simulated.delivery import Courier, Source, day_column, record_ids
from pipelines.feeds.simulated.dirt import REPORTED, identify
from pipelines.feeds.simulated.register import place
from pipelines.feeds.simulated.traits import DEPARTMENTS, TOPICS, districts, industries
from pipelines.feeds.simulated.world import World

COMPLAINT = Source(
    "complaint", "投诉举报编号", encoding="gb18030", by_year=True, date="受理日期", coded="是否属实",
    corrected={"是否属实": pl.col("是否属实").replace({"是": "否", "否": "是"})},
)  # fmt: skip
_FULL_COUNT = 800_000
_KINDS = pl.Series(
    [
        "食品安全",
        "价格欺诈",
        "虚假宣传",
        "商品质量",
        "售后服务",
        "合同纠纷",
        "无照经营",
        "药品安全",
        "环境卫生",
        "消防隐患",
        "预付卡退费",
        "侵害个人信息",
    ]
)
_APPEAL = dict(zip(TOPICS, (2.2, 1.3, 1.4, 1.6, 1.3, 1.2, 1.1, 0.4, 0.35, 0.4), strict=True))
_KIND_WEIGHTS = {
    "food": (9, 2, 2, 2, 1, 0.5, 1.5, 0, 2.5, 1, 0.5, 0.1),
    "drug": (0.5, 1.5, 3, 2, 1, 0.3, 1, 6, 0.5, 0.3, 0.3, 0.4),
    "hotel": (0.8, 3, 1.5, 0.4, 3, 2, 0.6, 0, 2.5, 1.6, 0.8, 0.8),
    "beauty": (0, 1.5, 3, 1, 3, 2, 1, 0.5, 1.5, 0.5, 7, 0.6),
    "school": (0.7, 1, 3, 0.2, 3, 4, 1.2, 0, 0.3, 0.7, 6, 0.8),
    "shop": (0.6, 2.5, 3, 7, 4, 1, 0.6, 0, 0.1, 0.2, 0.5, 0.6),
}  # fmt: skip
_OTHER_WEIGHTS = (0, 1.5, 2, 3, 3.5, 4, 1, 0, 1, 1, 1, 1)
_NOBODY, _NAME_ONLY = 0.13, 0.30
_MONTH = np.array([0.9, 0.75, 1.05, 1.0, 1.0, 1.05, 1.15, 1.15, 1.0, 1.0, 1.1, 1.0])
_WEEKDAY = np.array([1.15, 1.05, 1.0, 1.0, 1.05, 0.9, 0.85])


def day_weights(days_: Ints) -> Floats:
    """Relative number of calls by month and weekday, growing slowly over the years."""
    growth = 1 + 0.06 * (days_ - days.FIRST) / 365.25
    return np.asarray(_MONTH[days.month_of(days_) - 1] * _WEEKDAY[days.weekday_of(days_)] * growth)


def appeal(world: World) -> Floats:
    """How much the public has to do with each registered entity, by topic of its industry."""
    by_industry = np.array([_APPEAL[TOPICS[topic]] for topic in industries().topic])
    return by_industry[world.entities.industry[world.entities.known]]


def deliver_complaints(world: World, courier: Courier) -> None:
    """Draw the day first, then an entity alive on it; four tries, then the complaint names nobody."""
    chance, entities = world.chance, world.entities
    row = np.arange(world.rows(_FULL_COUNT))
    calendar = np.arange(days.FIRST, days.LAST + 1)
    day = calendar[chance.choice("complaint.day", row, day_weights(calendar))]
    weight = appeal(world) * ((0.25 + entities.tendency) * np.sqrt(entities.size + 0.2))[: entities.count]
    entity = entities.weighted("complaint.entity.0", row, weight)
    for attempt in range(1, 4):
        dead = np.flatnonzero(~entities.alive(entity, day))
        entity[dead] = entities.weighted(f"complaint.entity.{attempt}", row[dead], weight)
    nobody = chance.happens("complaint.nobody", row, _NOBODY) | ~entities.alive(entity, day)
    name_only = ~nobody & chance.happens("complaint.name_only", row, _NAME_ONLY)

    kind = np.zeros(len(row), dtype=np.int64)
    topics = industries().topic[entities.industry[entity]]
    for n, topic in enumerate(TOPICS):
        at = np.flatnonzero(topics == n)
        kind[at] = chance.choice("complaint.kind", row[at], _KIND_WEIGHTS.get(topic, _OTHER_WEIGHTS))
    closed = day + 2 + (chance.unit("complaint.days", row) ** 2 * 40).astype(np.int64)
    closed = np.where(closed <= days.LAST, closed, days.NEVER)
    upheld = chance.happens("complaint.upheld", row, np.minimum(0.12 + 0.16 * entities.tendency[entity], 0.85))
    verdict = pl.Series(np.where(upheld, "是", "否"))
    state = world.states.at(entity, day)
    address, longitude, latitude = place(world, state)
    key = record_ids("TS", row, 9)
    who = identify(world, courier.ledger, "complaint", key, row, entity, day, uncoded=name_only, nobody=nobody)
    department = chance.choice("complaint.department", row, [12, 0, 0.5, 1, 0.5, 2, 0.5, 0.4])
    sent = days.reported(chance, "complaint", row, day, 0.015)
    frame = pl.DataFrame(
        {
            "投诉举报编号": key,
            **who,
            "部门编号": pl.Series([d.department_id for d in DEPARTMENTS]).gather(department),
            "投诉举报类别": _KINDS.gather(kind),
            "区划代码": districts().code.gather(world.states.district[state]),
            "地址": address,
            "经度": longitude,
            "纬度": latitude,
            "受理日期": day_column(day),
            "办结日期": day_column(closed),
            "是否属实": pl.select(pl.when(pl.Series(closed < days.NEVER)).then(verdict).otherwise(None)).to_series(),
            REPORTED: day_column(sent),
        }
    )
    courier.deliver(COMPLAINT, frame, row, sent, department)
