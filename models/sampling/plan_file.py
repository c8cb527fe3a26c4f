"""What a plan file says: kind, window, tasks with scope, shares and method; errors name file and key.

Not here: whether its items are on the list (plan_task.py), and whom it concerns (plan_frame.py).
"""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from models.sampling.plan_rules import PlanRules
from models.scorecard.fixed_point import MICRO, micro

_CODE = r"^[a-z0-9][a-z0-9-]{0,47}$"


class PlanError(ValueError):
    """A plan that cannot be used; the message says which file and key, and what to do."""


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Window(_Part):
    """First and last day on which the visits of a plan may take place, both included."""

    first: date = Field(alias="from")
    last: date = Field(alias="to")

    @model_validator(mode="after")
    def _in_order(self) -> "Window":
        if self.last < self.first:
            raise ValueError(f"the window ends on {self.last}, before it begins on {self.first}")
        return self


class Scope(_Part):
    """What narrows the object scope of the items further; an empty list narrows nothing.

    `suggested`: only entities that a warning suggests to inspect.
    """

    districts: tuple[str, ...] = ()
    sections: tuple[str, ...] = ()
    industries: tuple[str, ...] = ()
    legal_forms: tuple[str, ...] = ()
    suggested: bool = False


class TaskLine(_Part):
    """One task: what one department checks. `ratios` (credit → risk → share) replaces the shares of the policy."""

    id: str = Field(pattern=_CODE)
    department: str
    items: tuple[str, ...] = Field(min_length=1)
    scope: Scope = Scope()
    method: Literal["equal", "pps"] = "equal"
    ratios: dict[str, dict[str, Decimal]] | None = None


class JointLine(_Part):
    """One item of the joint list: its departments and check items become tasks that share their visits."""

    item: str
    scope: Scope = Scope()
    method: Literal["equal", "pps"] = "equal"


class PlanFile(_Part):
    """A plan as its file says it.

    `merge`: all tasks share their tickets, so that their lists overlap as far as their shares allow, and an entity
    drawn for several is visited once. `recognise`: who was inspected this year is left out where the policy says so.
    """

    plan: str = Field(pattern=_CODE)
    title: str = Field(min_length=2)
    kind: Literal["annual", "monthly", "special"]
    window: Window
    tasks: tuple[TaskLine, ...] = ()
    joint: tuple[JointLine, ...] = ()
    merge: bool = True
    recognise: bool = True

    @model_validator(mode="after")
    def _has_tasks(self) -> "PlanFile":
        if not self.tasks and not self.joint:
            raise ValueError("the plan has neither `tasks` nor `joint`; write at least one of them")
        for name, listed in (("tasks", [t.id for t in self.tasks]), ("joint", [j.item for j in self.joint])):
            if twice := sorted({entry for entry in listed if listed.count(entry) > 1}):
                raise ValueError(f"{name}: {', '.join(twice)} stands twice")
        return self


def read_plan(text: str, where: str) -> PlanFile:
    """Read a plan from YAML; `where` names the file in errors.

    Raises PlanError with one line per mistake: file, key, what is wrong.
    """
    try:
        said = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise PlanError(f"{where}: no YAML: {error}") from error
    if not isinstance(said, Mapping):
        raise PlanError(f"{where}: write `key: value` lines; `mingcha plan draft` gives a file to start from")
    try:
        return PlanFile.model_validate(said)
    except ValidationError as error:
        raise PlanError("\n".join(_told(where, mistake) for mistake in error.errors())) from error


def check_window(plan: PlanFile, rules: PlanRules, where: str) -> None:
    """Raise PlanError for a window longer than its kind allows, or one that spans two calendar years.

    Caps and recognition count by calendar year, so that a plan must lie within one.
    """
    days = (plan.window.last - plan.window.first).days + 1
    kind = rules.kinds[plan.kind]
    if days > kind.longest_days:
        raise PlanError(
            f"{where}: window: {days} days; a plan of kind {plan.kind} ({kind.title}) lasts at most {kind.longest_days}"
            ": shorten the window or choose another kind"
        )
    if plan.window.first.year != plan.window.last.year:
        raise PlanError(f"{where}: window: spans two calendar years; write one plan for each, caps count by year")


def share_ppm(
    plan: PlanFile, rules: PlanRules, ratios: Mapping[str, Mapping[str, Decimal]] | None
) -> dict[tuple[str, str], int]:
    """Share drawn in this plan in parts per million by (credit, risk): of the plan's own ratios, else of the policy.

    A share of the policy is a year's; a monthly plan takes its part of it, rounded up. Raises ValueError for a share
    that is missing, not above 0, or above 1: no grade means never.
    """
    if ratios is None:
        parts = rules.kinds[plan.kind].parts
        return {cell: -(-ppm // parts) for cell, ppm in rules.ratios_ppm.items()}
    told = {(credit, risk): micro(share) for credit, row in ratios.items() for risk, share in row.items()}
    if missing := sorted("".join(cell) for cell in set(rules.ratios_ppm) ^ set(told)):
        raise ValueError(f"ratios has to name every pair of grades once; wrong or missing: {', '.join(missing)}")
    if wrong := sorted("".join(cell) for cell, ppm in told.items() if not 0 < ppm <= MICRO):
        raise ValueError(f"ratios of {', '.join(wrong)} are not above 0 and at most 1; no grade means never drawn")
    return told


def _told(where: str, mistake: Any) -> str:
    key = ""
    for part in mistake["loc"]:
        key += f"[{part}]" if isinstance(part, int) else f".{part}" if key else str(part)
    return f"{where}: {key}: {mistake['msg']}" if key else f"{where}: {mistake['msg'].removeprefix('Value error, ')}"
