"""Who is looking, and what that person may see.

No login and no session here: whoever starts the application says who the viewer is.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Role = Literal["regulator", "leader", "analyst"]
Scope = tuple[str, Mapping[str, object]]


@dataclass(frozen=True)
class Viewer:
    """A role and its scope; `None` means every department or district.

    Districts limit rows and breakdowns by district; departments limit the events of an entity's timeline.
    Totals of the whole zone (tiles, months, data age) are shown to every viewer.
    """

    role: Role = "regulator"
    departments: frozenset[str] | None = None
    districts: frozenset[str] | None = None

    @property
    def sees_inspectors(self) -> bool:
        """Inspector numbers are personal data: only who schedules inspections needs them."""
        return self.role == "regulator"

    @property
    def sees_proprietors(self) -> bool:
        """Where a sole proprietor lives and works is personal data: who goes there needs it, nobody else."""
        return self.role == "regulator"

    def district_scope(self, column: str = "district_code") -> Scope:
        """SQL condition and its bound values that keep rows of the viewer's districts."""
        return _within(column, "districts", self.districts)

    def department_scope(self, column: str = "department_id") -> Scope:
        """SQL condition and its bound values that keep rows of the viewer's departments."""
        return _within(column, "departments", self.departments)


def _within(column: str, name: str, allowed: frozenset[str] | None) -> Scope:
    if allowed is None:
        return "true", {}
    return f"{column} = any(${name})", {name: sorted(allowed)}
