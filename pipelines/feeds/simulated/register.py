"""Sources `registration` and `change`: what the register shows of every entity, and the changes filed.

Not here: what changes and when (lives.py).
"""

import numpy as np
import polars as pl

from pipelines.feeds.simulated import days
from pipelines.feeds.simulated.chance import Flags, Ints
from pipelines.feeds.simulated.delivery import Courier, Source, day_column, record_ids
from pipelines.feeds.simulated.dirt import CODE, REPORTED, identify
from pipelines.feeds.simulated.entities import SOLE
from pipelines.feeds.simulated.traits import DEPARTMENTS, districts, industries
from pipelines.feeds.simulated.world import World

REGISTRATION = Source("registration", CODE, by_year=True, date="登记日期", coded="登记状态")
CHANGE = Source("change", "变更编号", by_year=True, date="变更日期", coded="变更事项")
_FORMS = pl.Series(["公司", "分支机构", "个体工商户", "合伙企业", "农民专业合作社", "其他"])
_STATUS = pl.Series(["存续", "注销", "吊销", "迁出"])
_HAZARD = pl.Series(["低", "中", "高"])
_KINDS = pl.Series(["名称变更", "住所变更", "辖区变更", "行业变更", "注册资本变更", "状态变更", "合并", "分立"])
_STREETS = pl.Series(
    ["安和", "丰禾", "景文", "长缨", "曲水", "锦程", "明德", "育才", "科创", "雁栖", "灞柳", "渭滨", "紫薇", "星火"]
)
_ROADS = pl.Series(["一路", "二路", "三路", "东路", "西路", "南街", "北街", "大街", "巷"])
_BLANK_PLACE = 0.04


def _at(world: World, state: Ints) -> Ints:
    """A number for the address of each state; duplicates stand at the address of their twin."""
    states = world.states
    twin = world.entities.twin[states.entity[state]]
    owner = np.where((twin >= 0) & (states.address_version[state] == 0), twin, states.entity[state])
    return owner * 16 + states.address_version[state] % 16


def street(world: World, state: Ints) -> pl.Series:
    """The street of each state."""
    chance, at = world.chance, _at(world, state)
    name = _STREETS.gather(chance.below("place.street", at, len(_STREETS)))
    return name + _ROADS.gather(chance.below("place.road", at, len(_ROADS)))


def place(world: World, state: Ints) -> tuple[pl.Series, pl.Series, pl.Series]:
    """Address, longitude and latitude of states."""
    chance, area = world.chance, districts()
    at, where = _at(world, state), world.states.district[state]
    address = pl.concat_str(
        pl.lit("西安市"),
        area.name.gather(where),
        street(world, state).alias("street"),
        pl.Series("number", 1 + chance.below("place.number", at, 240)).cast(pl.String),
        pl.lit("号"),
        pl.Series("building", 1 + chance.below("place.building", at, 12)).cast(pl.String),
        pl.lit("幢"),
        pl.Series("room", 101 + chance.below("place.room", at, 2800)).cast(pl.String),
        pl.lit("室"),
    )
    longitude = np.round(area.longitude[where] + 0.022 * chance.normal("place.longitude", at), 6)
    latitude = np.round(area.latitude[where] + 0.018 * chance.normal("place.latitude", at), 6)
    unplaced = pl.Series(chance.happens("place.unplaced", at, _BLANK_PLACE))
    point = [pl.when(unplaced).then(None).otherwise(pl.Series(axis)) for axis in (longitude, latitude)]
    frame = pl.select(address=address, longitude=point[0], latitude=point[1])
    return frame["address"], frame["longitude"], frame["latitude"]


def deliver_registration(world: World, courier: Courier) -> None:
    """One row for every state of every registered entity; the stock of 2021-11-01 comes in the first file."""
    entities, states = world.entities, world.states
    state = np.flatnonzero((states.entity < entities.count) & (states.day <= days.LAST))
    entity, day, where = states.entity[state], states.day[state], states.district[state]
    address, longitude, latitude = place(world, state)
    trade = states.industry[state]
    parent, forerunner = entities.kin[entity], entities.forerunner[entity]
    row = entity * (1 << 16) + day
    frame = pl.DataFrame(
        {
            CODE: entities.code.gather(entity),
            "企业名称": world.names.spelt(state, 0),
            "主体类型": _FORMS.gather(entities.form[entity]),
            "行业代码": industries().code.gather(trade),
            "危害程度": _HAZARD.gather(industries().hazard[trade]),
            "区划代码": districts().code.gather(where),
            "住所": address,
            "经度": longitude,
            "纬度": latitude,
            "注册资本": _capital(world, state),
            "成立日期": day_column(entities.established[entity]),
            "登记状态": _STATUS.gather(states.status[state]),
            "上级主体代码": _code_or_null(entities.code, parent, parent >= 0),
            "前身主体代码": _code_or_null(entities.code, forerunner, forerunner >= 0),
            "登记日期": day_column(day),
        }
    )
    sent = np.maximum(day, days.FIRST) + np.where(day < days.FIRST, 0, world.chance.below("registration.lag", row, 3))
    frame = frame.with_columns(day_column(sent).alias(REPORTED))
    courier.deliver(REGISTRATION, frame, row, sent)


def _code_or_null(code: pl.Series, entity: Ints, known: Flags) -> pl.Series:
    found = code.gather(np.maximum(entity, 0))
    return pl.select(pl.when(pl.Series(known)).then(found).otherwise(None)).to_series()


def _capital(world: World, state: Ints) -> pl.Series:
    """CNY in steps of ten thousand; it grows with each change; many sole proprietors name none."""
    entity, version = world.states.entity[state], world.states.capital_version[state]
    growth = 1 + 0.4 * version
    amount = np.ceil(world.entities.size[entity] * growth * 60) * 10_000
    none = (world.entities.form[entity] == SOLE) & world.chance.happens("entity.no_capital", entity, 0.6)
    return pl.select(pl.when(pl.Series(none)).then(None).otherwise(pl.Series(amount))).to_series()


def deliver_change(world: World, courier: Courier) -> None:
    """Every registered change within the window."""
    changes = world.changes
    row = (changes.entity * (1 << 16) + changes.day) * 16 + changes.kind
    inside = (changes.entity < world.entities.count) & (changes.day <= days.LAST)
    entity, day, kind, row = changes.entity[inside], changes.day[inside], changes.kind[inside], row[inside]
    sent = days.reported(world.chance, "change", row, day, 0.02)
    key = record_ids("BG", row, 16)
    frame = pl.DataFrame(
        {
            "变更编号": key,
            **identify(world, courier.ledger, "change", key, row, entity, day),
            "部门编号": pl.repeat(DEPARTMENTS[0].department_id, len(row), eager=True),
            "变更事项": _KINDS.gather(kind),
            "变更日期": day_column(day),
            REPORTED: day_column(sent),
        }
    )
    courier.deliver(CHANGE, frame, row, sent, 0)
