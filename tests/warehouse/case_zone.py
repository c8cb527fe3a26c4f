"""A simulated zone of nothing but the register and its cases, as a warehouse, for detectors that need many cases.

Not here: what the detectors should find (the zone's answers).
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import polars as pl

from pipelines.feeds.simulated import gaming, hotline
from pipelines.feeds.simulated.delivery import Courier
from pipelines.feeds.simulated.dirt import Ledger
from pipelines.feeds.simulated.lists import deliver_lists
from pipelines.feeds.simulated.register import deliver_registration
from pipelines.feeds.simulated.world import build
from pipelines.feeds.simulated.zone import deliver_cases
from tests.warehouse import small
from warehouse.engine import DuckDBEngine
from warehouse.feed import load_feed

LAST_DAY = date(2026, 10, 31)


def nothing(_source: str, _rows: int) -> None:
    """Nobody waits for progress."""


def deliver(folder: Path, scale: float, seed: int, progress: Callable[[str, int], None] = nothing) -> pl.DataFrame:
    """Write lists, register and cases below `folder`; return the planted bursts."""
    world = build(scale, seed)
    courier = Courier(folder, world.chance, Ledger(), progress)
    deliver_lists(world.chance, courier)
    deliver_registration(world, courier)
    deliver_cases(world, courier)
    return hotline.bursts(world)


def windows() -> set[tuple[str, str, str]]:
    """The planted windows: detector, item, district."""
    return set(gaming.windows().iter_rows())


def load(engine: DuckDBEngine, folder: Path, data: Path, as_of: date = LAST_DAY) -> None:
    """Build every table from the files."""
    small.build_all(engine, folder, [load_feed(small.PACKS / "simulated")], data, as_of)
