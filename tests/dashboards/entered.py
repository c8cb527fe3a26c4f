"""Clients of the guarded pages that have signed in, for the tests of access.

No test here.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from flask.testing import FlaskClient
from flask_login.utils import _create_identifier

from dashboards.entrance import guarded_app
from dashboards.settings import ServingSettings
from models.access.terms import SignInTerms
from models.access.viewer import Viewer
from warehouse.home import Home
from warehouse.sign_ins import SignIns
from warehouse.users import User, Users

OWN = "Correct-Horse-7-staple"
LOOPBACK = ServingSettings()


def users_of(home: Path) -> Users:
    return Users(Home.at(home).users, SignInTerms.today())


def sign_ins_of(home: Path) -> SignIns:
    return SignIns(Home.at(home).users, users_of(home), SignInTerms.today())


def account(home: Path, name: str, viewer: Viewer) -> str:
    """Add an account whose password is OWN, and return its name."""
    users = users_of(home)
    users.change_password(name, users.add(name, name, viewer), OWN, OWN)
    return name


def app_of(home: Path) -> Any:
    return guarded_app(home, LOOPBACK)


def token(client: FlaskClient) -> str:
    """The CSRF token of the form that the client is shown."""
    found = re.search(r'name="csrf_token" value="([^"]+)"', client.get("/sign-in").text)
    assert found
    return found.group(1)


def sign_in(client: FlaskClient, name: str, password: str = OWN, after: str = "") -> Any:
    return client.post(
        "/sign-in", data={"name": name, "password": password, "next": after, "csrf_token": token(client)}
    )


def as_if_from_the_office(client: FlaskClient, home: Path, viewer: Viewer) -> None:
    """Give a client the session of a person whom the office's sign-in vouched for: quicker than a password."""
    made = sign_ins_of(home).start(User("office", "office", viewer, is_local=False), "127.0.0.1")
    with client.application.test_request_context(environ_base=client.environ_base):
        browser = _create_identifier()
    with client.session_transaction() as session:
        session["_user_id"], session["_fresh"], session["_id"] = made, True, browser


def ask(client: FlaskClient, body: dict[str, Any]) -> Any:
    """A callback, with the token that the renderer copies from its cookie."""
    client.get("/sign-in")
    cookie = client.get_cookie("_csrf_token")
    assert cookie is not None
    return client.post("/_dash-update-component", json=body, headers={"X-CSRFToken": cookie.value})
