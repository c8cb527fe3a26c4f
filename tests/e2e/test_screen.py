"""The wall screen in a browser: a token opens it, scenes turn, it says when the server is gone and comes back by itself."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from dashboards.entrance import guarded_app
from dashboards.pages.screen import SCENES
from dashboards.settings import ServingSettings
from models.access.terms import SignInTerms
from models.access.viewer import Viewer
from tests.dashboards.snapshot import publish
from tests.e2e import examined
from tests.e2e.served import served
from warehouse.home import Home
from warehouse.sign_ins import SignIns
from warehouse.users import Users

SHOWN = ".wall-scene.shown"
# Text that nobody reads from five metres, and text that does not fit its box.
UNREADABLE = """() => [...document.querySelectorAll('.wall *')].filter(part => {
        const style = getComputedStyle(part);
        const own = [...part.childNodes].some(node => node.nodeType === 3 && node.textContent.trim());
        const isShown = style.visibility !== 'hidden' && part.getClientRects().length > 0;
        const isCut = style.overflow !== 'visible' && part.clientWidth > 0 && part.scrollWidth > part.clientWidth + 1
            && style.textOverflow !== 'ellipsis';
        return own && isShown && (parseFloat(style.fontSize) < 16 || isCut);
    }).map(part => part.className + ': ' + part.textContent.slice(0, 20))"""

# Boxes whose content is taller than they are, and tiles that reach into the panels below them.
SPILLED = """() => [...document.querySelectorAll('.wall-scene.shown')].flatMap(scene => {
        const grid = scene.querySelector('.wall-grid').getBoundingClientRect().top;
        const tall = [...scene.querySelectorAll('.wall-panel')].filter(box => box.scrollHeight > box.clientHeight + 1);
        const low = [...scene.querySelectorAll('.wall-tile')].filter(box => box.getBoundingClientRect().bottom > grid);
        return [...tall, ...low].map(box => box.innerText.slice(0, 20));
    })"""


@pytest.fixture(scope="module")
def wall(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address that is typed into a wall once."""
    home = tmp_path_factory.mktemp("wall")
    publish(home)
    users = Users(Home.at(home).users, SignInTerms.today())
    users.add("admin", "", Viewer("admin"))
    token = SignIns(Home.at(home).users, users, SignInTerms.today()).allow_wall("大厅", Viewer("wall"))
    with served(guarded_app(home, ServingSettings()).server) as address:
        yield f"{address}/screen/enter/{token}"


@pytest.fixture
def screen(browser: Browser, wall: str) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1920, "height": 1080}, locale="zh-CN")
    page = context.new_page()
    wrong: list[str] = []
    page.on("console", lambda line: wrong.append(line.text) if line.type == "error" else None)
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.clock.install()
    page.goto(wall)
    page.wait_for_selector(".wall")
    yield page
    context.close()
    assert [line for line in wrong if "ERR_FAILED" not in line] == []


def at(page: Page, query: str) -> None:
    page.goto(page.url.split("?")[0] + query)
    page.wait_for_selector(".wall")
    page.clock.run_for(2000)
    page.wait_for_selector(SHOWN)


@pytest.mark.parametrize("width", [1920, pytest.param(3840, marks=pytest.mark.slow)])
@pytest.mark.parametrize("scene", list(SCENES))
def test_every_scene_can_be_read_from_afar(screen: Page, artifacts: Path, scene: str, width: int) -> None:
    screen.set_viewport_size({"width": width, "height": width * 9 // 16})
    at(screen, f"?scene={scene}&freeze=1")
    screen.wait_for_load_state("networkidle")
    screen.evaluate("document.fonts.ready")
    screen.screenshot(path=artifacts / f"screen-{scene}-{width}.png")
    assert screen.evaluate(UNREADABLE) == []
    assert screen.evaluate(SPILLED) == []
    assert examined.inaccessible(screen) == []
    box = screen.locator(".wall").bounding_box()
    assert box is not None
    assert (round(box["width"]), round(box["height"])) == (width, width * 9 // 16)
    assert screen.get_by_text("Share chart").count() == 0


def test_scenes_turn_by_themselves(screen: Page) -> None:
    at(screen, "?rotate=5")
    seen = []
    for _ in range(4):
        seen.append(screen.locator(SHOWN).get_attribute("data-scene"))
        screen.clock.run_for(5000)
    assert seen == [*SCENES, next(iter(SCENES))]


def test_a_lost_server_is_told_and_its_return_loads_the_page_anew(screen: Page) -> None:
    at(screen, "")
    expect(screen.locator(".wall-offline")).to_be_hidden()

    def gone(route: Route) -> None:
        route.abort()

    screen.route("**/healthz", gone)
    screen.clock.run_for(35_000)
    expect(screen.locator(".wall-offline")).to_be_visible()
    screen.unroute("**/healthz", gone)
    with screen.expect_navigation():
        screen.clock.run_for(35_000)
    screen.wait_for_selector(".wall")


def test_another_snapshot_loads_the_page_anew(screen: Page) -> None:
    at(screen, "")
    screen.clock.run_for(35_000)
    screen.route("**/healthz", lambda route: route.fulfill(json={"status": "ok", "snapshot": "another"}))
    with screen.expect_navigation():
        screen.clock.run_for(35_000)


def test_a_wall_opens_nothing_else(screen: Page) -> None:
    address = screen.url.split("/screen")[0]
    for other in ("/", "/entities", "/audit"):
        assert screen.request.get(address + other, max_redirects=0).status in (302, 401, 403)
