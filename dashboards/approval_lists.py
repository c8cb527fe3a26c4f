"""What the page 审批效能 shows of each list: columns, titles and words.

Not here: the queries (`casework_data.py`) and where a list stands (`pages/approvals.py`).
"""

from typing import Any

from dashboards.components.grid import column
from dashboards.listed import Listed

DASH = {"function": "orDash(params)"}
ONE = {"function": "fixedNumber(params, 1)"}
SHARE = {"function": "percentNumber(params, 1)"}


def text(field: str, name: str, width: int, **more: Any) -> dict[str, Any]:
    """A column of words, a dash where there is none."""
    return column(field, name, width, valueFormatter=DASH, **more)


def count(field: str, name: str, width: int = 84) -> dict[str, Any]:
    """A column of whole numbers."""
    return column(field, name, width, "number")


def decimal(field: str, name: str, width: int = 96) -> dict[str, Any]:
    """A column of numbers with one decimal."""
    return column(field, name, width, "number", valueFormatter=ONE)


def share(field: str, name: str, width: int = 96) -> dict[str, Any]:
    """A column of ratios, shown as percentages."""
    return column(field, name, width, "number", valueFormatter=SHARE)


def day(field: str, name: str, width: int = 104) -> dict[str, Any]:
    """A column of days."""
    return column(field, name, width, "date", valueFormatter=DASH)


ITEMS = Listed(
    "approval_item",
    "各事项",
    "项",
    [
        text("item_name", "事项", 150, flex=1),
        count("opened_count", "受理"),
        count("closed_count", "办结"),
        count("withdrawn_count", "撤回", 72),
        count("statutory_days", "法定", 72),
        count("promised_days", "承诺", 72),
        decimal("mean_days", "平均", 76),
        decimal("median_days", "中位", 76),
        decimal("p90_days", "九成位", 84),
        count("overdue_count", "超承诺"),
        count("statutory_overdue_count", "超法定"),
        count("at_risk_count", "临期", 72),
        count("corrected_case_count", "补正", 72),
        count("first_right_count", "一次通过", 96),
    ],
    "近 365 日没有审批办件。",
    "时长单位：工作日",
)
STEPS = Listed(
    "approval_step",
    "瓶颈环节",
    "个环节",
    [
        text("item_name", "事项", 150, flex=1),
        text("step_kind", "环节", 90),
        count("case_count", "件数"),
        decimal("median_hours", "中位（时）", 104),
        decimal("p90_hours", "九成位（时）", 116),
        decimal("previous_median_hours", "上年中位（时）", 126),
        text("is_longest", "本事项最长", 106),
        text("is_slower", "明显变慢", 92),
    ],
    "办件没有环节记录。",
    "变慢的在前",
)
WINDOWS = Listed(
    "approval_window",
    "各窗口（事项 × 区县）用时与超期",
    "个窗口",
    [
        text("item_name", "事项", 150, flex=1),
        text("district_name", "区县", 104),
        count("opened_count", "受理"),
        count("closed_count", "办结"),
        decimal("median_days", "中位（工作日）", 126),
        decimal("p90_days", "九成位（工作日）", 138),
        count("overdue_count", "超承诺"),
        share("overdue_ratio", "超期率", 88),
    ],
    "近 365 日没有带区县的审批办件。",
    "超期率已向同事项收缩，件数少的不夸大",
)
OPEN = Listed(
    "approval_open",
    "超期与临期在办件",
    "件",
    [
        column("case_id", "办件编号", 130, cellClass="code"),
        text("item_name", "事项", 150, flex=1),
        text("district_name", "区县", 104),
        text("step_kind", "所在环节", 92),
        day("opened_on", "受理日期"),
        count("days_used", "已用工作日", 106),
        count("promised_days", "承诺", 72),
        column("days_left", "时限", 100, "number", cellRenderer="StateBadge"),
    ],
    "没有超期或两个工作日内到期的在办件。",
)
MODEL = Listed(
    "approval_model",
    "各事项四减与网办要素",
    "项",
    [
        text("item_name", "事项", 140, flex=1),
        day("since", "原要素自"),
        day("changed_on", "现要素自"),
        count("promised_days_before", "原承诺", 80),
        count("promised_days", "承诺", 66),
        count("step_count_before", "原环节", 80),
        count("step_count", "环节", 66),
        count("document_count_before", "原材料", 80),
        count("document_count", "材料", 66),
        count("hall_visit_count_before", "原跑动", 80),
        count("hall_visit_count", "跑动", 66),
        text("is_online", "网上可办", 88),
        text("is_all_online", "全程网办", 88),
        text("is_instant", "一小时快办", 100),
    ],
    "没有来源提供事项要素。",
    "时限单位：工作日",
    most_rows=8,
)
ONLINE = Listed(
    "approval_item",
    "网办、快办与一件事的件数",
    "项",
    [
        text("item_name", "事项", 128, flex=1),
        count("opened_count", "受理", 68),
        count("online_count", "其中网办", 84),
        count("topic_count", "其中一件事", 98),
        count("closed_count", "办结", 68),
        count("instant_base_count", "快办事项办结", 112),
        count("instant_count", "一小时内", 84),
    ],
    "近 365 日没有审批办件。",
    "网办率的分母是受理件数",
    most_rows=8,
    is_half=True,
)
TOPICS = Listed(
    "approval_topic",
    "一件事主题",
    "个主题",
    [
        text("name", "主题", 150, flex=1),
        count("case_count", "件数", 76),
        count("entity_count", "主体", 76),
        decimal("median_days", "中位（工作日）", 124),
        day("last_used_on", "最近使用"),
        text("is_dead", "无人使用", 88),
    ],
    "没有来源提供一件事主题。",
    "无人使用的在前",
    most_rows=8,
    is_half=True,
)
RATINGS = Listed(
    "approval_window",
    "各窗口好评",
    "个窗口",
    [
        text("item_name", "事项", 150, flex=1),
        text("district_name", "区县", 104),
        count("closed_count", "办结"),
        count("rated_count", "评价"),
        count("good_count", "好评"),
        share("good_ratio", "好评率", 92),
    ],
    "近 365 日没有带区县的评价。",
    "事项 × 区县 · 好评率已收缩",
    most_rows=9,
    is_half=True,
)
SUSPECT = Listed(
    "gaming",
    "疑似失真（只作核查线索，不作结论）",
    "条",
    [
        text("detector", "识别方法", 104),
        text("item_name", "事项", 140, flex=1),
        text("district_name", "区县", 100),
        count("case_count", "件数", 76),
        count("odd_count", "异常", 76),
        share("like_ratio", "同类比例", 96),
    ],
    "没有识别出疑似失真的窗口。",
    fixed={"detector": "last_day_closure,perfect_rating,relabelled_withdrawal"},
    most_rows=9,
    is_half=True,
)
LICENCES = Listed(
    "licence_expiry",
    "到期而未延续的许可证",
    "张",
    [
        column("licence_id", "许可编号", 130, cellClass="code"),
        column("name", "主体", 200, cellRenderer="EntityLink", flex=1),
        column("entity_code", "统一社会信用代码", 176, cellClass="code"),
        text("licence_kind", "许可类别", 150),
        day("expires_on", "到期日"),
        column("days_left", "时限", 100, "number", cellRenderer="StateBadge"),
        text("reminder_days", "提醒档（日）", 110),
    ],
    "提醒期内没有到期而未延续的许可证。",
    most_rows=14,
)
