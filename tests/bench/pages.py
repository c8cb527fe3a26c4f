"""`python -m tests.bench.pages --home H`: how long the queries of pages take with several readers at once.

Prints a line a page; docs/casework.md quotes it. Not here: drawing, the browser.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter

import polars as pl

from dashboards import router
from dashboards.app import create_app
from dashboards.casework_data import LISTINGS
from dashboards.door import Door
from models.access.viewer import Viewer
from tests.bench.measure import load, machine
from warehouse.home import Home
from warehouse.scoped_reader import ScopedReader

ADDRESSES = (
    "/approvals", "/approvals?view=speed", "/approvals?view=model", "/approvals?view=rating",
    "/approvals?view=licences", "/hotline", "/hotline?view=quality", "/hotline?view=matters", "/warnings", "/metrics", "/policies", "/policies?rule=casework.warning",
)  # fmt: skip
LISTS = "first block of every list"
Asked = tuple[str, Mapping[str, object] | Sequence[object]]


def busiest(home: Path) -> tuple[str, str]:
    """The pages of the entity with most cases, and of the warning with most evidence."""
    reader = ScopedReader(home, Viewer())
    entity_id = reader.query(
        "select entity_id from known.case_clock where entity_id is not null group by 1 order by count(*) desc, 1 limit 1"
    ).item()
    warning = reader.query("select warning_id from mart.warning order by evidence_count desc, 1 limit 1").item()
    reader.close()
    return f"/entity/{entity_id}", f"/warnings/{warning}"


class _Recorder(ScopedReader):
    """A reader that also keeps what it was asked."""

    asked: list[Asked]

    def query(self, sql: str, params: Mapping[str, object] | Sequence[object] = ()) -> pl.DataFrame:
        self.asked.append((sql, params))
        return super().query(sql, params)


def recorded(home: Path) -> dict[str, list[Asked]]:
    """The queries that each page asks when nothing is cached, and those of the first block of every list."""
    found, app = {}, create_app(home)
    for address in (*ADDRESSES, *busiest(home)):
        reader = _Recorder(home, Viewer())
        reader.asked = []
        path, _, search = address.partition("?")
        with app.server.test_request_context(path):
            router.body_at(Door(Home(home), reader, Viewer()), path, search)
        found[address] = reader.asked
    reader = _Recorder(home, Viewer())
    reader.asked = []
    for listing in LISTINGS.values():
        listing.page(Door(Home(home), reader, Viewer()), {}, {})
    return {**found, LISTS: reader.asked}


def spent(home: Path, pages: Mapping[str, list[Asked]], readers: int, rounds: int) -> dict[str, list[float]]:
    """Milliseconds of every query by page; all readers ask all pages at once, without a pause and without a cache."""
    reader = ScopedReader(home, Viewer())

    def ask(start: int) -> list[tuple[str, float]]:
        times = []
        for turn in range(rounds * len(pages)):
            address = list(pages)[(start + turn) % len(pages)]
            for sql, params in pages[address]:
                before = perf_counter()
                reader.query(sql, params)
                times.append((address, 1000 * (perf_counter() - before)))
        return times

    with ThreadPoolExecutor(readers) as pool:
        answers = [one for many in pool.map(ask, range(readers)) for one in many]
    return {address: sorted(ms for page, ms in answers if page == address) for address in pages}


def at(times: Sequence[float], share: float) -> float:
    """The value that `share` of sorted times does not exceed."""
    return times[min(len(times) - 1, int(share * len(times)))]


def section(times: Mapping[str, list[float]], pages: Mapping[str, list[Asked]], head: str) -> str:
    """The table that is printed."""
    everything = sorted(one for many in times.values() for one in many)
    lines = [head, "", "| page | queries | median ms | p95 ms |", "|---|---:|---:|---:|"]
    for name, many in (*times.items(), ("all", everything)):
        asked = len(pages[name]) if name in pages else sum(map(len, pages.values()))
        lines.append(f"| `{name}` | {asked} | {at(many, 0.5):.1f} | {at(many, 0.95):.1f} |")
    return "\n".join(lines) + "\n"


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.pages", description=__doc__.splitlines()[0])
    parser.add_argument("--home", type=Path, required=True, help="a home with a published snapshot")
    parser.add_argument("--readers", type=int, default=8)
    parser.add_argument("--rounds", type=int, default=10, help="times that each reader asks every page")
    given = parser.parse_args()
    before, pages = load(), recorded(given.home)
    times = spent(given.home, pages, given.readers, given.rounds)
    head = (
        f"`python -m tests.bench.pages --readers {given.readers} --rounds {given.rounds}`, {datetime.now(UTC):%Y-%m-%d},"
        f" {machine()}. Load {before:.1f} before, {load():.1f} after.\n\n{given.readers} threads on one"
        " reader ask without a pause and without the cache that the pages have; single queries, in milliseconds."
    )
    written = section(times, pages, head)
    sys.stdout.write(written)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
