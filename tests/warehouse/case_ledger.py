"""A few cases written by hand, small enough to work out every figure on paper; as of Friday 30 October 2026.

Not here: the figures (test_case_metrics.py). The remarks give the working days used on the as-of day.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from tests.warehouse.cases import at

Row = dict[str, Any]
AS_OF = date(2026, 10, 30)


def case(case_id: str, kind: str, item: str, opened: str, closed: str | None, outcome: str | None, **more: Any) -> Row:
    return {
        "case_id": case_id,
        "case_kind": kind,
        "item_code": item,
        "item_name": more.pop("item_name", f"事项·{item}·细目"),
        "department_id": more.pop("department_id", "D1"),
        "district_code": more.pop("district_code", "X"),
        "channel": more.pop("channel", "online"),
        "opened_at": at(opened),
        "closed_at": at(closed) if closed else None,
        "outcome": outcome,
        **more,
    }


def step(case_id: str, step_no: int, kind: str, started: str, ended: str | None) -> Row:
    ends = at(ended) if ended else None
    return {"case_id": case_id, "step_no": step_no, "step_kind": kind, "started_at": at(started), "ended_at": ends}


def _limits(statutory: int, promised: int) -> Row:
    return {"statutory_days": statutory, "promised_days": promised}


APPROVALS = [
    case("A1", "approval", "I1", "2026-10-19 09:00", "2026-10-22 15:00", "granted", rating=5, topic_code="T1", **_limits(20, 4)),  # 3
    case("A2", "approval", "I1", "2026-10-19 09:00", "2026-10-27 15:00", "granted", rating=4, channel="counter", **_limits(20, 4)),  # 6 − 2
    case("A3", "approval", "I1", "2026-10-20 09:00", "2026-10-28 15:00", "refused", rating=2, **_limits(20, 4)),  # 6
    case("A4", "approval", "I1", "2026-10-21 09:00", "2026-10-22 15:00", "withdrawn", **_limits(20, 4)),
    case("A5", "approval", "I1", "2026-10-26 09:00", None, None, **_limits(20, 4)),  # 4
    case("A6", "approval", "I1", "2026-10-22 09:00", None, None, channel="counter", **_limits(20, 4)),  # 6
    case("A7", "approval", "I2", "2026-10-28 10:00", "2026-10-28 10:45", "granted", rating=5, topic_code="T1", **_limits(3, 1)),  # 0
    case("A8", "approval", "I2", "2026-10-28 10:00", "2026-10-29 10:00", "granted", channel="counter", extended_at=at("2026-10-28 12:00"), **_limits(3, 1)),  # 1, law 3 + 10
    case("A9", "approval", "I3", "2026-10-12 09:00", "2026-10-30 15:00", "granted", rating=3, channel="counter", **_limits(10, 5)),  # 14
    case("B1", "approval", "I1", "2025-06-02 09:00", "2025-06-04 09:00", "granted", **_limits(20, 4)),  # before the year
]  # fmt: skip
ORDERS = [
    case("H0", "hotline", "010201", "2026-09-10 10:00", "2026-09-16 10:00", "unsolved", caller_id="K4", department_id="D2", promised_days=5),  # 4
    case("H1", "hotline", "010101", "2026-10-20 10:00", "2026-10-22 10:00", "solved", caller_id="K1", rating=5, promised_days=5),  # 2
    case("H2", "hotline", "010101", "2026-10-20 11:00", "2026-10-30 11:00", "unsolved", caller_id="K1", rating=1, promised_days=5),  # 8
    case("H3", "hotline", "010102", "2026-10-26 09:00", None, None, caller_id="K2", department_id="D2", promised_days=5),  # 4
    case("H4", "hotline", "010101", "2026-10-28 09:00", "2026-10-29 09:00", "withdrawn", caller_id="K3", promised_days=5),
    case("H5", "hotline", "010202", "2026-10-27 09:00", "2026-10-28 09:00", "explained", caller_id="K4", rating=3, department_id="D2", promised_days=5, origin_case_id="H0", origin_kind="reopened", is_supervised=True),  # 1
]  # fmt: skip
OTHERS = [
    case("W1", "whistle", "C1", "2026-10-19 10:00", "2026-10-23 10:00", "solved", rating=4),  # 4 of 10
    case("W2", "whistle", "C1", "2026-10-19 10:00", None, None),  # 9 of 10
    case("Q1", "issue", "Z1", "2026-10-01 08:00", "2026-10-20 08:00", "solved"),  # 19 of 30 days
    case("Q2", "issue", "Z1", "2026-09-01 08:00", None, None),  # 59 of 30 days
    case("P1", "project", "G1", "2026-10-12 09:00", "2026-10-30 09:00", "granted"),  # 14 of 80
]
STEPS = [
    step("A1", 1, "decide", "2026-10-20 15:00", "2026-10-21 15:00"),  # 24 hours; then 1 working day to deliver
    step("A1", 2, "deliver", "2026-10-21 15:00", "2026-10-22 15:00"),
    step("A9", 1, "decide", "2026-10-13 09:00", "2026-10-14 09:00"),  # then 12 working days to deliver, of 10
    step("A9", 2, "deliver", "2026-10-14 09:00", "2026-10-30 15:00"),
    step("B1", 1, "decide", "2025-06-03 09:00", "2025-06-03 11:00"),  # 2 hours in the year before
    step("H0", 1, "dispatch", "2026-09-10 10:00", "2026-09-10 11:00"),
    step("H1", 1, "dispatch", "2026-10-20 10:00", "2026-10-20 11:00"),
    step("H2", 1, "dispatch", "2026-10-20 11:00", "2026-10-21 12:00"),  # 25 hours of 24
    step("H5", 1, "dispatch", "2026-10-27 09:00", "2026-10-27 10:00"),
    step("W1", 1, "dispatch", "2026-10-19 10:00", "2026-10-19 11:00"),
    step("W1", 2, "report_in", "2026-10-19 11:00", "2026-10-20 10:00"),  # 23 hours of 24
    step("W2", 1, "dispatch", "2026-10-19 10:00", "2026-10-19 11:00"),
    step("W2", 2, "report_in", "2026-10-19 11:00", "2026-10-20 12:00"),  # 25 hours
    step("Q1", 1, "answer", "2026-10-01 08:00", "2026-10-05 08:00"),  # 4 days of 5
    step("Q2", 1, "answer", "2026-09-01 08:00", "2026-09-08 08:00"),  # 7 days
]


def _item(code: str, since: date, numbers: tuple[int, int, int, int], flags: tuple[bool, bool, bool]) -> Row:
    promised, steps, documents, visits = numbers
    online, all_online, instant = flags
    return {
        "item_code": code, "item_name": code, "department_id": "D1", "statutory_days": 20, "promised_days": promised,
        "step_count": steps, "document_count": documents, "hall_visit_count": visits, "is_online": online,
        "is_all_online": all_online, "is_instant": instant, "event_date": since,
    }  # fmt: skip


def _document(case_id: str, number: int, way: str, submitted: str | None) -> Row:
    return {
        "case_id": case_id, "document_no": number, "document_name": "m", "document_way": way,
        "submitted_at": at(submitted) if submitted else None, "event_date": date(2026, 10, 19),
    }  # fmt: skip


def _licence(number: str, kind: str, issued: date, expires: date) -> Row:
    return {
        "entity_id": 1, "licence_id": number, "licence_kind": kind, "application_kind": "issue", "department_id": "D1",
        "event_date": issued, "expires_on": expires,
    }  # fmt: skip


def _penalty(number: str, day: date) -> Row:
    return {"entity_id": 1, "penalty_id": number, "department_id": "D1", "penalty_kind": "fine", "penalty_severity": "general", "event_date": day}  # fmt: skip


FACTS: dict[str, list[Row]] = {
    "service_case": [*APPROVALS, *ORDERS, *OTHERS],
    "service_step": STEPS,
    "case_pause": [
        {"case_id": "A2", "pause_no": 1, "pause_kind": "correction", "started_at": at("2026-10-20 10:00"), "ended_at": at("2026-10-22 09:00")}
    ],
    "case_dispatch": [
        {"case_id": "H5", "dispatch_no": 1, "department_id": "D1", "dispatched_at": at("2026-10-27 09:10"), "returned_at": at("2026-10-27 09:40")},
        {"case_id": "H5", "dispatch_no": 2, "department_id": "D2", "dispatched_at": at("2026-10-27 09:50"), "accepted_at": at("2026-10-27 10:00")},
    ],
    "service_item": [
        _item("I1", date(2024, 1, 1), (10, 5, 8, 2), (True, False, False)),
        _item("I1", date(2026, 1, 1), (4, 4, 4, 1), (True, True, False)),
        _item("I2", date(2024, 1, 1), (1, 3, 2, 0), (True, True, True)),
        _item("I3", date(2024, 1, 1), (5, 3, 10, 2), (False, False, False)),
    ],
    "service_topic": [
        {"topic_code": "T1", "name": "企业开办一件事", "item_codes": "I1;I2", "event_date": date(2024, 1, 1)},
        {"topic_code": "T2", "name": "开餐馆一件事", "item_codes": "I1;I3", "event_date": date(2024, 1, 1)},
    ],
    "case_document": [
        _document("A1", 1, "submitted", "2026-10-19 09:00"),
        _document("A1", 2, "reused", "2026-10-19 09:00"),
        _document("A1", 3, "shared", "2026-10-19 09:00"),
        _document("A1", 4, "promised", None),
        _document("A2", 1, "promised", "2026-10-23 09:00"),
    ],
    "licence": [
        _licence("L1", "K1", date(2023, 11, 11), date(2026, 11, 10)),  # 11 days left
        _licence("L2", "K2", date(2024, 1, 16), date(2027, 1, 15)),  # 77 days left
        _licence("L3", "K5", date(2024, 6, 1), date(2027, 6, 1)),
        _licence("L4", "K3", date(2023, 5, 2), date(2026, 5, 1)),  # ended, never renewed
        _licence("L5", "K4", date(2023, 6, 2), date(2026, 6, 1)),  # renewed 12 days before its end
        _licence("L6", "K4", date(2026, 5, 20), date(2029, 6, 1)),
    ],
    "penalty": [
        _penalty("N1", date(2026, 9, 1)),  # 39 working days and not published
        _penalty("N2", date(2026, 6, 1)),  # published late
        _penalty("N3", date(2026, 6, 1)),  # published in time
    ],
    "publication": [
        {"publication_id": "G2", "published_kind": "penalty", "published_id": "N2", "event_date": date(2026, 8, 3)},
        {"publication_id": "G3", "published_kind": "penalty", "published_id": "N3", "event_date": date(2026, 6, 10)},
    ],
}  # fmt: skip
GIVEN: dict[str, list[Row]] = {
    "known.entity": [
        {"entity_id": 1, "entity_code": "E1", "valid_from": date(2020, 1, 1), "name": "甲店", "district_code": "X", "status": "active"}
    ]
}  # fmt: skip
