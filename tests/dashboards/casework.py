"""The part of the fabricated snapshot that is about cases: metrics of all areas, approvals and the hotline.

Entities, grades and draws are in `snapshot.py`.
"""

import math
import random
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from tests.dashboards import case_lists

Row = dict[str, Any]
METRICS: tuple[tuple[str, str, str, float, float | None, float | None, float | None, str | None, str], ...] = (
    # id, name, unit, value, numerator, denominator, compare value, compare label, direction
    ("overview.entity", "在册经营主体", "户", 2400, None, None, 2352, "上月末", "neutral"),
    ("overview.inspection", "近 12 个月检查", "次", 12486, None, None, 11902, "上一个 12 个月", "neutral"),
    ("overview.problem_ratio", "问题发现率", "%", 23.6, 2947, 12486, 9.8, "纯随机基线", "higher_is_better"),
    ("overview.high_risk", "高风险主体", "户", 241, None, None, 204, "上月末", "lower_is_better"),
    ("overview.complaint", "投诉举报", "件", 3120, None, None, 3390, "上一个 12 个月", "lower_is_better"),
    ("overview.linked_ratio", "事件关联率", "%", 98.1, 98100, 100000, None, None, "higher_is_better"),
    ("approvals.closed", "近 12 个月办结", "件", 48206, None, None, 46001, "上一个 12 个月", "neutral"),
    ("approvals.mean_days", "平均办理", "工作日", 3.1, None, None, 18.7, "法定均值", "lower_is_better"),
    ("approvals.saved_ratio", "时限压缩", "%", 62.8, None, None, 41.0, "承诺较法定（%）", "higher_is_better"),
    ("approvals.overdue", "超期", "件", 3, 3, 48206, 0.0062, "占受理（%）", "lower_is_better"),
    ("approvals.online_ratio", "网办率", "%", 97.3, 46905, 48206, 95.1, "上一个 12 个月", "higher_is_better"),
    ("approvals.rating_ratio", "好评率", "%", 99.2, 9920, 10000, 99.0, "目标", "higher_is_better"),
    ("quality.delivered_rows", "报送行数", "行", 133_020, None, None, 131_400, "其中接收", "neutral"),
    ("quality.quarantined_ratio", "隔离率", "%", 1.2, 1547, 133_020, 1547, "隔离（行）", "lower_is_better"),
    ("quality.corrected_rows", "已更正", "行", 1, None, None, 0, "更正后仍不能用", "neutral"),
    ("quality.unreadable_files", "无法读取的文件", "个", 1, None, None, 12, "报送文件（份）", "lower_is_better"),
    ("quality.late_sources", "逾期来源", "个", 1, None, None, 6, "全部来源（个）", "lower_is_better"),
    ("hotline.order", "近 30 日受理", "件", 8642, None, None, 7987, "前 30 日", "neutral"),
    ("hotline.on_time_ratio", "按期办结率", "%", 98.6, 8180, 8296, 97.0, "目标", "higher_is_better"),
    ("hotline.satisfied_ratio", "满意率", "%", 94.2, 7100, 7537, 93.0, "前 30 日", "higher_is_better"),
    ("hotline.repeat_ratio", "重复来电率", "%", 6.8, 588, 8642, 5.9, "前 30 日", "lower_is_better"),
    ("approval_quality.median_days", "用时中位数", "工作日", 2.5, None, 48206, None, None, "lower_is_better"),
    ("approval_quality.at_risk", "临期在办", "件", 3, None, None, 3, "已超期未办结", "lower_is_better"),
    ("approval_quality.days_cut", "减时限", "%", 62.0, 55, 145, None, None, "higher_is_better"),
    ("approval_quality.dead_topics", "无人使用的主题", "个", 1, None, None, 2, "全部主题", "lower_is_better"),
    ("approval_quality.suspect_windows", "疑似失真的窗口", "个", 2, None, None, None, None, "lower_is_better"),
    ("approval_quality.licences_expiring", "许可证将到期", "张", 12, None, None, 4, "30 日内", "lower_is_better"),
    ("hotline_quality.response", "响应率", "%", 96.0, 8640, 9000, None, None, "higher_is_better"),
    ("hotline_quality.current_bursts", "正在突增的议题", "个", 1, None, None, 2, "近一年", "lower_is_better"),
    ("hotline_quality.split_orders", "疑似拆分的工单", "件", 5, None, None, 1, "组", "lower_is_better"),
    ("warning.in_force", "预警", "条", 20, None, None, 12, "Ⅰ级与Ⅱ级", "lower_is_better"),
    ("warning.untouched", "未处置的预警", "条", 11, None, None, 12, "Ⅰ级与Ⅱ级", "lower_is_better"),
    ("warning.precision", "预警准确率", "%", 75.0, 30, 40, None, None, "higher_is_better"),
    ("hotline.median_hours", "办理用时中位数", "小时", 31.2, None, None, 35.8, "前 30 日", "lower_is_better"),
    ("text.counted", "计入主体的舆情", "条", 1800, None, None, 1620, "上一时段", "neutral"),
    ("text.negative_share", "负面占比", "%", 40.0, 720, 1800, 50.0, "上一时段（%）", "lower_is_better"),
    ("text.grave", "严重负面", "条", 60, None, None, 30, "有负面的主体（户）", "lower_is_better"),
    ("text.campaigns", "集中刷评", "起", 2, None, None, 126, "所涉文本（条）", "neutral"),
    ("text.link_review", "待核对的关联", "条", 7, None, None, 14, "候选主体（个）", "lower_is_better"),
    ("text.order_review", "待核对的工单", "件", 7, None, None, 3, "类别拿不准（件）", "lower_is_better"),
    ("text.drifted", "漂移提示", "个", 2, None, None, 26, "可比较（个）", "lower_is_better"),
)
ITEMS = (
    ("A01", "食品经营许可", 4.2, 10, 20),
    ("A02", "药品零售许可", 6.1, 15, 30),
    ("A03", "特种设备使用登记", 2.8, 5, 30),
    ("A04", "工业产品生产许可", 7.6, 12, 30),
    ("A05", "检验检测机构资质认定", 11.3, 20, 40),
    ("A06", "企业设立登记", 0.4, 1, 5),
    ("A07", "企业变更登记", 0.5, 1, 5),
    ("A08", "医疗器械备案", None, None, None),
)
STEPS = ("accept", "review", "site_visit", "decide", "deliver")
CATEGORIES = {
    "H01": "食品安全",
    "H02": "预付消费",
    "H03": "价格违法",
    "H04": "虚假宣传",
    "H05": "商品质量",
    "H06": "特种设备",
    "H07": "网络交易",
    "H08": "药械化妆品",
}


