"""The plans of a home: drafts (`<home>/plans/*.yaml`) and frozen ones (folders), for those who look for one.

Not here: what a plan comes to (planning.py) and what a frozen one holds (frozen_plan.py).
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from models.sampling.plan_file import PlanError
from warehouse.home import Home
from warehouse.planning import read_plan_file

FROZEN, DRAFT, BROKEN = "frozen", "draft", "broken"


@dataclass(frozen=True)
class Shelved:
    """One plan: its folder or file, and what it says of itself; `error` says why a broken draft cannot be read."""

    plan_id: str
    title: str
    kind: str
    first: date | None
    last: date | None
    state: str
    path: Path
    error: str = ""


def shelved(home: Home) -> list[Shelved]:
    """Return drafts that are not frozen yet, then frozen plans, each with the latest window first, broken ones last."""
    frozen = [_frozen(path) for path in home.plans.glob("*/plan.json")]
    known = {plan.plan_id for plan in frozen}
    drafts = [plan for path in home.plans.glob("*.yaml") if (plan := _draft(path)).plan_id not in known]
    return [*_latest_first(drafts), *_latest_first(frozen)]


def _latest_first(plans: list[Shelved]) -> list[Shelved]:
    return sorted(plans, key=lambda plan: (-(plan.first or date.min).toordinal(), plan.plan_id))


def _frozen(path: Path) -> Shelved:
    told = json.loads(path.read_text(encoding="utf-8"))
    first, last = (date.fromisoformat(told[name]) for name in ("window_from", "window_to"))
    return Shelved(told["plan_id"], told["title"], told["kind"], first, last, FROZEN, path.parent)


def _draft(path: Path) -> Shelved:
    try:
        plan = read_plan_file(path)
    except PlanError as error:
        return Shelved(path.stem, path.name, "", None, None, BROKEN, path, str(error))
    return Shelved(plan.plan, plan.title, plan.kind, plan.window.first, plan.window.last, DRAFT, path)
