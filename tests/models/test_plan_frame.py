"""Whom a plan may draw: hard caps, recognition, frequency, full coverage, strata; nobody is out of it for good."""

from __future__ import annotations

from fractions import Fraction

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings

from models.sampling.frozen import FrozenPlan
from models.sampling.plan_check import checked
from models.sampling.plan_file import PlanError, PlanFile
from models.sampling.plan_frame import EXCLUSIONS, History
from tests.models import planned as p

PATIENT = {"suppress_health_check": [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]}


def try_plan(made: PlanFile, given_objects: pl.DataFrame, past: History) -> FrozenPlan | None:
    try:
        return p.prepared(made, given_objects, past).plan
    except PlanError as error:
        if "within its scope" not in str(error):  # nobody there, or nobody left: the only reasons it may fail
            raise
        return None


def breaches(plan: FrozenPlan, past: History) -> list[str]:
    """Caps that would be breached if everybody in the frame were drawn: counted one by one, as a clerk would."""
    found = []
    department = {task.task_id: task.department_id for task in plan.tasks}
    graded = {c: s[:1] for _, c, s, _, _ in plan.frame.iter_rows()}
    coming: dict[str, set[str]] = {}
    for task_id, code, *_ in plan.frame.iter_rows():
        coming.setdefault(code, set()).add(department[task_id])
    for code, departments in coming.items():
        cap = p.rules().caps[graded[code]]
        came = [row for row in past.visits.iter_rows(named=True) if row["entity_code"] == code and row["is_counted"]]
        others = [row for row in past.reserved.iter_rows(named=True) if row["entity_code"] == code]
        days = len({row["event_date"] for row in came}) + len({row["plan_id"] for row in others}) + 1
        if days > cap.total:
            found.append(f"{code}: {days} of {cap.total}")
        for own in departments:
            times = sum(row["department_id"] == own for row in came) + 1
            times += sum(row["department_id"] == own for row in others)
            if times > cap.department:
                found.append(f"{code} {own}: {times} of {cap.department}")
    return found


def hold_caps(zone: tuple[pl.DataFrame, History], made: PlanFile) -> None:
    plan = try_plan(made, *zone)
    if plan is not None:
        assert breaches(plan, zone[1]) == []


@given(p.zones(), p.plans())
def test_no_draw_can_breach_a_cap(zone: tuple[pl.DataFrame, History], made: PlanFile) -> None:
    hold_caps(zone, made)


@pytest.mark.slow
@settings(max_examples=1000, **PATIENT)  # type: ignore[arg-type]
@given(p.zones(), p.plans())
def test_no_draw_of_a_thousand_plans_can_breach_a_cap(zone: tuple[pl.DataFrame, History], made: PlanFile) -> None:
    hold_caps(zone, made)


@given(p.zones(), p.plans())
def test_everybody_in_scope_can_be_drawn_or_was_seen_this_year(
    zone: tuple[pl.DataFrame, History], made: PlanFile
) -> None:
    """So that over any cycle of years the probability of everybody is above zero: who is out is out for this year only."""
    plan = try_plan(made, *zone)
    if plan is None:
        return
    objects, past = zone
    assert checked(plan) is plan  # keys, strata and sizes as the draw wants them
    drawn = {(s.task_id, s.stratum_id): Fraction(s.drawn, s.population) for s in plan.strata}
    assert all(0 < chance <= 1 for chance in drawn.values())
    for one in p.tasks_of(made):
        own = plan.frame.filter(pl.col("task_id") == one.task.task_id)["entity_code"].to_list()
        out = plan.excluded.filter(pl.col("task_id") == one.task.task_id)
        scope = [
            c
            for c, s in objects.select("entity_code", "section").iter_rows()
            if one.sections is None or s in one.sections
        ]
        assert sorted([*own, *out["entity_code"]]) == sorted(scope)
        for _, code, cause in out.iter_rows():
            seen = {
                t["entity_code"]
                for table in (past.visits, past.recognised, past.reserved)
                for t in table.iter_rows(named=True)
            }
            coverage = objects.filter(pl.col("entity_code") == code)["industry_code"].item() in p.rules().full_coverage
            assert cause in EXCLUSIONS
            assert coverage if cause == "full_coverage" else code in seen


