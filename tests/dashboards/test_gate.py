"""The sign-in, its session and its cookies, and the headers of every answer, without a browser."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from dashboards.entrance import guarded_app
from dashboards.settings import ServingSettings
from dashboards.sign_in import local
from models.access.viewer import Viewer
from tests.dashboards import entered
from tests.dashboards.snapshot import publish
from warehouse.audit import Audit
from warehouse.home import Home

PROXIED = ServingSettings("0.0.0.0", "https://mc.example", proxies=1)  # noqa: S104
FROM_PROXY = {"X-Forwarded-For": "10.9.8.7", "X-Forwarded-Proto": "https", "X-Forwarded-Host": "mc.example"}


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("gate")
    publish(folder)
    entered.account(folder, "li.na", Viewer("analyst"))
    return folder


@pytest.fixture(scope="module")
def server(own: Path) -> FlaskClient:
    return entered.app_of(own).server


@pytest.fixture
def client(server: FlaskClient) -> FlaskClient:
    return server.test_client()  # type: ignore[attr-defined,no-any-return]


def test_signing_in_leads_to_where_one_wanted_to_go(client: FlaskClient, own: Path) -> None:
    assert client.get("/entities?credit_grade=D").headers["Location"] == "/sign-in?next=/entities?credit_grade%3DD"
    answer = entered.sign_in(client, "li.na", after="/entities?credit_grade=D")
    assert (answer.status_code, answer.headers["Location"]) == (302, "/entities?credit_grade=D")
    assert client.get("/entities").status_code == 200
    last = Audit(Home.at(own).audit).entries(limit=1)[0]
    assert (last.kind, last.actor, last.role, last.address) == ("sign_in", "li.na", "analyst", "127.0.0.1")
    answer = client.post("/sign-out", data={"csrf_token": entered.token(client)})
    assert answer.headers["Location"] == "/sign-in"
    assert client.get("/entities").status_code == 302


def test_a_refusal_tells_nothing_and_is_written_down(client: FlaskClient, own: Path) -> None:
    told = {entered.sign_in(client, name, "wrong").text.replace(name, "?") for name in ("li.na", "nobody")}
    bodies = {text.partition('role="alert">')[2].partition("<")[0] for text in told}
    assert len(bodies) == 1
    failed = Audit(Home.at(own).audit).entries(kind="sign_in_failed", limit=2)
    assert [entry.actor for entry in failed] == ["nobody", "li.na"]


def test_a_form_without_its_token_is_refused(client: FlaskClient, own: Path) -> None:
    answer = client.post("/sign-in", data={"name": "li.na", "password": entered.OWN})
    assert answer.status_code == 400
    last = Audit(Home.at(own).audit).entries(limit=1)[0]
    assert (last.kind, last.subject, last.result) == ("refused", "/sign-in", "csrf")


def test_a_session_that_was_planted_before_is_not_kept(client: FlaskClient) -> None:
    with client.session_transaction() as session:
        session["planted"] = "x"
    entered.sign_in(client, "li.na")
    with client.session_transaction() as session:
        assert "planted" not in session


def test_a_stolen_cookie_is_worth_nothing_in_another_browser(client: FlaskClient, server: FlaskClient) -> None:
    entered.sign_in(client, "li.na")
    cookie = client.get_cookie("mingcha")
    assert cookie is not None
    assert cookie.http_only
    assert cookie.same_site == "Lax"
    other = server.test_client()  # type: ignore[attr-defined]
    other.set_cookie("mingcha", cookie.value)
    assert other.get("/entities", headers={"User-Agent": "another"}).status_code == 302


def test_every_answer_carries_the_headers(client: FlaskClient) -> None:
    for address in ("/sign-in", "/healthz", "/assets/desk.css", "/nowhere", "/export/x.csv"):
        with client.get(address) as answer:
            headers = answer.headers
        policy = headers["Content-Security-Policy"]
        assert policy.startswith("default-src 'self'; script-src 'self' 'sha256-")
        assert "unsafe-inline" not in policy.partition("style-src")[0]
        assert "unsafe-eval" not in policy
        assert headers["X-Frame-Options"] == "DENY"
        assert headers["X-Content-Type-Options"] == "nosniff"
    assert client.get("/sign-in").headers["Cache-Control"] == "no-store"


def test_the_pages_answer_to_their_own_name_only(client: FlaskClient) -> None:
    assert client.get("/sign-in", headers={"Host": "evil.example"}).status_code == 400


def test_behind_a_proxy_cookies_insist_on_tls_and_the_address_is_the_persons(own: Path) -> None:
    client = guarded_app(own, PROXIED).server.test_client()
    answer = client.get("/sign-in", headers=FROM_PROXY)
    assert answer.status_code == 200
    cookies = answer.headers.getlist("Set-Cookie")
    assert len(cookies) == 2
    assert all("Secure" in cookie for cookie in cookies)
    assert any(cookie.startswith("__Host-mingcha=") and "HttpOnly" in cookie for cookie in cookies)
    assert answer.headers["Strict-Transport-Security"].startswith("max-age=")
    client.get("/screen/enter/made-up", headers=FROM_PROXY)
    assert Audit(Home.at(own).audit).entries(limit=1)[0].address == "10.9.8.7"


def test_a_wall_looks_at_its_screen_and_at_nothing_else(server: FlaskClient, own: Path) -> None:
    client = server.test_client()  # type: ignore[attr-defined]
    sign_ins = entered.sign_ins_of(own)
    made = sign_ins.allow_wall("大厅", Viewer("wall"), "127.0.0.0/8")
    assert client.get("/screen").headers["Location"].startswith("/sign-in")
    assert client.get(f"/screen/enter/{made}x").status_code == 403
    assert client.get(f"/screen/enter/{made}").headers["Location"] == "/screen"
    assert client.get("/screen").status_code == 200
    assert entered.ask(client, {"output": "page-body.children", "inputs": []}).status_code == 403
    for address in ("/", "/entities", "/password", "/sign-out", "/export/entities.csv"):
        assert client.get(address).headers["Location"].startswith("/sign-in"), address
    sign_ins.revoke_wall("大厅")
    assert client.get("/screen").status_code == 302


@pytest.mark.parametrize(
    "address", ["//evil.example", "https://evil.example", "/\\evil.example", "", "/a\nb", "javascript:1"]
)
def test_nobody_is_led_elsewhere(address: str) -> None:
    assert local(address) == "/"


@given(st.text(max_size=30))
def test_where_one_is_led_is_always_here(address: str) -> None:
    found = local(address)
    assert found.startswith("/")
    assert not found.startswith(("//", "/\\"))
