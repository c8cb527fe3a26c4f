"""Teams are lawful, balanced, alike for those who are alike, and say of everybody passed over why.

Not here: the hashes and the vectors (test_draw_protocol.py).
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.sampling.draw import draw
from models.sampling.eligibility import CAUSES, Request, Roster, absences, shortages
from models.sampling.frozen import LEAVES, FrozenPlan, Task
from models.sampling.team import Seat, Visit, teams, visits
from tests.models import plans


def formed(plan: FrozenPlan, seed: str = plans.SEED) -> tuple[list[Visit], list[Seat]]:
    pairs = [(one.stratum.task_id, row.entity_code) for one in draw(plan, seed) for row in one.drawn]
    ordered = visits(plan, pairs, seed)
    return ordered, teams(plan, ordered, seed)


@given(seed=st.integers(0, 10**6), entities=st.integers(5, 50), inspectors=st.integers(8, 24))
def test_every_team_is_lawful_and_every_seat_accounts_for_everybody(seed: int, entities: int, inspectors: int) -> None:
    plan = plans.city(entities, inspectors, seed)
    ordered, seats = formed(plan, str(seed))
    assert [visit.ticket for visit in ordered] == sorted(visit.ticket for visit in ordered)
    people = {row["inspector_id"]: row for row in plan.inspectors.iter_rows(named=True)}
    recused = set(plan.recusals.select("inspector_id", "entity_code").iter_rows())
    tasks = {task.task_id: task for task in plan.tasks}
    away = absences(plan)
    for visit in ordered:
        own = [seat for seat in seats if seat.entity_code == visit.entity_code]
        team = [people[seat.inspector_id] for seat in own]
        assert len({seat.inspector_id for seat in own}) == len(own) >= plan.inspectors_per_visit
        assert [seat.seat for seat in own] == list(range(1, len(own) + 1))
        for task in (tasks[task_id] for task_id in visit.task_ids):
            assert any(
                one["department_id"] == task.department_id
                and (not task.skill or task.skill in one["skills"].split(";"))
                for one in team
            )
        departments = {tasks[task_id].department_id for task_id in visit.task_ids}
        for one in team:
            assert one["department_id"] in departments
            assert one["inspector_id"] not in away
            assert (one["inspector_id"], visit.entity_code) not in recused
            assert not one["district_codes"] or visit.district_code in ("", *one["district_codes"].split(";"))
    size = Counter(plan.inspectors["department_id"])
    for seat in seats:
        assert seat.tier + sum(seat.skipped[cause] for cause in CAUSES) == sum(size[d] for d in seat.departments)


def test_a_joint_visit_is_one_visit_and_who_has_a_skill_may_hold_two_seats_worth() -> None:
    """Both departments come, and nobody comes twice because two tasks ask for the same."""
    tasks = (
        Task("T1", "D1", ("i",), "G", ""),
        Task("T2", "D1", ("i",), "G", "食品"),
        Task("T3", "D2", ("i",), "G", ""),
    )
    frame: list[plans.Row] = [(task.task_id, "E1", "S", 1, "") for task in tasks]
    people: list[plans.Inspector] = [(f"I{n}", f"D{n % 2 + 1}", "", "食品", plans.LAST) for n in range(6)]
    frozen = plans.plan(frame, {(task.task_id, "S"): 1 for task in tasks}, tasks, people)
    ordered, seats = formed(frozen)
    assert [visit.task_ids for visit in ordered] == [("T1", "T2", "T3")]
    assert [(seat.departments, seat.skill) for seat in seats] == [(("D1",), "食品"), (("D2",), "")]


ONE = [("T1", f"E{number:03}", "S", 1, "") for number in range(30)]


def alone(inspectors: list[plans.Inspector], **more: object) -> FrozenPlan:
    return plans.plan(ONE, {("T1", "S"): 1_000_000}, inspectors=inspectors, **more)  # type: ignore[arg-type]


def test_loads_differ_by_at_most_one_where_everybody_may_go_everywhere() -> None:
    _, seats = formed(alone([(f"I{n}", "D1", "", "", plans.LAST) for n in range(7)]))
    load = Counter(seat.inspector_id for seat in seats)
    assert sum(load.values()) == 60
    assert max(load.values()) - min(load.values()) <= 1


@pytest.mark.parametrize(
    ("until", "leaves", "cause"),
    [
        (plans.LAST, [], None),
        (plans.LAST - timedelta(days=1), [], "certificate"),
        (None, [], "certificate"),
        (plans.LAST, [(plans.FIRST, plans.LAST)], "leave"),
        (plans.LAST, [(date(2026, 1, 1), date(2026, 12, 10)), (date(2026, 12, 11), date(2027, 1, 1))], "leave"),
        (plans.LAST, [(date(2026, 12, 5), plans.LAST), (date(2026, 11, 1), date(2026, 12, 7))], "leave"),
        (plans.LAST, [(plans.FIRST, plans.LAST - timedelta(days=1))], None),
        (plans.LAST, [(plans.FIRST + timedelta(days=1), plans.LAST)], None),
        (plans.LAST, [(plans.FIRST, date(2026, 12, 10)), (date(2026, 12, 12), plans.LAST)], None),
    ],
)
def test_who_is_absent(until: date | None, leaves: list[tuple[date, date]], cause: str | None) -> None:
    people: list[plans.Inspector] = [("I1", "D1", "", "", until)]
    frozen = alone(people, leaves=[("I1", *days) for days in leaves])
    assert absences(frozen) == ({"I1": cause} if cause else {})


def test_who_cannot_be_visited_is_named_before_any_draw_and_with_the_cause() -> None:
    people: list[plans.Inspector] = [
        ("I1", "D1", "", "", plans.LAST),
        ("I2", "D1", "甲区", "", plans.LAST),
        ("I3", "D1", "", "", None),
    ]
    frame = [*ONE, ("T1", "X", "S", 1, "乙区"), ("T1", "Y", "S", 1, "甲区")]
    frozen = plans.plan(frame, {("T1", "S"): 1_000_000}, inspectors=people, recusals=[("I2", "Y", "interest")])  # type: ignore[arg-type]
    found = {short.entity_code: short for short in shortages(frozen)}
    assert set(found) == {"X", "Y"}
    assert (found["X"].available, found["X"].needed) == (1, 2)
    assert found["X"].skipped == {"certificate": 1, "leave": 0, "skill": 0, "district": 1, "recused": 0}
    assert found["Y"].skipped["recused"] == 1
    with pytest.raises(ValueError, match=r"no inspector of D1 may visit [XY] \(passed over: certificate 1"):
        formed(frozen)


@given(seed=st.integers(0, 10**6))
def test_no_shortage_means_that_no_draw_can_fail(seed: int) -> None:
    """Also where inspectors are few: entities that are short are left out, everybody else always gets a team."""
    plan = plans.city(24, 9, seed)
    plan = replace(
        plan,
        leaves=pl.concat([plan.leaves, pl.DataFrame([("I00", plans.FIRST, plans.LAST)], schema=LEAVES, orient="row")]),
    )
    short = {one.entity_code for one in shortages(plan)}
    pairs = [
        (task, code) for task, code in plan.frame.select("task_id", "entity_code").iter_rows() if code not in short
    ]
    ordered = visits(plan, pairs, str(seed))
    assert {seat.entity_code for seat in teams(plan, ordered, str(seed))} == {code for _, code in pairs}


def test_interchangeable_inspectors_meet_every_entity_alike() -> None:
    """All pairs of entity and inspector over many seeds: binomial with 2/6, z within Bonferroni's bound at 0.1 %."""
    people: list[plans.Inspector] = [(f"I{n}", "D1", "", "", plans.LAST) for n in range(6)]
    frame: list[plans.Row] = [("T1", f"E{number}", "S", 1, "") for number in range(8)]
    frozen = plans.plan(frame, {("T1", "S"): 1_000_000}, inspectors=people)
    rounds = 1500
    counts = Counter((seat.entity_code, seat.inspector_id) for n in range(rounds) for seat in formed(frozen, str(n))[1])
    z = (np.array([counts[f"E{e}", f"I{i}"] for e in range(8) for i in range(6)]) - rounds / 3) / np.sqrt(
        rounds * 2 / 9
    )
    assert abs(z).max() < 4.26  # two-sided 0.001 / 48 pairs
    assert abs(z).max() > 0.5


