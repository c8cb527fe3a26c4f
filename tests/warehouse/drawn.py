"""A lawful draw of a frozen plan without chance: the first of each stratum, and the first team that may go.

Not here: the real draw (models/sampling/draw.py); these tests are about what comes after one.
"""

from __future__ import annotations

import csv
from pathlib import Path

from models.sampling.eligibility import Request, Roster
from models.sampling.frozen import FrozenPlan


def lawful_draw(plan: FrozenPlan, folder: Path) -> Path:
    """Write visits.csv and teams.csv as a bundle holds them."""
    left = {(s.task_id, s.stratum_id): s.drawn for s in plan.strata}
    tasks: dict[str, list[str]] = {}
    district = {}
    for task_id, code, stratum_id, _, where in plan.frame.iter_rows():
        if left[task_id, stratum_id]:
            left[task_id, stratum_id] -= 1
            tasks.setdefault(code, []).append(task_id)
            district[code] = where
    folder.mkdir(parents=True, exist_ok=True)
    roster = Roster(plan)
    by_id = {task.task_id: task for task in plan.tasks}
    with (folder / "visits.csv").open("w", newline="") as one, (folder / "teams.csv").open("w", newline="") as two:
        visits, teams = csv.writer(one), csv.writer(two)
        visits.writerow(["visit_order", "entity_code", "district_code", "task_ids", "ticket"])
        teams.writerow(["entity_code", "seat", "inspector_id", "departments", "skill"])
        for order, (code, own) in enumerate(sorted(tasks.items()), start=1):
            visits.writerow([order, code, district[code], ";".join(sorted(own)), "0" * 64])
            for seat, inspector in enumerate(team(plan, roster, code, district[code], [by_id[t] for t in own])):
                teams.writerow([code, seat + 1, inspector, "", ""])
    return folder


def team(plan: FrozenPlan, roster: Roster, code: str, district: str, own: list) -> list[str]:  # type: ignore[type-arg]
    seated: list[str] = []
    for task in own:
        may, _ = roster.left(Request((task.department_id,), task.skill, district), code)
        able = [roster.ids[place] for place in may]
        if not set(able) & set(seated):
            seated.append(able[0])
    may, _ = roster.left(Request(tuple({t.department_id for t in own}), "", district), code)
    others = [roster.ids[place] for place in may if roster.ids[place] not in seated]
    return seated + others[: max(0, plan.inspectors_per_visit - len(seated))]
