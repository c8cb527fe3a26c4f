"""A process that publishes marked snapshots without end, for the tests that read or kill meanwhile.

`python -m tests.warehouse.publishing HOME COUNT`; every table of a snapshot carries its run id in each row.
"""

from __future__ import annotations

import sys
from pathlib import Path

from warehouse.catalog import contracts
from warehouse.engine import DuckDBEngine
from warehouse.home import Home
from warehouse.serving import Publisher

TABLES = ("grade.one", "grade.two", "mart.three")
ROWS = 500


def publish(home: Home, engine: DuckDBEngine, run_id: str) -> str:
    """Publish one snapshot whose tables all carry `run_id`."""
    columns = {c.name: c.type for c in contracts("run")["info"].columns}
    engine.load("run.info", columns, [dict.fromkeys(columns) | {"run_id": run_id}])
    for table in TABLES:
        engine.build(table, f"select '{run_id}' as run_id, range as n from range({ROWS})")
    publisher = Publisher(home)
    return publisher.publish(publisher.build(engine, run_id)).name


def main(root: str, count: str) -> None:
    """Publish `count` snapshots, saying each name when CURRENT names it."""
    home = Home.at(Path(root))
    with home.writing(), DuckDBEngine(home.warehouse, home.temp, "500MB", 1) as engine:
        for number in range(int(count)):
            print(publish(home, engine, f"{number:06d}"), flush=True)  # noqa: T201 (its reader waits for it)


if __name__ == "__main__":
    main(*sys.argv[1:])
