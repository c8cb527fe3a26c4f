"""Signing in with a local account, changing its password, signing out: three forms outside Dash.

Not here: the session (`gate.py`), the password check (`warehouse/users`), the office's own sign-in (`oidc.py`).
"""

from dataclasses import dataclass, replace

import flask
from flask import Response, g, redirect, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from dashboards.auditing import note
from dashboards.gate import come_in, leave
from dashboards.person import signed_in
from dashboards.theme import css
from warehouse.sign_ins import SignIns
from warehouse.users import UserError, Users

_PASSWORDS = ("before", "after", "again")
WRONG = "用户名或口令不对，或账户已锁定、停用。连续多次失败会锁定账户一段时间。"


@dataclass(frozen=True)
class _Forms:
    users: Users
    sign_ins: SignIns
    has_oidc: bool

    def sign_in(self) -> AnyResponse | tuple[str, int] | str:
        after = local(request.values.get("next", ""))
        if request.method == "GET":
            return _form("sign_in", after=after, has_oidc=self.has_oidc)
        name, password = request.form.get("name", "").strip()[:64], request.form.get("password", "")[:1000]
        user = self.users.check(name, password)
        if user is None:
            note("sign_in_failed", "口令", "failed", actor=name or "（空）")
            return _form("sign_in", after=after, has_oidc=self.has_oidc, name=name, wrong=WRONG), 401
        come_in(self.sign_ins, user, "口令")
        return redirect(after)

    def password(self) -> AnyResponse | tuple[str, int] | str:
        person = signed_in()
        if person is None or not person.user.is_local:
            return Response("统一认证账户的口令在单位认证系统中修改", 404, mimetype="text/plain")
        if request.method == "GET":
            return _form("password", user=person.user)
        name, (before, after, again) = person.user.user_name, (request.form.get(n, "") for n in _PASSWORDS)
        try:
            self.users.change_password(name, before, after, again)
        except UserError as error:
            note("password", name, "failed")
            return _form("password", user=person.user, wrong=str(error)), 400
        note("password", name)
        come_in(self.sign_ins, replace(person.user, must_change=False), "修改口令后")
        return redirect("/")

    def sign_out(self) -> AnyResponse | str:
        if request.method == "GET":
            return _form("sign_out", name=g.person)
        leave(self.sign_ins)
        return redirect("/sign-in")


def register(server: flask.Flask, users: Users, sign_ins: SignIns, *, has_oidc: bool) -> None:
    """Add /sign-in, /password and /sign-out."""
    forms = _Forms(users, sign_ins, has_oidc)
    server.add_url_rule("/colours.css", "colours", lambda: Response(css(), mimetype="text/css"))
    for name in ("sign_in", "password", "sign_out"):
        server.add_url_rule(f"/{name.replace('_', '-')}", name, getattr(forms, name), methods=["GET", "POST"])


def local(address: str) -> str:
    """An address within the pages; `/` for anything that could lead elsewhere."""
    is_local = address.startswith("/") and not address.startswith("//") and "\\" not in address
    return address if is_local and address.isprintable() else "/"


def _form(form: str, **values: object) -> str:
    return render_template(f"{form}.html", **values)
