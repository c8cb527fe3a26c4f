"""The part of the fabricated snapshot that is about supervision: inspections by month, sources, events, the draw.

Entities and grades are in `snapshot.py`, cases in `casework.py`.
"""

import hashlib
import random
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

Row = dict[str, Any]
FACTS = ("change", "licence", "inspection", "penalty", "abnormal_list", "annual_report", "complaint", "service_case")


def months(chance: random.Random) -> list[Row]:
    """Inspections by month; one month without any."""
    rows = []
    for back in range(30, -1, -1):
        year, month = divmod(2026 * 12 + 10 - back, 12)
        count = 0 if back == 12 else chance.randrange(700, 1400)
        problems = int(count * chance.uniform(0.12, 0.28))
        rows.append(
            {
                "month": date(year, month + 1, 1),
                "inspection_count": count,
                "random_count": count * 2 // 5,
                "problem_count": problems,
                "problem_ratio": problems / count if count else None,
            }
        )
    return rows


def ages(feed: str, as_of: date) -> list[Row]:
    sources = (
        ("registration", "登记信息", "daily", 1),
        ("inspection", "检查记录", "daily", 2),
        ("penalty", "行政处罚", "weekly", 19),
        ("complaint", "投诉举报", "daily", 1),
        ("licence", "行政许可", "monthly", 11),
        ("check_item", "抽查事项清单", "once", None),
    )
    return [
        {
            "feed_id": feed,
            "source_id": table,
            "source_name": name,
            "table_name": table,
            "cadence": cadence,
            "delivered_count": 12400 + len(name),
            "accepted_count": 12300,
            "quarantined_count": 60,
            "repeated_count": 40 + len(name),
            "first_event_date": date(2021, 1, 4),
            "last_event_date": as_of - timedelta(days=age) if age is not None else None,
            "last_received_at": datetime(2026, 11, 20, 1),
            "age_days": age,
            "is_late": table == "penalty",
        }
        for table, name, cadence, age in sources
    ]


def events(chance: random.Random, cards: list[Row], as_of: date) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = {f"known.{fact}": [] for fact in FACTS}
    for number, card in enumerate(cards[:400]):
        who = {"entity_id": card["entity_id"], "department_id": "D01"}

        def add(fact: str, back: int, who: Row = who, **more: Any) -> None:
            found[f"known.{fact}"].append({**who, "event_date": as_of - timedelta(days=back), **more})

        for turn in range(chance.randrange(1, 5)):
            result = chance.choice(("pass", "rectify", "fail", "no_entry"))
            add(
                "inspection",
                chance.randrange(900),
                inspection_id=f"I{number}-{turn}",
                inspection_kind=chance.choice(("random", "complaint")),
                result=result,
                critical_count=int(result == "fail"),
                serious_count=0,
                minor_count=turn,
            )
        add(
            "licence",
            500,
            licence_id=f"L{number}",
            licence_kind="食品经营许可",
            application_kind="issue",
            expires_on=date(2030, 5, 1),
        )
        add(
            "complaint",
            90,
            complaint_id=f"C{number}",
            complaint_kind="商品质量",
            is_upheld=True,
            closed_date=as_of - timedelta(days=80),
        )
        add("complaint", 9, complaint_id=f"O{number}", complaint_kind="价格", is_upheld=None, closed_date=None)
        add(
            "penalty",
            300,
            penalty_id=f"P{number}",
            penalty_kind="fine",
            penalty_severity="general",
            amount_cny=Decimal("5000.00"),
        )
        add("abnormal_list", 700, listing_id=f"A{number}", listing_action="listed", list_kind="abnormal")
        add("abnormal_list", 650, listing_id=f"A{number}", listing_action="removed", list_kind="abnormal")
        add("change", 420, change_id=f"G{number}", change_kind="address")
        add("annual_report", 160, report_id=f"R{number}", report_year=2025)
    return found


def draw(chance: random.Random, cards: list[Row]) -> dict[str, list[Row]]:
    ratio = {"A": 0.01, "B": 0.05, "C": 0.2, "D": 0.6}
    frame: dict[tuple[str, str], list[Row]] = {}
    for card in cards:
        frame.setdefault((card["credit_grade"], card["risk_grade"]), []).append(card)
    strata, drawn = [], []
    for (credit, risk), members in sorted(frame.items()):
        size = min(len(members), max(1, round(len(members) * ratio[credit])))
        stratum = {"plan_id": "2026Q4", "stratum_id": f"{credit}-{risk}", "credit_grade": credit, "risk_grade": risk}
        strata.append(
            {**stratum, "population_count": len(members), "ratio": Decimal(str(ratio[credit])), "drawn_count": size}
        )
        tickets = sorted(
            (hashlib.sha256(card["entity_code"].encode()).hexdigest(), card["entity_id"], card) for card in members
        )
        for order, (ticket, _, card) in enumerate(tickets[:size], start=1):
            names = (
                "entity_id",
                "entity_code",
                "name",
                "district_code",
                "district_name",
                "industry_name",
                "credit_grade",
                "risk_grade",
            )
            drawn.append(
                {
                    "plan_id": "2026Q4",
                    "stratum_id": stratum["stratum_id"],
                    "draw_order": order,
                    "ticket": ticket,
                    **{name: card[name] for name in names},
                    "inclusion_probability": Decimal(round(size / len(members), 6)).quantize(Decimal("0.000001")),
                    "inspector_ids": f"J{chance.randrange(900):04d};J{chance.randrange(900):04d}"
                    if order % 9
                    else None,
                }
            )
    plan = {
        "plan_id": "2026Q4",
        "seed": hashlib.sha256(b"seed").hexdigest(),
        "frame_root": hashlib.sha256(b"root").hexdigest(),
        "seed_source": "demonstration",
        "population_count": len(cards),
        "drawn_count": len(drawn),
        "frozen_at": datetime(2026, 11, 20, 1, 30),
    }
    return {"plan.draw_plan": [plan], "mart.draw_stratum": strata, "mart.drawn_list": drawn}
