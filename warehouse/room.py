"""Is there room on the disk for a refresh? Estimated from what lies there; nothing is freed here (retention)."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from pathlib import Path

from warehouse.home import Home

_FLOOR = 256 * 2**20  # spill, logs, Dagster's records
_FIRST = 7  # warehouse (5.6, texts are not packed) and snapshot (0.9) of a first run per byte delivered


class NoRoomError(RuntimeError):
    """The disk is too full to begin; the message says what is needed and what is free, in GB (10⁹ bytes)."""


def needed(home: Home, data: Path) -> int:
    """Return about how many bytes a refresh writes before it frees any.

    New deliveries are copied and become tables, the next snapshot lies beside the last, and half of the warehouse may
    stand twice until it is written through. A warehouse that has to be built anew is counted as a first one.
    """
    archived = {(p.name.partition("-")[2], p.stat().st_size): p.stat().st_size for p in home.deliveries.glob("*/*")}
    landed = [p for p in data.rglob("*") if p.is_file()]
    new = _size(p for p in landed if (p.name, p.stat().st_size) not in archived)
    old = sum(archived.values())
    snapshot = max((p.stat().st_size for p in home.serving.glob("serving-*.duckdb")), default=0)
    if not (home.warehouse.exists() and snapshot and old):
        return _FLOOR + new + _FIRST * (old + new)
    warehouse = home.warehouse.stat().st_size
    return _FLOOR + new + (warehouse + snapshot) * new // old + snapshot + warehouse // 2


def require(home: Home, data: Path) -> None:
    """Refuse to begin a refresh that the disk would end.

    Raises:
        NoRoomError: less is free than the refresh needs.
    """
    wanted, free = needed(home, data), shutil.disk_usage(home.root).free
    if free < wanted:
        raise NoRoomError(
            f"not enough room in {home.root}: a refresh needs about {_gb(wanted)}, {_gb(free)} are free;"
            " free some, run `mingcha prune`, or move the home to a larger disk; what is published stays"
        )


def _size(paths: Iterable[Path]) -> int:
    return sum(p.stat().st_size for p in paths)


def _gb(size: int) -> str:
    return f"{size / 1e9:.1f} GB"
