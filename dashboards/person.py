"""Who has signed in, as Flask-Login keeps it for a request.

Not here: how a session begins and ends (`gate.py`).
"""

from dataclasses import dataclass

import flask
from flask import g
from flask_login import UserMixin, current_user

from dashboards.door import current_door
from warehouse.users import User


@dataclass
class Person(UserMixin):  # type: ignore[misc]
    """A session and whose it is; the cookie holds the token, never the name."""

    token: str
    user: User

    def get_id(self) -> str:
        """The token of the session."""
        return self.token


def signed_in() -> Person | None:
    """Who has signed in, None in a demonstration or for a fixed viewer."""
    if not flask.has_request_context() or not hasattr(flask.current_app, "login_manager"):
        return None
    person = current_user._get_current_object()
    return person if isinstance(person, Person) else None


def known_as() -> str:
    """Who asks, as the audit names them; the role where nobody signs in."""
    return str(g.get("person", "") or current_door().viewer.role)


def owner() -> str:
    """Whose results and files these are: a person in one scope; a change of role leaves those of the other behind."""
    return f"{known_as()}|{current_door().viewer.scope_key}"
