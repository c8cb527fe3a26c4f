"""The pages in a real browser: nothing fails, nothing leaves this machine, nothing is cut off; screenshots are kept."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from dashboards import router
from tests.e2e import examined
from tests.e2e.addresses import ADDRESSES, NAMES, ROLES
from tests.e2e.served import visit

OVERFLOW = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.mark.parametrize("width", [1440, pytest.param(1920, marks=pytest.mark.slow)])
@pytest.mark.parametrize("name", NAMES)
def test_page_is_whole(page: Page, zone: str, artifacts: Path, name: str, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    if name in ROLES:
        page.request.get(f"{zone}/demo/{ROLES[name]}")
    visit(page, zone + ADDRESSES[name])
    page.screenshot(path=artifacts / f"{name}-{width}.png", full_page=True)
    assert page.locator("html").get_attribute("lang") == "zh-CN"
    assert page.locator("[data-title*='Share'], [data-title*='cloud']").count() == 0
    assert examined.cut_off(page) == []
    assert examined.foreign(page) == []
    assert examined.without_glyph(page) == []
    assert page.evaluate(OVERFLOW) <= 0
    assert examined.inaccessible(page) == []


def test_every_page_is_among_them() -> None:
    """A page that is added to the registry is walked as well."""
    walked = {address.partition("?")[0] for address in ADDRESSES.values()} | {
        "/entity/<entity_id>",
        "/warnings/<warning_id>",
    }
    assert {page.PATH for page in router.PAGES} <= walked


def test_map_is_drawn_with_thirteen_districts_twice(page: Page, zone: str) -> None:
    visit(page, zone)
    page.wait_for_selector("#map .choroplethlayer path")
    assert page.locator("#map .geo .choroplethlayer .trace").nth(0).locator("path").count() == 13
    assert page.get_by_text("阎良区").count() >= 1


def test_tile_opens_its_definition(page: Page, zone: str) -> None:
    visit(page, zone)
    for index in range(page.locator("button.tile").count()):
        tile = page.locator("button.tile").nth(index)
        name = tile.locator(".tile-name").inner_text()
        tile.click()
        panel = page.get_by_role("dialog")
        expect(panel).to_contain_text("计算语句")
        expect(panel.locator("h2")).to_have_text(name)
        if index == 0:
            assert examined.inaccessible(page) == []
        page.keyboard.press("Escape")
        expect(panel).to_have_count(0)


def test_who_asks_for_less_motion_sees_a_panel_at_once(page: Page, zone: str) -> None:
    visit(page, zone)
    page.evaluate("""() => {
        window.moved = [];
        document.addEventListener("transitionrun", ran => window.moved.push(ran.target.className), true);
    }""")
    page.locator("button.tile").first.click()
    expect(page.get_by_role("dialog")).to_contain_text("计算语句")
    page.wait_for_timeout(500)
    assert [one for one in page.evaluate("window.moved") if "Drawer" in one or "Overlay" in one] == []


def test_filters_go_to_the_address_the_grid_and_the_export(page: Page, zone: str) -> None:
    visit(page, f"{zone}/entities?credit_grade=D")
    expect(page.locator("#entities-count")).not_to_have_text("2,400 户")
    only_d = page.locator("#entities-count").inner_text()
    page.locator("#entities-keyword").fill("食品店")
    expect(page.locator("#entities-count")).not_to_have_text(only_d)
    page.wait_for_url("**/entities?credit_grade=D&keyword=*")
    link = page.locator("#entities-export").get_attribute("href")
    assert link is not None
    assert "credit_grade=D" in link
    assert "keyword=" in link
    assert set(page.locator(".ag-center-cols-container [col-id='credit_grade']").all_inner_texts()) == {"D"}
    page.reload()
    expect(page.locator("#entities-keyword")).to_have_value("食品店")


def test_grid_speaks_chinese_and_leads_to_the_entity(page: Page, zone: str) -> None:
    visit(page, f"{zone}/entities")
    page.locator(".ag-header-cell[col-id='name'] .ag-header-cell-filter-button").click()
    expect(page.locator(".ag-filter")).to_contain_text("包含")
    page.keyboard.press("Escape")
    first = page.locator(".ag-center-cols-container [row-index='0'] a")
    name = first.inner_text()
    first.click()
    expect(page.locator("h1")).to_have_text(name)
    assert "/entity/46116860184" in page.url
    expect(page.get_by_text("等级仅供内部监管使用，不对外公开")).to_be_visible()


def test_a_quarantined_reason_leads_to_its_rows(page: Page, zone: str) -> None:
    visit(page, f"{zone}/quality")
    page.locator("table[aria-label='隔离行按来源与原因'] a", has_text="230").first.click()
    page.wait_for_url("**/quality?source_id=inspection&reason_code=unreadable")
    first = page.locator("#quality-samples .ag-center-cols-container [row-index='0']")
    expect(first.locator("[col-id='reason_code']")).to_have_text("无法识别")
    expect(first.locator("[col-id='delivered_text']")).to_have_text("检查日期=昨天")
    expect(page.locator("#quality-results .ag-center-cols-container [row-index='0']")).to_contain_text("未通过")


def test_a_table_lights_up_its_lineage_and_the_dictionary_is_searched(page: Page, zone: str) -> None:
    visit(page, f"{zone}/tables")
    everything = page.locator("#dictionary-count").inner_text()
    page.locator("#dictionary-keyword").fill("信用等级")
    expect(page.locator("#dictionary-count")).not_to_have_text(everything)
    rows = page.locator("#dictionary-grid .ag-center-cols-container")
    expect(rows.locator("[row-index='0'] [col-id='zh']")).to_have_text("信用等级")
    lit = page.locator("#lineage .scatterlayer .trace").nth(1).locator("path.js-line")
    assert lit.count() == 0
    page.get_by_label("数据表", exact=True).first.click()
    page.get_by_role("option", name="主体等级 grade.grade").click()
    expect(lit.first).to_be_attached()


def test_a_filter_of_the_warnings_goes_to_the_address_the_list_and_the_export(page: Page, zone: str) -> None:
    visit(page, f"{zone}/warnings")
    count = page.locator("[id*='list-count']")
    expect(count).to_have_text("20 条")
    page.get_by_placeholder("级别").click()
    page.get_by_role("option", name="Ⅰ 红").click()
    page.wait_for_url("**/warnings?warning_level=*")
    expect(count).to_have_text("8 条")
    levels = page.locator(".ag-center-cols-container [col-id='warning_level']")
    expect(levels).to_have_text(["Ⅰ 红"] * 8)
    assert "warning_level=" in (page.locator("[id*='list-export']").get_attribute("href") or "")
    page.go_back()
    expect(count).to_have_text("20 条")


def test_a_panel_and_a_metric_open_their_definition(page: Page, zone: str) -> None:
    visit(page, f"{zone}/approvals?view=speed")
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.get_by_role("button", name="口径", exact=True).first.click()
    expect(page.get_by_role("dialog")).to_contain_text("mart.approval_open")
    page.keyboard.press("Escape")
    page.get_by_role("link", name="指标口径").click()
    page.wait_for_url("**/metrics?area=approvals")
    page.get_by_role("button", name="网办率").click()
    expect(page.get_by_role("dialog")).to_contain_text("计算语句")


def test_a_choice_goes_to_the_address_and_back(page: Page, zone: str) -> None:
    visit(page, f"{zone}/draws/visits?plan=drawn")
    everything = page.locator(".count").inner_text()
    page.get_by_label("全部任务").first.click()
    page.get_by_role("option", name="l001-d02").click()
    page.wait_for_url("**/draws/visits?plan=drawn&task=l001-d02")
    expect(page.locator(".count")).not_to_have_text(everything)
    page.go_back()
    expect(page.locator(".count")).to_have_text(everything)


def test_a_visit_leads_to_why_it_was_drawn(page: Page, zone: str) -> None:
    visit(page, f"{zone}/draws/visits?plan=drawn")
    first = page.locator("#visits-grid .ag-center-cols-container [row-index='0'] a")
    name = first.inner_text()
    first.click()
    expect(page.get_by_role("heading", name=f"为什么抽中：{name}")).to_be_visible()
    expect(page.get_by_text("同档").first).to_be_visible()


def test_a_trial_is_made_by_choosing(page: Page, zone: str) -> None:
    visit(page, f"{zone}/draws/trial")
    assert page.url == f"{zone}/draws/trial"  # defaults stay out of the address
    page.get_by_label("抽查事项", exact=True).first.click()
    page.get_by_role("option", name="D01-003 广告宣传检查").click()
    page.keyboard.press("Tab")
    expect(page.get_by_text("可行：每一户都有依法可派的检查组")).to_be_visible()
    assert page.url.endswith("/draws/trial?items=D01-003")
    number = page.locator(".figures details", has_text="抽取（户次）")
    number.locator("summary").click()
    expect(number.locator("p")).to_contain_text("每层至少 1 户")


def test_a_draft_that_falls_short_says_so_and_offers_no_freeze(page: Page, zone: str) -> None:
    visit(page, f"{zone}/draws/plans?plan=short")
    expect(page.get_by_role("alert")).to_contain_text("个检查席位")
    assert page.get_by_text("mingcha plan freeze").count() == 0
