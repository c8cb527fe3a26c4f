"""Reads the published snapshot as one viewer may: every query meets the viewer's views, never the tables behind them.

What the views are is said by scope; how snapshots come and go by serving.
"""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb

from models.access.viewer import Viewer
from warehouse import scope
from warehouse.dialect import literal
from warehouse.serving import ServingReader

_PRESENT = (
    "select table_schema || '.' || table_name, list(column_name) from information_schema.columns"
    " where table_catalog = ? group by 1"
)


class _Attached(ServingReader):
    """Holds each snapshot attached to a database in memory, beside one database of views for each scope in use."""

    def _connect(self, snapshot: Path) -> duckdb.DuckDBPyConnection:
        opening = {k: v for k, v in self._config.items() if k not in ("enable_external_access", "lock_configuration")}
        connection = duckdb.connect(":memory:", config=opening)
        try:
            connection.execute(f"attach {literal(str(snapshot))} as {scope.SNAPSHOT} (read_only)")
            connection.execute("set enable_external_access = false")
            connection.execute("set lock_configuration = true")
        except duckdb.Error:
            connection.close()
            raise
        return connection

    @contextlib.contextmanager
    def seen_by(self, viewer: Viewer | None) -> Iterator[duckdb.DuckDBPyConnection]:
        """Lend a cursor for which `mart.x` is the viewer's view of the table; None reads the tables."""
        opened = self._acquire()
        cursor = opened.connection.cursor()
        try:
            name = scope.SNAPSHOT if viewer is None else self._views(opened, viewer)
            cursor.execute(f"use {name}")
            yield cursor
        finally:
            cursor.close()
            self._release(opened)

    def _views(self, opened: Any, viewer: Viewer) -> str:
        name = "scope_" + hashlib.sha256(viewer.scope_key.encode()).hexdigest()[:16]
        with self._lock:
            if name not in opened.scopes:
                with opened.connection.cursor() as making:
                    present = dict(making.execute(_PRESENT, [scope.SNAPSHOT]).fetchall())
                    making.execute(f"attach ':memory:' as {name}")
                    making.execute(f"use {name}")
                    for statement in scope.statements(viewer, present=present):
                        making.execute(statement)
                opened.scopes.add(name)
        return name


class ScopedReader(ServingReader):
    """A reader for one viewer; readers made by `of` share the open snapshot."""

    def __init__(self, home: Path, viewer: Viewer | None, attached: _Attached | None = None) -> None:
        self._home, self._viewer = home, viewer
        self._attached = attached or _Attached(home)

    def of(self, viewer: Viewer | None) -> ScopedReader:
        """Return a reader of the same snapshots for another viewer; None reads whole tables.

        Whole tables are for sums that are then cut to a viewer (dashboards/plan_data, publication_data), never for rows
        that are shown.
        """
        return ScopedReader(self._home, viewer, self._attached)

    def current(self) -> str:
        """Return the file name of the published snapshot; raises NotPublishedError."""
        return self._attached.current()

    @contextlib.contextmanager
    def cursor(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """Lend a cursor on one snapshot as the viewer reads it."""
        with self._attached.seen_by(self._viewer) as cursor:
            yield cursor

    def close(self) -> None:
        """Close the open snapshot of all readers that share it."""
        self._attached.close()
