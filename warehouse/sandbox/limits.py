"""How much one statement may take, and how many processes stand ready.

Settings of the machine, not rules: what a viewer may read is `warehouse.scope`.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Limits:
    """Limits of one statement (`export_seconds` when all rows are asked for) and of the pool."""

    engine_megabytes: int = 512  # DuckDB's own limit: a query beyond it fails with a message
    process_megabytes: int = 2048  # address space, code and stacks included: whatever goes round the engine's limit
    seconds: float = 30
    export_seconds: float = 900
    start_seconds: float = 30
    wait_seconds: float = 3  # for a free process: a waiting page holds one of the server's threads
    result_rows: int = 200_000
    result_megabytes: int = 64
    processes: int = 3
    exports: int = 2  # beside them, so that a long export keeps nobody from asking
    spares: int = 1  # processes that are started and wait to be opened for somebody
    uses: int = 100  # statements of one process
