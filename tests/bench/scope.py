"""`python -m tests.bench.scope --home H`: what reading through a viewer's views costs, beside reading the tables.

Prints CPU milliseconds of one query, the mean of many; docs/security.md quotes them. Not here: pages and the browser.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from time import process_time

from models.access.viewer import Viewer
from tests.bench.measure import load, machine
from warehouse.scoped_reader import ScopedReader
from warehouse.serving import ServingReader

ASKED = {
    "count of a list": "select count(*) from mart.entity_card",
    "first block of a list": "select * from mart.entity_card order by risk_score desc, entity_id limit 100",
    "one entity": "select * from known.entity where entity_id = (select min(entity_id) from known.entity)",
    "events of the zone": "select count(*) from known.inspection",
    "steps of all cases": "select count(*) from known.service_step",
}
ROUNDS = 50


def spent(reader: ServingReader, sql: str) -> float:
    """CPU milliseconds of a query on all cores, after it was asked once."""
    reader.query(sql)
    before = process_time()
    for _ in range(ROUNDS):
        reader.query(sql)
    return 1000 * (process_time() - before) / ROUNDS


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--home", type=Path, required=True)
    home = parser.parse_args().home
    plain = ServingReader(home)
    two = frozenset(plain.query("select district_code from mart.district order by 1 limit 2")["district_code"])
    viewers = {"regulator": Viewer(), "analyst": Viewer("analyst"), "two districts": Viewer("regulator", None, two)}
    base = ScopedReader(home, Viewer())
    sys.stdout.write(f"{machine()} load {load():.1f}\n")
    for name, viewer in viewers.items():
        before = process_time()
        base.of(viewer).query("select 1")
        sys.stdout.write(f"views of {name} made in {1000 * (process_time() - before):.0f} CPU ms\n")
    sys.stdout.write(f"{'query':24} {'tables':>9} " + " ".join(f"{name:>14}" for name in viewers) + "\n")
    for name, sql in ASKED.items():
        figures = [spent(plain, sql), *(spent(base.of(viewer), sql) for viewer in viewers.values())]
        sys.stdout.write(f"{name:24} {figures[0]:9.2f} " + " ".join(f"{ms:14.2f}" for ms in figures[1:]) + "\n")


if __name__ == "__main__":
    main()
