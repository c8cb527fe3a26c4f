"""The analysts' desk of the application that serves a request: statements, kept results, exports, and whose they are.

Not here: what may be said and read (`warehouse.query`), and the page (`pages/workbench.py`).
"""

from dataclasses import dataclass, field
from threading import Lock
from typing import cast

from flask import Flask, current_app

from dashboards.auditing import note
from dashboards.door import Door, current_door
from dashboards.person import acting
from dashboards.result_export import Exports
from warehouse.query import Desk, Record
from warehouse.result_shelf import Shelf

CONFIG_KEY = "MINGCHA_SQL"


@dataclass
class SqlDesk:
    """Made at the first statement: processes and memory are not taken for pages alone."""

    desk: Desk
    shelf: Shelf = field(default_factory=Shelf)
    exports: Exports = field(init=False)

    def __post_init__(self) -> None:
        self.exports = Exports(self.desk)


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
                self._made.exports.close()
                self._made = None


def register(server: Flask) -> None:
    """Give the application a place for its desk."""
    server.config[CONFIG_KEY] = _Place()


def close(server: Flask) -> None:
    """End the processes of an application that is not served any more."""
    server.config[CONFIG_KEY].close()


def sql_desk() -> SqlDesk:
    """The desk of the application that serves this request."""
    return cast(SqlDesk, current_app.config[CONFIG_KEY].desk(current_door()))


def owner() -> str:
    """Whose results these are: a person in one scope; who changes the role leaves the results of the other behind."""
    return f"{acting()}|{current_door().viewer.scope_key}"


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
