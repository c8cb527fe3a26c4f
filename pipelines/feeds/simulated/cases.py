"""Sources `service_case` and `service_step`: how cases of either kind and their steps are written.

Not here: what happens in a case (approvals.py, hotline.py). Nothing after the last delivered day is known.
"""

from dataclasses import dataclass

import numpy as np
import polars as pl

from pipelines.feeds.simulated.case_parts import CUT, NEVER, seen
from pipelines.feeds.simulated.chance import Flags, Ints
from pipelines.feeds.simulated.delivery import Courier, Source, instant_column
from pipelines.feeds.simulated.traits import DEPARTMENTS, districts

STEPS = ("受理", "审查", "现场核查", "决定", "送达", "派单", "处理", "督办", "回访", "评价")
ACCEPT, REVIEW, SITE_VISIT, DECIDE, DELIVER, DISPATCH, HANDLE, SUPERVISE, CALL_BACK, EVALUATE = range(10)
OUTCOMES = ("准予", "不予", "撤回", "已解决", "已解释", "未解决", "转长期推进")
GRANTED, REFUSED, WITHDRAWN, SOLVED, EXPLAINED, UNSOLVED, TRANSFERRED = range(7)


@dataclass(frozen=True)
class Cases:
    """Cases of one kind; instants are local seconds since 1970.

    `step_kinds` are the words of the steps in `ends`; a case skips the steps where `taken` is false. A step starts when
    the one before it ended, the first when the case was opened. They are delivered as `source_id` and `step_source_id`.
    """

    kind: str
    branch: str
    row: Ints
    key: pl.Series
    department: Ints
    district: Ints
    opened: Ints
    step_kinds: tuple[str, ...]
    ends: Ints
    taken: Flags
    outcome: Ints
    rating: Ints
    is_supervised: Flags
    source_id: str = "service_case"
    step_source_id: str = "service_step"

    @property
    def closed(self) -> Ints:
        """Instant closed; never if that is after the last delivered day."""
        end = np.where(self.taken, self.ends, 0).max(axis=1)
        return np.where(end < CUT, end, NEVER)


def deliver_cases(courier: Courier, cases: Cases, columns: dict[str, pl.Series]) -> None:
    """Write the cases, with the columns that only their kind knows, and all steps begun by the last day."""
    closed = cases.closed
    is_open = pl.Series(closed >= NEVER)
    department = pl.Series([d.department_id for d in DEPARTMENTS]).gather(cases.department)
    rating = pl.when(is_open | pl.Series(cases.rating == 0)).then(None).otherwise(pl.Series(cases.rating))
    outcome = pl.when(is_open).then(None).otherwise(pl.Series(OUTCOMES).gather(cases.outcome))
    frame = pl.DataFrame(
        {
            "办件编号": cases.key,
            "办件类别": pl.repeat(cases.kind, len(cases.row), eager=True),
            **columns,
            "承办部门": department,
            "区划代码": districts().code.gather(cases.district),
            "受理时间": instant_column(cases.opened),
            "办结时间": instant_column(closed),
            "办理结果": pl.select(outcome).to_series(),
            "评价等级": pl.select(rating).to_series(),
            "是否督办": pl.Series(np.where(cases.is_supervised, "是", "否")),
        }
    )
    source = Source(cases.source_id, "办件编号", by_year=True, coded="办理结果", branch=cases.branch)
    courier.deliver(source, frame, cases.row, cases.opened // 86400)
    _deliver_steps(courier, cases, department)


def _deliver_steps(courier: Courier, cases: Cases, department: pl.Series) -> None:
    width = len(cases.step_kinds)
    starts = np.empty_like(cases.ends)
    now = cases.opened
    for n in range(width):
        starts[:, n] = now
        now = np.where(cases.taken[:, n], cases.ends[:, n], now)
    number = np.cumsum(cases.taken, axis=1)
    case, step = np.nonzero(cases.taken & (starts < CUT))
    start, end = starts[case, step], cases.ends[case, step]
    frame = pl.DataFrame(
        {
            "办件编号": cases.key.gather(case),
            "环节序号": number[case, step],
            "环节": pl.Series(cases.step_kinds).gather(step),
            "承办部门": department.gather(case),
            "开始时间": instant_column(start),
            "结束时间": seen(end),
        }
    )
    source = Source(cases.step_source_id, "办件编号", "parquet", by_year=True, coded="环节", branch=cases.branch)
    courier.deliver(source, frame, cases.row[case] * 8 + step, start // 86400)
