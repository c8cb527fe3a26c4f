"""What stands in front of the pages before they are served: accounts and the office's sign-in, or a demonstration.

Not here: the pages (`app.py`) and the process that serves them (`server.py`).
"""

import secrets
from pathlib import Path

import dash
from werkzeug.middleware.proxy_fix import ProxyFix

from dashboards import auditing, demo, oidc, security, sign_in, wall
from dashboards.app import create_app
from dashboards.gate import guard
from dashboards.settings import ServingSettings, SettingsError
from models.access.terms import SignInTerms
from models.access.viewer import Viewer
from warehouse.audit import Audit
from warehouse.home import Home
from warehouse.sign_ins import SignIns
from warehouse.users import Users

ADMINISTRATOR = "admin"
_NOBODY = Viewer("wall", frozenset(), frozenset())  # of a request that no gate has named a viewer for


def guarded_app(home: Path, settings: ServingSettings) -> dash.Dash:
    """The pages behind a sign-in; see `first_administrator` for who can sign in at first."""
    opened = Home.at(home)
    terms = SignInTerms.today()
    users = Users(opened.users, terms)
    sign_ins = SignIns(opened.users, users, terms)
    app = create_app(home, _NOBODY)
    server = app.server
    server.template_folder = str(Path(__file__).with_name("templates"))
    server.config[auditing.CONFIG_KEY] = Audit(opened.audit)
    guard(server, sign_ins)
    security.against_forgery(server, users.secret("cookies"), settings.hosts, settings.is_https)
    sign_in.register(server, users, sign_ins, has_oidc=settings.oidc is not None)
    wall.register(server, sign_ins, is_https=settings.is_https)
    if settings.oidc is not None:
        oidc.register(server, settings.oidc, sign_ins, settings.url)
    if settings.proxies:
        count = settings.proxies
        server.wsgi_app = ProxyFix(server.wsgi_app, x_for=count, x_proto=count, x_host=count)
    return app


def demo_app(home: Path, settings: ServingSettings) -> dash.Dash:
    """The pages without a sign-in. Raises SettingsError when others than this machine could reach them."""
    if not settings.is_loopback or settings.proxies:
        raise SettingsError(
            f"MINGCHA_BIND={settings.bind}: a demonstration has no sign-in; it is for loopback only, without a proxy"
        )
    app = create_app(home)
    app.server.config[auditing.CONFIG_KEY] = Audit(Home.at(home).audit)
    demo.register(app.server)
    security.against_forgery(app.server, secrets.token_bytes(32), settings.hosts, is_https=False)
    return app


def first_administrator(home: Path, settings: ServingSettings) -> str | None:
    """Make the first account where there is none, and return its one-time password; None when somebody can sign in.

    Raises SettingsError beyond loopback, where an account has to be there before the door is opened.
    """
    opened = Home.at(home)
    users = Users(opened.users, SignInTerms.today())
    if settings.oidc is not None or users.listed():
        return None
    if not settings.is_loopback:
        raise SettingsError(
            f"MINGCHA_BIND={settings.bind}: nobody can sign in yet, so the pages are not served to others;"
            f" add an account first: `mingcha user add {ADMINISTRATOR} --role admin`"
        )
    password = users.add(ADMINISTRATOR, "管理员", Viewer("admin"))
    Audit(opened.audit).record("user", "mingcha serve", ADMINISTRATOR, "added", why="首次启动")
    return password
