"""Hotline orders (12345): two-level categories, seasons and hours, repeat callers, planted bursts, five to six steps.

Not here: complaints to the market regulator (complaints.py).
"""

from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl

from pipelines.feeds.simulated import days
from pipelines.feeds.simulated.cases import (
    ACCEPT,
    CALL_BACK,
    DISPATCH,
    EVALUATE,
    EXPLAINED,
    HANDLE,
    SOLVED,
    SUPERVISE,
    UNSOLVED,
    Cases,
    deliver_cases,
)
from pipelines.feeds.simulated.chance import Chance, Flags, Floats, Ints
from pipelines.feeds.simulated.complaints import day_weights
from pipelines.feeds.simulated.delivery import Courier, record_ids
from pipelines.feeds.simulated.dirt import identify
from pipelines.feeds.simulated.traits import department_index, districts
from pipelines.feeds.simulated.world import World

_FULL_COUNT = 400_000
_FIRST_ROW = 1 << 24  # record numbers of orders lie beyond those of approvals


@dataclass(frozen=True)
class Category:
    """A second-level category; `season` names the months in which it is three times as frequent."""

    code: str
    name: str
    department_id: str
    weight: float
    phrase: str
    season: tuple[int, ...] = ()
    about_firms: bool = False


CATEGORIES = (
    Category("0101", "市场监管·食品安全", "D01", 6, "食品变质", (6, 7, 8), True),
    Category("0102", "市场监管·价格收费", "D01", 5, "乱收费", (), True),
    Category("0103", "市场监管·消费维权", "D01", 8, "退款难", (11,), True),
    Category("0104", "市场监管·特种设备", "D01", 2, "电梯故障"),
    Category("0105", "市场监管·预付卡", "D12", 3, "预付卡退费难", (3,), True),
    Category("0201", "住房建设·物业服务", "D05", 9, "物业不作为"),
    Category("0202", "住房建设·供热供暖", "D05", 4, "暖气不热", (1, 2, 11, 12)),
    Category("0203", "住房建设·房屋质量", "D05", 3, "房屋漏水", (7, 8)),
    Category("0204", "住房建设·供水供气", "D05", 3, "停水停气"),
    Category("0301", "城市管理·噪声扰民", "D06", 7, "夜间施工噪声", (5, 6, 7, 8)),
    Category("0302", "城市管理·占道经营", "D06", 5, "占道经营", (6, 7, 8)),
    Category("0303", "城市管理·违章建筑", "D06", 3, "违规搭建"),
    Category("0304", "城市管理·环境卫生", "D06", 4, "垃圾未清运"),
    Category("0401", "交通运输·公交出行", "D11", 3, "公交等候久"),
    Category("0402", "交通运输·停车管理", "D15", 5, "乱停车"),
    Category("0403", "交通运输·道路破损", "D05", 3, "路面塌陷"),
    Category("0501", "人社·拖欠工资", "D09", 5, "拖欠工资", (1, 12)),
    Category("0502", "人社·社保办理", "D09", 3, "社保转移"),
    Category("0601", "教育·校外培训", "D08", 2.5, "培训班退费", (8, 9), True),
    Category("0602", "教育·入学政策", "D08", 2.5, "入学咨询", (6, 7)),
    Category("0701", "卫健·就医服务", "D04", 2.5, "挂号难"),
    Category("0702", "卫健·公共场所卫生", "D04", 1.5, "场所卫生差", (), True),
    Category("0801", "生态环境·油烟异味", "D10", 3, "油烟扰民", (6, 7, 8), True),
    Category("0802", "生态环境·扬尘污染", "D10", 2, "工地扬尘", (3, 4)),
    Category("0901", "政务服务·办事咨询", "D17", 4, "办事流程咨询"),
)


@dataclass(frozen=True)
class Burst:
    """Extra orders of one category in one district; `orders` at full scale, never fewer than 12."""

    category: str
    district: str
    first: date
    last: date
    orders: int


