"""The demonstration on loopback: nobody signs in, and whoever looks chooses a role with one click.

Not here: real accounts (`sign_in.py`). `mingcha serve --demo` starts it, on loopback only.
"""

import flask
from flask import g, redirect
from werkzeug.wrappers import Response

from dashboards.auditing import note
from dashboards.gate import viewer_for_everybody
from models.access.viewer import PEOPLE, Role, Viewer

ROLE_ADDRESS = "/demo/"
_FIRST: Role = "regulator"
_CONFIG = "MINGCHA_DEMO"


def register(server: flask.Flask) -> None:
    """Let everybody in as a regulator of the whole zone, and add the address that changes the role."""
    server.config[_CONFIG] = True

    def choose(role: str) -> Response:
        if role in PEOPLE:
            flask.session["role"] = role
            g.viewer, g.person = _chosen()[1], _chosen()[0]
            note("sign_in", "演示角色")
        return redirect("/")

    viewer_for_everybody(server, _chosen)
    server.add_url_rule(f"{ROLE_ADDRESS}<role>", "demo", choose)


def is_demo() -> bool:
    """Whether this request meets the demonstration."""
    return bool(flask.current_app.config.get(_CONFIG))


def _chosen() -> tuple[str, Viewer]:
    role = flask.session.get("role")
    found = next((one for one in PEOPLE if one == role), _FIRST)
    return f"demo-{found}", Viewer(found)
