"""Who may visit whom: certificate, leave, skill, district and recusal, each a named cause why somebody may not.

Not here: who of those who may is sent (team.py).
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cached_property

import numpy as np
import numpy.typing as npt

from models.sampling.frozen import FrozenPlan, Task

Mask = npt.NDArray[np.bool_]
# In this order: the first that holds of an inspector is the one that is told.
CAUSES = ("certificate", "leave", "skill", "district", "recused", "seated", "load")


def absences(plan: FrozenPlan) -> dict[str, str]:
    """Inspector → `certificate` or `leave`: those who cannot go on any day of the window.

    A certificate must be valid on the last day of the window; leave only counts when it covers every day of it.
    """
    found = {}
    days: dict[str, list[tuple[date, date]]] = {}
    for inspector, first, last in plan.leaves.iter_rows():
        days.setdefault(inspector, []).append((first, last))
    for inspector, until in plan.inspectors.select("inspector_id", "certificate_until").iter_rows():
        if until is None or until < plan.window_to:
            found[inspector] = "certificate"
        elif _covered(sorted(days.get(inspector, [])), plan.window_from, plan.window_to):
            found[inspector] = "leave"
    return found


def _covered(leaves: list[tuple[date, date]], first: date, last: date) -> bool:
    for from_date, to_date in leaves:
        if from_date > first:
            return False
        first = max(first, to_date + timedelta(days=1))
        if first > last:
            return True
    return False


@dataclass(frozen=True)
class Request:
    """What a seat asks for: an inspector of one of the departments with the skill (empty: any), for the district."""

    departments: tuple[str, ...]
    skill: str
    district: str


@dataclass(frozen=True)
class Pool:
    """Places (in the sorted list of inspectors) that a request allows; how many of its departments fail, by cause."""

    allowed: npt.NDArray[np.intp]
    skipped: dict[str, int]


class Roster:
    """The inspectors of a plan, sorted by id; who may go, without regard to recusal, is remembered by request."""

    def __init__(self, plan: FrozenPlan) -> None:
        table = plan.inspectors.sort("inspector_id")
        self.ids: list[str] = table["inspector_id"].to_list()
        self.departments: list[str] = table["department_id"].to_list()
        self.skills = [set(told.split(";")) for told in table["skills"].to_list()]
        self._districts = [set(told.split(";")) if told else set() for told in table["district_codes"].to_list()]
        self._absent = absences(plan)
        self._pools: dict[Request, Pool] = {}
        place = {inspector: number for number, inspector in enumerate(self.ids)}
        self.recused: dict[str, list[int]] = {}
        for inspector, code in (
            plan.recusals.select("inspector_id", "entity_code").unique(maintain_order=True).iter_rows()
        ):
            if inspector in place:
                self.recused.setdefault(code, []).append(place[inspector])

    @cached_property
    def _away(self) -> tuple[Mask, Mask]:
        causes = [self._absent.get(inspector) for inspector in self.ids]
        return np.array([c == "certificate" for c in causes], bool), np.array([c == "leave" for c in causes], bool)

    def pool(self, request: Request) -> Pool:
        """Who may go, and how many of the departments may not; an inspector without districts serves all of them."""
        if request not in self._pools:
            left = np.array([own in request.departments for own in self.departments], bool)
            skilled = np.array([not request.skill or request.skill in own for own in self.skills], bool)
            near = np.array(
                [not request.district or not own or request.district in own for own in self._districts], bool
            )
            skipped = {}
            for cause, fails in zip(CAUSES, (*self._away, ~skilled, ~near), strict=False):
                skipped[cause] = int((left & fails).sum())
                left &= ~fails
            self._pools[request] = Pool(np.flatnonzero(left), skipped)
        return self._pools[request]

    def left(self, request: Request, entity_code: str) -> tuple[npt.NDArray[np.intp], int]:
        """Who of the pool is not recused for the entity, and how many are."""
        allowed = self.pool(request).allowed
        if entity_code not in self.recused:
            return allowed, 0
        mine = allowed[~np.isin(allowed, self.recused[entity_code])]
        return mine, len(allowed) - len(mine)


@dataclass(frozen=True)
class Shortage:
    """An entity that no lawful team could visit for a task: how many may go, how many must, why the others may not."""

    task_id: str
    entity_code: str
    available: int
    needed: int
    skipped: dict[str, int]


def shortages(plan: FrozenPlan) -> Iterator[Shortage]:
    """Every (task, entity) of the frame that could not be visited if drawn; none means that no draw can fail.

    Asking each task alone is enough: a joint visit may use the people of all its tasks, and no visit takes anybody
    from another, since an inspector may make many.
    """
    roster = Roster(plan)
    tasks = {task.task_id: task for task in plan.tasks}
    usual: dict[tuple[str, str], Shortage | None] = {}  # of entities that nobody is recused for
    for task_id, code, district in plan.frame.select("task_id", "entity_code", "district_code").iter_rows():
        if code in roster.recused:
            short = _short(roster, plan, tasks[task_id], code, district)
        else:
            if (task_id, district) not in usual:
                usual[task_id, district] = _short(roster, plan, tasks[task_id], code, district)
            short = usual[task_id, district]
        if short is not None:
            yield replace(short, entity_code=code)


def _short(roster: Roster, plan: FrozenPlan, task: Task, code: str, district: str) -> Shortage | None:
    for skill, needed in ((task.skill, 1), ("", plan.inspectors_per_visit)):
        request = Request((task.department_id,), skill, district)
        left, recused = roster.left(request, code)
        if len(left) < needed:
            return Shortage(task.task_id, code, len(left), needed, roster.pool(request).skipped | {"recused": recused})
    return None
