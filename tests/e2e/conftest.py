"""What every test in a browser may use: the browser, a page that hears every error, and the pages of a made-up zone.

Needs Chromium; without it the tests skip, unless MINGCHA_REQUIRE_CHROMIUM=1. MINGCHA_ARTIFACTS names the folder of
the screenshots.
"""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from dashboards.entrance import demo_app
from dashboards.settings import ServingSettings
from tests.dashboards import planned
from tests.dashboards.snapshot import publish
from tests.e2e.served import ARGUMENTS, CHROMIUM, VIOLATIONS, served


@pytest.fixture(scope="module")  # no longer: with the event loop of Playwright, others cannot run theirs
def browser() -> Iterator[Browser]:
    if not CHROMIUM.exists():
        if os.environ.get("MINGCHA_REQUIRE_CHROMIUM") == "1":
            pytest.fail(f"{CHROMIUM} is missing and MINGCHA_REQUIRE_CHROMIUM=1")
        pytest.skip(f"{CHROMIUM} is not installed; pages were not opened in a browser")
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=str(CHROMIUM), args=ARGUMENTS)
        expect.set_options(timeout=20_000)  # a machine that also runs other tests is slow, not wrong
        yield launched
        launched.close()


@pytest.fixture(scope="module")
def artifacts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = Path(os.environ.get("MINGCHA_ARTIFACTS") or tmp_path_factory.mktemp("pages"))
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@pytest.fixture(scope="module")
def zone_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("zone")
    publish(home)
    planned.plans(home)
    return home


@pytest.fixture(scope="module")
def zone(zone_home: Path) -> Iterator[str]:
    with served(demo_app(zone_home, ServingSettings()).server) as address:
        yield address


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page that fails its test on any error in the console, failed request, or request off this machine."""
    context = browser.new_context(viewport={"width": 1440, "height": 900}, locale="zh-CN", reduced_motion="reduce")
    opened = context.new_page()
    wrong: list[str] = []
    opened.on("console", lambda line: wrong.append(f"console: {line.text}") if line.type == "error" else None)
    opened.on("pageerror", lambda error: wrong.append(f"page error: {error}"))
    opened.on(
        "response", lambda answer: wrong.append(f"{answer.status}: {answer.url}") if answer.status >= 400 else None
    )
    opened.on(
        "request",
        lambda asked: (
            None
            if asked.url.startswith(("http://127.0.0.1:", "data:", "blob:"))
            else wrong.append(f"left: {asked.url}")
        ),
    )
    yield opened
    context.close()
    assert wrong == []


@pytest.fixture
def guarded_context(browser: Browser) -> Iterator[BrowserContext]:
    opened = browser.new_context(viewport={"width": 1440, "height": 900}, locale="zh-CN", reduced_motion="reduce")
    opened.add_init_script(VIOLATIONS)
    yield opened
    opened.close()


@pytest.fixture
def guarded(guarded_context: BrowserContext) -> Iterator[Page]:
    """A page that fails its test on a script error, an answer of the server's own fault, or a breach of the policy."""
    opened, wrong = guarded_context.new_page(), []
    opened.on("pageerror", lambda error: wrong.append(f"page error: {error}"))
    opened.on("response", lambda one: wrong.append(f"{one.status} {one.url}") if one.status >= 500 else None)
    yield opened
    wrong += opened.evaluate("() => window.violations || []")
    assert wrong == []
