"""The office's sign-in against a mock provider on loopback: what it vouches for comes in, and nothing else does."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests
from flask.testing import FlaskClient
from joserfc.jwk import RSAKey

from dashboards.entrance import guarded_app
from dashboards.oidc import NoRoleError, viewer_of
from dashboards.settings import OidcSettings, ServingSettings
from models.access.viewer import Viewer
from tests.dashboards.issuer import CLIENT, SECRET, Issuer, issuing
from warehouse.audit import Audit
from warehouse.home import Home

LEADER = {"sub": "1", "preferred_username": "wang", "name": "王某", "roles": ["jg-ld"], "areas": ["610102"]}


@pytest.fixture
def issuer() -> Iterator[Issuer]:
    with issuing() as found:
        found.claims = dict(LEADER)
        yield found


def settings(address: str) -> OidcSettings:
    roles: dict[str, Any] = {"jg-ld": "leader", "jg-fx": "analyst"}
    return OidcSettings(address, CLIENT, SECRET, roles, district_claim="areas")


@pytest.fixture
def client(issuer: Issuer, home: Path, tmp_path: Path) -> FlaskClient:
    own = Home.at(tmp_path / "home")
    own.serving.rmdir()
    own.serving.symlink_to(home / "serving")
    served = ServingSettings(url="http://localhost", oidc=settings(issuer.address))
    return guarded_app(own.root, served).server.test_client()


def come_back(client: FlaskClient, after: str = "/metrics") -> Any:
    """Go to the provider and come back with what it says."""
    start = client.get("/oidc/start", query_string={"next": after})
    assert start.status_code == 302
    answer = requests.get(start.headers["Location"], allow_redirects=False, timeout=10)
    back = urlsplit(answer.headers["Location"])
    return client.get(back.path, query_string=back.query)


def entries(tmp_path: Path) -> list[tuple[str, str, str]]:
    return [(e.kind, e.actor, e.result) for e in Audit(tmp_path / "home" / "audit.sqlite").entries()]


def test_who_is_vouched_for_comes_in_with_role_and_scope(client: FlaskClient, tmp_path: Path) -> None:
    assert "用单位统一认证登录" in client.get("/sign-in").text
    answer = come_back(client)
    assert (answer.status_code, answer.headers["Location"]) == (302, "/metrics")
    assert client.get("/metrics").status_code == 200
    assert client.get("/password").status_code == 404
    rows = client.get("/export/entities.csv").text.splitlines()
    assert len(rows) > 1
    assert all("610102" in row for row in rows[1:])
    assert entries(tmp_path)[-1] == ("sign_in", "wang", "ok")


def test_keys_of_the_provider_may_change(client: FlaskClient, issuer: Issuer) -> None:
    assert come_back(client).status_code == 302
    issuer.rotate()
    assert come_back(client).status_code == 302


@pytest.mark.parametrize(
    "bent",
    [
        {"nonce": "another"},
        {"aud": "another"},
        {"iss": "https://another.example"},
        {"exp": int(time.time()) - 3600},
        {"sub": ""},
    ],
    ids=lambda bent: next(iter(bent)),
)
def test_a_token_that_is_bent_is_refused(
    client: FlaskClient, issuer: Issuer, tmp_path: Path, bent: dict[str, Any]
) -> None:
    issuer.bent = bent
    assert come_back(client).status_code == 401
    assert client.get("/metrics").status_code == 302
    assert {kind for kind, _, _ in entries(tmp_path)} == {"sign_in_failed"}


def test_a_token_that_another_key_signed_is_refused(client: FlaskClient, issuer: Issuer) -> None:
    issuer.forger = RSAKey.generate_key(2048)
    assert come_back(client).status_code == 401


def test_an_answer_without_a_token_of_identity_is_refused(client: FlaskClient, issuer: Issuer) -> None:
    issuer.gives_id_token = False
    assert come_back(client).status_code == 401


def test_an_answer_that_nobody_asked_for_is_refused(client: FlaskClient, issuer: Issuer) -> None:
    """State: a code that somebody else obtained must not sign this browser in. PKCE: nor with another verifier."""
    assert client.get("/oidc/back?code=x&state=made-up").status_code == 401
    start = client.get("/oidc/start")
    stolen = requests.get(start.headers["Location"], allow_redirects=False, timeout=10).headers["Location"]
    other = client.application.test_client()
    assert other.get(urlsplit(stolen).path, query_string=urlsplit(stolen).query).status_code == 401
    for asked in issuer.asked.values():
        asked["code_challenge"] = "of another verifier"
    assert client.get(urlsplit(stolen).path, query_string=urlsplit(stolen).query).status_code == 401


def test_who_has_no_role_here_is_told_so(client: FlaskClient, issuer: Issuer, tmp_path: Path) -> None:
    issuer.claims["roles"] = ["elsewhere"]
    answer = come_back(client)
    assert (answer.status_code, "没有角色" in answer.text) == (403, True)
    assert entries(tmp_path)[0] == ("sign_in_failed", "wang", "failed")


def test_a_provider_that_does_not_answer_is_told_of(home: Path, tmp_path: Path) -> None:
    served = ServingSettings(url="http://localhost", oidc=settings("http://127.0.0.1:9"))
    client = guarded_app(tmp_path, served).server.test_client()
    answer = client.get("/oidc/start")
    assert (answer.status_code, "没有应答" in answer.text) == (502, True)


@pytest.mark.parametrize(
    ("claims", "viewer"),
    [
        ({"roles": "jg-fx", "areas": ["*"]}, Viewer("analyst")),
        ({"roles": ["jg-fx", "jg-ld"], "areas": "610102"}, Viewer("leader", None, frozenset({"610102"}))),
        ({"roles": ["jg-ld"]}, Viewer("leader", None, frozenset())),
    ],
)
def test_claims_become_a_viewer(claims: dict[str, Any], viewer: Viewer) -> None:
    """A scope claim that is missing gives nothing, `*` gives everything."""
    assert viewer_of(claims, settings("https://id.example")) == viewer


def test_claims_without_a_role_are_no_viewer() -> None:
    with pytest.raises(NoRoleError):
        viewer_of({"roles": None}, settings("https://id.example"))
