"""Approval cases: items with their limits, steps in office time, a planted bottleneck, ratings.

Not here: the licence documents that come out (licences.py).
"""

from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl

from pipelines.feeds.simulated import days
from pipelines.feeds.simulated.cases import (
    ACCEPT,
    DECIDE,
    DELIVER,
    GRANTED,
    REFUSED,
    REVIEW,
    SITE_VISIT,
    STEPS,
    WITHDRAWN,
    Cases,
    deliver_cases,
)
from pipelines.feeds.simulated.chance import Chance, Flags, Floats, Ints
from pipelines.feeds.simulated.delivery import Courier, record_ids
from pipelines.feeds.simulated.dirt import identify
from pipelines.feeds.simulated.traits import department_index
from pipelines.feeds.simulated.world import World

_FULL_COUNT = 350_000


@dataclass(frozen=True)
class Item:
    """An approval item; limits in working days, `visited` is the share of cases with a site visit."""

    code: str
    name: str
    department_id: str
    statutory_days: int
    promised_days: int
    weight: float
    visited: float


ITEMS = (
    Item("SP01", "企业设立登记", "D17", 3, 1, 22.0, 0.0),
    Item("SP02", "企业变更登记", "D17", 3, 1, 18.0, 0.0),
    Item("SP03", "企业注销登记", "D17", 20, 3, 7.0, 0.0),
    Item("SP04", "食品经营许可", "D17", 20, 5, 20.0, 0.7),
    Item("SP05", "食品生产许可", "D01", 20, 8, 1.5, 1.0),
    Item("SP06", "药品零售许可", "D01", 30, 10, 5.0, 1.0),
    Item("SP07", "医疗器械经营备案", "D01", 20, 3, 4.0, 0.3),
    Item("SP08", "公共场所卫生许可", "D04", 20, 5, 7.0, 0.6),
    Item("SP09", "特种设备使用登记", "D01", 30, 5, 5.0, 0.4),
    Item("SP10", "烟草专卖零售许可", "D17", 20, 8, 6.0, 0.9),
    Item("SP11", "人力资源服务许可", "D09", 20, 6, 2.5, 0.5),
    Item("SP12", "民办学校办学许可", "D08", 60, 20, 2.0, 1.0),
)
BOTTLENECKS = (
    (5, SITE_VISIT, days.number(date(2026, 3, 1)), 3.2),
    (7, REVIEW, days.number(date(2024, 5, 1)), 1.7),
)  # item position, step, first day, factor
_STEP_KINDS = (ACCEPT, REVIEW, SITE_VISIT, DECIDE, DELIVER)
_STEP_SHARE = np.array([0.05, 0.19, 0.21, 0.09, 0.04])  # of the promised days, at the median
_MOODS = ((0.2, 0.4, 2.0, 12.0, 85.0), (4.0, 7.0, 16.0, 30.0, 43.0), (15.0, 20.0, 25.0, 22.0, 18.0))
_CHANNELS = pl.Series(["网上办理", "窗口办理", "自助终端"])
ONLINE, COUNTER, TERMINAL = range(3)


