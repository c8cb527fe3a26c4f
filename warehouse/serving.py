"""Published snapshots: built beside, made durable, then CURRENT is replaced in one step; readers never wait.

The only door of dashboards, SQL and exports to data. What a snapshot holds is `publish_tables`.
"""

from __future__ import annotations

import contextlib
import os
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import polars.selectors as cs
import pyarrow as pa

from warehouse import catalog
from warehouse.dialect import literal
from warehouse.engine import DuckDBEngine
from warehouse.home import Home

BLOCK_ROWS = 2_000  # of a stream of rows
# Whole stages that a snapshot carries; of the facts it carries what was known (stage `known`).
_PUBLISHED = ("run", "policy", "entity", "known", "text", "indicator", "grade", "plan", "mart", "quarantine")
DICTIONARY = (
    "stage", "table_name", "column_name", "type", "zh", "means", "en", "unit", "sensitivity", "table_zh", "allowed",
)  # fmt: skip
LINEAGE = {"table_name": "VARCHAR", "reads": "VARCHAR"}
# An inspection schedule cannot do without the numbers of the inspectors; names, certificates and actors stay behind.
_NUMBERS = frozenset({"inspector_id", "inspector_ids"})
# What is said of each single text; what counts for an entity, groups and brigades stay.
_TEXT_BY_TEXT = (
    "reading", "risk", "order_category", "order_candidate", "candidate", "link_verdict", "link", "review",
    "event_item", "reply",
)  # fmt: skip
_LEFT_OUT = frozenset(
    {"quarantine.row", "plan.ticket", "run.stamp"}
    | {f"entity.{name}" for name in ("name", "bearer", "mention", "candidate", "link_verdict")}
    | {f"text.{name}" for name in _TEXT_BY_TEXT}
)


class NotPublishedError(RuntimeError):
    """There is no snapshot yet."""


def publish_tables(engine: DuckDBEngine) -> dict[str, str]:
    """Return `schema.table` → SELECT of everything a snapshot carries, without columns marked personal.

    Teams and drawn lists name inspectors by number; an inspection schedule cannot do without.
    """
    found = {}
    tables = engine.rows(
        "select schema_name || '.' || table_name, list(column_name order by column_index) from duckdb_columns()"
        " where database_name = current_database() and list_contains(?, schema_name) group by 1 order by 1",
        [list(_PUBLISHED)],
    )
    for name, columns in tables:
        if name in _LEFT_OUT or (name.startswith("indicator.") and name != "indicator.value"):
            continue
        hidden = _hidden(name)
        found[name] = f"select {', '.join(_quoted(c) for c in columns if c not in hidden)} from {name}"
    return found


def promised() -> dict[str, catalog.Table]:
    """Return the contract of every table that a candidate must hold, by its name there, with the columns it shows."""
    found = {"quality.row_count": catalog.contracts("quality")["row_count"]}
    for table in catalog.all_contracts():
        name = f"known.{table.name}" if table.stage == "fact" else table.qualified
        if name.split(".")[0] in _PUBLISHED and name not in _LEFT_OUT:
            hidden = _hidden(name)
            found[name] = replace(table, columns=tuple(c for c in table.columns if c.name not in hidden))
    return found


def _hidden(name: str) -> frozenset[str]:
    """Return the columns of a contract that the snapshot's table leaves out."""
    stage, plain = name.split(".")
    is_fact = stage == "known" and plain in catalog.contracts("fact")
    table = catalog.contracts("fact" if is_fact else stage).get(plain)
    if table is None:
        return frozenset()
    shown = _NUMBERS if stage in ("plan", "mart", "entity") else frozenset()
    personal = {c.name for c in table.columns if c.sensitivity == "personal" and c.name not in shown}
    return frozenset(personal | ({"superseded_at"} if is_fact else set()))


