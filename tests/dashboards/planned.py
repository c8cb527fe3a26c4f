"""Lists, burden ledger, plans and draws of the fabricated home: one plan at each stage between draft and result.

Entities and grades are in `snapshot.py`; plans are checked, frozen and drawn by the real doors.
"""

import json
from collections import Counter
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from unittest.mock import patch

from models.policy.loader import Policy
from models.sampling.announcement import Reveal
from warehouse import plan_freeze, planning, visit_register
from warehouse.ceremony import Ceremony, Who
from warehouse.home import Home
from warehouse.plan_draft import draft
from warehouse.serving import ServingReader

Row = dict[str, Any]
FACTS = ("visit",)
SECTIONS = {"6210": "H", "5221": "F", "5251": "F", "3599": "C", "7271": "L", "8010": "R"}
ITEMS = (
    ("D01-001", "食品销售许可检查", "D01", "F", "0.05", True, ""),
    ("D01-002", "餐饮后厨检查", "D01", "H", "0.05", False, ""),
    ("D01-003", "广告宣传检查", "D01", "", "0.02", False, ""),
    ("D02-001", "餐饮具消毒检查", "D02", "H", "0.10", False, "卫生"),
)
WHO = Who("甲", "公开抽签")
TODAY = date(2026, 11, 20)
WINDOW = (date(2026, 11, 23), date(2026, 12, 31))
DRAWN, WAITING, LATE, FROZEN = "drawn", "waiting", "late", "frozen"
FEASIBLE, INFEASIBLE, BROKEN = "draft", "short", "broken"


def tables(cards: list[Row], as_of: date) -> dict[str, list[Row]]:
    """Lists, and marts of the burden ledger that agree with its rows."""
    inspectors = [
        {
            "inspector_id": f"ZF{number:03d}",
            "department_id": "D01" if number % 3 else "D02",
            "certificate_no": f"C{number}",
            "certificate_valid_until": as_of - timedelta(days=9) if number == 7 else date(2028, 5, 1),
            "district_code": cards[number]["district_code"],
            "district_codes": None if number % 5 else "610102;610103",
            "skills": "卫生" if number % 3 == 0 else None,
        }
        for number in range(60)
    ]
    burden = [
        {
            "entity_id": card["entity_id"],
            "department_id": f"D0{1 + visit % 2}",
            "event_date": as_of - timedelta(days=20 * visit + number % 7),
            "visit_year": (as_of - timedelta(days=20 * visit + number % 7)).year,
            "visit_cause_code": "random" if visit % 3 else "routine",
            "is_counted": True,
        }
        for number, card in enumerate(cards[:300])
        for visit in range(number % 6)
    ]
    return {
        "entity.industry": [
            {"industry_code": code, "industry_name": code, "industry_section": section, "hazard_level": "low"}
            for code, section in SECTIONS.items()
        ],
        "entity.check_item": [
            {
                "check_item_id": number,
                "name": name,
                "department_id": department,
                "basis": "《行政处罚法》",
                "object_scope": scope or None,
                "ratio": ratio,
                "frequency": 1,
                "is_key": is_key,
                "skill": skill or None,
                "papers": "营业执照;台账",
            }
            for number, name, department, scope, ratio, is_key, skill in ITEMS
        ],
        "entity.joint_item": [
            {
                "joint_item_id": "L001",
                "name": "餐饮综合检查",
                "lead_department_id": "D01",
                "department_ids": "D01;D02",
                "check_item_ids": "D01-002;D02-001",
            }
        ],
        "entity.inspector": inspectors,
        "entity.inspector_leave": [
            {"inspector_id": "ZF003", "valid_from": as_of - timedelta(days=1), "valid_to": as_of + timedelta(days=4)},
            {"inspector_id": "ZF003", "valid_from": as_of - timedelta(days=90), "valid_to": as_of - timedelta(days=80)},
        ],
        "plan.recusal": [
            {
                "inspector_id": "ZF001",
                "entity_id": cards[0]["entity_id"],
                "entity_code": cards[0]["entity_code"],
                "recusal_cause": "kinship",
                "valid_from": date(2020, 1, 1),
                "valid_to": None,
            }
        ],
        "plan.burden": burden,
        "grade.override": [
            {
                "entity_id": cards[1]["entity_id"],
                "pack_id": "credit",
                "decision_no": 4,
                "computed_grade": cards[1]["credit_grade"],
                "decided_grade": "D",
                "valid_from": date(2026, 1, 1),
                "valid_to": date(2027, 1, 1),
            }
        ],
        "known.repair": [
            {"record_kind": "penalty", "record_id": "P1", "entity_id": cards[5]["entity_id"],
             "repaired_on": as_of - timedelta(days=4)}
        ],
        **_marts(cards, burden, as_of),
    }  # fmt: skip


