"""The wall screen holds no more after many refreshes than after a few."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

from tests.e2e.wall_memory import refreshed


@pytest.mark.slow
def test_the_wall_holds_no_more_after_many_refreshes(page: Page, zone: str) -> None:
    page.set_viewport_size({"width": 1920, "height": 1080})
    page.goto(f"{zone}/screen")
    page.wait_for_selector(".wall")
    (_, early), *_, (_, late) = refreshed(page, 60, 20)
    assert late[0] < early[0] + 8  # MiB
    assert late[1] < 1.02 * early[1]
    assert late[2] <= early[2]
