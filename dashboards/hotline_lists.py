"""What the page 热线分析 shows of each list: columns, titles and words.

Not here: the queries (`casework_data.py`) and where a list stands (`pages/hotline.py`).
"""

from dashboards.approval_lists import count, day, decimal, share, text
from dashboards.listed import Listed

DEPARTMENTS = Listed(
    "hotline_department",
    "承办部门排行",
    "个部门",
    [
        text("department_name", "部门", 130, flex=1),
        count("order_count", "工单", 76),
        count("responded_count", "按时签收", 92),
        count("closed_count", "办结", 76),
        count("solved_count", "解决", 76),
        share("solved_ratio", "解决率", 88),
        count("first_time_count", "一次解决", 92),
        count("rated_count", "评价", 76),
        share("satisfied_ratio", "满意率", 88),
        count("returned_count", "退单", 72),
        count("supervised_count", "督办", 72),
        count("overdue_count", "超期", 72),
        decimal("median_days", "中位（日）", 98),
    ],
    "近 365 日没有派到部门的工单。",
    "解决率、满意率已向全体收缩，n 见办结与评价；满意率低的在前",
    most_rows=14,
)
_PARTS = [
    decimal("reply_score", "质量", 76),
    decimal("relevant_score", "切题", 76),
    decimal("concrete_score", "具体", 76),
    decimal("on_time_score", "按时", 76),
    decimal("polite_score", "礼貌", 76),
]
REPLY_MONTHS = Listed(
    "reply_quality",
    "答复质量（部门 × 月）",
    "行",
    [
        day("month", "月份"),
        text("department_name", "部门", 180, flex=1),
        count("reply_count", "答复", 84),
        *_PARTS,
        count("template_count", "套话答复", 96),
    ],
    "本次运行的数据包没有提供答复原文。",
    "均为 0–100；权重见规则 text.reply",
    most_rows=8,
)
REPLIES = Listed(
    "reply",
    "逐条答复（质量低的在前）",
    "条",
    [
        text("case_id", "编号", 110),
        text("department_name", "部门", 120),
        day("event_date", "答复日"),
        *_PARTS,
        text("is_template", "套话", 72),
        text("excerpt", "答复摘录", 320, flex=3),
    ],
    "本次运行的数据包没有提供答复原文。",
    "分数只用来安排人工复核，不判断答复是否属实",
    most_rows=12,
)
CATEGORIES = Listed(
    "hotline_heat",
    "近 7 日各类别与区县",
    "行",
    [
        text("field_name", "一级", 100),
        text("category_name", "二级", 110),
        text("item_name", "三级（全称）", 200, flex=1),
        text("district_name", "区县", 104),
        count("order_count", "件数", 80),
    ],
    "近 7 日没有受理工单。",
    most_rows=9,
    is_half=True,
)
RISING = Listed(
    "hotline_rising",
    "类别对比 28 日基线",
    "类",
    [
        text("item_name", "议题", 200, flex=1),
        count("count_7d", "近 7 日", 84),
        decimal("baseline_7d", "7 日基线", 92),
        decimal("excess_score", "异常分", 84),
        text("district_names", "集中区域", 150),
    ],
    "近 7 日没有受理工单。",
    "异常分按泊松；负值为低于基线",
    most_rows=9,
    is_half=True,
)
BURSTS = Listed(
    "burst",
    "突增",
    "起",
    [
        text("topic_name", "议题", 180, flex=1),
        text("district_name", "区县", 100),
        day("first_seen_on", "首次识别"),
        day("last_seen_on", "最近识别"),
        count("peak_count", "最多件数", 92),
        decimal("expected_count", "预期", 76),
        decimal("peak_score", "偏差", 76),
        text("is_current", "仍在持续", 88),
        text("is_confirmed", "后来属实", 88),
    ],
    "近 365 日没有识别出突增。",
    "持续的在前",
    fixed={"stream": "hotline"},
    most_rows=9,
)
REPEATS = Listed(
    "hotline_repeat",
    "重复诉求（类别 × 区县）",
    "组",
    [
        text("item_name", "类别", 180, flex=1),
        text("district_name", "区县", 100),
        count("order_count", "工单", 76),
        count("caller_count", "来电人", 84),
        count("repeat_caller_count", "重复来电人", 106),
        count("repeat_count", "重复件", 84),
        count("most_count", "单人最多", 92),
        day("last_day", "最近"),
    ],
    "近 365 日没有重复诉求。",
    most_rows=9,
)
CALLERS = Listed(
    "hotline_caller",
    "近 30 日重复来电（类别）",
    "类",
    [
        text("item_name", "类别", 180, flex=1),
        count("order_count", "工单", 76),
        count("caller_count", "来电人", 84),
        count("repeat_count", "重复件", 84),
        day("last_day", "最近"),
    ],
    "近 30 日没有登记来电人的工单。",
    most_rows=9,
    is_half=True,
)
SPLITS = Listed(
    "gaming",
    "疑似拆分的工单（只作核查线索，不作结论）",
    "组",
    [
        text("item_name", "类别", 180, flex=1),
        text("district_name", "区县", 100),
        day("event_date", "日期"),
        count("case_count", "工单", 76),
    ],
    "近 365 日没有识别出拆分的工单。",
    fixed={"detector": "split_order"},
    most_rows=9,
    is_half=True,
)
