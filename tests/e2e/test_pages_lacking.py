"""Every page of a feed that has no map, approvals or hotline: it says what is missing, and nothing is cut off.

Needs Chromium (conftest.py).
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page

from dashboards.entrance import demo_app
from dashboards.settings import ServingSettings
from tests.dashboards.snapshot import publish
from tests.e2e import examined
from tests.e2e.addresses import ADDRESSES, NAMES, ROLES
from tests.e2e.served import served, visit


@pytest.fixture(scope="module")
def chicago(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    home = tmp_path_factory.mktemp("chicago")
    publish(home, "chicago")
    with served(demo_app(home, ServingSettings()).server) as found:
        yield found


@pytest.mark.parametrize("name", NAMES)
def test_page_stands_a_feed_that_lacks_things(page: Page, chicago: str, artifacts: Path, name: str) -> None:
    if name in ROLES:
        page.request.get(f"{chicago}/demo/{ROLES[name]}")
    visit(page, chicago + ADDRESSES[name])
    page.screenshot(path=artifacts / f"{name}-chicago.png", full_page=True)
    assert examined.cut_off(page) == []
    assert examined.foreign(page) == []
