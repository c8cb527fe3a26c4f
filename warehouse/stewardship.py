"""What an administrator does with accounts, on the page and on the command line: each act with its reason in the audit.

Not here: the accounts (users), who may come here (models/access), the form and the command that ask.
"""

from __future__ import annotations

from dataclasses import dataclass

from models.access.terms import SignInTerms
from models.access.viewer import Viewer
from warehouse.audit import Audit
from warehouse.home import Home
from warehouse.users import UserError, Users

LONGEST_REASON = 200  # letters


@dataclass(frozen=True)
class Steward:
    """One administrator at work: who, in which role, from where. Every act raises UserError when it cannot be."""

    home: Home
    actor: str
    role: str
    address: str

    @property
    def users(self) -> Users:
        """The accounts of the home."""
        return Users(self.home.users, SignInTerms.today())

    def add(self, user_name: str, person_name: str, viewer: Viewer, why: str) -> str:
        """Add an account and return its one-time password."""
        self._asked(why)
        password = self.users.add(user_name, person_name, viewer)
        self._note(user_name, "added", why, viewer)
        return password

    def reset(self, user_name: str, why: str) -> str:
        """Reset a password and return the one-time password."""
        self._asked(why, user_name)
        password = self.users.reset(user_name)
        self._note(user_name, "reset", why)
        return password

    def disable(self, user_name: str, why: str) -> None:
        """Disable an account."""
        self._asked(why, user_name)
        self.users.disable(user_name)
        self._note(user_name, "disabled", why)

    def enable(self, user_name: str, why: str) -> None:
        """Enable an account that is disabled, or locked after failures."""
        self._asked(why, user_name)
        self.users.enable(user_name)
        self._note(user_name, "enabled", why)

    def change(self, user_name: str, viewer: Viewer, why: str) -> None:
        """Give an account another role and scope."""
        self._asked(why, user_name)
        self.users.change(user_name, viewer)
        self._note(user_name, "changed", why, viewer)

    def _asked(self, why: str, user_name: str = "") -> None:
        if not 0 < len(why.strip()) <= LONGEST_REASON:
            raise UserError(f"请写明理由（1 至 {LONGEST_REASON} 字），它会记入审计")
        if user_name.casefold() == self.actor.casefold():
            raise UserError("自己的账户请由另一名管理员办理；自己的口令在“我的账户”里修改")

    def _note(self, user_name: str, result: str, why: str, viewer: Viewer | None = None) -> None:
        given = {} if viewer is None else {"given": viewer.role, **_scopes(viewer)}
        details = {"why": why.strip(), **given}
        Audit(self.home.audit).record("user", self.actor, user_name, result, self.role, self.address, **details)


def _scopes(viewer: Viewer) -> dict[str, object]:
    parts = {"departments": viewer.departments, "districts": viewer.districts}
    return {name: None if part is None else sorted(part) for name, part in parts.items()}
