"""`python -m tests.bench.paint --home H`: how long every page takes to be drawn, and every callback to be answered.

Cold is a browser that was never here (a new context for each page), warm the same page once more. A page is drawn when
the last node of its main part has arrived. Callbacks are those that the pages asked, asked again by several people at
once. Needs Chromium. Prints two tables; with --write they go into docs/benchmarks.md. Not here: queries (pages.py).
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from time import perf_counter, sleep

import requests
from playwright.sync_api import Browser, BrowserContext, Request, sync_playwright

from models.access.viewer import Viewer
from tests.bench.measure import cores, load, machine
from tests.bench.pages import at
from tests.bench.report import with_section
from warehouse.scoped_reader import ScopedReader

HEADING = "## Pages"
PAGE = Path(__file__).parents[2] / "docs" / "benchmarks.md"
CHROMIUM = "/usr/bin/chromium"
PORT = 8091
QUIET_MS = 800
VIEWS = (
    "/", "/entities", "/entity/{entity}", "/grades", "/backtest", "/draws", "/draws/lists", "/draws/plans", "/draws/ceremony",
    "/draws/trial", "/draws/visits", "/draws/burden", "/draws/publication", "/approvals", "/approvals?view=speed", "/hotline",
    "/hotline?view=matters", "/texts", "/topics", "/warnings", "/metrics", "/quality", "/tables", "/sql", "/screen",
)  # fmt: skip
# When the last node arrived in the main part; clocks that tick are not counted.
WATCH = """(() => {
    window.drawnAt = 0;
    new MutationObserver(changes => changes.forEach(({target}) => {
        const part = target.nodeType === 1 ? target : target.parentElement;
        if (part && part.closest('main') && !part.closest('.wall-head, [data-built]')) window.drawnAt = performance.now();
    })).observe(document, {childList: true, subtree: true});
})()"""
DRAWN = f"""() => document.querySelector('#page-body :is(h1, h2)')
    && [...document.querySelectorAll('.js-plotly-plot')].every(one => one.querySelector('.main-svg'))
    && performance.now() - window.drawnAt > {QUIET_MS}"""
TIMES = """() => [performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? 0, window.drawnAt,
    performance.getEntriesByType('resource').reduce((sum, one) => sum + one.transferSize, 0) / 1024]"""
Asked = tuple[str, str]  # the first address that asked, and the body


@contextmanager
def served(home: Path, port: int) -> Iterator[str]:
    """The pages of a home, as `make run` serves them, with the role that opens every page."""
    command = [Path(sys.executable).with_name("mingcha"), "serve", "--demo", "--home", str(home), "--port", str(port)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        assert process.stdout is not None
        process.stdout.readline()  # READY
        try:
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()


def newcomer(browser: Browser, site: str) -> BrowserContext:
    """A browser that has nothing of the pages yet, of somebody who may open all of them."""
    context = browser.new_context(viewport={"width": 1440, "height": 900}, locale="zh-CN", reduced_motion="reduce")
    context.request.get(f"{site}/demo/admin")
    context.add_init_script(WATCH)
    return context


def drawn(context: BrowserContext, address: str, asked: set[Asked]) -> tuple[float, float, float]:
    """Milliseconds to the first paint and to the last node, and KiB received; adds the callbacks to `asked`."""
    page = context.new_page()

    def keep(request: Request) -> None:
        if request.method == "POST" and request.post_data:
            asked.add((request.url.partition("?")[0], request.post_data))

    page.on("request", keep)
    page.goto(address)
    page.wait_for_function(DRAWN, polling=100)
    first, last, received = page.evaluate(TIMES)
    page.close()
    return first, last, received


def painted(browser: Browser, site: str, views: Sequence[str], rounds: int) -> tuple[list[list[float]], set[Asked]]:
    """For each view the medians of: first paint cold, drawn cold, KiB cold, drawn warm."""
    rows, asked = [], set[Asked]()
    for view in views:
        many = []
        for _ in range(rounds):
            context = newcomer(browser, site)
            cold = drawn(context, site + view, asked)
            many.append((*cold, drawn(context, site + view, asked)[1]))
            context.close()
        rows.append([median(column) for column in zip(*many, strict=True)])
    return rows, asked


def answered(site: str, asked: Sequence[Asked], people: int, rounds: int, pause: float) -> list[float]:
    """Milliseconds of every callback; each person asks all of them `rounds` times, with a pause in seconds between."""

    def ask(start: int) -> list[float]:
        times = []
        with requests.Session() as session:
            session.get(f"{site}/demo/admin", timeout=60)
            token = {"X-CSRFToken": session.cookies["_csrf_token"], "Content-Type": "application/json"}
            for turn in range(rounds * len(asked)):
                address, body = asked[(turn + start * len(asked) // people) % len(asked)]
                before = perf_counter()
                answer = session.post(address, data=body.encode(), headers=token, timeout=60)
                times.append(1000 * (perf_counter() - before))
                assert answer.status_code in (200, 204), (answer.status_code, body[:200])
                sleep(pause)
        return times

    with ThreadPoolExecutor(people) as pool:
        return sorted(one for many in pool.map(ask, range(people)) for one in many)


def section(
    rows: Sequence[Sequence[float]], views: Sequence[str], times: Sequence[tuple[str, list[float]]], head: str
) -> str:
    """What is printed."""
    lines = [
        HEADING,
        "",
        head,
        "",
        "| page | first paint ms | drawn ms | KiB | drawn again ms |",
        "|---|---:|---:|---:|---:|",
    ]
    told = [*zip(views, rows, strict=True), ("median", [median(column) for column in zip(*rows, strict=True)])]
    lines += [f"| `{view}` | " + " | ".join(f"{value:,.0f}" for value in row) + " |" for view, row in told]
    lines += ["", "| callbacks | asked | median ms | p95 ms |", "|---|---:|---:|---:|"]
    lines += [f"| {name} | {len(many):,} | {at(many, 0.5):.0f} | {at(many, 0.95):.0f} |" for name, many in times]
    return "\n".join(lines) + "\n"


def main() -> int:
    """Measure, print, and write where asked to."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.paint", description=__doc__.splitlines()[0])
    parser.add_argument("--home", type=Path, required=True, help="a home with a published snapshot")
    parser.add_argument("--rounds", type=int, default=3, help="cold browsers for every page; medians are told")
    parser.add_argument("--people", type=int, default=8)
    parser.add_argument("--write", action="store_true", help="put the tables into docs/benchmarks.md")
    given = parser.parse_args()
    before = load()
    with served(given.home, PORT) as site, sync_playwright() as playwright:
        entity = ScopedReader(given.home, Viewer()).query("select min(entity_id) from mart.entity_card").item()
        views = [view.format(entity=entity) for view in VIEWS]
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        drawn(
            newcomer(browser, site), site + "/", set()
        )  # the first start of the server and of the browser are not counted
        rows, asked = painted(browser, site, views, given.rounds)
        browser.close()
        bodies = sorted(asked)
        times = [
            (f"{given.people} people, a second between two", answered(site, bodies, given.people, 1, 1.0)),
            (f"{given.people} people without a pause", answered(site, bodies, given.people, 1, 0.0)),
        ]
    head = (
        f"Written by `python -m tests.bench.paint --rounds {given.rounds} --people {given.people} --write`,"
        f" {datetime.now(UTC):%Y-%m-%d}, {machine()}. Load {before:.1f} before, {load():.1f} after, of which this run itself"
        " makes about 2. Server and browser share the machine; nothing is slowed down on the way."
    )
    if max(before, load() - 2) > cores():
        head += " **The machine was shared:** all times are several times too long; run again when it is calm."
    written = section(rows, VIEWS, times, head)
    sys.stdout.write(written)
    if given.write:
        PAGE.write_text(with_section(PAGE.read_text(encoding="utf-8"), HEADING, written), encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
