"""A small simulated zone, built and published without the checks, for tests that read grades of many kinds.

Not here: what the grades should be.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

from pipelines.feeds.simulated.zone import simulate
from tests.warehouse import small
from warehouse.engine import DuckDBEngine
from warehouse.feed import load_feed
from warehouse.home import Home
from warehouse.serving import Publisher

SCALE = 0.002
LAST_DAY = date(2026, 10, 31)


def delivered(folder: Path) -> Path:
    """Files of the zone below `folder`."""
    simulate(folder, SCALE, 7, lambda _name, _rows: None)
    return folder


def publish(home: Home, data: Path, as_of: date, run_id: str) -> None:
    """Bring the home up to `as_of` and publish a snapshot of it."""
    with DuckDBEngine(home.warehouse, home.temp, memory_limit="1GB") as engine:
        small.build_all(engine, home.root, [load_feed(small.PACKS / "simulated")], data, as_of)
        engine.run(f"update run.info set run_id = '{run_id}'")
        publisher = Publisher(home)
        publisher.publish(publisher.build(engine, run_id))
