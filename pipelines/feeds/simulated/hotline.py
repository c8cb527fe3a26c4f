"""Hotline orders (12345): seasons, hours, repeat callers, wrong dispatches, planted bursts and splits, steps.

Not here: the tree of categories (categories.py) and complaints to the market regulator (complaints.py).
"""

from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl

from pipelines.feeds.simulated import days, gaming
from pipelines.feeds.simulated.case_parts import NEVER, deliver_dispatches
from pipelines.feeds.simulated.cases import (
    ACCEPT,
    CALL_BACK,
    DISPATCH,
    EVALUATE,
    EXPLAINED,
    HANDLE,
    SOLVED,
    STEPS,
    SUPERVISE,
    UNSOLVED,
    Cases,
    deliver_cases,
)
from pipelines.feeds.simulated.categories import CATEGORIES, leaves
from pipelines.feeds.simulated.chance import Chance, Flags, Floats, Ints
from pipelines.feeds.simulated.complaints import day_weights
from pipelines.feeds.simulated.delivery import Courier, record_ids
from pipelines.feeds.simulated.dirt import identify
from pipelines.feeds.simulated.traits import DEPARTMENTS, department_index, districts
from pipelines.feeds.simulated.world import World

_FULL_COUNT = 400_000
_FIRST_ROW = 1 << 24  # record numbers of orders lie beyond those of approvals


@dataclass(frozen=True)
class Burst:
    """Extra orders of one leaf category in one district; `orders` at full scale, never fewer than 6."""

    category: str
    district: str
    first: date
    last: date
    orders: int


BURSTS = (
    Burst("020401", "XA-GX", date(2026, 10, 22), date(2026, 10, 31), 260),
    Burst("010101", "610104", date(2026, 8, 3), date(2026, 8, 12), 300),
    Burst("030101", "610113", date(2026, 6, 5), date(2026, 6, 14), 320),
    Burst("040201", "XA-JK", date(2026, 4, 6), date(2026, 4, 17), 300),
    Burst("050101", "610116", date(2026, 1, 12), date(2026, 1, 23), 380),
    Burst("020201", "610112", date(2025, 11, 15), date(2025, 11, 28), 500),
    Burst("080101", "610102", date(2025, 7, 20), date(2025, 7, 29), 260),
    Burst("010501", "610113", date(2025, 3, 3), date(2025, 3, 16), 220),
    Burst("070101", "610112", date(2024, 11, 4), date(2024, 11, 13), 260),
    Burst("020301", "610122", date(2024, 7, 18), date(2024, 7, 27), 200),
    Burst("060101", "610103", date(2023, 8, 20), date(2023, 9, 2), 220),
)
_HOURS = np.array([1, 0.6, 0.4, 0.3, 0.3, 0.6, 1.5, 3, 6, 8, 8.5, 7.5, 5, 5.5, 7, 7.5, 7, 6, 5, 4.5, 4, 3.5, 2.5, 1.6])
_CHANNELS = pl.Series(["电话", "微信小程序", "政务网站", "移动客户端"])
_STEP_KINDS = (ACCEPT, DISPATCH, HANDLE, SUPERVISE, CALL_BACK, EVALUATE)
_PLACES = pl.Series(
    ["一处小区", "一条街巷", "地铁口附近", "一家门店", "集贸市场旁", "学校周边", "一处工地", "办事大厅"]
)
_INSISTENT = 0.12
_TAKEN_UP_AFTER = 40  # orders of the district that come in before an unsolved one is taken up again
_NAMED = 0.6  # share of orders about firms that name one


def burst_orders(world: World, burst: Burst) -> int:
    """Extra orders of a burst at the scale of the world."""
    return max(6, round(burst.orders * world.scale))


