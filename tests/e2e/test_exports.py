"""Exports and accounts in a real browser: a list as CSV and Excel, its progress on every page, and 账户 for each role.

Needs Chromium (conftest.py); MINGCHA_ARTIFACTS names the folder of the screenshots. Not here: what an export
holds and who may act (tests/dashboards).
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

import duckdb
import openpyxl
import pytest
from playwright.sync_api import Browser, Page, expect

from models.access.viewer import PEOPLE, Viewer
from tests.dashboards import entered
from tests.dashboards.snapshot import publish
from tests.e2e.served import served, sign_in
from warehouse.home import Home
from warehouse.serving import ServingReader

# a browser that leaves a page drops what it was still loading
pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning", "ignore:unclosed file")
ROWS = 12_000
COLUMNS = "cast(entity_id as varchar), entity_code, name, credit_grade, complaint_count"


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with more entities than one block of an export holds."""
    folder = tmp_path_factory.mktemp("exports")
    publish(folder)
    with duckdb.connect(str(Home(folder).serving / ServingReader(folder).current())) as connection:
        connection.execute(
            "create or replace table mart.entity_card as select c.* replace (c.entity_id + r.range as entity_id)"
            f" from mart.entity_card as c, range(1, 2 + {ROWS} // 2400) as r order by entity_id limit {ROWS}"
        )
    for role in PEOPLE:
        entered.account(folder, f"one-{role}", Viewer(role))
    return folder


@pytest.fixture(scope="module")
def address(own: Path) -> Iterator[str]:
    with served(entered.app_of(own).server) as found:
        yield found


@pytest.fixture
def page(guarded: Page) -> Page:
    return guarded


def enter(page: Page, address: str, name: str) -> None:
    sign_in(page, address, name, entered.OWN)
    page.wait_for_selector("#page-body h1, #page-body h2")


def test_a_list_is_exported_in_full(page: Page, address: str, own: Path, artifacts: Path, tmp_path: Path) -> None:
    enter(page, address, "one-regulator")
    page.goto(f"{address}/entities?credit_grade=A,B")
    expect(page.locator("#entities-count")).to_contain_text("户", timeout=30_000)
    with page.expect_download(timeout=60_000) as sent:
        page.get_by_role("link", name="导出 CSV").click()
    sent.value.save_as(tmp_path / "out.csv")
    tray = page.locator("#exports")
    expect(tray).to_contain_text("已导出全部", timeout=30_000)
    with page.expect_download(timeout=120_000) as written:
        page.get_by_role("button", name="导出 Excel").click()
        expect(tray).to_contain_text("Excel", timeout=30_000)
        page.locator("#navigation").get_by_role("link", name="预警").click()
    written.value.save_as(tmp_path / "out.xlsx")
    expect(tray.get_by_role("link", name="mingcha-entities")).to_be_visible()
    page.screenshot(path=artifacts / "export_tray.png")

    asked = (
        f"select {COLUMNS} from mart.entity_card where credit_grade in ('A', 'B') order by risk_score desc, entity_id"
    )
    wanted = ServingReader(own).query(asked).rows()
    assert len(wanted) > 5000
    with (tmp_path / "out.csv").open(encoding="utf-8-sig", newline="") as handle:
        names = ("entity_id", "entity_code", "name", "credit_grade", "complaint_count")
        found = [tuple(row[name] for name in names) for row in csv.DictReader(handle)]
    assert found == [(*row[:4], str(row[4])) for row in wanted]
    rows = openpyxl.load_workbook(tmp_path / "out.xlsx").worksheets[0].iter_rows(values_only=True)
    head = next(rows)
    places = [head.index(name) for name in ("主体编号", "统一社会信用代码", "名称", "信用等级", "投诉举报数")]
    assert [tuple(row[place] for place in places) for row in rows] == wanted
    for _ in range(2):
        tray.get_by_role("button", name="移除").first.click()
        page.wait_for_timeout(500)
    expect(tray.get_by_role("button")).to_have_count(0)


def test_accounts_are_managed_by_the_administrator_alone(
    page: Page,
    browser: Browser,
    address: str,
    artifacts: Path,
) -> None:
    enter(page, address, "one-admin")
    page.get_by_role("navigation", name="账户").get_by_role("link", name="账户", exact=True).click()
    page.wait_for_selector("#users-list table")
    page.locator("#user-name").fill("wang.wu")
    page.locator("#user-role").click()
    page.get_by_role("option", name="领导").click()
    page.get_by_role("button", name="建立账户").click()
    expect(page.get_by_role("alert")).to_contain_text("请写明理由")
    page.locator("#user-why").fill("新到岗")
    page.get_by_role("button", name="建立账户").click()
    expect(page.locator("#users-password")).to_be_visible(timeout=30_000)
    password = page.locator("#users-password").inner_text()
    expect(page.locator("#users-list")).to_contain_text("一次性口令未改")
    page.screenshot(path=artifacts / "users.png")

    other = browser.new_context(locale="zh-CN").new_page()
    sign_in(other, address, "wang.wu", password)
    other.wait_for_url("**/password")
    page.get_by_role("link", name="wang.wu").click()
    expect(page.get_by_role("heading", name="账户 wang.wu")).to_be_visible()
    page.locator("#user-why").fill("调离")
    page.get_by_role("button", name="停用").click()
    expect(page.locator("#users-told")).to_contain_text("已停用 wang.wu")
    other.goto(f"{address}/password")
    assert "/sign-in" in other.url
    other.context.close()


@pytest.mark.parametrize("role", [role for role in PEOPLE if role != "admin"])
def test_others_are_told_that_they_may_not(page: Page, address: str, role: str) -> None:
    enter(page, address, f"one-{role}")
    page.goto(f"{address}/users")
    expect(page.locator("#page-body")).to_contain_text("没有权限")
    assert page.locator("#users-list").count() == 0