def metrics(feed: str, as_of: date) -> list[Row]:
    """Tiles; feed `chicago` has those of the overview only, some without a value."""
    return [
        {
            "metric_id": metric_id,
            "area": metric_id.partition(".")[0],
            "metric_name": name,
            "unit_zh": unit,
            "direction": direction,
            "metric_definition": f"{name}：统计日在册主体范围内，按事件日期计。",
            "owner": "信用监管处",
            "sql_text": "select count(*) as metric_value\nfrom mart.entity_card",
            "metric_value": None if feed == "chicago" and top else value,
            "numerator": top,
            "denominator": bottom,
            "compare_value": compare,
            "compare_label": label,
            "row_count": 2400,
            "data_through": None if feed == "chicago" else as_of,
            "as_of": as_of,
        }
        for metric_id, name, unit, value, top, bottom, compare, label, direction in METRICS
        if feed != "chicago" or metric_id.startswith("overview.")
    ]


def marts(chance: random.Random, places: Mapping[str, str], zones: set[str], as_of: date) -> dict[str, list[Row]]:
    """Approval and hotline marts."""
    return {
        **_approvals(chance, as_of),
        **_hotline(chance, places, zones, as_of),
        **case_lists.marts(ITEMS, CATEGORIES, places, as_of),
    }


