"""In a real browser: a warning is taken on, handed over and seen by the next person; the search box finds; rules open.

Needs Chromium; what the server must refuse is in tests/dashboards/test_warning.py.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from dashboards.entrance import demo_app
from dashboards.settings import ServingSettings
from tests.dashboards.snapshot import publish
from tests.e2e.served import served
from warehouse import warning
from warehouse.home import Home
from warehouse.state import State

WARNING = "w00000000003"


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("warned")
    publish(folder)
    return folder


@pytest.fixture(scope="module")
def address(own: Path) -> Iterator[str]:
    with served(demo_app(own, ServingSettings()).server) as found:
        yield found


def test_a_warning_is_taken_on_and_handed_over(page: Page, address: str, own: Path) -> None:
    page.goto(f"{address}/warnings?keyword={WARNING}")
    page.get_by_role("link", name="对象 3").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("对象 3")
    page.get_by_role("button", name="签收").click()
    expect(page.get_by_role("alert")).to_contain_text("请写明理由")
    page.get_by_label("理由或办理情况（必填，留痕）").fill("已交办二科")
    page.get_by_role("button", name="签收").click()
    expect(page.locator(".standing")).to_contain_text("已签收")
    expect(page.locator(".acts li")).to_have_count(1)
    page.get_by_label("理由或办理情况（必填，留痕）").fill("归口办理")
    page.get_by_role("textbox", name="转交给哪个部门").click()
    page.get_by_role("option", name="卫生健康局").click()
    page.get_by_role("button", name="转交").click()
    expect(page.locator(".standing")).to_contain_text("已转交")
    expect(page.locator(".acts li").first).to_contain_text("卫生健康局")
    made = [event.payload["action"] for event in State(Home.at(own).state).events(warning.KIND)]
    assert made == ["acknowledged", "handed_over"]
    page.goto(f"{address}/warnings?keyword={WARNING}")
    expect(page.get_by_role("gridcell", name="• 已转交")).to_be_visible()  # the mart still says 未处置


def test_two_browsers_at_one_warning(page: Page, address: str) -> None:
    other = page.context.new_page()
    for one in (page, other):
        one.goto(f"{address}/warnings/w00000000005")
        one.get_by_label("理由或办理情况（必填，留痕）").fill("已核实")
    page.get_by_role("button", name="办结").click()
    expect(page.locator(".standing")).to_contain_text("已办结")
    other.get_by_role("button", name="不成立").click()
    expect(other.get_by_role("alert")).to_contain_text("已有他人处置")
    expect(other.locator(".standing")).to_contain_text("已办结")
    expect(other.get_by_label("理由或办理情况（必填，留痕）")).to_have_value("已核实")
    other.close()


def test_the_search_box_leads_to_an_entity_by_keyboard(page: Page, address: str) -> None:
    page.goto(f"{address}/policies")
    box = page.get_by_role("textbox", name="按名称或统一社会信用代码找主体")
    box.fill("餐饮")
    expect(page.get_by_role("option").last).to_contain_text("在主体库中列出全部含“餐饮”的存续主体")
    box.press("ArrowDown")
    box.press("Enter")
    page.wait_for_url("**/entity/*")
    expect(box).to_have_value("")


def test_a_rule_opens_and_two_days_are_compared(page: Page, address: str) -> None:
    page.goto(f"{address}/policies?keyword=publicity_period")
    page.get_by_role("link", name="失信信息的最短公示期").click()
    expect(page.get_by_role("heading", name="历次版本")).to_be_visible()
    assert "rule=repair.publicity_period" in page.url
    page.get_by_role("link", name="2021-09-01", exact=True).click()
    page.wait_for_url("**day=2021-09-01**")
    expect(page.get_by_text("1 条", exact=True)).to_be_visible()
