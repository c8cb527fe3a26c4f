"""The guides of docs/guide_*.md, performed: every step of every role's guide, as written, in a browser.

A step is a numbered line; what is done in it is said in fixed words (`_ACTIONS`), the rest is prose.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.e2e.served import visit

DOCS = Path(__file__).parents[2] / "docs"
GUIDES = {"leader": "领导", "regulator": "监管", "analyst": "分析", "admin": "管理员"}
_STEP = re.compile(r"^\d+\. (.*(?:\n   .*)*)", re.M)
_ACTIONS = re.compile(
    r"(?P<open>打开) `(?P<path>/[^`]*)`|在「(?P<field>[^」]+)」(?P<fill>填)「(?P<text>[^」]*)」"
    r"|在「(?P<list>[^」]+)」(?P<choose>选)「(?P<option>[^」]+)」"
    r"|(?P<row>点清单第 (?P<number>\d+) 行)|(?P<press>按)「(?P<key>[^」]+)」|(?P<click>点)「(?P<target>[^」]+)」|(?P<load>下载)「(?P<file>[^」]+)」"
    r"|(?P<see>看到)「(?P<seen>[^」]+)」"
)


def steps(role: str) -> list[str]:
    return _STEP.findall((DOCS / f"guide_{role}.md").read_text(encoding="utf-8"))


def named(page: Page, name: str) -> Locator:
    """What a person would click under this name: the first visible link, button or tab; else any text."""
    for role in ("button", "link", "tab", "option", "menuitem"):
        found = page.get_by_role(role, name=name, exact=True).locator("visible=true")  # type: ignore[arg-type]
        if found.count():
            return found.first
    return page.get_by_text(name, exact=True).locator("visible=true").first


def perform(page: Page, address: str, action: re.Match[str]) -> None:
    said = action.groupdict()
    if said["open"]:
        visit(page, address + said["path"])
    elif said["fill"]:
        page.get_by_label(said["field"]).or_(page.get_by_placeholder(said["field"])).first.fill(said["text"])
    elif said["choose"]:
        page.get_by_label(said["list"]).locator("visible=true").first.click()
        page.get_by_role("option", name=said["option"]).locator("visible=true").first.click()
    elif said["row"]:
        page.locator(f".ag-center-cols-container [row-index='{int(said['number']) - 1}'] a").first.click()
    elif said["press"]:
        page.keyboard.press(said["key"])
    elif said["click"]:
        expect(named(page, said["target"])).to_be_visible()
        named(page, said["target"]).click()
    elif said["load"]:
        with page.expect_download() as download:
            named(page, said["file"]).click()
        assert download.value.path().stat().st_size
    else:
        expect(page.get_by_text(said["seen"]).locator("visible=true").first).to_be_visible()


@pytest.mark.parametrize("role", GUIDES)
def test_a_guide_does_what_it_says(browser: Browser, zone: str, role: str) -> None:
    context = browser.new_context(viewport={"width": 1440, "height": 900}, locale="zh-CN", reduced_motion="reduce")
    page, wrong = context.new_page(), []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.set_default_timeout(20_000)
    visit(page, zone)
    named(page, GUIDES[role]).click()
    told = steps(role)
    assert len(told) >= 10
    for number, step in enumerate(told, start=1):
        actions = list(_ACTIONS.finditer(step))
        assert actions, f"guide_{role}.md, step {number} does nothing: {step}"
        for action in actions:
            try:
                perform(page, zone, action)
            except Exception as error:
                error.add_note(f"guide_{role}.md, step {number}: {action.group()}")
                raise
    context.close()
    assert wrong == []