def best_spread(plan: FrozenPlan, seats: list[Seat], ordered: list[Visit]) -> tuple[int, int]:
    """The smallest greatest and greatest smallest load that any assignment of these seats could have: by maximum flow.

    Seats of one visit might go to one person here and recusals are left out, so real assignments can only be worse.
    """
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import maximum_flow

    roster, district = Roster(plan), {visit.entity_code: visit.district_code for visit in ordered}
    asked = Counter(Request(seat.departments, seat.skill, district[seat.entity_code]) for seat in seats)
    people = [place for place, one in enumerate(roster.ids) if one not in absences(plan)]
    column = {place: len(asked) + number for number, place in enumerate(people)}
    source, sink = len(asked) + len(people), len(asked) + len(people) + 1
    edges = [(source, row, count) for row, count in enumerate(asked.values())]
    edges += [
        (row, column[int(p)], count) for row, (r, count) in enumerate(asked.items()) for p in roster.pool(r).allowed
    ]

    def flow(capacity: int) -> int:
        rows, columns, counts = zip(*edges, *((node, sink, capacity) for node in column.values()), strict=True)
        graph = csr_array((np.array(counts, np.int32), (rows, columns)), shape=(sink + 1, sink + 1))
        return int(maximum_flow(graph, source, sink).flow_value)

    most = least = len(seats) // len(people)
    while flow(most) < len(seats):
        most += 1
    while flow(least) < least * len(people):
        least -= 1
    return least, most


@pytest.mark.parametrize("seed", range(6))
def test_loads_are_within_one_of_the_best_that_flow_can_reach(seed: int) -> None:
    """One department with districts and skills; the flow knows everything at once, the lot one visit at a time."""
    tasks = (Task("T1", "D1", ("i",), "T1", "食品"), Task("T2", "D1", ("i",), "T2", ""))
    chance = np.random.default_rng(seed)
    places = ["甲区", "乙区", "丙区"]
    frame: list[plans.Row] = [(f"T{1 + n % 2}", f"E{n:03}", "S", 1, places[chance.integers(3)]) for n in range(400)]
    people: list[plans.Inspector] = [
        (
            f"I{n:02}",
            "D1",
            ";".join(sorted(chance.choice(places, 2, replace=False))) if n % 3 else "",
            "食品" if n % 2 else "",
            plans.LAST,
        )
        for n in range(24)
    ]
    frozen = plans.plan(frame, {("T1", "S"): 1_000_000, ("T2", "S"): 1_000_000}, tasks, people)
    ordered, seats = formed(frozen, str(seed))
    load = Counter(seat.inspector_id for seat in seats)
    least, most = best_spread(frozen, seats, ordered)
    assert max(load.values()) <= most + 1
    assert min(load.values()) >= least - 1
    assert max(load.values()) - min(load.values()) <= max(2, most - least + 1)
