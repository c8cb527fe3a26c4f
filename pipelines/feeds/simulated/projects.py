"""Sources `project`, `project_step` and `project_pause`: construction projects in four stages with pauses.

Not here: the approvals of single items (approvals.py).
"""

import numpy as np
import polars as pl

from pipelines.feeds.simulated import days
from pipelines.feeds.simulated.case_parts import CORRECTION, EXPERT_REVIEW, PUBLIC_NOTICE, TESTING, Pauses
from pipelines.feeds.simulated.cases import GRANTED, REFUSED, WITHDRAWN, Cases, deliver_cases
from pipelines.feeds.simulated.delivery import Courier, record_ids
from pipelines.feeds.simulated.dirt import identify
from pipelines.feeds.simulated.traits import department_index
from pipelines.feeds.simulated.world import World

_FULL_COUNT = 3_559
_LEAST = 60
_FIRST_ROW = 1 << 28
_STAGES = ("立项用地规划许可", "工程建设许可", "施工许可", "竣工验收")
_MEDIAN_DAYS = np.array([14.0, 12.0, 11.0, 8.0])
_KINDS = pl.Series(["政府投资房屋建筑", "社会投资房屋建筑", "社会投资小型工程", "市政线性工程", "工业标准厂房"])
_PAUSES = np.array([PUBLIC_NOTICE, EXPERT_REVIEW, CORRECTION, TESTING])  # the usual one of each stage


def deliver_projects(world: World, courier: Courier) -> None:
    """Draw projects; each stage works in office time and half of them stand still once for weeks."""
    chance, entities = world.chance, world.entities
    row = np.arange(max(world.rows(_FULL_COUNT), _LEAST)) + _FIRST_ROW
    entity = entities.weighted("project.entity", row, entities.size[: entities.count] ** 2 + 0.1)
    day = days.next_workday(entities.day_of_life("project.day", row, entity))
    day = np.minimum(day, days.LAST - 1)
    opened = day * 86400 + 9 * 3600 + chance.below("project.second", row, 7 * 3600)
    at = days.workday_index(day) + 0.9
    ends, cases_of, started, ended, kinds = [], [], [], [], []
    for n, stage in enumerate(_STAGES):
        spent = _MEDIAN_DAYS[n] * np.exp(0.35 * chance.normal(f"project.{stage}", row))
        stands = chance.happens(f"project.pause.{stage}", row, 0.5)
        rest = np.where(stands, np.ceil(9 * np.exp(0.5 * chance.normal(f"project.rest.{stage}", row))), 0.0)
        begin = at + 0.4 * spent
        which = np.flatnonzero(stands)
        cases_of.append(which)
        kinds.append(np.full(len(which), _PAUSES[n]))
        started.append(days.office_instant(begin[which]))
        ended.append(days.office_instant((begin + rest)[which]))
        at = at + spent + rest
        ends.append(days.office_instant(at))
    key = record_ids("GC", row, 9)
    outcomes = np.array([GRANTED, REFUSED, WITHDRAWN])
    whole = np.stack(ends, axis=1)
    kind = chance.choice("project.kind", row, [2, 4, 3, 2, 3])
    cases = Cases(
        kind="工程建设项目", branch="", row=row, key=key, department=np.full(len(row), department_index("D17")),
        district=world.states.district[world.states.at(entity, day)], opened=opened, step_kinds=_STAGES, ends=whole,
        taken=np.ones(whole.shape, dtype=bool),
        outcome=outcomes[chance.choice("project.outcome", row, [95, 2, 3])],
        rating=np.zeros(len(row), dtype=np.int64), is_supervised=np.zeros(len(row), dtype=bool),
        source_id="project", step_source_id="project_step",
    )  # fmt: skip
    columns = {
        "事项代码": pl.select(pl.lit("GC0") + pl.Series(kind + 1).cast(pl.String)).to_series(),
        "事项名称": _KINDS.gather(kind),
        **identify(world, courier.ledger, "project", key, row, entity, day),
    }
    deliver_cases(courier, cases, columns)
    pauses = Pauses(*(np.concatenate(part) for part in (cases_of, kinds, started, ended)))
    pauses.deliver(courier, "project_pause", key, row)
