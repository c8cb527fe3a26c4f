"""Sources `whistle` and `whistle_step`: firms call departments in (企业吹哨、部门报到).

Not here: orders of citizens (hotline.py).
"""

from datetime import date

import numpy as np
import polars as pl

from pipelines.feeds.simulated import days
from pipelines.feeds.simulated.cases import EXPLAINED, SOLVED, UNSOLVED, Cases, deliver_cases
from pipelines.feeds.simulated.delivery import Courier, record_ids
from pipelines.feeds.simulated.dirt import identify
from pipelines.feeds.simulated.traits import department_index
from pipelines.feeds.simulated.world import World

_FULL_COUNT = 12_000
_LEAST = 80
_FIRST_DAY = days.number(date(2023, 7, 1))
_FIRST_ROW = 1 << 27
_MATTERS = (
    ("CS01", "用工招聘", "D09"),
    ("CS02", "融资对接", "D18"),
    ("CS03", "用地规划", "D05"),
    ("CS04", "用电用气", "D05"),
    ("CS05", "道路交通", "D15"),
    ("CS06", "政策兑现", "D18"),
    ("CS07", "环评安评", "D10"),
    ("CS08", "证照办理", "D17"),
)


def deliver_whistles(world: World, courier: Courier) -> None:
    """Draw whistles from July 2023 on and write them with their steps."""
    chance, entities = world.chance, world.entities
    row = np.arange(max(world.rows(_FULL_COUNT), _LEAST)) + _FIRST_ROW
    entity = entities.weighted("whistle.entity", row, entities.size[: entities.count] + 0.2)
    day = np.maximum(entities.day_of_life("whistle.day", row, entity), _FIRST_DAY)
    day = np.minimum(days.next_workday(day), days.LAST)
    opened = day * 86400 + 9 * 3600 + chance.below("whistle.second", row, 8 * 3600)
    begun = days.workday_index(day) + 0.5
    accepted = opened + 600 + chance.below("whistle.accept", row, 3600)
    dispatched = accepted + 600 + chance.below("whistle.dispatch", row, 3 * 3600)
    came = dispatched + (3600 * 6 * np.exp(0.7 * chance.normal("whistle.report", row))).astype(np.int64)
    handled = begun + 1 + 4.5 * np.exp(0.6 * chance.normal("whistle.handle", row))
    rated = handled + 0.5 * np.exp(0.5 * chance.normal("whistle.rate", row))
    matter = chance.choice("whistle.matter", row, [4, 5, 2, 3, 2, 4, 2, 6])
    outcome = np.array([SOLVED, EXPLAINED, UNSOLVED])[chance.choice("whistle.outcome", row, [84, 11, 5])]
    rating = np.where(outcome == UNSOLVED, 2, 5 - chance.below("whistle.rating", row, 2))
    key = record_ids("CS", row, 9)
    ends = np.stack([accepted, dispatched, came, *(days.office_instant(end) for end in (handled, rated))], axis=1)
    ends = np.maximum.accumulate(ends, axis=1)
    cases = Cases(
        kind="企业吹哨", branch="", row=row, key=key,
        department=np.array([department_index(department) for _, _, department in _MATTERS])[matter],
        district=world.states.district[world.states.at(entity, day)], opened=opened,
        step_kinds=("吹哨受理", "派单", "部门报到", "办理", "企业评哨"), ends=ends,
        taken=np.ones(ends.shape, dtype=bool), outcome=outcome,
        rating=np.where(chance.happens("whistle.rated", row, 0.7), rating, 0),
        is_supervised=handled - begun > 9, source_id="whistle", step_source_id="whistle_step",
    )  # fmt: skip
    columns = {
        "事项代码": pl.Series([code for code, _, _ in _MATTERS]).gather(matter),
        "事项名称": pl.Series([name for _, name, _ in _MATTERS]).gather(matter),
        **identify(world, courier.ledger, "whistle", key, row, entity, day),
    }
    deliver_cases(courier, cases, columns)
