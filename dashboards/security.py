"""What every answer carries against attacks from other sites: content policy, headers, CSRF, trusted host names.

Not here: who may come in (`gate.py`), what they read (`warehouse/scope`), how files are kept (`static_files.py`).
"""

from functools import cache

import dash
import flask
from flask import Response
from flask_wtf.csrf import CSRFProtect, generate_csrf
from werkzeug.exceptions import BadRequest

from dashboards.static_files import is_static

# Styles: Mantine and the grid write style elements, Plotly style attributes. Scripts: files, and Dash's own starter.
POLICY = (
    "default-src 'self'; script-src 'self' {hashes}; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:;"
    " font-src 'self' data:; worker-src 'self' blob:; object-src 'none'; base-uri 'none'; form-action 'self';"
    " frame-ancestors 'none'"
)
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}
CSRF_COOKIE = "_csrf_token"  # the renderer of Dash copies it to the header X-CSRFToken
YEAR_SECONDS = 365 * 24 * 3600


def headers(app: dash.Dash) -> None:
    """Put the content policy and the other headers on every answer."""

    @cache
    def policy() -> str:
        return POLICY.format(hashes=" ".join(app.csp_hashes()))  # Dash adds its last script with the first request

    def send(response: Response) -> Response:
        response.headers["Content-Security-Policy"] = policy()
        for name, value in HEADERS.items():
            response.headers[name] = value
        if flask.request.is_secure:
            response.headers["Strict-Transport-Security"] = f"max-age={YEAR_SECONDS}"
        if not is_static():
            response.headers["Cache-Control"] = "no-store"
        return response

    app.server.before_request(_own_name)
    app.server.after_request(send)


def _own_name() -> None:
    """Refuse a name that is not ours (TRUSTED_HOSTS) before anybody builds an address with it."""
    if isinstance(flask.request.routing_exception, BadRequest):
        raise flask.request.routing_exception


def against_forgery(server: flask.Flask, key: bytes, hosts: list[str], is_https: bool) -> None:
    """Sign cookies with `key`, ask every POST for its CSRF token, and answer to the host names of `hosts` only."""
    server.config.update(
        SECRET_KEY=key,
        TRUSTED_HOSTS=hosts,
        SESSION_COOKIE_NAME="__Host-mingcha" if is_https else "mingcha",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",  # Strict would lose the session on the way back from the office's sign-in
        SESSION_COOKIE_SECURE=is_https,
        WTF_CSRF_TIME_LIMIT=None,  # the token lives as long as the session
        MAX_CONTENT_LENGTH=8 * 2**20,
    )
    CSRFProtect(server)

    def hand_out(response: Response) -> Response:
        if response.mimetype == "text/html":
            response.set_cookie(CSRF_COOKIE, generate_csrf(), secure=is_https, samesite="Strict")
        return response

    server.after_request(hand_out)