def deliver_hotline(world: World, courier: Courier) -> None:
    """Draw all orders and write them."""
    chance, entities, listed = world.chance, world.entities, leaves()
    day, leaf, district = _orders(world)
    row = np.arange(len(day)) + _FIRST_ROW
    hour = chance.choice("hotline.hour", row, _HOURS)
    opened = day * 86400 + hour * 3600 + chance.below("hotline.second", row, 3600)
    caller = _callers(chance, row, day, listed.category[leaf], district)
    split = gaming.split_orders(chance, len(listed.code), world.scale)
    planted = slice(len(row) - len(split.group), None)
    opened[planted] = split.day * 86400 + split.second
    caller[planted] = 10 * len(row) + split.group

    category = listed.category[leaf]
    promised = np.where(chance.happens("hotline.long", np.arange(len(CATEGORIES)), 0.4), 7, 5)[category]
    ends, taken = _steps(chance, row, opened, promised)
    bad_district = chance.unit("hotline.hardness", district) * 0.06
    unsolved = 0.05 + bad_district + 0.10 * taken[:, 3]
    draw = chance.unit("hotline.outcome", row)
    outcome = np.where(draw < unsolved, UNSOLVED, np.where(draw < unsolved + 0.16, EXPLAINED, SOLVED))

    firms = np.array([item.about_firms for item in CATEGORIES])[category]
    named = firms & chance.happens("hotline.is_named", row, _NAMED)
    entity = entities.weighted("hotline.entity", row, 0.2 + entities.tendency[: entities.count])
    named &= entities.alive(entity, day)
    named[planted] = False
    key = record_ids("RX", row, 9)
    uncoded = named & chance.happens("hotline.is_uncoded", row, 0.75)
    who = identify(world, courier.ledger, "service_case", key, row, entity, day, uncoded=uncoded, nobody=~named)
    place = world.states.district[world.states.at(entity, day)]
    district = np.where(named & (row - _FIRST_ROW < world.rows(_FULL_COUNT)), place, district)
    department = np.array([department_index(item.department_id) for item in CATEGORIES])[category]
    cases = Cases(
        kind="热线工单", branch="_hotline", row=row, key=key, department=department, district=district, opened=opened,
        step_kinds=tuple(STEPS[kind] for kind in _STEP_KINDS), ends=ends, taken=taken, outcome=outcome,
        rating=_ratings(chance, row, outcome), is_supervised=taken[:, 3],
    )  # fmt: skip
    place_name = _PLACES.gather(chance.below("hotline.place", row, len(_PLACES)))
    area = districts().name.gather(district).alias("area")
    again = _reopened(chance, row, cases)
    columns = {
        "事项代码": listed.code.gather(leaf),
        "事项名称": listed.name.gather(leaf),
        **who,
        "渠道": _CHANNELS.gather(chance.choice("hotline.channel", row, [70, 16, 8, 6])),
        "标题": pl.select(
            pl.concat_str(pl.lit("反映"), area, place_name.alias("place"), listed.phrase.gather(leaf).alias("what"))
        ).to_series(),
        "来电人标识": record_ids("LD", caller, 9),
        "法定时限": pl.repeat(None, len(row), dtype=pl.Int64, eager=True),
        "承诺时限": pl.Series(promised),
        "延期批准时间": pl.repeat(None, len(row), dtype=pl.Datetime("us"), eager=True),
        "一件事主题": pl.repeat(None, len(row), dtype=pl.String, eager=True),
        "前件编号": pl.select(pl.when(pl.Series(again >= 0)).then(key.gather(np.maximum(again, 0)))).to_series(),
        "与前件关系": pl.select(pl.when(pl.Series(again >= 0)).then(pl.lit("重新办理"))).to_series(),
    }
    deliver_cases(courier, cases, columns)
    _deliver_dispatched(courier, cases)


def _reopened(chance: Chance, row: Ints, cases: Cases) -> Ints:
    """Position of the earlier order that an order takes up again, −1 for most: an unsolved one of the same district."""
    earlier = np.full(len(row), -1)
    order = np.lexsort((cases.opened, cases.district))
    before, after = order[:-_TAKEN_UP_AFTER], order[_TAKEN_UP_AFTER:]
    possible = (cases.outcome[before] == UNSOLVED) & (cases.district[before] == cases.district[after])
    possible &= cases.closed[before] < cases.opened[after]
    chosen = possible & chance.happens("hotline.reopened", row[after], 0.35)
    earlier[after[chosen]] = before[chosen]
    return earlier


def _deliver_dispatched(courier: Courier, cases: Cases) -> None:
    """Some orders are sent to a department that is not in charge and come back within hours."""
    chance, row = courier.chance, cases.row
    accepted, dispatched = cases.ends[:, 0], cases.ends[:, 1]
    names = pl.Series([d.department_id for d in DEPARTMENTS])
    wrong = np.flatnonzero(chance.happens("dispatch.is_wrong", row, 0.045))
    strange = (cases.department[wrong] + 1 + chance.below("dispatch.to", row[wrong], 16)) % len(DEPARTMENTS)
    half = (accepted[wrong] + dispatched[wrong]) // 2
    never = np.full(len(row), NEVER)
    deliver_dispatches(
        courier,
        pl.concat([cases.key.gather(wrong), cases.key]),
        np.concatenate([row[wrong], row]),
        pl.concat([names.gather(strange), names.gather(cases.department)]),
        np.concatenate([accepted[wrong], np.where(np.isin(np.arange(len(row)), wrong), dispatched - 60, accepted)]),
        np.concatenate([half, dispatched]),
        np.concatenate([half, never]),
    )


