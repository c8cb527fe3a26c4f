"""Who is looking: a role and the departments and districts that limit it.

Not here: what a role may read or do (rules.py), and how the person signed in (dashboards).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, get_args

Role = Literal["leader", "regulator", "analyst", "admin", "wall"]
ROLES: tuple[Role, ...] = get_args(Role)
PEOPLE: tuple[Role, ...] = ("leader", "regulator", "analyst", "admin")  # `wall` is a screen, which nobody signs in to


@dataclass(frozen=True)
class Viewer:
    """A role and its scope; `None` means every department or district, an empty set none.

    Districts limit rows and breakdowns by district; departments limit the events of an entity's timeline.
    Totals of the whole zone (tiles, months, data age) are shown to every viewer. Which table is cut how: policy
    access.rows.
    """

    role: Role = "regulator"
    departments: frozenset[str] | None = None
    districts: frozenset[str] | None = None

    def __post_init__(self) -> None:
        if self.role not in ROLES:
            raise ValueError(f"role {self.role!r} is not one of {', '.join(ROLES)}")

    @classmethod
    def granted(cls, role: str, departments: Iterable[str] = (), districts: Iterable[str] = ()) -> "Viewer":
        """What an account is given; none named means all of them. Raises ValueError for what is no role of people."""
        known: Role | None = next((one for one in PEOPLE if one == role), None)
        if known is None:
            raise ValueError(f"角色 {role!r} 不是 {'、'.join(PEOPLE)} 之一")
        return cls(known, *(frozenset(part) or None for part in (departments, districts)))

    @property
    def scope_key(self) -> str:
        """Equal for viewers who read the same rows and columns."""
        parts = (self.departments, self.districts)
        return "|".join([self.role, *("*" if part is None else ",".join(sorted(part)) for part in parts)])
