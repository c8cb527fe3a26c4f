"""Published snapshots: built beside, made durable, then CURRENT is replaced in one step; readers never wait.

The only door of dashboards, SQL and exports to data. What a snapshot holds is `publish_tables`.
"""

from __future__ import annotations

import contextlib
import os
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb
import polars as pl

from warehouse import catalog
from warehouse.engine import DuckDBEngine
from warehouse.home import Home

KEEP = 2
# Whole stages that a snapshot carries; of the facts it carries what was known (stage `known`).
_PUBLISHED = ("run", "policy", "entity", "known", "indicator", "grade", "plan", "mart", "quarantine")
_LEFT_OUT = frozenset({"quarantine.row", "plan.ticket", "entity.name"})


class NotPublishedError(RuntimeError):
    """There is no snapshot yet."""


def publish_tables(engine: DuckDBEngine) -> dict[str, str]:
    """Return `schema.table` → SELECT of everything a snapshot carries, without columns marked personal.

    Teams and drawn lists name inspectors by number; an inspection schedule cannot do without.
    """
    found = {}
    names = engine.rows(
        "select table_schema || '.' || table_name from information_schema.tables"
        " where list_contains(?, table_schema) order by 1",
        [list(_PUBLISHED)],
    )
    personal = {
        t.qualified: {c.name for c in t.columns if c.sensitivity == "personal"} for t in catalog.all_contracts()
    }
    for (name,) in names:
        if name in _LEFT_OUT or (name.startswith("indicator.") and name != "indicator.value"):
            continue
        schema, table = name.split(".")
        source = f"fact.{table}" if schema == "known" and table in catalog.contracts("fact") else name
        hidden = set() if schema in ("plan", "mart", "entity") else personal.get(source, set())
        columns = [
            c
            for (c,) in engine.rows(
                "select column_name from information_schema.columns where table_schema = ? and table_name = ?"
                " order by ordinal_position",
                [schema, table],
            )
        ]
        found[name] = f"select {', '.join(_quoted(c) for c in columns if c not in hidden)} from {name}"
    return found


class Publisher:
    """Writes candidates and moves CURRENT; used by the refresh process only, inside `Home.writing()`."""

    def __init__(self, home: Home) -> None:
        self.folder = home.serving

    def build(self, engine: DuckDBEngine, run_id: str, progress: Callable[[str], None] = lambda _: None) -> Path:
        """Write the candidate snapshot of a run and return its path (not yet visible to readers)."""
        path = self.folder / f"serving-{run_id}.duckdb.building"
        path.unlink(missing_ok=True)
        engine.run(f"attach '{path}' as candidate")
        try:
            for name, select in publish_tables(engine).items():
                progress(name)
                engine.run(f"create schema if not exists candidate.{name.split('.')[0]}")
                engine.run(f"create table candidate.{name} as {select}")
            engine.run("create schema candidate.contract")
            engine.run(f"create table candidate.contract.column as {_dictionary()}")
            engine.run("checkpoint candidate")
        finally:
            engine.run("detach candidate")
        path.chmod(0o600)
        return path

    def publish(self, candidate: Path) -> Path:
        """Make a candidate durable and current, and drop snapshots beyond the last two."""
        if candidate.with_name(candidate.name + ".wal").exists():
            raise RuntimeError(f"{candidate} was not checkpointed; it cannot be published")
        final = candidate.with_suffix("")
        _fsync(candidate)
        candidate.rename(final)
        pointer = self.folder / "CURRENT"
        partial = pointer.with_suffix(".partial")
        partial.write_text(final.name)
        _fsync(partial)
        partial.replace(pointer)
        _fsync(self.folder)
        snapshots = sorted(self.folder.glob("serving-*.duckdb"), key=lambda p: p.stat().st_mtime)
        for old in snapshots[:-KEEP]:
            if old != final:
                old.unlink()
        return final

    def discard(self, candidate: Path) -> None:
        """Remove a candidate that failed its checks; CURRENT stays as it is."""
        candidate.unlink(missing_ok=True)


@dataclass
class _Open:
    name: str
    connection: duckdb.DuckDBPyConnection
    users: int = field(default=0)


class ServingReader:
    """Reads the snapshot that CURRENT names; one per process, safe between threads.

    Every call re-reads CURRENT; an old snapshot is closed when its last user leaves.
    """

    def __init__(self, home: Path, config: Mapping[str, Any] | None = None) -> None:
        self._folder = Home(Path(home).expanduser().resolve()).serving
        self._config = {
            "enable_external_access": False,
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
            "allow_community_extensions": False,
            "lock_configuration": True,
            **(config or {}),
        }
        self._lock = threading.Lock()
        self._open: _Open | None = None

    def current(self) -> str:
        """Return the file name of the published snapshot.

        Raises:
            NotPublishedError: nothing was published yet.
        """
        try:
            return (self._folder / "CURRENT").read_text().strip()
        except FileNotFoundError:
            raise NotPublishedError(f"nothing is published in {self._folder}; run `mingcha refresh` first") from None

    @contextlib.contextmanager
    def cursor(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """Lend a cursor on one snapshot: several queries through it see the same run."""
        opened = self._acquire()
        cursor = opened.connection.cursor()
        try:
            yield cursor
        finally:
            cursor.close()
            self._release(opened)

    def query(self, sql: str, params: Mapping[str, object] | Sequence[object] = ()) -> pl.DataFrame:
        """Run a query with bound values and return its rows; DECIMAL stays exact."""
        with self.cursor() as cursor:
            bound: Any = dict(params) if isinstance(params, Mapping) else list(params)
            cursor.execute(sql, bound)
            arrow = cursor.to_arrow_table()
        return pl.DataFrame(arrow)

    def close(self) -> None:
        """Close the open snapshot, if any."""
        with self._lock:
            if self._open is not None:
                self._open.connection.close()
                self._open = None

    def _acquire(self) -> _Open:
        with self._lock:
            for _ in range(5):
                name = self.current()
                if self._open is None or self._open.name != name:
                    try:
                        connection = duckdb.connect(str(self._folder / name), read_only=True, config=self._config)
                    except duckdb.IOException:
                        # Retention won the race between reading CURRENT and opening its file; CURRENT has moved on.
                        continue
                    old, self._open = self._open, _Open(name, connection)
                    if old is not None and old.users == 0:
                        old.connection.close()
                self._open.users += 1
                return self._open
        raise NotPublishedError(f"{self._folder}/CURRENT names {name}, which is not there; run `mingcha refresh`")

    def _release(self, opened: _Open) -> None:
        with self._lock:
            opened.users -= 1
            if opened.users == 0 and opened is not self._open:
                opened.connection.close()


def _dictionary() -> str:
    rows = [
        (t.stage, t.name, c.name, c.type, c.zh, c.en, c.unit or "", c.sensitivity)
        for t in catalog.all_contracts()
        for c in t.columns
    ]
    rows += [("known", *row[1:]) for row in rows if row[0] == "fact"]
    values = ", ".join("(" + ", ".join("'" + v.replace("'", "''") + "'" for v in row) + ")" for row in rows)
    return f"select * from (values {values}) as c(stage, table_name, column_name, type, zh, en, unit, sensitivity)"


def _quoted(name: str) -> str:
    return '"' + name + '"'


def _fsync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
