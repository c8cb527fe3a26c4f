"""Visits issued after a draw: who visits whom for which tasks, as drawn and as changed since by people with a reason.

Issued once for a plan and never rewritten; changes are events of state.sqlite. Files for people: visit_files.py.
"""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, replace
from pathlib import Path

import polars as pl

from models.sampling.eligibility import Request, Roster
from models.sampling.frozen import FrozenPlan
from models.sampling.plan_frame import RESERVED
from warehouse.frozen_plan import read_frozen
from warehouse.home import Home
from warehouse.state import State

CHANGED = "visit_change"
_ISSUED = "issued.csv"
_COLUMNS = ("entity_code", "district_code", "task_ids", "inspector_ids")
_DRAWN = {"visits.csv": ("entity_code", "task_ids"), "teams.csv": ("entity_code", "seat", "inspector_id")}


class VisitError(ValueError):
    """A visit that is not there, or a change that the law or the plan does not allow; the message says what to do."""


@dataclass(frozen=True)
class Visit:
    """One visit of a plan to one entity, for all tasks that drew it. `cancelled` says why it will not take place."""

    plan_id: str
    entity_code: str
    district_code: str
    task_ids: tuple[str, ...]
    inspector_ids: tuple[str, ...]
    cancelled: str = ""

    @property
    def visit_id(self) -> str:
        """`plan:entity`, by which every paper and result names the visit."""
        return f"{self.plan_id}:{self.entity_code}"


def plan_folder(home: Home, plan_id: str) -> Path:
    """Return where a plan is frozen.

    Raises:
        VisitError: no plan of this id is frozen.
    """
    folder = home.plans / plan_id
    if "/" in plan_id or not (folder / "plan.json").exists():
        known = ", ".join(sorted(path.parent.name for path in home.plans.glob("*/plan.json"))) or "none"
        raise VisitError(f"no plan {plan_id!r} is frozen in {home.plans}; there are: {known}")
    return folder


def issue(home: Home, plan_id: str, drawn: Path) -> list[Visit]:
    """Register the visits of a draw (a bundle, or a folder with visits.csv and teams.csv) and return them.

    The same draw again is no error, another one is: a plan is drawn once.

    Raises:
        VisitError: the plan is not frozen, the files are not those of a draw of it, or another draw was issued.
    """
    folder = plan_folder(home, plan_id)
    visits = _from_draw(read_frozen(folder), drawn)
    told = io.StringIO()
    writer = csv.writer(told, lineterminator="\n")
    writer.writerow(_COLUMNS)
    writer.writerows(
        (visit.entity_code, visit.district_code, ";".join(visit.task_ids), ";".join(visit.inspector_ids))
        for visit in visits
    )
    path = folder / _ISSUED
    if path.exists() and path.read_text(encoding="utf-8") != told.getvalue():
        raise VisitError(
            f"other visits were issued for plan {plan_id}; change single ones with `mingcha visits change`"
        )
    path.touch(mode=0o600)
    path.write_text(told.getvalue(), encoding="utf-8")
    return visits


def issued(home: Home, plan_id: str) -> list[Visit]:
    """Return the visits of a plan as they stand today, changes included, by entity.

    Raises:
        VisitError: the plan is not frozen, or no visits were issued for it.
    """
    path = plan_folder(home, plan_id) / _ISSUED
    if not path.exists():
        raise VisitError(f"no visits were issued for plan {plan_id}; run `mingcha visits issue` after the draw")
    with path.open(encoding="utf-8", newline="") as handle:
        found = {
            row["entity_code"]: Visit(
                plan_id,
                row["entity_code"],
                row["district_code"],
                tuple(row["task_ids"].split(";")),
                tuple(row["inspector_ids"].split(";")),
            )
            for row in csv.DictReader(handle)
        }
    for event in State(home.state).events(CHANGED):
        plan, _, code = event.subject.partition(":")
        if plan == plan_id and code in found:
            found[code] = _changed(found[code], event.payload)
    return list(found.values())


def plans_issued(home: Home) -> list[str]:
    """Return the ids of the plans for which visits were issued."""
    return sorted(path.parent.name for path in home.plans.glob(f"*/{_ISSUED}"))


def change_team(home: Home, visit_id: str, inspector_ids: Sequence[str], actor: str, reason: str) -> int:
    """Send other inspectors on a visit and return the number of the event.

    Raises:
        VisitError: there is no such visit, or the team would not be lawful; the message says why.
        ValueError: actor or reason is empty.
    """
    visit = _find(home, visit_id)
    plan = read_frozen(plan_folder(home, visit.plan_id))
    if problem := team_problem(plan, Roster(plan), visit, inspector_ids):
        raise VisitError(f"visit {visit_id}: {problem}")
    payload = {"inspector_ids": sorted(inspector_ids), "was": list(visit.inspector_ids)}
    return State(home.state).record(CHANGED, visit_id, actor, reason, payload)


def cancel(home: Home, visit_id: str, actor: str, reason: str) -> int:
    """Call a visit off (the entity is gone, say) and return the number of the event.

    Raises:
        VisitError: there is no such visit, or it was called off before.
        ValueError: actor or reason is empty.
    """
    _find(home, visit_id)
    return State(home.state).record(CHANGED, visit_id, actor, reason, {"cancelled": reason})


