"""A round trip through the workbench in a real browser: type, complete, run, sort, chart, export, keep, cancel.

Needs Chromium (conftest.py); MINGCHA_ARTIFACTS names the folder of the screenshots.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pytest
from playwright.sync_api import BrowserContext, Page, expect

from dashboards.entrance import demo_app
from dashboards.settings import ServingSettings
from tests.dashboards.snapshot import publish
from tests.e2e.served import served
from warehouse.audit import Audit
from warehouse.home import Home

COUNTED = "select district_name as 区县, count(*) as 户数 from mart.entity_card group by all order by 2 desc, 1"
FOREVER = "select count(*) from range(10000000000) a, range(100000) b"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("workbench")
    publish(folder)
    return folder


@pytest.fixture(scope="module")
def address(home: Path) -> Iterator[str]:
    app = demo_app(home, ServingSettings())
    with served(app.server) as found:
        yield found


@pytest.fixture
def page(guarded_context: BrowserContext, address: str) -> Iterator[Page]:
    """The workbench as an analyst of the demonstration opens it; an error of the page fails the test."""
    opened = guarded_context.new_page()
    opened.set_viewport_size({"width": 1440, "height": 1000})
    wrong: list[str] = []
    opened.on("console", lambda line: wrong.append(line.text) if line.type == "error" else None)
    opened.on("pageerror", lambda error: wrong.append(str(error)))
    guarded_context.request.get(
        f"{address}/demo/analyst"
    )  # the cookie only: fonts of a page that is left are cut off half-way
    opened.goto(f"{address}/sql")
    expect(opened.locator(".cm-content")).to_be_visible(timeout=20_000)
    yield opened
    opened.wait_for_load_state("networkidle")
    assert wrong == []
    assert opened.evaluate("window.violations") == []


def write(page: Page, sql: str) -> None:
    page.locator(".cm-content").click()
    page.keyboard.press("Control+a")
    page.keyboard.insert_text(sql)


def run(page: Page, sql: str) -> None:
    write(page, sql)
    page.keyboard.press("Escape")
    page.keyboard.press("Control+Enter")


def test_type_complete_run_sort_chart_and_export(page: Page, artifacts: Path, home: Path, tmp_path: Path) -> None:
    write(page, "")
    page.keyboard.type("select 信用")
    offered = page.locator(".cm-tooltip-autocomplete li")
    expect(offered.first).to_contain_text("credit_grade")
    expect(offered.first).to_contain_text("信用等级")
    page.screenshot(path=artifacts / "workbench_completion.png")
    page.wait_for_timeout(100)  # the editor takes a key for a choice only when the list has stood for a moment
    page.keyboard.press("Enter")
    expect(page.locator(".cm-content")).to_have_text("select credit_grade")

    run(page, COUNTED)
    expect(page.locator("#sql-total")).to_contain_text(" 行", timeout=20_000)
    expect(page.locator("#sql-state")).to_contain_text("用时")
    cells = page.locator(".ag-center-cols-container [col-id='c2']")
    expect(cells.first).to_have_text(re.compile(r"^\d+$"))
    largest = int(cells.first.inner_text())
    page.locator(".ag-header-cell[col-id='c2'] .ag-header-cell-label").click()
    expect(cells.first).not_to_have_text(re.compile(f"^({largest}|—)$"))
    page.screenshot(path=artifacts / "workbench.png")

    page.get_by_role("tab", name="图表").click()
    expect(page.locator("#sql-chart .barlayer .point").first).to_be_visible()
    page.screenshot(path=artifacts / "workbench_chart.png")
    page.get_by_text("折线图").click()
    expect(page.locator("#sql-chart .scatterlayer .trace").first).to_be_visible()

    with page.expect_download(timeout=30_000) as download:
        page.get_by_role("button", name="导出 Excel").click()
    download.value.save_as(tmp_path / "out.xlsx")
    rows = list(openpyxl.load_workbook(tmp_path / "out.xlsx").worksheets[0].iter_rows(values_only=True))
    total = int(page.locator("#sql-total").inner_text().split()[0])
    assert rows[0] == ("区县", "户数")
    assert (len(rows) - 1, rows[1][1]) == (total, largest)
    told = {
        entry.kind for entry in Audit(Home(home).audit).entries() if entry.subject == COUNTED and entry.result == "ok"
    }
    assert told == {"query", "export"}


def test_a_mistake_stands_at_its_place(page: Page, artifacts: Path) -> None:
    run(page, "select '中文',\n  nam from mart.entity_card")
    told = re.compile("没有列 nam；可能是 name.*（第 2 行第 3 个字）")
    expect(page.locator("#sql-reason")).to_have_text(told, timeout=20_000)
    expect(page.locator(".cm-lintRange-error")).to_have_text("nam")
    page.screenshot(path=artifacts / "workbench_mistake.png")


def test_parameters_kept_queries_and_history(page: Page) -> None:
    write(page, "select $等级 as g, count(*) as n from mart.entity_card where credit_grade = $等级")
    page.locator("#sql-values input").fill("A")
    page.locator("#sql-title").fill("按等级数户")
    page.locator("#sql-shared").check()
    page.locator("#sql-save").click()
    expect(page.locator("#sql-kept")).to_contain_text("按等级数户")
    page.locator("#sql-run").click()
    expect(page.locator(".ag-center-cols-container [col-id='c1']").first).to_have_text("A", timeout=20_000)
    expect(page.locator("#sql-history")).to_contain_text("credit_grade = $等级")
    write(page, "select 1")
    page.get_by_role("button", name="按等级数户").click()
    expect(page.locator(".cm-content")).to_contain_text("$等级")
    expect(page.locator("#sql-values input")).to_have_value("A")
    page.locator("#sql-kept").get_by_role("button", name="删除").click()
    expect(page.locator("#sql-kept")).not_to_contain_text("按等级数户")


def test_a_running_query_is_cancelled_and_a_plan_is_shown(page: Page) -> None:
    run(page, FOREVER)
    expect(page.locator("#sql-state")).to_contain_text("运行中")
    page.locator("#sql-cancel").click()
    expect(page.locator("#sql-reason")).to_have_text("已取消", timeout=20_000)
    write(page, "select count(*) from mart.entity_card")
    page.keyboard.press("Escape")
    page.keyboard.press("Control+Shift+Enter")
    expect(page.locator(".sql-plan")).to_contain_text("─", timeout=20_000)


def test_the_tables_beside_the_editor_are_searched_and_inserted(page: Page) -> None:
    page.locator("#sql-sought").fill("信用风险分级")
    shown = page.locator("#sql-tree .table-entry:visible")
    expect(shown).to_have_count(1)
    shown.locator("summary").click()
    write(page, "")
    shown.get_by_role("button", name="插入表名").click()
    expect(page.locator(".cm-content")).to_have_text("mart.credit_risk")
    expect(page.locator("#sql-tree")).not_to_contain_text("recusal")


def test_a_new_snapshot_takes_no_work_away(page: Page, home: Path) -> None:
    run(page, COUNTED)
    first = page.locator(".ag-center-cols-container [col-id='c2']").first
    expect(first).to_have_text(re.compile(r"^\d+$"), timeout=20_000)
    before = page.locator("#sql-total").inner_text(), first.inner_text()
    publish(home, run_id="20261122-0300")
    page.evaluate("dash_clientside.set_props('clock', {n_intervals: 1})")
    expect(page.locator("#data-state")).to_contain_text("20261122-0300")
    page.wait_for_load_state("networkidle")
    assert (page.locator("#sql-total").inner_text(), first.inner_text()) == before
    expect(page.locator(".cm-content")).to_contain_text("区县")


def test_others_do_not_come_in(guarded_context: BrowserContext, address: str) -> None:
    page = guarded_context.new_page()
    guarded_context.request.get(f"{address}/demo/leader")
    page.goto(f"{address}/sql")
    expect(page.locator("#page-body")).to_contain_text("没有权限")
    expect(page.locator("nav").first).not_to_contain_text("SQL 查询")
    page.wait_for_load_state("networkidle")
