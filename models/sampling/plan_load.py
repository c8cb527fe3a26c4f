"""Load against capacity before anybody is drawn: seats asked and offered, and what is short where no roster can do it.

Not here: who may visit whom (eligibility.py) and who is sent (team.py). Merging is not counted: load is at most this.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import polars as pl

from models.casework.calendar import WorkCalendar
from models.sampling.eligibility import absences, shortages
from models.sampling.frozen import FrozenPlan
from models.sampling.plan_rules import PlanRules

_MICRO = 1_000_000
_TOLD = 5  # shortages told one by one; the others are counted


@dataclass(frozen=True)
class Demand:
    """Visits expected of one task in one district, rounded up; each takes the seats of a team."""

    department_id: str
    task_id: str
    district_code: str
    skill: str
    visits: int


def expected_visits(plan: FrozenPlan) -> list[Demand]:
    """Visits of each task by district: the share of its strata that lies there, rounded up."""
    tasks = {task.task_id: task for task in plan.tasks}
    strata = pl.DataFrame(
        [(s.task_id, s.stratum_id, s.population, s.drawn) for s in plan.strata],
        schema=["task_id", "stratum_id", "population", "drawn"],
        orient="row",
    )
    lying = (
        plan.frame.group_by("task_id", "stratum_id", "district_code").len().join(strata, on=["task_id", "stratum_id"])
    )
    rows = (
        lying.with_columns(
            (pl.col("len").cast(pl.Int64) * pl.col("drawn") * _MICRO // pl.col("population")).alias("micro")
        )
        .group_by("task_id", "district_code")
        .agg(pl.col("micro").sum())
        .sort("task_id", "district_code")
    )
    return [
        Demand(tasks[task].department_id, task, district or "", tasks[task].skill, -(-micro // _MICRO))
        for task, district, micro in rows.iter_rows()
    ]


def seats_offered(plan: FrozenPlan, rules: PlanRules, calendar: WorkCalendar) -> dict[str, int]:
    """Visits that each inspector can join within the window: free working days × share of days × visits a day.

    0 for those whose certificate ends before the window does. Raises CalendarError for a year nobody knows.
    """
    length = (plan.window_to - plan.window_from).days + 1
    working = {day for day in (plan.window_from + timedelta(days=n) for n in range(length)) if calendar.is_workday(day)}
    away: dict[str, set[date]] = defaultdict(set)
    for inspector, first, last in plan.leaves.iter_rows():
        away[inspector] |= {day for day in working if first <= day <= last}
    absent = absences(plan)
    return {
        inspector: 0
        if inspector in absent
        else len(working - away[inspector]) * rules.share_of_days_micro * rules.visits_per_day // _MICRO
        for inspector in plan.inspectors["inspector_id"]
    }


def load_table(plan: FrozenPlan, offered: Mapping[str, int]) -> pl.DataFrame:
    """Load by department and district: visits, seats asked, seats that those who serve it offer, and their ratio.

    The row of a department as a whole has the district `all`; those who serve several districts are counted in each.
    """
    asked: dict[tuple[str, str], int] = defaultdict(int)
    for demand in expected_visits(plan):
        asked[demand.department_id, demand.district_code] += demand.visits
        asked[demand.department_id, "all"] += demand.visits
    roster = plan.inspectors.select("inspector_id", "department_id", "district_codes").rows()
    rows = []
    for (department, district), visits in sorted(asked.items()):
        seats = visits * plan.inspectors_per_visit
        able = [
            inspector
            for inspector, own, served in roster
            if own == department and offered[inspector] and _serves(served, district)
        ]
        total = sum(offered[inspector] for inspector in able)
        rows.append((department, district, visits, seats, len(able), total, seats / total if total else None))
    return pl.DataFrame(
        rows,
        schema={
            "department_id": pl.String,
            "district_code": pl.String,
            "visits": pl.Int64,
            "seats": pl.Int64,
            "inspectors": pl.Int64,
            "capacity": pl.Int64,
            "load": pl.Float64,
        },
        orient="row",
    )


def shortfalls(plan: FrozenPlan, offered: Mapping[str, int]) -> list[str]:
    """What is short, in words: seats by department, districts and skill; entities that no lawful team could visit.

    Empty when a roster exists that carries the expected load, and every entity of the frame can be visited.
    """
    found = []
    for department in sorted({task.department_id for task in plan.tasks}):
        found += _short_of_seats(plan, department, offered)
    unvisited = list(shortages(plan))
    for short in unvisited[:_TOLD]:
        causes = ", ".join(f"{cause} {n}" for cause, n in short.skipped.items() if n)
        found.append(
            f"task {short.task_id}, entity {short.entity_code}: {short.available} inspectors may go, {short.needed} "
            f"must ({causes or 'the department has no others'}); add inspectors, or narrow the scope"
        )
    if len(unvisited) > _TOLD:
        found.append(f"and {len(unvisited) - _TOLD} more entities that no lawful team could visit")
    return found


def _serves(served: str, district: str) -> bool:
    return not served or district in ("all", "") or district in served.split(";")


def _short_of_seats(plan: FrozenPlan, department: str, offered: Mapping[str, int]) -> list[str]:
    """The largest set of tasks and districts that asks for more than those who may serve it offer (a minimum cut)."""
    from scipy.sparse import csr_array  # slow to import, and only a check needs it
    from scipy.sparse.csgraph import breadth_first_order, maximum_flow

    asked: dict[tuple[str, str], int] = defaultdict(int)  # (district, skill) → seats
    for demand in expected_visits(plan):
        if demand.department_id == department:
            skilled = demand.visits if demand.skill else 0
            if skilled:
                asked[demand.district_code, demand.skill] += skilled
            asked[demand.district_code, ""] += demand.visits * plan.inspectors_per_visit - skilled
    groups: dict[tuple[str, str], int] = defaultdict(int)  # (districts, skills) → seats
    for inspector, own, served, skills, _ in plan.inspectors.iter_rows():
        if own == department:
            groups[served, skills] += offered[inspector]
    wants, gives = list(asked), list(groups)
    sink = 1 + len(wants) + len(gives)
    edges = [(0, 1 + n, asked[want]) for n, want in enumerate(wants)]
    edges += [(1 + len(wants) + n, sink, groups[give]) for n, give in enumerate(gives)]
    edges += [
        (1 + n, 1 + len(wants) + m, asked[district, skill])
        for n, (district, skill) in enumerate(wants)
        for m, (served, skills) in enumerate(gives)
        if _serves(served, district) and (not skill or skill in skills.split(";"))
    ]
    edges = [edge for edge in edges if edge[2]]
    rows, columns, capacity = (np.array(part, dtype=np.int32) for part in zip(*edges, strict=True))
    graph = csr_array((capacity, (rows, columns)), shape=(sink + 1, sink + 1))
    flow = maximum_flow(graph, 0, sink)
    total = sum(asked.values())
    if flow.flow_value == total:
        return []
    reached = set(breadth_first_order(graph - flow.flow > 0, 0, return_predecessors=False).tolist())
    short = [want for n, want in enumerate(wants) if 1 + n in reached]
    able = [give for n, give in enumerate(gives) if 1 + len(wants) + n in reached]
    needed, available = sum(asked[want] for want in short), sum(groups[give] for give in able)
    return [
        f"department {department} is short of {total - flow.flow_value} seats: {_named(short)} ask for {needed} "
        f"inspector visits, those who may serve there offer {available}; "
        "lower the ratios, lengthen the window, or add inspectors"
    ]


def _named(short: Iterable[tuple[str, str]]) -> str:
    districts = sorted({district or "no district" for district, _ in short})
    skills = sorted({skill for _, skill in short if skill})
    told = f"districts {', '.join(districts)}"
    return f"{told} (skill {', '.join(skills)} among them)" if skills else told
