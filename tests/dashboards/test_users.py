"""账户: what an administrator does there, what nobody else may, and that it holds from the next request on."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from dashboards import router
from dashboards.door import Door
from dashboards.entrance import demo_app
from models.access.viewer import PEOPLE, Role, Viewer
from tests.dashboards import entered
from tests.dashboards.snapshot import publish
from tests.dashboards.test_app import written
from warehouse.audit import Audit, Entry
from warehouse.home import Home

FIELDS = ("name", "person", "role", "departments", "districts", "why")
OUTPUT = "..users-told.children...users-list.children...user-why.value.."


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("users")
    publish(folder)
    entered.account(folder, "chief", Viewer("admin"))
    entered.account(folder, "second", Viewer("admin"))
    for role in PEOPLE:
        if role != "admin":
            entered.account(folder, f"one-{role}", Viewer(role))
    return folder


@pytest.fixture(scope="module")
def server(own: Path) -> Flask:
    made: Flask = entered.app_of(own).server
    return made


@pytest.fixture(scope="module")
def chief(server: Flask) -> FlaskClient:
    return signed_in(server, "chief")


def signed_in(server: Flask, name: str) -> FlaskClient:
    client = server.test_client()
    assert entered.sign_in(client, name).status_code == 302
    return client


def body(kind: str, **filled: Any) -> dict[str, Any]:
    outputs = [("users-told", "children"), ("users-list", "children"), ("user-why", "value")]
    button = {"act": kind, "type": "user-act"}
    return {
        "output": OUTPUT,
        "outputs": [{"id": name, "property": part} for name, part in outputs],
        "inputs": [[{"id": button, "property": "n_clicks", "value": 1}]],
        "state": [{"id": f"user-{name}", "property": "value", "value": filled.get(name)} for name in FIELDS],
        "changedPropIds": [json.dumps(button, separators=(",", ":")) + ".n_clicks"],
    }


def act(client: FlaskClient, kind: str, **filled: Any) -> str:
    """What the page says after an act."""
    answer = entered.ask(client, body(kind, **filled))
    assert answer.status_code == 200, answer.text
    return json.dumps(answer.json["response"]["users-told"]["children"], ensure_ascii=False)


def last(home: Path) -> Entry:
    return Audit(Home.at(home).audit).entries(kind="user", limit=1)[0]


def test_an_account_is_made_with_a_reason_and_a_password_that_is_shown_once(chief: FlaskClient, own: Path) -> None:
    filled = {"name": "wang.wu", "person": "测试五", "role": "leader", "districts": ["610102"]}
    assert "请写明理由" in act(chief, "add", **filled, why="  ")
    assert entered.users_of(own).find("wang.wu") is None
    told = act(chief, "add", **filled, why="新到岗")
    password = re.findall(r'"children": "([\w-]{23})"', told)[0]
    user = entered.users_of(own).check("wang.wu", password)
    assert user is not None
    assert (user.viewer, user.must_change) == (Viewer("leader", None, frozenset({"610102"})), True)
    entry = last(own)
    assert (entry.actor, entry.role, entry.subject, entry.result) == ("chief", "admin", "wang.wu", "added")
    assert (entry.details["why"], entry.details["given"]) == ("新到岗", "leader")
    assert password not in (own / "audit.sqlite").read_bytes().decode(errors="replace")
    assert "已有用户 wang.wu" in act(chief, "add", **filled, why="再一次")
    assert "请选择角色" in act(chief, "add", name="li.liu", why="没有角色")


@pytest.mark.parametrize("kind", ["disable", "change", "reset"])
def test_what_is_changed_holds_from_the_next_request_on(
    server: Flask, chief: FlaskClient, own: Path, kind: str
) -> None:
    name = entered.account(own, f"out-{kind}", Viewer("analyst"))
    client = signed_in(server, name)
    assert client.get("/sql").status_code == 200
    act(chief, kind, name=name, role="leader", why="调离")
    assert client.get("/sql").headers["Location"].startswith("/sign-in")
    assert entered.ask(client, {"output": "snapshot.data", "inputs": []}).status_code == 401
    found = entered.users_of(own).find(name)
    assert found is not None
    assert found.is_disabled is (kind == "disable")
    assert found.viewer.role == ("leader" if kind == "change" else "analyst")
    if kind == "disable":
        assert entered.sign_in(server.test_client(), name).status_code == 401
        assert "已启用" in act(chief, "enable", name=name, why="调回")
        assert entered.sign_in(server.test_client(), name).status_code == 302


def test_a_lock_after_failures_is_seen_and_opened(server: Flask, chief: FlaskClient, own: Path) -> None:
    name = entered.account(own, "locked", Viewer("leader"))
    for _ in range(5):
        entered.sign_in(server.test_client(), name, "wrong")
    assert entered.sign_in(server.test_client(), name).status_code == 401
    assert "连续失败，锁定至" in page(chief)
    act(chief, "enable", name=name, why="本人来电")
    assert entered.sign_in(server.test_client(), name).status_code == 302


def page(client: FlaskClient, search: str = "") -> str:
    """The page as the frame loads it for a client."""
    asked = {
        "output": f"{router.BODY_ID}.children",
        "outputs": {"id": router.BODY_ID, "property": "children"},
        "inputs": [{"id": "place", "property": "data", "value": {"pathname": "/users", "search": search}}],
        "changedPropIds": ["place.data"],
    }
    answer = entered.ask(client, asked)
    assert answer.status_code == 200
    return json.dumps(answer.json, ensure_ascii=False)


def test_the_page_shows_state_scope_and_last_sign_in(chief: FlaskClient) -> None:
    shown = page(chief)
    for text in ("chief", "one-analyst", "管理员", "最近登录", "从未", "新建账户"):
        assert text in shown
    chosen = page(chief, "?user=one-analyst")
    assert "账户 one-analyst" in chosen
    assert "保存角色与范围" in chosen
    assert "password_hash" not in shown
    assert "argon2" not in shown


def test_nobody_locks_himself_out(server: Flask, chief: FlaskClient, own: Path) -> None:
    for kind in ("disable", "change", "reset"):
        assert "自己的账户请由另一名管理员办理" in act(chief, kind, name="Chief", role="leader", why="误点")
    found = entered.users_of(own).find("chief")
    assert found is not None
    assert not found.is_disabled
    assert found.viewer.role == "admin"


@pytest.mark.parametrize("role", [role for role in PEOPLE if role != "admin"])
def test_others_neither_see_the_page_nor_act(server: Flask, own: Path, role: Role) -> None:
    client = signed_in(server, f"one-{role}")
    assert "没有权限" in page(client)
    answer = entered.ask(client, body("disable", name="second", why="x"))
    assert answer.status_code == 403
    assert last(own).subject != "second"


def test_an_act_without_its_token_is_refused(chief: FlaskClient, own: Path) -> None:
    answer = chief.post("/_dash-update-component", json=body("disable", name="second", why="x"))
    assert answer.status_code == 400
    assert not entered.users_of(own).find("second").is_disabled  # type: ignore[union-attr]


def test_a_demonstration_manages_nobody(own: Path) -> None:
    app = demo_app(own, entered.LOOPBACK)
    client = app.server.test_client()
    client.get("/demo/admin")
    client.get("/")
    cookie = client.get_cookie("_csrf_token")
    assert cookie is not None
    headers = {"X-CSRFToken": cookie.value}
    answer = client.post("/_dash-update-component", json=body("add", name="x1", role="admin", why="x"), headers=headers)
    assert "没有登录的人不能管理账户" in json.dumps(answer.json, ensure_ascii=False)
    assert entered.users_of(own).find("x1") is None
    with app.server.test_request_context("/users"):
        shown = written(router.body_at(Door.open(own, Viewer("admin")), "/users", ""))
    assert "不能管理账户" in shown
    assert "chief" not in shown
