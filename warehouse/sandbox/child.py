"""The sandboxed process: opens one snapshot for one scope, fences itself in, then runs one statement after another.

Started by `worker.py`; everything it may import is imported before the fence is closed.
"""

from __future__ import annotations

import io
import os
import sys
import time
from collections.abc import Iterator
from typing import Any

import duckdb
import pyarrow as pa

from warehouse.sandbox import fence, guard, wire
from warehouse.sandbox.refusal import SandboxError, engine_refusal

_IN, _OUT = 0, 1
_BATCH_ROWS = 10_000
_PART_BYTES = 8 << 20
_SETTINGS = {
    "enable_external_access": "false",
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "allow_community_extensions": "false",
    "allow_persistent_secrets": "false",
    "python_enable_replacements": "false",
    "max_temp_directory_size": "'0B'",
    "TimeZone": "'UTC'",
    "lock_configuration": "true",  # the last: nothing can be set after it
}


class _Chunks(io.RawIOBase):
    """What Arrow writes, gathered into frames of rows."""

    def __init__(self) -> None:
        super().__init__()
        self.sent = 0
        self._kept = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self._kept += data
        return len(data)

    def pass_on(self) -> None:
        """Send what was gathered."""
        if self._kept:
            wire.send(_OUT, wire.ROWS, bytes(self._kept))
            self.sent += len(self._kept)
            self._kept = bytearray()


def main() -> None:
    """Serve the process at the other end of stdin and stdout until it goes away."""
    fence.give_up_rights()
    fence.end_with(_IN)
    sys.modules["pandas"] = None  # type: ignore[assignment]  # or the engine loads it to look at the first bound value
    guard.allowed()
    pa.RecordBatchStreamWriter(io.BytesIO(), pa.schema([])).close()  # whatever loads at first use loads now
    setup = wire.receive_message(_IN)
    try:
        connection = _opened(setup)
    except duckdb.Error:
        wire.send_message(_OUT, {"error": "快照打不开"})
        return
    wire.send_message(_OUT, {"ready": os.getpid()})
    while True:
        try:
            request = wire.receive_message(_IN)
        except wire.WireError:
            return
        fence.allow_cpu(request["cpu_seconds"])
        _answer(connection, setup, request)


def _opened(setup: dict[str, Any]) -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect(
        config={
            "threads": 1,
            "memory_limit": f"{setup['engine_megabytes']}MB",
            "temp_directory": "",  # what does not fit fails for want of memory, not of a file
            "errors_as_json": "true",
            "max_expression_depth": 250,
        }
    )
    path = setup["path"].replace("'", "''")
    connection.execute(f"attach '{path}' as {setup['alias']} (read_only)")
    present = _present(connection, setup["alias"])
    setup["readable"] = set(setup["readable"]) & {name.lower() for name in present}
    wire.send_message(_OUT, {"tables": present})
    for statement in wire.receive_message(_IN)["statements"]:
        connection.execute(statement)
    for name, value in _SETTINGS.items():
        connection.execute(f"set {name} = {value}")
    connection.execute("select json_serialize_sql('select 1')").fetchall()
    connection.execute("select 1").to_arrow_reader(1).read_all()
    fence.close(setup["process_megabytes"] << 20)
    return connection


def _present(connection: duckdb.DuckDBPyConnection, alias: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    rows = connection.execute(
        "select schema_name || '.' || table_name, column_name from duckdb_columns() where database_name = ?"
        " order by schema_name, table_name, column_index",
        [alias],
    )
    for table, column in rows.fetchall():
        found.setdefault(table, []).append(column)
    return found


def _answer(connection: duckdb.DuckDBPyConnection, setup: dict[str, Any], request: dict[str, Any]) -> None:
    started, sql = time.perf_counter(), request["sql"]
    run = ("explain " if request["explain"] else "") + sql
    try:
        parameters = guard.check(connection, sql, setup["readable"])
        values = _values(parameters, request["values"])
        if request["explain"]:
            told = _explained(connection, run, values, setup["alias"])
        else:
            told = _run(connection, sql, values, request)
    except SandboxError as error:
        told = {"error": error.reason, "at": error.at, "kind": error.kind}
    except duckdb.Error as error:
        refusal = engine_refusal(run, str(error), (setup["alias"], setup["path"]))
        at = None if refusal.at is None else max(0, refusal.at - len(run) + len(sql))
        told = {"error": refusal.reason, "at": at, "kind": refusal.kind}
    except (MemoryError, pa.ArrowMemoryError):
        told = {"error": "超过内存上限，请缩小范围、减少分组或先汇总", "at": None, "kind": "limit"}
    except pa.ArrowException:
        told = {"error": "结果里有不能传送的类型，请用 CAST 转成文本", "at": None, "kind": "failed"}
    wire.send_message(_OUT, {**told, "seconds": time.perf_counter() - started})


def _values(parameters: list[str], given: dict[str, Any]) -> dict[str, Any]:
    if missing := [name for name in parameters if name not in given]:
        raise SandboxError(f"缺少参数：{'、'.join(missing)}")
    return {name: given[name] for name in parameters}


def _explained(connection: duckdb.DuckDBPyConnection, sql: str, values: dict[str, Any], alias: str) -> dict[str, Any]:
    rows = connection.execute(sql, values or None).fetchall()
    return {"plan": "\n".join(str(row[1]) for row in rows).replace(f"{alias}.", " " * len(f"{alias}."))}


def _run(
    connection: duckdb.DuckDBPyConnection, sql: str, values: dict[str, Any], request: dict[str, Any]
) -> dict[str, Any]:
    """Send rows up to `most_rows` and `most_bytes`, then only count the others."""
    reader = connection.execute(sql, values or None).to_arrow_reader(_BATCH_ROWS)
    names = _distinct(reader.schema.names)
    types = [str(column[1]) for column in connection.description or ()]
    schema = pa.schema([field.with_name(name) for field, name in zip(reader.schema, names, strict=True)])
    chunks, total, sent = _Chunks(), 0, 0
    with pa.RecordBatchStreamWriter(chunks, schema) as writer:
        for batch in _read(reader):
            for part in _slices(batch):
                room = request["most_rows"] - sent if chunks.sent < request["most_bytes"] else 0
                if room > 0:
                    kept = part.slice(0, room)
                    writer.write_batch(pa.RecordBatch.from_arrays(kept.columns, schema=schema))
                    chunks.pass_on()
                    sent += kept.num_rows
            total += batch.num_rows
    chunks.pass_on()
    return {"total": total, "sent": sent, "types": types}


def _read(reader: pa.RecordBatchReader) -> Iterator[pa.RecordBatch]:
    """The rows of a reader; what the engine says while they are fetched comes as an error of its own."""
    try:
        yield from reader
    except OSError as error:  # how Arrow passes it on
        raise duckdb.Error(str(error)) from None


def _slices(batch: pa.RecordBatch) -> list[pa.RecordBatch]:
    """A batch in parts of a few megabytes, so that none outgrows a frame."""
    step = max(1, batch.num_rows * _PART_BYTES // max(batch.nbytes, _PART_BYTES))
    return [batch.slice(start, step) for start in range(0, batch.num_rows, step)]


def _distinct(names: list[str]) -> list[str]:
    """Column names as they are, a repeated one with its number."""
    seen: dict[str, int] = {}
    found = []
    for name in names:
        seen[name] = seen.get(name, 0) + 1
        made = name if seen[name] == 1 else f"{name}_{seen[name]}"
        while made in found:
            made += "_"
        found.append(made)
    return found


if __name__ == "__main__":
    main()
