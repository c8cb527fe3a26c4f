"""The documents around a visit: package of an inspector, notice to an entity, result handed back; their schema.

Not here: files and where they lie (warehouse/visit_files, visit_results). docs/visit_interface.md explains every field.
"""

from datetime import date
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator


class _Document(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ItemDocument(_Document):
    """One check item of a visit: what is checked, by which department, on what basis, and the papers to have ready."""

    check_item_id: str
    name: str
    department_id: str
    department_name: str
    basis: str
    papers: tuple[str, ...]


class EntityDocument(_Document):
    """The entity to visit, as the register knows it. No grade: neither inspector nor entity needs it."""

    entity_code: str
    name: str
    address: str | None
    district_name: str | None


class VisitDocument(_Document):
    """One visit: whom, what, with whom. `inspector_ids` are numbers, in no order of rank."""

    visit_id: str
    entity: EntityDocument
    items: tuple[ItemDocument, ...]
    inspector_ids: tuple[str, ...]


class TaskPackage(_Document):
    """All visits of one inspector in one plan."""

    format: Literal["mingcha-task-package-1"] = "mingcha-task-package-1"
    plan_id: str
    plan_title: str
    inspector_id: str
    window_from: date
    window_to: date
    results_due: date
    visits: tuple[VisitDocument, ...]


class VisitNotice(_Document):
    """What an entity is told: who comes when for what, which papers, and how to ask that somebody stays away."""

    format: Literal["mingcha-visit-notice-1"] = "mingcha-visit-notice-1"
    plan_id: str
    plan_title: str
    window_from: date
    window_to: date
    give_by: date
    recusal_workdays: int
    recusal_how: str
    rights: tuple[str, ...]
    visit: VisitDocument


class VisitResult(_Document):
    """What was found on one visit for one check item; a re-check says so and comes after the result it checks."""

    format: Literal["mingcha-visit-result-1"] = "mingcha-visit-result-1"
    visit_id: str = Field(min_length=3)
    check_item_id: str = Field(min_length=1)
    visited_on: date
    inspector_ids: tuple[str, ...] = Field(min_length=1)
    result: Literal["pass", "rectify", "fail", "no_entry"]
    critical_count: int = Field(ge=0, le=10_000)
    serious_count: int = Field(ge=0, le=10_000)
    minor_count: int = Field(ge=0, le=10_000)
    is_recheck: bool = False

    @model_validator(mode="after")
    def _agrees(self) -> "VisitResult":
        found = self.critical_count + self.serious_count + self.minor_count
        if self.result in ("pass", "no_entry") and found:
            raise ValueError(f"result {self.result} contradicts {found} findings")
        if self.result in ("rectify", "fail") and not found:
            raise ValueError(f"result {self.result} without a finding")
        return self

    @property
    def entity_code(self) -> str:
        """The entity that was visited."""
        return self.visit_id.partition(":")[2]

    @property
    def record_id(self) -> str:
        """One name for this result, in publications and in the warehouse."""
        return f"{self.visit_id}:{self.check_item_id}{':recheck' if self.is_recheck else ''}"

    @property
    def key(self) -> tuple[str, str, bool]:
        """What may be reported once: the visit, the item, and whether it is the re-check."""
        return self.visit_id, self.check_item_id, self.is_recheck


def schema() -> dict[str, Any]:
    """The JSON schema (draft 2020-12) of every document, as docs/visit_interface.schema.json holds it."""
    kinds: dict[str, type[BaseModel]] = {
        "task_package": TaskPackage,
        "visit_notice": VisitNotice,
        "visit_result": VisitResult,
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Mingcha visit interface, version 1",
        "$defs": {name: kind.model_json_schema(ref_template="#/$defs/{model}") for name, kind in kinds.items()},
    }
