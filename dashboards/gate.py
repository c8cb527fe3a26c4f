"""Who comes in: every request but those for the sign-in page and static files needs a session, a demo role or a token.

Not here: how one signs in (`sign_in.py`, `oidc.py`), and which rows a viewer reads (`warehouse/scope`).
"""

from collections.abc import Callable
from typing import Any

import flask
from flask import Response, g, redirect, request, url_for
from flask_login import LoginManager, login_user, logout_user
from flask_wtf.csrf import CSRFError

from dashboards import router, wall
from dashboards.auditing import note
from dashboards.person import Person, signed_in
from dashboards.static_files import is_static
from models.access.rules import access_rules
from models.access.viewer import PEOPLE, Viewer
from warehouse.sign_ins import SignIns
from warehouse.users import User

OPEN = {"sign_in", "colours", "oidc_start", "oidc_back", "healthz", "wall_enter"}
OF_A_ONE_TIME_PASSWORD = {"password", "sign_out"}
CALLBACKS = "/_dash-update-component"
ACTIVE_HEADER = "X-Mingcha-Active"  # assets/session.js sends it while somebody uses the page
Answer = Response | tuple[Any, int] | None


def guard(server: flask.Flask, sign_ins: SignIns) -> None:
    """Let only people with a session in, each with the viewer of the account."""
    manager = LoginManager(server)
    manager.session_protection = "strong"  # a cookie that turns up at another address or browser ends the session
    manager.user_loader(lambda token: _person(sign_ins, token))

    def check() -> Answer:
        if is_open():
            return None
        person = signed_in()
        if person is None:
            screen = wall.token_of(sign_ins)
            if screen is None or not request.path.startswith((wall.PATH, "/_dash")):
                return _ask_to_sign_in()
            g.viewer, g.person = screen.viewer, f"wall:{screen.name}"
            return refuse_callbacks()
        g.viewer, g.person = person.user.viewer, person.user.user_name
        if person.user.must_change and request.endpoint not in OF_A_ONE_TIME_PASSWORD:
            return _stop("请先修改一次性口令", 403) if is_callback() else redirect(url_for("password"))  # type: ignore[return-value]
        return refuse_callbacks()

    server.before_request(check)
    server.register_error_handler(CSRFError, _forged)


def is_open() -> bool:
    """Whether anybody may have the answer: the sign-in page, static files, the health of the service."""
    return request.endpoint in OPEN or is_static()


def is_callback() -> bool:
    """Whether a page asks, and not a person who types an address."""
    return request.path.startswith("/_dash")


def refuse_callbacks() -> Answer:
    """Refuse a callback of a page that the viewer may not open; the pages themselves refuse in `router`."""
    if request.path != CALLBACKS:
        return None
    asked = request.get_json(silent=True) or {}
    page = router.page_of(str(asked.get("output", "")))
    is_frame = page == router.FRAME and (g.viewer.role in PEOPLE or asked["output"] in router.DASH_PAGES)
    if is_frame or (page not in (None, router.FRAME) and access_rules().opens(g.viewer, str(page))):
        return None
    note("refused", page or "callback", "refused", output=str(asked.get("output", ""))[:200])
    return _stop("没有权限", 403)


def come_in(sign_ins: SignIns, user: User, how: str) -> None:
    """Begin the session of a person; what the browser held before is forgotten, so that no session can be planted."""
    flask.session.clear()
    login_user(Person(sign_ins.start(user, request.remote_addr or ""), user))
    g.viewer, g.person = user.viewer, user.user_name
    note("sign_in", how)


def leave(sign_ins: SignIns) -> None:
    """End the session of the person."""
    if person := signed_in():
        sign_ins.end(person.token)
        note("sign_out", "会话")
    logout_user()
    flask.session.clear()


def viewer_for_everybody(server: flask.Flask, viewer: Callable[[], tuple[str, Viewer]]) -> None:
    """Let everybody in as a named viewer: the demonstration on loopback."""

    def check() -> Answer:
        g.person, g.viewer = viewer()
        return refuse_callbacks()

    server.before_request(check)
    server.register_error_handler(CSRFError, _forged)


def _person(sign_ins: SignIns, token: str) -> Person | None:
    is_active = not is_callback() or ACTIVE_HEADER in request.headers
    user = sign_ins.user(token, is_active=is_active)
    return Person(token, user) if user else None


def _ask_to_sign_in() -> Answer:
    if is_callback() or request.method != "GET":
        return _stop("登录已过期，请重新登录", 401)
    asked = request.full_path.removesuffix("?")
    return redirect(url_for("sign_in", next=asked if asked != "/" else None))  # type: ignore[return-value]


def _stop(why: str, status: int) -> Answer:
    return Response(why, status, mimetype="text/plain")


def _forged(error: CSRFError) -> tuple[Response, int]:
    note("refused", request.path, "csrf", why=str(error.description))
    return Response("请求缺少有效的校验令牌，请刷新页面后重试", mimetype="text/plain"), 400
