"""Freezing a plan for its draw: the folder, the event that says who froze it and why, and the table of frozen tasks.

What would be frozen is computed in planning.py; announcing and drawing come after.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path

from models.sampling.plan_file import PlanError
from warehouse.catalog import contracts
from warehouse.engine import DuckDBEngine
from warehouse.frozen_plan import write_frozen
from warehouse.home import Home
from warehouse.planning import Checked
from warehouse.state import Event, State

KIND = "plan_freeze"
_TOLD = 8  # lines of what is short that an error tells


def freeze(home: Home, checked: Checked, actor: str, reason: str) -> Path:
    """Write a feasible plan into `<home>/plans`, record who froze it and why, and return its folder.

    Raises:
        PlanError: something is short, so that the plan could be drawn and not carried out.
        FileExistsError: another plan of this id is frozen.
        ValueError: actor or reason is empty.
    """
    plan = checked.prepared.plan
    if checked.short:
        rest = len(checked.short) - _TOLD
        lines = [*checked.short[:_TOLD], *([f"and {rest} more"] if rest > 0 else [])]
        raise PlanError(f"plan {plan.plan_id} cannot be carried out:\n" + "\n".join(lines))
    if not actor.strip() or not reason.strip():
        raise ValueError("say who freezes the plan (--actor) and why (--reason)")
    folder = home.plans / plan.plan_id
    state = State(home.state)
    is_new = not (folder / "plan.json").exists()
    written = write_frozen(plan, folder)
    if is_new or not state.events(KIND, plan.plan_id):
        state.record(KIND, plan.plan_id, actor, reason, {"tasks": _tasks(checked)})
    return written


def _tasks(checked: Checked) -> list[dict[str, object]]:
    plan = checked.prepared.plan
    told: list[dict[str, object]] = []
    for task in plan.tasks:
        strata = [s for s in plan.strata if s.task_id == task.task_id]
        causes = plan.excluded.filter(plan.excluded["task_id"] == task.task_id)["cause"]
        told.append(
            {
                "task_id": task.task_id,
                "department_id": task.department_id,
                "window_from": plan.window_from.isoformat(),
                "window_to": plan.window_to.isoformat(),
                "scope_count": sum(s.population for s in strata) + len(causes),
                "population_count": sum(s.population for s in strata),
                "drawn_count": sum(s.drawn for s in strata),
                "recognised_count": int((causes == "recognised").sum()),
                "spared_count": checked.prepared.spared[task.task_id],
            }
        )
    return told


def write_frozen_tasks(engine: DuckDBEngine, events: Sequence[Event]) -> int:
    """(Re)build `plan.frozen_task` from the events of freezing and return its rows; who and why stay in the state."""
    columns = {c.name: c.type for c in contracts("plan")["frozen_task"].columns}
    rows = [
        {
            **task,
            "plan_id": event.subject,
            "window_from": date.fromisoformat(task["window_from"]),
            "window_to": date.fromisoformat(task["window_to"]),
            "frozen_at": datetime.fromisoformat(event.at),
        }
        for event in events
        for task in event.payload["tasks"]
    ]
    return engine.load("plan.frozen_task", columns, rows)
