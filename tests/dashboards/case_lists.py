"""The part of the fabricated snapshot that the lists of casework show: windows, item models, departments, warnings.

Figures are simple on purpose: a test works them out by hand.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

Row = dict[str, Any]
LEVELS = "ⅠⅡⅢⅣ"
WARNED = (("overdue", "食品经营许可：已用 12，时限 10 个工作日"), ("burst", "几日内最多 40 件，预期 12.5 件"))


def marts(
    items: Sequence[tuple[Any, ...]], categories: Mapping[str, str], places: Mapping[str, str], as_of: date
) -> dict[str, list[Row]]:
    """Rows by table."""
    codes = list(places)[:6]
    return {
        **_approvals(items, {code: places[code] for code in codes}, as_of),
        **_hotline(categories, {code: places[code] for code in codes}, as_of),
        "mart.warning": [_warning(n, codes[n % 5] if n % 4 else None, as_of) for n in range(20)],
        **_topics(codes, as_of),
        "mart.warning_entity": [
            {
                "warning_id": "w00000000003",
                "entity_id": 2**62 + 7 * n + 1,
                "entity_code": f"9161010200000{n:05d}",
                "evidence_count": 9 - n,
                "rank_no": n + 1,
            }
            for n in range(3)
        ],
        "mart.warning_precision": [
            {
                "warning_kind": "overdue",
                "warning_level": level,
                "level_no": n,
                "issued_count": 40 * n,
                "confirmed_count": 30 * n,
                "precision_ratio": Decimal("0.75"),
            }
            for n, level in enumerate(LEVELS, start=1)
        ],
    }


def _topics(codes: Sequence[str], as_of: date) -> dict[str, list[Row]]:
    """Eight events, the hottest first, each with 30 texts a day of three days; and replies of one department."""
    events = [
        {
            "event_id": f"e{n:011d}", "event_label": f"景文路停水第{n}天", "district_code": codes[n % 6],
            "district_name": f"区{n % 6}", "first_seen_on": as_of - timedelta(days=n * 3 + 2),
            "rose_on": as_of - timedelta(days=n * 3 + 1), "last_seen_on": as_of - timedelta(days=n * 3),
            "text_count": 90, "order_count": 10, "repost_items": 20, "author_count": 80, "engagement_count": 700,
            **dict.fromkeys(("people_score", "texts_score", "engagement_score", "growth_score"), Decimal(80 - n)),
            "heat_score": Decimal(80 - n), "is_rising": n < 2, "respond_by": as_of - timedelta(days=n * 3 - 1),
        }
        for n in range(8)
    ]  # fmt: skip
    days = [
        {"event_id": e["event_id"], "district_code": e["district_code"], "day": e["last_seen_on"] - timedelta(days=n)}
        | {"text_count": 30, "repost_items": 5}
        for e in events
        for n in range(3)
    ]
    texts = [
        {"event_id": e["event_id"], "rank_no": n, "district_code": e["district_code"], "item_kind": "text"}
        | {"item_id": f"T{n}", "event_date": e["last_seen_on"], "excerpt": f"景文路又停水了，第{n}条"}
        for e in events
        for n in (1, 2, 3)
    ]
    parts = dict.fromkeys(
        ("reply_score", "relevant_score", "concrete_score", "on_time_score", "polite_score"), Decimal(75)
    )
    board = {"department_id": "D17", "department_name": "热线办"} | parts
    replies = [
        board
        | {"feed_id": "board", "case_id": f"M{n}", "event_date": as_of, "template_ratio": 0.2, "is_template": n == 0}
        | {"named_kinds": "date;office", "excerpt": "您好，已责令整改"}
        for n in range(4)
    ]
    month = board | {"month": as_of.replace(day=1), "reply_count": 4, "template_count": 1}
    return {
        "mart.topic": events, "mart.topic_day": days, "mart.topic_text": texts, "mart.reply": replies,
        "mart.reply_quality": [month],
    }  # fmt: skip


def _approvals(items: Sequence[tuple[Any, ...]], places: Mapping[str, str], as_of: date) -> dict[str, list[Row]]:
    windows = [
        {
            "item_code": code,
            "item_name": name,
            "district_code": place,
            "district_name": place_name,
            "opened_count": 100 + n,
            "closed_count": 90 + n,
            "median_days": mean,
            "p90_days": mean and 2 * mean,
            "overdue_count": n,
            "overdue_ratio": Decimal(n) / 100,
            "rated_count": 50,
            "good_count": 49,
            "good_ratio": Decimal("0.98"),
        }
        for code, name, mean, _, _ in items
        for n, (place, place_name) in enumerate(places.items())
    ]
    models = [
        {
            "item_code": code,
            "item_name": name,
            "since": date(2024, 1, 1),
            "changed_on": date(2025, 7, 1),
            "promised_days_before": statutory,
            "promised_days": promised,
            "statutory_days": statutory,
            "step_count_before": 6,
            "step_count": 4,
            "document_count_before": 12,
            "document_count": 7,
            "hall_visit_count_before": 2,
            "hall_visit_count": 0,
            "is_online": True,
            "is_all_online": place % 2 == 0,
            "is_instant": promised == 1,
        }
        for place, (code, name, _, promised, statutory) in enumerate(items)
        if promised is not None
    ]
    topic = {"item_codes": "A01、A06", "entity_count": 0, "median_days": None}
    licences = [
        {
            "licence_id": f"L{n:03d}",
            "entity_id": 2**62 + 7 * n + 1,
            "entity_code": f"9161{n:014d}",
            "name": f"西安恒泰餐饮管理有限公司{n}",
            "licence_kind": "食品经营许可证",
            "department_id": "D01",
            "district_code": list(places)[n % 5],
            "expires_on": as_of + timedelta(days=5 * n + 1),
            "days_left": 5 * n + 1,
            "reminder_days": 30 if n < 6 else 60,
        }
        for n in range(12)
    ]
    gaming = [
        {
            "detector": detector,
            "subject_id": f"{detector}:1",
            "item_code": "A01",
            "item_name": "食品经营许可",
            "district_code": next(iter(places)),
            "district_name": next(iter(places.values())),
            "case_count": count,
            "odd_count": count,
            "like_ratio": like,
            "event_date": as_of if detector == "split_order" else None,
        }
        for detector, count, like in (
            ("last_day_closure", 60, 0.05),
            ("perfect_rating", 80, 0.9),
            ("split_order", 5, None),
        )
    ]
    return {
        "mart.approval_window": windows,
        "mart.approval_model": models,
        "mart.approval_topic": [
            {
                **topic,
                "topic_code": "T01",
                "name": "我要开餐馆",
                "case_count": 40,
                "last_used_on": as_of,
                "is_dead": False,
            },
            {
                **topic,
                "topic_code": "T02",
                "name": "我要开书店",
                "case_count": 0,
                "last_used_on": None,
                "is_dead": True,
            },
        ],
        "mart.licence_expiry": licences,
        "mart.gaming": gaming,
    }


def _hotline(categories: Mapping[str, str], places: Mapping[str, str], as_of: date) -> dict[str, list[Row]]:
    departments = [
        {
            "department_id": f"D{n:02d}",
            "department_name": f"第{n}承办单位",
            "order_count": 1000 * n,
            "responded_count": 960 * n,
            "closed_count": 900 * n,
            "solved_count": 800 * n,
            "first_time_count": 700 * n,
            "rated_count": 500 * n,
            "satisfied_count": 450 * n,
            "returned_count": 10 * n,
            "supervised_count": 5 * n,
            "overdue_count": n,
            "median_days": 3.0,
            "solved_ratio": Decimal("0.88"),
            "satisfied_ratio": Decimal("0.9") + Decimal(n) / 1000,
        }
        for n in range(1, 6)
    ]
    repeats = [
        {
            "item_code": code,
            "item_name": name,
            "district_code": place,
            "district_name": place_name,
            "order_count": 30,
            "caller_count": 20,
            "repeat_caller_count": 4,
            "repeat_count": 10,
            "most_count": 5,
            "last_day": as_of,
        }
        for code, name in categories.items()
        for place, place_name in places.items()
    ]
    bursts = [
        {
            "stream": "hotline",
            "topic_code": code,
            "topic_name": name,
            "district_code": next(iter(places)),
            "district_name": next(iter(places.values())),
            "first_seen_on": as_of - timedelta(days=back + 3),
            "last_seen_on": as_of - timedelta(days=back),
            "peak_score": 9.5,
            "peak_count": 40,
            "expected_count": 12.5,
            "is_current": back == 0,
            "is_confirmed": None if back == 0 else True,
        }
        for back, (code, name) in zip((0, 90), categories.items(), strict=False)
    ]
    callers = [
        {"item_code": c, "item_name": n, "order_count": 90, "caller_count": 80, "repeat_count": 10, "last_day": as_of}
        for c, n in categories.items()
    ]
    return {
        "mart.hotline_department": departments,
        "mart.hotline_repeat": repeats,
        "mart.hotline_caller": callers,
        "mart.burst": bursts,
    }


def _warning(number: int, district: str | None, as_of: date) -> Row:
    kind, evidence = WARNED[number % 2]
    level = number % 5 % 4
    return {
        "warning_id": f"w{number:011d}",
        "warning_kind": kind,
        "warning_level": LEVELS[level],
        "level_no": level + 1,
        "subject_id": f"S{number:03d}",
        "subject_name": f"对象 {number}",
        "district_code": district,
        "entity_id": 2**62 + 7 * number + 1 if number % 3 == 0 else None,
        "department_id": "D01" if number % 2 else None,
        "department_name": "市场监管局" if number % 2 else None,
        "measured": float(number),
        "evidence_count": number + 1,
        "evidence_zh": evidence,
        "first_seen_on": as_of - timedelta(days=number),
        "days_left": number - 5 if kind == "overdue" else None,
        "warning_state": "acknowledged" if number == 0 else "new",
        "decided_at": datetime(2026, 11, 19) if number == 0 else None,
    }
