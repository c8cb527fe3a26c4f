"""Plans from the published snapshot: lists, objects, this year's visits and the inspector base.

What a plan may be is decided there; where frozen plans lie stands in frozen_plan.py.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from models.casework.calendar import WorkCalendar
from models.policy.loader import Policy
from models.sampling.frozen import INSPECTORS, LEAVES
from models.sampling.plan_file import PlanError, PlanFile, check_window, read_plan
from models.sampling.plan_frame import OBJECTS, RECOGNISED, VISITS, History
from models.sampling.plan_freeze import Basis, Prepared, Roster, below_the_list, prepare
from models.sampling.plan_load import load_table, seats_offered, shortfalls
from models.sampling.plan_rules import PlanRules
from models.sampling.plan_task import CheckItem, JointItem, planned_tasks
from models.sampling.ratio import inspectors_per_visit
from warehouse.home import Home
from warehouse.serving import ServingReader
from warehouse.visit_register import reserved

_OBJECTS = """
select
    e.entity_code, e.district_code, i.industry_section as section, e.industry_code, e.legal_form, e.established_date,
    coalesce(c.decided_grade, g.credit_grade) as credit_grade, coalesce(k.decided_grade, g.risk_grade) as risk_grade,
    v.last_visit_date,
    e.entity_id in (select entity_id from known.suggested_inspection) as is_suggested
from known.entity as e
join grade.grade as g on g.entity_id = e.entity_id
left join grade.override as c on c.entity_id = e.entity_id and c.pack_id = 'credit'
left join grade.override as k on k.entity_id = e.entity_id and k.pack_id = 'risk'
left join entity.industry as i on i.industry_code = e.industry_code
left join (
    select entity_id, max(event_date) as last_visit_date
    from (
        select entity_id, event_date from known.inspection
        union all
        select entity_id, event_date from known.visit
    ) as came
    group by entity_id
) as v on v.entity_id = e.entity_id
where e.status = 'active'
order by e.entity_code
"""
_VISITS = """
select e.entity_code, b.department_id, b.event_date, b.visit_cause_code as cause, b.is_counted
from plan.burden as b join known.entity as e on e.entity_id = b.entity_id
where b.visit_year = $year order by all
"""
_RECOGNISED = """
select distinct e.entity_code, i.department_id, coalesce(i.check_item_id, '') as check_item_id
from known.inspection as i join known.entity as e on e.entity_id = i.entity_id
where extract(year from i.event_date) = $year and list_contains($kinds, cast(i.inspection_kind as varchar)) order by all
"""
_DONE = "select distinct inspection_id, department_id from known.inspection where feed_id = 'visit_results'"
_ITEMS = "select * from entity.check_item order by check_item_id"
_JOINT = "select * from entity.joint_item order by joint_item_id"
_DEPARTMENTS = "select department_id, name from entity.department order by department_id"
_INSPECTORS = """
select inspector_id, department_id, coalesce(district_codes, '') as district_codes, coalesce(skills, '') as skills,
    certificate_valid_until as certificate_until
from entity.inspector order by inspector_id
"""
_LEAVES = "select inspector_id, valid_from as from_date, valid_to as to_date from entity.inspector_leave order by all"
_RECUSALS = """
select inspector_id, entity_code, recusal_cause as cause, valid_from, valid_to from plan.recusal order by all
"""


@dataclass(frozen=True)
class Lists:
    """What may be planned: the check list, the joint list and the departments, by id."""

    items: dict[str, CheckItem]
    joint: dict[str, JointItem]
    departments: dict[str, str]


@dataclass(frozen=True)
class Checked:
    """A plan before any draw: what would be frozen, its load, what is short (then it cannot be frozen), and remarks."""

    prepared: Prepared
    load: pl.DataFrame
    short: list[str]
    remarks: list[str]


def lists(reader: ServingReader) -> Lists:
    """Return the lists as the snapshot holds them."""
    items = {
        row["check_item_id"]: CheckItem(
            row["check_item_id"],
            row["name"],
            row["department_id"],
            frozenset(_parts(row["object_scope"])),
            int(row["ratio"] * 1_000_000),
            row["frequency"],
            row["is_key"],
            row["skill"] or "",
            tuple(_parts(row["papers"])),
        )
        for row in reader.query(_ITEMS).iter_rows(named=True)
    }
    joint = {
        row["joint_item_id"]: JointItem(row["joint_item_id"], row["name"], tuple(_parts(row["check_item_ids"])))
        for row in reader.query(_JOINT).iter_rows(named=True)
    }
    return Lists(items, joint, dict(reader.query(_DEPARTMENTS).rows()))


def read_plan_file(path: Path) -> PlanFile:
    """Read a plan file.

    Raises:
        PlanError: it cannot be read; one line per mistake names file, key and what is wrong.
    """
    try:
        return read_plan(path.read_text(encoding="utf-8"), path.name)
    except (OSError, UnicodeDecodeError) as error:
        raise PlanError(f"{path}: cannot be read: {error}") from error


def check(home: Home, reader: ServingReader, plan: PlanFile, policy: Policy, where: str = "plan") -> Checked:
    """Return what a plan would come to on the published snapshot, before any draw; `where` names its file in errors.

    Raises:
        PlanError: an item is not on its list, a scope is empty, the window is wrong.
        PolicyError, CalendarError: a rule or a working day is not known.
    """
    as_of: date = reader.query("select as_of from run.info").item()
    in_force = policy.at(plan.window.first)
    rules = PlanRules.from_policy(in_force)
    check_window(plan, rules, where)
    told = lists(reader)
    tasks = planned_tasks(plan, told.items, told.joint, told.departments, rules, where)
    year = plan.window.first.year
    reported = (((*number.split(":"),), own) for number, own in reader.query(_DONE).rows())
    done = {(plan_id, code, own) for (plan_id, code, *_), own in reported}
    history = History(
        _typed(reader.query(_VISITS, {"year": year}), VISITS),
        _typed(reader.query(_RECOGNISED, {"year": year, "kinds": list(rules.recognised_kinds)}), RECOGNISED),
        reserved(home, year, plan.plan, done),
    )
    roster = Roster(
        _typed(reader.query(_INSPECTORS), INSPECTORS),
        _typed(reader.query(_LEAVES), LEAVES),
        reader.query(_RECUSALS),
    )
    basis = Basis(as_of, rules, in_force.version, inspectors_per_visit(in_force))
    prepared = prepare(plan, tasks, told.items, _typed(reader.query(_OBJECTS), OBJECTS), history, roster, basis)
    offered = seats_offered(prepared.plan, rules, WorkCalendar.from_policy(in_force))
    return Checked(
        prepared,
        load_table(prepared.plan, offered),
        shortfalls(prepared.plan, offered),
        below_the_list(prepared.plan, told.items),
    )


def _parts(text: str | None) -> list[str]:
    return [part for part in (text or "").split(";") if part]


def _typed(frame: pl.DataFrame, columns: dict[str, Any]) -> pl.DataFrame:
    return frame.select(pl.col(name).cast(kind) for name, kind in columns.items())