def hold_recusals(zone: tuple[pl.DataFrame, History], made: PlanFile) -> None:
    """Every relation that holds on any day of the window, to anybody who may be drawn, is in the frozen plan; no other."""
    codes = zone[0]["entity_code"].to_list()
    told = [
        {
            "inspector_id": f"D0{1 + n % 2}-{n % 4}",
            "entity_code": code,
            "cause": "interest",
            "valid_from": p.date(2026, 1, 1),
            "valid_to": end,
        }
        for n, code in enumerate(codes)
        for end in [(None, p.date(2026, 11, 2), p.date(2026, 11, 1))[n % 3]]
    ]
    try:
        plan = p.prepared(made, *zone, p.roster(recusals=told)).plan
    except PlanError:
        return
    departments = {task.department_id for task in plan.tasks}
    wanted = {
        (row["inspector_id"], row["entity_code"])
        for row in told
        if row["valid_to"] != p.date(2026, 11, 1) and row["inspector_id"][:3] in departments
    }
    wanted = {pair for pair in wanted if pair[1] in set(plan.frame["entity_code"])}
    assert set(plan.recusals.select("inspector_id", "entity_code").iter_rows()) == wanted


@given(p.zones(), p.plans())
def test_who_must_not_meet_is_told_to_the_draw(zone: tuple[pl.DataFrame, History], made: PlanFile) -> None:
    hold_recusals(zone, made)


@pytest.mark.slow
@settings(max_examples=1000, **PATIENT)  # type: ignore[arg-type]
@given(p.zones(), p.plans())
def test_who_must_not_meet_is_told_to_the_draw_of_a_thousand_plans(
    zone: tuple[pl.DataFrame, History], made: PlanFile
) -> None:
    hold_recusals(zone, made)


def causes(*rows: dict[str, object], past: History | None = None, **said: object) -> dict[str, str | None]:
    """Cause by entity; None for who may be drawn. A stranger keeps the frame from being empty."""
    made = p.plan(**said)
    plan = p.prepared(made, p.objects(*rows, p.entity("E99")), past).plan
    found: dict[str, str | None] = dict.fromkeys(plan.frame["entity_code"])
    found.update((code, cause) for _, code, cause in plan.excluded.iter_rows())
    return {code: cause for code, cause in found.items() if code != "E99"}


def test_special_industries_stay_outside_the_draw() -> None:
    assert causes(p.entity("E1", industry_code="5265"), p.entity("E2")) == {"E1": "full_coverage", "E2": None}


def test_an_inspection_of_the_department_or_of_the_item_is_recognised_unless_the_plan_says_no() -> None:
    rows = [p.entity("E1"), p.entity("E2"), p.entity("E3")]
    past = p.history(
        recognised=[
            {"entity_code": "E1", "department_id": "D01", "check_item_id": "D01-003"},
            {"entity_code": "E2", "department_id": "D03", "check_item_id": "D01-001"},
            {"entity_code": "E3", "department_id": "D03", "check_item_id": "D03-001"},
        ]
    )
    assert causes(*rows, past=past) == {"E1": "recognised", "E2": "recognised", "E3": None}
    tasks = [{"id": "t", "department": "D01", "items": ["D01-001"]}]
    assert set(causes(*rows, past=past, recognise=False, tasks=tasks).values()) == {None}


def test_frequency_limits_random_visits_of_one_department_and_not_key_items() -> None:
    rows = [p.entity("E1"), p.entity("E2", credit_grade="D", risk_grade="Ⅳ")]
    past = p.history([p.visit("E1", cause="random"), p.visit("E2", cause="random"), p.visit("E1", "D02", 3, "random")])
    assert causes(*rows, past=past) == {"E1": "frequency", "E2": None}
    key = [{"id": "t", "department": "D01", "items": ["D01-004"]}]
    assert causes(*rows, past=past, tasks=key) == {"E1": None, "E2": None}
    drawn = p.history(reserved=[{"plan_id": "q", "entity_code": "E1", "department_id": "D01", "is_drawn": True}])
    assert causes(*rows, past=drawn) == {"E1": "frequency", "E2": None}


def test_caps_count_counted_visits_of_a_department_and_days_of_all() -> None:
    twice = [p.visit("E1", day=1), p.visit("E1", day=2)]
    assert causes(p.entity("E1"), past=p.history(twice)) == {"E1": "cap_department"}
    uncounted = [p.visit("E1", day=1), p.visit("E1", day=2, cause="recheck", counts=False)]
    assert causes(p.entity("E1"), past=p.history(uncounted)) == {"E1": None}
    same_day = [p.visit("E1", d, day) for d in ("D02", "D03") for day in (1, 2, 3)]
    assert causes(p.entity("E1"), past=p.history(same_day)) == {"E1": None}
    assert causes(p.entity("E1"), past=p.history([*same_day, p.visit("E1", "D04", 9)])) == {"E1": "cap_total"}


