"""Signing in with a browser: the first password, each role's walk through the pages, forgery, expiry, and the content policy.

Needs Chromium (conftest.py); that every view of every page keeps the policy is seen there, where each breach is an
error in the console.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from dashboards import router
from dashboards.entrance import ADMINISTRATOR, demo_app, first_administrator, guarded_app
from dashboards.settings import ServingSettings
from models.access.rules import access_rules
from models.access.terms import SignInTerms
from models.access.viewer import PEOPLE, Role, Viewer
from tests.dashboards import planned
from tests.dashboards.snapshot import entity_id, publish
from tests.e2e import examined
from tests.e2e.served import served, sign_in, visit
from warehouse.audit import Audit
from warehouse.home import Home
from warehouse.sign_ins import SignIns
from warehouse.users import Users

OWN = "Correct-Horse-7-staple"
WALK = ("/", "/entity/<entity_id>", "/draws/visits", "/draws/trial", "/account", "/audit")
LOOPBACK = ServingSettings()
pytestmark = [
    # a browser that leaves a page drops what it was still loading
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning", "ignore:unclosed file"),
]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("access")
    publish(folder)
    planned.plans(folder)
    return folder


@pytest.fixture(scope="module")
def passwords(home: Path) -> dict[str, str]:
    """One-time passwords by user: the first administrator, and one account of each other role."""
    first = first_administrator(home, LOOPBACK)
    assert first is not None
    users = Users(Home.at(home).users, SignInTerms.today())
    viewers: dict[Role, Viewer] = {role: Viewer(role) for role in PEOPLE if role != "admin"}
    viewers["regulator"] = Viewer("regulator", None, frozenset({"610102"}))
    return {ADMINISTRATOR: first} | {role: users.add(role, f"测试{role}", viewer) for role, viewer in viewers.items()}


@pytest.fixture(scope="module")
def pages(home: Path, passwords: dict[str, str]) -> Iterator[str]:
    assert passwords
    with served(guarded_app(home, LOOPBACK).server) as address:
        yield address


@pytest.fixture
def page(guarded: Page) -> Page:
    return guarded


def enter(page: Page, address: str, passwords: dict[str, str], name: str) -> None:
    """Sign in, with the one-time password when it is still that."""
    sign_in(page, address, name, passwords[name])
    page.wait_for_load_state()
    if page.url.endswith("/password"):
        page.get_by_label("原口令").fill(passwords[name])
        page.get_by_label("新口令").fill(OWN)
        page.get_by_label("再输一次").fill(OWN)
        page.get_by_role("button", name="修改").click()
        passwords[name] = OWN
    page.wait_for_selector("#page-body h1, #page-body h2")


def test_the_first_start_leads_to_a_password_of_ones_own(page: Page, pages: str, passwords: dict[str, str]) -> None:
    page.goto(f"{pages}/entities?credit_grade=D")
    assert page.url.startswith(f"{pages}/sign-in?next=")
    assert examined.inaccessible(page) == []
    sign_in(page, pages, ADMINISTRATOR, "wrong")
    expect(page.get_by_role("alert")).to_contain_text("用户名或口令不对")
    assert examined.inaccessible(page) == []
    sign_in(page, pages, ADMINISTRATOR, passwords[ADMINISTRATOR])
    page.wait_for_url("**/password")
    page.goto(f"{pages}/entities")
    assert page.url.endswith("/password")
    page.get_by_label("原口令").fill(passwords[ADMINISTRATOR])
    for name in ("新口令", "再输一次"):
        page.get_by_label(name).fill("short")
    page.get_by_role("button", name="修改").click()
    expect(page.get_by_role("alert")).to_contain_text("至少 12 个字符")
    assert examined.inaccessible(page) == []
    enter(page, pages, passwords, ADMINISTRATOR)
    expect(page.locator(".who")).to_contain_text("管理员 · 管理员")
    page.goto(f"{pages}/sign-out")
    assert examined.inaccessible(page) == []
    page.get_by_role("button", name="退出").click()
    page.goto(f"{pages}/entities")
    assert "/sign-in" in page.url


@pytest.mark.parametrize(
    "role", [role if role in ("regulator", "admin") else pytest.param(role, marks=pytest.mark.slow) for role in PEOPLE]
)
def test_every_role_walks_through_the_pages(
    page: Page, pages: str, passwords: dict[str, str], home: Path, role: Role
) -> None:
    """Pages open, or say that they do not; nothing breaks the policy; a list loads its rows by its callback.

    Every page for every role, without a browser: tests/dashboards/test_role_matrix.
    """
    name = ADMINISTRATOR if role == "admin" else role
    enter(page, pages, passwords, name)
    walked = [one for one in router.PAGES if one.PATH in WALK]
    for one in walked:
        path = one.PATH.replace("<entity_id>", str(entity_id(0)))
        visit(page, pages + path)
        is_open = access_rules().opens(Viewer(role), one.PATH)
        assert (page.get_by_role("heading", name="没有权限").count() == 0) is is_open, path
        assert page.evaluate("() => window.violations") == [], path
    visit(page, f"{pages}/entities")
    count = page.locator("#entities-count")
    expect(count).to_contain_text("户")
    assert (int(count.inner_text().split()[0].replace(",", "")) < 2400) is (role == "regulator")
    kinds = [e.kind for e in Audit(Home.at(home).audit).entries(actor=name)]
    assert "sign_in" in kinds
    assert ("refused" in kinds) is any(not access_rules().opens(Viewer(role), p.PATH) for p in walked)


def test_a_page_of_another_site_can_do_nothing(page: Page, pages: str, passwords: dict[str, str]) -> None:
    """A callback without the token is refused, even with the session; the pages' own callbacks carry it."""
    enter(page, pages, passwords, "leader")
    ask = """headers => fetch('/_dash-update-component', {method: 'POST', headers: {'Content-Type': 'application/json',
        ...headers}, body: JSON.stringify({output: 'snapshot.data', outputs: {id: 'snapshot', property: 'data'},
        inputs: [{id: 'clock', property: 'n_intervals', value: 1}], changedPropIds: ['clock.n_intervals'],
        state: [{id: 'snapshot', property: 'data', value: ''}]})}).then(answer => answer.status)"""
    token = page.evaluate("() => document.cookie.match(/_csrf_token=([^;]+)/)[1]")
    assert page.evaluate(ask, {}) == 400
    assert page.evaluate(ask, {"X-CSRFToken": token}) == 200
    assert page.evaluate("() => document.cookie").count("=") == 1, "the session cookie is not for scripts"


def test_a_session_that_was_ended_leads_back_to_the_sign_in(
    page: Page, pages: str, passwords: dict[str, str], home: Path
) -> None:
    enter(page, pages, passwords, "analyst")
    visit(page, f"{pages}/entities")
    users = Users(Home.at(home).users, SignInTerms.today())
    SignIns(Home.at(home).users, users, SignInTerms.today()).end_all("analyst")
    page.evaluate("dash_clientside.set_props('clock', {n_intervals: 99})")
    page.wait_for_url("**/sign-in?next=%2Fentities")


def test_a_demonstration_says_so_and_changes_roles_with_one_click(page: Page, home: Path) -> None:
    with served(demo_app(home, LOOPBACK).server) as address:
        visit(page, address)
        expect(page.locator(".who")).to_contain_text("演示")
        expect(page.locator(".who .current")).to_have_text("监管")
        visit(page, f"{address}/audit")
        expect(page.get_by_role("heading", name="没有权限")).to_be_visible()
        page.locator(".who").get_by_text("管理员").click()
        page.wait_for_selector("#page-body h1")
        visit(page, f"{address}/audit")
        expect(page.get_by_role("heading", name="审计", exact=True)).to_be_visible()
        page.goto("about:blank")
