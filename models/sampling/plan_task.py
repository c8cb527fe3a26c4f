"""From the lines of a plan to its tasks: only what is on the check list or the joint list can be planned.

Not here: whom the tasks concern (plan_frame.py).
"""

from collections.abc import Mapping
from dataclasses import dataclass

from models.sampling.frozen import Task
from models.sampling.plan_file import JointLine, PlanError, PlanFile, Scope, TaskLine, share_ppm
from models.sampling.plan_rules import PlanRules


@dataclass(frozen=True)
class CheckItem:
    """One item of the check list; `sections` empty means every industry; `ratio_ppm`, `frequency` as the list says."""

    check_item_id: str
    name: str
    department_id: str
    sections: frozenset[str]
    ratio_ppm: int
    frequency: int
    is_key: bool
    skill: str
    papers: tuple[str, ...]


@dataclass(frozen=True)
class JointItem:
    """One item of the joint list: which check items of which departments it brings together."""

    joint_item_id: str
    name: str
    check_item_ids: tuple[str, ...]


@dataclass(frozen=True)
class PlannedTask:
    """A task with everything that decides whom it may draw.

    `sections` None means every industry; `share_ppm` is the share by (credit, risk) in this plan.
    """

    task: Task
    scope: Scope
    sections: frozenset[str] | None
    method: str
    share_ppm: Mapping[tuple[str, str], int]


def planned_tasks(
    plan: PlanFile,
    items: Mapping[str, CheckItem],
    joint: Mapping[str, JointItem],
    departments: Mapping[str, str],
    rules: PlanRules,
    where: str,
) -> tuple[PlannedTask, ...]:
    """The tasks of a plan, sorted by id.

    Raises PlanError naming file and key where a department or an item is not on its list, an item belongs to another
    department, items have no object in common, or a general item would be drawn above the range of its grade.
    """
    found = []
    for place, line in enumerate(plan.tasks):
        key = f"{where}: tasks[{place}]"
        if line.department not in departments:
            raise PlanError(
                f"{key}.department: no department {line.department}; there are {', '.join(sorted(departments))}"
            )
        found.append(_task(plan, line, _listed(line.items, items, key), rules, key, _coordination(plan, line.id)))
    for place, joint_line in enumerate(plan.joint):
        key = f"{where}: joint[{place}]"
        found += _joint_tasks(plan, joint_line, items, joint, rules, key)
    names = [planned.task.task_id for planned in found]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise PlanError(f"{where}: task {', '.join(twice)} comes twice; give one of them another id")
    return tuple(sorted(found, key=lambda planned: planned.task.task_id))


def _listed(ids: tuple[str, ...], items: Mapping[str, CheckItem], key: str) -> list[CheckItem]:
    if strange := [item for item in ids if item not in items]:
        raise PlanError(
            f"{key}.items: {', '.join(strange)} not on the check list (清单之外无检查); "
            "take an item of table entity.check_item, or have the list changed first"
        )
    return [items[item] for item in ids]


def _joint_tasks(
    plan: PlanFile,
    line: JointLine,
    items: Mapping[str, CheckItem],
    joint: Mapping[str, JointItem],
    rules: PlanRules,
    key: str,
) -> list[PlannedTask]:
    if line.item not in joint:
        raise PlanError(
            f"{key}.item: {line.item} not on the joint list (清单之外无检查); "
            "take an item of table entity.joint_item, or have the list changed first"
        )
    told = _listed(joint[line.item].check_item_ids, items, key)
    lines = [
        TaskLine(
            id=f"{line.item}-{department}".lower(),
            department=department,
            items=tuple(item.check_item_id for item in told if item.department_id == department),
            scope=line.scope,
            method=line.method,
        )
        for department in sorted({item.department_id for item in told})
    ]
    coordination = _coordination(plan, line.item)
    return [_task(plan, own, _listed(own.items, items, key), rules, key, coordination) for own in lines]


def _coordination(plan: PlanFile, own: str) -> str:
    return plan.plan if plan.merge else own


def _task(
    plan: PlanFile, line: TaskLine, items: list[CheckItem], rules: PlanRules, key: str, coordination: str
) -> PlannedTask:
    if others := [item.check_item_id for item in items if item.department_id != line.department]:
        raise PlanError(
            f"{key}.items: {', '.join(others)} not of department {line.department}; write a task for each department"
        )
    limited = [item.sections for item in items if item.sections]
    sections = frozenset.intersection(*limited) if limited else None
    if sections is not None and line.scope.sections:
        sections &= frozenset(line.scope.sections)
    elif line.scope.sections:
        sections = frozenset(line.scope.sections)
    if sections is not None and not sections:
        raise PlanError(
            f"{key}: the items and the scope have no industry section in common; split the task or widen the scope"
        )
    skills = sorted({item.skill for item in items if item.skill})
    if len(skills) > 1:
        raise PlanError(
            f"{key}.items: they ask for {' and '.join(skills)}; write a task for each, a task asks for one skill"
        )
    try:
        share = share_ppm(plan, rules, line.ratios)
    except ValueError as error:
        raise PlanError(f"{key}.ratios: {error}") from error
    above = sorted("".join(cell) for cell, ppm in share.items() if ppm > rules.highest_ppm[cell[0]])
    if above and not all(item.is_key for item in items):
        raise PlanError(
            f"{key}.ratios: {', '.join(above)} above the range of sampling.ratio_by_credit; "
            "only key items (重点事项) may go beyond it"
        )
    task = Task(line.id, line.department, tuple(sorted(line.items)), coordination, skills[0] if skills else "")
    return PlannedTask(task, line.scope, sections, line.method, share)
