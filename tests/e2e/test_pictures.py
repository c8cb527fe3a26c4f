"""Pages as they are meant to look: pictures of a made-up zone, compared pixel by pixel with those in tests/e2e/pictures.

`pytest tests/e2e/test_pictures.py -n0 --renew-golden` draws them anew; look at each before it is kept. Text is drawn a
little differently by every Chromium: with another than the pictures were drawn with, the tests skip.
"""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pixelmatch import pixelmatch
from playwright.sync_api import Browser, Page

from tests.e2e.examined import settled
from tests.e2e.served import visit

PICTURES = Path(__file__).with_name("pictures")
DRAWN_WITH = PICTURES / "drawn_with.json"
MOST_PIXELS = 50
WALL = (1920, 1080)
DESK = (1440, 900)
VIEWS = {
    "overview": ("/", DESK),
    "entities": ("/entities?credit_grade=D", DESK),
    "approvals": ("/approvals", DESK),
    "hotline": ("/hotline", DESK),
    "wall": ("/screen?scene=supervision&freeze=1", WALL),
}
# What depends on the day of the test, and what blinks, is not looked at; nor are grids beside charts: their columns are
# fitted to a width that comes in steps, and end a few pixels apart on a busy machine.
STILL = """.columns .ag-root-wrapper { visibility: hidden }
    [data-built], .wall-clock, .wall-date { visibility: hidden } * { caret-color: transparent !important }
    .wall-room, .wall-tile, .wall-panel > header { background: none !important } /* gradients are large, and plain to see */"""


# The browser reads its own pictures: bytes of red, green, blue and opacity, and their width.
DECODED = """async picture => {
    const image = await createImageBitmap(await (await fetch(picture)).blob());
    const context = new OffscreenCanvas(image.width, image.height).getContext('2d');
    context.drawImage(image, 0, 0);
    const reader = new FileReader();
    reader.readAsDataURL(new Blob([context.getImageData(0, 0, image.width, image.height).data]));
    await new Promise(done => { reader.onload = done; });
    return [image.width, reader.result.split(',')[1]];
}"""


def decoded(blank: Page, picture: Path) -> Any:
    """An array of rows of pixels."""
    data = "data:image/png;base64," + base64.b64encode(picture.read_bytes()).decode()
    width, pixels = blank.evaluate(DECODED, data)
    return np.frombuffer(base64.b64decode(pixels), dtype=np.uint8).reshape(-1, width, 4)


def differing(before: Any, now: Any) -> int:
    """Pixels that a person would see to differ; only the rows between the first and the last that do are compared."""
    assert before.shape == now.shape
    rows = np.flatnonzero((before != now).any(axis=(1, 2)))
    if not rows.size:
        return 0
    part = slice(max(0, rows[0] - 2), rows[-1] + 3)
    height, width, _ = before[part].shape
    return pixelmatch(before[part].tobytes(), now[part].tobytes(), width, height, threshold=0.1)


@pytest.fixture(scope="module", autouse=True)
def _same_chromium(browser: Browser, renew_golden: bool) -> None:
    major = browser.version.partition(".")[0]
    if renew_golden:
        DRAWN_WITH.write_text(json.dumps({"chromium": major}) + "\n")
    expected = json.loads(DRAWN_WITH.read_text())["chromium"]
    if major != expected:
        pytest.skip(f"the pictures were drawn with Chromium {expected}, this is {major}")


@pytest.mark.parametrize("name", VIEWS)
def test_a_page_looks_as_before(page: Page, zone: str, artifacts: Path, name: str, renew_golden: bool) -> None:
    address, (width, height) = VIEWS[name]
    page.set_viewport_size({"width": width, "height": height})
    visit(page, zone + address)
    page.add_style_tag(content=STILL)
    settled(page)
    taken, kept = artifacts / f"picture-{name}.png", PICTURES / f"{name}.png"
    page.screenshot(path=taken, animations="disabled")
    if renew_golden:
        kept.write_bytes(taken.read_bytes())
    page.goto("about:blank")
    found = differing(decoded(page, kept), decoded(page, taken))
    assert found <= MOST_PIXELS, f"{found} pixels differ: compare {taken} with {kept}"
