"""The monthly archive: grades of the first snapshot of each month, in files that outlive the snapshots.

Never rewritten: when the same day is computed again and its grades differ, a version is added. What may go: retention.
"""

from __future__ import annotations

import hashlib
import json
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import polars as pl

from warehouse.home import Home
from warehouse.serving import ServingReader

_GRADES = """
select g.*, e.entity_code from grade.grade as g join known.entity as e on e.entity_id = g.entity_id order by g.entity_id
"""
_LIST = "versions.jsonl"


def keep(home: Home) -> Path | None:
    """Archive the published snapshot if it is the first of its month, or the same day with other grades.

    The month is that of the as-of day. Returns the file written: `<home>/archive/<yyyy-mm>/grades.parquet`, then
    `grades-2.parquet`, …; `versions.jsonl` beside it says which run, day, rules and inputs made each.
    """
    reader = ServingReader(home.root)
    try:
        info = reader.query("select * from run.info").row(0, named=True)
        folder = home.archive / f"{info['as_of']:%Y-%m}"
        listed = versions(folder)
        if listed and listed[-1]["as_of"] != str(info["as_of"]):
            return None
        grades = reader.query(_GRADES)
    finally:
        reader.close()
    if listed and _same(pl.read_parquet(folder / listed[-1]["file"]), grades):
        return None
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    target = folder / ("grades.parquet" if not listed else f"grades-{len(listed) + 1}.parquet")
    partial = target.with_suffix(".partial")
    grades.write_parquet(partial)
    partial.chmod(0o600)
    partial.rename(target)
    _list(folder, target, info, grades.height)
    return target


def versions(folder: Path) -> list[dict[str, Any]]:
    """Return what is archived of a month, in the order it was."""
    path = folder / _LIST
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()] if path.exists() else []


def _same(old: pl.DataFrame, new: pl.DataFrame) -> bool:
    """Whether two versions say the same of every entity; which run said it does not matter."""
    return old.drop("run_id", strict=False).equals(new.drop("run_id", strict=False))


def _list(folder: Path, target: Path, info: dict[str, Any], rows: int) -> None:
    """Name a version in the list; a file that a crash left unlisted is written again by the next run."""
    told = {
        "file": target.name,
        "rows": rows,
        "sha256": hashlib.sha256(target.read_bytes()).hexdigest(),
        "archived_at": datetime.now(UTC).replace(tzinfo=None).isoformat(timespec="seconds"),
        **{name: str(value) for name, value in info.items()},
    }
    with (folder / _LIST).open("a", encoding="utf-8") as handle:
        handle.write(json.dumps(told, ensure_ascii=False) + "\n")
        handle.flush()
        os.fsync(handle.fileno())
