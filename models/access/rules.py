"""What a role reads and may do, as the access policies say: rows of a table, its readers, masked columns, acts.

Not here: the SQL made of it (warehouse/scope), and the person (viewer.py).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, Literal, get_args

from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from models.access.viewer import PEOPLE, ROLES, Role, Viewer
from models.policy.loader import InForce, Policy, PolicyError

Cut = Literal["whole", "district", "department", "entity", "place", "case", "group", "admin"]
CUTS: tuple[Cut, ...] = get_args(Cut)
Act = Literal["export", "query", "schedule", "handle", "audit"]


class Mask(BaseModel):
    """Columns shown to some roles only; with `of` only those of entities of that legal form are hidden.

    `unlinked`: what happens to such a column of a row that names no entity. `told`: what stands there instead, where
    the column is a text; otherwise NULL.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)
    columns: frozenset[str]
    shown_to: frozenset[Role]
    of: str | None = None
    told: str | None = None
    unlinked: Literal["hidden", "shown"] = "hidden"
    except_in: frozenset[str] = frozenset()


class _RoleTerms(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)
    title: str
    may: frozenset[Act]


@dataclass(frozen=True)
class AccessRules:
    """The rules in force on one day. What no rule names is read by the administrator only."""

    cuts: Mapping[str, frozenset[Cut]]
    readers: Mapping[str, frozenset[Role]]
    masks: Mapping[str, Mask]
    roles: Mapping[str, _RoleTerms]
    pages: Mapping[str, frozenset[Role]]

    @classmethod
    def from_policy(cls, in_force: InForce) -> "AccessRules":
        """The rules as in force. Raises PolicyError naming the file that is wrong."""
        rows: dict[Cut, list[str]] = _value(in_force, "access.rows", dict[Cut, list[str]])
        cuts: dict[str, frozenset[Cut]] = {}
        for cut, tables in rows.items():
            for table in tables:
                cuts[table] = cuts.get(table, frozenset()) | {cut}
        for table, found in cuts.items():
            if found & {"whole", "admin"} and len(found) > 1:
                raise PolicyError(f"access.rows: {table} stands under {', '.join(sorted(found))}; name it once")
        return cls(
            cuts,
            _value(in_force, "access.reader", dict[str, frozenset[Role]]),
            _value(in_force, "access.mask", dict[str, Mask]),
            _value(in_force, "access.role", dict[str, _RoleTerms]),
            _pages(_value(in_force, "access.page", dict[Literal[Role, "everyone"], list[str]])),
        )

    def cuts_of(self, table: str) -> frozenset[Cut]:
        """How the rows of a table are cut; `stage.*` speaks for every table of a stage."""
        return self.cuts.get(table) or self.cuts.get(f"{table.partition('.')[0]}.*") or frozenset({"admin"})

    def reads(self, viewer: Viewer, table: str) -> bool:
        """Whether a role reads a table at all; what no rule names is for the administrator only."""
        if viewer.role == "admin":
            return True
        return "admin" not in self.cuts_of(table) and viewer.role in self.readers.get(table, frozenset(ROLES))

    def sees(self, viewer: Viewer, mask: str) -> bool:
        """Whether a role sees what a mask hides from others. KeyError for an unknown mask."""
        return viewer.role == "admin" or viewer.role in self.masks[mask].shown_to

    def opens(self, viewer: Viewer, page: str) -> bool:
        """Whether a role may open the page of an address; one that no rule names is for the administrator only."""
        return viewer.role == "admin" or viewer.role in self.pages.get(page, frozenset())

    def may(self, viewer: Viewer, act: Act) -> bool:
        """Whether a role may do something beyond looking."""
        return act in self.roles[viewer.role].may


def _pages(opened: Mapping[str, list[str]]) -> dict[str, frozenset[Role]]:
    found: dict[str, frozenset[Role]] = {}
    for role, paths in opened.items():
        for path in paths:
            found[path] = found.get(path, frozenset()) | frozenset(PEOPLE if role == "everyone" else (role,))  # type: ignore[arg-type]
    return found


def _value(in_force: InForce, policy_id: str, kind: Any) -> Any:
    try:
        return TypeAdapter(kind).validate_python(in_force.value(policy_id))
    except ValidationError as error:
        raise PolicyError(f"{in_force.policy.origin[policy_id]}: {error}") from error


@lru_cache(maxsize=1)
def _of_day(day: str) -> AccessRules:
    return AccessRules.from_policy(Policy.load().at(datetime.fromisoformat(day).date()))


def access_rules() -> AccessRules:
    """The built-in rules of today (UTC); read once a day. A run's own policy folder cannot widen access."""
    return _of_day(datetime.now(UTC).date().isoformat())