BURSTS = (
    Burst("0204", "XA-GX", date(2026, 10, 22), date(2026, 10, 31), 260),
    Burst("0202", "610112", date(2025, 11, 15), date(2025, 11, 28), 500),
    Burst("0105", "610113", date(2025, 3, 3), date(2025, 3, 16), 220),
    Burst("0203", "610122", date(2024, 7, 18), date(2024, 7, 27), 200),
    Burst("0601", "610103", date(2023, 8, 20), date(2023, 9, 2), 220),
)
_HOURS = np.array([1, 0.6, 0.4, 0.3, 0.3, 0.6, 1.5, 3, 6, 8, 8.5, 7.5, 5, 5.5, 7, 7.5, 7, 6, 5, 4.5, 4, 3.5, 2.5, 1.6])
_CHANNELS = pl.Series(["电话", "微信小程序", "政务网站", "移动客户端"])
_STEP_KINDS = (ACCEPT, DISPATCH, HANDLE, SUPERVISE, CALL_BACK, EVALUATE)
_PLACES = pl.Series(
    ["一处小区", "一条街巷", "地铁口附近", "一家门店", "集贸市场旁", "学校周边", "一处工地", "办事大厅"]
)
_INSISTENT = 0.12
_NAMED = 0.6  # share of orders about firms that name one


def burst_orders(world: World, burst: Burst) -> int:
    """Extra orders of a burst at the scale of the world."""
    return max(12, round(burst.orders * world.scale))


def deliver_hotline(world: World, courier: Courier) -> None:
    """Draw all orders and write them."""
    chance, entities = world.chance, world.entities
    day, category, district = _orders(world)
    row = np.arange(len(day)) + _FIRST_ROW
    hour = chance.choice("hotline.hour", row, _HOURS)
    opened = day * 86400 + hour * 3600 + chance.below("hotline.second", row, 3600)
    caller = _callers(chance, row, day, category, district)

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
    key = record_ids("RX", row, 9)
    uncoded = named & chance.happens("hotline.is_uncoded", row, 0.75)
    who = identify(world, courier.ledger, "service_case", key, row, entity, day, uncoded=uncoded, nobody=~named)
    place = world.states.district[world.states.at(entity, day)]
    district = np.where(named & (row - _FIRST_ROW < world.rows(_FULL_COUNT)), place, district)
    cases = Cases(
        kind="热线工单", branch="_hotline", row=row, key=key,
        department=np.array([department_index(item.department_id) for item in CATEGORIES])[category],
        district=district, opened=opened, step_kinds=_STEP_KINDS, ends=ends, taken=taken, outcome=outcome,
        rating=_ratings(chance, row, outcome), is_supervised=taken[:, 3],
    )  # fmt: skip
    place_name = _PLACES.gather(chance.below("hotline.place", row, len(_PLACES)))
    phrase = pl.Series([item.phrase for item in CATEGORIES]).gather(category)
    area = districts().name.gather(district).alias("area")
    columns = {
        "事项代码": pl.Series([item.code for item in CATEGORIES]).gather(category),
        "事项名称": pl.Series([item.name for item in CATEGORIES]).gather(category),
        **who,
        "渠道": _CHANNELS.gather(chance.choice("hotline.channel", row, [70, 16, 8, 6])),
        "标题": pl.select(
            pl.concat_str(pl.lit("反映"), area, place_name.alias("place"), phrase.alias("what"))
        ).to_series(),
        "来电人标识": record_ids("LD", caller, 9),
        "法定时限": pl.repeat(None, len(row), dtype=pl.Int64, eager=True),
        "承诺时限": pl.Series(promised),
    }
    deliver_cases(courier, cases, columns)


def _orders(world: World) -> tuple[Ints, Ints, Ints]:
    """Day, category and district of the everyday orders, then of the bursts."""
    chance = world.chance
    row = np.arange(world.rows(_FULL_COUNT)) + _FIRST_ROW
    calendar = np.arange(days.FIRST, days.LAST + 1)
    month = days.month_of(calendar)
    weights = np.stack(
        [item.weight * np.where(np.isin(month, item.season), 3.0, 1.0) for item in CATEGORIES], axis=1
    ) * day_weights(calendar)[:, None]  # fmt: skip
    cell = chance.choice("hotline.cell", row, weights.ravel())
    parts = [
        (
            calendar[cell // len(CATEGORIES)],
            cell % len(CATEGORIES),
            chance.choice("hotline.district", row, districts().weight),
        )
    ]
    for n, burst in enumerate(BURSTS):
        extra = np.arange(burst_orders(world, burst)) + (n << 20)
        first, last = (np.full(len(extra), days.number(day)) for day in (burst.first, burst.last))
        category = [item.code for item in CATEGORIES].index(burst.category)
        district = districts().code.to_list().index(burst.district)
        day = days.spread(chance, "hotline.burst", extra, first, last)
        parts.append((day, np.full(len(extra), category), np.full(len(extra), district)))
    day, category_, district_ = (np.concatenate([part[n] for part in parts]) for n in range(3))
    return day, category_, district_


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
