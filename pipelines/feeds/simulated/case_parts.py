"""Sources of what belongs to a case: pauses, dispatches, ratings by dimension and documents.

Not here: the cases and their steps (cases.py). Instants are local seconds since 1970, none known after the last day.
"""

from dataclasses import dataclass

import numpy as np
import polars as pl

from pipelines.feeds.simulated import days
from pipelines.feeds.simulated.chance import Ints
from pipelines.feeds.simulated.delivery import Courier, Source, instant_column

CUT = (days.LAST + 1) * 86400
NEVER = days.NEVER * 86400
PAUSES = ("申请人补正", "听证", "专家评审", "检验检测检疫", "公示")
CORRECTION, HEARING, EXPERT_REVIEW, TESTING, PUBLIC_NOTICE = range(5)
_DIMENSIONS = ("办事效率", "指南精确度", "便捷度", "平台操作性", "服务水平", "服务态度")


def seen(second: Ints) -> pl.Series:
    """Instants as a column; null for those after the last day."""
    return instant_column(np.where(second < CUT, second, NEVER))


@dataclass(frozen=True)
class Pauses:
    """Pauses of cases: `case` is the position of the case they belong to."""

    case: Ints
    kind: Ints
    started: Ints
    ended: Ints

    def deliver(self, courier: Courier, source_id: str, key: pl.Series, row: Ints) -> None:
        """Write them below `source_id`; the pauses of a case are numbered as they come."""
        begun = np.flatnonzero(self.started < CUT)
        order = begun[np.lexsort((self.started[begun], self.case[begun]))]
        case, started = self.case[order], self.started[order]
        first = np.searchsorted(case, case)
        frame = pl.DataFrame(
            {
                "办件编号": key.gather(case),
                "中止序号": np.arange(len(case)) - first + 1,
                "中止事由": pl.Series(PAUSES).gather(self.kind[order]),
                "中止时间": instant_column(started),
                "恢复时间": seen(self.ended[order]),
            }
        )
        source = Source(source_id, "办件编号", by_year=True, coded="中止事由")
        courier.deliver(source, frame, row[case] * 4 + (np.arange(len(case)) - first), started // 86400)


def deliver_dispatches(
    courier: Courier, key: pl.Series, row: Ints, department: pl.Series, sent: Ints, taken: Ints, returned: Ints
) -> None:
    """Write dispatches of hotline orders; `returned` is never where the department kept the order."""
    at = np.flatnonzero(sent < CUT)
    case_no = np.arange(len(row))[at]
    keys = key.gather(at)
    number = (
        pl.DataFrame({"key": keys, "sent": sent[at]}).select(pl.col("sent").rank("ordinal").over("key")).to_series()
    )
    frame = pl.DataFrame(
        {
            "办件编号": keys,
            "派单序号": number,
            "承办部门": department.gather(at),
            "派单时间": instant_column(sent[at]),
            "签收时间": seen(np.where(returned[at] < NEVER, NEVER, taken[at])),
            "退单时间": seen(returned[at]),
        }
    )
    source = Source("case_dispatch", "办件编号", "parquet", by_year=True)
    courier.deliver(source, frame, row[case_no] * 4 + number.to_numpy().astype(np.int64), sent[at] // 86400)


def deliver_ratings(courier: Courier, key: pl.Series, row: Ints, rating: Ints, at_second: Ints) -> None:
    """Write ratings by dimension for a share of the rated cases: near the overall one, now and then one lower."""
    chance = courier.chance
    case = np.flatnonzero((rating > 0) & (at_second < CUT) & chance.happens("rating.in_detail", row, 0.12))
    case = np.repeat(case, 2)
    number = np.tile(np.arange(2), len(case) // 2)
    ids = row[case] * 2 + number
    lower = chance.happens("rating.lower", ids, 0.15)
    frame = pl.DataFrame(
        {
            "办件编号": key.gather(case),
            "评价序号": number + 1,
            "评价维度": pl.Series(_DIMENSIONS).gather(chance.below("rating.of", row[case], 3) * 2 + number),
            "评价时间": instant_column(at_second[case]),
            "评价等级": np.maximum(rating[case] - lower, 1),
        }
    )
    source = Source("case_rating", "办件编号", by_year=True, coded="评价维度")
    courier.deliver(source, frame, ids, at_second[case] // 86400)


_DOCUMENTS = ("营业执照", "身份证明", "场所证明", "人员健康证明", "平面布局图", "制度文本")
_WAYS = ("申请人提交", "复用", "部门共享", "容缺待补")


def deliver_documents(courier: Courier, key: pl.Series, row: Ints, opened: Ints) -> None:
    """Write the documents of the latest year's cases: who gave them, and those promised for later."""
    chance = courier.chance
    case = np.repeat(np.flatnonzero((opened >= (days.LAST - 365) * 86400) & (opened < CUT)), 2)
    number = np.tile(np.arange(2), len(case) // 2)
    ids = row[case] * 2 + number
    way = chance.choice("document.way", ids, [52, 22, 22, 4])
    late = opened[case] + (5 + chance.below("document.days", ids, 40)) * 86400
    never = chance.happens("document.never", ids, 0.2)
    arrived = np.where(way == 3, np.where(never, NEVER, late), opened[case])
    frame = pl.DataFrame(
        {
            "办件编号": key.gather(case),
            "材料序号": number + 1,
            "材料名称": pl.Series(_DOCUMENTS).gather(chance.below("document.which", ids, len(_DOCUMENTS))),
            "取得方式": pl.Series(_WAYS).gather(way),
            "到件时间": seen(arrived),
            "申请时间": instant_column(opened[case]),
        }
    )
    source = Source("case_document", "办件编号", "parquet", by_year=True)
    courier.deliver(source, frame, ids, opened[case] // 86400)
