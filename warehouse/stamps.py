"""What each table was built from: equal stamps mean equal content, so that nothing is computed twice.

A stamp is a hash over the SQL, the parameters and the stamps of all inputs; who compares them decides (build, ingest).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import duckdb

from warehouse.engine import DuckDBEngine


@dataclass(frozen=True)
class Stamp:
    """The stamp of a table, the one it had before, and the stamps of its inputs when it was built."""

    stamp: str
    previous: str | None
    inputs: Mapping[str, str]


class Stamps:
    """The stamps kept in the warehouse itself, so that they change in the same transaction as the tables."""

    def __init__(self, engine: DuckDBEngine) -> None:
        self._engine = engine
        engine.run(
            "create table if not exists run.stamp (name varchar, stamp varchar, previous varchar, inputs varchar)"
        )

    def get(self, name: str) -> Stamp | None:
        """Return the stamp of a table; None when it was never built, or was forgotten."""
        rows = self._engine.rows("select stamp, previous, inputs from run.stamp where name = ?", [name])
        return Stamp(rows[0][0], rows[0][1], json.loads(rows[0][2])) if rows else None

    def put(self, name: str, stamp: str, inputs: Mapping[str, str] | None = None) -> None:
        """Give a table its stamp; the one it had becomes `previous` when it differs."""
        old = self.get(name)
        previous = old.stamp if old else None
        if old is not None and old.stamp == stamp:
            previous = old.previous
        self.forget(name)
        told = json.dumps(dict(inputs or {}), sort_keys=True)
        self._engine.rows("insert into run.stamp values (?, ?, ?, ?)", [name, stamp, previous, told])

    def forget(self, name: str) -> None:
        """Make a table one that was never built."""
        self._engine.rows("delete from run.stamp where name = ?", [name])


def stamp_in(warehouse: Path, name: str) -> str | None:
    """Return the stamp of a table in a warehouse that nobody has open; None when it has none, or cannot be read.

    Opened to read, without all that a refresh prepares, a warehouse of 8 GB takes 0.05 CPU seconds instead of 0.35.
    """
    try:
        with duckdb.connect(str(warehouse), read_only=True) as connection:
            found = connection.execute("select stamp from run.stamp where name = ?", [name]).fetchone()
    except duckdb.Error:
        return None
    return str(found[0]) if found else None


def digest(*parts: object) -> str:
    """Return a hash over the text of `parts`."""
    return hashlib.sha256("\n".join(map(str, parts)).encode()).hexdigest()[:16]
