"""What the wall screen holds in memory over many refreshes: `python -m tests.e2e.wall_memory --refreshes 1000`.

Each refresh builds the wall anew within the same page, as another snapshot does on a desk; a wall of its own even loads
its page anew. Serves a made-up zone, counts through the browser's own protocol. Not here: what the wall shows.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.sync_api import CDPSession, Page, sync_playwright

from dashboards.entrance import demo_app
from dashboards.settings import ServingSettings
from tests.dashboards.snapshot import publish
from tests.e2e.served import ARGUMENTS, CHROMIUM, served

Held = tuple[float, int, int]  # MiB of the heap, nodes, listeners


def held(session: CDPSession) -> Held:
    """What is still held after the garbage has been collected."""
    session.send("HeapProfiler.collectGarbage")
    counted = session.send("Memory.getDOMCounters")
    heap = session.send("Runtime.getHeapUsage")["usedSize"] / 2**20
    return heap, counted["nodes"], counted["jsEventListeners"]


def refreshed(page: Page, times: int, every: int) -> list[tuple[int, Held]]:
    """What is held after each `every` times that the frame has built the wall anew, as another snapshot makes it do."""
    session, found = page.context.new_cdp_session(page), []
    for time in range(1, times + 1):
        with page.expect_response(lambda one: '"output":"page-body.children"' in (one.request.post_data or "")):
            page.evaluate(f"dash_clientside.set_props('snapshot', {{data: 'snapshot {time}'}})")
        page.wait_for_function("() => document.querySelectorAll('.wall .js-plotly-plot .main-svg').length >= 3")
        if time % every == 0:
            page.wait_for_timeout(300)
            found.append((time, held(session)))
    return found


def table(found: Sequence[tuple[int, Held]]) -> str:
    """What is printed."""
    lines = ["| refreshes | heap MiB | nodes | listeners |", "|---:|---:|---:|---:|"]
    lines += [f"| {time:,} | {heap:.1f} | {nodes:,} | {listeners:,} |" for time, (heap, nodes, listeners) in found]
    return "\n".join(lines) + "\n"


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m tests.e2e.wall_memory", description=__doc__.splitlines()[0])
    parser.add_argument("--refreshes", type=int, default=1000)
    given = parser.parse_args()
    with TemporaryDirectory() as home, sync_playwright() as playwright:
        publish(Path(home))
        with served(demo_app(Path(home), ServingSettings()).server) as address:
            browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=ARGUMENTS)
            page = browser.new_page(viewport={"width": 1920, "height": 1080})
            page.goto(f"{address}/screen")
            page.wait_for_selector(".wall")
            sys.stdout.write(table(refreshed(page, given.refreshes, max(1, given.refreshes // 10))))
            browser.close()
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