def test_visits_that_other_plans_may_bring_count_one_a_plan() -> None:
    def due(plan_id: str, department: str) -> dict[str, object]:
        return {"plan_id": plan_id, "entity_code": "E1", "department_id": department, "is_drawn": False}

    joint = [due(f"q{n}", d) for n in range(3) for d in ("D02", "D03")]
    assert causes(p.entity("E1"), past=p.history(reserved=joint)) == {"E1": None}
    assert causes(p.entity("E1"), past=p.history(reserved=[*joint, due("q9", "D02")])) == {"E1": "cap_total"}
    assert causes(p.entity("E1"), past=p.history([p.visit("E1", "D04")], reserved=joint)) == {"E1": "cap_total"}


def test_who_was_left_alone_for_a_cycle_is_drawn_with_the_highest_share_of_the_grade() -> None:
    rows = [p.entity(f"E{n}", last_visit_date=p.date(2021, 1, 1)) for n in range(60)]
    rows += [p.entity(f"F{n}") for n in range(60)]
    plan = p.prepared(p.plan(), p.objects(*rows)).plan
    assert [(s.stratum_id, s.population, s.ratio_ppm, s.drawn) for s in plan.strata] == [
        ("A1", 60, 10_000, 1),
        ("A1L", 60, 50_000, 3),
    ]


def test_a_plan_can_keep_to_what_warnings_suggest() -> None:
    rows = [p.entity(f"E{n}", is_suggested=n < 3) for n in range(60)]
    task = {"id": "t", "department": "D01", "items": ["D01-001"], "scope": {"suggested": True}}
    plan = p.prepared(p.plan(tasks=[task]), p.objects(*rows)).plan
    assert plan.frame["entity_code"].to_list() == ["E0", "E1", "E2"]
    with pytest.raises(PlanError, match="no active entity is within its scope"):
        p.prepared(p.plan(tasks=[task]), p.objects(*rows[3:]))


def test_strata_by_size_draw_as_many_as_the_shares_add_up_to() -> None:
    rows = [p.entity(f"E{n}", credit_grade="B", risk_grade=p.RISK[n % 4]) for n in range(40)]
    made = p.plan(tasks=[{"id": "t", "department": "D01", "items": ["D01-001"], "method": "pps"}])
    plan = p.prepared(made, p.objects(*rows)).plan
    assert [(s.stratum_id, s.method, s.drawn) for s in plan.strata] == [("B", "pps", 5)]  # 40 × mean of 5, 10, 15, 20 %
    assert sorted(set(plan.frame["size"])) == [50_000, 100_000, 150_000, 200_000]


def test_a_monthly_plan_takes_a_twelfth() -> None:
    rows = [p.entity(f"E{n}", credit_grade="D", risk_grade="Ⅳ") for n in range(120)]
    made = p.plan(
        kind="monthly",
        window={"from": "2026-11-01", "to": "2026-11-30"},
        tasks=[{"id": "t", "department": "D01", "items": ["D01-001"]}],
    )
    (stratum,) = p.prepared(made, p.objects(*rows)).plan.strata
    assert (stratum.ratio_ppm, stratum.drawn) == (83_334, 11)


def test_recognition_tells_the_visits_it_saves() -> None:
    rows = [p.entity(f"E{n}", credit_grade="D", risk_grade="Ⅳ") for n in range(10)]
    past = p.history(
        recognised=[{"entity_code": f"E{n}", "department_id": "D01", "check_item_id": ""} for n in range(4)]
    )
    assert p.prepared(p.plan(), p.objects(*rows), past).spared == {"t": 4}
    assert p.prepared(p.plan(), p.objects(*rows)).spared == {"t": 0}


def test_an_empty_scope_and_an_empty_frame_say_so() -> None:
    with pytest.raises(PlanError, match="no active entity is within its scope"):
        p.prepared(p.plan(tasks=[{"id": "t", "department": "D01", "items": ["D01-003"]}]), p.objects(p.entity("E1")))
    with pytest.raises(PlanError, match=r"nobody of 1 within its scope is left to draw \(full_coverage 1\)"):
        p.prepared(p.plan(), p.objects(p.entity("E1", industry_code="5265")))