def deliver_approvals(world: World, courier: Courier) -> None:
    """Draw all approval cases and write them."""
    chance, entities = world.chance, world.entities
    row = np.arange(world.rows(_FULL_COUNT))
    entity = entities.weighted("approval.entity", row, np.ones(entities.count))
    item = chance.choice("approval.item", row, [item.weight for item in ITEMS])
    opened, channel, begun = _openings(world, row, entity)
    spent = _durations(chance, row, item, opened)
    taken = np.ones(spent.shape, dtype=bool)
    taken[:, 2] = chance.happens("approval.visited", row, np.array([item.visited for item in ITEMS])[item])
    outcome = np.array([GRANTED, REFUSED, WITHDRAWN])[chance.choice("approval.outcome", row, [93.5, 3.5, 3])]
    worked = begun[:, None] + np.cumsum(np.where(taken, spent, 0.0), axis=1)
    ends = days.office_instant(worked)
    promised = np.array([item.promised_days for item in ITEMS])[item]
    overdue = worked[:, -1] - begun > promised
    supervised = overdue & chance.happens("approval.supervised", row, 0.4)

    state = world.states.at(entity, opened // 86400)
    key = record_ids("SPJ", row, 9)
    new = item == 0  # a firm that is being set up has a name and no code
    who = identify(world, courier.ledger, "service_case", key, row, entity, opened // 86400, uncoded=new)
    cases = Cases(
        kind="行政审批", branch="_approval", row=row, key=key,
        department=np.array([department_index(item.department_id) for item in ITEMS])[item],
        district=world.states.district[state], opened=opened, step_kinds=_STEP_KINDS, ends=ends, taken=taken,
        outcome=outcome, rating=_ratings(chance, row, overdue, outcome), is_supervised=supervised,
    )  # fmt: skip
    name = pl.Series([item.name for item in ITEMS]).gather(item)
    columns = {
        "事项代码": pl.Series([item.code for item in ITEMS]).gather(item),
        "事项名称": name,
        **who,
        "渠道": _CHANNELS.gather(channel),
        "标题": pl.select(name + "申请").to_series(),
        "来电人标识": pl.repeat(None, len(row), dtype=pl.String, eager=True),
        "法定时限": pl.Series([item.statutory_days for item in ITEMS]).gather(item),
        "承诺时限": pl.Series(promised),
    }
    deliver_cases(courier, cases, columns)


def _openings(world: World, row: Ints, entity: Ints) -> tuple[Ints, Ints, Floats]:
    """Instant opened, channel, and the office time at which work begins; online cases come at any hour."""
    chance = world.chance
    day = world.entities.day_of_life("approval.day", row, entity)
    share = 0.50 + 0.07 * (day - days.FIRST) / 365.25  # online grows year by year
    draw = chance.unit("approval.channel", row)
    channel = np.where(draw < share, ONLINE, np.where(draw < 0.95, COUNTER, TERMINAL))
    free = (channel == ONLINE) & chance.happens("approval.any_hour", row, 0.3)
    day = np.where(free, day, days.workdays()[days.last_index(day)])
    hour = np.where(free, 7 + 16 * chance.unit("approval.hour", row), 9 + 7.9 * chance.unit("approval.hour", row))
    opened = day * 86400 + (hour * 3600).astype(np.int64)
    evening = hour >= 17
    index = days.workday_index(day + evening)
    inside: Floats = np.where(evening | ~days.is_workday(day), 0.0, np.clip((hour - 9) / 8, 0, None))
    return opened, channel, index + inside


def _durations(chance: Chance, row: Ints, item: Ints, opened: Ints) -> Floats:
    """Working days spent in each step; the planted bottlenecks slow one step of one item from a day on."""
    promised = np.array([float(item.promised_days) for item in ITEMS])[item]
    steps = [
        promised * share * np.exp(0.5 * chance.normal(f"approval.step.{n}", row)) for n, share in enumerate(_STEP_SHARE)
    ]
    for which, step, first, factor in BOTTLENECKS:
        slow = (item == which) & (opened // 86400 >= first)
        steps[_STEP_KINDS.index(step)] *= np.where(slow, factor, 1.0)
    stuck = chance.happens("approval.stuck", row, 0.012)
    steps[1] = steps[1] + np.where(stuck, promised * (0.6 + 2.0 * chance.unit("approval.stuck_days", row)), 0.0)
    return np.stack(steps, axis=1)


def _ratings(chance: Chance, row: Ints, overdue: Flags, outcome: Ints) -> Ints:
    """1–5, 0 where nobody rated; late and refused cases are rated worse."""
    sour = overdue.astype(np.int64) + (outcome == REFUSED)
    rating = np.zeros(len(row), dtype=np.int64)
    for level, weights in enumerate(_MOODS):
        at = np.flatnonzero(sour == level)
        rating[at] = 1 + chance.choice("approval.rating", row[at], weights)
    return np.where(chance.happens("approval.rated", row, 0.46), rating, 0)


def bottlenecks() -> pl.DataFrame:
    """The planted bottlenecks, for the answer files."""
    rows = [(ITEMS[item].code, STEPS[step], first, factor) for item, step, first, factor in BOTTLENECKS]
    frame = pl.DataFrame(rows, schema=["item_code", "step", "first_date", "factor"], orient="row")
    return frame.with_columns(pl.col("first_date").cast(pl.Int32).cast(pl.Date))
