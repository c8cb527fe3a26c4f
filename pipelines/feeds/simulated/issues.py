"""Sources `issue` and `issue_step`: the ledger of matters raised at breakfast meetings with firms (早餐会、五步走).

Not here: whistles that a firm blows by itself (whistles.py).
"""

from datetime import date

import numpy as np
import polars as pl

from pipelines.feeds.simulated import days
from pipelines.feeds.simulated.cases import EXPLAINED, SOLVED, TRANSFERRED, UNSOLVED, Cases, deliver_cases
from pipelines.feeds.simulated.delivery import Courier, record_ids
from pipelines.feeds.simulated.dirt import identify
from pipelines.feeds.simulated.traits import DEPARTMENTS
from pipelines.feeds.simulated.world import World

_FULL_COUNT = 4_000
_LEAST = 60
_FIRST_ROW = (1 << 27) + (1 << 26)
_FIRST_DAY = days.number(date(2024, 1, 5))
_EVERY = 14  # days between two meetings
_MATTERS = pl.Series(["要素保障", "市场准入", "政策落实", "行政效能", "周边环境"])


def deliver_issues(world: World, courier: Courier) -> None:
    """Draw the matters of each meeting: answered within days, solved within a month or so, checked afterwards."""
    chance, entities = world.chance, world.entities
    row = np.arange(max(world.rows(_FULL_COUNT), _LEAST)) + _FIRST_ROW
    meeting = chance.below("issue.meeting", row, (days.LAST - _FIRST_DAY) // _EVERY + 1)
    day = days.next_workday(_FIRST_DAY + meeting * _EVERY)
    entity = entities.weighted("issue.entity", row, entities.size[: entities.count] + 0.2)
    opened = day * 86400 + 8 * 3600 + chance.below("issue.second", row, 3600)
    assigned = opened + 86400 // 4 + chance.below("issue.assign", row, 86400)
    answered = assigned + (86400 * 2.2 * np.exp(0.5 * chance.normal("issue.answer", row))).astype(np.int64)
    solved = answered + (86400 * 13 * np.exp(0.6 * chance.normal("issue.solve", row))).astype(np.int64)
    checked = solved + 86400 * (1 + chance.below("issue.check", row, 5))
    outcomes = np.array([SOLVED, EXPLAINED, UNSOLVED, TRANSFERRED])
    outcome = outcomes[chance.choice("issue.outcome", row, [78, 12, 4, 6])]
    key = record_ids("ZC", row, 9)
    ends = np.stack([opened + 3600, assigned, answered, solved, checked], axis=1)
    matter = chance.below("issue.matter", row, len(_MATTERS))
    cases = Cases(
        kind="早餐会问题", branch="", row=row, key=key,
        department=chance.choice("issue.department", row, [d.load for d in DEPARTMENTS]),
        district=world.states.district[world.states.at(entity, day)], opened=opened,
        step_kinds=("收集", "交办", "答复", "办理", "回访销号"), ends=ends, taken=np.ones(ends.shape, dtype=bool),
        outcome=outcome, rating=np.zeros(len(row), dtype=np.int64), is_supervised=solved - opened > 30 * 86400,
        source_id="issue", step_source_id="issue_step",
    )  # fmt: skip
    columns = {
        "事项代码": pl.select(pl.lit("ZC0") + pl.Series(matter + 1).cast(pl.String)).to_series(),
        "事项名称": _MATTERS.gather(matter),
        **identify(world, courier.ledger, "issue", key, row, entity, day),
    }
    deliver_cases(courier, cases, columns)
