"""The second random: who visits a drawn entity, seat by seat, by lot among those with the fewest visits so far.

Not here: who may go at all (eligibility.py), and who is drawn (draw.py).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from models.sampling.eligibility import CAUSES, Request, Roster
from models.sampling.frozen import FrozenPlan, Task
from models.sampling.protocol import TEAM_TAG, VISIT_TAG, below, digest


@dataclass(frozen=True)
class Visit:
    """One visit to one entity for all tasks that drew it; `ticket` gives its turn when teams are formed."""

    entity_code: str
    district_code: str
    task_ids: tuple[str, ...]
    ticket: str


@dataclass(frozen=True)
class Seat:
    """One inspector of a visit, how many visits they had before, among how many the lot fell, and who was passed over.

    `skipped` counts the inspectors of the asked departments by cause; with `tier` they add up to all of them.
    """

    entity_code: str
    seat: int
    inspector_id: str
    departments: tuple[str, ...]
    skill: str
    load_before: int
    tier: int
    skipped: dict[str, int]


def visits(plan: FrozenPlan, drawn: Iterable[tuple[str, str]], seed_hex: str) -> list[Visit]:
    """Drawn (task, entity) merged: one visit per entity, in the order of their tickets (ties by code)."""
    tasks: dict[str, list[str]] = {}
    for task_id, code in drawn:
        tasks.setdefault(code, []).append(task_id)
    district = dict(plan.frame.select("entity_code", "district_code").iter_rows())
    found = [
        Visit(code, district[code], tuple(sorted(own)), digest([VISIT_TAG, seed_hex, code]))
        for code, own in tasks.items()
    ]
    return sorted(found, key=lambda visit: (visit.ticket, visit.entity_code))


def teams(plan: FrozenPlan, ordered: Sequence[Visit], seed_hex: str) -> list[Seat]:
    """Seats of every visit, in the order of the visits.

    First each department and skill that a task asks for, unless somebody already seated has both; then anybody of the
    visit's departments until the team is full. Raises ValueError when a seat stays empty: a visit by too few is
    unlawful and must not be planned silently.
    """
    roster = Roster(plan)
    load = np.zeros(len(roster.ids), np.int64)
    tasks = {task.task_id: task for task in plan.tasks}
    seats = []
    for visit in ordered:
        own = [tasks[task_id] for task_id in visit.task_ids]
        departments = tuple(sorted({task.department_id for task in own}))
        seated: list[int] = []
        for department, skill in asked(own):
            if not any(
                roster.departments[s] == department and (not skill or skill in roster.skills[s]) for s in seated
            ):
                request = Request((department,), skill, visit.district_code)
                seats.append(_seat(roster, load, seated, visit, request, seed_hex))
        while len(seated) < plan.inspectors_per_visit:
            request = Request(departments, "", visit.district_code)
            seats.append(_seat(roster, load, seated, visit, request, seed_hex))
        load[seated] += 1
    return seats


def asked(tasks: Iterable[Task]) -> list[tuple[str, str]]:
    """Department and skill that a visit needs, each once: by department, skills before none."""
    return sorted(
        {(task.department_id, task.skill) for task in tasks}, key=lambda pair: (pair[0], not pair[1], pair[1])
    )


def _seat(
    roster: Roster,
    load: npt.NDArray[np.int64],
    seated: list[int],
    visit: Visit,
    request: Request,
    seed_hex: str,
) -> Seat:
    """Draw one seat; the inspector is added to `seated`."""
    left, recused = roster.left(request, visit.entity_code)
    free = left
    for one in seated:
        free = free[free != one]
    skipped = roster.pool(request).skipped | {"recused": recused, "seated": len(left) - len(free)}
    if not len(free):
        told = ", ".join(f"{cause} {skipped[cause]}" for cause in CAUSES if skipped.get(cause))
        raise ValueError(
            f"no inspector of {' or '.join(request.departments)}"
            + (f" with skill {request.skill}" if request.skill else "")
            + f" may visit {visit.entity_code} (passed over: {told or 'nobody is listed'}); add inspectors, widen "
            "their districts, or exclude the entity with its cause before the freeze"
        )
    loads = load[free]
    lowest = int(loads.min())
    tier = free[loads == lowest]
    chosen = int(tier[below(len(tier), [TEAM_TAG, seed_hex, visit.entity_code, str(len(seated) + 1)])])
    seated.append(chosen)
    return Seat(
        visit.entity_code,
        len(seated),
        roster.ids[chosen],
        request.departments,
        request.skill,
        lowest,
        len(tier),
        skipped | {"load": len(free) - len(tier)},
    )
