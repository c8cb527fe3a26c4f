"""What storing alone costs: the tables `raw`, `entity` and `fact` of a home, copied as they are by the warehouse's engine.

Run as `python -m tests.bench.storing HOME`, a process of its own. No delivery is read, nothing typed, checked, joined or
sorted: a refresh that keeps such tables cannot take less for them, unless it stores other tables.
"""

from __future__ import annotations

import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from warehouse.engine import DuckDBEngine
from warehouse.home import Home

STAGES = ("raw", "entity", "fact")


def copy_all(home: Path) -> tuple[int, int]:
    """Copy the tables to a warehouse beside the home's, as a refresh writes them; return their number and rows."""
    with (
        TemporaryDirectory(dir=home, prefix="storing-") as folder,
        DuckDBEngine(Path(folder) / "copy.duckdb") as engine,
    ):
        engine.run(f"attach '{Home.at(home).warehouse}' as home (read_only)")
        named = engine.rows(
            "select schema_name || '.' || table_name from duckdb_tables()"
            f" where database_name = 'home' and schema_name in {STAGES} order by all"
        )
        return len(named), sum(engine.build(name, f"from home.{name}") for (name,) in named)


if __name__ == "__main__":
    sys.stdout.write("{} tables, {} rows".format(*copy_all(Path(sys.argv[1]))))