def _marts(cards: list[Row], burden: list[Row], as_of: date) -> dict[str, list[Row]]:
    now = [row for row in burden if row["visit_year"] == as_of.year]
    per = Counter(row["entity_id"] for row in now)
    groups = {("all", "all"): cards}
    for card in cards:
        groups.setdefault(("credit_grade", card["credit_grade"]), []).append(card)
        groups.setdefault(("district_code", card["district_code"] or "unknown"), []).append(card)
        groups.setdefault(("size_class", "micro"), []).append(card)
    return {
        "mart.burden_group": [
            {
                "visit_year": as_of.year,
                "group_kind": kind,
                "group_value": value,
                "entity_count": len(members),
                "visited_count": sum(per[card["entity_id"]] > 0 for card in members),
                "visit_count": (total := sum(per[card["entity_id"]] for card in members)),
                "counted_count": total,
                "merged_count": 1,
                "median_visits": 0.0,
                "p95_visits": 3.0,
                "most_visits": max(per[card["entity_id"]] for card in members),
                "gini": 0.9 if total else None,
            }
            for (kind, value), members in groups.items()
        ],
        "mart.burden_cause": [
            {
                "visit_year": as_of.year,
                "department_id": "D01",
                "department_name": "市场监管局",
                "visit_cause_code": "random",
                "visit_cause_zh": "双随机抽查",
                "is_counted": True,
                "visit_count": len(now),
                "visited_count": len(per),
            }
        ],
        "mart.burden_cap": [
            {
                **{n: card[n] for n in ("entity_id", "entity_code", "name", "district_code", "district_name")},
                "credit_grade": card["credit_grade"],
                "cap_scope": "total",
                "counted_count": per[card["entity_id"]],
                "visit_cap": 4,
                "cap_state": {3: "near", 4: "reached"}.get(per[card["entity_id"]], "breached"),
            }
            for card in cards
            if per[card["entity_id"]] >= 3
        ],
        "mart.visit_saving": [
            {"visit_year": as_of.year, "saving_kind": "merged", "plan_id": "", "saved_count": 12},
            {"visit_year": as_of.year, "saving_kind": "recognised", "plan_id": DRAWN, "saved_count": 3},
        ],
    }


def plans(folder: Path) -> None:
    """Drafts (feasible, infeasible, broken) and frozen plans: just frozen, waiting for a reveal, late, and drawn."""
    home, reader = Home.at(folder), ServingReader(folder)
    home.plans.mkdir(exist_ok=True)
    lists = planning.lists(reader)
    (home.plans / "broken.yaml").write_text("plan: Broken\ntitle: 写坏的计划\n", encoding="utf-8")
    _write(home, draft(lists, FEASIBLE, "special", WINDOW, ["D01-003"], []))
    day = (date(2026, 11, 23), date(2026, 11, 23))
    _write(home, draft(lists, INFEASIBLE, "special", day, ["D01-003", "D02-001"], []))
    for name, items, joint in (
        (DRAWN, ["D01-001"], ["L001"]),
        (WAITING, ["D01-002"], []),
        (LATE, ["D02-001"], []),
        (FROZEN, ["D01-001"], []),
    ):
        path = _write(
            home, draft(lists, name, "special", WINDOW, items, joint).replace("recognise: true", "recognise: false")
        )
        made = planning.check(home, reader, planning.read_plan_file(path), Policy.load())
        assert made.short == [], made.short
        plan_freeze.freeze(home, made, "甲", "批复一号")
    for name, until in ((DRAWN, date(2026, 11, 24)), (WAITING, date(2099, 1, 1)), (LATE, date(2020, 1, 1))):
        ceremony = Ceremony.of(home, name)
        secrets = [Reveal("纪检监察组", "a1" * 32, "7"), Reveal("公证处", "b2" * 32, "08 16 22")]
        for secret in secrets:
            ceremony.commit(secret.party, secret.commitment(name, 1), WHO)
        ceremony.announce(until, WHO)
        for secret in secrets if name == DRAWN else secrets[:1]:
            ceremony.reveal(secret, WHO)
    with patch("warehouse.ceremony.protocol_pdf", return_value=b"%PDF"):  # no font is asked of the machine
        Ceremony.of(home, DRAWN).draw(home.draws / "drawn.zip", home.draws / "drawn-public.zip", WHO)
    issued = visit_register.issue(home, DRAWN, home.draws / "drawn.zip")
    visit_register.cancel(home, issued[0].visit_id, "乙", "主体已注销")
    _results(home, issued[1:4])
    reader.close()


def _write(home: Home, text: str) -> Path:
    path = home.plans / f"{text.partition('plan: ')[2].splitlines()[0]}.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def _results(home: Home, visits: list[visit_register.Visit]) -> None:
    """Accepted results as they lie in the home: of today, of 40 and of 80 days ago."""
    rows = [
        {
            "visit_id": visit.visit_id,
            "check_item_id": "D01-001",
            "visited_on": f"{TODAY - timedelta(days=40 * place)}",
            "inspector_ids": list(visit.inspector_ids),
            "result": "pass",
            "critical_count": 0,
            "serious_count": 0,
            "minor_count": 0,
        }
        for place, visit in enumerate(visits)
    ]
    home.results.mkdir(exist_ok=True)
    path = home.results / "accepted.jsonl"
    path.write_text("".join(json.dumps({"result": row}) + "\n" for row in rows), encoding="utf-8")
