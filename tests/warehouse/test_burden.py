"""The burden ledger: one row a visit, causes that count and that do not, caps, groups, savings; who must stay away."""

from __future__ import annotations

import statistics
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.policy import visit_rules
from models.policy.loader import Policy
from models.sampling.plan_rules import cool_down_days, visit_caps, visit_causes
from tests.warehouse import small
from warehouse import catalog
from warehouse.engine import DuckDBEngine

AS_OF = date(2026, 10, 31)
RULES = Policy.load().at(AS_OF)
COOL_DOWN = timedelta(days=cool_down_days(RULES))
CREDIT = {1: "A", 2: "B", 3: "C", 4: "D"}
CAPS = {entity: visit_caps(RULES)[grade] for entity, grade in CREDIT.items()}
MARTS = ("mart.burden_group", "mart.burden_cap", "mart.burden_cause", "mart.visit_saving")


def facts(engine: DuckDBEngine, name: str, rows: Sequence[dict[str, Any]]) -> None:
    columns = {c.name: c.type for c in catalog.contracts("fact")[name].columns}
    engine.load(f"known.{name}", columns, [dict.fromkeys(columns) | row for row in rows])


@pytest.fixture(scope="module")
def engine() -> Iterator[DuckDBEngine]:
    with small.opened() as opened:
        opened.run(f"create table run.info as select date '{AS_OF}' as as_of")
        for name, rows in visit_rules.tables(RULES).items():
            opened.load(f"policy.{name}", visit_rules.TABLES[name], rows)
        small.fill(
            opened,
            "known.entity",
            [
                {
                    "entity_id": n,
                    "entity_code": f"E{n}",
                    "name": f"户{n}",
                    "status": "active",
                    "district_code": "610102",
                }
                for n in CREDIT
            ],
        )
        small.fill(opened, "grade.grade", [{"entity_id": n, "credit_grade": grade} for n, grade in CREDIT.items()])
        small.fill(
            opened,
            "mart.entity_card",
            [
                {"entity_id": n, "entity_code": f"E{n}", "name": f"户{n}", "credit_grade": grade}
                for n, grade in CREDIT.items()
            ],
        )
        small.fill(opened, "entity.department", [{"department_id": "D01", "name": "甲局"}])
        small.fill(opened, "entity.inspector", [{"inspector_id": f"I{n}"} for n in range(3)])
        small.fill(opened, "entity.inspector_relation", [])
        small.fill(opened, "plan.frozen_task", [])
        facts(opened, "annual_report", [
            {"entity_id": 1, "report_year": 2025, "employee_count": 9, "report_id": "a", "event_date": AS_OF},
            {"entity_id": 1, "report_year": 2024, "employee_count": 500, "report_id": "b", "event_date": AS_OF},
            {"entity_id": 2, "report_year": 2025, "employee_count": 10, "report_id": "c", "event_date": AS_OF},
        ])  # fmt: skip
        yield opened


DAYS = st.sampled_from(
    [
        date(2024, 12, 31),
        date(2025, 1, 1),
        date(2025, 6, 1),
        date(2026, 1, 5),
        date(2026, 3, 2),
        date(2026, 3, 3),
        AS_OF,
    ]
)
ENTITY = st.none() | st.sampled_from(sorted(CREDIT))
DEPARTMENT = st.sampled_from(["D01", "D02"])
INSPECTIONS = st.lists(
    st.tuples(
        ENTITY, DEPARTMENT, DAYS, st.sampled_from(["random", "routine", "special", "complaint", "recheck", "licensing"])
    ),
    max_size=25,
)
VISITS = st.lists(
    st.tuples(ENTITY, DEPARTMENT, DAYS, st.sampled_from(["routine", "complaint", "consultation", "incident", "other"])),
    max_size=12,
)
Told = list[tuple[int | None, str, date, str]]


def deliver(engine: DuckDBEngine, inspections: Told, visits: Told) -> None:
    for name, kind, rows in (("inspection", "inspection_kind", inspections), ("visit", "visit_cause", visits)):
        told = [
            {"feed_id": "f", f"{name}_id": str(n), "entity_id": e, "department_id": d, "event_date": day, kind: why}
            for n, (e, d, day, why) in enumerate(rows)
        ]
        facts(engine, name, told)
    small.sql_table(engine, "plan.burden", *MARTS)


def by_hand(inspections: Told, visits: Told) -> dict[tuple[int, str, date], bool]:
    """Visits of the ledger's years, and whether each counts."""
    causes = visit_causes(RULES)
    counts = {
        (source, kind): cause.counts
        for cause in causes.values()
        for source in ("inspection", "visit")
        for kind in getattr(cause, source)
    }
    found: dict[tuple[int, str, date], bool] = {}
    for source, rows in (("inspection", inspections), ("visit", visits)):
        for entity, department, day, why in rows:
            if entity is not None and day.year >= AS_OF.year - RULES.value("reporting.ledger_years") + 1:
                key = (entity, department, day)
                found[key] = found.get(key, False) or counts[source, why]
    return found


