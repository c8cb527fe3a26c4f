"""Source `licence`: licences issued, changed, renewed before they expire, lapsed or cancelled.

Not here: approval cases (approvals.py); a licence here is the document.
"""

import numpy as np
import polars as pl

from pipelines.feeds.simulated import days
from pipelines.feeds.simulated.chance import Ints
from pipelines.feeds.simulated.delivery import Courier, Source, day_column, record_ids
from pipelines.feeds.simulated.dirt import REPORTED, identify
from pipelines.feeds.simulated.traits import DEPARTMENTS, department_index, industries
from pipelines.feeds.simulated.world import World

LICENCE = Source(
    "licence", "许可证编号", "jsonl", by_year=True, date="发证日期", coded="申请类型",
    corrected={"有效期止": pl.col("有效期止").dt.offset_by("1d")},
)  # fmt: skip
_YEARS = {"烟草专卖零售许可": 3, "卫生许可": 4, "医疗器械经营备案": 5, "危险化学品安全许可": 3, "燃气经营许可": 3}
_OTHER_YEARS = 5
_DEPARTMENT = {
    "危险化学品安全许可": "D02", "卫生许可": "D04", "医疗机构执业许可": "D04",
    "建筑业企业资质": "D05", "燃气经营许可": "D05",
    "娱乐经营许可": "D07", "网络文化经营许可": "D07", "旅行社业务许可": "D07",
    "民办学校办学许可": "D08", "人力资源服务许可": "D09",
    "机动车维修备案": "D11", "快递业务许可": "D11", "成品油零售许可": "D12", "特种行业许可": "D15",
}  # fmt: skip
_STOCK_DAYS = 6 * 365  # licences of the initial stock reach back this far before the window
_MOST = 5  # documents of one licence
_TYPES = pl.Series(["新办", "延续", "变更", "注销"])
ISSUE, RENEW, CHANGE, CANCEL = range(4)
_LAPSE = 0.04
_CHANGES = 1.5  # changed documents per licence over its life


def deliver_licences(world: World, courier: Courier) -> None:
    """A chain of documents for each entity and kind: issue, renewals, then cancellation, with changes between."""
    chance, entities = world.chance, world.entities
    kinds = sorted({kind for listed in industries().licence_kinds for kind in listed})
    width = max(len(listed) for listed in industries().licence_kinds)
    table = np.full((len(industries().weight), width), -1)
    for n, listed in enumerate(industries().licence_kinds):
        table[n, : len(listed)] = [kinds.index(kind) for kind in listed]
    of_entity = table[entities.industry[entities.known]]
    owner, slot = np.nonzero(of_entity >= 0)
    kind, chain = of_entity[owner, slot], owner * 4 + slot
    term = np.array([_YEARS.get(name, _OTHER_YEARS) for name in kinds])[kind] * 365
    start = np.maximum(
        entities.established[owner] + 5 + chance.below("licence.start", chain, 60), days.FIRST - _STOCK_DAYS
    )
    start = start + np.where(
        entities.established[owner] < days.FIRST - _STOCK_DAYS, chance.below("licence.phase", chain, term), 0
    )

    lapsed = np.zeros(len(chain), dtype=bool)
    parts: list[tuple[Ints, Ints, Ints, Ints, Ints]] = []  # chain position, number, type, day, expiry
    for n in range(_MOST):
        at = np.flatnonzero(~lapsed & (start < np.minimum(entities.ended[owner], days.LAST + 1)))
        day, ends = start[at], start[at] + term[at]
        parts.append((at, np.full(len(at), n), np.full(len(at), RENEW if n else ISSUE), day, ends))
        changed = at[chance.happens(f"licence.changed.{n}", chain[at], _CHANGES / 2)]
        when = start[changed] + 30 + chance.below(f"licence.change_day.{n}", chain[changed], term[changed] - 60)
        parts.append(
            (changed, np.full(len(changed), 8 + n), np.full(len(changed), CHANGE), when, (start + term)[changed])
        )
        careless = np.minimum(_LAPSE * (0.4 + 0.6 * entities.tendency[owner]), 0.5)
        lapsed |= chance.happens(f"licence.lapses.{n}", chain, careless)
        start = start + term - chance.below(f"licence.renewed_before.{n}", chain, 40)
    over = np.flatnonzero((entities.ended[owner] <= days.LAST) & chance.happens("licence.cancelled", chain, 0.7))
    ended = entities.ended[owner[over]]
    parts.append((over, np.full(len(over), 15), np.full(len(over), CANCEL), ended, ended))
    at, number, sort, day, ends = (np.concatenate([part[n] for part in parts]) for n in range(5))

    living = (sort == CANCEL) | entities.alive(owner[at], day)
    keep = np.flatnonzero(living & (day <= days.LAST))
    at, number, sort, day, ends = at[keep], number[keep], sort[keep], day[keep], ends[keep]
    row, entity = chain[at] * 16 + number, owner[at]
    department = np.array([department_index(_DEPARTMENT.get(name, "D01")) for name in kinds])[kind[at]]
    key = record_ids("XK", row, 9)
    sent = np.maximum(days.reported(chance, "licence", row, day, 0.02), days.FIRST)
    frame = pl.DataFrame(
        {
            "许可证编号": key,
            **identify(world, courier.ledger, "licence", key, row, entity, day),
            "部门编号": pl.Series([d.department_id for d in DEPARTMENTS]).gather(department),
            "许可类别": pl.Series(kinds).gather(kind[at]),
            "申请类型": _TYPES.gather(sort),
            "发证日期": day_column(day),
            "有效期止": day_column(ends),
            REPORTED: day_column(sent),
        }
    )
    courier.deliver(LICENCE, frame, row, sent, department)
