"""Every page of a feed that has no map, approvals or hotline: it says what is missing, and nothing is cut off.

Needs Chromium, as test_pages does.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.dashboards.snapshot import publish
from tests.e2e import examined
from tests.e2e.test_pages import ADDRESSES, ROLES, artifacts, browser, page, serving, visit  # noqa: F401

PLAIN = [name for name, address in ADDRESSES.items() if "view=" not in address]


@pytest.fixture(scope="module")
def chicago(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    home = tmp_path_factory.mktemp("chicago")
    publish(home, "chicago")
    yield from serving(home)


@pytest.mark.parametrize(
    "name", [*PLAIN, *(pytest.param(name, marks=pytest.mark.slow) for name in ADDRESSES if name not in PLAIN)]
)
def test_page_stands_a_feed_that_lacks_things(page: Page, chicago: str, artifacts: Path, name: str) -> None:  # noqa: F811
    if name in ROLES:
        page.request.get(f"{chicago}/demo/{ROLES[name]}")
    visit(page, chicago + ADDRESSES[name])
    examined.settled(page)
    page.screenshot(path=artifacts / f"{name}-chicago.png", full_page=True)
    assert examined.cut_off(page) == []
    assert examined.foreign(page) == []
