"""The seam to the database engine: open, build a table from SQL, load rows, count.

DuckDB is the reference and the embedded default. No rules and no order of work here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol

import duckdb
import numpy as np
import polars as pl
import pyarrow as pa
from duckdb.func import FunctionNullHandling, PythonUDFType

from models.matching.credit_code import valid_codes
from warehouse import catalog

MEMORY_LIMIT = "3GB"  # of the engine; a refresh of the full zone then peaks at 3.6 GiB (docs/benchmarks.md)
# Packing texts takes a third of the CPU of writing them. The warehouse is written once and read once, so that its file
# may be twice as large (docs/decisions.md); snapshots are kept and served: theirs are packed, if without dictionaries.
_UNPACKED, _PACKED = "dictionary,dict_fsst,fsst", "dictionary,dict_fsst"
# The engine's own 16 MB cost a tenth of the CPU of reading all deliveries (docs/decisions.md).
_CHECKPOINT_AT = "256MB"
MACROS = (Path(__file__).parent / "sql" / "macros.sql").read_text(encoding="utf-8")


class Engine(Protocol):
    """What the pipeline needs of an engine."""

    def build(self, qualified: str, sql: str) -> int:
        """(Re)create a table from a SELECT; return its rows."""

    def load(self, qualified: str, columns: Mapping[str, str], rows: Sequence[Mapping[str, object]]) -> int:
        """(Re)create a small table with typed columns from rows; return their number."""

    def run(self, sql: str) -> None:
        """Run one statement that returns nothing of interest."""

    def rows(self, sql: str, params: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        """Run a query and return its rows."""


class DuckDBEngine:
    """The warehouse file, opened for writing; use as a context manager inside `Home.writing()`."""

    def __init__(
        self, path: Path | str, temp: Path | None = None, memory_limit: str = MEMORY_LIMIT, threads: int = 2
    ) -> None:
        self.temp, self._memory_limit, self._path, self._threads = temp, memory_limit, path, threads
        self._open()

    def _open(self) -> None:
        temp = self.temp
        config: dict[str, Any] = {
            "memory_limit": self._memory_limit,
            "threads": self._threads,
            "checkpoint_threshold": _CHECKPOINT_AT,
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
        }
        if temp is not None:
            temp.mkdir(parents=True, exist_ok=True, mode=0o700)
            config["temp_directory"] = str(temp)
        self._held: dict[str, int] = {}
        self.connection = duckdb.connect(str(self._path), config=config)
        # A session of ours never depends on the machine's zone.
        self.connection.execute("set TimeZone = 'UTC'")
        self.connection.execute(f"set disabled_compression_methods = '{_UNPACKED}'")
        self.connection.execute(MACROS)
        self.connection.create_function(
            "is_credit_code",
            _is_credit_code,
            ["VARCHAR"],
            "BOOLEAN",
            type=PythonUDFType.ARROW,
            null_handling=FunctionNullHandling.SPECIAL,
        )
        for schema in (*catalog.PARAMETERS, *catalog.STAGES, "repeated", "delta"):
            self.connection.execute(f"create schema if not exists {schema}")
        # Filled load by load, so they must stand before the first one.
        quarantine = catalog.contracts("quarantine")
        for table in (catalog.contracts("run")["load"], quarantine["row"], quarantine["correction"]):
            columns = ", ".join(f'"{c.name}" {c.type}' for c in table.columns)
            self.connection.execute(f"create table if not exists {table.qualified} ({columns})")

    def __enter__(self) -> DuckDBEngine:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.connection.close()

    def build(self, qualified: str, sql: str) -> int:
        """(Re)create a table from a SELECT; return its rows."""
        self.connection.execute(f"create or replace table {qualified} as {sql}")
        return self.count(qualified)

    def load(self, qualified: str, columns: Mapping[str, str], rows: Sequence[Mapping[str, object]]) -> int:
        """(Re)create a small table with typed columns from rows; return their number."""
        ddl = ", ".join(f'"{name}" {kind}' for name, kind in columns.items())
        self.connection.execute(f"create or replace table {qualified} ({ddl})")
        if rows:
            incoming = pa.Table.from_pylist([{name: row[name] for name in columns} for row in rows])
            typed = ", ".join(f'cast("{name}" as {kind})' for name, kind in columns.items())
            self.connection.register("incoming_rows", incoming)
            try:
                self.connection.execute(f"insert into {qualified} select {typed} from incoming_rows")
            finally:
                self.connection.unregister("incoming_rows")
        return len(rows)

    def load_frame(self, qualified: str, frame: pl.DataFrame) -> int:
        """(Re)create a table from a frame."""
        return self.load_arrow(qualified, frame.to_arrow())

    def load_arrow(self, qualified: str, incoming: pa.Table) -> int:
        """(Re)create a table from an Arrow table; decimals stay exact."""
        threads = self.rows("select current_setting('threads')")[0][0]
        self.connection.register("incoming_frame", incoming)
        # Arrow is read by one thread at a time; a second one only spins, which doubled the CPU of 8 million rows.
        self.connection.execute("set threads = 1")
        try:
            return self.build(qualified, "select * from incoming_frame")
        finally:
            self.connection.execute(f"set threads = {threads}")
            self.connection.unregister("incoming_frame")

    def append_frame(self, qualified: str, frame: pl.DataFrame) -> None:
        """Add the rows of a frame to a table, column by name."""
        self.connection.register("incoming_frame", frame.to_arrow())
        try:
            self.connection.execute(f"insert into {qualified} by name select * from incoming_frame")
        finally:
            self.connection.unregister("incoming_frame")

    def run(self, sql: str) -> None:
        """Run statements that return nothing of interest."""
        self.connection.execute(sql)

    def rows(self, sql: str, params: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        """Run a query and return its rows."""
        return self.connection.execute(sql, list(params)).fetchall()

    def found_twice(self, sql: str) -> np.ndarray:
        """Return the numbers that a query of one UBIGINT column gives more than once, ascending, each once.

        Of hashes, say: sorting numbers takes half of what grouping them takes.
        """
        ((_, numbers),) = self.connection.execute(sql).fetchnumpy().items()
        found = np.sort(np.asarray(numbers, dtype=np.uint64))
        return np.unique(found[1:][found[1:] == found[:-1]])

    def frame(self, sql: str) -> pl.DataFrame:
        """Run a query and return a frame; DECIMAL stays exact."""
        return self.connection.sql(sql).pl()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Make all of it or nothing; an error leaves the warehouse as it was."""
        self.connection.begin()
        try:
            yield
        except BaseException:
            self.connection.rollback()
            raise
        self.connection.commit()

    @contextmanager
    def packing(self) -> Iterator[None]:
        """Write texts packed meanwhile: half the size for half as much CPU again."""
        self.run(f"set disabled_compression_methods = '{_PACKED}'")
        try:
            yield
        finally:
            self.run(f"set disabled_compression_methods = '{_UNPACKED}'")

    @contextmanager
    def joining_as_written(self) -> Iterator[None]:
        """Join in the written order meanwhile: the engine knows no sizes of files, and may hold the larger side."""
        self.run("set disabled_optimizers = 'build_side_probe_side,join_order'")
        try:
            yield
        finally:
            self.run("set disabled_optimizers = ''")

    @contextmanager
    def lending(self) -> Iterator[None]:
        """Leave half of the engine's memory to Python meanwhile; what it held beyond that goes to the disk.

        Where it cannot let go of more than a tenth (renew), half would not be enough: the file is opened anew, so no
        temporary table may stand here.
        """
        ((limit,),) = self.rows("select parse_formatted_bytes(current_setting('memory_limit'))")
        try:
            self.run(f"set memory_limit = '{limit // 10}B'")
        except duckdb.OutOfMemoryException:
            self.renew()
        self.run(f"set memory_limit = '{limit // 2}B'")
        try:
            yield
        finally:
            self.run(f"set memory_limit = '{self._memory_limit}'")

    def rows_held(self, read: Iterable[str]) -> int:
        """Take note of tables with deleted rows that were read; returns the rows of all since the file was opened.

        The engine keeps 8 bytes for each of them, which no limit takes from it: at three times the scale that was half
        of what it may have.
        """
        self._held |= {name: self.count(name) for name in read}
        return sum(self._held.values())

    def renew(self) -> None:
        """Close the file and open it again, so that nothing is held; temporary tables are gone after that."""
        self.connection.close()
        self._open()

    def exists(self, qualified: str) -> bool:
        """Whether there is a table of this name."""
        try:
            self.connection.execute(f"select 1 from {qualified} limit 0")
        except duckdb.CatalogException:
            return False
        return True

    def count(self, qualified: str) -> int:
        """Return the rows of a table."""
        return int(self.rows(f"select count(*) from {qualified}")[0][0])

    def types(self, qualified: str) -> dict[str, str]:
        """Return the type of every column of a table."""
        schema, name = qualified.split(".")
        asked = (
            "select column_name, data_type from duckdb_columns()"
            " where database_name = current_database() and schema_name = ? and table_name = ? order by column_index"
        )
        return dict(self.rows(asked, [schema, name]))

    def tables(self, schemas: Iterable[str]) -> list[str]:
        """Return `schema.table` of every base table in `schemas`."""
        found = self.rows(
            "select schema_name || '.' || table_name from duckdb_tables() where list_contains(?, schema_name)"
            " order by 1",
            [list(schemas)],
        )
        return [name for (name,) in found]


def _is_credit_code(codes: pa.ChunkedArray | pa.Array) -> pa.Array:
    values = codes.combine_chunks() if isinstance(codes, pa.ChunkedArray) else codes
    return pa.array(valid_codes(values))