class Publisher:
    """Writes candidates and moves CURRENT; used by the refresh process only, inside `Home.writing()`."""

    def __init__(self, home: Home) -> None:
        self.folder = home.serving

    def build(self, engine: DuckDBEngine, run_id: str, progress: Callable[[str], None] = lambda _: None) -> Path:
        """Write the candidate snapshot of a run and return its path (not yet visible to readers)."""
        path = self.folder / f"serving-{run_id}.duckdb.building"
        for left in self.folder.glob("serving-*.building*"):
            left.unlink()  # of a run that was killed: there is one writer, and it is this one
        with engine.packing(), self.writing(engine, path):
            for name, select in publish_tables(engine).items():
                progress(name)
                engine.run(f"create schema if not exists candidate.{name.split('.')[0]}")
                engine.run(f"create table candidate.{name} as {select}")
            engine.run("create schema candidate.contract")
            engine.run(f"create table candidate.contract.column as {dictionary()}")
        path.chmod(0o600)
        return path

    @contextlib.contextmanager
    def writing(self, engine: DuckDBEngine, candidate: Path) -> Iterator[None]:
        """Attach a candidate as the database `candidate`; what was written is checkpointed at the end."""
        engine.run(f"attach '{candidate}' as candidate")
        try:
            yield
            engine.run("checkpoint candidate")
        finally:
            engine.run("detach candidate")

    def publish(self, candidate: Path) -> Path:
        """Make a candidate durable and current; of the others only the one before it is kept."""
        if candidate.with_name(candidate.name + ".wal").exists():
            raise RuntimeError(f"{candidate} was not checkpointed; it cannot be published")
        final = candidate.with_suffix("")
        _fsync(candidate)
        candidate.rename(final)
        pointer = self.folder / "CURRENT"
        kept = {final.name, pointer.read_text().strip() if pointer.exists() else ""}
        partial = pointer.with_suffix(".partial")
        partial.write_text(final.name)
        _fsync(partial)
        partial.replace(pointer)
        _fsync(self.folder)
        for old in self.folder.glob("serving-*.duckdb"):  # by name, not by time: a clock may go backwards
            if old.name not in kept:
                old.unlink()
        return final

    def discard(self, candidate: Path) -> None:
        """Remove a candidate that failed its checks; CURRENT stays as it is."""
        candidate.unlink(missing_ok=True)


@contextlib.contextmanager
def looking(candidate: Path) -> Iterator[Callable[[str], tuple[Any, ...] | None]]:
    """Open a snapshot file read-only and lend a function: the first row of a query, None when the engine refuses it."""

    def ask(sql: str) -> tuple[Any, ...] | None:
        try:
            return connection.execute(sql).fetchone()
        except duckdb.Error:
            return None

    connection = duckdb.connect(str(candidate), read_only=True, config={"memory_limit": "1GB", "threads": 2})
    try:
        yield ask
    finally:
        connection.close()


@dataclass
class _Open:
    name: str
    connection: duckdb.DuckDBPyConnection
    users: int = field(default=0)
    scopes: set[str] = field(default_factory=set)


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
            "threads": 1,  # readers are many and cores few: a query that takes both makes all the others wait
            **(config or {}),
        }
        self._lock = threading.RLock()
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
        return pl.DataFrame(arrow).with_columns(cs.categorical().cast(pl.String), cs.enum().cast(pl.String))

    @contextlib.contextmanager
    def stream(self, sql: str, params: Mapping[str, object]) -> Iterator[pa.RecordBatchReader]:
        """Lend the rows of a query in blocks, read as they are asked for; the snapshot stays open until the end."""
        with self.cursor() as cursor:
            cursor.execute(sql, dict(params))
            yield cursor.to_arrow_reader(BLOCK_ROWS)

    def close(self) -> None:
        """Close the open snapshot, if any."""
        with self._lock:
            if self._open is not None:
                self._open.connection.close()
                self._open = None

    def _connect(self, snapshot: Path) -> duckdb.DuckDBPyConnection:
        return duckdb.connect(str(snapshot), read_only=True, config=self._config)

    def _acquire(self) -> _Open:
        with self._lock:
            for _ in range(5):
                name = self.current()
                if self._open is None or self._open.name != name:
                    try:
                        connection = self._connect(self._folder / name)
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


def dictionary() -> str:
    """Return the SELECT of `contract.column`: what every column of every contract means."""
    rows = [
        (t.stage, t.name, c.name, c.type, c.zh, c.means, c.en, c.unit or "", c.sensitivity, t.zh, "；".join(c.allowed))
        for t in catalog.all_contracts()
        for c in t.columns
    ]
    rows += [("known", *row[1:]) for row in rows if row[0] == "fact"]
    values = ", ".join("(" + ", ".join(literal(v) for v in row) + ")" for row in rows)
    return f"select * from (values {values}) as c({', '.join(DICTIONARY)})"


def _quoted(name: str) -> str:
    return '"' + name + '"'


def _fsync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