def team_problem(plan: FrozenPlan, roster: Roster, visit: Visit, inspector_ids: Sequence[str]) -> str:
    """Return why a team may not make a visit, in words; empty when it may."""
    if len(set(inspector_ids)) != len(inspector_ids) or len(inspector_ids) < plan.inspectors_per_visit:
        return f"{len(set(inspector_ids))} inspectors; at least {plan.inspectors_per_visit} must go"
    if strangers := sorted(set(inspector_ids) - set(roster.ids)):
        return f"{', '.join(strangers)} not among the inspectors of the plan"
    tasks = [task for task in plan.tasks if task.task_id in visit.task_ids]
    departments = tuple(sorted({task.department_id for task in tasks}))
    may, _ = roster.left(Request(departments, "", visit.district_code), visit.entity_code)
    allowed = {roster.ids[place] for place in may}
    if barred := sorted(set(inspector_ids) - allowed):
        return f"{', '.join(barred)} may not go (department, certificate, leave, district or recusal)"
    for task in tasks:
        able, _ = roster.left(Request((task.department_id,), task.skill, visit.district_code), visit.entity_code)
        if not {roster.ids[place] for place in able} & set(inspector_ids):
            return f"nobody of department {task.department_id}{f' with skill {task.skill}' if task.skill else ''}"
    return ""


def reserved(home: Home, year: int, without: str, done: Set[tuple[str, str, str]]) -> pl.DataFrame:
    """Return visits that other plans of a year may still bring, in the columns of RESERVED.

    Of a plan whose visits were issued these are its visits, but those called off and those of `done` (plan, entity,
    department), whose results are known and which therefore stand in the ledger; of one that was frozen and not drawn
    yet they may be any of its frame, so that no cap can be breached whatever the draw says.
    """
    rows: list[tuple[str, str, str, bool]] = []
    for path in sorted(home.plans.glob("*/plan.json")):
        plan_id = path.parent.name
        if plan_id == without:
            continue
        plan = read_frozen(path.parent)
        if plan.window_from.year != year:
            continue
        department = {task.task_id: task.department_id for task in plan.tasks}
        if (path.parent / _ISSUED).exists():
            met = {
                (visit.entity_code, department[task])
                for visit in issued(home, plan_id)
                if not visit.cancelled
                for task in visit.task_ids
            }
            rows += [(plan_id, code, own, True) for code, own in sorted(met) if (plan_id, code, own) not in done]
        else:
            pairs = plan.frame.select("task_id", "entity_code").iter_rows()
            rows += [(plan_id, code, own, False) for code, own in sorted({(code, department[t]) for t, code in pairs})]
    return pl.DataFrame(rows, schema=RESERVED, orient="row")


def _find(home: Home, visit_id: str) -> Visit:
    plan_id, _, code = visit_id.partition(":")
    found = next((visit for visit in issued(home, plan_id) if visit.entity_code == code), None)
    if found is None or found.cancelled:
        raise VisitError(f"visit {visit_id} is not open; an id is `plan:entity code`, see `mingcha visits due`")
    return found


def _changed(visit: Visit, payload: Mapping[str, object]) -> Visit:
    if "cancelled" in payload:
        return replace(visit, cancelled=str(payload["cancelled"]))
    ids = payload["inspector_ids"]
    return replace(visit, inspector_ids=tuple(ids) if isinstance(ids, list) else visit.inspector_ids)


def _from_draw(plan: FrozenPlan, drawn: Path) -> list[Visit]:
    tables = {name: _rows(drawn, name, columns) for name, columns in _DRAWN.items()}
    teams: dict[str, list[tuple[int, str]]] = {}
    for row in tables["teams.csv"]:
        teams.setdefault(row["entity_code"], []).append((int(row["seat"]), row["inspector_id"]))
    known = {(task, code): district for task, code, _, _, district in plan.frame.iter_rows()}
    roster = Roster(plan)
    found = []
    for row in sorted(tables["visits.csv"], key=lambda row: row["entity_code"]):
        code, tasks = row["entity_code"], tuple(row["task_ids"].split(";"))
        if strange := [task for task in tasks if (task, code) not in known]:
            raise VisitError(
                f"{drawn.name}: {code} is not in the frame of {', '.join(strange)}; is it the draw of this plan?"
            )
        team = tuple(inspector for _, inspector in sorted(teams.get(code, [])))
        visit = Visit(plan.plan_id, code, known[tasks[0], code] or "", tasks, team)
        if problem := team_problem(plan, roster, visit, team):
            raise VisitError(f"{drawn.name}: visit to {code}: {problem}")
        found.append(visit)
    return found


def _rows(drawn: Path, name: str, columns: Sequence[str]) -> list[dict[str, str]]:
    try:
        if drawn.is_dir():
            text = (drawn / name).read_text(encoding="utf-8")
        else:
            with zipfile.ZipFile(drawn) as bundle:
                inside = next(entry for entry in bundle.namelist() if entry.rpartition("/")[2] == name)
                text = bundle.read(inside).decode()
    except (OSError, StopIteration, zipfile.BadZipFile) as error:
        raise VisitError(f"{drawn}: no {name} in it; name the bundle of the draw, or a folder with {name}") from error
    rows = list(csv.DictReader(io.StringIO(text)))
    if rows and (missing := [column for column in columns if column not in rows[0]]):
        raise VisitError(f"{drawn}: {name} lacks the column {', '.join(missing)}")
    return rows
