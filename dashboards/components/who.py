"""Who looks at the pages, above the top bar: the person and role, or the roles of a demonstration.

Not here: signing in, and what a role may do.
"""

from typing import Any

from dash import dcc, html
from flask import g, has_request_context

from dashboards.demo import ROLE_ADDRESS, is_demo
from dashboards.person import signed_in
from models.access.rules import access_rules
from models.access.viewer import PEOPLE, Viewer


def who() -> list[Any]:
    """A strip above the top bar: the person, or the roles of a demonstration; empty for an app of one viewer."""
    titles = {role: terms.title for role, terms in access_rules().roles.items()}
    person = signed_in()
    if person is not None:
        name = f"{person.user.person_name} · {titles[person.user.viewer.role]}"
        return [
            _strip(*_managing(person.user.viewer), dcc.Link(name, href="/account"), html.A("退出", href="/sign-out"))
        ]
    if not has_request_context() or not is_demo() or "viewer" not in g:  # Dash also asks before the gate has looked
        return []
    now: Viewer = g.viewer
    roles = [
        html.A(titles[role], href=ROLE_ADDRESS + role, className="current" if role == now.role else "")
        for role in PEOPLE
    ]
    told = html.Span("演示：无需登录，只有本机可以访问，谁都可以选择角色", className="told")
    return [_strip(told, html.Span("角色"), *roles, *_managing(now))]


def _managing(viewer: Viewer) -> list[Any]:
    pages = (("账户", "/users"), ("审计", "/audit"))
    return [dcc.Link(name, href=path) for name, path in pages if access_rules().opens(viewer, path)]


def _strip(*parts: Any) -> html.Nav:
    return html.Nav(list(parts), className="who", **{"aria-label": "账户"})
