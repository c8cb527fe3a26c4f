"""Approval cases: steps in office time, pauses, planted bottlenecks and gaming, ratings.

Not here: what the items ask for (items.py) and the licence documents that come out (licences.py).
"""

from datetime import date

import numpy as np
import polars as pl

from pipelines.feeds.simulated import days, gaming
from pipelines.feeds.simulated.case_parts import (
    CORRECTION,
    EXPERT_REVIEW,
    HEARING,
    NEVER,
    TESTING,
    Pauses,
    deliver_documents,
    deliver_ratings,
    seen,
)
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
from pipelines.feeds.simulated.items import ITEMS, REFORM, topics
from pipelines.feeds.simulated.traits import department_index
from pipelines.feeds.simulated.world import World

_FULL_COUNT = 350_000
_AGAIN = 1 << 23  # record numbers of cases opened anew lie beyond those of the others


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
    row, entity, item, opened, channel, begun, back = _with_returns(world, row, entity, item, opened, channel, begun)
    spent = _durations(chance, row, item, opened)
    at_once = np.array([item.is_instant for item in ITEMS])[item] & (opened // 86400 >= REFORM)
    spent *= np.where(at_once & chance.happens("approval.at_once", row, 0.6), 0.12, 1.0)[:, None]
    taken = np.ones(spent.shape, dtype=bool)
    taken[:, 2] = chance.happens("approval.visited", row, np.array([item.visited for item in ITEMS])[item])
    promised = np.array([item.promised_days for item in ITEMS])[item]
    district = world.states.district[world.states.at(entity, opened // 86400)]
    overdue = np.where(taken, spent, 0.0).sum(axis=1) > promised
    on_last_day = gaming.at_window(gaming.LAST_DAY, item, district, opened // 86400) & (promised > 1)
    last_day = days.last_index(opened // 86400) + promised
    waits = on_last_day & (overdue | chance.happens("gaming.last_day", row, 0.55))
    _end_on(spent, taken, begun, last_day, waits | back)
    paused, pauses = _pauses(chance, row, item, begun, spent)
    spent[:, 1] += paused
    outcome = np.array([GRANTED, REFUSED, WITHDRAWN])[chance.choice("approval.outcome", row, [93.5, 3.5, 3])]
    outcome = np.where(back, WITHDRAWN, np.where(on_last_day, GRANTED, outcome))
    ends = days.office_instant(begun[:, None] + np.cumsum(np.where(taken, spent, 0.0), axis=1))
    supervised = overdue & chance.happens("approval.supervised", row, 0.4)
    extended = overdue & (promised >= 10) & chance.happens("approval.extended", row, 0.3)
    perfect = gaming.at_window(gaming.PERFECT, item, district, opened // 86400)

    key = record_ids("SPJ", row, 9)
    new = (item == 0) & (row < _AGAIN)  # a firm that is being set up has a name and no code
    who = identify(world, courier.ledger, "service_case", key, row, entity, opened // 86400, uncoded=new)
    cases = Cases(
        kind="行政审批", branch="_approval", row=row, key=key,
        department=np.array([department_index(item.department_id) for item in ITEMS])[item],
        district=district, opened=opened, step_kinds=tuple(STEPS[kind] for kind in _STEP_KINDS), ends=ends, taken=taken,
        outcome=outcome, rating=_ratings(chance, row, overdue, outcome, perfect), is_supervised=supervised,
    )  # fmt: skip
    name = pl.Series([item.name for item in ITEMS]).gather(item)
    nothing = pl.repeat(None, len(row), dtype=pl.String, eager=True)
    columns = {
        "事项代码": pl.Series([item.code for item in ITEMS]).gather(item),
        "事项名称": name,
        **who,
        "渠道": _CHANNELS.gather(channel),
        "标题": pl.select(name + "申请").to_series(),
        "来电人标识": nothing,
        "法定时限": pl.Series([item.statutory_days for item in ITEMS]).gather(item),
        "承诺时限": pl.Series(promised),
        "延期批准时间": seen(np.where(extended, days.office_instant(begun + 0.8 * promised), NEVER)),
        "一件事主题": topics(chance, row, item),
        "前件编号": nothing,
        "与前件关系": nothing,
    }
    deliver_cases(courier, cases, columns)
    pauses.deliver(courier, "case_pause", key, row)
    deliver_ratings(courier, key, row, cases.rating, cases.closed)
    deliver_documents(courier, key, row, opened)


def _with_returns(
    world: World, row: Ints, entity: Ints, item: Ints, opened: Ints, channel: Ints, begun: Floats
) -> tuple[Ints, Ints, Ints, Ints, Ints, Floats, Flags]:
    """The cases, those that gaming windows withdraw on the last day opened anew after it, and which were withdrawn."""
    district = world.states.district[world.states.at(entity, opened // 86400)]
    at = gaming.at_window(gaming.RELABELLED, item, district, opened // 86400)
    back = at & world.chance.happens("gaming.relabelled", row, 0.4)
    which = np.flatnonzero(back)
    promised = np.array([item.promised_days for item in ITEMS])[item[which]]
    index = days.last_index(opened[which] // 86400) + promised + 1
    again = days.workdays()[index] * 86400 + 10 * 3600
    return (
        np.concatenate([row, row[which] + _AGAIN]),
        np.concatenate([entity, entity[which]]),
        np.concatenate([item, item[which]]),
        np.concatenate([opened, again]),
        np.concatenate([channel, channel[which]]),
        np.concatenate([begun, index + 1 / 8]),
        np.concatenate([back, np.zeros(len(which), dtype=bool)]),
    )


def _end_on(spent: Floats, taken: Flags, begun: Floats, index: Ints, chosen: Flags) -> None:
    """Stretch or squeeze the steps of chosen cases so that they end late on the working day at `index`."""
    whole = np.where(taken, spent, 0.0).sum(axis=1)
    factor = np.maximum(index + 0.95 - begun, 0.05) / np.maximum(whole, 0.01)
    spent *= np.where(chosen, factor, 1.0)[:, None]


def _pauses(chance: Chance, row: Ints, item: Ints, begun: Floats, spent: Floats) -> tuple[Floats, Pauses]:
    """Working days for which a case stands still after it was accepted, and the pauses themselves."""
    visited = np.array([item.visited for item in ITEMS])[item]
    share = np.stack([np.full(len(row), 0.05), np.full(len(row), 0.002), 0.03 * visited, 0.02 * (visited >= 0.7)])
    draw, kind, edge = chance.unit("approval.paused", row), np.full(len(row), -1), np.zeros(len(row))
    for n, probability in enumerate(share):
        kind[(draw >= edge) & (draw < edge + probability)] = n
        edge = edge + probability
    lasts = np.where(kind >= 0, np.ceil(4 * np.exp(0.6 * chance.normal("approval.pause_days", row))), 0.0)
    case = np.flatnonzero((kind >= 0) & (row < _AGAIN))
    lasts = np.where(row < _AGAIN, lasts, 0.0)
    begin = begun + spent[:, 0]
    kinds = np.array([CORRECTION, HEARING, EXPERT_REVIEW, TESTING])
    return lasts, Pauses(
        case, kinds[kind[case]], days.office_instant(begin[case]), days.office_instant((begin + lasts)[case])
    )


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


def _ratings(chance: Chance, row: Ints, overdue: Flags, outcome: Ints, perfect: Flags) -> Ints:
    """1–5, 0 where nobody rated; late and refused cases are rated worse, `perfect` windows never."""
    sour = overdue.astype(np.int64) + (outcome == REFUSED)
    rating = np.zeros(len(row), dtype=np.int64)
    for level, weights in enumerate(_MOODS):
        at = np.flatnonzero(sour == level)
        rating[at] = 1 + chance.choice("approval.rating", row[at], weights)
    rated = chance.happens("approval.rated", row, np.where(perfect, 0.97, 0.46))
    return np.where(rated, np.where(perfect, 5, rating), 0)


def bottlenecks() -> pl.DataFrame:
    """The planted bottlenecks, for the answer files."""
    rows = [(ITEMS[item].code, STEPS[step], first, factor) for item, step, first, factor in BOTTLENECKS]
    frame = pl.DataFrame(rows, schema=["item_code", "step", "first_date", "factor"], orient="row")
    return frame.with_columns(pl.col("first_date").cast(pl.Int32).cast(pl.Date))
