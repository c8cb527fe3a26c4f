"""An open page follows what is published, by itself, and asks for nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from dashboards.entrance import demo_app
from dashboards.settings import ServingSettings
from tests.dashboards.snapshot import publish
from tests.e2e import examined
from tests.e2e.addresses import ADDRESSES, ROLES
from tests.e2e.served import served, visit


@pytest.fixture
def unpublished(tmp_path: Path) -> Iterator[str]:
    with served(demo_app(tmp_path, ServingSettings()).server) as found:
        yield found


def test_a_new_snapshot_appears_by_itself(unpublished: str, tmp_path: Path, page: Page) -> None:
    visit(page, unpublished)
    expect(page.locator("h1")).to_have_text("还没有发布过数据")
    assert examined.inaccessible(page) == []
    publish(tmp_path, run_id="20261121-0300")
    page.evaluate("dash_clientside.set_props('clock', {n_intervals: 1})")
    expect(page.locator("h1")).to_have_text("总览")
    expect(page.locator("#data-state")).to_contain_text("20261121-0300")
    page.goto(f"{unpublished}/entities?credit_grade=D")
    page.locator("#entities-keyword").fill("食品店")
    page.wait_for_url("**keyword=*")
    publish(tmp_path, run_id="20261122-0300")
    page.evaluate("dash_clientside.set_props('clock', {n_intervals: 2})")
    expect(page.locator("#data-state")).to_contain_text("20261122-0300")
    expect(page.locator("#entities-keyword")).to_have_value("食品店")
    expect(page.locator("#entities-credit_grade").locator("..")).to_contain_text("D 严重")


LOADED = {"page-body.children", "data-state.children", "snapshot.data"}


@pytest.mark.parametrize(
    "name", [one if one == "overview" else pytest.param(one, marks=pytest.mark.slow) for one in ADDRESSES]
)
def test_a_page_follows_the_snapshot_and_asks_for_nothing_else(page: Page, zone: str, name: str) -> None:
    """A tick asks for the name of the snapshot, in one small answer; another name brings the page anew, once.

    The workbench stands: what is being written there is not published.
    """
    if name in ROLES:
        page.request.get(f"{zone}/demo/{ROLES[name]}")
    visit(page, zone + ADDRESSES[name])
    asked: list[str] = []
    page.on("request", lambda one: asked.append(one.post_data_json["output"]) if one.method == "POST" else None)
    for tick in (101, 102):
        with page.expect_response(lambda one: '"output":"snapshot.data"' in (one.request.post_data or "")) as told:
            page.evaluate(f"dash_clientside.set_props('clock', {{n_intervals: {tick}}})")
        assert told.value.json()["response"] == {}
    page.wait_for_timeout(300)
    assert asked == ["snapshot.data"] * 2
    page.evaluate("dash_clientside.set_props('snapshot', {data: 'another'})")
    page.wait_for_timeout(1000)
    examined.settled(page)
    page.wait_for_selector("#page-body h1, #page-body h2")
    frame = [one for one in asked[2:] if one in LOADED]
    assert sorted(frame) == ["data-state.children", *([] if name == "workbench" else ["page-body.children"])]
