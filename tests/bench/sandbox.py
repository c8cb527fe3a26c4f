"""`python -m tests.bench.sandbox --home H`: how long a simple query takes through the sandbox, cold and warm.

Prints a line each; docs/sandbox.md quotes it. Not here: the pages (pages.py).
"""

from __future__ import annotations

import argparse
import sys
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter, sleep

from models.access.viewer import Viewer
from tests.bench.measure import load, machine
from warehouse.home import Home
from warehouse.query import Desk
from warehouse.sandbox.limits import Limits

QUERY = "select credit_grade, count(*) as n from mart.entity_card group by credit_grade order by 1"
ANALYST = Viewer("analyst", districts=frozenset({"610113"}))


def _spent(desk: Desk) -> float:
    before = perf_counter()
    desk.ask(ANALYST, QUERY)
    return 1000 * (perf_counter() - before)


def cold(home: Home, times: int) -> list[float]:
    """Milliseconds of a first query when no process stands ready: it is started, opened, fenced in and asked."""
    found = []
    for _ in range(times):
        with closing(Desk(home, limits=Limits(spares=0))) as desk:
            found.append(_spent(desk))
    return sorted(found)


def opened(home: Home, times: int) -> list[float]:
    """Milliseconds of the first query of a viewer in a running server, where a started process waits."""
    found = []
    for _ in range(times):
        with closing(Desk(home)) as desk:
            sleep(1)
            found.append(_spent(desk))
    return sorted(found)


def warm(home: Home, times: int) -> list[float]:
    """Milliseconds of the queries that follow."""
    with closing(Desk(home)) as desk:
        _spent(desk)
        return sorted(_spent(desk) for _ in range(times))


def main() -> int:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.sandbox", description=__doc__.splitlines()[0])
    parser.add_argument("--home", type=Path, required=True)
    parser.add_argument("--times", type=int, default=40)
    given = parser.parse_args()
    home, before = Home.at(given.home), load()
    cold(home, 1)  # the rules are read once
    kinds = (("cold", cold, given.times), ("opened", opened, given.times), ("warm", warm, 5 * given.times))
    for name, spent, times in kinds:
        found = spent(home, times)
        median, worst = found[len(found) // 2], found[int(len(found) * 0.95)]
        sys.stdout.write(f"{name}: median {median:.0f} ms, p95 {worst:.0f} ms of {len(found)}\n")
    sys.stdout.write(f"{datetime.now(UTC):%Y-%m-%d %H:%M} · {machine()} · load {before:.1f} to {load():.1f}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