@small.few
@given(INSPECTIONS, VISITS)
def test_the_ledger_and_its_figures_are_what_a_clerk_would_count(
    engine: DuckDBEngine, inspections: Told, visits: Told
) -> None:
    deliver(engine, inspections, visits)
    wanted = by_hand(inspections, visits)
    rows = engine.rows("select entity_id, department_id, event_date, is_counted from plan.burden")
    assert len(rows) == len(wanted)
    assert {row[:3]: row[3] for row in rows} == wanted
    groups = {
        (year, kind, value): rest
        for year, kind, value, *rest in engine.rows(
            "select visit_year, group_kind, group_value, entity_count, visited_count, visit_count, counted_count, merged_count,"
            " median_visits, most_visits, gini from mart.burden_group"
        )
    }
    for year in {day.year for _, _, day in wanted}:
        times = Counter(entity for entity, _, day in wanted if day.year == year)
        own = [times[entity] for entity in CREDIT]
        days = len({(entity, day) for entity, _, day in wanted if day.year == year})
        counted = sum(is_counted for (_, _, day), is_counted in wanted.items() if day.year == year)
        gaps = sum(abs(a - b) for a in own for b in own)
        assert groups[year, "all", "all"] == [
            4, len(times), sum(own), counted, sum(own) - days, statistics.median(own), max(own),
            pytest.approx(gaps / (2 * 4 * sum(own))),
        ]  # fmt: skip
        assert [groups[year, "credit_grade", grade][2] for grade in CREDIT.values()] == own
        sizes = {value: rest[2] for (of, kind, value), rest in groups.items() if of == year and kind == "size_class"}
        assert sizes == {"micro": own[0], "small": own[1], "unknown": own[2] + own[3]}
    told = engine.rows("select entity_id, cap_scope, counted_count, visit_cap, cap_state from mart.burden_cap")
    assert sorted(told) == sorted(caps_by_hand(wanted))
    saved = dict(engine.rows("select visit_year, saved_count from mart.visit_saving"))
    assert saved == {year: groups[year, "all", "all"][4] for year in {day.year for _, _, day in wanted}}
    assert engine.rows("select coalesce(sum(visit_count), 0) from mart.burden_cause") == [(len(wanted),)]


def test_departments_that_come_together_are_one_visit_of_all(engine: DuckDBEngine) -> None:
    days = [date(2026, 3, 2), date(2026, 3, 3)]
    deliver(engine, [(1, d, day, "routine") for d in ("D01", "D02") for day in days], [])
    told = "select cap_scope, counted_count, cap_state from mart.burden_cap order by 1"
    assert engine.rows(told) == [("D01", 2, "reached"), ("D02", 2, "reached")]  # two days: far from the total of four
    assert engine.rows("select saving_kind, saved_count from mart.visit_saving") == [("merged", 2)]


def caps_by_hand(wanted: dict[tuple[int, str, date], bool]) -> list[tuple[Any, ...]]:
    found = []
    for entity, cap in CAPS.items():
        own = [(d, day) for (e, d, day), counts in wanted.items() if e == entity and counts and day.year == AS_OF.year]
        scopes = {department: sum(d == department for d, _ in own) for department in {d for d, _ in own}}
        for scope, times, most in [
            *((d, n, cap.department) for d, n in scopes.items()),
            ("total", len({day for _, day in own}), cap.total),
        ]:
            if times and times >= most - 1:
                state = "breached" if times > most else "reached" if times == most else "near"
                found.append((entity, scope, times, most, state))
    return found


def test_who_must_stay_away_is_told_with_the_days(engine: DuckDBEngine) -> None:
    first, last = AS_OF - COOL_DOWN + timedelta(days=1), AS_OF - timedelta(days=3)
    facts(engine, "inspection", [
        {"entity_id": 1, "event_date": day, "inspector_ids": team}
        for day, team in ((first, "I0;I1"), (last, "I0"), (AS_OF - COOL_DOWN, "I2"), (last, "I9"), (last, None))
    ])  # fmt: skip
    small.fill(engine, "entity.inspector_relation", [
        {"inspector_id": "I2", "entity_code": "E2", "entity_id": 2, "recusal_cause": "kinship", "valid_from": AS_OF},
        {"inspector_id": "I2", "entity_code": "E2-old", "entity_id": 2, "recusal_cause": "kinship", "valid_from": first, "valid_to": AS_OF},
        {"inspector_id": "I1", "entity_code": "E9", "entity_id": None, "recusal_cause": "interest", "valid_from": first},
    ])  # fmt: skip
    small.sql_table(engine, "plan.recusal")
    assert engine.rows(
        "select inspector_id, entity_code, recusal_cause, valid_from, valid_to from plan.recusal order by all"
    ) == [
        ("I0", "E1", "cool_down", first, last + COOL_DOWN),
        ("I1", "E1", "cool_down", first, first + COOL_DOWN),
        ("I2", "E2", "kinship", first, None),
    ]
    facts(engine, "inspection", [])
    small.fill(engine, "entity.inspector_relation", [])