def _approvals(chance: random.Random, as_of: date) -> dict[str, list[Row]]:
    items, durations, steps = [], [], []
    for place, (code, name, mean, promised, statutory) in enumerate(ITEMS):
        closed = 4000 - 450 * place
        ratings = (2, 9, 60, 700, 3100 - 300 * place) if mean else (0, 0, 0, 0, 0)
        items.append(
            {
                "item_code": code,
                "item_name": name,
                "opened_count": closed + 40,
                "closed_count": closed,
                "statutory_days": statutory,
                "promised_days": promised,
                "mean_days": mean,
                "median_days": mean,
                "p90_days": mean and mean * 2,
                "overdue_count": place % 3,
                "online_count": closed * 97 // 100,
                **{f"rating_{i}_count": n for i, n in enumerate(ratings, start=1)},
            }
        )
        for days in range(int((mean or 1) * 4) + 1):
            shape = math.exp(-(((days - (mean or 1)) / ((mean or 1) * 0.7)) ** 2) / 2)
            durations.append(
                {"item_code": code, "days": days, "case_count": int(closed * shape / 6) + chance.randrange(3)}
            )
        for number, kind in enumerate(STEPS, start=1):
            hours = (mean or 1) * chance.uniform(0.5, 3.5)
            steps.append(
                {
                    "item_code": code,
                    "item_name": name,
                    "step_no": number,
                    "step_kind": kind,
                    "case_count": closed,
                    "median_hours": hours,
                    "p90_hours": 2.4 * hours,
                }
            )
    months = [
        {
            "month": date(2025 + (11 + back) // 12, (11 + back) % 12 + 1, 1),
            "opened_count": 4000 + chance.randrange(900),
            "closed_count": 3900 + chance.randrange(900),
            "overdue_count": back % 4,
            "mean_days": round(4.2 - 0.1 * back, 2),
        }
        for back in range(12)
    ]
    opened = [
        {
            "case_id": f"A2026{number:05d}",
            "item_code": ITEMS[number % 5][0],
            "item_name": ITEMS[number % 5][1],
            "district_code": ("6101G1", "610113", None)[number % 3],
            "district_name": ("高新区", "雁塔区", None)[number % 3],
            "step_kind": STEPS[number % 4],
            "opened_on": as_of - timedelta(days=12),
            "days_used": 9 + number,
            "promised_days": 10,
            "days_left": number - 3,
        }
        for number in range(6)
    ]
    return {
        "mart.approval_item": items,
        "mart.approval_duration": durations,
        "mart.approval_step": steps,
        "mart.approval_month": months,
        "mart.approval_open": opened,
    }


def _hotline(chance: random.Random, places: Mapping[str, str], zones: set[str], as_of: date) -> dict[str, list[Row]]:
    days = []
    for back in range(59, -1, -1):
        day = as_of - timedelta(days=back)
        mid = 1000.0 + (90 if day.weekday() in (0, 1) else 0) if back < 57 else None
        count = int(chance.gauss(mid or 1000, 55)) + (520 if back in (6, 5) else 0)
        days.append(
            {
                "day": day,
                "order_count": count,
                "expected_low": mid and mid - 150,
                "expected_mid": mid,
                "expected_high": mid and mid + 150,
                "is_anomaly": back in (6, 5),
            }
        )
    reached = (
        ("accept", 8642, None),
        ("dispatch", 8519, 0.6),
        ("handle", 8307, 31.2),
        ("supervise", 412, 20.0),
        ("call_back", 7960, 50.4),
        ("evaluate", 7498, None),
    )
    heat = [
        {
            "item_code": code,
            "item_name": name,
            "field_code": code[:2],
            "field_name": "市场监管",
            "category_code": code[:2] + str(row // 4),
            "category_name": ("食品与消费", "质量与安全")[row // 4],
            "district_code": place,
            "district_name": place_name,
            "district_kind": "zone" if place in zones else "district",
            "order_count": chance.randrange(5, 40) * (9 - row) // 2,
        }
        for row, (code, name) in enumerate(CATEGORIES.items())
        for place, place_name in places.items()
        if not (code == "H08" and place == "610124")
    ]
    rising = [
        {
            "item_code": code,
            "item_name": CATEGORIES[code],
            "count_7d": 186 - 30 * n,
            "baseline_7d": 77.25 + n,
            "excess_score": 8.4 - 1.9 * n,
            "district_names": "雁塔区、高新区" if n else None,
        }
        for n, code in enumerate(("H02", "H03", "H05", "H07"))
    ]
    return {
        "mart.hotline_day": days,
        "mart.hotline_funnel": [
            {"step_no": n, "step_kind": kind, "case_count": count, "ratio": count / 8642, "median_hours": hours}
            for n, (kind, count, hours) in enumerate(reached, start=1)
        ],
        "mart.hotline_heat": heat,
        "mart.hotline_rising": rising,
    }
