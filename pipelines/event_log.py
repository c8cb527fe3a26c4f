"""Dagster's event log in SQLite, with one engine and one open connection per database instead of one per event.

A new engine forgets every statement it compiled: two thirds of what Dagster costs a refresh (docs/benchmarks.md).
A new connection opens the file, reads its schema and checkpoints it when it closes: a third of what was left.
Whether a table or column is there was asked with every event, each time with an engine of its own: once is enough.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from dagster._core.storage.event_log import SqliteEventLogStorage
from dagster._core.storage.sqlite import SQLITE_BUSY_TIMEOUT_SECONDS
from dagster._serdes import ConfigurableClassData
from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.pool import StaticPool

_KEPT = 8  # each an open file; a daemon looks at many runs


class KeptEngineEventLogStorage(SqliteEventLogStorage):
    """Named in the `dagster.yaml` of a home; the lock lets one thread at a time use a connection."""

    def __init__(self, base_dir: str, inst_data: ConfigurableClassData | None = None) -> None:
        self._engines: dict[str, Engine] = {}
        self._there: set[str] = set()
        super().__init__(base_dir, inst_data)

    @classmethod
    def from_config_value(
        cls, inst_data: ConfigurableClassData | None, config_value: Mapping[str, Any]
    ) -> "KeptEngineEventLogStorage":
        """Make the storage that `dagster.yaml` asks for."""
        return cls(inst_data=inst_data, **config_value)

    @contextmanager
    def _connect(self, shard: str) -> Iterator[Connection]:
        with self._db_lock:
            engine = self._engines.get(shard)
            if engine is None:
                arguments = {"timeout": SQLITE_BUSY_TIMEOUT_SECONDS, "check_same_thread": False}
                engine = create_engine(self.conn_string_for_shard(shard), poolclass=StaticPool, connect_args=arguments)
                event.listen(engine, "connect", _wait_for_no_disk)
                self._engines[shard] = engine
                if len(self._engines) > _KEPT:
                    self._engines.pop(next(iter(self._engines))).dispose()
            if shard not in self._initialized_dbs:
                self._initdb(engine)
                self._initialized_dbs.add(shard)
            with engine.connect() as connection, connection.begin():
                yield connection

    def has_table(self, table_name: str) -> bool:
        """Return whether the index has a table; one that is there stays."""
        if table_name not in self._there and super().has_table(table_name):
            self._there.add(table_name)
        return table_name in self._there

    def _has_asset_key_col_on_connection(self, conn: Connection, column_name: str) -> bool:
        column = f"asset_keys.{column_name}"
        if column not in self._there and super()._has_asset_key_col_on_connection(conn, column_name):
            self._there.add(column)
        return column in self._there

    def dispose(self) -> None:
        """Close every connection that is kept."""
        for engine in self._engines.values():
            engine.dispose()
        self._engines.clear()
        super().dispose()


def _wait_for_no_disk(connection: Any, _: object) -> None:
    """Thousands of events a refresh, each a transaction: a machine that dies may lose the last ones, never the file."""
    connection.execute("pragma synchronous = normal")
