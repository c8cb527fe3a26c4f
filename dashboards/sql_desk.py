"""The analysts' desk of the application that serves a request: statements, kept results, and their exports.

Not here: what may be said and read (`warehouse.query`), and the page (`pages/workbench.py`).
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock
from typing import cast

from flask import Flask, current_app

from dashboards import export_told
from dashboards.auditing import note
from dashboards.door import Door, current_door
from dashboards.export_jobs import Source
from warehouse.query import Desk, Record
from warehouse.result_shelf import Kept, Shelf

CONFIG_KEY = "MINGCHA_SQL"


@dataclass
class SqlDesk:
    """Made at the first statement: processes and memory are not taken for pages alone."""

    desk: Desk
    shelf: Shelf = field(default_factory=Shelf)


class _Place:
    """Where the desk of an application will stand."""

    def __init__(self) -> None:
        self._lock, self._made = Lock(), cast(SqlDesk | None, None)

    def desk(self, door: Door) -> SqlDesk:
        with self._lock:
            if self._made is None:
                self._made = SqlDesk(Desk(door.home, _tell))
            return self._made

    def close(self) -> None:
        with self._lock:
            if self._made is not None:
                self._made.desk.close()


def register(server: Flask) -> None:
    """Give the application a place for its desk."""
    server.config[CONFIG_KEY] = _Place()


def close(server: Flask) -> None:
    """End the processes of an application that is not served any more."""
    server.config[CONFIG_KEY].close()


def sql_desk() -> SqlDesk:
    """The desk of the application that serves this request."""
    return cast(SqlDesk, current_app.config[CONFIG_KEY].desk(current_door()))


def source(door: Door, kept: Kept) -> Source:
    """What an export of a kept result writes: all rows of its statement, however few are kept."""
    desk = sql_desk().desk

    def write(target: Path, job_id: str, wrote: Callable[[int], None]) -> int:
        told = [
            *export_told.of_whom(door),
            ("语句", kept.sql),
            *((f"参数 {name}", str(value)) for name, value in kept.values.items()),
        ]
        return desk.export(door.viewer, kept.sql, target, kept.values, job_id, wrote, told)

    return Source("mingcha-sql", "查询结果", kept.total, write, desk.cancel)


def _tell(record: Record) -> None:
    note(
        "export" if record.act == "export" else "query",
        record.sql,
        record.result,
        act=record.act,
        values=dict(record.values),
        rows=record.rows,
        seconds=round(record.seconds, 3),
        snapshot=record.snapshot,
    )
