"""What the inspector base holds beside the list of inspectors: days of leave, and entities that one must not inspect.

Not here: the inspectors themselves (lists.py). Leave has no reason and a relation no person: neither is needed to plan.
"""

import numpy as np
import polars as pl

from pipelines.feeds.simulated import days
from pipelines.feeds.simulated.delivery import Courier, Source, day_column
from pipelines.feeds.simulated.lists import inspector_ids
from pipelines.feeds.simulated.world import World

LEAVE = Source("inspector_leave", "执法人员编号", "xlsx", is_clean=True)
RELATION = Source("inspector_relation", "执法人员编号", "xlsx", is_clean=True)
_ON_LEAVE = 0.12
_RELATED = 0.25
_CAUSES = pl.Series(["利害关系", "亲属", "本人申报"])


def deliver_inspector_base(world: World, courier: Courier) -> None:
    """Write leaves from two months before the last day to half a year after it, and relations to entities."""
    chance, inspectors = world.chance, inspector_ids()
    away = np.flatnonzero(chance.happens("leave.is_taken", np.arange(len(inspectors)), _ON_LEAVE))
    first = days.LAST - 60 + chance.below("leave.first", away, 240)
    told = np.minimum(first - 5, days.LAST)
    frame = pl.DataFrame(
        {
            "执法人员编号": inspectors.gather(away),
            "休假首日": day_column(first),
            "休假末日": day_column(first + chance.below("leave.days", away, 15)),
            "登记日期": day_column(told),
        }
    )
    courier.deliver(LEAVE, frame, away, told)

    related = np.flatnonzero(chance.happens("relation.is_told", np.arange(len(inspectors)), _RELATED))
    entity = chance.below("relation.entity", related, world.entities.count)
    since = days.LAST - 1 - chance.below("relation.since", related, 1500)
    cause = chance.choice("relation.cause", related, [4, 4, 2])
    ended = np.where(cause == 1, days.NEVER, since + 300 + chance.below("relation.lasts", related, 2000))
    frame = pl.DataFrame(
        {
            "执法人员编号": inspectors.gather(related),
            "统一社会信用代码": world.entities.code.gather(entity),
            "回避事由": _CAUSES.gather(cause),
            "回避首日": day_column(since),
            "回避末日": day_column(ended),
            "登记日期": day_column(since),
        }
    )
    courier.deliver(RELATION, frame, related, since)