def _orders(world: World) -> tuple[Ints, Ints, Ints]:
    """Day, leaf category and district of the everyday orders, then of the bursts, then of the split ones."""
    chance, listed = world.chance, leaves()
    row = np.arange(world.rows(_FULL_COUNT)) + _FIRST_ROW
    calendar = np.arange(days.FIRST, days.LAST + 1)
    month = days.month_of(calendar)
    seasonal = np.stack([np.where(np.isin(month, item.season), 3.0, 1.0) for item in CATEGORIES], axis=1)
    weights = seasonal[:, listed.category] * listed.weight * day_weights(calendar)[:, None]
    cell = chance.choice("hotline.cell", row, weights.ravel())
    parts = [
        (
            calendar[cell // len(listed.code)],
            cell % len(listed.code),
            chance.choice("hotline.district", row, districts().weight),
        )
    ]
    for n, burst in enumerate(BURSTS):
        extra = np.arange(burst_orders(world, burst)) + (n << 20)
        first, last = (np.full(len(extra), days.number(day)) for day in (burst.first, burst.last))
        leaf = listed.code.to_list().index(burst.category)
        district = districts().code.to_list().index(burst.district)
        day = days.spread(chance, "hotline.burst", extra, first, last)
        parts.append((day, np.full(len(extra), leaf), np.full(len(extra), district)))
    split = gaming.split_orders(chance, len(listed.code), world.scale)
    parts.append((split.day, split.leaf, split.district))
    day, leaf_, district_ = (np.concatenate([part[n] for part in parts]) for n in range(3))
    return day, leaf_, district_


def _steps(chance: Chance, row: Ints, opened: Ints, promised: Ints) -> tuple[Ints, Flags]:
    """Accepting and dispatching take minutes and hours round the clock; the rest takes office time."""

    def lasting(name: str, median: float) -> Floats:
        return np.asarray(median * np.exp(0.7 * chance.normal(f"hotline.{name}", row)))

    accepted = opened + (lasting("accept", 9 * 60)).astype(np.int64)
    dispatched = accepted + (lasting("dispatch", 2.2 * 3600)).astype(np.int64)
    begun = days.workday_index(dispatched // 86400 + (dispatched % 86400 >= 17 * 3600)).astype(np.float64)
    in_office = days.is_workday(dispatched // 86400) & (dispatched % 86400 < 17 * 3600)
    begun += np.where(in_office, np.clip((dispatched % 86400 / 3600 - 9) / 8, 0, None), 0.0)
    handled = begun + lasting("handle", 0.42) * promised
    slow = handled - begun > 0.9 * promised
    supervised = slow | chance.happens("hotline.supervised", row, 0.03)
    watched = handled + np.where(supervised, lasting("supervise", 1.4), 0.0)
    called = watched + lasting("call_back", 0.7)
    rated = called + lasting("evaluate", 0.25)
    office = [days.office_instant(worked) for worked in (handled, watched, called, rated)]
    taken = np.ones((len(row), len(_STEP_KINDS)), dtype=bool)
    taken[:, 3] = supervised
    return np.stack([accepted, dispatched, *office], axis=1), taken


def _callers(chance: Chance, row: Ints, day: Ints, category: Ints, district: Ints) -> Ints:
    """Most call once in a while; some call again and again within three weeks about one matter in one district."""
    everybody = chance.below("hotline.caller", row, len(row))
    matter = (day // 21 * len(CATEGORIES) + category) * len(districts().weight) + district
    return np.where(chance.happens("hotline.calls_again", row, _INSISTENT), len(row) + matter, everybody)


def _ratings(chance: Chance, row: Ints, outcome: Ints) -> Ints:
    """1–5, 0 where the caller did not rate; the outcome decides the mood."""
    rating = np.zeros(len(row), dtype=np.int64)
    moods = {SOLVED: [1, 2, 7, 25, 65], EXPLAINED: [6, 10, 28, 34, 22], UNSOLVED: [42, 28, 18, 8, 4]}
    for level, weights in moods.items():
        at = np.flatnonzero(outcome == level)
        rating[at] = 1 + chance.choice("hotline.rating", row[at], weights)
    return np.where(chance.happens("hotline.rated", row, 0.58), rating, 0)


def bursts(world: World) -> pl.DataFrame:
    """The planted bursts, for the answer files."""
    rows = [(b.category, b.district, b.first, b.last, burst_orders(world, b)) for b in BURSTS]
    return pl.DataFrame(rows, schema=["item_code", "district_code", "first_date", "last_date", "orders"], orient="row")
