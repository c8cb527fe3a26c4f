"""Results of analysts kept for a while, so that a grid can page, sort and filter them and a chart can read them.

Not here: how a result came about (`query.py`) and how it is shown (dashboards).
"""

from __future__ import annotations

import contextlib
import secrets
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import duckdb
import polars as pl
import pyarrow as pa

from warehouse.query import Answer, Values

Kind = Literal["id", "text", "number", "date"]
OF_ONE, IN_ALL = 4, 24  # results kept
EXACT = 15  # digits that a number of a browser holds
ROW = "row_no"
_WHOLE = {"TINYINT", "SMALLINT", "INTEGER", "UTINYINT", "USMALLINT", "UINTEGER", "FLOAT", "DOUBLE"}


@dataclass(frozen=True)
class Column:
    """A column of a kept result: the name it has here, the one the analyst gave it, its type, and how it is shown."""

    field: str
    name: str
    type: str
    kind: Kind


@dataclass(frozen=True)
class Kept:
    """A result: whose, of which statement, and how many rows there are here and in all."""

    result_id: str
    owner: str
    sql: str
    values: Values
    columns: tuple[Column, ...]
    rows: int
    total: int
    seconds: float
    snapshot: str
    _connection: duckdb.DuckDBPyConnection

    @property
    def table(self) -> str:
        """The table of the rows, in the order they came (`row_no`)."""
        return f"result_{self.result_id}"

    def frame(self, sql: str, params: Mapping[str, object]) -> pl.DataFrame:
        """The answer of a query on the table."""
        with self._connection.cursor() as cursor:
            return pl.DataFrame(cursor.execute(sql, dict(params)).to_arrow_table())


class Shelf:
    """The last results of each person; the oldest give way."""

    def __init__(self) -> None:
        self._connection = duckdb.connect(
            ":memory:",
            config={"enable_external_access": False, "memory_limit": "1GB", "max_temp_directory_size": "0B"},
        )
        self._connection.execute("set global TimeZone = 'UTC'")  # instants as everywhere, whatever the machine's zone
        self._lock = threading.Lock()
        self._kept: dict[str, Kept] = {}  # oldest first

    def keep(self, owner: str, sql: str, values: Values, answer: Answer) -> Kept:
        """Keep a result and return it."""
        result_id = secrets.token_hex(16)
        fields = [f"c{n}" for n in range(1, answer.table.num_columns + 1)]
        numbered = pa.array(range(answer.table.num_rows), pa.int64())
        rows = answer.table.rename_columns(fields).append_column(ROW, numbered)
        with self._connection.cursor() as cursor:
            cursor.register("incoming", rows)
            while True:
                try:
                    cursor.execute(f"create table result_{result_id} as select * from incoming")
                    break
                except duckdb.OutOfMemoryException:
                    if not self._make_room():
                        raise
            cursor.unregister("incoming")
            columns = tuple(
                Column(field, name, kind, _shown(cursor, f"result_{result_id}", field, kind))
                for field, name, kind in zip(fields, answer.table.column_names, answer.types, strict=True)
            )
        made = Kept(
            result_id, owner, sql, values, columns, rows.num_rows, answer.total, answer.seconds, answer.snapshot,
            self._connection,
        )  # fmt: skip
        with self._lock:
            self._kept[result_id] = made
            own = [one for one in self._kept.values() if one.owner == owner]
            for old in own[:-OF_ONE] or list(self._kept.values())[:-IN_ALL]:
                self._drop(old)
        return made

    def _make_room(self) -> bool:
        with self._lock:
            for old in list(self._kept.values())[:1]:
                self._drop(old)
                return True
        return False

    def _drop(self, old: Kept) -> None:
        del self._kept[old.result_id]
        with contextlib.suppress(duckdb.Error), self._connection.cursor() as cursor:
            cursor.execute(f"drop table {old.table}")

    def get(self, owner: str, result_id: str) -> Kept | None:
        """The result of that number if it is still kept, and the owner's."""
        found = self._kept.get(result_id)
        return found if found is not None and found.owner == owner else None


def _shown(cursor: duckdb.DuckDBPyConnection, table: str, field: str, kind: str) -> Kind:
    """As a number only what a browser holds without losing a digit."""
    if kind == "DATE":
        return "date"
    if kind in _WHOLE:
        return "number"
    if kind in ("BIGINT", "UBIGINT", "HUGEINT", "UHUGEINT") or kind.startswith("DECIMAL"):
        scale = int(kind.rstrip(")").partition(",")[2] or 0)
        largest: Any = cursor.execute(f"select max(abs(cast({field} as double))) from {table}").fetchall()[0][0]
        return "number" if (largest or 0) < 10 ** (EXACT - scale) else "id"
    return "text"
