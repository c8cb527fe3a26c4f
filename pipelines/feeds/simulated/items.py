"""Sources `service_item` and `service_topic`: what approval items ask for, before and after reform, and 一件事 bundles.

Not here: the cases handled under them (approvals.py).
"""

from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl

from pipelines.feeds.simulated import days
from pipelines.feeds.simulated.chance import Chance, Ints
from pipelines.feeds.simulated.delivery import Courier, Source, day_column


@dataclass(frozen=True)
class Model:
    """What an item asks for from one day on: statutory and promised working days, steps, documents, visits."""

    promised_days: int
    steps: int
    documents: int
    visits: int
    is_all_online: bool


@dataclass(frozen=True)
class Item:
    """An approval item; `visited` is the share of cases with a site visit, `is_instant` promised within an hour."""

    code: str
    name: str
    department_id: str
    statutory_days: int
    promised_days: int
    weight: float
    visited: float
    before: Model
    after: Model
    is_instant: bool = False


ITEMS = (
    Item("SP01", "企业设立登记", "D17", 3, 1, 22.0, 0.0, Model(3, 5, 9, 2, False), Model(1, 3, 4, 0, True), True),
    Item("SP02", "企业变更登记", "D17", 3, 1, 18.0, 0.0, Model(3, 5, 8, 2, False), Model(1, 3, 4, 0, True), True),
    Item("SP03", "企业注销登记", "D17", 20, 3, 7.0, 0.0, Model(10, 5, 7, 2, False), Model(3, 4, 4, 1, True)),
    Item("SP04", "食品经营许可", "D17", 20, 5, 20.0, 0.7, Model(15, 6, 12, 3, False), Model(5, 5, 6, 1, True)),
    Item("SP05", "食品生产许可", "D01", 20, 8, 1.5, 1.0, Model(20, 6, 14, 3, False), Model(8, 5, 9, 1, True)),
    Item("SP06", "药品零售许可", "D01", 30, 10, 5.0, 1.0, Model(25, 7, 16, 3, False), Model(10, 5, 10, 1, True)),
    Item("SP07", "医疗器械经营备案", "D01", 20, 3, 4.0, 0.3, Model(10, 5, 9, 2, False), Model(3, 4, 5, 1, True)),
    Item("SP08", "公共场所卫生许可", "D04", 20, 5, 7.0, 0.6, Model(15, 6, 10, 3, False), Model(5, 5, 5, 1, True)),
    Item("SP09", "特种设备使用登记", "D01", 30, 5, 5.0, 0.4, Model(15, 5, 8, 2, False), Model(5, 4, 5, 1, True)),
    Item("SP10", "烟草专卖零售许可", "D17", 20, 8, 6.0, 0.9, Model(15, 6, 8, 2, False), Model(8, 5, 5, 1, False)),
    Item("SP11", "人力资源服务许可", "D09", 20, 6, 2.5, 0.5, Model(15, 6, 11, 2, False), Model(6, 5, 6, 1, True)),
    Item("SP12", "民办学校办学许可", "D08", 60, 20, 2.0, 1.0, Model(45, 7, 18, 4, False), Model(20, 6, 12, 2, False)),
)
REFORM = days.number(date(2024, 7, 1))
# code, name, items, weight among the cases that are handled as one matter; a weight of 0 is a dead topic
TOPICS = (
    ("YJS01", "企业开办一件事", ("SP01",), 10.0),
    ("YJS02", "开餐馆一件事", ("SP01", "SP04", "SP08"), 6.0),
    ("YJS03", "开药店一件事", ("SP01", "SP06", "SP07"), 2.0),
    ("YJS04", "开便利店一件事", ("SP01", "SP04", "SP10"), 4.0),
    ("YJS05", "企业注销一件事", ("SP03",), 3.0),
    ("YJS06", "开办民办学校一件事", ("SP01", "SP12"), 0.0),
    ("YJS07", "设备安装使用一件事", ("SP09",), 1.0),
    ("YJS08", "开办人力资源机构一件事", ("SP01", "SP11"), 0.0),
)
_BUNDLED = 0.22  # share of the cases of a bundled item that are handled under a topic


def deliver_items(courier: Courier) -> None:
    """Write the items as they were before and after the reform, and the topics."""
    rows = [(item, model, day) for item in ITEMS for model, day in ((item.before, days.FIRST), (item.after, REFORM))]
    frame = pl.DataFrame(
        {
            "事项代码": [item.code for item, _, _ in rows],
            "事项名称": [item.name for item, _, _ in rows],
            "主管部门": [item.department_id for item, _, _ in rows],
            "法定时限": [item.statutory_days for item, _, _ in rows],
            "承诺时限": [model.promised_days for _, model, _ in rows],
            "环节数": [model.steps for _, model, _ in rows],
            "材料数": [model.documents for _, model, _ in rows],
            "跑动次数": [model.visits for _, model, _ in rows],
            "网上可办": ["是" if item.code != "SP12" else "否" for item, _, _ in rows],
            "全程网办": ["是" if model.is_all_online else "否" for _, model, _ in rows],
            "一小时快办": ["是" if item.is_instant and day == REFORM else "否" for item, _, day in rows],
            "生效日期": day_column(np.array([day for _, _, day in rows])),
        }
    )
    _list(courier, "service_item", "事项代码", frame)
    frame = pl.DataFrame(
        {
            "主题编号": [code for code, _, _, _ in TOPICS],
            "主题名称": [name for _, name, _, _ in TOPICS],
            "所含事项": [";".join(items) for _, _, items, _ in TOPICS],
            "生效日期": day_column(np.full(len(TOPICS), days.FIRST)),
        }
    )
    _list(courier, "service_topic", "主题编号", frame)


def topics(chance: Chance, row: Ints, item: Ints) -> pl.Series:
    """Topic under which each case is handled; null for most."""
    codes = np.full(len(row), -1)
    for n in range(len(ITEMS)):
        weights = [weight if ITEMS[n].code in items else 0.0 for _, _, items, weight in TOPICS]
        if sum(weights):
            at = np.flatnonzero((item == n) & chance.happens("topic.is_bundled", row, _BUNDLED))
            codes[at] = chance.choice("topic.which", row[at], weights)
    named = pl.Series([code for code, _, _, _ in TOPICS]).gather(np.maximum(codes, 0))
    return pl.select(pl.when(pl.Series(codes >= 0)).then(named).otherwise(None)).to_series()


def _list(courier: Courier, source_id: str, key: str, frame: pl.DataFrame) -> None:
    source = Source(source_id, key, "xlsx", is_clean=True)
    courier.deliver(source, frame, np.arange(len(frame)), np.full(len(frame), days.FIRST))
