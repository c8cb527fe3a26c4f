"""Signing in through the office's identity provider (OpenID Connect): discovery, PKCE, state, nonce, claims to scope.

Not here: the settings (`settings.py`) and the session that begins (`gate.py`). Authlib does the protocol.
"""

from collections.abc import Mapping
from typing import Any

import flask
from authlib.integrations.base_client.errors import OAuthError
from authlib.integrations.flask_client import OAuth
from flask import Response, redirect, request
from joserfc.errors import JoseError
from requests import RequestException
from werkzeug.wrappers import Response as AnyResponse

from dashboards.auditing import note
from dashboards.gate import come_in
from dashboards.settings import OidcSettings
from dashboards.sign_in import local
from models.access.viewer import Viewer
from warehouse.sign_ins import SignIns
from warehouse.users import User

EVERY = "*"


class NoRoleError(ValueError):
    """The claims of a token give no role here."""


def register(server: flask.Flask, settings: OidcSettings, sign_ins: SignIns, url: str) -> None:
    """Add /oidc/start and /oidc/back; `url` is the public address of the pages."""
    office = OAuth(server).register(
        "office",
        server_metadata_url=f"{settings.issuer}/.well-known/openid-configuration",
        client_id=settings.client_id,
        client_secret=settings.client_secret,
        client_kwargs={"scope": "openid profile", "code_challenge_method": "S256", "timeout": 10},
    )
    checked = {
        "iss": {"essential": True, "value": settings.issuer},
        "aud": {"essential": True, "value": settings.client_id},
    }

    def start() -> AnyResponse:
        flask.session["after"] = local(request.args.get("next", ""))
        try:
            answer: AnyResponse = office.authorize_redirect(f"{url}/oidc/back")
        except (OAuthError, RequestException, RuntimeError) as error:
            return _refused("（未知）", f"单位认证系统没有应答：{type(error).__name__}", 502)
        return answer

    def back() -> AnyResponse:
        after = local(str(flask.session.get("after", "")))
        try:
            claims = office.authorize_access_token(claims_options=checked).get("userinfo")
        except (OAuthError, JoseError, RequestException, ValueError) as error:
            return _refused("（未知）", f"单位认证没有通过：{type(error).__name__}", 401)
        if not claims or not claims.get("sub"):
            return _refused("（未知）", "单位认证没有给出身份", 401)
        name = str(claims.get(settings.name_claim) or claims["sub"])
        try:
            viewer = viewer_of(claims, settings)
        except NoRoleError as error:
            return _refused(name, str(error), 403)
        come_in(sign_ins, User(name, str(claims.get("name") or name), viewer, is_local=False), "单位统一认证")
        return redirect(after)

    server.add_url_rule("/oidc/start", "oidc_start", start)
    server.add_url_rule("/oidc/back", "oidc_back", back)


def viewer_of(claims: Mapping[str, Any], settings: OidcSettings) -> Viewer:
    """The role and scope that claims give. Raises NoRoleError where they give no role."""
    given = _texts(claims.get(settings.role_claim))
    role = next((here for theirs, here in settings.roles.items() if theirs in given), None)
    if role is None:
        raise NoRoleError("您的账户在本系统没有角色，请联系管理员")
    return Viewer(role, _scope(claims, settings.department_claim), _scope(claims, settings.district_claim))


def _scope(claims: Mapping[str, Any], name: str) -> frozenset[str] | None:
    if not name:
        return None
    found = _texts(claims.get(name))
    return None if EVERY in found else found


def _texts(value: Any) -> frozenset[str]:
    return frozenset(str(one) for one in (value if isinstance(value, list) else [value]) if one is not None)


def _refused(name: str, why: str, status: int) -> Response:
    note("sign_in_failed", "单位统一认证", "failed", actor=name[:64], why=why)
    return Response(why, status, mimetype="text/plain")
