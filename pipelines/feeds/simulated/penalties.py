"""Source `penalty`: decisions that follow inspections with grave findings, and some that follow other clues.

Not here: the inspections themselves.
"""

import numpy as np
import polars as pl

from pipelines.feeds.simulated import days
from pipelines.feeds.simulated.delivery import Courier, Source, day_column, record_ids
from pipelines.feeds.simulated.dirt import REPORTED, identify
from pipelines.feeds.simulated.inspections import Inspections
from pipelines.feeds.simulated.publications import deliver_publications
from pipelines.feeds.simulated.traits import DEPARTMENTS
from pipelines.feeds.simulated.world import World

PENALTY = Source(
    "penalty", "处罚决定书文号", encoding="utf-8-sig", date="处罚日期", coded="处罚种类",
    corrected={"罚没金额": (pl.col("罚没金额") * 0.8).round(2)},
)  # fmt: skip
_KINDS = pl.Series(["警告", "罚款", "没收违法所得", "责令停产停业", "吊销许可证件"])
_GRAVITY = pl.Series(["轻微", "一般", "严重"])
_OTHER_CLUES = 50_000
_KIND_WEIGHTS = ((0.55, 0.42, 0.03, 0.0, 0.0), (0.12, 0.72, 0.14, 0.02, 0.0), (0.02, 0.55, 0.18, 0.19, 0.06))
_MEDIAN_CNY = np.array([800.0, 5_000.0, 40_000.0])
_EFFECT_DAYS = np.array([[90, 91], [92, 365], [365, 1095]])  # 3 months, up to 1 year, 1–3 years


def deliver_penalties(world: World, courier: Courier, done: Inspections) -> None:
    """Critical findings nearly always lead to a decision, several serious ones often."""
    chance, entities = world.chance, world.entities
    critical, serious = done.counts[:, 0], done.counts[:, 1]
    share = np.select([critical > 0, serious > 1], [0.80, 0.42], np.where(serious > 0, 0.10, 0.0))
    punished = np.flatnonzero(chance.happens("penalty.follows", done.row, share))
    clue = np.arange(world.rows(_OTHER_CLUES)) + (1 << 30)  # record numbers beyond those of inspections
    by_clue = entities.weighted("penalty.entity", clue, entities.tendency[: entities.count])

    row = np.concatenate([done.row[punished], clue])
    entity = np.concatenate([done.entity[punished], by_clue])
    after = done.day[punished] + 15 + chance.below("penalty.after", done.row[punished], 76)
    clue_day = entities.day_of_life("penalty.day", clue, by_clue)
    day = days.next_workday(np.concatenate([after, clue_day]))
    clue_department = chance.choice("penalty.department", clue, [d.load for d in DEPARTMENTS])
    department = np.concatenate([done.department[punished], clue_department])
    grave = np.concatenate([np.minimum(critical[punished], 2), np.zeros(len(clue), dtype=np.int64)])
    gravity = np.minimum(grave, 1) + (chance.unit("penalty.gravity", row) < np.array([0.55, 0.22, 0.6])[grave])
    kind = np.zeros(len(row), dtype=np.int64)
    for level, weights in enumerate(_KIND_WEIGHTS):
        at = np.flatnonzero(gravity == level)
        kind[at] = chance.choice("penalty.kind", row[at], weights)
    amount = np.ceil(_MEDIAN_CNY[gravity] * np.exp(0.8 * chance.normal("penalty.amount", row)) / 100) * 100
    low, high = _EFFECT_DAYS[gravity].T
    until = day + low + chance.below("penalty.effect", row, high - low)
    from_inspection = pl.Series(row < (1 << 30))
    inspection = pl.when(from_inspection).then(record_ids("JC", row, 9)).otherwise(None)

    at = np.flatnonzero(day <= days.LAST)
    key = record_ids("CF", row[at], 10)
    paid = pl.Series((kind[at] == 1) | (kind[at] == 2))
    frame = pl.DataFrame(
        {
            "处罚决定书文号": key,
            **identify(world, courier.ledger, "penalty", key, row[at], entity[at], day[at]),
            "部门编号": pl.Series([d.department_id for d in DEPARTMENTS]).gather(department[at]),
            "检查编号": pl.select(inspection).to_series().gather(at),
            "处罚种类": _KINDS.gather(kind[at]),
            "违法情节": _GRAVITY.gather(gravity[at]),
            "罚没金额": pl.select(pl.when(paid).then(pl.Series(amount[at])).otherwise(None)).to_series(),
            "处罚日期": day_column(day[at]),
            "影响期止": day_column(until[at]),
        }
    )
    sent = days.reported(chance, "penalty", row[at], day[at], 0.03)
    frame = frame.with_columns(day_column(sent).alias(REPORTED))
    courier.deliver(PENALTY, frame, row[at], sent, department[at])
    deliver_publications(courier, key, row[at], day[at])
