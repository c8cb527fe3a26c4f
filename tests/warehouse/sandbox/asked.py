"""How a test asks a pool: the rows of an answer as Python values. Not here: what is asked."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa

from tests.warehouse.sandbox.planted import ANALYST
from warehouse.sandbox.pool import Pool
from warehouse.sandbox.worker import Scope


def ask(
    pool: Pool,
    snapshot: Path,
    sql: str,
    values: Mapping[str, Any] | None = None,
    scope: Scope = ANALYST,
    seconds: float = 0,
    **more: Any,
) -> tuple[list[list[Any]], dict[str, Any]]:
    """Rows and the closing message of one statement; `seconds` stands for those of the pool."""
    request = {"sql": sql, "values": values or {}, "explain": False, "most_rows": 1000, "most_bytes": 1 << 22, **more}
    with pool.lend(snapshot, scope, "test") as worker:
        *chunks, end = worker.ask(request, seconds or pool.limits.seconds)
    assert isinstance(end, dict)
    table = pa.ipc.open_stream(b"".join(chunks)).read_all() if chunks else None  # type: ignore[arg-type]
    return [list(row.values()) for row in table.to_pylist()] if table is not None else [], end
