"""Wall screens: an address below /screen is answered to who holds a revocable read-only token, without a sign-in.

Not here: the screen itself, and how a token is made (`mingcha wall`).
"""

import flask
from flask import Response, g, redirect, request
from werkzeug.wrappers import Response as AnyResponse

from dashboards.auditing import note
from warehouse.sign_ins import SignIns, WallToken

PATH = "/screen"
COOKIE = "wall"


def token_of(sign_ins: SignIns) -> WallToken | None:
    """The token of this request, None when it has none that holds here and now."""
    token = request.cookies.get(COOKIE, "")
    return sign_ins.wall(token, request.remote_addr or "") if token else None


def register(server: flask.Flask, sign_ins: SignIns, *, is_https: bool) -> None:
    """Add /screen/enter/<token>: the address that is typed into the wall once; the token moves into a cookie."""

    def enter(token: str) -> AnyResponse:
        found = sign_ins.wall(token, request.remote_addr or "")
        if found is None:
            note("wall_token", PATH, "refused", actor="（大屏）")
            return Response("大屏令牌无效、已撤销、已到期，或不在允许的网段", 403, mimetype="text/plain")
        g.viewer = found.viewer
        note("wall_token", found.name, actor=f"wall:{found.name}")
        answer = redirect(PATH)
        answer.set_cookie(COOKIE, token, httponly=True, secure=is_https, samesite="Strict", path="/")
        return answer

    server.add_url_rule(f"{PATH}/enter/<token>", "wall_enter", enter)
