"""Building blocks of invented plans: rules in force, a check list, objects with a history, inspectors with relations.

Not here: what should hold of the plans made of them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from functools import cache
from typing import Any

import polars as pl
from hypothesis import strategies as st

from models.policy.loader import InForce, Policy
from models.sampling.frozen import INSPECTORS, LEAVES
from models.sampling.plan_file import PlanFile
from models.sampling.plan_frame import OBJECTS, RECOGNISED, RESERVED, VISITS, History
from models.sampling.plan_freeze import Basis, Prepared, Roster, prepare
from models.sampling.plan_rules import PlanRules
from models.sampling.plan_task import CheckItem, JointItem, PlannedTask, planned_tasks

DAY = date(2026, 10, 31)
WINDOW = {"from": "2026-11-02", "to": "2026-12-31"}
DEPARTMENTS = {"D01": "甲局", "D02": "乙局"}
DISTRICTS = ("610102", "610103")
CREDIT, RISK = "ABCD", "ⅠⅡⅢⅣ"
RECUSALS = {
    "inspector_id": pl.String,
    "entity_code": pl.String,
    "cause": pl.String,
    "valid_from": pl.Date,
    "valid_to": pl.Date,
}


@cache
def in_force() -> InForce:
    return Policy.load().at(date(2026, 11, 2))


@cache
def rules() -> PlanRules:
    return PlanRules.from_policy(in_force())


def item(number: str, *, sections: str = "", is_key: bool = False, skill: str = "") -> CheckItem:
    return CheckItem(number, f"事项{number}", number[:3], frozenset(sections), 20_000, 1, is_key, skill, ("营业执照",))


ITEMS = {
    i.check_item_id: i
    for i in (
        item("D01-001"),
        item("D01-002", sections="HF"),
        item("D01-003", sections="C"),
        item("D01-004", is_key=True),
        item("D02-001", sections="HC"),
        item("D02-002", skill="工程技术"),
        item("D02-003", skill="财务核查"),
    )
}
JOINT = {
    "L001": JointItem("L001", "联合一", ("D01-002", "D02-001")),
    "L002": JointItem("L002", "联合二", ("D01-001", "D09-001")),
}


def plan(**said: Any) -> PlanFile:
    whole = {"plan": "p", "title": "计划", "kind": "special", "window": WINDOW}
    return PlanFile.model_validate(
        whole | (said or {"tasks": [{"id": "t", "department": "D01", "items": ["D01-001"]}]})
    )


def tasks_of(made: PlanFile) -> tuple[PlannedTask, ...]:
    return planned_tasks(made, ITEMS, JOINT, DEPARTMENTS, rules(), "plan.yaml")


def frame(rows: Sequence[Mapping[str, Any]], columns: Mapping[str, Any]) -> pl.DataFrame:
    return pl.DataFrame([{name: row.get(name) for name in columns} for row in rows], schema=dict(columns))


def entity(code: str, **said: Any) -> dict[str, Any]:
    usual = {
        "district_code": "610102", "section": "H", "industry_code": "6210", "legal_form": "company",
        "established_date": date(2020, 1, 1), "credit_grade": "A", "risk_grade": "Ⅰ", "last_visit_date": date(2026, 1, 5),
        "is_suggested": False,
    }  # fmt: skip
    return {"entity_code": code} | usual | said


def objects(*rows: Mapping[str, Any]) -> pl.DataFrame:
    return frame(rows, OBJECTS)


def history(
    visits: Sequence[Mapping[str, Any]] = (),
    recognised: Sequence[Mapping[str, Any]] = (),
    reserved: Sequence[Mapping[str, Any]] = (),
) -> History:
    return History(frame(visits, VISITS), frame(recognised, RECOGNISED), frame(reserved, RESERVED))


def visit(
    code: str, department: str = "D01", day: int = 1, cause: str = "routine", *, counts: bool = True
) -> dict[str, Any]:
    return {
        "entity_code": code,
        "department_id": department,
        "event_date": date(2026, 3, 1) + timedelta(days=day),
        "cause": cause,
        "is_counted": counts,
    }


def inspector(number: str, department: str = "D01", **said: Any) -> dict[str, Any]:
    usual = {"district_codes": "", "skills": "工程技术;财务核查", "certificate_until": date(2027, 12, 31)}
    return {"inspector_id": number, "department_id": department} | usual | said


def roster(
    inspectors: Sequence[Mapping[str, Any]] = (),
    leaves: Sequence[Mapping[str, Any]] = (),
    recusals: Sequence[Mapping[str, Any]] = (),
) -> Roster:
    people = inspectors or [inspector(f"{d}-{n}", d) for d in DEPARTMENTS for n in range(4)]
    return Roster(frame(people, INSPECTORS), frame(leaves, LEAVES), frame(recusals, RECUSALS))


def prepared(
    made: PlanFile, given: pl.DataFrame, past: History | None = None, people: Roster | None = None
) -> Prepared:
    basis = Basis(DAY, rules(), "0" * 16, 2)
    return prepare(made, tasks_of(made), ITEMS, given, past or History.none(), people or roster(), basis)


CODES = [f"E{n:02d}" for n in range(14)]


@st.composite
def zones(draw: st.DrawFn) -> tuple[pl.DataFrame, History]:
    """A small register with a year behind it: grades, industries, visits of both departments, other plans."""
    days = st.one_of(st.none(), st.dates(date(2018, 1, 1), DAY))
    rows = [
        entity(
            code,
            district_code=draw(st.sampled_from(DISTRICTS)),
            section=draw(st.sampled_from("HFC")),
            industry_code=draw(st.sampled_from(["6210", "5265", "1411"])),
            credit_grade=draw(st.sampled_from(CREDIT)),
            risk_grade=draw(st.sampled_from(RISK)),
            last_visit_date=draw(days),
        )
        for code in draw(st.lists(st.sampled_from(CODES), min_size=1, unique=True))
    ]
    codes = [row["entity_code"] for row in rows]
    came = draw(
        st.lists(
            st.builds(
                visit,
                st.sampled_from(codes),
                st.sampled_from(sorted(DEPARTMENTS)),
                st.integers(1, 60),
                st.sampled_from(["random", "routine", "complaint"]),
            ),
            max_size=40,
            unique_by=lambda v: (v["entity_code"], v["department_id"], v["event_date"]),
        )
    )
    for row in came:
        row["is_counted"] = row["cause"] != "complaint"
    known = [
        {"entity_code": code, "department_id": department, "check_item_id": number}
        for code, department, number in draw(
            st.lists(
                st.tuples(
                    st.sampled_from(codes), st.sampled_from(["D01", "D02", "D03"]), st.sampled_from(sorted(ITEMS))
                ),
                max_size=8,
            )
        )
    ]
    due = [
        {"plan_id": plan_id, "entity_code": code, "department_id": department, "is_drawn": drawn}
        for plan_id, code, department, drawn in draw(
            st.lists(
                st.tuples(
                    st.sampled_from(["q1", "q2"]),
                    st.sampled_from(codes),
                    st.sampled_from(sorted(DEPARTMENTS)),
                    st.booleans(),
                ),
                max_size=10,
                unique_by=lambda r: r[:3],
            )
        )
    ]
    return objects(*rows), history(came, known, due)


@st.composite
def plans(draw: st.DrawFn) -> PlanFile:
    """A plan of one to four tasks of both departments."""
    chosen = draw(st.lists(st.sampled_from(sorted(ITEMS)), min_size=1, max_size=4, unique=True))
    lines = [
        {
            "id": number.lower(),
            "department": number[:3],
            "items": [number],
            "method": draw(st.sampled_from(["equal", "pps"])),
        }
        for number in chosen
    ]
    return plan(tasks=lines, merge=draw(st.booleans()), recognise=draw(st.booleans()))
