"""Every main path by keyboard alone: past the navigation, through a page, menus, lists, dialogs, ceremony and workbench."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.examined import settled
from tests.e2e.served import visit

# What has the focus: where it stands, what it is called, and whether one can see that it has it.
FOCUSED = """() => {
    const part = document.activeElement;
    if (!part || part === document.body) return null;
    const isHidden = part.clientWidth < 4 && part.labels?.length;  // its label is drawn in its place
    const shown = isHidden ? part.labels[0] : part;
    const regions = ['.skip', '.who', '.topbar', 'main'];
    const style = getComputedStyle(shown), box = shown.getBoundingClientRect();
    const bordered = part.closest('.ag-root, .cm-editor, input, [role=combobox], .mantine-PillsInput-input');
    return {
        region: regions.findIndex(one => part.closest(one)),
        name: part.getAttribute('aria-label') || shown.innerText || part.placeholder || part.id,
        tag: part.tagName + '.' + part.className,
        isSeen: box.width > 0 && box.height > 0 && box.bottom > 0 && box.top < innerHeight,
        isMarked: style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2 || Boolean(bordered),
    };
}"""


def focused(page: Page) -> dict[str, Any] | None:
    found: dict[str, Any] | None = page.evaluate(FOCUSED)
    return found


def tabbed(page: Page, most: int = 200) -> Iterator[dict[str, Any]]:
    """What gets the focus, one Tab after another, until the page is left."""
    for _ in range(most):
        page.keyboard.press("Tab")
        found = focused(page)
        if found is None:
            return
        yield found
    pytest.fail(f"after {most} times Tab the page is not left: {focused(page)}")


def tab_to(page: Page, selector: str) -> None:
    """Press Tab until the focus is on, or in, what the selector finds."""
    for _ in tabbed(page):
        if page.evaluate("selector => Boolean(document.activeElement.closest(selector))", selector):
            return
    pytest.fail(f"no Tab leads to {selector}")


def test_the_first_tab_leads_past_the_navigation(page: Page, zone: str) -> None:
    visit(page, f"{zone}/entities?credit_grade=D")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="跳到正文")).to_be_in_viewport()
    page.keyboard.press("Enter")
    assert page.url == f"{zone}/entities?credit_grade=D"
    page.keyboard.press("Tab")
    found = focused(page)
    assert found is not None
    assert found["region"] == 3


@pytest.mark.parametrize(
    "address",
    [
        "/",
        "/draws/ceremony?plan=waiting",
        "/entity/4611686018427387905",
        pytest.param("/draws/plans?plan=drawn", marks=pytest.mark.slow),
        pytest.param("/approvals?view=speed", marks=pytest.mark.slow),
        pytest.param("/quality", marks=pytest.mark.slow),
    ],
)
def test_tab_goes_through_the_page_in_order_and_is_seen(page: Page, zone: str, address: str) -> None:
    visit(page, zone + address)
    settled(page)
    way = list(tabbed(page))
    assert [one for one in way if not (one["isSeen"] and one["isMarked"] and one["name"])] == []
    regions = [one["region"] for one in way]
    assert regions == sorted(regions), way
    assert set(regions) == {0, 1, 2, 3}


def test_a_dialog_takes_the_focus_and_gives_it_back(page: Page, zone: str) -> None:
    visit(page, zone)
    tab_to(page, "button.tile")
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("计算语句")
    for _ in range(6):
        page.keyboard.press("Tab")
        assert page.evaluate("() => Boolean(document.activeElement.closest('[role=dialog]'))")
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    expect(page.locator("button.tile:focus")).to_have_count(1)  # given back a moment after the dialog is gone


def test_a_choice_is_made_without_a_mouse(page: Page, zone: str) -> None:
    visit(page, f"{zone}/warnings")
    tab_to(page, "[placeholder='级别'], .mantine-MultiSelect-input")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.keyboard.press("Escape")
    page.wait_for_url("**/warnings?*=*")


def test_a_list_is_walked_and_leads_to_its_entity(page: Page, zone: str) -> None:
    visit(page, f"{zone}/entities")
    settled(page)
    tab_to(page, ".ag-header-cell")
    page.keyboard.press("ArrowDown")
    expect(page.locator(".ag-cell-focus")).to_have_count(1)
    name = page.locator(".ag-center-cols-container [row-index='1'] [col-id='name']").inner_text()
    page.keyboard.press("ArrowDown")
    while page.locator(".ag-cell-focus").get_attribute("col-id") != "name":
        page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text(name)


def test_the_workbench_needs_no_mouse(page: Page, zone: str) -> None:
    """Type, run, leave the editor (Escape, then Tab: Tab alone indents), and reach the export of the result."""
    page.request.get(f"{zone}/demo/analyst")
    visit(page, f"{zone}/sql")
    expect(page.locator(".cm-content")).to_be_focused(timeout=20_000)
    page.keyboard.press("Control+a")
    page.keyboard.insert_text("select 1 as 一")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#sql-total")).to_contain_text("1 行", timeout=20_000)
    page.keyboard.press("Escape")
    page.keyboard.press("Tab")
    assert not page.evaluate("() => Boolean(document.activeElement.closest('.cm-editor'))")
    tab_to(page, "#sql-output button")
