"""Cross-table promises: one SQL file each, and every row it returns is a failure (`failure` says which).

What one table promises by itself stands in its contract.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Protocol


class _Engine(Protocol):
    def rows(self, sql: str) -> list[tuple[Any, ...]]: ...


def failures(engine: _Engine) -> list[str]:
    """Return what does not reconcile, as `file: failure`; [] when all holds."""
    found = []
    for path in sorted(Path(__file__).parent.glob("*.sql")):
        found += [f"{path.stem}: {row[0]}" for row in engine.rows(path.read_text())]
    return found
